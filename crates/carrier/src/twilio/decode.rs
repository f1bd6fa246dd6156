//! A webhook's parameters to a [`Webhook`].
//!
//! Parameters may be added by Twilio at any time, so unknown names are skipped; a name that we read
//! may appear only once, because two readers that pick different copies are a hole. What is merely
//! informative and unreadable becomes "absent"; what identifies the call is refused.

use crate::form::{self, FormError, Pair};
use crate::webhook::{
    AnsweredBy, CallStatus, DialOutcome, DialStatus, Direction, Failure, Heard, Number, Webhook,
    WebhookKind,
};

/// Why a webhook was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The body or query is not a readable form.
    #[error(transparent)]
    Form(#[from] FormError),
    /// A parameter that must be there is not.
    #[error("parameter {name} is missing")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// A parameter that must be there once is there again.
    #[error("parameter {name} appears more than once")]
    Duplicate {
        /// Its name.
        name: &'static str,
    },
    /// An identifier has the wrong shape.
    #[error("parameter {name} is not an identifier ({expected})")]
    BadId {
        /// Its name.
        name: &'static str,
        /// The expected shape.
        expected: &'static str,
    },
}

/// Decodes the body of a POST or the query of a GET that has been verified.
///
/// # Errors
/// [`DecodeError`] when the form is unreadable, `CallSid` or `AccountSid` is missing or misshapen,
/// a known parameter is repeated, or `DialCallStatus` is missing from the end of a dialled leg.
pub fn decode(kind: WebhookKind, raw: &[u8]) -> Result<Webhook, DecodeError> {
    let pairs = form::parse(raw)?;
    let fields = Fields::new(&pairs)?;
    let call = fields.id("CallSid", "CA", "CA and 32 of 0-9a-f")?;
    let account = fields.id("AccountSid", "AC", "AC and 32 of 0-9a-f")?;
    let dial = dial_outcome(&fields);
    if kind == WebhookKind::DialDone && dial.is_none() {
        return Err(DecodeError::Missing {
            name: "DialCallStatus",
        });
    }
    Ok(Webhook {
        kind,
        call,
        account,
        from: fields.text("From").map(party),
        to: fields.text("To").map(party),
        forwarded_from: fields.text("ForwardedFrom").map(party),
        status: fields
            .text("CallStatus")
            .map_or(CallStatus::Unknown, status),
        direction: fields.text("Direction").and_then(direction),
        heard: heard(&fields),
        error: failure(&fields),
        dial,
        answered_by: fields.text("AnsweredBy").map(answered_by),
        duration_s: fields.number("CallDuration"),
        number_attested: fields.text("StirVerstat") == Some("TN-Validation-Passed-A"),
    })
}

/// Every parameter that is read, at most once each.
const READ: [&str; 18] = [
    "CallSid",
    "AccountSid",
    "From",
    "To",
    "ForwardedFrom",
    "CallStatus",
    "Direction",
    "SpeechResult",
    "Confidence",
    "Digits",
    "ErrorCode",
    "ErrorUrl",
    "DialCallStatus",
    "DialCallSid",
    "DialCallDuration",
    "AnsweredBy",
    "CallDuration",
    "StirVerstat",
];

struct Fields<'a>(&'a [Pair]);

impl<'a> Fields<'a> {
    fn new(pairs: &'a [Pair]) -> Result<Self, DecodeError> {
        for name in READ {
            if pairs.iter().filter(|(n, _)| n == name).count() > 1 {
                return Err(DecodeError::Duplicate { name });
            }
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter that is there and not empty.
    fn text(&self, name: &str) -> Option<&'a str> {
        debug_assert!(
            READ.contains(&name),
            "{name} is read but not checked for duplicates"
        );
        let pair = self.0.iter().find(|(n, _)| n == name)?;
        (!pair.1.is_empty()).then_some(pair.1.as_str())
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.text(name)?.parse().ok()
    }

    fn id(
        &self,
        name: &'static str,
        prefix: &str,
        expected: &'static str,
    ) -> Result<String, DecodeError> {
        let text = self.text(name).ok_or(DecodeError::Missing { name })?;
        if is_sid(text, prefix) {
            return Ok(text.to_owned());
        }
        Err(DecodeError::BadId { name, expected })
    }
}

fn is_sid(text: &str, prefix: &str) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(hex))
}

/// Twilio also spells withheld callers on the keypad: `+266696687` is "ANONYMOUS". None of these
/// is a number that exists.
fn party(text: &str) -> Number {
    const KEYPAD: [&str; 5] = [
        "+266696687",   // ANONYMOUS
        "+7378742833",  // RESTRICTED
        "+2562533",     // BLOCKED
        "+8656696",     // UNKNOWN
        "+86282452253", // UNAVAILABLE
    ];
    if KEYPAD.contains(&text) {
        return Number::Anonymous;
    }
    Number::parse(text)
}

fn status(word: &str) -> CallStatus {
    match word {
        "queued" => CallStatus::Queued,
        "initiated" => CallStatus::Initiated,
        "ringing" => CallStatus::Ringing,
        "in-progress" => CallStatus::InProgress,
        "completed" => CallStatus::Completed,
        "busy" => CallStatus::Busy,
        "failed" => CallStatus::Failed,
        "no-answer" => CallStatus::NoAnswer,
        "canceled" => CallStatus::Canceled,
        _ => CallStatus::Unknown,
    }
}

fn direction(word: &str) -> Option<Direction> {
    match word {
        "inbound" => Some(Direction::Inbound),
        "outbound-api" | "outbound-dial" => Some(Direction::Outbound),
        _ => None,
    }
}

fn heard(fields: &Fields<'_>) -> Heard {
    let speech = fields.text("SpeechResult").map(str::trim);
    let confidence = fields.text("Confidence").and_then(|c| c.parse().ok());
    let key = |b: u8| b.is_ascii_digit() || b"*#ABCD".contains(&b);
    let digits = fields.text("Digits").filter(|d| d.bytes().all(key));
    Heard {
        speech: speech.filter(|s| !s.is_empty()).map(str::to_owned),
        confidence: confidence.filter(|c: &f32| (0.0..=1.0).contains(c)),
        digits: digits.map(str::to_owned),
    }
}

fn failure(fields: &Fields<'_>) -> Option<Failure> {
    let url = fields.text("ErrorUrl");
    let code = fields.number("ErrorCode");
    if url.is_none() && code.is_none() {
        return None;
    }
    Some(Failure {
        code: code.unwrap_or(0),
        url: url.unwrap_or_default().to_owned(),
    })
}

fn dial_outcome(fields: &Fields<'_>) -> Option<DialOutcome> {
    let status = match fields.text("DialCallStatus")? {
        "completed" => DialStatus::Completed,
        "answered" => DialStatus::Answered,
        "busy" => DialStatus::Busy,
        "no-answer" => DialStatus::NoAnswer,
        "failed" => DialStatus::Failed,
        "canceled" => DialStatus::Canceled,
        _ => DialStatus::Unknown,
    };
    Some(DialOutcome {
        status,
        call: fields
            .text("DialCallSid")
            .filter(|sid| is_sid(sid, "CA"))
            .map(str::to_owned),
        duration_s: fields.number("DialCallDuration"),
    })
}

fn answered_by(word: &str) -> AnsweredBy {
    match word {
        "human" => AnsweredBy::Human,
        "fax" => AnsweredBy::Fax,
        "machine_start" => AnsweredBy::Machine { ready: false },
        word if word.starts_with("machine_end") => AnsweredBy::Machine { ready: true },
        _ => AnsweredBy::Unknown,
    }
}
