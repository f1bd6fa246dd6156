//! What speaking costs, as data.
//!
//! The decision: every company's own file says its list price, for which product, where it stands and when it stood
//! there. Nobody's contract is known here, so these are estimates to weigh things by, never a bill.

/// A list price, without tax, free allowances and discounts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// US dollars for a million characters of text.
    pub usd_per_million_chars: f64,
    /// What costs that; another model of the same company may cost twice as much.
    pub what: &'static str,
    /// Where it stands; empty for what runs on the operator's own machine.
    pub source: &'static str,
    /// The day on which it stood there, `YYYY-MM-DD`; empty with an empty source.
    pub as_of: &'static str,
}

impl Price {
    /// For servers that the operator runs: nobody sends a bill, and power and machines are not counted.
    pub const OWN_MACHINE: Self = Self {
        usd_per_million_chars: 0.0,
        what: "a server of one's own; its power and hardware are not counted",
        source: "",
        as_of: "",
    };

    /// What `chars` characters cost, US dollars.
    pub fn of(&self, chars: u64) -> f64 {
        chars as f64 * self.usd_per_million_chars / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::Price;
    use crate::{deepgram, elevenlabs, google, openai};

    #[test]
    fn every_price_says_where_it_stands_and_is_one_that_speech_can_have() {
        for price in [
            deepgram::PRICE,
            elevenlabs::PRICE,
            google::PRICE,
            openai::PRICE,
        ] {
            // A slip by a thousand (per character, per thousand characters) falls out of this range.
            assert!(
                (1.0..500.0).contains(&price.usd_per_million_chars),
                "{price:?}"
            );
            assert!(price.source.starts_with("https://"), "{price:?}");
            let day = price.as_of.as_bytes();
            assert!(
                day.len() == 10 && day[4] == b'-' && day[7] == b'-',
                "{price:?}"
            );
        }
    }

    #[test]
    fn a_million_characters_cost_the_price() {
        assert_eq!(deepgram::PRICE.of(1_000_000), 30.0);
        assert_eq!(Price::OWN_MACHINE.of(1_000_000), 0.0);
    }
}
