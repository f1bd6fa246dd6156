//! What arrived, for tests to read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::Value;

use crate::wire::Manners;

/// A request as it arrived.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Seen {
    /// `GET`, `POST`, …
    pub method: String,
    /// Without the query, as sent.
    pub path: String,
    /// Decoded pairs in their order.
    pub query: Vec<(String, String)>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
    /// The body, when it is JSON.
    pub json: Option<Value>,
    /// What came over a WebSocket after the request, when it is JSON.
    pub messages: Vec<Value>,
    /// Which TCP connection it came over, from 1.
    pub connection: u64,
    /// The client closed before the answer was complete.
    pub hung_up: bool,
    /// When it did, in milliseconds from the arrival of the request.
    pub hung_up_after_ms: Option<u64>,
}

impl Seen {
    /// The first header of this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// The first query parameter of this name.
    pub fn query(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }
}

pub(crate) fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(n, _)| n == name);
    found.map(|(_, value)| value.as_str())
}

/// Most requests that are kept; later ones are answered but no longer noted.
const LIMIT: usize = 100_000;

/// Every request so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Seen>>>);

impl Log {
    pub(crate) fn all(&self) -> Vec<Seen> {
        self.lock().clone()
    }

    /// Notes a request. The ticket says how it went on.
    pub(crate) fn enter(&self, seen: Seen, manners: Arc<Manners>) -> Ticket {
        let mut all = self.lock();
        let index = all.len();
        if index < LIMIT {
            all.push(seen);
        }
        Ticket {
            log: self.clone(),
            manners,
            index,
            arrived: Instant::now(),
            settled: false,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Seen>> {
        // A list of finished entries is whole whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request until its answer is complete. Dropped before that, the client has hung up.
#[derive(Debug)]
pub(crate) struct Ticket {
    log: Log,
    manners: Arc<Manners>,
    index: usize,
    arrived: Instant,
    settled: bool,
}

impl Ticket {
    /// The answer is complete, or broken off by us.
    pub(crate) fn settle(&mut self) {
        self.settled = true;
    }

    /// The connection ends with a reset.
    pub(crate) fn reset(&self) {
        self.manners.reset();
    }

    /// The client said something over its socket.
    pub(crate) fn message(&self, message: Value) {
        if let Some(seen) = self.log.lock().get_mut(self.index) {
            seen.messages.push(message);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.settled || self.manners.is_ours() {
            return;
        }
        let after = self.arrived.elapsed().as_millis() as u64;
        if let Some(seen) = self.log.lock().get_mut(self.index) {
            seen.hung_up = true;
            seen.hung_up_after_ms = Some(after);
        }
    }
}
