//! The port that lets one of many make a thing while the others wait for it.
//!
//! The decision: a turn to make something is a lease with a token, so a dead maker's turn ends by itself, and a late one
//! cannot give back what is another's by now. Waiting is re-reading: a lost wake-up is impossible. Nobody waits longer
//! than one lease; then it is made twice rather than late.

mod shared;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use events::{At, Clock};
use futures::{FutureExt, future::BoxFuture};

pub use self::shared::SharedFlights;
use crate::StoreError;

/// The most turns that one process keeps in memory.
const TURNS: usize = 20_000;
/// How often a waiter looks again at first, ms; each wait is twice the one before.
const SOON_MS: u64 = 5;
/// How often a waiter looks again at last, ms.
const SELDOM_MS: u64 = 40;

/// A turn to make something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// What is to be made.
    pub name: String,
    /// Tells this turn from every other.
    pub token: String,
}

/// What became of asking for a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It is ours.
    Ours(Turn),
    /// Another has it, for so many ms at most.
    Theirs(u64),
}

/// Turns to make things, one at a time for each name.
pub trait Flights: Send + Sync {
    /// Takes the turn to make `name` for `lease_ms`, when nobody has it.
    fn take<'a>(&'a self, name: &'a str, lease_ms: u64)
    -> BoxFuture<'a, Result<Asked, StoreError>>;
    /// Gives a turn back. One that is over is fine, and whoever has the turn by now keeps it.
    fn give<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<(), StoreError>>;
    /// Whoever had the turn has left without giving it back. At once and without waiting: where that cannot be, the turn
    /// ends by itself.
    fn abandon(&self, _turn: &Turn) {}
}

/// A turn that is abandoned unless it was given back.
struct Held<'a> {
    flights: &'a dyn Flights,
    turn: Option<Turn>,
}

impl Held<'_> {
    async fn give(mut self) {
        if let Some(turn) = &self.turn {
            // Not given back, it ends by itself.
            let _ = self.flights.give(turn).await;
        }
        self.turn = None;
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(turn) = &self.turn {
            self.flights.abandon(turn);
        }
    }
}

/// Finds `name` by `look`, or makes it when it is our turn, or waits while another does, but never longer than
/// `lease_ms`. When turns cannot be had, it makes it.
///
/// `make` is to leave what it made where `look` finds it. Its error is for its own caller: those who wait get the turn.
/// When the maker's future is dropped, one of those who wait makes it; in another process, once the lease is over.
pub async fn once<T, E, Look, Make>(
    flights: &dyn Flights,
    clock: &dyn Clock,
    name: &str,
    lease_ms: u64,
    look: impl Fn() -> Look,
    make: impl FnOnce() -> Make,
) -> Result<T, E>
where
    Look: Future<Output = Option<T>>,
    Make: Future<Output = Result<T, E>>,
{
    let end = clock.now() + lease_ms;
    let mut pause = SOON_MS;
    loop {
        if let Some(found) = look().await {
            return Ok(found);
        }
        match flights.take(name, lease_ms).await {
            Ok(Asked::Ours(turn)) => {
                let turn = Some(turn);
                let held = Held { flights, turn };
                // Who had the turn before may have made it between our look and our turn.
                let made = match look().await {
                    Some(found) => Ok(found),
                    None => make().await,
                };
                held.give().await;
                return made;
            }
            Ok(Asked::Theirs(left)) => {
                let rest = end.since(clock.now());
                if rest == 0 {
                    return make().await;
                }
                let wait = pause.min(left.max(1)).min(rest);
                tokio::time::sleep(clock.real(wait).max(Duration::from_millis(1))).await;
                pause = (pause * 2).min(SELDOM_MS);
            }
            Err(_) => return make().await,
        }
    }
}

/// Turns among the tasks of one process.
pub struct MemoryFlights {
    clock: Arc<dyn Clock>,
    turns: Mutex<HashMap<String, (String, At)>>,
}

impl MemoryFlights {
    /// Nobody has a turn; `clock` says when one is over.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            turns: Mutex::default(),
        }
    }

    fn turns(&self) -> MutexGuard<'_, HashMap<String, (String, At)>> {
        // A table that a panicking thread left is still whole: every change is a single step.
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, name: &str, lease_ms: u64) -> Result<Asked, StoreError> {
        let now = self.clock.now();
        let mut turns = self.turns();
        if let Some((_, end)) = turns.get(name).filter(|(_, end)| *end > now) {
            return Ok(Asked::Theirs(end.since(now)));
        }
        if turns.len() >= TURNS {
            turns.retain(|_, (_, end)| *end > now);
        }
        if turns.len() >= TURNS {
            return Err(StoreError::Unavailable(format!(
                "{TURNS} things are being made at once: take fewer calls"
            )));
        }
        let token = uuid::Uuid::now_v7().simple().to_string();
        turns.insert(name.to_owned(), (token.clone(), now + lease_ms));
        let name = name.to_owned();
        Ok(Asked::Ours(Turn { name, token }))
    }
}

impl MemoryFlights {
    /// Ends a turn; false when it was over, and perhaps another's by now.
    fn end(&self, turn: &Turn) -> bool {
        let mut turns = self.turns();
        let ours = turns
            .get(&turn.name)
            .is_some_and(|(token, _)| *token == turn.token);
        if ours {
            turns.remove(&turn.name);
        }
        ours
    }
}

impl Flights for MemoryFlights {
    fn take<'a>(
        &'a self,
        name: &'a str,
        lease_ms: u64,
    ) -> BoxFuture<'a, Result<Asked, StoreError>> {
        async move { self.ask(name, lease_ms) }.boxed()
    }

    fn give<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            self.end(turn);
            Ok(())
        }
        .boxed()
    }

    fn abandon(&self, turn: &Turn) {
        self.end(turn);
    }
}
