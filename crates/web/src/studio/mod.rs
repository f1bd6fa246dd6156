//! What the pages about voices need beside the calls: samples, prices, the times of the cache.
//!
//! The decision: engines and layers keep their own figures; here stand only rings that remember them by the minute, a
//! few sounds that somebody has just asked for, and who is being tried out at the moment. All of it has a size.

mod busy;
mod history;
mod thrift;
pub(crate) mod words;

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use events::At;
use serde::Serialize;
use store::Tiers;
use switchboard::{Switchboard, Tap};

pub(crate) use busy::Turn;
pub(crate) use history::Bucket;
pub(crate) use thrift::Account;

use history::History;
use thrift::Thrift;

/// Sounds that are kept for whoever asked for them; the oldest goes first.
const SOUNDS: usize = 32;

/// How often the figures are looked at, so that each minute gets what happened in it.
const LOOK: Duration = Duration::from_secs(10);

/// What an engine's speech costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EnginePrice {
    /// US dollars for a million characters.
    pub usd_per_million_chars: f64,
    /// What costs that.
    pub what: String,
    /// Where it stands; empty for what runs on the operator's own machine.
    pub source: String,
    /// Since when it is known, `YYYY-MM-DD`.
    pub as_of: String,
}

/// What an engine costs, by its name; `None` when nobody knows.
pub type Prices = Box<dyn Fn(&str) -> Option<EnginePrice> + Send + Sync>;

/// What stands behind the pages about providers, voices and the cache.
pub struct Studio {
    prices: Prices,
    chain: Vec<String>,
    busy: busy::Busy,
    sounds: Mutex<VecDeque<(String, Bytes)>>,
    history: Mutex<History>,
    thrift: Mutex<Thrift>,
}

impl Studio {
    /// An empty one. `chain` is the order of the engines as it is configured, `prices` what they cost.
    pub fn new(chain: Vec<String>, prices: Prices) -> Self {
        Self {
            prices,
            chain,
            busy: busy::Busy::default(),
            sounds: Mutex::default(),
            history: Mutex::default(),
            thrift: Mutex::default(),
        }
    }

    /// Takes an event of a call into account: what was found, and what had to be spoken.
    pub fn observe(&self, tap: &Tap) {
        locked(&self.thrift).take(&tap.stamped);
    }

    /// Looks at the layers of the cache now and then, until everything stops.
    pub async fn watch(&self, switchboard: &Switchboard) {
        let parts = switchboard.parts();
        loop {
            self.look(parts.voicer.tiers(), parts.clock.now());
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = parts.tasks.cancelled() => break,
            }
        }
    }

    /// Looks at the layers now.
    pub(crate) fn look(&self, tiers: &Tiers, now: At) {
        let sentences = locked(&self.thrift).totals();
        locked(&self.history).note(now, tiers.figures(), sentences);
    }

    /// Minutes of the last three hours and hours of the last week, the oldest first.
    pub(crate) fn times(&self) -> (Vec<Bucket>, Vec<Bucket>) {
        locked(&self.history).all()
    }

    /// What was found and what was spoken, by engine.
    pub(crate) fn accounts(&self) -> Vec<Account> {
        locked(&self.thrift).accounts(&self.prices)
    }

    pub(crate) fn price(&self, engine: &str) -> Option<EnginePrice> {
        (self.prices)(engine)
    }

    /// The engines as they are configured, best first; some may be missing on this machine.
    pub(crate) fn chain(&self) -> &[String] {
        &self.chain
    }

    /// Begins to try something out; `None` while the same is tried out, or too much is.
    pub(crate) fn begin(&self, what: &str) -> Option<Turn<'_>> {
        self.busy.begin(what)
    }

    /// Whether this is being tried out.
    pub(crate) fn is_busy(&self, what: &str) -> bool {
        self.busy.is(what)
    }

    /// Keeps a sound for a while and says where it can be heard.
    pub(crate) fn keep(&self, wav: Bytes) -> String {
        let id = uuid::Uuid::new_v4().simple().to_string();
        let mut sounds = locked(&self.sounds);
        if sounds.len() >= SOUNDS {
            sounds.pop_front();
        }
        sounds.push_back((id.clone(), wav));
        format!("/admin/v1/samples/{id}.wav")
    }

    pub(crate) fn sound(&self, id: &str) -> Option<Bytes> {
        let sounds = locked(&self.sounds);
        let found = sounds.iter().find(|(known, _)| known == id);
        found.map(|(_, wav)| wav.clone())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Rings that a panicking thread left are rings.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
