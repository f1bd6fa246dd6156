//! Several stores as one: memory over Redis over a folder or a bucket.
//!
//! The decision: a layer is asked in its turn and within its own deadline, and one that fails or is late is passed over.
//! What a lower layer had is copied into those above that said they had it not. A write is done when the durable layer
//! has it; the others get it at the same time, as well as they can. One look-up decides: there is no question whether
//! something is there apart from reading it.

mod figures;
mod layer;
mod write;

use std::sync::Arc;

use bytes::Bytes;
use events::Clock;
use futures::{
    FutureExt,
    future::{BoxFuture, join_all},
};

use self::{
    figures::Counters,
    layer::Silence,
    write::{Pen, Thing},
};
pub use self::{
    figures::{Figures, LayerFigures, Times},
    layer::{Layer, Tier},
    write::Later,
};
use crate::{Held, Note, ObjectKey, Objects, RecipeKey, Recipes, StoreError, limits};

/// A note that ends within this time is not worth a durable write, ms.
const BRIEF_MS: u64 = 5 * 60_000;
/// How long a layer may take to say how it is, ms.
const HEALTH_MS: u64 = 5_000;
/// How long a layer may take to be swept, ms.
const SWEEP_MS: u64 = 10 * 60_000;

/// Layers, the fastest first.
pub struct Tiers {
    layers: Vec<Arc<Layer>>,
    clock: Arc<dyn Clock>,
    pen: Pen,
}

/// What a read came to: what was found, and which layers said that they do not have it.
struct Read<'a, T> {
    found: Option<T>,
    missed: Vec<&'a Arc<Layer>>,
    durable_silent: Option<StoreError>,
}

impl Tiers {
    /// The layers in the order in which they are asked. With none that is durable, whatever one of them takes is kept.
    pub fn new(layers: Vec<Layer>, clock: Arc<dyn Clock>) -> Self {
        let layers = layers.into_iter().map(Arc::new).collect();
        let pen = Pen::new(clock.clone());
        Self { layers, clock, pen }
    }

    /// One durable layer and nothing above it.
    pub fn of(name: &str, tier: Arc<dyn Tier>, clock: Arc<dyn Clock>) -> Self {
        let layer = Layer::new(name, tier).durable().within(1_000, 1_000);
        Self::new(vec![layer], clock)
    }

    /// Layers that are [`Layer::behind`] are written to by `later`, when a quicker one has taken the thing. Without this,
    /// every write is waited for.
    pub fn after(self, later: Later) -> Self {
        let pen = self.pen.after(later);
        Self { pen, ..self }
    }

    /// What each layer did since the start, in their order.
    pub fn figures(&self) -> Vec<LayerFigures> {
        self.layers.iter().map(|layer| layer.figures()).collect()
    }

    /// By layer, in their order: what a sweep would remove. `None` where that cannot be told, or not now.
    pub async fn idle(&self, idle_ms: u64, keep: &[ObjectKey]) -> Vec<Option<Held>> {
        let asked = self.layers.iter().map(|layer| async move {
            let held = layer.try_for(HEALTH_MS, layer.tier.idle(idle_ms, keep));
            held.await.ok().flatten()
        });
        join_all(asked).await
    }

    /// Asks the layers one after the other until one has it.
    async fn read<'a, T: 'a>(
        &'a self,
        counters: fn(&Layer) -> &Counters,
        ask: impl Fn(&'a Layer) -> BoxFuture<'a, Result<Option<T>, Silence>>,
        size: impl Fn(&T) -> usize,
    ) -> Read<'a, T> {
        let mut missed = Vec::new();
        let mut durable_silent = None;
        for layer in &self.layers {
            let from = self.clock.now();
            let answer = ask(layer).await;
            let ms = self.clock.now().since(from);
            match answer {
                Ok(Some(found)) => {
                    counters(layer).hit(size(&found), ms);
                    return Read {
                        found: Some(found),
                        missed,
                        durable_silent: None,
                    };
                }
                Ok(None) => {
                    counters(layer).miss(ms);
                    missed.push(layer);
                }
                Err(silence) => {
                    counters(layer).silent(&silence);
                    if layer.durable {
                        durable_silent = Some(silence.error());
                    }
                }
            }
        }
        Read {
            found: None,
            missed,
            durable_silent,
        }
    }

    /// The layers that take an object of this size.
    fn taking(&self, size: usize) -> Vec<Arc<Layer>> {
        let taking = self.layers.iter().filter(|layer| layer.takes(size));
        taking.cloned().collect()
    }

    /// The same of every layer, from the bottom up, so that nothing is copied up again in between; says the first error.
    async fn of_all<'a>(
        &'a self,
        work: impl Fn(&'a Layer) -> BoxFuture<'a, Result<(), StoreError>>,
    ) -> Result<(), StoreError> {
        let mut all = Ok(());
        for layer in self.layers.iter().rev() {
            let done = layer.try_for(HEALTH_MS, work(layer)).await;
            all = all.and(done.map_err(Silence::error));
        }
        all
    }
}

