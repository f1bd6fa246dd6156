//! What a carrier tells us, as a value that knows no carrier.

use serde::{Deserialize, Serialize};

/// One decoded request of a carrier. Identifiers are validated by the dialect that made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Webhook {
    /// Which of our endpoints was called.
    pub kind: WebhookKind,
    /// The carrier's id of the call; safe as an identifier (the dialect checked its alphabet).
    pub call: String,
    /// The carrier's id of the account.
    pub account: String,
    /// Who calls. `None` = the field was absent or empty.
    pub from: Option<Number>,
    /// Who is called. `None` = the field was absent or empty.
    pub to: Option<Number>,
    /// The number that forwarded the call to us, when the carrier knows.
    pub forwarded_from: Option<Number>,
    /// State of the call.
    pub status: CallStatus,
    /// Who started the call; `None` = not said.
    pub direction: Option<Direction>,
    /// What the caller said or pressed; empty outside answers to a gather.
    pub heard: Heard,
    /// Why the fallback endpoint was called.
    pub error: Option<Failure>,
    /// How a dialled leg ended.
    pub dial: Option<DialOutcome>,
    /// Man or machine, on calls that we started.
    pub answered_by: Option<AnsweredBy>,
    /// Length of the call in seconds, in its last status.
    pub duration_s: Option<u32>,
    /// The network vouches in full for the caller's number. `false` proves nothing.
    pub number_attested: bool,
}

/// Which endpoint a request came in by; the endpoint decides what must be in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebhookKind {
    /// A new call.
    Incoming,
    /// The result of a gather.
    Process,
    /// A redirect that asks for the rest of an answer.
    Ready,
    /// Progress or end of a call, recording or stream; the answer is ignored.
    Status,
    /// Another endpoint of ours failed.
    Fallback,
    /// A dialled leg is over.
    DialDone,
}

/// State of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallStatus {
    /// Waiting at the carrier.
    Queued,
    /// Leaving the carrier.
    Initiated,
    /// Ringing.
    Ringing,
    /// Answered.
    InProgress,
    /// Ended after it was answered.
    Completed,
    /// Ended: busy.
    Busy,
    /// Ended: could not be connected.
    Failed,
    /// Ended: nobody answered.
    NoAnswer,
    /// Ended before it was answered, by the side that started it.
    Canceled,
    /// Absent, or a word this version does not know.
    Unknown,
}

impl CallStatus {
    /// Whether the call is over.
    pub fn is_over(self) -> bool {
        use CallStatus::*;
        matches!(self, Completed | Busy | Failed | NoAnswer | Canceled)
    }
}

/// Who started a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// Somebody called us.
    Inbound,
    /// We called.
    Outbound,
}

/// What a gather heard.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// The words, trimmed; `None` = no words.
    pub speech: Option<String>,
    /// 0.0 to 1.0, when the carrier sent a usable figure.
    pub confidence: Option<f32>,
    /// Keys out of `0-9*#A-D`; `None` = no keys.
    pub digits: Option<String>,
}

impl Heard {
    /// Whether the caller gave nothing at all.
    pub fn is_empty(&self) -> bool {
        self.speech.is_none() && self.digits.is_none()
    }
}

/// Why the carrier fell back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The carrier's error number; 0 = it sent none that can be read.
    pub code: u32,
    /// The URL of ours that failed; empty = not said.
    pub url: String,
}

/// How a dialled leg ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialOutcome {
    /// The verdict.
    pub status: DialStatus,
    /// The carrier's id of the dialled leg.
    pub call: Option<String>,
    /// Seconds the two were connected.
    pub duration_s: Option<u32>,
}

/// The verdict on a dialled leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DialStatus {
    /// The two talked.
    Completed,
    /// Answered (conferences).
    Answered,
    /// Busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// Could not be connected.
    Failed,
    /// The caller hung up first.
    Canceled,
    /// A word this version does not know.
    Unknown,
}

/// Who picked up a call that we started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AnsweredBy {
    /// A person.
    Human,
    /// An answering machine.
    Machine {
        /// Its greeting is over: a message may be left now.
        ready: bool,
    },
    /// A fax.
    Fax,
    /// The carrier could not tell.
    Unknown,
}

/// A party of a call. Comparing two of them is exact: no prefix, suffix or "looks like" rules,
/// because caller identity decides nothing by itself and must not be easy to imitate.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Number {
    /// `+`, then 2 to 15 digits, the first not 0 (ITU-T E.164).
    E164(String),
    /// Withheld or unknown. Two anonymous callers are not the same caller.
    Anonymous,
    /// A named softphone, without its `client:` prefix.
    Client(String),
    /// Anything else: SIP addresses, short codes, free text. Never an identity.
    Other,
}

impl Number {
    /// Reads the text a carrier sends for a party. Empty text is [`Number::Anonymous`].
    pub fn parse(text: &str) -> Self {
        const WITHHELD: [&str; 7] = [
            "",
            "anonymous",
            "unknown",
            "restricted",
            "unavailable",
            "private",
            "blocked",
        ];
        let text = text.trim();
        if is_e164(text) {
            return Number::E164(text.to_owned());
        }
        if WITHHELD.iter().any(|word| text.eq_ignore_ascii_case(word)) {
            return Number::Anonymous;
        }
        match text.strip_prefix("client:") {
            Some(name) if !name.is_empty() && name.len() <= 128 => Number::Client(name.to_owned()),
            _ => Number::Other,
        }
    }

    /// The E.164 text, when there is one.
    pub fn e164(&self) -> Option<&str> {
        match self {
            Number::E164(text) => Some(text),
            _ => None,
        }
    }
}

/// `+`, then 2 to 15 ASCII digits, the first not 0.
pub(crate) fn is_e164(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else {
        return false;
    };
    (2..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|b| b.is_ascii_digit())
}
