//! What a setting is. The decision: one table row per setting says its name, its short names, its type, its bounds, its
//! default and its meaning; file, environment, flags, `config show` and `.env.example` all read that row.

use serde::Serialize;

/// When a changed value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Applies {
    /// At once.
    Now,
    /// After a restart.
    Restart,
}

/// Why a value does not fit. `what` continues the sentence that the key's name begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Such as `must be an address and a port`.
    pub what: String,
    /// What to write instead.
    pub hint: String,
}

impl Fault {
    /// A fault.
    pub fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: hint.into(),
        }
    }
}

/// Looks at one text.
pub type Check = fn(&str) -> Result<(), Fault>;

/// The type of a setting.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text that passes a check.
    Text(Check),
    /// A text that passes a check and is never printed.
    Secret(Check),
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A whole number within bounds, both included.
    Number(u32, u32),
    /// True or false.
    Switch,
    /// Texts, each of which passes a check; at most [`MAX_LIST`].
    List(Check),
}

/// The longest list that a setting may be.
pub const MAX_LIST: usize = 64;

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// `section.key`.
    pub path: &'static str,
    /// The name under which the file may also write it, above all sections.
    pub short: Option<&'static str>,
    /// The environment variables for it: `FRONTDESK__SECTION__KEY`, then the short ones. Each also exists with `_FILE`
    /// behind it. The long one is written out, so that a search for it ends at its row; a test compares it with the path.
    pub variables: &'static [&'static str],
    /// Its type.
    pub kind: Kind,
    /// Its default as text; empty means not set.
    pub default: &'static str,
    /// When a change counts.
    pub applies: Applies,
    /// What it means.
    pub about: &'static str,
}

impl Key {
    /// A setting that counts after a restart and has no name above the sections.
    pub const fn new(
        path: &'static str,
        variables: &'static [&'static str],
        kind: Kind,
        default: &'static str,
        about: &'static str,
    ) -> Self {
        Self {
            path,
            short: None,
            variables,
            kind,
            default,
            applies: Applies::Restart,
            about,
        }
    }

    /// With a name above all sections of the file.
    pub const fn short(mut self, short: &'static str) -> Self {
        self.short = Some(short);
        self
    }

    /// With another moment at which a change counts.
    pub const fn applies(mut self, applies: Applies) -> Self {
        self.applies = applies;
        self
    }

    /// Its section.
    pub fn section(&self) -> &'static str {
        self.path.split_once('.').map_or("", |(section, _)| section)
    }

    /// Its name within the section.
    pub fn leaf(&self) -> &'static str {
        self.path
            .split_once('.')
            .map_or(self.path, |(_, leaf)| leaf)
    }

    /// Whether its value must not be printed.
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret(_))
    }
}

/// Accepts every text.
pub fn any(_: &str) -> Result<(), Fault> {
    Ok(())
}

/// Accepts what can be a token: visible ASCII without blanks.
pub fn token(text: &str) -> Result<(), Fault> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Fault::new(
        "has blanks or control characters in it",
        "copy it again, without line ends or quotes",
    ))
}
