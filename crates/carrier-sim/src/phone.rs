//! A phone in somebody's hand: what it shows and what can be done with it.

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::ear::SoundKind;
use crate::report::{CallReport, Ended, SchemaError, TurnReport};

/// What the caller does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Input {
    /// The caller begins to speak: an interruptible prompt stops. The words follow.
    Onset,
    /// The caller has said this. Before the server listens it is kept until it does.
    Speech {
        /// The words.
        text: String,
        /// How long saying them takes from now on; `None` = 160 words per minute, 0 = they have
        /// been said (or typed) already.
        spoken_ms: Option<u32>,
    },
    /// The caller pressed these keys, out of `0-9 * #`.
    Digits {
        /// The keys.
        digits: String,
    },
    /// The caller lets the listening time run out, at once.
    Silence,
    /// The caller hangs up.
    HangUp,
}

/// What the phone shows. `at_ms` is simulated time since the call began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum PhoneEvent {
    /// The call is being offered to the server.
    Ringing {
        /// The call's id.
        call_sid: String,
    },
    /// The server answered.
    Answered {
        /// When.
        at_ms: f64,
    },
    /// A document arrived.
    Document {
        /// Whence.
        url: String,
        /// The document.
        xml: String,
        /// What the server took, in ms.
        server_ms: f64,
    },
    /// A clip begins.
    Playing {
        /// When.
        at_ms: f64,
        /// Its URL.
        url: String,
        /// Its length.
        ms: f64,
        /// What it is for.
        kind: SoundKind,
        /// Its words, if known.
        text: Option<String>,
    },
    /// The carrier's own voice begins to read.
    Saying {
        /// When.
        at_ms: f64,
        /// The words.
        text: String,
        /// The estimated length.
        ms: f64,
    },
    /// A clip or sentence was cut by the caller.
    Stopped {
        /// When.
        at_ms: f64,
    },
    /// The server listens.
    Listening {
        /// When.
        at_ms: f64,
        /// Whether words count.
        speech: bool,
        /// Whether keys count.
        digits: bool,
        /// How long.
        timeout_ms: f64,
    },
    /// What the server is going to be told.
    Said {
        /// When.
        at_ms: f64,
        /// The words or keys; empty = nothing.
        text: String,
    },
    /// The document sends the call elsewhere.
    Redirect {
        /// Where.
        url: String,
    },
    /// The server connects the caller to somebody else.
    Dialing {
        /// To whom.
        number: String,
    },
    /// Something a carrier would complain about.
    Fault {
        /// What.
        error: SchemaError,
    },
    /// A turn is over.
    Turn {
        /// Its number, from 0.
        number: usize,
        /// What was measured.
        report: Box<TurnReport>,
    },
    /// The call is over.
    Ended {
        /// How.
        how: Ended,
    },
}

/// A call in progress. Dropping it hangs up.
pub struct Phone {
    /// What happens, in order. At most 1,024 wait here; what nobody reads is then dropped.
    pub events: mpsc::Receiver<PhoneEvent>,
    /// What the caller does. Closing it hangs up.
    pub inputs: mpsc::Sender<Input>,
    /// The call's id.
    pub call_sid: String,
    pub(crate) call: JoinHandle<CallReport>,
}

impl Phone {
    /// Hangs up, if nobody else holds `inputs`, and waits for the call to end. `None` = the call's
    /// task died.
    pub async fn report(self) -> Option<CallReport> {
        drop(self.inputs);
        self.call.await.ok()
    }
}

/// Room in the two channels.
pub(crate) const EVENTS: usize = 1024;
pub(crate) const INPUTS: usize = 32;
