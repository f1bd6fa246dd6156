//! Where a run is made, and of what.

use std::process::{Command, Stdio};

use ::bench::Header;

use crate::config::Loaded;

/// The head of a report, before the run.
pub fn header(loaded: &Loaded, command: String) -> Header {
    let cores = ::bench::cores().map_or(0, |cores| cores.len());
    Header {
        at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        version: format!(
            "{} ({} build)",
            env!("CARGO_PKG_VERSION"),
            if cfg!(debug_assertions) { "debug" } else { "release" }
        ),
        commit: commit(),
        config: loaded.revision.clone(),
        command,
        warmth: "figures are of warm engines: a first request and the warm-up rounds came before; first requests are \
                 reported apart"
            .to_owned(),
        ..Header::here(cores)
    }
}

/// The command line of this process, as somebody would type it.
pub fn own_command() -> String {
    std::env::args()
        .skip(1)
        .map(
            |word| match word.contains([' ', '"', '\'', '$', '*', '\\']) {
                true => format!("'{}'", word.replace('\'', "'\\''")),
                false => word,
            },
        )
        .fold("frontdesk".to_owned(), |line, word| line + " " + &word)
}

/// The commit of the source that this was built from, when the source is still there.
fn commit() -> String {
    let known = option_env!("FRONTDESK_COMMIT").map(str::to_owned);
    known.unwrap_or_else(|| {
        let describe = [
            "describe",
            "--always",
            "--dirty",
            "--abbrev=12",
            "--exclude=*",
        ];
        let source = ["-C", env!("CARGO_MANIFEST_DIR")];
        let words: Vec<&str> = source.into_iter().chain(describe).collect();
        let line = first_line("git", &words);
        if line.is_empty() {
            "unknown".to_owned()
        } else {
            line
        }
    })
}

/// The first line that a program writes, at most 80 characters of it; nothing when it cannot be run.
pub fn first_line(program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    let Ok(done) = command.output() else {
        return String::new();
    };
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let line = said.lines().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or_default().chars().take(80).collect()
}
