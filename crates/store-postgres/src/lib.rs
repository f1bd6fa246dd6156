//! Records in PostgreSQL: the same port for many instances.
//!
//! The decision: one database, in which every change is one transaction that is on the server's disk before it counts,
//! calls too. With `synchronous_commit = off` a server that crashes forgets what it took in the last half second, while
//! the instances that asked for it live on: two could own one call, and the next events would follow nothing. In SQLite
//! a crash that forgets ends the only writer as well. The price is a flush of the server's log for each answer.
//!
//! Everything that is asked may be asked twice, so a connection that turns out dead is replaced and the question asked
//! again. Deleted rows are gone for every reader at once; their bytes leave the server's files with its next `VACUUM`,
//! and its log and backups by their own age.

mod books;
mod calls;
mod forget;
mod line;
mod messages;
mod port;
mod rows;
mod settings;
mod tables;
mod words;

use std::time::{Duration, Instant};

use futures::FutureExt;
use store::StoreError;

use self::line::{Failed, Line};
pub use self::settings::{BadUrl, Settings, check_url};

/// How long before a server that was not ready is asked again.
const AGAIN: Duration = Duration::from_millis(500);

/// Records in one schema of a PostgreSQL database. Any number of processes may use it at once.
///
/// Its futures need a tokio runtime with time. Dropping one that is not done gives its connection up, and the server
/// undoes what was not committed.
pub struct PostgresRecords {
    line: Line,
    schema: String,
}

impl PostgresRecords {
    /// Connects, and makes the tables that are missing; several processes may do so at once.
    ///
    /// # Errors
    /// What is wrong with the settings, why the server cannot be used, or that its tables are a newer program's; each
    /// with what to do. The password is in none of them.
    pub async fn open(settings: Settings) -> Result<Self, StoreError> {
        Self::open_within(settings, Duration::ZERO, |_| ()).await
    }

    /// The same, when the server may still be starting: what may pass (nobody listens, starting, no connection left) is
    /// told to `told` and tried again until `patience` is over. A wrong password or database is an error at once.
    ///
    /// # Errors
    /// As for [`PostgresRecords::open`].
    pub async fn open_within(
        settings: Settings,
        patience: Duration,
        mut told: impl FnMut(&StoreError) + Send,
    ) -> Result<Self, StoreError> {
        settings.check()?;
        let records = Self {
            line: Line::new(&settings)?,
            schema: settings.schema,
        };
        let from = Instant::now();
        loop {
            match records.make_tables().await {
                Ok(()) => return Ok(records),
                Err(failed) if failed.passes && from.elapsed() + AGAIN < patience => {
                    told(&failed.error);
                    tokio::time::sleep(AGAIN).await;
                }
                Err(failed) => return Err(failed.error),
            }
        }
    }

    async fn make_tables(&self) -> Result<(), Failed> {
        let schema = &self.schema;
        self.line
            .ask_slowly(|conn, _| tables::make(conn, schema).boxed())
            .await
    }
}
