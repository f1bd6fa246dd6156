//! The way to the server.
//!
//! The decision: a connection whose work did not end well is thrown away, so no half-done transaction, lock or answer
//! is ever met by the next one who is given it. One that was used a moment ago is used again without asking whether it
//! lives, which would be a second round trip for everything; when it turns out dead, all idle ones are thrown away and
//! the question is asked again on a new one.

use std::time::{Duration, Instant};

use deadpool::{
    Runtime,
    managed::{self, Metrics, Object, Pool, PoolError, RecycleResult, TimeoutType},
};
use futures::future::BoxFuture;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, Postgres, Transaction,
    postgres::PgConnectOptions,
};
use store::StoreError;
use tokio::time::timeout;

use crate::{
    settings::{Settings, place},
    words::{Fault, explain, is_clash, is_crowded, is_dead, late, passes},
};

/// A connection that was idle for longer than this is asked whether it lives.
const IDLE: Duration = Duration::from_secs(5);
/// How often something is asked at most.
const TRIES: u32 = 3;
/// Making tables and deleting may take so many times as long as anything else.
const SLOWLY: u32 = 12;
/// This program gives up so much later than the server does, whose words are better.
const GRACE: Duration = Duration::from_millis(500);
/// For so long is waited when the server takes no further connection.
const CROWDED: Duration = Duration::from_millis(50);

/// Connections to one server.
pub(crate) struct Line {
    pool: Pool<Lines>,
    place: String,
    wait: Duration,
    answer: Duration,
}

/// Why something was not done.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: StoreError,
    /// It may be over in a moment.
    pub(crate) passes: bool,
}

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

struct Lines {
    options: PgConnectOptions,
    /// What each connection is told first.
    manners: String,
}

impl managed::Manager for Lines {
    type Type = PgConnection;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Self::Type, sqlx::Error> {
        let mut conn = self.options.connect().await?;
        let manners = AssertSqlSafe(self.manners.as_str());
        sqlx::raw_sql(manners).execute(&mut conn).await?;
        Ok(conn)
    }

    async fn recycle(
        &self,
        conn: &mut Self::Type,
        metrics: &Metrics,
    ) -> RecycleResult<sqlx::Error> {
        if metrics.last_used() >= IDLE {
            conn.ping().await?;
        }
        Ok(())
    }
}

/// A connection in use; thrown away unless it is given back.
struct Held(Option<Object<Lines>>);

impl Held {
    fn give_back(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

/// Says that what is borrowed for `'a` lives as long as a connection is lent.
pub(crate) type Lent<'c, 'a> = [&'c &'a (); 0];

impl Line {
    pub(crate) fn new(settings: &Settings) -> Result<Self, StoreError> {
        let options = settings.options()?;
        let place = place(&options);
        let ms = Duration::from_millis;
        let options = match options.get_application_name() {
            None => options.application_name("frontdesk"),
            Some(_) => options,
        };
        let lines = Lines {
            options: options.disable_statement_logging(),
            manners: manners(settings),
        };
        let pool = Pool::builder(lines)
            .max_size(settings.connections)
            .wait_timeout(Some(ms(settings.wait_ms)))
            .create_timeout(Some(ms(settings.connect_ms)))
            .recycle_timeout(Some(ms(settings.connect_ms)))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|e| StoreError::Unavailable(format!("PostgreSQL at {place}: {e}")))?;
        Ok(Self {
            pool,
            place,
            wait: ms(settings.wait_ms),
            answer: ms(settings.answer_ms),
        })
    }

    /// Does `work` on a connection; it may be done more than once, and must come to the same.
    pub(crate) async fn ask<'a, T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'c> Fn(&'c mut PgConnection, Lent<'c, 'a>) -> BoxFuture<'c, Result<T, Fault>>
            + Send
            + Sync,
    {
        Ok(self.try_some(work, self.answer).await?)
    }

    /// The same for what may take long; such work begins with [`begin_slowly`].
    pub(crate) async fn ask_slowly<'a, T, F>(&self, work: F) -> Result<T, Failed>
    where
        F: for<'c> Fn(&'c mut PgConnection, Lent<'c, 'a>) -> BoxFuture<'c, Result<T, Fault>>
            + Send
            + Sync,
    {
        self.try_some(work, self.answer * SLOWLY).await
    }

    async fn try_some<'a, T, F>(&self, work: F, within: Duration) -> Result<T, Failed>
    where
        F: for<'c> Fn(&'c mut PgConnection, Lent<'c, 'a>) -> BoxFuture<'c, Result<T, Fault>>
            + Send
            + Sync,
    {
        let mut tries_left = TRIES;
        loop {
            tries_left -= 1;
            match self.try_once(&work, within).await? {
                Ok(value) => return Ok(value),
                Err(e) if tries_left > 0 && (is_dead(&e) || is_clash(&e)) => {
                    if is_dead(&e) {
                        // Who lost one connection lost them all, as a rule: the server was started again.
                        self.pool.retain(|_, _| false);
                    }
                }
                Err(e) => return Err(self.failed(&e)),
            }
        }
    }

