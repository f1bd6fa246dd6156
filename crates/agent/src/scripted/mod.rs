//! The scripted agent: replying with no model and no account.
//!
//! The decision: it is deterministic. The same question with the same memo, history and moment gives the same deltas, but
//! for what the desk answers; so a dialogue is a table in a test, and a call that moves to another process goes on.

mod answers;
mod book;
pub(crate) mod change;
mod chat;
mod contact;
mod cues;
mod dialogue;
mod dry;
mod fill;
pub(crate) mod note;
mod offer;
mod outlook;
pub(crate) mod question;
mod repertoire;
pub(crate) mod slots;
pub(crate) mod state;
pub(crate) mod turn;
pub(crate) mod write;

use std::sync::Arc;

use futures::{
    FutureExt, StreamExt,
    channel::mpsc,
    future::{BoxFuture, ready},
    stream::{self, BoxStream},
};

pub use self::repertoire::repertoire;
use self::turn::Turn;
use crate::{
    desk::Desk,
    reply::{Agent, Ask, Delta, Standing},
};

/// Most deltas that wait for the listener.
const WAITING: usize = 8;

/// Waits so many milliseconds. The agent knows no clock; who builds it has one.
pub type Sleeper = Arc<dyn Fn(u64) -> BoxFuture<'static, ()> + Send + Sync>;

/// How fast the words come, as if a model were thinking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Before the first word, ms.
    pub first_ms: u64,
    /// Before each further word, ms.
    pub per_word_ms: u64,
}

/// The agent that needs no model.
pub struct Scripted {
    desk: Arc<dyn Desk>,
    pace: Pace,
    sleeper: Sleeper,
}

impl Scripted {
    /// An agent whose bookings and messages go to `desk`, and whose words come at this pace, by this sleeper's time.
    pub fn new(desk: Arc<dyn Desk>, pace: Pace, sleeper: Sleeper) -> Self {
        Self {
            desk,
            pace,
            sleeper,
        }
    }

    /// An agent whose words come at once.
    pub fn at_once(desk: Arc<dyn Desk>) -> Self {
        Self::new(desk, Pace::default(), Arc::new(|_| ready(()).boxed()))
    }
}

impl Agent for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }

    fn reply(&self, ask: Ask) -> BoxStream<'static, Delta> {
        let (out, deltas) = mpsc::channel(WAITING);
        let turn = Turn::new(ask, Arc::clone(&self.desk), out);
        let work = converse(turn, self.pace, Arc::clone(&self.sleeper));
        // The work runs only while the stream is polled, so dropping the stream drops the work.
        let work = stream::once(work).filter_map(|()| ready(None));
        stream::select(deltas, work).boxed()
    }

    fn likely_next(&self, standing: &Standing) -> Vec<String> {
        outlook::likely(standing)
    }
}

/// Answers a turn that another agent leaves to us.
pub(crate) async fn at_once(turn: Turn) {
    converse(turn, Pace::default(), Arc::new(|_| ready(()).boxed())).await;
}

async fn converse(mut turn: Turn, pace: Pace, sleeper: Sleeper) {
    dialogue::run(&mut turn).await;
    if turn.text().is_empty() {
        turn.say("Sorry, I didn't catch that.");
    }
    let words: Vec<String> = turn
        .text()
        .split_inclusive(' ')
        .map(str::to_owned)
        .collect();
    for (i, word) in words.into_iter().enumerate() {
        let wait = if i == 0 {
            pace.first_ms
        } else {
            pace.per_word_ms
        };
        if wait > 0 {
            sleeper(wait).await;
        }
        turn.send(Delta::Words(word)).await;
    }
    let done = dialogue::done(&mut turn);
    turn.send(done).await;
}
