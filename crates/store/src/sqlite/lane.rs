//! One connection, one queue.
//!
//! The decision: everything that is asked of a connection waits in a bounded queue and runs to its end, even when the
//! asker has gone: so a transaction is never cut off half-way by a handler that was dropped. Commits that wait together
//! become durable together, in one transaction.

use std::{path::PathBuf, sync::Arc, time::Duration};

use futures::future::LocalBoxFuture;
use sqlx::AnyConnection;
use tokio::sync::{mpsc, oneshot};

use super::{
    calls::{self, Prepared},
    fault::Fault,
};
use crate::{Lease, StoreError};
use events::{CallId, InstanceId};

/// How many requests may wait for one connection.
const QUEUE: usize = 256;
/// How many commits share a transaction.
const GROUP: usize = 64;
/// How long a request waits for a place in the queue.
const PATIENCE: Duration = Duration::from_secs(5);

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;
type Job = Box<dyn for<'c> FnOnce(&'c mut AnyConnection) -> LocalBoxFuture<'c, ()> + Send>;

/// What a connection is asked to do.
pub(super) enum Work {
    /// A write that may share its transaction with its neighbours.
    Write(Write),
    /// Anything else, alone.
    Run(Job),
}

/// The writes of live calls.
pub(super) enum Write {
    Commit(Box<Prepared>, Reply<()>),
    Claim(CallId, InstanceId, Reply<Lease>),
}

/// What came of a write, until its transaction is committed.
enum Outcome {
    Committed,
    Leased(Lease),
}

/// The asking end of a connection's queue.
#[derive(Clone)]
pub(super) struct Lane {
    work: mpsc::Sender<Work>,
    file: Arc<PathBuf>,
}

/// The working end of a connection's queue.
pub(super) struct Bench {
    conn: AnyConnection,
    work: mpsc::Receiver<Work>,
    file: Arc<PathBuf>,
}

/// A queue before a connection to `file`.
pub(super) fn lane(conn: AnyConnection, file: Arc<PathBuf>) -> (Lane, Bench) {
    let (asked, work) = mpsc::channel(QUEUE);
    let lane = Lane {
        work: asked,
        file: Arc::clone(&file),
    };
    (lane, Bench { conn, work, file })
}

impl Lane {
    /// Runs `work` on the connection.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: AsyncFnOnce(&mut AnyConnection) -> Result<T, Fault> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            Box::pin(async move {
                let _ = reply.send(work(conn).await);
            })
        });
        self.ask(Work::Run(job)).await?;
        let done = answer.await.map_err(|_| self.closed())?;
        done.map_err(|fault| fault.explain(&self.file))
    }

    /// Writes a commit, together with those that wait with it.
    pub(super) async fn commit(&self, commit: Prepared) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Work::Write(Write::Commit(Box::new(commit), reply)))
            .await?;
        answer.await.map_err(|_| self.closed())?
    }

    /// Takes a call over.
    pub(super) async fn claim(
        &self,
        call: CallId,
        instance: InstanceId,
    ) -> Result<Lease, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Work::Write(Write::Claim(call, instance, reply)))
            .await?;
        answer.await.map_err(|_| self.closed())?
    }

    async fn ask(&self, work: Work) -> Result<(), StoreError> {
        match tokio::time::timeout(PATIENCE, self.work.send(work)).await {
            Ok(sent) => sent.map_err(|_| self.closed()),
            Err(_) => Err(StoreError::Unavailable(format!(
                "{} is too slow: {QUEUE} requests wait for it; check the disk",
                self.file.display()
            ))),
        }
    }

    fn closed(&self) -> StoreError {
        StoreError::Unavailable(format!("{} is closed: restart", self.file.display()))
    }
}

impl Bench {
    /// Works until every asking end is gone and the queue is empty, and hands the connection back.
    pub(super) async fn work(mut self) -> AnyConnection {
        let mut next = self.work.recv().await;
        while let Some(work) = next.take() {
            match work {
                Work::Run(job) => job(&mut self.conn).await,
                Work::Write(first) => {
                    let (group, odd) = self.gather(first);
                    next = odd;
                    self.write(group).await;
                }
            }
            if next.is_none() {
                next = self.work.recv().await;
            }
        }
        self.conn
    }

