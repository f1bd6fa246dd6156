//! Typed ids, so that a call's id is never a turn's, and parsed at the door, so that an id is never a path.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdError;

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is 1 to 64 letters, digits, '_' or '-'")
    }
}

impl std::error::Error for IdError {}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an id: 1 to 64 of `A–Z a–z 0–9 _ -`. Everything else is refused, so an id can be put into a URL.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                let fits = (1..=64).contains(&text.len());
                let clean = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
                if fits && clean { Ok(Self(text.to_owned())) } else { Err(IdError) }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

text_id!(
    /// One phone call, by the name its carrier gave it.
    CallId
);
text_id!(
    /// One business whose phone is answered.
    BusinessId
);
text_id!(
    /// One customer of the speech API; a single-tenant house has the tenant `local`.
    TenantId
);
text_id!(
    /// One running process of Frontdesk.
    InstanceId
);

/// A turn of a call: 0 is the greeting, then one for each thing the caller did (spoke, pressed keys, kept silent).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct TurnId(pub u32);

impl TurnId {
    /// The turn after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for TurnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A clip of a turn: one sentence or one filler, counted from 0 within its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClipId {
    /// The turn that it belongs to.
    pub turn: TurnId,
    /// Its place among the clips made for that turn.
    pub index: u32,
}

impl fmt::Display for ClipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.turn, self.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_never_a_path() {
        for bad in [
            "",
            "a/b",
            "..",
            "a%2Fb",
            "a\0b",
            "..;/",
            "ü",
            &"a".repeat(65),
        ] {
            assert_eq!(CallId::parse(bad), Err(IdError), "{bad:?}");
        }
        assert_eq!(CallId::parse("CA0123_x-y").unwrap().as_str(), "CA0123_x-y");
    }

    #[test]
    fn a_stored_id_is_checked_when_it_comes_back() {
        assert!(serde_json::from_str::<CallId>("\"../etc\"").is_err());
    }
}
