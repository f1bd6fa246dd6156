//! Closing time: no new calls, while those that are going on are served to their end.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether we are closing. Whoever hears the signal begins it; readiness and the door for new calls look at it. It never
/// ends: what was begun is followed by the end of the process.
#[derive(Clone, Debug, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    /// From now on `/readyz` answers 503 and new calls hear that all lines are busy.
    pub fn begin(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it has begun.
    pub fn is_on(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
