//! Stopping: readiness goes first, running calls get their time, a second signal stops at once.
//!
//! The decision: the listener stays open while readiness already says no, because whoever spreads the calls needs a
//! moment to notice. A person at a terminal who interrupts a server without calls does not wait for that.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use web::App;

/// How long tasks may take to notice that everything ends.
const TASKS: Duration = Duration::from_secs(5);
/// How often the number of calls is looked at while they run out.
const LOOK: Duration = Duration::from_millis(50);

/// How a stop was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// By a person: Ctrl-C.
    Interrupt,
    /// By a service manager.
    Terminate,
}

/// Watches SIGINT and SIGTERM from the moment it is made; before that they kill at once.
pub struct Signals {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
}

impl Signals {
    /// Starts to watch.
    pub fn watch() -> Self {
        let caught = |kind| match signal(kind) {
            Ok(signal) => Some(signal),
            Err(error) => {
                tracing::error!(%error, "a signal cannot be watched");
                None
            }
        };
        Self {
            interrupt: caught(SignalKind::interrupt()),
            terminate: caught(SignalKind::terminate()),
        }
    }

    /// Waits for the next of them.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            () = next(&mut self.interrupt) => Asked::Interrupt,
            () = next(&mut self.terminate) => Asked::Terminate,
        }
    }
}

async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// How much time a stop has.
#[derive(Clone, Copy, Debug)]
pub struct Grace {
    /// Requests are still taken for so long while readiness says no.
    pub lame_duck: Duration,
    /// Running calls may go on for so long after that.
    pub drain: Duration,
}

impl Grace {
    /// Time for running calls only.
    pub fn only(drain: Duration) -> Self {
        Self {
            lame_duck: Duration::ZERO,
            drain,
        }
    }
}

/// Refuses new calls, lets running ones end, then stops the web and the tasks. A further signal stops at once.
pub async fn drain(app: &App, server: &actix_web::dev::ServerHandle, grace: Grace) {
    let mut signals = Signals::watch();
    app.draining.begin();
    let switchboard = &app.switchboard;
    let calm = async {
        tokio::time::sleep(grace.lame_duck).await;
        let empty = async {
            while switchboard.count() > 0 {
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(grace.drain, empty).await.is_err() {
            tracing::warn!(calls = switchboard.count(), "the time to drain is over");
        }
    };
    tokio::select! {
        () = calm => {}
        _ = signals.next() => tracing::warn!("stopping at once"),
    }
    let stopped = switchboard.parts().tasks.stop(TASKS).await;
    if !stopped {
        tracing::warn!(
            left = switchboard.parts().tasks.count(),
            "some tasks did not end in time"
        );
    }
    server.stop(false).await;
}
