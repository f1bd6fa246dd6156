//! The one trait, and the values that go in and out of it.

use std::sync::Arc;

use events::{At, CallId, TurnId};
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use text::FillerClass;

use crate::business::Business;

/// What an agent remembers between turns, in its own words (JSON); kept in the call's snapshot, at most 16 kB.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Memo(pub String);

/// One turn that is over: what the caller said, and what they heard in return.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The caller's words; empty for the greeting and for silence.
    pub caller: String,
    /// The sentences of ours that were handed to the line; fillers are not among them.
    pub agent: String,
}

/// A question to the agent.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The call.
    pub call: CallId,
    /// The turn that the reply is for.
    pub turn: TurnId,
    /// The business, as it was when the call began.
    pub business: Arc<Business>,
    /// What was said before, oldest first, at most 40 exchanges.
    pub history: Vec<Exchange>,
    /// What the caller said now, or the keys they pressed.
    pub words: String,
    /// True when `words` are keys of the telephone.
    pub digits: bool,
    /// The caller's number (E.164) when the carrier showed it. It names nobody with certainty.
    pub caller: Option<String>,
    /// The present moment, wall time.
    pub now: At,
    /// What the agent remembered.
    pub memo: Memo,
}

/// How a call stands after a turn: what is needed to look ahead.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The business, as it was when the call began.
    pub business: Arc<Business>,
    /// What the agent remembers.
    pub memo: Memo,
    /// The caller's number (E.164) when the carrier showed it.
    pub caller: Option<String>,
    /// The present moment, wall time.
    pub now: At,
}

/// What the line should expect from the caller next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// A sentence.
    #[default]
    Speech,
    /// Yes or no: short endpointing.
    YesNo,
    /// Something that is spelled or counted out (a number, an address): longer endpointing.
    Dictation,
}

/// What happens after the reply was spoken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The caller's turn.
    Listen(Profile),
    /// Goodbye was said.
    HangUp,
    /// Hand the caller to the person with this label in the business file; the number is looked up by the operator's list.
    Transfer(String),
}

/// A piece of a reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    /// More words.
    Words(String),
    /// A tool began; if it is slow, a filler of this class fits.
    Tool { name: String, class: FillerClass },
    /// A tool ended; for the operator's eyes.
    ToolDone { name: String, detail: String },
    /// The reply is complete. Nothing follows.
    Done { then: Then, memo: Memo },
    /// The reply cannot be completed, and why (for the operator's eyes). Nothing follows.
    Failed(String),
}

/// Who replies.
pub trait Agent: Send + Sync {
    /// Its name on the records, such as `scripted`.
    fn name(&self) -> &str;

    /// Replies to what was heard, piece by piece. Dropping the stream cancels the work; effects that it already had stay.
    fn reply(&self, ask: Ask) -> BoxStream<'static, Delta>;

    /// Sentences that it will probably say in its next turns, word for word, the likeliest first, so that they can be
    /// spoken ahead of need. It has no effect and takes no longer than a few milliseconds; whoever cannot tell says
    /// nothing.
    fn likely_next(&self, _standing: &Standing) -> Vec<String> {
        Vec::new()
    }
}
