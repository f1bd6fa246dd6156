//! The jobs as a value: what waits, what runs, what is tried again and when. Time and luck come as arguments.

use std::collections::{BTreeSet, HashMap};

use events::At;
use fastrand::Rng;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::job::{Backlog, Failure, Job, Outcome, Priority, Refused, Retry};

/// Those who wait for one job at most; more learn nothing of it.
const WATCHERS: usize = 64;

/// A job that is to be done now.
pub(super) struct Taken<W> {
    pub id: u64,
    pub work: W,
    /// Nobody wants it any more.
    pub stop: CancellationToken,
}

/// What is to be done next.
pub(super) enum Next<W> {
    Run(Taken<W>),
    /// There is something to do once callers do not wait.
    Yield,
    /// There is nothing to do before this moment or before a job ends.
    Wait(Option<At>),
    /// There are no jobs at all.
    Over,
}

struct Entry<W> {
    job: Job<W>,
    since: At,
    failures: u32,
    running: bool,
    stop: CancellationToken,
    watchers: Vec<oneshot::Sender<Outcome>>,
}

/// All jobs that are not over.
pub(super) struct Queue<W> {
    retry: Retry,
    luck: Rng,
    entries: HashMap<u64, Entry<W>>,
    keys: HashMap<String, u64>,
    ready: BTreeSet<(Priority, u64)>,
    later: BTreeSet<(At, u64)>,
    next: u64,
    counts: Backlog,
    closed: bool,
    /// Somebody does the jobs.
    pub owned: bool,
}

impl<W: Clone> Queue<W> {
    pub fn new(limit: usize, retry: Retry, seed: u64) -> Self {
        Self {
            retry,
            luck: Rng::with_seed(seed),
            entries: HashMap::new(),
            keys: HashMap::new(),
            ready: BTreeSet::new(),
            later: BTreeSet::new(),
            next: 0,
            counts: Backlog {
                limit,
                ..Backlog::default()
            },
            closed: false,
            owned: false,
        }
    }

    /// Takes a job in, or finds it here; the more pressing of the two priorities counts.
    pub fn push(
        &mut self,
        job: Job<W>,
        watcher: Option<oneshot::Sender<Outcome>>,
        now: At,
    ) -> Result<(), Refused> {
        if self.closed {
            return Err(Refused::Closed);
        }
        if let Some(id) = self.keys.get(&job.key).copied() {
            self.merge(id, job.priority, watcher);
            return Ok(());
        }
        let limit = self.counts.limit;
        let lane = self.lane_of(job.priority);
        if lane >= limit {
            self.counts.refused += 1;
            return Err(Refused::Full { limit });
        }
        let id = self.next;
        self.next += 1;
        self.keys.insert(job.key.clone(), id);
        self.ready.insert((job.priority, id));
        self.entries.insert(
            id,
            Entry {
                job,
                since: now,
                failures: 0,
                running: false,
                stop: CancellationToken::new(),
                watchers: watcher.into_iter().collect(),
            },
        );
        Ok(())
    }

    fn lane_of(&self, priority: Priority) -> usize {
        let same = |entry: &&Entry<W>| entry.job.priority == priority;
        self.entries.values().filter(same).count()
    }

    fn merge(&mut self, id: u64, priority: Priority, watcher: Option<oneshot::Sender<Outcome>>) {
        self.counts.merged += 1;
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        entry.watchers.retain(|watcher| !watcher.is_closed());
        if entry.watchers.len() < WATCHERS {
            entry.watchers.extend(watcher);
        }
        if priority < entry.job.priority {
            if self.ready.remove(&(entry.job.priority, id)) {
                self.ready.insert((priority, id));
            }
            entry.job.priority = priority;
        }
    }

