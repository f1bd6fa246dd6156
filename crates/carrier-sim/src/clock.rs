//! Simulated time of one call.
//!
//! The cursor advances by exact amounts: a clip of 700 ms moves it by 700 ms however late the timer
//! fires, and a request by what it really took times the speed. So timer granularity, which speed
//! would multiply, never shows up in a measurement.

use std::time::Duration;

use tokio::time::Instant;

#[derive(Debug, Clone)]
pub(crate) struct Clock {
    speed: f64,
    /// Simulated ms since the call began.
    pub cursor_ms: f64,
}

impl Clock {
    pub fn new(speed: f64) -> Self {
        Self {
            speed,
            cursor_ms: 0.0,
        }
    }

    /// Simulated to real time.
    pub fn real(&self, ms: f64) -> Duration {
        Duration::from_secs_f64(ms.max(0.0) / 1000.0 / self.speed)
    }

    /// Simulated ms since a real instant.
    pub fn since(&self, start: Instant) -> f64 {
        start.elapsed().as_secs_f64() * 1000.0 * self.speed
    }

    /// Waits and advances the cursor by exactly `ms`.
    pub async fn wait(&mut self, ms: f64) {
        if ms > 0.0 {
            tokio::time::sleep(self.real(ms)).await;
            self.cursor_ms += ms;
        }
    }
}
