//! Floor 0 is a value: no clock, environment, task, socket or chance. And only one folder reads the environment.

use crate::{
    House, Violation,
    paths::{Named, named},
};

/// Files of floor 0 that may do one of these things, each with its reason.
const ALLOWED: &[(&str, &str)] = &[(
    "crates/events/src/clock.rs",
    "the one implementation of `Clock` that reads the machine; nothing on floor 0 calls it",
)];

/// Calls that read a clock, of the standard library and of the packages that the house uses.
const CLOCKS: &[&[&str]] = &[
    &["Instant", "now"],
    &["SystemTime", "now"],
    &["Uuid", "now_v7"],
    &["Timestamp", "now"],
    &["Zoned", "now"],
    &["Utc", "now"],
    &["Local", "now"],
    &["OffsetDateTime", "now_utc"],
    &["TimeZone", "system"],
];

/// What of the standard library reaches the network; addresses are values and pass.
const SOCKETS: &[&[&str]] = &[
    &["std", "net", "TcpStream"],
    &["std", "net", "TcpListener"],
    &["std", "net", "UdpSocket"],
    &["std", "net", "ToSocketAddrs"],
    &["std", "os", "unix", "net"],
];

/// Folders outside the configuration that may read the environment: they are programs for developers.
const READERS: &[&str] = &[
    "crates/frontdesk/src/config",
    "crates/tidy/",
    "crates/bench/",
    "crates/carrier-sim/src/main.rs",
];

/// What floor 0 reads that it should be handed, and who else reads the environment.
pub fn check(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for (room, source) in house.sources() {
        let pure = room.place().is_some_and(|place| place.up_to(0));
        let allowed = ALLOWED.iter().any(|(path, _)| *path == source.path);
        let reader = READERS.iter().any(|path| source.path.starts_with(path));
        for path in named(source) {
            let hit = impure(&path)
                .filter(|_| pure && !allowed)
                .or_else(|| environment(&path).filter(|_| !reader));
            if let Some((what, mend)) = hit {
                let what = format!("`{}` in `{}`: {what}", path.text(), room.name);
                found.push(Violation::new(&source.path, path.line, what, mend));
            }
        }
    }
    found.dedup();
    found
}

type Hit = (&'static str, &'static str);

fn environment(path: &Named) -> Option<Hit> {
    let read = ["var", "var_os", "vars", "vars_os"]
        .iter()
        .any(|name| path.starts_with(&["std", "env", name]));
    read.then_some((
        "the environment is read in crates/frontdesk/src/config only",
        "take a plain struct and let the configuration fill it",
    ))
}

fn impure(path: &Named) -> Option<Hit> {
    let starts = |start: &[&str]| path.starts_with(start);
    let is_crate = |name: &str| starts(&[name]) && (path.segments.len() > 1 || path.declared);
    if CLOCKS.iter().any(|clock| path.ends_with(clock)) {
        return Some((
            "floor 0 reads no clock",
            "take the moment as an argument (`events::At`)",
        ));
    }
    if starts(&["std", "env"]) {
        return Some(("floor 0 reads no environment", "take a plain struct"));
    }
    if is_crate("tokio")
        || starts(&["std", "thread"])
        || is_crate("actix_web")
        || is_crate("actix_rt")
    {
        return Some((
            "floor 0 has no task and waits for nothing",
            "return an order; the switchboard runs it",
        ));
    }
    if SOCKETS.iter().any(|socket| starts(socket)) || is_crate("reqwest") {
        return Some((
            "floor 0 opens no socket",
            "decode and encode bytes that others carry",
        ));
    }
    let chance = is_crate("rand")
        || is_crate("fastrand")
        || is_crate("getrandom")
        || path
            .segments
            .iter()
            .any(|segment| segment == "SystemRandom" || segment == "RandomState")
        || path.ends_with(&["Uuid", "new_v4"]);
    chance.then_some((
        "floor 0 draws no chance",
        "take the seed, the id or the random bytes as an argument",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, text: &str) -> Vec<Violation> {
        let (manifest, file) = (
            format!("crates/{name}/Cargo.toml"),
            format!("crates/{name}/src/lib.rs"),
        );
        check(&House::of(&[(&manifest, ""), (&file, text)]))
    }

    #[test]
    fn each_reading_of_the_world_is_found_on_floor_0() {
        for line in [
            "fn f() { std::time::Instant::now(); }",
            "use std::time::SystemTime as S;\nfn f() { S::now(); }",
            "use std::env;",
            "use tokio::time::sleep;",
            "use std::net::TcpStream;",
            "use std::thread;\nfn f() { thread::spawn(|| ()); }",
            "fn f() { fastrand::u8(..); }",
            "fn f() { uuid::Uuid::new_v4(); }",
            "use aws_lc_rs::rand::SystemRandom;",
            "fn f() { jiff::Zoned::now(); }",
            "use jiff::Timestamp;\nfn f() { Timestamp::now(); }",
            "fn f() { chrono::Utc::now(); }",
            "use std::net::UdpSocket;",
            "fn f() { tokio::spawn(async {}); }",
        ] {
            assert!(!found("call", line).is_empty(), "not found: {line}");
        }
    }

    #[test]
    fn the_same_passes_above_and_in_tests() {
        assert!(found("switchboard", "fn f() { tokio::time::Instant::now(); }").is_empty());
        assert!(
            found(
                "call",
                "#[cfg(test)]\nmod tests { fn f() { std::time::Instant::now(); } }"
            )
            .is_empty()
        );
    }

    #[test]
    fn values_of_time_and_addresses_pass() {
        assert!(found("call", "use std::{net::IpAddr, time::{Duration, Instant}}; fn f(rand: u8, now: Instant) { let _ = rand; }").is_empty());
    }

    #[test]
    fn the_environment_is_read_in_one_folder() {
        assert_eq!(
            found("tts", "fn f() { let _ = std::env::var(\"HOME\"); }").len(),
            1
        );
        assert!(found("tts", "fn f() { let _ = std::env::temp_dir(); }").is_empty());
    }
}
