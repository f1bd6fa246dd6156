//! The event bus: every event of every call, to every tap.

use std::sync::Arc;

use events::Stamped;
use tokio::sync::broadcast;

/// Events that a slow tap may lag behind before it loses the oldest.
const DEPTH: usize = 8_192;

/// Something that happened, with the business whose call it was.
#[derive(Clone, Debug)]
pub struct Tap {
    /// Whose call.
    pub business: events::BusinessId,
    /// What happened.
    pub stamped: Arc<Stamped>,
}

/// Broadcasts events. Log, metrics, console and records are taps; a tap that falls behind loses events, never a call.
#[derive(Clone, Debug)]
pub struct Bus(broadcast::Sender<Tap>);

impl Bus {
    /// A bus without taps.
    pub fn new() -> Self {
        Self(broadcast::channel(DEPTH).0)
    }

    /// Listens from now on.
    pub fn tap(&self) -> broadcast::Receiver<Tap> {
        self.0.subscribe()
    }

    /// Tells all taps.
    pub fn tell(&self, tap: Tap) {
        // No tap is no error.
        let _ = self.0.send(tap);
    }
}

impl Default for Bus {
    fn default() -> Self {
        Self::new()
    }
}
