//! Turns among many processes, asked for by one of each.
//!
//! The decision: whoever has the turn in this process asks for it among all, so a hundred who want the same thing here
//! are one question there. Those far away are asked within a short deadline and left alone for a second when they do not
//! answer: then each process makes the thing for itself, which costs money and never a caller's time.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use events::{At, Clock};
use futures::{FutureExt, future::BoxFuture};

use super::{Asked, Flights, Held, MemoryFlights, Turn};
use crate::StoreError;

/// How long those far away may take to answer, ms.
const ANSWER_MS: u64 = 200;
/// How long they are left alone after they did not, ms.
const REST_MS: u64 = 1_000;
/// The longest lease that is taken there, ms: how long the others wait for a process that died.
const FAR_LEASE_MS: u64 = 3_000;
/// A turn with less left than this is not taken up again, ms.
const WORTH_MS: u64 = 500;
/// How long it is believed that another process has a turn, ms: the others here who want it ask no sooner.
const SEEN_MS: u64 = 20;
/// The most turns that are remembered.
const TURNS: usize = 20_000;

/// Turns of this process, and among many by way of another store.
pub struct SharedFlights {
    near: MemoryFlights,
    far: Arc<dyn Flights>,
    clock: Arc<dyn Clock>,
    rests_until: AtomicU64,
    known: Mutex<HashMap<String, Far>>,
}

/// What is known of a turn far away, and until when.
enum Far {
    Ours(Turn, At),
    Theirs(At),
}

impl Far {
    fn until(&self) -> At {
        match self {
            Self::Ours(_, until) | Self::Theirs(until) => *until,
        }
    }
}

impl SharedFlights {
    /// Turns among all that share `far`.
    pub fn new(far: Arc<dyn Flights>, clock: Arc<dyn Clock>) -> Self {
        Self {
            near: MemoryFlights::new(clock.clone()),
            far,
            clock,
            rests_until: AtomicU64::new(0),
            known: Mutex::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Far>> {
        // A table that a panicking thread left is still whole: every change is a single step.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, name: &str, far: Far) {
        let now = self.clock.now();
        let mut known = self.known();
        if known.len() >= TURNS {
            known.retain(|_, far| far.until() > now);
        }
        if known.len() < TURNS {
            known.insert(name.to_owned(), far);
        }
    }

    /// Asks far away; `None` = no answer.
    async fn ask<'a, T>(
        &self,
        question: impl FnOnce() -> BoxFuture<'a, Result<T, StoreError>>,
    ) -> Option<T> {
        if self.clock.now().0 < self.rests_until.load(Ordering::Relaxed) {
            return None;
        }
        let answer = tokio::time::timeout(Duration::from_millis(ANSWER_MS), question()).await;
        if let Ok(Ok(answer)) = answer {
            return Some(answer);
        }
        let until = self.clock.now() + REST_MS;
        self.rests_until.store(until.0, Ordering::Relaxed);
        None
    }

    /// For how long another process has the turn, ms; 0 when it is ours or nobody answers.
    async fn taken_elsewhere(&self, name: &str, lease_ms: u64) -> u64 {
        let now = self.clock.now();
        match self.known().get(name) {
            // Somebody here abandoned it.
            Some(Far::Ours(_, until)) if until.since(now) >= WORTH_MS => return 0,
            Some(Far::Theirs(until)) if *until > now => return until.since(now),
            _ => {}
        }
        let lease_ms = lease_ms.min(FAR_LEASE_MS);
        match self.ask(|| self.far.take(name, lease_ms)).await {
            Some(Asked::Ours(turn)) => {
                self.note(name, Far::Ours(turn, now + lease_ms));
                0
            }
            Some(Asked::Theirs(left)) => {
                self.note(name, Far::Theirs(self.clock.now() + SEEN_MS));
                left.max(1)
            }
            None => 0,
        }
    }
}

impl Flights for SharedFlights {
    fn take<'a>(
        &'a self,
        name: &'a str,
        lease_ms: u64,
    ) -> BoxFuture<'a, Result<Asked, StoreError>> {
        async move {
            let turn = match self.near.take(name, lease_ms).await? {
                Asked::Ours(turn) => turn,
                theirs @ Asked::Theirs(_) => return Ok(theirs),
            };
            let mut held = Held {
                flights: &self.near,
                turn: Some(turn),
            };
            match self.taken_elsewhere(name, lease_ms).await {
                0 => Ok(held.turn.take().map_or(Asked::Theirs(0), Asked::Ours)),
                left => Ok(Asked::Theirs(left)),
            }
        }
        .boxed()
    }

    fn give<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            // A turn that is over is another's by now, far away too.
            let ours = self.near.end(turn);
            let far = ours.then(|| self.known().remove(&turn.name)).flatten();
            if let Some(Far::Ours(far, _)) = far {
                // Not given back, it ends by itself.
                let _ = self.ask(|| self.far.give(&far)).await;
            }
            Ok(())
        }
        .boxed()
    }

    /// The next one here who wants the turn goes on with what is left of it far away.
    fn abandon(&self, turn: &Turn) {
        self.near.abandon(turn);
    }
}
