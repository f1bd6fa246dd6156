//! What a job is, and what can become of it.

use serde::Serialize;

/// Which job is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Somebody waits for it.
    High,
    /// It will be needed.
    Normal,
    /// It may be needed.
    Low,
}

impl Priority {
    /// All of them, the most pressing first.
    pub const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];
}

/// Work to be done once.
#[derive(Clone, Debug)]
pub struct Job<W> {
    /// What it comes to: while a job with this key waits, runs or is to be tried again, another one is the same job.
    pub key: String,
    /// When it is its turn.
    pub priority: Priority,
    /// What is to be done.
    pub work: W,
}

/// Why a job was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Another try may go better.
    Again(String),
    /// No other try would go better.
    Never(String),
}

/// What became of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was given up, and this is the last reason.
    Failed(String),
    /// Nobody wanted it any more, or Frontdesk is stopping.
    Cancelled,
}

/// Why a job is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There are too many of its priority.
    #[error("{limit} jobs of this priority are waiting already, and no more are taken")]
    Full {
        /// How many are taken.
        limit: usize,
    },
    /// Frontdesk is stopping.
    #[error("Frontdesk is stopping and takes no more jobs")]
    Closed,
}

/// How often and when a job is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Tries in all, at least 1.
    pub tries: u32,
    /// The pause after the first failure, ms; it doubles with each further one.
    pub first_ms: u64,
    /// The longest pause, ms.
    pub most_ms: u64,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            tries: 4,
            first_ms: 1_000,
            most_ms: 60_000,
        }
    }
}

impl Retry {
    /// The pause after so many failures, ms: half of it is certain, the rest is drawn (`luck`, 0 to 1), so that what
    /// failed together is not tried again together.
    pub(super) fn pause(self, failures: u32, luck: f64) -> u64 {
        let doublings = failures.saturating_sub(1).min(32);
        let whole = self
            .first_ms
            .saturating_mul(1 << doublings)
            .min(self.most_ms);
        let drawn = (whole as f64 / 2.0 * luck.clamp(0.0, 1.0)) as u64;
        whole / 2 + drawn
    }
}

/// The jobs of one priority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lane {
    /// Waiting for their turn.
    pub waiting: usize,
    /// Being done.
    pub running: usize,
    /// Waiting to be tried again.
    pub retrying: usize,
    /// Done since the start.
    pub done: u64,
    /// Given up since the start.
    pub failed: u64,
}

/// What there is to do, and what was done since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Backlog {
    /// Jobs that somebody waits for.
    pub high: Lane,
    /// Jobs that will be needed.
    pub normal: Lane,
    /// Jobs that may be needed.
    pub low: Lane,
    /// How long the oldest of those that are not over has been here, ms.
    pub oldest_ms: Option<u64>,
    /// How many of one priority are taken.
    pub limit: usize,
    /// Jobs that were refused.
    pub refused: u64,
    /// Jobs that were another one already.
    pub merged: u64,
    /// Jobs that were cancelled.
    pub cancelled: u64,
}

impl Backlog {
    /// One priority's part.
    pub fn lane(&self, priority: Priority) -> &Lane {
        match priority {
            Priority::High => &self.high,
            Priority::Normal => &self.normal,
            Priority::Low => &self.low,
        }
    }

    pub(super) fn lane_mut(&mut self, priority: Priority) -> &mut Lane {
        match priority {
            Priority::High => &mut self.high,
            Priority::Normal => &mut self.normal,
            Priority::Low => &mut self.low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit_and_half_of_each_is_drawn() {
        let retry = Retry {
            tries: 9,
            first_ms: 100,
            most_ms: 1_000,
        };
        let whole: Vec<u64> = (1..=6).map(|n| retry.pause(n, 1.0)).collect();
        assert_eq!(whole, [100, 200, 400, 800, 1_000, 1_000]);
        assert_eq!(retry.pause(2, 0.0), 100);
        assert_eq!(retry.pause(u32::MAX, 0.5), 750);
    }
}
