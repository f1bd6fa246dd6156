//! The one place that starts tasks.
//!
//! The decision: whoever starts a task is named here, waits for it at shutdown and can end it. Tasks run on the main
//! runtime's handle, never on the web server's single-threaded workers, where they would stall their neighbours and die
//! at shutdown.

use std::{future::Future, time::Duration};

use tokio::runtime::Handle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The tasks of one running Frontdesk.
#[derive(Clone, Debug)]
pub struct Tasks {
    handle: Handle,
    tracker: TaskTracker,
    cancel: CancellationToken,
}

impl Tasks {
    /// Tasks on the runtime that this is called from.
    ///
    /// # Panics
    /// When called outside of a tokio runtime.
    pub fn new() -> Self {
        Self {
            handle: Handle::current(),
            tracker: TaskTracker::new(),
            cancel: CancellationToken::new(),
        }
    }

    /// Starts a task. It has to watch [`Tasks::cancelled`] or end by itself.
    pub fn start<F>(&self, task: F) -> tokio::task::JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tracker.spawn_on(task, &self.handle)
    }

    /// Ends when everything should stop.
    pub async fn cancelled(&self) {
        self.cancel.cancelled().await;
    }

    /// Whether everything should stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// How many tasks there are.
    pub fn count(&self) -> usize {
        self.tracker.len()
    }

    /// Asks all tasks to stop and waits for them, at most `grace`; says whether all did.
    pub async fn stop(&self, grace: Duration) -> bool {
        self.cancel.cancel();
        self.tracker.close();
        tokio::time::timeout(grace, self.tracker.wait())
            .await
            .is_ok()
    }
}

impl Default for Tasks {
    fn default() -> Self {
        Self::new()
    }
}
