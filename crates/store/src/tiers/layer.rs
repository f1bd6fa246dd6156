//! One layer: a store, how long it may take, and whether it rests.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use events::{At, Clock};

use super::figures::{Counters, LayerFigures};
use crate::{LARGEST_OBJECT, Objects, Recipes, StoreError};

/// After so many failures in a row a layer rests.
const FAILURES: u32 = 5;
/// How long it rests before one request tries it again, ms.
const REST_MS: u64 = 1_000;

/// A store that can be a layer.
pub trait Tier: Objects + Recipes {}

impl<T: Objects + Recipes + ?Sized> Tier for T {}

/// One layer of [`super::Tiers`].
pub struct Layer {
    pub(super) name: String,
    pub(super) tier: Arc<dyn Tier>,
    pub(super) durable: bool,
    pub(super) behind: bool,
    largest: usize,
    find_ms: u64,
    read_ms: u64,
    write_ms: u64,
    failures: AtomicU32,
    rests_until: AtomicU64,
    trouble: Mutex<Option<String>>,
    pub(super) objects: Counters,
    pub(super) recipes: Counters,
}

/// Why a layer gave no answer.
#[derive(Debug)]
pub(super) enum Silence {
    /// It failed too often of late and is not asked.
    Rests(StoreError),
    /// It was not done in time.
    Late(StoreError),
    /// It failed.
    Failed(StoreError),
}

impl Silence {
    pub(super) fn error(self) -> StoreError {
        match self {
            Self::Rests(e) | Self::Late(e) | Self::Failed(e) => e,
        }
    }
}

impl Layer {
    /// A layer that may lose what it holds, takes objects of every size, and has 60 ms for a look-up or a read and 250 ms
    /// for a write.
    pub fn new(name: impl Into<String>, tier: Arc<dyn Tier>) -> Self {
        Self {
            name: name.into(),
            tier,
            durable: false,
            behind: false,
            largest: LARGEST_OBJECT,
            find_ms: 60,
            read_ms: 60,
            write_ms: 250,
            failures: AtomicU32::new(0),
            rests_until: AtomicU64::new(0),
            trouble: Mutex::default(),
            objects: Counters::default(),
            recipes: Counters::default(),
        }
    }

    /// The layer that keeps things: a write is done when it is done here.
    pub fn durable(self) -> Self {
        Self {
            durable: true,
            ..self
        }
    }

    /// It is written to while nobody waits for it, once a quicker layer has the thing; see [`super::Tiers::after`].
    pub fn behind(self) -> Self {
        Self {
            behind: true,
            ..self
        }
    }

    /// How long a read and a write may take, ms.
    pub fn within(self, read_ms: u32, write_ms: u32) -> Self {
        Self {
            find_ms: read_ms.into(),
            read_ms: read_ms.into(),
            write_ms: write_ms.into(),
            ..self
        }
    }

    /// How long looking up a recipe may take, ms, where that is less than a read: a caller may be waiting for the answer,
    /// and making the thing takes no longer.
    pub fn finding_within(self, find_ms: u32) -> Self {
        Self {
            find_ms: find_ms.into(),
            ..self
        }
    }

    /// It is not offered larger objects, bytes.
    pub fn at_most(self, largest: usize) -> Self {
        Self { largest, ..self }
    }

    pub(super) fn takes(&self, size: usize) -> bool {
        size <= self.largest
    }

    pub(super) async fn find<T>(
        &self,
        clock: &dyn Clock,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, Silence> {
        self.ask(clock, self.find_ms, work).await
    }

    pub(super) async fn read<T>(
        &self,
        clock: &dyn Clock,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, Silence> {
        self.ask(clock, self.read_ms, work).await
    }

    pub(super) async fn write<T>(
        &self,
        clock: &dyn Clock,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, Silence> {
        self.ask(clock, self.write_ms, work).await
    }

    async fn ask<T>(
        &self,
        clock: &dyn Clock,
        within_ms: u64,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, Silence> {
        if !self.may_be_asked(clock.now()) {
            let why = self.trouble().unwrap_or_default();
            return Err(Silence::Rests(StoreError::Unavailable(format!(
                "`{}` failed {FAILURES} times and rests for a second; the last time: {why}",
                self.name
            ))));
        }
        let answer = self.try_for(within_ms, work).await;
        match &answer {
            // What is asked of it wrongly says nothing of its health.
            Ok(_) | Err(Silence::Failed(StoreError::Corrupt(_))) => {
                self.failures.store(0, Ordering::Relaxed);
                self.set_trouble(None);
            }
            Err(Silence::Rests(e) | Silence::Late(e) | Silence::Failed(e)) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
                let until = clock.now() + REST_MS;
                self.rests_until.store(until.0, Ordering::Relaxed);
                self.set_trouble(Some(e.to_string()));
            }
        }
        answer
    }

    /// The work, for so long and whether or not the layer rests.
    pub(super) async fn try_for<T>(
        &self,
        within_ms: u64,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, Silence> {
        match tokio::time::timeout(Duration::from_millis(within_ms), work).await {
            Ok(done) => done.map_err(Silence::Failed),
            Err(_) => Err(Silence::Late(StoreError::Unavailable(format!(
                "`{}` did not answer within {within_ms} ms: see whether it is overloaded or cut off",
                self.name
            )))),
        }
    }

    /// Whether it is well, or it is this request's part to find out.
    fn may_be_asked(&self, now: At) -> bool {
        if self.failures.load(Ordering::Relaxed) < FAILURES {
            return true;
        }
        let until = self.rests_until.load(Ordering::Relaxed);
        let next = (now + REST_MS).0;
        now.0 >= until
            && self
                .rests_until
                .compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    fn trouble(&self) -> Option<String> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.clone()
    }

    fn set_trouble(&self, text: Option<String>) {
        // A text that a panicking thread left is a text.
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }

    pub(super) fn figures(&self) -> LayerFigures {
        LayerFigures {
            layer: self.name.clone(),
            objects: self.objects.figures(),
            recipes: self.recipes.figures(),
            trouble: self.trouble(),
        }
    }
}
