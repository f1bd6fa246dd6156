//! What each layer did, as plain numbers that only grow.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use super::layer::Silence;

/// What a layer did since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LayerFigures {
    /// Its name.
    pub layer: String,
    /// Its audio.
    pub objects: Figures,
    /// What it knows of recipes.
    pub recipes: Figures,
    /// What it failed with last, while it has not answered since.
    pub trouble: Option<String>,
}

/// What was asked of a layer and what came of it, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Reads that found it here.
    pub hits: u64,
    /// Reads that did not.
    pub misses: u64,
    /// Reads and writes that failed, the late ones aside.
    pub errors: u64,
    /// Reads and writes that were given up because they took too long.
    pub late: u64,
    /// Reads and writes that were not tried because the layer rests.
    pub rested: u64,
    /// Bytes that were found here.
    pub read_bytes: u64,
    /// Time spent on reads that were answered, ms.
    pub read_ms: u64,
    /// Writes that were done, copies from the layers below among them.
    pub writes: u64,
    /// Bytes that were written.
    pub written_bytes: u64,
    /// Time spent on writes that were done, ms.
    pub write_ms: u64,
}

#[derive(Default)]
pub(super) struct Counters {
    hits: AtomicU64,
    misses: AtomicU64,
    errors: AtomicU64,
    late: AtomicU64,
    rested: AtomicU64,
    read_bytes: AtomicU64,
    read_ms: AtomicU64,
    writes: AtomicU64,
    written_bytes: AtomicU64,
    write_ms: AtomicU64,
}

fn add(counter: &AtomicU64, n: u64) {
    counter.fetch_add(n, Ordering::Relaxed);
}

impl Counters {
    pub(super) fn hit(&self, bytes: usize, ms: u64) {
        add(&self.hits, 1);
        add(&self.read_bytes, bytes as u64);
        add(&self.read_ms, ms);
    }

    pub(super) fn miss(&self, ms: u64) {
        add(&self.misses, 1);
        add(&self.read_ms, ms);
    }

    pub(super) fn silent(&self, why: &Silence) {
        match why {
            Silence::Rests(_) => add(&self.rested, 1),
            Silence::Late(_) => add(&self.late, 1),
            Silence::Failed(_) => add(&self.errors, 1),
        }
    }

    pub(super) fn written(&self, bytes: usize, ms: u64) {
        add(&self.writes, 1);
        add(&self.written_bytes, bytes as u64);
        add(&self.write_ms, ms);
    }

    pub(super) fn figures(&self) -> Figures {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            hits: get(&self.hits),
            misses: get(&self.misses),
            errors: get(&self.errors),
            late: get(&self.late),
            rested: get(&self.rested),
            read_bytes: get(&self.read_bytes),
            read_ms: get(&self.read_ms),
            writes: get(&self.writes),
            written_bytes: get(&self.written_bytes),
            write_ms: get(&self.write_ms),
        }
    }
}