    async fn try_once<'a, T, F>(
        &self,
        work: &F,
        within: Duration,
    ) -> Result<Result<T, sqlx::Error>, Failed>
    where
        F: for<'c> Fn(&'c mut PgConnection, Lent<'c, 'a>) -> BoxFuture<'c, Result<T, Fault>>
            + Send
            + Sync,
    {
        let mut held = self.connection().await?;
        let Some(conn) = held.0.as_deref_mut() else {
            return Err(self.too_late("no connection came", self.wait)); // it holds one until it is given back
        };
        match timeout(within + GRACE, work(conn, [])).await {
            Ok(Ok(value)) => {
                held.give_back();
                Ok(Ok(value))
            }
            Ok(Err(Fault::Store(error))) => {
                held.give_back();
                let passes = false;
                Err(Failed { error, passes })
            }
            Ok(Err(Fault::Sql(e))) => Ok(Err(e)),
            Err(_) => Err(self.too_late("no answer came", within)),
        }
    }

    async fn connection(&self) -> Result<Held, Failed> {
        let from = Instant::now();
        loop {
            match self.pool.get().await {
                Ok(object) => return Ok(Held(Some(object))),
                // Fewer than were wished for: somebody may give one back.
                Err(PoolError::Backend(e)) if is_crowded(&e) && from.elapsed() < self.wait => {
                    tokio::time::sleep(CROWDED).await;
                }
                Err(PoolError::Backend(e)) => return Err(self.failed(&e)),
                Err(PoolError::Timeout(TimeoutType::Wait)) => {
                    return Err(
                        self.too_late("all connections are in use, and none was free", self.wait)
                    );
                }
                Err(_) => return Err(self.too_late("no connection came", from.elapsed())),
            }
        }
    }

    fn failed(&self, e: &sqlx::Error) -> Failed {
        Failed {
            error: explain(&self.place, e),
            passes: passes(e),
        }
    }

    fn too_late(&self, what: &str, within: Duration) -> Failed {
        Failed {
            error: late(&self.place, what, within.as_millis()),
            passes: true,
        }
    }
}

/// Read committed, so that whoever waited for a lock sees what its holder wrote. A session that stops in the middle of
/// a transaction, because its machine is gone, loses its locks after a while.
fn manners(settings: &Settings) -> String {
    let (schema, answer) = (&settings.schema, settings.answer_ms);
    format!(
        "SET search_path = {schema}; SET synchronous_commit = on; SET statement_timeout = {answer}; \
         SET idle_in_transaction_session_timeout = {}; SET default_transaction_isolation = 'read committed'; \
         SET client_min_messages = warning",
        answer * 2
    )
}

/// Begins a transaction that holds the lock `key` until its end, in any process; in one round trip.
///
/// An advisory lock and not SERIALIZABLE: those who want the same calendar wait for their turn instead of being undone
/// and trying again, and a crash lets go of it. It is taken by a statement of its own, so what is read after it was read
/// after it.
pub(crate) async fn begin_locked(
    conn: &mut PgConnection,
    key: i64,
) -> Result<Transaction<'_, Postgres>, Fault> {
    let begin = format!("BEGIN; SELECT pg_advisory_xact_lock({key})");
    Ok(conn.begin_with(AssertSqlSafe(begin)).await?)
}

/// Begins a transaction whose statements may take long.
pub(crate) async fn begin_slowly(
    conn: &mut PgConnection,
) -> Result<Transaction<'_, Postgres>, Fault> {
    let slowly = "BEGIN; SELECT set_config('statement_timeout', \
                  (SELECT setting::bigint * 12 FROM pg_settings WHERE name = 'statement_timeout')::text, true)";
    Ok(conn.begin_with(slowly).await?)
}

/// Ends a transaction: commits what is done, undoes what was refused.
pub(crate) async fn settle<T>(
    transaction: Transaction<'_, Postgres>,
    done: Result<T, Fault>,
) -> Result<T, Fault> {
    match done {
        Ok(value) => {
            transaction.commit().await?;
            Ok(value)
        }
        // The connection goes away with any error of its own, and the transaction with it.
        Err(Fault::Sql(e)) => Err(Fault::Sql(e)),
        Err(refused) => {
            transaction.rollback().await?;
            Err(refused)
        }
    }
}

/// The lock of `what` in a schema: the 64 bits of FNV-1a. Two that meet by chance only wait for each other.
pub(crate) fn lock_key(schema: &str, what: &str) -> i64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in schema.bytes().chain([0]).chain(what.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash.cast_signed()
}
