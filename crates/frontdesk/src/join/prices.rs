//! What a name in `speech.chain` costs. Each company's own file says it; `ahead.prices` overrules them.

use std::collections::BTreeMap;

use providers::{Price, deepgram, elevenlabs, google, openai};

use crate::config::{Ahead, Vendors};

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

/// The prices of all engines that cost something, the operator's own first.
pub fn prices(ahead: &Ahead) -> BTreeMap<String, switchboard::Price> {
    let listed = Vendors::names().filter_map(|name| {
        let price = price(name).filter(|price| price.usd_per_million_chars > 0.0)?;
        let price = switchboard::Price {
            usd_per_million: price.usd_per_million_chars,
            source: price.source.to_owned(),
            date: price.as_of.to_owned(),
        };
        Some((name.to_owned(), price))
    });
    let own = ahead.prices.iter().map(|(name, usd)| {
        let price = switchboard::Price {
            usd_per_million: *usd,
            source: "ahead.prices".to_owned(),
            date: String::new(),
        };
        (name.clone(), price)
    });
    listed.chain(own).collect()
}
