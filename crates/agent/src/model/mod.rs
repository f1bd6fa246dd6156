//! Replying with a language model.
//!
//! The decision: the model only chooses words and asks for tools; everything that must hold whatever it says is code.
//! It is shown the business, the time and the talk ([`prompt`]), its words pass a strainer ([`strain`]), its tool calls
//! are read into types ([`args`]) and carried out within what the caller allowed ([`act`], [`consent`]). Greeting, a plain
//! yes to a read-back, and whether this is a human are answered by the scripted agent, which shares the memo.

mod act;
mod args;
mod calls;
mod catalogue;
mod consent;
mod look;
mod port;
mod prompt;
mod rounds;
mod strain;
mod who;

use std::sync::Arc;

use futures::{
    FutureExt, StreamExt,
    channel::mpsc,
    future::ready,
    stream::{self, BoxStream},
};

pub use port::{Line, Model, ModelError, ModelFault, Piece, Prompt, Tool, ToolCall};
pub use rounds::MOST as MOST_ROUNDS;
pub use strain::Strainer;

use crate::{
    desk::Desk,
    hear::assent::{Aside, aside},
    reply::{Agent, Ask, Delta, Profile, Then},
    scripted::{self, turn::Turn},
};

/// Most deltas that wait for the listener.
const WAITING: usize = 8;

/// The agent whose words a model chooses.
pub struct ModelAgent {
    model: Arc<dyn Model>,
    desk: Arc<dyn Desk>,
}

impl ModelAgent {
    /// An agent that asks this model, and whose bookings and messages go to `desk`.
    pub fn new(model: Arc<dyn Model>, desk: Arc<dyn Desk>) -> Self {
        Self { model, desk }
    }
}

impl Agent for ModelAgent {
    fn name(&self) -> &str {
        self.model.name()
    }

    fn reply(&self, ask: Ask) -> BoxStream<'static, Delta> {
        let (out, deltas) = mpsc::channel(WAITING);
        let turn = Turn::new(ask, Arc::clone(&self.desk), out);
        let work = converse(turn, Arc::clone(&self.model));
        // The work runs only while the stream is polled, so dropping the stream drops the work and its request.
        let work = stream::once(work.boxed()).filter_map(|()| ready(None));
        stream::select(deltas, work).boxed()
    }
}

async fn converse(mut turn: Turn, model: Arc<dyn Model>) {
    if is_ours(&mut turn) {
        return scripted::at_once(turn).await;
    }
    let end = match rounds::run(&mut turn, &*model).await {
        Ok(()) => {
            let asked = Then::Listen(match turn.state.open.is_yes_no() {
                true => Profile::YesNo,
                false => Profile::Speech,
            });
            Delta::Done {
                then: turn.then.take().unwrap_or(asked),
                memo: turn.state.write(),
            }
        }
        Err(why) => Delta::Failed(format!("{}: {why}", model.name())),
    };
    turn.send(end).await;
}

/// What needs no model, or must not depend on one.
fn is_ours(turn: &mut Turn) -> bool {
    let words = turn.ask.words.clone();
    if words.is_empty() && turn.ask.history.is_empty() && turn.ask.turn.0 == 0 {
        return true;
    }
    if turn.ask.digits && (turn.state.open.is_yes_no() || matches!(words.as_str(), "0" | "*")) {
        return true;
    }
    turn.hear(&words);
    if aside(&turn.heard.tokens) == Some(Aside::Human) {
        return true;
    }
    consent::proposal(turn).is_some_and(|task| {
        consent::is_plain(&turn.heard)
            && consent::agrees(&turn.heard)
            && !consent::changes(&turn.heard, turn, &task)
    })
}
