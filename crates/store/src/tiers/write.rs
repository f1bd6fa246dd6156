//! Writing to layers: those that a caller may wait for, and those behind them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use events::Clock;
use futures::{
    FutureExt,
    future::{BoxFuture, join_all},
};

use super::{
    figures::Counters,
    layer::{Layer, Silence},
};
use crate::{Note, RecipeKey, StoreError};

/// Writes that may be under way while nobody waits for them; one more is waited for.
const BEHIND: usize = 256;

/// Does work that nobody waits for.
pub type Later = Arc<dyn Fn(BoxFuture<'static, ()>) + Send + Sync>;

/// Something to be written.
#[derive(Clone)]
pub(super) enum Thing {
    Audio(Bytes),
    Note(RecipeKey, Note),
}

impl Thing {
    fn size(&self) -> usize {
        match self {
            Self::Audio(bytes) => bytes.len(),
            Self::Note(..) => 0,
        }
    }

    fn counters<'a>(&self, layer: &'a Layer) -> &'a Counters {
        match self {
            Self::Audio(_) => &layer.objects,
            Self::Note(..) => &layer.recipes,
        }
    }

    async fn put(&self, layer: &Layer) -> Result<(), StoreError> {
        match self {
            Self::Audio(bytes) => layer.tier.put(bytes.clone()).await.map(drop),
            Self::Note(recipe, note) => layer.tier.note(recipe, note.clone()).await,
        }
    }
}

/// How one layer took it, and whether its word counts.
struct Took {
    durable: bool,
    done: Result<(), Silence>,
}

/// Whoever writes, and how many writes nobody waits for.
#[derive(Clone)]
pub(super) struct Pen {
    clock: Arc<dyn Clock>,
    later: Option<Later>,
    behind: Arc<AtomicUsize>,
}

impl Pen {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            later: None,
            behind: Arc::default(),
        }
    }

    pub(super) fn after(self, later: Later) -> Self {
        Self {
            later: Some(later),
            ..self
        }
    }

    /// Writes to those layers, all at once; to those behind only when no other one took it, or afterwards.
    pub(super) async fn write(
        &self,
        layers: Vec<Arc<Layer>>,
        thing: &Thing,
    ) -> Result<(), StoreError> {
        let is_behind = |layer: &Arc<Layer>| layer.behind && self.later.is_some();
        let (behind, now): (Vec<_>, Vec<_>) = layers.into_iter().partition(is_behind);
        let took = join_all(now.into_iter().map(|layer| self.one(layer, thing))).await;
        if took.iter().all(|took| took.done.is_err()) && !behind.is_empty() {
            let last = join_all(behind.into_iter().map(|layer| self.one(layer, thing))).await;
            return settle(took.into_iter().chain(last));
        }
        for layer in behind {
            self.put_off(layer, thing).await;
        }
        settle(took.into_iter())
    }

    async fn one(&self, layer: Arc<Layer>, thing: &Thing) -> Took {
        let from = self.clock.now();
        let done = layer.write(&*self.clock, thing.put(&layer)).await;
        let counters = thing.counters(&layer);
        match &done {
            Ok(()) => counters.written(thing.size(), self.clock.now().since(from)),
            Err(silence) => counters.silent(silence),
        }
        Took {
            durable: layer.durable,
            done,
        }
    }

    async fn put_off(&self, layer: Arc<Layer>, thing: &Thing) {
        let (pen, thing) = (self.clone(), thing.clone());
        let full = self.behind.fetch_add(1, Ordering::Relaxed) >= BEHIND;
        let leave = Leave(self.behind.clone());
        let work = async move {
            // What went wrong is the layer's trouble, which the health page tells.
            pen.one(layer, &thing).await;
            drop(leave);
        };
        match &self.later {
            Some(later) if !full => later(work.boxed()),
            _ => work.await,
        }
    }
}

/// One write fewer, however it ended.
struct Leave(Arc<AtomicUsize>);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The durable layer's word counts; without one, one success does.
fn settle(all: impl Iterator<Item = Took>) -> Result<(), StoreError> {
    let mut other = Ok(());
    let mut kept = false;
    for Took { durable, done } in all {
        match done {
            Ok(()) if durable => return Ok(()),
            Ok(()) => kept = true,
            Err(silence) if durable => return Err(silence.error()),
            Err(silence) => other = Err(silence.error()),
        }
    }
    if kept { Ok(()) } else { other }
}
