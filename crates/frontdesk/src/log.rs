//! The log, and words for the person at the terminal. Speech, numbers and secrets never get here.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Format, Log};

/// Starts the log: JSON when nobody is watching, one line each when somebody is.
pub fn start(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let filter = match format!("{}=off", providers::CHATTY).parse() {
        Ok(quiet) => filter.add_directive(quiet),
        Err(_) => filter,
    };
    let json = match log.format {
        Format::Json => true,
        Format::Pretty => false,
        Format::Auto => !std::io::stderr().is_terminal(),
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = if json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.compact().try_init()
    };
    // A second start in one process (tests) keeps the first.
    let _ = started;
}

/// Prints a line for the person at the terminal.
#[expect(
    clippy::print_stdout,
    reason = "this is where standard output is written"
)]
pub fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

/// Prints an error with its chain, and its hint when it has one.
pub fn complain(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}

/// Logs one event of a call: what happened and where, never what was said or by whom.
pub fn event(tap: &switchboard::Tap) {
    let stamped = &tap.stamped;
    let (call, name) = (&stamped.call, stamped.event.name());
    match &stamped.event {
        events::Event::Ended { outcome } => {
            tracing::info!(%call, business = %tap.business, %outcome, "call ended")
        }
        events::Event::Started { line, .. } => {
            tracing::info!(%call, business = %tap.business, %line, "call started")
        }
        events::Event::VoiceFailed { clip, why } => {
            tracing::warn!(%call, %clip, %why, "a sentence has no audio")
        }
        events::Event::ReplyFailed { turn, why } => {
            tracing::warn!(%call, %turn, %why, "the agent gave no reply")
        }
        event => tracing::debug!(%call, turn = ?event.turn().map(|turn| turn.0), event = name),
    }
}
