//! Why nothing was spoken.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What went wrong, in terms that decide what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The key is missing or refused.
    Auth,
    /// The account has used up what it may.
    Quota,
    /// Too many requests for now.
    RateLimited,
    /// It cannot be reached, or says it cannot work.
    Unavailable,
    /// It took longer than anybody waits.
    Timeout,
    /// This text or voice is not sayable; another engine may do no better.
    BadRequest,
    /// It lacks what was asked for, such as a voice or a markup.
    Unsupported,
    /// Nobody wants the answer any more.
    Cancelled,
    /// It answered with something that is not speech.
    Broken,
}

impl ErrorKind {
    /// Whether the same request may succeed a little later with nobody doing anything.
    pub fn heals(self) -> bool {
        use ErrorKind::{Broken, RateLimited, Timeout, Unavailable};
        matches!(self, RateLimited | Unavailable | Timeout | Broken)
    }

    /// Whether it says something about the provider, and not only about this request.
    pub fn blames_provider(self) -> bool {
        use ErrorKind::{BadRequest, Cancelled, Unsupported};
        !matches!(self, BadRequest | Unsupported | Cancelled)
    }
}

/// Why an engine did not speak.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("{provider} did not speak: {message}")]
pub struct SpeakError {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The [`crate::Tts::name`] that failed.
    pub provider: String,
    /// Whether waiting helps.
    pub heals: bool,
    /// After how many milliseconds the provider wants to be asked again, when it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// For the operator: what, and what to do. Never the words of a call.
    pub message: String,
}

impl SpeakError {
    /// An error of `kind` by `provider`; whether it heals follows from the kind.
    pub fn new(
        kind: ErrorKind,
        provider: impl Into<String>,
        message: impl Into<String>,
    ) -> SpeakError {
        SpeakError {
            kind,
            provider: provider.into(),
            heals: kind.heals(),
            retry_after_ms: None,
            message: message.into(),
        }
    }

    /// The same with the provider's own wish when to be asked again.
    pub fn retry_after(self, retry_after_ms: Option<u64>) -> SpeakError {
        SpeakError {
            retry_after_ms,
            ..self
        }
    }
}
