//! The event bus: every event of every call, to every tap.

use std::sync::Arc;

use call::{Input, Order, Policy, Traits};
use events::{At, CallId, Stamped, TurnId};
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

/// One step of a call's core, for a recording that can be replayed.
#[derive(Clone, Debug)]
pub struct Step {
    /// Which call.
    pub call: CallId,
    /// The time that the core was given.
    pub at: At,
    /// What was done.
    pub what: Arc<Moment>,
}

/// What was done in a step.
#[derive(Clone, Debug)]
pub enum Moment {
    /// The call was made of this.
    Began {
        /// Makes its choices.
        seed: u64,
        /// What the line can do.
        traits: Traits,
        /// How the business wants it.
        policy: Arc<Policy>,
        /// The turn it begins with.
        turn: TurnId,
    },
    /// It took an input and gave orders.
    Took {
        /// The input.
        input: Input,
        /// The orders.
        orders: Vec<Order>,
    },
}

/// Broadcasts events. Log, metrics, console and records are taps; a tap that falls behind loses events, never a call.
#[derive(Clone, Debug)]
pub struct Bus {
    taps: broadcast::Sender<Tap>,
    steps: broadcast::Sender<Step>,
}

impl Bus {
    /// A bus without taps.
    pub fn new() -> Self {
        Self {
            taps: broadcast::channel(DEPTH).0,
            steps: broadcast::channel(DEPTH).0,
        }
    }

    /// Listens from now on.
    pub fn tap(&self) -> broadcast::Receiver<Tap> {
        self.taps.subscribe()
    }

    /// Tells all taps.
    pub fn tell(&self, tap: Tap) {
        // No tap is no error.
        let _ = self.taps.send(tap);
    }

    /// Listens to every step of every call from now on.
    pub fn steps(&self) -> broadcast::Receiver<Step> {
        self.steps.subscribe()
    }

    /// Whether somebody records; else a step need not be made.
    pub(crate) fn is_recorded(&self) -> bool {
        self.steps.receiver_count() > 0
    }

    /// Tells whoever records.
    pub(crate) fn record(&self, step: Step) {
        let _ = self.steps.send(step);
    }
}

impl Default for Bus {
    fn default() -> Self {
        Self::new()
    }
}
