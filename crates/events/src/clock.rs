//! Time as a value. Nothing on floor 0 reads a clock; it is handed an [`At`].

use std::{
    ops::{Add, Sub},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since the Unix epoch, as judged by a clock that never runs backwards.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct At(pub u64);

impl At {
    /// Milliseconds from `earlier` to this moment, 0 when `earlier` is later.
    pub fn since(self, earlier: At) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u64> for At {
    type Output = At;
    /// The moment `ms` milliseconds later.
    fn add(self, ms: u64) -> At {
        At(self.0.saturating_add(ms))
    }
}

impl Sub<u64> for At {
    type Output = At;
    /// The moment `ms` milliseconds earlier.
    fn sub(self, ms: u64) -> At {
        At(self.0.saturating_sub(ms))
    }
}

/// Who says what time it is, for the floors that wait. Floor 0 never calls it.
pub trait Clock: Send + Sync {
    /// The present moment; never smaller than what was returned before.
    fn now(&self) -> At;

    /// How long to wait in real time for `ms` milliseconds to pass on this clock.
    fn real(&self, ms: u64) -> Duration {
        Duration::from_millis(ms)
    }
}

/// The machine's clock: the wall time at start, carried on by the monotonic clock, so a stepped wall clock moves nothing.
///
/// A `speed` above 1 lets time pass faster, which a simulated network uses to live through long calls.
#[derive(Debug)]
pub struct SystemClock {
    anchor: u64,
    started: Instant,
    speed: f64,
}

impl SystemClock {
    /// A clock in step with the wall.
    pub fn new() -> Self {
        Self::with_speed(1.0)
    }

    /// A clock that runs `speed` times as fast as the wall; values under 0.001 count as 0.001.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the machine's clock"
    )]
    pub fn with_speed(speed: f64) -> Self {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            anchor: u64::try_from(wall.as_millis()).unwrap_or(u64::MAX),
            started: Instant::now(),
            speed: speed.max(0.001),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> At {
        let passed = self.started.elapsed().as_secs_f64() * self.speed * 1000.0;
        At(self.anchor + passed as u64)
    }

    fn real(&self, ms: u64) -> Duration {
        Duration::from_secs_f64(ms as f64 / self.speed / 1000.0)
    }
}

/// A clock that a test moves by hand.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// A clock that stands at `at`.
    pub fn at(at: At) -> Self {
        Self(AtomicU64::new(at.0))
    }

    /// Lets `ms` milliseconds pass.
    pub fn advance(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> At {
        At(self.0.load(Ordering::SeqCst))
    }
}
