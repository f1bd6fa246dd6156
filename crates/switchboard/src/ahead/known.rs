//! Which sentences were spoken or queued lately, so that none is foretold over and over.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use events::At;

use crate::policy::stable_hash;

/// Sentences that are remembered; the oldest is forgotten first.
const KEPT: usize = 20_000;
/// For so long a sentence counts as known, ms: after that its sound may have been swept.
const FRESH_MS: u64 = 3_600_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// It was foretold, and is queued.
    Foretold,
    /// It was spoken because it was foretold, and nobody has asked for it.
    Made,
    /// A call has asked for it, or it was there anyway.
    Used,
}

/// The sentences, by the hash of their keys.
#[derive(Default)]
pub(super) struct Known(Mutex<Table>);

#[derive(Default)]
struct Table {
    states: HashMap<u64, (State, At)>,
    order: VecDeque<u64>,
}

impl Table {
    fn set(&mut self, key: u64, state: State, now: At) {
        if self.states.insert(key, (state, now)).is_some() {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.states.remove(&oldest);
        }
    }
}

impl Known {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True when this is news.
    pub fn foretell(&self, key: &str, now: At) -> bool {
        let (key, mut table) = (stable_hash(key), self.table());
        let fresh = |(_, since): &(State, At)| now.since(*since) < FRESH_MS;
        if table.states.get(&key).is_some_and(fresh) {
            return false;
        }
        table.set(key, State::Foretold, now);
        true
    }

    /// It was spoken because it was foretold.
    pub fn made(&self, key: &str, now: At) {
        self.settle(key, State::Made, now);
    }

    /// It had been spoken before it was foretold.
    pub fn was_there(&self, key: &str, now: At) {
        self.settle(key, State::Used, now);
    }

    fn settle(&self, key: &str, state: State, now: At) {
        let (key, mut table) = (stable_hash(key), self.table());
        let foretold = |(state, _): &(State, At)| *state == State::Foretold;
        if table.states.get(&key).is_some_and(foretold) {
            table.set(key, state, now);
        }
    }

    /// A call asks for it. Says whether it was ready because it was foretold, or foretold and not ready; `None` when it
    /// was not foretold or is no news.
    pub fn need(&self, key: &str, now: At) -> Option<bool> {
        let (key, mut table) = (stable_hash(key), self.table());
        let before = table.states.get(&key).map(|(state, _)| *state);
        table.set(key, State::Used, now);
        match before? {
            State::Made => Some(true),
            State::Foretold => Some(false),
            State::Used => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_foretold_once_an_hour_and_hit_once() {
        let (known, now) = (Known::default(), At(1));
        assert!(known.foretell("a", now));
        assert!(!known.foretell("a", now), "it is queued");
        known.made("a", now);
        assert_eq!(known.need("a", now), Some(true));
        assert_eq!(known.need("a", now), None, "a hit is counted once");
        assert!(!known.foretell("a", now), "it was spoken a moment ago");
        assert!(known.foretell("a", now + FRESH_MS));
        assert_eq!(known.need("a", now), Some(false), "it came too late");
        assert!(known.foretell("b", now));
        known.was_there("b", now);
        assert_eq!(known.need("b", now), None, "no merit of ours");
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let known = Known::default();
        for n in 0..=KEPT {
            assert!(known.foretell(&n.to_string(), At(1)));
        }
        assert!(known.foretell("0", At(1)), "it is long forgotten");
        assert!(!known.foretell("7", At(1)));
    }
}
