//! What the companies ask for a million characters.
//!
//! List prices, each in its company's file; they change, so `ahead.prices` overrules them. What an operator runs costs
//! nothing here.

use std::collections::BTreeMap;

use providers::{deepgram, elevenlabs, google, openai};
use switchboard::Price;

use crate::config::Ahead;

/// The companies that send a bill.
const LIST: [(&str, providers::Price); 4] = [
    (deepgram::NAME, deepgram::PRICE),
    (elevenlabs::NAME, elevenlabs::PRICE),
    (openai::NAME, openai::PRICE),
    (google::NAME, google::PRICE),
];

/// The prices of all engines that cost something, the operator's own first.
pub fn prices(ahead: &Ahead) -> BTreeMap<String, Price> {
    let list = LIST.iter().map(|(name, price)| {
        let price = Price {
            usd_per_million: price.usd_per_million_chars,
            source: price.source.to_owned(),
            date: price.as_of.to_owned(),
        };
        ((*name).to_owned(), price)
    });
    let own = ahead.prices.iter().map(|(name, usd)| {
        let price = Price {
            usd_per_million: *usd,
            source: "ahead.prices".to_owned(),
            date: String::new(),
        };
        (name.clone(), price)
    });
    list.chain(own).collect()
}

/// What a company asks for a million characters, by its list; `None` when it sends no bill.
pub fn listed(name: &str) -> Option<providers::Price> {
    let listed = LIST.iter().find(|(listed, _)| *listed == name);
    listed.map(|(_, price)| *price)
}

/// The price of this engine as the console shows it; `None` when nobody here knows it.
pub fn price(ahead: &Ahead, name: &str) -> Option<web::EnginePrice> {
    let here = matches!(
        name,
        "kokoro" | "piper" | "xtts" | "xtts_api" | "embedded" | "flite" | "espeak"
    );
    let known = listed(name).or(here.then_some(providers::Price::OWN_MACHINE));
    if let Some(usd) = ahead.prices.get(name) {
        return Some(web::EnginePrice {
            usd_per_million_chars: *usd,
            what: "as it is configured".to_owned(),
            source: "ahead.prices".to_owned(),
            as_of: String::new(),
        });
    }
    known.map(|price| web::EnginePrice {
        usd_per_million_chars: price.usd_per_million_chars,
        what: price.what.to_owned(),
        source: price.source.to_owned(),
        as_of: price.as_of.to_owned(),
    })
}
