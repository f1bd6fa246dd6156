//! Moving what the log holds into the file, beside the writes.
//!
//! The decision: SQLite would do it within the commit that makes the log too long, and that commit, a caller's, would
//! wait for the disk twice. So a connection of its own does it all the time, which holds no writer up
//! (<https://www.sqlite.org/wal.html>, "Checkpointing"); a commit does it only when this cannot keep up.

use std::time::Duration;

use sqlx::{AnyConnection, Connection, Row};

use super::fault::Fault;

/// How long the log grows before it is moved again.
const EVERY: Duration = Duration::from_millis(500);
/// For so long is asked again after somebody else who is moving it.
const ASK_AGAIN: Duration = Duration::from_millis(50);
const ASKED: u32 = 100;

/// The connection that moves the log of one file.
pub(super) struct Settler {
    conn: AnyConnection,
}

impl Settler {
    pub(super) fn new(conn: AnyConnection) -> Self {
        Self { conn }
    }

    /// Moves it again and again; never ends.
    pub(super) async fn work(&mut self) {
        loop {
            tokio::time::sleep(EVERY).await;
            // What cannot be moved now stays in the log, where it is as safe.
            let _ = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
                .fetch_one(&mut self.conn)
                .await;
        }
    }

    pub(super) async fn close(self) {
        let _ = self.conn.close().await; // nobody is left who could be told
    }
}

/// Moves everything from the log into the file and cuts the log to nothing; false when a reader or another writer kept
/// it from that for some seconds.
pub(super) async fn empty(conn: &mut AnyConnection) -> Result<bool, Fault> {
    for _ in 0..ASKED {
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut *conn)
            .await?;
        if row.try_get::<i64, _>(0)? == 0 {
            return Ok(true);
        }
        // SQLite does not wait for another connection that is moving the log.
        tokio::time::sleep(ASK_AGAIN).await;
    }
    Ok(false)
}