    /// The next job, if one may be done now: one of high priority, and one of the others beside it. The others wait
    /// while callers do, unless that has lasted (`calm`).
    pub fn take(&mut self, now: At, calm: bool) -> Next<W> {
        if self.entries.is_empty() {
            self.owned = false;
            return Next::Over;
        }
        while let Some((at, id)) = self.later.first().copied().filter(|(at, _)| *at <= now) {
            self.later.remove(&(at, id));
            if let Some(entry) = self.entries.get(&id) {
                self.ready.insert((entry.job.priority, id));
            }
        }
        let running = |high: bool| {
            let beside = |e: &&Entry<W>| e.running && (e.job.priority == Priority::High) == high;
            self.entries.values().any(|e| beside(&e))
        };
        let (high, other) = (running(true), running(false));
        let mut yields = false;
        let may = |priority: Priority, yields: &mut bool| match priority {
            Priority::High => !high,
            _ => {
                *yields |= !other && !calm;
                !other && calm
            }
        };
        let mut order = self.ready.iter().copied();
        match order.find(|(priority, _)| may(*priority, &mut yields)) {
            Some(place) => self.begin(place),
            None if yields => Next::Yield,
            None => Next::Wait(self.later.first().map(|(at, _)| *at)),
        }
    }

    fn begin(&mut self, place: (Priority, u64)) -> Next<W> {
        self.ready.remove(&place);
        match self.entries.get_mut(&place.1) {
            Some(entry) => {
                entry.running = true;
                Next::Run(Taken {
                    id: place.1,
                    work: entry.job.work.clone(),
                    stop: entry.stop.clone(),
                })
            }
            None => Next::Wait(None),
        }
    }

    /// A job that was taken came to this end.
    pub fn finish(&mut self, id: u64, result: Result<(), Failure>, now: At) {
        let (tries, luck) = (self.retry.tries, self.luck.f64());
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        entry.running = false;
        if entry.stop.is_cancelled() {
            self.counts.cancelled += 1;
            return self.end(id, Outcome::Cancelled);
        }
        let priority = entry.job.priority;
        match result {
            Ok(()) => {
                self.counts.lane_mut(priority).done += 1;
                self.end(id, Outcome::Done);
            }
            Err(Failure::Again(_)) if entry.failures + 1 < tries => {
                entry.failures += 1;
                let pause = self.retry.pause(entry.failures, luck);
                self.later.insert((now + pause, id));
            }
            Err(Failure::Again(why) | Failure::Never(why)) => {
                self.counts.lane_mut(priority).failed += 1;
                self.end(id, Outcome::Failed(why));
            }
        }
    }

    fn end(&mut self, id: u64, outcome: Outcome) {
        if let Some(entry) = self.entries.remove(&id) {
            self.keys.remove(&entry.job.key);
            for watcher in entry.watchers {
                let _ = watcher.send(outcome.clone());
            }
        }
    }

    /// Nobody wants this job any more; says whether there was one. One that runs is told, and is over when it has ended.
    pub fn cancel(&mut self, key: &str) -> bool {
        let Some(id) = self.keys.get(key).copied() else {
            return false;
        };
        if let Some(entry) = self.entries.get(&id) {
            entry.stop.cancel();
            if !entry.running {
                self.ready.remove(&(entry.job.priority, id));
                self.later.retain(|(_, later)| *later != id);
                self.counts.cancelled += 1;
                self.end(id, Outcome::Cancelled);
            }
        }
        true
    }

    /// Whether a job with this key is here and not being done yet.
    pub fn waits(&self, key: &str) -> bool {
        let id = self.keys.get(key);
        let entry = id.and_then(|id| self.entries.get(id));
        entry.is_some_and(|entry| !entry.running)
    }

    /// Everything is dropped, and nothing is taken any more.
    pub fn close(&mut self) {
        self.closed = true;
        let ids: Vec<u64> = self.entries.keys().copied().collect();
        self.counts.cancelled += ids.len() as u64;
        for id in ids {
            self.end(id, Outcome::Cancelled);
        }
        self.ready.clear();
        self.later.clear();
        self.owned = false;
    }

    pub fn backlog(&self, now: At) -> Backlog {
        let mut backlog = self.counts.clone();
        for entry in self.entries.values() {
            let age = now.since(entry.since);
            backlog.oldest_ms = Some(backlog.oldest_ms.map_or(age, |oldest| oldest.max(age)));
            let lane = backlog.lane_mut(entry.job.priority);
            match (entry.running, entry.failures) {
                (true, _) => lane.running += 1,
                (false, 0) => lane.waiting += 1,
                (false, _) => lane.retrying += 1,
            }
        }
        backlog
    }
}
