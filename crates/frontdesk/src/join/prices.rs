//! What the companies ask for a million characters.
//!
//! Pay-as-you-go prices without tax, for the model that we use when none is chosen, as other people's overviews gave them
//! at the date beside each; they change, so `ahead.prices` overrules them. What an operator runs costs nothing here.

use std::collections::BTreeMap;

use switchboard::Price;

use crate::config::Ahead;

/// Engine, US dollars for a million characters, where that was read, when.
const LIST: [(&str, f64, &str, &str); 4] = [
    // Aura-2; aura-1 is half of it.
    (
        "deepgram",
        30.0,
        "learn.engineering.vips.edu/compare/cartesia-sonic-vs-deepgram-aura",
        "2026-04",
    ),
    // Flash v2.5; the multilingual models are twice as much.
    (
        "elevenlabs",
        50.0,
        "developer.puter.com/tutorials/elevenlabs-api-pricing",
        "2026-06",
    ),
    // gpt-4o-mini-tts is billed by sound, 0.015 US dollars a minute; 4,096 characters were measured to be 268 s.
    (
        "openai",
        16.4,
        "tokenmix.ai/blog/gpt-4o-mini-tts-cheapest-tts-api-2026",
        "2026-04",
    ),
    // Chirp 3 HD.
    (
        "google",
        30.0,
        "opentranscription.io/blog/google-cloud-chirp-3-capabilities-architecture-costs-and-com-profile.html",
        "2026-07",
    ),
];

/// The prices of all engines that cost something, the operator's own first.
pub fn prices(ahead: &Ahead) -> BTreeMap<String, Price> {
    let list = LIST.iter().map(|(name, usd, source, date)| {
        let price = Price {
            usd_per_million: *usd,
            source: (*source).to_owned(),
            date: (*date).to_owned(),
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
