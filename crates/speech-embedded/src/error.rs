//! Why the built-in voice cannot be opened.

use std::{fmt::Display, path::Path};

use thiserror::Error;

/// Why the built-in voice cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VoiceError {
    /// Files are not there yet.
    #[error("the built-in voice lacks {what} in {dir}; run `frontdesk models install`")]
    Missing {
        /// What is not there.
        what: String,
        /// Where it was looked for.
        dir: String,
    },
    /// A file is there but cannot be used.
    #[error("{path} cannot be used: {reason}; delete it and run `frontdesk models install`")]
    Broken {
        /// Which file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The operating system gave no thread.
    #[error("no thread for the built-in voice: {0}")]
    Thread(String),
}

impl VoiceError {
    pub(crate) fn broken(path: &Path) -> impl Fn(&dyn Display) -> VoiceError {
        let path = path.display().to_string();
        move |reason| VoiceError::Broken {
            path: path.clone(),
            reason: reason.to_string(),
        }
    }
}
