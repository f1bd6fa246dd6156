//! What is logged, and in which form.

use tracing_subscriber::EnvFilter;

use super::{
    errors::nearest,
    keys::{Fault, Key, Kind},
    reader::Reader,
};

/// The log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its form.
    pub format: Format,
    /// A level, or levels by crate: `info`, `call=debug,line=trace`.
    pub level: String,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Pretty for a terminal, JSON for a file or a pipe.
    Auto,
    /// One JSON object a line.
    Json,
    /// For eyes.
    Pretty,
}

const FORMAT: Key = Key::new(
    "log.format",
    &["FRONTDESK__LOG__FORMAT", "FRONTDESK_LOG_FORMAT"],
    Kind::Choice(&["auto", "json", "pretty"]),
    "auto",
    "auto, json or pretty; auto is pretty on a terminal and json elsewhere.",
);
const LEVEL: Key = Key::new(
    "log.level",
    &["FRONTDESK__LOG__LEVEL", "FRONTDESK_LOG", "RUST_LOG"],
    Kind::Text(level),
    "info",
    "A level (error, warn, info, debug, trace), or levels by crate: call=debug,line=trace.",
);

impl Log {
    /// Its settings.
    pub const KEYS: &[&Key] = &[&FORMAT, &LEVEL];

    /// Reads them.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            format: match reader.text(&FORMAT).as_str() {
                "json" => Format::Json,
                "pretty" => Format::Pretty,
                _ => Format::Auto,
            },
            level: reader.text(&LEVEL),
        }
    }
}

fn level(text: &str) -> Result<(), Fault> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    // A bare word that is no level names a crate, and everything else falls silent: alone, that is surely not meant.
    let alone = !text.contains([',', '=', '[']);
    for word in text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.contains('='))
    {
        let known =
            LEVELS.contains(&word.to_ascii_lowercase().as_str()) || word.parse::<u8>().is_ok();
        let near = nearest(word, LEVELS).map(|meant| format!("did you mean `{meant}`?"));
        if !known && (alone || near.is_some()) {
            let hint = near
                .unwrap_or_else(|| format!("write a level, or `{word}=debug` to hear one crate"));
            return Err(Fault::new(format!("has `{word}`, which is no level"), hint));
        }
    }
    EnvFilter::builder()
        .parse(text)
        .map(|_| ())
        .map_err(|error| {
            Fault::new(
                format!("cannot be read: {error}"),
                "write `info`, or `info,call=debug`",
            )
        })
}
