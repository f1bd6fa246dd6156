//! Records that cannot be used: the program says so, and goes.

use std::{
    io::{Read, Write},
    net::TcpListener,
    process::Command,
};

/// Listens as a PostgreSQL would, and refuses with this code.
fn refusing(code: &'static str, words: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("it has one").port();
    std::thread::spawn(move || {
        while let Ok((mut client, _)) = listener.accept() {
            let _ = client.read(&mut [0; 4096]);
            let fields = format!("SFATAL\0VFATAL\0C{code}\0M{words}\0\0");
            let length = u32::try_from(fields.len() + 4).expect("it is short");
            let _ = client.write_all(b"E");
            let _ = client.write_all(&length.to_be_bytes());
            let _ = client.write_all(fields.as_bytes());
        }
    });
    port
}

fn serve(url: &str) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let run = Command::new(env!("CARGO_BIN_EXE_frontdesk"))
        .args(["serve", "--bind", "127.0.0.1:0", "--data-dir"])
        .arg(folder.path())
        .env_clear()
        .env("DATABASE_URL", url)
        .current_dir(folder.path())
        .output()
        .expect("the program starts");
    let said =
        String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    (run.status.success(), said)
}

#[test]
fn a_password_that_is_refused_ends_the_start_and_is_not_shown() {
    let port = refusing("28P01", "password authentication failed for user \"ada\"");
    let url = format!("postgres://ada:gue55@127.0.0.1:{port}/desk?sslmode=disable");
    let (served, said) = serve(&url);
    assert!(!served, "{said}");
    for words in [
        "store.postgres_url",
        &format!("127.0.0.1:{port}/desk"),
        "password is wrong",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("gue55"), "{said}");
}

#[test]
fn an_address_that_is_none_is_refused_with_its_place() {
    let (served, said) = serve("postgres://ada:gue55@127.0.0.1");
    assert!(!served, "{said}");
    let told = said.contains("DATABASE_URL") && said.contains("names no database");
    assert!(told && !said.contains("gue55"), "{said}");
}
