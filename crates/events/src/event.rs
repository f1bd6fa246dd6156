//! The one event enum.

use serde::{Deserialize, Serialize};

use crate::{At, BusinessId, CallId, ClipId, TurnId};

/// Which carrier request this was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// The call arrives.
    Incoming,
    /// What the caller did after a prompt.
    Process,
    /// The carrier comes back for more of the answer.
    Ready,
    /// The call's state changed.
    Status,
    /// Our first answer failed, the carrier asks its second address.
    Fallback,
}

impl Route {
    /// The name used as a metric label.
    pub fn name(self) -> &'static str {
        match self {
            Route::Incoming => "incoming",
            Route::Process => "process",
            Route::Ready => "ready",
            Route::Status => "status",
            Route::Fallback => "fallback",
        }
    }
}

/// Why a filler was played, or why it was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FillerReason {
    /// Played: the answer was predicted to come too late, so no grace was spent.
    PredictedLate,
    /// Played: the grace ran out without an answer.
    GraceOver,
    /// Played: a slow tool began.
    Tool,
    /// Played: the first filler ended and the answer was still out.
    StillWaiting,
    /// Not played: the answer was ready in time.
    Fast,
    /// Not played: the caller said a word or two, or yes or no.
    ShortReply,
    /// Not played: another filler was heard a moment ago and the wait is short.
    TooSoon,
    /// Not played: the business turned fillers off.
    Off,
    /// Not played: this call is in the blocking arm of the comparison.
    ControlArm,
    /// Not played: no clip has been made, or none is left that was not heard in this call.
    NoClip,
}

impl FillerReason {
    /// The name used as a metric label.
    pub fn name(self) -> &'static str {
        match self {
            FillerReason::PredictedLate => "predicted_late",
            FillerReason::GraceOver => "grace_over",
            FillerReason::Tool => "tool",
            FillerReason::StillWaiting => "still_waiting",
            FillerReason::Fast => "fast",
            FillerReason::ShortReply => "short_reply",
            FillerReason::TooSoon => "too_soon",
            FillerReason::Off => "off",
            FillerReason::ControlArm => "control_arm",
            FillerReason::NoClip => "no_clip",
        }
    }
}

/// A stretch of what the caller waited through, see [`crate::TurnRow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The carrier's request was held without an answer.
    Held,
    /// A filler or hold phrase was playing.
    Filler,
    /// The carrier was on its way: the round trip and the fetch between a clip's end and its next request.
    Carrier,
}

/// What happened. Fields named `text` hold words that were spoken: they go to the call's record, never to a log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The call began. `from` and `to` are E.164 numbers when the carrier knew them.
    Started {
        business: BusinessId,
        from: Option<String>,
        to: Option<String>,
        line: String,
    },
    /// A carrier request was accepted.
    Asked {
        route: Route,
        turn: TurnId,
        hop: u32,
    },
    /// Its answer left: the clips it plays, how many texts it has the carrier read aloud, and whether it ends listening.
    Answered {
        route: Route,
        turn: TurnId,
        held_ms: u32,
        clips: Vec<ClipId>,
        texts: u32,
        listens: bool,
    },
    /// The caller spoke or pressed keys.
    Heard {
        turn: TurnId,
        text: String,
        digits: bool,
    },
    /// The caller was silent until the line gave up waiting.
    Silent { turn: TurnId },
    /// The agent was asked for a reply.
    Thinking { turn: TurnId },
    /// The agent's first words came.
    FirstWords { turn: TurnId },
    /// The agent started a tool.
    ToolStarted { turn: TurnId, tool: String },
    /// A tool had its effect, or was refused; `detail` is for the operator's eyes.
    ToolDone {
        turn: TurnId,
        tool: String,
        detail: String,
    },
    /// A sentence was complete and went to the voice.
    Sentence { clip: ClipId, text: String },
    /// Its audio is ready: `audio_ms` long, spoken by `provider`, or found in a cache. `object` names the stored audio,
    /// so that a call can be heard again; events of older versions do not have it.
    Voiced {
        clip: ClipId,
        audio_ms: u32,
        provider: String,
        cached: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object: Option<String>,
    },
    /// It could not be voiced; the line reads it as text.
    VoiceFailed { clip: ClipId, why: String },
    /// A filler was chosen: its class, its length, why, and the wait that was predicted.
    Filler {
        clip: ClipId,
        class: String,
        text: String,
        audio_ms: u32,
        reason: FillerReason,
        predicted_ms: Option<u32>,
    },
    /// No filler was chosen, and why.
    NoFiller { turn: TurnId, reason: FillerReason },
    /// A sentence was handed to the line.
    Said {
        clip: ClipId,
        text: String,
        plain: bool,
    },
    /// The line says that the carrier has finished playing this clip.
    Played { clip: ClipId },
    /// The agent's reply is complete.
    ReplyDone { turn: TurnId },
    /// The agent failed or was too late; the caller got an apology.
    ReplyFailed { turn: TurnId, why: String },
    /// The caller was handed to a person.
    Transferred { turn: TurnId, label: String },
    /// The call is over; `outcome` is `<who>.<what>`, such as `caller.hung_up`.
    Ended { outcome: String },
}

/// An event with its place and its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamped {
    /// The call it belongs to.
    pub call: CallId,
    /// Its place in the call, counted from 0 without gaps.
    pub seq: u32,
    /// When it happened.
    pub at: At,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl Event {
    /// The event's name, as in its serialised form.
    pub fn name(&self) -> &'static str {
        match self {
            Event::Started { .. } => "started",
            Event::Asked { .. } => "asked",
            Event::Answered { .. } => "answered",
            Event::Heard { .. } => "heard",
            Event::Silent { .. } => "silent",
            Event::Thinking { .. } => "thinking",
            Event::FirstWords { .. } => "first_words",
            Event::ToolStarted { .. } => "tool_started",
            Event::ToolDone { .. } => "tool_done",
            Event::Sentence { .. } => "sentence",
            Event::Voiced { .. } => "voiced",
            Event::VoiceFailed { .. } => "voice_failed",
            Event::Filler { .. } => "filler",
            Event::NoFiller { .. } => "no_filler",
            Event::Said { .. } => "said",
            Event::Played { .. } => "played",
            Event::ReplyDone { .. } => "reply_done",
            Event::ReplyFailed { .. } => "reply_failed",
            Event::Transferred { .. } => "transferred",
            Event::Ended { .. } => "ended",
        }
    }

    /// The turn that it is about, if it is about one.
    pub fn turn(&self) -> Option<TurnId> {
        match self {
            Event::Asked { turn, .. }
            | Event::Answered { turn, .. }
            | Event::Heard { turn, .. }
            | Event::Silent { turn }
            | Event::Thinking { turn }
            | Event::FirstWords { turn }
            | Event::ToolStarted { turn, .. }
            | Event::ToolDone { turn, .. }
            | Event::NoFiller { turn, .. }
            | Event::ReplyDone { turn }
            | Event::ReplyFailed { turn, .. }
            | Event::Transferred { turn, .. } => Some(*turn),
            Event::Sentence { clip, .. }
            | Event::Voiced { clip, .. }
            | Event::VoiceFailed { clip, .. }
            | Event::Filler { clip, .. }
            | Event::Said { clip, .. }
            | Event::Played { clip } => Some(clip.turn),
            Event::Started { .. } | Event::Ended { .. } => None,
        }
    }
}
