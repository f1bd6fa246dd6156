//! What a name in `speech.chain` costs.

use providers::{Price, deepgram, elevenlabs, google, openai};

/// The list price of this engine; `None` when nobody here knows it. What runs on this machine costs nothing.
pub fn price(name: &str) -> Option<Price> {
    match name {
        "deepgram" => Some(deepgram::PRICE),
        "elevenlabs" => Some(elevenlabs::PRICE),
        "openai" => Some(openai::PRICE),
        "google" => Some(google::PRICE),
        "kokoro" | "piper" | "xtts" | "xtts_api" | "xtts-api" | "embedded" | "flite" | "espeak"
        | "espeak-ng" => Some(Price::OWN_MACHINE),
        _ => None,
    }
}
