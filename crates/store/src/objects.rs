//! The port for audio objects.

use bytes::Bytes;
use futures::{
    FutureExt,
    future::{self, BoxFuture},
};
use serde::{Deserialize, Serialize};

use crate::StoreError;

/// The name of an object: the SHA-256 of its bytes in lower-case hex. Who knows it has heard it, nobody can guess it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ObjectKey(String);

impl ObjectKey {
    /// Reads a key: 64 lower-case hex digits, nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 64 && text.bytes().all(hex)).then(|| Self(text.to_owned()))
    }

    /// The key of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use std::fmt::Write;
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
        let mut hex = String::with_capacity(64);
        for byte in hash.as_ref() {
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ObjectKey {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("an object's name is 64 lower-case hex digits")
    }
}

impl From<ObjectKey> for String {
    fn from(key: ObjectKey) -> String {
        key.0
    }
}

/// So much of what a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Held {
    /// Objects.
    pub entries: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Content-addressed audio.
pub trait Objects: Send + Sync {
    /// Keeps bytes (at most 8 MB); the same bytes are kept once.
    fn put(&self, bytes: Bytes) -> BoxFuture<'_, Result<ObjectKey, StoreError>>;
    /// The bytes; checked against their name, and a bad copy is removed and counts as absent.
    fn get<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<Option<Bytes>, StoreError>>;
    /// Removes them; absent ones are fine.
    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StoreError>>;
    /// Removes objects that were not read or written for `idle_ms`, except those in `keep`; says how many.
    fn sweep<'a>(
        &'a self,
        idle_ms: u64,
        keep: &'a [ObjectKey],
    ) -> BoxFuture<'a, Result<u64, StoreError>>;
    /// Whether an object can be written and read back right now; the error says what to do.
    fn health(&self) -> BoxFuture<'_, Result<(), StoreError>>;
    /// What [`Objects::sweep`] would remove; `None` where that cannot be told without moving much.
    fn idle<'a>(
        &'a self,
        _idle_ms: u64,
        _keep: &'a [ObjectKey],
    ) -> BoxFuture<'a, Result<Option<Held>, StoreError>> {
        future::ready(Ok(None)).boxed()
    }
}

/// Addresses from which anybody may read an object for a while, without asking us.
pub trait Links: Send + Sync {
    /// A link that works for `valid_s` seconds, 1 to 604 800. It may be made for what is not there. It is a password:
    /// it belongs into no log.
    fn link<'a>(
        &'a self,
        key: &'a ObjectKey,
        valid_s: u32,
    ) -> BoxFuture<'a, Result<String, StoreError>>;
}
