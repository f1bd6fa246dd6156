//! Where a value came from. The decision: every value carries its origin, so every complaint about it can name a place.

use std::fmt;

use serde::Serialize;

use super::keys::Applies;

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Origin {
    /// A file; line and column count from 1, and line 0 means the file as a whole.
    File {
        path: String,
        line: usize,
        column: usize,
    },
    /// An environment variable.
    Env { name: String },
    /// A file that an environment variable ending in `_FILE` names.
    EnvFile { name: String, path: String },
    /// A file in `$CREDENTIALS_DIRECTORY`.
    Credential { path: String },
    /// The command line.
    Flag { name: String },
    /// Nobody wrote it.
    Default,
}

impl Origin {
    /// A file as a whole.
    pub fn whole(path: impl Into<String>) -> Self {
        Origin::File {
            path: path.into(),
            line: 0,
            column: 0,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File { path, line: 0, .. } => f.write_str(path),
            Origin::File { path, line, column } => write!(f, "{path}:{line}:{column}"),
            Origin::Env { name } => write!(f, "${name}"),
            Origin::EnvFile { name, path } => write!(f, "${name} ({path})"),
            Origin::Credential { path } => write!(f, "credential {path}"),
            Origin::Flag { name } => f.write_str(name),
            Origin::Default => f.write_str("default"),
        }
    }
}

/// One setting as `frontdesk config show` prints it; secrets are already masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Its path, such as `server.bind`.
    pub key: &'static str,
    /// Its value as TOML; none when it is not set.
    pub value: Option<String>,
    /// Where the value came from.
    pub origin: Origin,
    /// When a change of it counts.
    pub applies: Applies,
}
