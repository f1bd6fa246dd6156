//! What the cache saved: sentences of calls that were found rather than spoken, as a fold over the calls' events.

use std::collections::{BTreeMap, VecDeque};

use events::{CallId, ClipId, Event, Stamped};
use serde::Serialize;

use super::{EnginePrice, Prices};

/// Sentences that wait to be voiced; the oldest is forgotten first.
const WAITING: usize = 4_096;
/// Engines that are counted apart.
const ENGINES: usize = 32;

/// What one engine's voice was wanted for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    found: u64,
    found_chars: u64,
    spoken: u64,
    spoken_chars: u64,
}

/// The same with what it costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Account {
    /// The engine.
    pub provider: String,
    /// Sentences of calls that were found in its voice.
    pub found: u64,
    /// Their characters.
    pub found_chars: u64,
    /// Sentences that it spoke.
    pub spoken: u64,
    /// Their characters.
    pub spoken_chars: u64,
    /// What those that were found would have cost, US dollars; `None` when nobody knows the price.
    pub saved_usd: Option<f64>,
    /// What those that were spoken cost.
    pub spent_usd: Option<f64>,
    /// The price.
    pub price: Option<EnginePrice>,
}

#[derive(Default)]
pub(super) struct Thrift {
    waiting: VecDeque<(CallId, ClipId, u64)>,
    engines: BTreeMap<String, Counts>,
}

impl Thrift {
    pub(super) fn take(&mut self, stamped: &Stamped) {
        match &stamped.event {
            Event::Sentence { clip, text } => {
                if self.waiting.len() >= WAITING {
                    self.waiting.pop_front();
                }
                let chars = text.chars().count() as u64;
                self.waiting.push_back((stamped.call.clone(), *clip, chars));
            }
            Event::Voiced {
                clip,
                provider,
                cached,
                ..
            } => {
                if let Some(chars) = self.claim(&stamped.call, *clip) {
                    self.count(provider, *cached, chars);
                }
            }
            Event::VoiceFailed { clip, .. } => {
                self.claim(&stamped.call, *clip);
            }
            Event::Ended { .. } => self.waiting.retain(|(call, ..)| *call != stamped.call),
            _ => {}
        }
    }

    fn claim(&mut self, call: &CallId, clip: ClipId) -> Option<u64> {
        let at = self
            .waiting
            .iter()
            .position(|(c, id, _)| c == call && *id == clip)?;
        self.waiting.remove(at).map(|(.., chars)| chars)
    }

    fn count(&mut self, provider: &str, cached: bool, chars: u64) {
        if self.engines.len() >= ENGINES && !self.engines.contains_key(provider) {
            return;
        }
        let counts = self.engines.entry(provider.to_owned()).or_default();
        if cached {
            counts.found += 1;
            counts.found_chars += chars;
        } else {
            counts.spoken += 1;
            counts.spoken_chars += chars;
        }
    }

    /// Sentences that were found and those that were spoken, in all.
    pub(super) fn totals(&self) -> (u64, u64) {
        let all = self.engines.values();
        all.fold((0, 0), |(found, spoken), c| {
            (found + c.found, spoken + c.spoken)
        })
    }

    pub(super) fn accounts(&self, prices: &Prices) -> Vec<Account> {
        let account = |(provider, counts): (&String, &Counts)| {
            let price = prices(provider);
            let of = |chars: u64| {
                let usd = price.as_ref()?.usd_per_million_chars;
                Some(chars as f64 * usd / 1e6)
            };
            Account {
                provider: provider.clone(),
                found: counts.found,
                found_chars: counts.found_chars,
                spoken: counts.spoken,
                spoken_chars: counts.spoken_chars,
                saved_usd: of(counts.found_chars),
                spent_usd: of(counts.spoken_chars),
                price,
            }
        };
        self.engines.iter().map(account).collect()
    }
}

#[cfg(test)]
mod tests {
    use events::{At, TurnId};

    use super::*;

    fn happened(call: &str, event: Event) -> Stamped {
        Stamped {
            call: CallId::parse(call).unwrap(),
            seq: 0,
            at: At(0),
            event,
        }
    }

    fn sentence(thrift: &mut Thrift, call: &str, n: u32, text: &str, cached: bool) {
        let clip = ClipId {
            turn: TurnId(1),
            index: n,
        };
        let text = text.to_owned();
        thrift.take(&happened(call, Event::Sentence { clip, text }));
        thrift.take(&happened(
            call,
            Event::Voiced {
                clip,
                audio_ms: 900,
                provider: "a".into(),
                cached,
                object: None,
            },
        ));
    }

    #[test]
    fn what_was_found_is_saved_and_what_was_spoken_is_spent() {
        let mut thrift = Thrift::default();
        sentence(&mut thrift, "CA1", 1, "Good morning.", false);
        sentence(&mut thrift, "CA2", 1, "Good morning.", true);
        sentence(&mut thrift, "CA3", 1, "Grüß Gott.", true);
        let prices: Prices = Box::new(|name| {
            (name == "a").then(|| EnginePrice {
                usd_per_million_chars: 1e6,
                what: String::new(),
                source: String::new(),
                as_of: String::new(),
            })
        });
        let account = &thrift.accounts(&prices)[0];
        assert_eq!((account.found, account.found_chars), (2, 23));
        assert_eq!(
            (account.saved_usd, account.spent_usd),
            (Some(23.0), Some(13.0))
        );
        assert_eq!(thrift.totals(), (2, 1));
        let unknown: Prices = Box::new(|_| None);
        assert_eq!(thrift.accounts(&unknown)[0].saved_usd, None, "no guess");
    }

    #[test]
    fn calls_that_end_and_voices_that_fail_leave_nothing_behind() {
        let mut thrift = Thrift::default();
        for n in 0..2 * WAITING as u32 {
            let clip = ClipId {
                turn: TurnId(1),
                index: n,
            };
            let text = "Hello.".to_owned();
            thrift.take(&happened("CA1", Event::Sentence { clip, text }));
        }
        assert_eq!(thrift.waiting.len(), WAITING);
        let outcome = "caller.hung_up".to_owned();
        thrift.take(&happened("CA1", Event::Ended { outcome }));
        assert!(thrift.waiting.is_empty());
    }
}
