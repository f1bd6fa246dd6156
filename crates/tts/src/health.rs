//! Which engine is worth asking: a fold over what its last requests came to.
//!
//! The decision: one failure means nothing, five in ten seconds open the breaker. While it is open one request a second
//! finds out whether the engine is back, and the first that speaks closes it.

use std::collections::VecDeque;

use events::At;

use crate::SpeakError;

/// So many failures within [`WINDOW_MS`] open the breaker.
const FAILURES: usize = 5;
const WINDOW_MS: u64 = 10_000;
/// While it is open, one request goes out in this time.
const PROBE_MS: u64 = 1_000;
/// A refused key or an empty account is asked again this seldom.
const BARRED_MS: u64 = 300_000;
/// The longest wish of a provider to be left alone that is granted.
const LONGEST_WISH_MS: u64 = 60_000;

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It spoke.
    Spoke,
    /// It did not.
    Failed(SpeakError),
}

/// What is known of an engine. Healthy until shown otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Failures since it last spoke.
    pub failures: u32,
    /// Its last words about itself.
    pub last_error: Option<SpeakError>,
    /// When it failed, of late.
    recent: VecDeque<At>,
    /// Not asked before then, unless there is nobody else; then by one request at a time.
    resting_until: Option<At>,
}

impl Health {
    /// Whether requests go to it freely.
    pub fn is_up(&self) -> bool {
        self.resting_until.is_none()
    }

    /// When the next request goes to it while it is down; `None` while it is up.
    pub fn asked_again_at(&self) -> Option<At> {
        self.resting_until
    }

    /// Whether a request at `now` goes to it: while it is down, one in a while does.
    pub fn admits(&self, now: At) -> bool {
        self.resting_until.is_none_or(|until| now >= until)
    }

    /// A request goes to it at `now`. While it is down, no other one does for a moment.
    pub fn asked(mut self, now: At) -> Health {
        if self.resting_until.is_some_and(|until| now >= until) {
            self.resting_until = Some(now + PROBE_MS);
        }
        self
    }

    /// What is known after one more request ended at `now`.
    pub fn after(mut self, outcome: Outcome, now: At) -> Health {
        let error = match outcome {
            Outcome::Spoke => return Health::default(),
            Outcome::Failed(error) if !error.kind.blames_provider() => return self,
            Outcome::Failed(error) => error,
        };
        self.failures = self.failures.saturating_add(1);
        self.recent.retain(|at| now.since(*at) < WINDOW_MS);
        self.recent.push_back(now);
        let wish = error.retry_after_ms.map(|ms| ms.min(LONGEST_WISH_MS));
        let rest = if !error.kind.heals() {
            Some(BARRED_MS)
        } else if wish.is_some() {
            wish
        } else if self.recent.len() >= FAILURES || self.resting_until.is_some() {
            Some(PROBE_MS)
        } else {
            None
        };
        if self.recent.len() > FAILURES {
            self.recent.pop_front();
        }
        if let Some(rest) = rest {
            self.resting_until = Some(now + rest);
        }
        self.last_error = Some(error);
        self
    }
}
