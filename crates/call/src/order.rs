//! What goes into a call and what comes out of it.

use events::{ClipId, Event, TurnId};
use serde::{Deserialize, Serialize};
use text::FillerClass;

use crate::forecast::Forecast;

/// One thing that happened to the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// The line is open and the caller hears us.
    Answered,
    /// How long this business's answers have been taking lately; comes before the words it is meant for.
    Forecast(Forecast),
    /// The caller said this, or pressed these keys.
    Words { text: String, digits: bool },
    /// The caller began to speak; only on lines that can tell.
    Onset,
    /// The line waited for the caller and heard nothing.
    Silence,
    /// The person we handed the caller to did not answer, or hung up.
    Returned { answered: bool },
    /// The caller is gone, or the line is; the outcome as `<who>.<what>`.
    HungUp(String),
    /// The carrier finished playing this clip.
    Played(ClipId),
    /// The agent's next words.
    Reply { turn: TurnId, delta: String },
    /// The agent began a tool for which a filler of this class fits.
    Busy { turn: TurnId, class: FillerClass },
    /// The agent's reply is complete; what it wants to remember comes along.
    ReplyDone {
        turn: TurnId,
        then: Then,
        memo: String,
    },
    /// The agent gave up.
    ReplyFailed { turn: TurnId, why: String },
    /// This clip's audio is ready: the object's name and its length.
    Voiced {
        clip: ClipId,
        object: String,
        ms: u32,
    },
    /// This clip has no audio and will have none.
    VoiceFailed { clip: ClipId },
    /// Time passed.
    Tick,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// To the agent: reply to this.
    Think {
        turn: TurnId,
        words: String,
        digits: bool,
    },
    /// To the agent and the voice: this turn is over, spare yourselves.
    Forget { turn: TurnId },
    /// To the voice: speak this.
    Voice { clip: ClipId, text: String },
    /// To the line: let the caller hear this next.
    Say {
        clip: ClipId,
        sound: Sound,
        filler: bool,
    },
    /// To the line: after what was said, it is the caller's turn.
    Listen(Listen),
    /// To the line: drop what was not heard yet.
    Hush,
    /// To the line: connect the caller to this number.
    Transfer { label: String, number: String },
    /// To the line: end the call after what was said.
    HangUp,
    /// To the event bus.
    Note(Event),
}

/// What the caller hears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// Stored audio, `ms` long.
    Clip { object: String, ms: u32 },
    /// Words that the line speaks by its own means.
    Text(String),
}

/// What to expect from the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listen {
    /// The turn that their words will begin.
    pub turn: TurnId,
    /// What kind of words.
    pub profile: Profile,
    /// How long to wait for the first of them, ms.
    pub patience_ms: u32,
}

/// What kind of answer is expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// A sentence.
    #[default]
    Speech,
    /// Yes or no.
    YesNo,
    /// Something spelled or counted out.
    Dictation,
}

/// What follows a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The caller's turn.
    Listen(Profile),
    /// The end.
    HangUp,
    /// A person. The number comes from the operator's list, never from speech.
    Transfer { label: String, number: String },
}

/// One turn of the history, as the agent gets it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// What the caller said; empty for the greeting and for silence.
    pub caller: String,
    /// What we said and the line took; fillers are not part of it.
    pub agent: String,
}