fn of_objects(layer: &Layer) -> &Counters {
    &layer.objects
}

fn of_recipes(layer: &Layer) -> &Counters {
    &layer.recipes
}

impl Objects for Tiers {
    fn put<'a>(&'a self, bytes: Bytes) -> BoxFuture<'a, Result<ObjectKey, StoreError>> {
        async move {
            let size = bytes.len();
            limits::object(size)?;
            let key = ObjectKey::of(&bytes);
            let thing = Thing::Audio(bytes);
            self.pen.write(self.taking(size), &thing).await?;
            Ok(key)
        }
        .boxed()
    }

    /// [`StoreError`] only when no layer had it and the durable one gave no answer: it may well be there.
    fn get<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<Option<Bytes>, StoreError>> {
        async move {
            let ask = |layer: &'a Layer| layer.read(&*self.clock, layer.tier.get(key)).boxed();
            let read = self.read(of_objects, ask, Bytes::len).await;
            let Some(bytes) = read.found else {
                return read.durable_silent.map_or(Ok(None), Err);
            };
            let size = bytes.len();
            let missed = read.missed.into_iter();
            let above = missed.filter(|layer| layer.takes(size)).cloned().collect();
            let thing = Thing::Audio(bytes.clone());
            // It was read; whether it is nearer the next time is of no account now.
            let _ = self.pen.write(above, &thing).await;
            Ok(Some(bytes))
        }
        .boxed()
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StoreError>> {
        self.of_all(move |layer| layer.tier.delete(key)).boxed()
    }

    /// Says how many the durable layer removed.
    fn sweep<'a>(
        &'a self,
        idle_ms: u64,
        keep: &'a [ObjectKey],
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        async move {
            let mut durable = Ok(0);
            let mut most = 0;
            for layer in self.layers.iter().rev() {
                let swept = layer
                    .try_for(SWEEP_MS, layer.tier.sweep(idle_ms, keep))
                    .await;
                most = most.max(*swept.as_ref().unwrap_or(&0));
                if layer.durable {
                    durable = swept.map_err(Silence::error);
                }
            }
            let any = self.layers.iter().any(|layer| layer.durable);
            if any { durable } else { Ok(most) }
        }
        .boxed()
    }

    /// The first layer that is not well, by name.
    fn health(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        let asked = self.layers.iter().map(|layer| async move {
            let health = layer.try_for(HEALTH_MS, layer.tier.health()).await;
            health.map_err(|silence| (layer.durable, silence.error()))
        });
        async move {
            let mut ill: Vec<_> = join_all(asked)
                .await
                .into_iter()
                .filter_map(Result::err)
                .collect();
            // What is kept comes before what is quick.
            ill.sort_by_key(|(durable, _)| !durable);
            ill.into_iter().next().map_or(Ok(()), |(_, e)| Err(e))
        }
        .boxed()
    }
}

impl Recipes for Tiers {
    /// A note that is over counts as absent here.
    fn find<'a>(
        &'a self,
        recipe: &'a RecipeKey,
    ) -> BoxFuture<'a, Result<Option<Note>, StoreError>> {
        async move {
            let ask = |layer: &'a Layer| {
                let found = layer.find(&*self.clock, layer.tier.find(recipe));
                let fresh = |note: &Note| note.until > self.clock.now();
                async move { Ok(found.await?.filter(fresh)) }.boxed()
            };
            let read = self.read(of_recipes, ask, |_| 0).await;
            let Some(note) = read.found else {
                return read.durable_silent.map_or(Ok(None), Err);
            };
            let thing = Thing::Note(recipe.clone(), note.clone());
            let above = read.missed.into_iter().cloned().collect();
            let _ = self.pen.write(above, &thing).await;
            Ok(Some(note))
        }
        .boxed()
    }

    /// What is known for less than five minutes only is not written to the durable layer when there is another.
    fn note<'a>(
        &'a self,
        recipe: &'a RecipeKey,
        note: Note,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            let brief = note.until.since(self.clock.now()) < BRIEF_MS;
            let quick = self.layers.iter().any(|layer| !layer.durable);
            let chosen = self
                .layers
                .iter()
                .filter(|layer| !(brief && quick && layer.durable))
                .cloned()
                .collect();
            let thing = Thing::Note(recipe.clone(), note);
            self.pen.write(chosen, &thing).await
        }
        .boxed()
    }

    fn forget<'a>(&'a self, recipe: &'a RecipeKey) -> BoxFuture<'a, Result<(), StoreError>> {
        self.of_all(move |layer| layer.tier.forget(recipe)).boxed()
    }
}
