//! A disk that is slow or hangs: what a caller hears comes from memory, and new sentences do not wait for it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{FutureExt, future::BoxFuture};
use store::{Layer, MemoryObjects, Note, ObjectKey, Objects, RecipeKey, Recipes, StoreError, Tier};

use crate::{
    parts::{Paused, answers},
    phone::{Phone, SoundKind},
    world::{Plan, World},
};

const QUESTION: &str = "could you tell me when you are open";

/// Longer than anybody waits, ms.
const HANGS: u64 = 3_600_000;

/// A store whose every step takes so long before it is begun, ms.
struct Late {
    store: MemoryObjects,
    ms: Arc<AtomicU64>,
}

impl Late {
    fn after<'a, T: 'a>(&'a self, step: BoxFuture<'a, T>) -> BoxFuture<'a, T> {
        let wait = Duration::from_millis(self.ms.load(Ordering::SeqCst));
        async move {
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            step.await
        }
        .boxed()
    }
}

impl Objects for Late {
    fn put(&self, bytes: Bytes) -> BoxFuture<'_, Result<ObjectKey, StoreError>> {
        self.after(self.store.put(bytes))
    }

    fn get<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<Option<Bytes>, StoreError>> {
        self.after(self.store.get(key))
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StoreError>> {
        self.after(self.store.delete(key))
    }

    fn sweep<'a>(
        &'a self,
        idle_ms: u64,
        keep: &'a [ObjectKey],
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        self.after(self.store.sweep(idle_ms, keep))
    }

    fn health(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.after(self.store.health())
    }
}

impl Recipes for Late {
    fn find<'a>(
        &'a self,
        recipe: &'a RecipeKey,
    ) -> BoxFuture<'a, Result<Option<Note>, StoreError>> {
        self.after(self.store.find(recipe))
    }

    fn note<'a>(
        &'a self,
        recipe: &'a RecipeKey,
        note: Note,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.after(self.store.note(recipe, note))
    }

    fn forget<'a>(&'a self, recipe: &'a RecipeKey) -> BoxFuture<'a, Result<(), StoreError>> {
        self.after(self.store.forget(recipe))
    }
}

/// Memory over a disk, with the deadlines of the program, and what the disk's steps take.
async fn world() -> (World, Arc<AtomicU64>) {
    let store = || MemoryObjects::new(Arc::new(Paused::new()), 64 << 20);
    let ms = Arc::new(AtomicU64::new(0));
    let disk: Arc<dyn Tier> = Arc::new(Late {
        store: store(),
        ms: ms.clone(),
    });
    let folder = Layer::new("folder", disk).durable();
    let layers = vec![
        Layer::new("memory", Arc::new(store())),
        folder.within(500, 500).finding_within(150),
    ];
    let world = Plan {
        layers,
        ..Plan::default()
    }
    .open();
    world.make_fillers().await;
    (world, ms)
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_is_slow_or_hangs_leaves_nobody_in_silence() {
    for late_ms in [2_000, HANGS] {
        let (world, ms) = world().await;
        ms.store(late_ms, Ordering::SeqCst);
        for call in 0..100 {
            let mut phone = Phone::dial(&world, &format!("late-{late_ms}-{call}")).await;
            for turn in 0..3 {
                let words = format!("We open at eight, {call} times {turn}.");
                world.agent.pull(move |_| answers(100, &words));
                let turn = phone.say(QUESTION).await;
                let answer = turn.sounds.iter().filter(|s| s.kind != SoundKind::Filler);
                assert_eq!(answer.count(), 1, "{late_ms} ms: {turn:?}");
                // With or without a filler: no filler is owed before 400 ms, and the answer takes no longer than that.
                assert!(turn.silence() <= 1_200, "{late_ms} ms: {turn:?}");
                assert!(turn.answer() <= 4_000, "{late_ms} ms: {turn:?}");
            }
            phone.hang_up().await;
        }
        world.settle().await;
    }
}
