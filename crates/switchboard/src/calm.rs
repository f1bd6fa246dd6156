//! Whether callers wait for anything right now.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Notify;

/// Counts the work that callers wait for.
#[derive(Debug, Default)]
pub struct Calm {
    work: AtomicUsize,
    quiet: Notify,
}

/// Work that a caller waits for, counted for as long as it lives.
#[derive(Debug)]
pub struct AtWork(Arc<Calm>);

impl Calm {
    /// A caller waits from now on.
    pub fn disturb(self: &Arc<Self>) -> AtWork {
        self.work.fetch_add(1, Ordering::Relaxed);
        AtWork(self.clone())
    }

    /// How much work callers wait for.
    pub fn at_work(&self) -> usize {
        self.work.load(Ordering::Relaxed)
    }

    /// Ends when no caller has waited for a moment; for one who waits at a time.
    pub async fn quiet(&self) {
        while self.at_work() > 0 {
            self.quiet.notified().await;
        }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        if self.0.work.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.quiet.notify_one();
        }
    }
}
