//! The log, and words for the person at the terminal. Speech, numbers and secrets never get here.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Format, Log};

/// Starts the log: JSON when nobody is watching, one line each when somebody is.
pub fn start(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let json = match log.format {
        Format::Json => true,
        Format::Pretty => false,
        Format::Auto => !std::io::stderr().is_terminal(),
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if json { builder.json().flatten_event(true).try_init() } else { builder.compact().try_init() };
    // A second start in one process (tests) keeps the first.
    let _ = started;
}

/// Prints a line for the person at the terminal.
#[expect(clippy::print_stdout, reason = "this is where standard output is written")]
pub fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

/// Prints an error with its chain, and its hint when it has one.
pub fn complain(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}
