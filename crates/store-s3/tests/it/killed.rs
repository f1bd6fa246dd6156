//! A writer that is killed: this test binary, started again as a child.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use store::{ObjectKey, Objects};
use store_s3::S3Store;

use crate::world::{Raw, endpoint, settings, sound};

const PREFIX: &str = "STORE_S3_TEST_PREFIX";

/// What the child does until it is killed. Without the variable there is no child, and nothing to do.
#[tokio::test]
async fn as_a_child() {
    let Ok(prefix) = std::env::var(PREFIX) else {
        return;
    };
    let mut settings = settings(&endpoint().unwrap());
    settings.prefix = prefix;
    let s3 = S3Store::open(settings).await.unwrap();
    for n in 0.. {
        let large = sound(n).repeat(20);
        s3.put(large.into()).await.unwrap();
        std::io::stdout().write_all(b"\nput\n").unwrap();
    }
}

#[tokio::test]
async fn a_writer_that_is_killed_leaves_no_bad_object() {
    let Some(endpoint) = endpoint() else { return };
    let settings = settings(&endpoint);
    let raw = Raw::to(&settings);
    for puts in [1, 3, 6] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "killed::as_a_child",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(PREFIX, &settings.prefix)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let heard = lines
            .map(Result::unwrap)
            .filter(|line| line == "put")
            .take(puts)
            .count();
        assert_eq!(heard, puts, "the child writes");
        child.kill().unwrap();
        child.wait().unwrap();
        let names = raw.names().await;
        assert!(names.len() >= puts, "{names:?}");
        for name in names {
            let bytes = raw.get(&name).await;
            assert!(name.ends_with(ObjectKey::of(&bytes).as_str()), "{name}");
        }
    }
}
