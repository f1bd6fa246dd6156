//! Why a provider cannot be set up.

use thiserror::Error;

/// A setting that cannot work, found before anything is asked. The text says which and what to do; it never holds a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{provider}: {what}")]
pub struct SetupError {
    /// Whose setting it is.
    pub provider: &'static str,
    /// What is wrong, and what to do.
    pub what: String,
}

impl SetupError {
    pub(crate) fn new(provider: &'static str, what: impl Into<String>) -> SetupError {
        SetupError {
            provider,
            what: what.into(),
        }
    }
}
