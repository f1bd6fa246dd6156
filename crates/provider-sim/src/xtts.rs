//! The two XTTS servers that people run: coqui-ai/xtts-streaming-server and daswer123/xtts-api-server.

pub(crate) mod api;
pub(crate) mod streaming;

use audio::{Encoding, Format};

/// What XTTS v2 speaks.
const FORMAT: Format = Format {
    encoding: Encoding::Pcm16,
    rate: 24_000,
};

/// Codes and names of the languages that XTTS v2 knows.
const LANGUAGES: &[(&str, &str)] = &[
    ("ar", "Arabic"),
    ("pt", "Brazilian Portuguese"),
    ("zh-cn", "Chinese"),
    ("cs", "Czech"),
    ("nl", "Dutch"),
    ("en", "English"),
    ("fr", "French"),
    ("de", "German"),
    ("it", "Italian"),
    ("pl", "Polish"),
    ("ru", "Russian"),
    ("es", "Spanish"),
    ("tr", "Turkish"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("hu", "Hungarian"),
    ("hi", "Hindi"),
];
