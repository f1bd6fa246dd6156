//! Work that can wait: three priorities, each key once, tried again after growing pauses, seen in numbers.
//!
//! The decision: the queue lives in memory and belongs to this process. Every job here makes an entry of the cache, which
//! can always be made again: a queue that is lost with its process costs nothing but the next prewarm's listing it anew,
//! and two processes with the same job make one clip, because the cookbook makes each recipe once in the whole fleet.
//! A queue library over Redis was tried for this and left out (apalis 1.0 with apalis-redis 1.0, November 2026): it adds
//! 17 crates and 28 CPU seconds to a cold release build (164 against 136 for the same program with the client of Redis
//! alone), has no priorities but a queue and a worker for each, reads the machine's clock and the runtime's timer itself,
//! so that no test can move its time, and knows no way of letting a caller's turn pass. Its jobs survive a restart, which
//! is the one thing that these need not. Work that must not be lost is never a job here: it is a record.
//!
//! One task owns the jobs of a queue. It is there while there are any, and ends with the last or at shutdown. At most one
//! job of high priority runs, and one of the others beside it; those wait until no caller waits for anything, for at most
//! a second: under a load without pauses they go on, one at a time.

mod job;
mod queue;

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use events::{At, Clock};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::sync::{Notify, oneshot};

pub use self::job::{Backlog, Failure, Job, Lane, Outcome, Priority, Refused, Retry};
use self::queue::{Next, Queue, Taken};
use crate::{Tasks, calm::Calm};

/// How long jobs wait for a moment in which no caller waits, ms.
const YIELD_MS: u64 = 1_000;

/// The longest sleep; whatever happens wakes the owner before, ms.
const SLEEP_MS: u64 = 60_000;

/// The bounds of a queue.
#[derive(Clone, Copy, Debug)]
pub struct JobSettings {
    /// Jobs of one priority that are taken at most.
    pub limit: usize,
    /// How often and when a job is tried again.
    pub retry: Retry,
    /// How long one try may take, ms.
    pub longest_ms: u64,
    /// Draws the pauses.
    pub seed: u64,
}

impl Default for JobSettings {
    fn default() -> Self {
        Self {
            limit: 1_000,
            retry: Retry::default(),
            longest_ms: 30_000,
            seed: 0,
        }
    }
}

type Doing = BoxFuture<'static, Result<(), Failure>>;

/// A queue and what is done with it. A clone is the same one.
pub struct Jobs<W> {
    inner: Arc<Inner<W>>,
}

impl<W> Clone for Jobs<W> {
    fn clone(&self) -> Self {
        let inner = self.inner.clone();
        Self { inner }
    }
}

struct Inner<W> {
    queue: Mutex<Queue<W>>,
    changed: Notify,
    settings: JobSettings,
    tasks: Tasks,
    clock: Arc<dyn Clock>,
    calm: Arc<Calm>,
    work: Box<dyn Fn(W) -> Doing + Send + Sync>,
}

