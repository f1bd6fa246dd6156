//! Never silent: whatever breaks around the program, its callers hear speech. Run by `scripts/check-silence`.
//!
//! The program is a process of its own, callers are `carrier-sim`'s and hear with its ear, companies are `provider-sim`'s,
//! Redis and the bucket are real servers behind a proxy that falls ill.

mod cold;
mod ear;
mod faults;
mod house;
mod matrix;
mod once;
mod outage;
mod proxy;
mod world;

use std::net::SocketAddr;

use provider_sim::Company;
use world::{Part, Stage};

/// Rows of the matrix, each with a program of its own.
fn rows() -> Vec<Part> {
    let mut rows = vec![Part::Model(Stage::First), Part::Model(Stage::Middle)];
    for stage in [Stage::First, Stage::Middle] {
        rows.extend(Company::ALL.map(|company| Part::Voice(company, stage)));
    }
    rows.extend([Part::Bucket, Part::Redis, Part::Disk]);
    rows
}

/// A number from the environment, set by the script.
fn number(name: &str, usual: usize) -> usize {
    let given = std::env::var(name).ok();
    given.map_or(usual, |text| {
        text.parse().expect("the script gives a number")
    })
}

/// A server that the script started.
fn server(name: &str) -> Option<SocketAddr> {
    let url = std::env::var(name).ok();
    let required = std::env::var_os("FRONTDESK_TEST_STORES").is_some();
    assert!(url.is_some() || !required, "{name} is not set");
    let url = url?;
    let address = url.split("//").nth(1).expect("it is a URL");
    Some(address.parse().expect("it ends in an address"))
}

/// Calls in one cell, and how many of them at once.
fn calls() -> (usize, usize) {
    let calls = number("FRONTDESK_SILENCE_CALLS", 2);
    (calls, calls.min(12))
}

/// Whether this is the run whose figures count, and not the short one of every change.
fn whole() -> bool {
    calls().0 >= 100
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; scripts/check-silence runs it"]
async fn callers_hear_speech_whatever_breaks() {
    let only = std::env::var("FRONTDESK_SILENCE_ONLY").unwrap_or_default();
    let rows: Vec<Part> = rows()
        .into_iter()
        .filter(|part| part.to_string().contains(&only))
        .collect();
    let mut matrix = matrix::run(&rows, calls(), number("FRONTDESK_SILENCE_ROWS", 8)).await;
    if !whole() {
        // All rows at once are a load that no figure of two calls could be believed under.
        matrix.again(calls()).await;
    }
    eprintln!("{matrix}");
    let failed = matrix.failed();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
