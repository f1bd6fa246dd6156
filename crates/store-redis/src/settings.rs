//! What the operator chooses.

use std::fmt;

use store::{LARGEST_NOTE, LARGEST_OBJECT, StoreError};

use crate::words::place;

/// Which Redis, and within which limits.
#[derive(Clone)]
pub struct Settings {
    /// `redis://[user][:password@]host[:port][/database]`, or `rediss://` for TLS.
    pub url: String,
    /// How every key begins: letters, digits, `:`, `_`, `-` and `.`, at most 64 of them.
    pub prefix: String,
    /// How long audio stays after it was last used, ms.
    pub ttl_ms: u64,
    /// The largest object that is stored, bytes; larger ones are refused.
    pub largest: usize,
    /// Connections at most. Each carries many questions at once.
    pub connections: usize,
    /// How long to wait for a free connection, ms.
    pub wait_ms: u64,
    /// How long connecting may take, ms.
    pub connect_ms: u64,
    /// How long an answer may take, ms. Without it a server that hangs would hold a read for as long as it likes.
    pub response_ms: u64,
}

impl Default for Settings {
    /// The Redis of this machine; audio for a day after its last use, at most 1 MB each.
    fn default() -> Self {
        Self {
            url: "redis://127.0.0.1:6379".to_owned(),
            prefix: "fd:".to_owned(),
            ttl_ms: 24 * 60 * 60_000,
            largest: 1 << 20,
            connections: 8,
            wait_ms: 50,
            connect_ms: 300,
            response_ms: 100,
        }
    }
}

impl fmt::Debug for Settings {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("url", &place(&self.url))
            .field("prefix", &self.prefix)
            .field("ttl_ms", &self.ttl_ms)
            .field("largest", &self.largest)
            .field("connections", &self.connections)
            .field("wait_ms", &self.wait_ms)
            .field("connect_ms", &self.connect_ms)
            .field("response_ms", &self.response_ms)
            .finish()
    }
}

impl Settings {
    /// The first thing that is wrong, and what would be right.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || ":_-.".contains(c);
        if self.prefix.len() > 64 || !self.prefix.chars().all(plain) {
            return wrong(&format!(
                "the prefix of Redis keys is `{}`: use at most 64 letters, digits and `:_-.`",
                self.prefix.escape_debug()
            ));
        }
        if !(LARGEST_NOTE..=LARGEST_OBJECT).contains(&self.largest) {
            return wrong(&format!(
                "the largest object for Redis is {} bytes: choose {LARGEST_NOTE} to {LARGEST_OBJECT}",
                self.largest
            ));
        }
        let limits = [
            ("time to live", self.ttl_ms, 1_000, 400 * 24 * 60 * 60_000),
            ("number of connections", self.connections as u64, 1, 1_000),
            ("wait for a connection in ms", self.wait_ms, 1, 60_000),
            ("time to connect in ms", self.connect_ms, 1, 60_000),
            ("time to answer in ms", self.response_ms, 1, 60_000),
        ];
        for (what, value, least, most) in limits {
            if !(least..=most).contains(&value) {
                return wrong(&format!(
                    "the {what} for Redis is {value}: choose {least} to {most}"
                ));
            }
        }
        Ok(())
    }
}

fn wrong(text: &str) -> Result<(), StoreError> {
    Err(StoreError::Unavailable(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_not_shown() {
        let url = "redis://ada:s3cret@cache.example:7000/2".to_owned();
        let shown = format!(
            "{:?}",
            Settings {
                url,
                ..Settings::default()
            }
        );
        assert!(
            !shown.contains("s3cret") && !shown.contains("ada"),
            "{shown}"
        );
        assert!(shown.contains("cache.example:7000/2"), "{shown}");
    }

    #[test]
    fn each_setting_has_limits() {
        let good = Settings::default;
        assert_eq!(good().check(), Ok(()));
        let bad = [
            Settings {
                prefix: "fd*".to_owned(),
                ..good()
            },
            Settings {
                prefix: "x".repeat(65),
                ..good()
            },
            Settings {
                ttl_ms: 0,
                ..good()
            },
            Settings {
                ttl_ms: u64::MAX,
                ..good()
            },
            Settings {
                largest: 9 << 20,
                ..good()
            },
            Settings {
                connections: 0,
                ..good()
            },
            Settings {
                response_ms: 0,
                ..good()
            },
        ];
        for settings in bad {
            assert!(settings.check().is_err(), "{settings:?}");
        }
    }
}
