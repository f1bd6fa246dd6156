//! What is wrong, where, and how to mend it: the one thing that every check returns.

use std::fmt;

/// One thing that must not be, with its place and its mend.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// Path from the root of the repository.
    pub file: String,
    /// Line in the file, from 1; 0 when the whole file is meant.
    pub line: usize,
    /// What was found.
    pub what: String,
    /// What to do about it.
    pub mend: String,
}

impl Violation {
    /// A violation at `file:line`.
    pub fn new(file: &str, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            what: what.into(),
            mend: mend.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            what,
            mend,
        } = self;
        match line {
            0 => write!(f, "{file}: {what}\n    mend: {mend}"),
            _ => write!(f, "{file}:{line}: {what}\n    mend: {mend}"),
        }
    }
}
