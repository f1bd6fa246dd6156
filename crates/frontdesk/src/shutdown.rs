//! Stopping: readiness goes first, running calls get their time, a second signal stops at once.

use std::time::Duration;

use switchboard::Switchboard;

/// Waits for the first SIGINT or SIGTERM.
pub async fn asked() {
    let mut terminate =
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(signal) => signal,
            Err(error) => {
                tracing::error!(%error, "SIGTERM cannot be watched");
                let _ = tokio::signal::ctrl_c().await;
                return;
            }
        };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Lets running calls end for at most `drain`, then stops the web and the tasks.
pub async fn drain(
    switchboard: &Switchboard,
    server: &actix_web::dev::ServerHandle,
    drain: Duration,
) {
    let calls = async {
        while switchboard.count() > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        _ = tokio::time::timeout(drain, calls) => {}
        () = asked() => tracing::warn!("stopping at once"),
    }
    let stopped = switchboard.parts().tasks.stop(Duration::from_secs(5)).await;
    if !stopped {
        tracing::warn!(
            left = switchboard.parts().tasks.count(),
            "some tasks did not end in time"
        );
    }
    server.stop(false).await;
}
