//! The browser phone's port: a telephone network that dials us like a carrier would. The binary plugs the real one in.

use events::BusinessId;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

/// How the network behaves for this call.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default)]
pub struct PhoneOptions {
    /// Round trip between carrier and us, ms.
    pub rtt_ms: u32,
    /// The caller's number, E.164.
    pub from: String,
}

impl Default for PhoneOptions {
    fn default() -> Self {
        Self {
            rtt_ms: 150,
            from: "+15550100123".into(),
        }
    }
}

/// What the person at the phone does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum PhoneInput {
    /// Speaks.
    Say { text: String },
    /// Presses keys.
    Digits { digits: String },
    /// Says nothing until the line gives up.
    Silence,
    /// Hangs up.
    HangUp,
}

/// What happens on the line.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum PhoneEvent {
    /// The call was placed; its id.
    Dialled { call: String },
    /// Audio plays now: a path on this server, and its length.
    Playing { url: String, ms: u32, filler: bool },
    /// The carrier's own voice reads this now.
    Reading { text: String, ms: u32 },
    /// What was playing stopped.
    Stopped,
    /// The line waits for the caller.
    Listening,
    /// The caller said this.
    Said { text: String },
    /// A request and the document that answered it.
    Document { url: String, ms: u32, xml: String },
    /// A turn was heard: its silence and when the answer came, ms.
    Turn {
        turn: u32,
        dead_air_ms: u32,
        first_sound_ms: Option<u32>,
        answer_ms: Option<u32>,
    },
    /// The network found fault with what we sent.
    Fault { text: String },
    /// The call is over.
    Ended { reason: String },
}

/// One call of the browser phone. Dropping it hangs up.
pub struct PhoneSession {
    /// What happens.
    pub events: mpsc::Receiver<PhoneEvent>,
    /// What the person does.
    pub inputs: mpsc::Sender<PhoneInput>,
}

/// A telephone network.
pub trait PhoneNetwork: Send + Sync {
    /// Dials a business.
    fn dial(&self, business: &BusinessId, options: PhoneOptions) -> Result<PhoneSession, String>;
}
