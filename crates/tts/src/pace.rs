//! How soon an engine begins to speak, and when it is worth asking another one beside it.
//!
//! The decision: another one is asked once the first byte is later than this engine's own 95th percentile, as in
//! J. Dean and L. A. Barroso, "The Tail at Scale" (2013); and however slow everything becomes, no more than one request in
//! [`ONE_IN`] is made twice.

use std::collections::VecDeque;

/// Requests that are remembered.
const REMEMBERED: usize = 200;
/// Before so many are known, nothing is said about the rest.
const ENOUGH: usize = 20;
/// One request in so many may be made twice.
const ONE_IN: u32 = 13;
/// So many second requests may be saved up for a bad moment.
const SAVED: u32 = 8;
/// Sooner than this nobody is asked beside it, ms: it would cost more than it saves.
const SOONEST_MS: u32 = 50;

/// First bytes of one engine: a fold over its requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    firsts: VecDeque<u32>,
    /// Saved requests, in parts of [`ONE_IN`].
    saved: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            firsts: VecDeque::new(),
            saved: SAVED * ONE_IN,
        }
    }
}

impl Pace {
    /// One more request is made.
    pub fn asked(&mut self) {
        self.saved = (self.saved + 1).min(SAVED * ONE_IN);
    }

    /// Its first sound came after `ms`; or it had not come after `ms` when another one's was taken.
    pub fn began(&mut self, ms: u32) {
        if self.firsts.len() >= REMEMBERED {
            self.firsts.pop_front();
        }
        self.firsts.push_back(ms);
    }

    /// The time within which 19 of 20 first sounds came, ms; unknown at first.
    pub fn p95(&self) -> Option<u32> {
        if self.firsts.len() < ENOUGH {
            return None;
        }
        self.percentile(95)
    }

    /// The time within which half of the first sounds came, ms; unknown while there is none.
    pub fn p50(&self) -> Option<u32> {
        self.percentile(50)
    }

    /// How many first sounds are known.
    pub fn known(&self) -> usize {
        self.firsts.len()
    }

    fn percentile(&self, percent: usize) -> Option<u32> {
        let mut sorted: Vec<u32> = self.firsts.iter().copied().collect();
        let at = (sorted.len() * percent).div_ceil(100).checked_sub(1)?;
        let (_, value, _) = sorted.select_nth_unstable(at);
        Some(*value)
    }

    /// After how long another engine is to be asked as well, ms; `None` when there is no telling.
    pub fn hedge_after(&self) -> Option<u32> {
        self.p95().map(|ms| ms.max(SOONEST_MS))
    }

    /// Takes one second request out of what is saved; false when there is none.
    pub fn spend(&mut self) -> bool {
        let enough = self.saved >= ONE_IN;
        if enough {
            self.saved -= ONE_IN;
        }
        enough
    }
}
