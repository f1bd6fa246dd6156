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
    /// How long the reads that were answered took.
    pub reads: Times,
}

/// How often something took how long: counts up to each of [`Times::BORDERS`], and what took longer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Times(pub [u64; 14]);

impl Times {
    /// Milliseconds, each the longest of its count; the last count is of what took longer than all of them.
    pub const BORDERS: [u32; 13] = [0, 1, 2, 3, 5, 8, 13, 20, 40, 80, 160, 400, 1_000];

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The border under which at least `percent` of a hundred are, ms; `None` when there is nothing, or they took longer
    /// than the last border.
    pub fn within(&self, percent: u64) -> Option<u32> {
        let wanted = (self.count() * percent).div_ceil(100).max(1);
        let mut seen = 0;
        let at = self.0.iter().position(|n| {
            seen += n;
            seen >= wanted
        })?;
        Self::BORDERS.get(at).copied()
    }

    /// What was added since `before`.
    pub fn since(&self, before: &Self) -> Self {
        Self(std::array::from_fn(|i| {
            self.0[i].saturating_sub(before.0[i])
        }))
    }

    fn place(ms: u64) -> usize {
        let after = Self::BORDERS
            .iter()
            .position(|border| ms <= u64::from(*border));
        after.unwrap_or(Self::BORDERS.len())
    }
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
    reads: [AtomicU64; 14],
}

fn add(counter: &AtomicU64, n: u64) {
    counter.fetch_add(n, Ordering::Relaxed);
}

impl Counters {
    pub(super) fn hit(&self, bytes: usize, ms: u64) {
        add(&self.hits, 1);
        add(&self.read_bytes, bytes as u64);
        self.read_took(ms);
    }

    fn read_took(&self, ms: u64) {
        add(&self.read_ms, ms);
        add(&self.reads[Times::place(ms)], 1);
    }

    pub(super) fn miss(&self, ms: u64) {
        add(&self.misses, 1);
        self.read_took(ms);
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
            reads: Times(std::array::from_fn(|i| get(&self.reads[i]))),
        }
    }
}
