//! What is known after a call.

use audio::{Pcm, Wav};
use serde::{Deserialize, Serialize};

use crate::ear::TurnSound;

/// One call, from ringing to the end.
#[derive(Debug, Clone)]
pub struct CallReport {
    /// The call's id.
    pub call_sid: String,
    /// Turn 0 is the greeting; each next turn begins when the caller has given something.
    pub turns: Vec<TurnReport>,
    /// Everything a carrier's debugger would show, in order.
    pub errors: Vec<SchemaError>,
    /// Expectations of the script that were not met.
    pub missed: Vec<String>,
    /// Who said what, as far as text is known.
    pub transcript: Vec<Line>,
    /// How it ended.
    pub ended: Ended,
    /// Simulated length in ms, from the first request.
    pub duration_ms: f64,
    /// Documents asked for, without repetitions.
    pub requests: u32,
    /// Media downloaded (not from the cache).
    pub media_requests: u32,
    /// Both channels, when the network records.
    pub recording: Option<Recording>,
}

impl CallReport {
    /// No errors, no missed expectations, and not a failed call.
    pub fn is_clean(&self) -> bool {
        let failed = matches!(self.ended, Ended::Failed { .. });
        self.errors.is_empty() && self.missed.is_empty() && !failed
    }
}

/// One turn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TurnReport {
    /// What the caller gave: words, keys, or nothing.
    pub said: String,
    /// What was heard.
    #[serde(flatten)]
    pub sound: TurnSound,
    /// Where the silence before the answer went.
    #[serde(default)]
    pub silence: Silence,
    /// The carrier's own share of the turn: end-of-speech detection and simulated delay, in ms.
    pub carrier_ms: f64,
    /// How long each document took the server, in ms, without simulated delay.
    pub webhook_ms: Vec<f64>,
    /// How long each media download took, in ms; nothing for cached media.
    pub fetch_ms: Vec<f64>,
    /// Documents asked for.
    pub requests: u32,
    /// URLs of fillers played, in order.
    pub fillers: Vec<String>,
    /// URLs of other clips played, in order.
    pub clips: Vec<String>,
    /// Text of what was played and said, as far as it is known.
    pub heard: String,
    /// The documents as they came.
    pub documents: Vec<String>,
}

/// Where the silence before an answer went, in ms. The parts add up to
/// [`dead_air_ms`](TurnSound::dead_air_ms).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Silence {
    /// The carrier waited whether the caller would go on (`speechTimeout`). No server can shorten
    /// it; a document can only ask for less.
    pub endpointing_ms: f64,
    /// Simulated delay, lost attempts and requests without an answer.
    pub network_ms: f64,
    /// The server took this long over the turn's first document.
    pub webhook_ms: f64,
    /// The server took this long over the documents after it.
    pub redirect_ms: f64,
    /// Media was being downloaded.
    pub fetch_ms: f64,
    /// What was played could not be heard: a `<Pause>`, the quiet edges of clips.
    pub quiet_ms: f64,
}

impl Silence {
    /// What the server answers for: all but the carrier's endpointing and the network.
    pub fn server_ms(&self) -> f64 {
        self.webhook_ms + self.redirect_ms + self.fetch_ms + self.quiet_ms
    }
}

impl std::fmt::Display for Silence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "carrier listening on {:.0} ms, network {:.0} ms, ours {:.0} ms (webhook {:.0}, redirects {:.0}, media {:.0}, quiet {:.0})",
            self.endpointing_ms,
            self.network_ms,
            self.server_ms(),
            self.webhook_ms,
            self.redirect_ms,
            self.fetch_ms,
            self.quiet_ms
        )
    }
}

/// Something a carrier would complain about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaError {
    /// The carrier's error number.
    pub code: u32,
    /// The URL that answered so.
    pub url: String,
    /// What is wrong.
    pub problem: String,
}

impl std::fmt::Display for SchemaError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({})", self.code, self.problem, self.url)
    }
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The caller hung up.
    Caller,
    /// The document said so, or it was over.
    Server,
    /// The REST interface ended it.
    Command,
    /// It was never answered.
    Rejected,
    /// An error without a way out.
    Failed {
        /// The carrier's error number.
        code: u32,
    },
}

/// One line of a transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Simulated ms since the call began.
    pub at_ms: f64,
    /// Who spoke.
    pub who: Speaker,
    /// The words, or the URL of a clip whose words are not known.
    pub text: String,
}

/// A side of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The person on the phone.
    Caller,
    /// The server.
    Agent,
}

/// Both sides of a call at 8 kHz.
#[derive(Debug, Clone)]
pub struct Recording {
    /// What the caller said.
    pub caller: Pcm,
    /// What the caller heard.
    pub agent: Pcm,
}

impl Recording {
    /// A stereo WAV: the caller left, the server right.
    pub fn to_wav(&self) -> Vec<u8> {
        Wav::encode_stereo(&self.caller, &self.agent)
    }
}