    /// The writes that are waiting now, and what stopped the gathering.
    fn gather(&mut self, first: Write) -> (Vec<Write>, Option<Work>) {
        let mut group = vec![first];
        while group.len() < GROUP {
            match self.work.try_recv() {
                Ok(Work::Write(write)) => group.push(write),
                Ok(other) => return (group, Some(other)),
                Err(_) => break,
            }
        }
        (group, None)
    }

    async fn write(&mut self, group: Vec<Write>) {
        match together(&mut self.conn, &group).await {
            Ok(outcomes) => {
                for (write, outcome) in group.into_iter().zip(outcomes) {
                    write.reply(outcome);
                }
            }
            Err(fault) if group.len() > 1 && !fault.is_shared() => {
                for write in group {
                    let alone = together(&mut self.conn, std::slice::from_ref(&write)).await;
                    self.reply_alone(write, alone);
                }
            }
            Err(fault) => {
                let why = fault.explain(&self.file);
                group.into_iter().for_each(|w| w.reply(Err(why.clone())));
            }
        }
    }

    fn reply_alone(&self, write: Write, alone: Result<Vec<Result<Outcome, StoreError>>, Fault>) {
        match alone.map(|mut outcomes| outcomes.pop()) {
            Ok(Some(outcome)) => write.reply(outcome),
            Ok(None) => write.reply(Err(StoreError::NotFound)),
            Err(fault) => write.reply(Err(fault.explain(&self.file))),
        }
    }
}

/// All writes of a group in one transaction. A write that is refused (fenced, not in order) has changed nothing and
/// leaves its neighbours alone; an error of the database undoes the whole group.
async fn together(
    conn: &mut AnyConnection,
    group: &[Write],
) -> Result<Vec<Result<Outcome, StoreError>>, Fault> {
    transaction(conn, async |conn| {
        let mut outcomes = Vec::with_capacity(group.len());
        for write in group {
            match write.apply(conn).await {
                Ok(outcome) => outcomes.push(Ok(outcome)),
                Err(Fault::Store(refused)) => outcomes.push(Err(refused)),
                Err(fault) => return Err(fault),
            }
        }
        Ok(outcomes)
    })
    .await
}

impl Write {
    async fn apply(&self, conn: &mut AnyConnection) -> Result<Outcome, Fault> {
        match self {
            Write::Commit(commit, _) => {
                calls::commit(conn, commit).await?;
                Ok(Outcome::Committed)
            }
            Write::Claim(call, instance, _) => {
                Ok(Outcome::Leased(calls::claim(conn, call, instance).await?))
            }
        }
    }

    /// Tells the asker, who may have gone.
    fn reply(self, outcome: Result<Outcome, StoreError>) {
        match (self, outcome) {
            (Write::Commit(_, reply), outcome) => drop(reply.send(outcome.map(drop))),
            (Write::Claim(_, _, reply), Ok(Outcome::Leased(lease))) => drop(reply.send(Ok(lease))),
            (Write::Claim(_, _, reply), Ok(Outcome::Committed)) => {
                drop(reply.send(Err(StoreError::NotFound)));
            }
            (Write::Claim(_, _, reply), Err(e)) => drop(reply.send(Err(e))),
        }
    }
}

/// Does `work` completely or not at all.
///
/// The statements are sent as such and not through the driver's transaction: when a disk is full SQLite rolls back by
/// itself, and the driver's count of open transactions would then stay wrong for ever.
pub(super) async fn transaction<T>(
    conn: &mut AnyConnection,
    work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await?;
    let done = match work(conn).await {
        Ok(value) => match sqlx::query("COMMIT").execute(&mut *conn).await {
            Ok(_) => return Ok(value),
            Err(e) => Err(e.into()),
        },
        Err(fault) => Err(fault),
    };
    // It fails when the database has already rolled back, which is what is wanted.
    let _ = sqlx::query("ROLLBACK").execute(&mut *conn).await;
    done
}