impl<W: Clone + Send + 'static> Jobs<W> {
    /// A queue whose jobs are done by `work`, on these tasks, by this clock, and out of the way of those who disturb `calm`.
    pub fn new(
        settings: JobSettings,
        tasks: Tasks,
        clock: Arc<dyn Clock>,
        calm: Arc<Calm>,
        work: impl Fn(W) -> Doing + Send + Sync + 'static,
    ) -> Self {
        let queue = Queue::new(settings.limit, settings.retry, settings.seed);
        Self {
            inner: Arc::new(Inner {
                queue: Mutex::new(queue),
                changed: Notify::new(),
                settings,
                tasks,
                clock,
                calm,
                work: Box::new(work),
            }),
        }
    }

    /// Takes a job in, if it is not here already.
    pub fn push(&self, job: Job<W>) -> Result<(), Refused> {
        self.add(job, None)
    }

    /// Takes a job in, if it is not here already, and waits for its end. Dropping the future cancels nothing.
    pub async fn done(&self, job: Job<W>) -> Result<Outcome, Refused> {
        let (watcher, outcome) = oneshot::channel();
        self.add(job, Some(watcher))?;
        Ok(outcome.await.unwrap_or(Outcome::Cancelled))
    }

    fn add(&self, job: Job<W>, watcher: Option<oneshot::Sender<Outcome>>) -> Result<(), Refused> {
        let inner = &self.inner;
        if inner.tasks.is_cancelled() {
            return Err(Refused::Closed);
        }
        let start = {
            let mut queue = inner.queue();
            queue.push(job, watcher, inner.clock.now())?;
            !std::mem::replace(&mut queue.owned, true)
        };
        if start {
            inner.tasks.start(own(inner.clone()));
        } else {
            inner.changed.notify_one();
        }
        Ok(())
    }

    /// Cancels a job by its key; says whether there was one.
    pub fn cancel(&self, key: &str) -> bool {
        let found = self.inner.queue().cancel(key);
        self.inner.changed.notify_one();
        found
    }

    /// Cancels a job that has not begun, or is to be tried again; says whether there was one.
    pub fn cancel_waiting(&self, key: &str) -> bool {
        let waits = {
            let mut queue = self.inner.queue();
            queue.waits(key) && queue.cancel(key)
        };
        self.inner.changed.notify_one();
        waits
    }

    /// What there is to do, and what was done.
    pub fn backlog(&self) -> Backlog {
        let now = self.inner.clock.now();
        self.inner.queue().backlog(now)
    }
}

impl<W: Clone + Send + 'static> Inner<W> {
    fn queue(&self) -> MutexGuard<'_, Queue<W>> {
        // No change of it panics half done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins what may begin now, and says what to wait for.
    fn begin(&self, begin: impl Fn(Taken<W>), yielding: &mut Option<At>) -> Next<W> {
        let now = self.clock.now();
        loop {
            let patient = yielding.is_none_or(|since| now.since(since) < YIELD_MS);
            let calm = self.calm.at_work() == 0 || !patient;
            match self.queue().take(now, calm) {
                Next::Run(taken) => {
                    *yielding = None;
                    begin(taken);
                }
                other => {
                    if matches!(other, Next::Yield) {
                        yielding.get_or_insert(now);
                    }
                    return other;
                }
            }
        }
    }

    /// Does one job, within its time. A panic in it is its failure, nobody else's.
    async fn run(self: Arc<Self>, taken: Taken<W>) -> (u64, Result<(), Failure>) {
        let longest = self.clock.real(self.settings.longest_ms);
        let work = AssertUnwindSafe(async { (self.work)(taken.work).await }).catch_unwind();
        let result = tokio::select! {
            () = taken.stop.cancelled() => Err(Failure::Never("it was cancelled".into())),
            done = tokio::time::timeout(longest, work) => match done {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => Err(Failure::Never("it panicked".into())),
                Err(_) => Err(Failure::Again(format!("it was not done within {} ms", self.settings.longest_ms))),
            },
        };
        (taken.id, result)
    }
}

/// The owner of the jobs, for as long as there are any.
async fn own<W: Clone + Send + 'static>(inner: Arc<Inner<W>>) {
    let mut running = FuturesUnordered::new();
    let mut yielding = None;
    loop {
        let begin = |taken| running.push(inner.clone().run(taken));
        let (wait, yields) = match inner.begin(begin, &mut yielding) {
            Next::Over => return,
            Next::Yield => (YIELD_MS, true),
            Next::Wait(Some(at)) => (at.since(inner.clock.now()), false),
            Next::Wait(None) | Next::Run(_) => (SLEEP_MS, false),
        };
        let wake = inner.clock.real(wait.clamp(1, SLEEP_MS));
        tokio::select! {
            biased;
            () = inner.tasks.cancelled() => {
                inner.queue().close();
                return;
            }
            Some((id, result)) = running.next(), if !running.is_empty() => {
                inner.queue().finish(id, result, inner.clock.now());
            }
            () = inner.changed.notified() => {}
            () = inner.calm.quiet(), if yields => {}
            () = tokio::time::sleep(wake) => {}
        }
    }
}
