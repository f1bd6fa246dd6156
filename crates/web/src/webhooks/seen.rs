//! What came in, for the console: the last exchanges, and the last requests that were turned away.
//!
//! Both are rings of a fixed length, so whoever floods us fills nothing but a page.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use events::{At, CallId};
use line::Heard;
use serde::Serialize;

/// Requests that the inspector shows.
const TRAFFIC: usize = 500;

/// Mismatches that are kept.
const MISMATCHES: usize = 20;

/// The log gets at most one line about mismatches in so many ms.
const LOG_EVERY_MS: u64 = 1_000;

/// Bytes of a URL that are kept.
const URL: usize = 400;

/// A request that was turned away because it could not be shown to be the carrier's, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// When.
    pub at: At,
    /// The URL that we checked against, from the configuration.
    pub checked: String,
    /// The URL that the signature was made over, when one of the candidates fits.
    pub signed: Option<String>,
    /// What to do.
    pub advice: String,
}

/// The last requests that were turned away.
#[derive(Debug, Default)]
pub struct Mismatches(Mutex<Ring>);

#[derive(Debug, Default)]
struct Ring {
    kept: VecDeque<Mismatch>,
    logged: Option<At>,
    unlogged: u64,
}

/// A request of the carrier and our answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// When it came.
    pub at: At,
    /// Which call.
    pub call: String,
    /// Its path.
    pub path: String,
    /// What the caller did, hidden in lists.
    pub heard: Heard,
    /// How long it took, microseconds.
    pub micros: u64,
    /// Our answer.
    pub xml: String,
}

/// The last requests.
#[derive(Debug, Default)]
pub struct Traffic(Mutex<VecDeque<Exchange>>);

impl Mismatches {
    /// The last ones, latest first.
    pub fn list(&self) -> Vec<Mismatch> {
        let ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ring.kept.iter().rev().cloned().collect()
    }

    /// Keeps it and tells the log, which hears of a flood once a second.
    pub(super) fn keep(&self, mut mismatch: Mismatch) {
        cut(&mut mismatch.checked);
        mismatch.signed.iter_mut().for_each(cut);
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let quiet = ring
            .logged
            .is_some_and(|last| mismatch.at.since(last) < LOG_EVERY_MS);
        if quiet {
            ring.unlogged += 1;
        } else {
            let Mismatch {
                checked,
                signed,
                advice,
                ..
            } = &mismatch;
            tracing::warn!(%checked, ?signed, hint = %advice, others_since_the_last_line = ring.unlogged, "a webhook was turned away");
            ring.logged = Some(mismatch.at);
            ring.unlogged = 0;
        }
        if ring.kept.len() == MISMATCHES {
            ring.kept.pop_front();
        }
        ring.kept.push_back(mismatch);
    }
}

fn cut(url: &mut String) {
    if url.len() > URL {
        url.truncate(url.floor_char_boundary(URL));
        url.push('…');
    }
}

impl Traffic {
    /// The last ones of a call, oldest first.
    pub fn of(&self, call: &CallId) -> Vec<Exchange> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .filter(|e| e.call == call.as_str())
            .cloned()
            .collect()
    }

    pub(super) fn keep(&self, exchange: Exchange) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == TRAFFIC {
            all.pop_front();
        }
        all.push_back(exchange);
    }
}
