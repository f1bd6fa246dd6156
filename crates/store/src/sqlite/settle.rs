//! Moving what the log holds into the file, beside the writes.
//!
//! The decision: SQLite would do it within the commit that makes the log too long, and that commit, a caller's, would
//! wait for the disk twice. So a connection of its own does it all the time, which holds no writer up
//! (<https://www.sqlite.org/wal.html>, "Checkpointing"); a commit does it only when this cannot keep up.

use std::{convert::Infallible, time::Duration};

use sqlx::{AnyConnection, Row};
use tokio::time::{Instant, sleep};

use super::fault::Fault;

/// How long the log grows before it is moved again.
const EVERY: Duration = Duration::from_millis(500);
/// For so long is asked again after somebody else who is moving it.
const ASK_AGAIN: Duration = Duration::from_millis(50);
/// After so long nobody is asked again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Moves the log of this connection's file again and again.
pub(super) async fn work(conn: &mut AnyConnection) -> Infallible {
    loop {
        sleep(EVERY).await;
        // What cannot be moved now stays in the log, where it is as safe.
        let _ = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
            .fetch_one(&mut *conn)
            .await;
    }
}

/// Moves everything from the log into the file and cuts the log to nothing; false when a reader or another writer kept
/// it from that for some seconds.
pub(super) async fn empty(conn: &mut AnyConnection) -> Result<bool, Fault> {
    let began = Instant::now();
    loop {
        // It waits for readers by itself, and not at all for another connection that is moving the log.
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut *conn)
            .await?;
        if row.try_get::<i64, _>(0)? == 0 {
            return Ok(true);
        }
        if began.elapsed() >= PATIENCE {
            return Ok(false);
        }
        sleep(ASK_AGAIN).await;
    }
}
