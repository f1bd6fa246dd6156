//! Which engine is worth asking: a fold over what its last requests came to.

use events::At;

use crate::ErrorKind;

/// The first pause after a failure, in milliseconds; each further one doubles it.
const FIRST_PAUSE_MS: u64 = 500;
const LONGEST_PAUSE_MS: u64 = 60_000;
/// A refused key or an empty account is asked again this seldom.
const BARRED_MS: u64 = 300_000;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It spoke.
    Spoke,
    /// It did not.
    Failed(ErrorKind),
}

/// What is known of an engine. Healthy until shown otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Failures since it last spoke.
    pub failures: u32,
    /// Not asked before then, unless there is nobody else.
    pub resting_until: At,
}

impl Health {
    /// Whether to ask it now.
    pub fn is_up(&self, now: At) -> bool {
        now >= self.resting_until
    }

    /// What is known after one more request ended at `now`.
    pub fn after(self, outcome: Outcome, now: At) -> Health {
        match outcome {
            Outcome::Spoke => Health::default(),
            Outcome::Failed(kind) if !kind.blames_provider() => self,
            Outcome::Failed(kind) => {
                let pause = if kind.heals() {
                    (FIRST_PAUSE_MS << self.failures.min(16)).min(LONGEST_PAUSE_MS)
                } else {
                    BARRED_MS
                };
                Health {
                    failures: self.failures.saturating_add(1),
                    resting_until: now + pause,
                }
            }
        }
    }
}
