//! What we want a carrier to do, as a value that knows no carrier.

use serde::{Deserialize, Serialize};

/// An ordered list of things for the carrier to do on the call.
///
/// When the last verb is done and none is left, the call ends; an empty document hangs up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Executed first to last.
    pub verbs: Vec<Verb>,
}

impl From<Vec<Verb>> for Document {
    fn from(verbs: Vec<Verb>) -> Self {
        Self { verbs }
    }
}

/// One thing for the carrier to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Verb {
    /// Speak text with the carrier's own voice. Text that is blank is left out; text longer than
    /// the carrier's limit is cut at a word into several pieces, so nothing is lost.
    Say {
        /// Plain words, any Unicode; characters that markup cannot hold are dropped.
        text: String,
        /// The carrier's name of a voice; `None` = the account's default.
        voice: Option<String>,
        /// BCP 47 tag, for example `en-AU`.
        language: Option<String>,
    },
    /// Play audio from a URL (`http(s)://…` or a path starting with `/`).
    Play {
        /// Where the carrier fetches it.
        url: String,
    },
    /// Wait in silence.
    Pause {
        /// Whole seconds, at least 1.
        seconds: u32,
    },
    /// Listen to the caller, speaking `children` meanwhile.
    Gather {
        /// What to listen for and whom to tell.
        gather: Gather,
        /// `Say`, `Play` and `Pause` only. The carrier fetches every `Play` in here before the
        /// first one starts, so keep it to one clip.
        children: Vec<Verb>,
    },
    /// Go on with the document at this URL (requested with POST). Last verb of a document.
    Redirect {
        /// Absolute, or a path starting with `/`.
        url: String,
    },
    /// End the call. Last verb of a document.
    Hangup,
    /// Do not answer. Only as the only verb of a document.
    Reject {
        /// `true` = busy tone, `false` = "not in service".
        busy: bool,
    },
    /// Connect the caller to another number.
    Dial {
        /// E.164, for example `+61255501234`.
        number: String,
        /// Told how it ended, and asked what to do next; `None` = go on with the next verb.
        action: Option<String>,
        /// How long to let it ring, in seconds, 1 to 600.
        timeout_s: Option<u32>,
        /// E.164 number to show; `None` = the caller's own.
        caller_id: Option<String>,
    },
}

impl Verb {
    /// The verb's name, for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Verb::Say { .. } => "Say",
            Verb::Play { .. } => "Play",
            Verb::Pause { .. } => "Pause",
            Verb::Gather { .. } => "Gather",
            Verb::Redirect { .. } => "Redirect",
            Verb::Hangup => "Hangup",
            Verb::Reject { .. } => "Reject",
            Verb::Dial { .. } => "Dial",
        }
    }

    /// Whether no verb after this one can ever be reached.
    pub fn is_final(&self) -> bool {
        match self {
            Verb::Redirect { .. } | Verb::Hangup | Verb::Reject { .. } => true,
            Verb::Dial { action, .. } => action.is_some(),
            _ => false,
        }
    }
}

/// How to listen to the caller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gather {
    /// Where the result goes (absolute, or a path starting with `/`).
    pub action: String,
    /// Voice, keys or both.
    pub input: GatherInput,
    /// Seconds of nothing before giving up, counted from the end of the nested verbs; 1 to 600.
    pub timeout_s: u32,
    /// When speech counts as finished.
    pub speech_timeout: SpeechTimeout,
    /// Stop after this many keys; `None` = no limit.
    pub num_digits: Option<u32>,
    /// One of `0-9*#` ends key input, `""` = none does, `None` = the carrier's default (`#`).
    pub finish_on_key: Option<String>,
    /// Words the caller may say. At most 500 are sent, each cut to 100 characters.
    pub hints: Vec<String>,
    /// BCP 47 tag of the caller's language.
    pub language: Option<String>,
    /// Tell `action` even when the caller gave nothing.
    pub action_on_empty: bool,
    /// Stop the nested prompt when the caller speaks; `None` = the carrier's default.
    pub barge_in: Option<bool>,
    /// Replace rude words by asterisks; `None` = the carrier's default.
    pub profanity_filter: Option<bool>,
    /// The carrier's name of a recogniser; needs `SpeechTimeout::Seconds`.
    pub speech_model: Option<String>,
}

impl Gather {
    /// Listens for speech and keys for 5 s, ends at the first pause, and reports nothing too.
    pub fn new(action: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            input: GatherInput::Both,
            timeout_s: 5,
            speech_timeout: SpeechTimeout::Auto,
            num_digits: None,
            finish_on_key: None,
            hints: Vec::new(),
            language: None,
            action_on_empty: true,
            barge_in: None,
            profanity_filter: None,
            speech_model: None,
        }
    }
}

/// What a [`Gather`] listens for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GatherInput {
    /// The caller's voice.
    Speech,
    /// Keys of the phone.
    Digits,
    /// Whichever comes first.
    Both,
}

/// When speech counts as finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpeechTimeout {
    /// At the first pause, as the carrier judges it.
    Auto,
    /// After this many seconds of silence, at least 1.
    Seconds(u32),
}

/// Why a [`Document`] cannot be put into a carrier's words. Always our own mistake, never the
/// caller's: text is cleaned, not refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// A verb stands where it may not.
    #[error("{child} may not stand inside {parent}; allowed there: Say, Play, Pause")]
    Nesting {
        /// The outer verb.
        parent: &'static str,
        /// The misplaced verb.
        child: &'static str,
    },
    /// A verb that only makes sense alone has company.
    #[error("{verb} must be the only verb of its document")]
    NotAlone {
        /// The verb.
        verb: &'static str,
    },
    /// A verb follows one that never comes back.
    #[error("verb {index} ({verb}) can never be reached: it follows {after}")]
    Unreachable {
        /// Position in the document, from 0.
        index: usize,
        /// The unreachable verb.
        verb: &'static str,
        /// The verb that ends the document.
        after: &'static str,
    },
    /// A value is not one the carrier accepts.
    #[error("{verb} {field}: {problem} (got {got:?})")]
    Value {
        /// The verb.
        verb: &'static str,
        /// The field of the verb.
        field: &'static str,
        /// What is wrong and what is expected.
        problem: &'static str,
        /// The value, cut to 80 characters.
        got: String,
    },
    /// The written document is over the carrier's limit.
    #[error("the document has {bytes} bytes, the carrier reads at most {limit}")]
    TooLarge {
        /// Size of the written document.
        bytes: usize,
        /// The limit, in bytes.
        limit: usize,
    },
}
