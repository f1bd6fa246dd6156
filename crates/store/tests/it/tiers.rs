//! Layers that fail, are late, or forget.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use bytes::Bytes;
use events::{At, Clock, ManualClock, SystemClock};
use futures::{FutureExt, future::BoxFuture};
use store::{
    Figures, FolderObjects, Held, Known, Layer, MemoryObjects, Note, ObjectKey, Objects, Recipe,
    RecipeKey, Recipes, StoreError, Tiers, Times,
};

/// Memory that can be told to fail or to never answer, and counts how often it was asked.
#[derive(Default)]
struct Moody {
    inner: MemoryObjects,
    fails: AtomicBool,
    hangs: AtomicBool,
    asked: AtomicU64,
}

impl Moody {
    fn mood<'a, T: Send + 'a>(
        &'a self,
        work: BoxFuture<'a, Result<T, StoreError>>,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            if self.hangs.load(Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
            if self.fails.load(Ordering::SeqCst) {
                return Err(StoreError::Unavailable("it is broken: mend it".to_owned()));
            }
            work.await
        }
        .boxed()
    }

    fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Objects for Moody {
    fn put(&self, bytes: Bytes) -> BoxFuture<'_, Result<ObjectKey, StoreError>> {
        self.mood(self.inner.put(bytes))
    }
    fn get<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<Option<Bytes>, StoreError>> {
        self.mood(self.inner.get(key))
    }
    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StoreError>> {
        self.mood(self.inner.delete(key))
    }
    fn sweep<'a>(
        &'a self,
        idle_ms: u64,
        keep: &'a [ObjectKey],
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        self.mood(self.inner.sweep(idle_ms, keep))
    }
    fn health(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.mood(self.inner.health())
    }
}

impl Recipes for Moody {
    fn find<'a>(
        &'a self,
        recipe: &'a RecipeKey,
    ) -> BoxFuture<'a, Result<Option<Note>, StoreError>> {
        self.mood(self.inner.find(recipe))
    }
    fn note<'a>(
        &'a self,
        recipe: &'a RecipeKey,
        note: Note,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.mood(self.inner.note(recipe, note))
    }
    fn forget<'a>(&'a self, recipe: &'a RecipeKey) -> BoxFuture<'a, Result<(), StoreError>> {
        self.mood(self.inner.forget(recipe))
    }
}

struct World {
    top: Arc<Moody>,
    middle: Arc<Moody>,
    bottom: Arc<Moody>,
    clock: Arc<ManualClock>,
    tiers: Tiers,
}

fn world() -> World {
    let (top, middle, bottom) = (Arc::default(), Arc::default(), Arc::default());
    let clock = Arc::new(ManualClock::default());
    let layer = |name, tier: &Arc<Moody>| Layer::new(name, tier.clone()).within(30, 30);
    let layers = vec![
        layer("top", &top),
        layer("middle", &middle),
        layer("bottom", &bottom).durable(),
    ];
    let tiers = Tiers::new(layers, clock.clone());
    World {
        top,
        middle,
        bottom,
        clock,
        tiers,
    }
}

fn sound(n: u8) -> Bytes {
    vec![n; 1_000].into()
}

fn recipe() -> RecipeKey {
    Recipe {
        tenant: None,
        provider: "p",
        model: "",
        voice: "v",
        settings: "",
        text: "Good morning.",
        format: "mulaw8000",
        version: 1,
    }
    .key()
}

#[tokio::test]
async fn a_read_fills_the_layers_above() {
    let w = world();
    let key = w.bottom.inner.put(sound(1)).await.unwrap();
    assert_eq!(w.tiers.get(&key).await, Ok(Some(sound(1))));
    assert_eq!(w.top.inner.get(&key).await, Ok(Some(sound(1))));
    assert_eq!(w.middle.inner.get(&key).await, Ok(Some(sound(1))));
    let asked = w.bottom.asked();
    assert_eq!(w.tiers.get(&key).await, Ok(Some(sound(1))));
    assert_eq!(w.bottom.asked(), asked, "the top has it now");
    let of = |at: usize| w.tiers.figures()[at].objects;
    assert_eq!(
        (of(0).hits, of(0).misses, of(0).read_bytes, of(0).writes),
        (1, 1, 1_000, 1)
    );
    assert_eq!(
        (of(2).hits, of(2).misses, of(2).read_bytes, of(2).writes),
        (1, 0, 1_000, 0)
    );
}

#[tokio::test]
async fn a_layer_that_fails_is_passed_over() {
    let w = world();
    let key = w.bottom.inner.put(sound(1)).await.unwrap();
    w.middle.fails.store(true, Ordering::SeqCst);
    assert_eq!(w.tiers.get(&key).await, Ok(Some(sound(1))));
    let figures = w.tiers.figures();
    assert_eq!(
        figures[1].objects,
        Figures {
            errors: 1,
            ..Figures::default()
        }
    );
    assert_eq!(figures[1].trouble.as_deref(), Some("it is broken: mend it"));
    let put = w.tiers.put(sound(2)).await.unwrap();
    assert_eq!(w.bottom.inner.get(&put).await, Ok(Some(sound(2))));
    assert_eq!(
        w.tiers.health().await,
        Err(StoreError::Unavailable("it is broken: mend it".into()))
    );
}

#[tokio::test]
async fn a_layer_that_never_answers_costs_its_deadline_and_then_rests() {
    let w = world();
    w.middle.hangs.store(true, Ordering::SeqCst);
    let clock = SystemClock::new();
    for n in 0..20 {
        let key = w.bottom.inner.put(sound(n)).await.unwrap();
        let from = clock.now();
        assert_eq!(w.tiers.get(&key).await, Ok(Some(sound(n))));
        let ms = clock.now().since(from);
        assert!(ms < 1_000, "30 ms and some: {ms}");
    }
    let middle = w.tiers.figures()[1].objects;
    assert_eq!((middle.late, middle.rested), (5, 15));
    // After a second one request tries it, the others still pass.
    w.clock.advance(1_000);
    for n in 20..23 {
        let key = w.bottom.inner.put(sound(n)).await.unwrap();
        assert_eq!(w.tiers.get(&key).await, Ok(Some(sound(n))));
    }
    let middle = w.tiers.figures()[1].objects;
    assert_eq!((middle.late, middle.rested), (6, 17));
    // It is well again, which the next try shows.
    w.middle.hangs.store(false, Ordering::SeqCst);
    w.clock.advance(1_000);
    for n in 30..33 {
        let key = w.middle.inner.put(sound(n)).await.unwrap();
        assert_eq!(w.tiers.get(&key).await, Ok(Some(sound(n))));
    }
    let middle = &w.tiers.figures()[1];
    assert_eq!((middle.objects.hits, middle.trouble.clone()), (3, None));
}

#[tokio::test]
async fn the_durable_layer_decides_a_write() {
    let w = world();
    w.bottom.fails.store(true, Ordering::SeqCst);
    let refused = w.tiers.put(sound(1)).await;
    assert_eq!(
        refused,
        Err(StoreError::Unavailable("it is broken: mend it".into()))
    );
    let key = ObjectKey::of(&sound(1));
    assert_eq!(
        w.tiers.get(&key).await,
        Ok(Some(sound(1))),
        "others have it"
    );
    let unknown = ObjectKey::of(b"never stored");
    assert!(w.tiers.get(&unknown).await.is_err(), "it may be there");
}

#[tokio::test]
async fn a_deleted_object_is_in_no_layer() {
    let w = world();
    let key = w.tiers.put(sound(1)).await.unwrap();
    w.tiers.delete(&key).await.unwrap();
    for layer in [&w.top, &w.middle, &w.bottom] {
        assert_eq!(layer.inner.get(&key).await, Ok(None));
    }
    w.top.fails.store(true, Ordering::SeqCst);
    assert!(
        w.tiers.delete(&key).await.is_err(),
        "one layer may still have it"
    );
}

#[tokio::test]
async fn objects_that_are_too_large_for_a_layer_pass_it_by() {
    let (top, bottom) = (Arc::new(Moody::default()), Arc::new(Moody::default()));
    let layers = vec![
        Layer::new("top", top.clone()).at_most(999),
        Layer::new("bottom", bottom.clone()).durable(),
    ];
    let tiers = Tiers::new(layers, Arc::new(ManualClock::default()));
    let key = tiers.put(sound(1)).await.unwrap();
    assert_eq!(tiers.get(&key).await, Ok(Some(sound(1))));
    assert_eq!(top.inner.get(&key).await, Ok(None));
    assert_eq!(
        tiers.figures()[0].objects,
        Figures {
            misses: 1,
            reads: times([(0, 1)]),
            ..Figures::default()
        }
    );
}

#[tokio::test]
async fn a_clip_is_found_by_its_recipe_after_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let start = || {
        let folder = Arc::new(FolderObjects::open(home.path()).unwrap());
        let layers = vec![
            Layer::new("memory", Arc::new(MemoryObjects::default())),
            Layer::new("folder", folder).durable().within(5_000, 5_000),
        ];
        Tiers::new(layers, clock.clone())
    };
    let until = clock.now() + 60 * 60_000;
    let note = Note {
        known: Known::Made("{}".to_owned()),
        until,
    };
    start().note(&recipe(), note.clone()).await.unwrap();
    let restarted = start();
    for (memory, folder) in [((0, 1), (1, 0)), ((1, 1), (1, 0))] {
        assert_eq!(restarted.find(&recipe()).await, Ok(Some(note.clone())));
        let figures = restarted.figures();
        let of = |at: usize| (figures[at].recipes.hits, figures[at].recipes.misses);
        assert_eq!((of(0), of(1)), (memory, folder));
    }
}

#[tokio::test]
async fn what_failed_is_remembered_briefly_and_not_for_good() {
    let w = world();
    let note = Note {
        known: Known::Failed("busy".to_owned()),
        until: w.clock.now() + 5_000,
    };
    w.tiers.note(&recipe(), note.clone()).await.unwrap();
    assert_eq!(w.bottom.asked(), 0, "no durable write for five seconds");
    assert_eq!(w.tiers.find(&recipe()).await, Ok(Some(note.clone())));
    w.clock.advance(5_000);
    assert_eq!(w.tiers.find(&recipe()).await, Ok(None), "over");
    assert_eq!(
        w.middle.inner.find(&recipe()).await,
        Ok(Some(note)),
        "though still there"
    );
}

#[tokio::test]
async fn a_bad_note_in_the_folder_is_removed_and_counts_as_absent() {
    let home = tempfile::tempdir().unwrap();
    let folder = FolderObjects::open(home.path()).unwrap();
    let note = Note {
        known: Known::Made("{}".to_owned()),
        until: At(u64::MAX),
    };
    let recipe_key = recipe();
    let (drawer, rest) = recipe_key.as_str().split_at(2);
    let path = home.path().join("recipes").join(drawer).join(rest);
    for bad in [&b"{}"[..], b"", &[0xff; 90]] {
        folder.note(&recipe(), note.clone()).await.unwrap();
        std::fs::write(&path, bad).unwrap();
        assert_eq!(folder.find(&recipe()).await, Ok(None), "{bad:?}");
        assert!(!path.exists(), "{bad:?}");
    }
    folder.note(&recipe(), note.clone()).await.unwrap();
    assert_eq!(folder.find(&recipe()).await, Ok(Some(note)));
    assert_eq!(folder.sweep(0, &[]).await, Ok(0), "notes are no objects");
    assert!(!path.exists(), "and are swept with them");
}

/// So many reads up to each of these milliseconds.
fn times<const N: usize>(all: [(u32, u64); N]) -> Times {
    let mut times = Times::default();
    for (ms, n) in all {
        let at = Times::BORDERS.iter().position(|border| *border == ms);
        times.0[at.unwrap()] = n;
    }
    times
}

#[test]
fn times_are_told_by_the_border_under_which_they_are() {
    assert_eq!(Times::default().within(50), None, "nothing was read");
    let most_at_once = times([(0, 90), (5, 9), (400, 1)]);
    assert_eq!(most_at_once.within(50), Some(0));
    assert_eq!(most_at_once.within(90), Some(0));
    assert_eq!(most_at_once.within(95), Some(5));
    assert_eq!(most_at_once.within(100), Some(400));
    assert_eq!(most_at_once.count(), 100);
    let later = times([(0, 95), (5, 9), (400, 1)]);
    assert_eq!(later.since(&most_at_once), times([(0, 5)]));
    let mut late = Times::default();
    late.0[13] = 1;
    assert_eq!(late.within(50), None, "longer than any border");
}

#[tokio::test]
async fn each_layer_says_what_would_be_swept() {
    let w = world();
    let tiers = Tiers::new(
        vec![
            Layer::new("memory", Arc::new(MemoryObjects::default())),
            Layer::new("moody", w.top.clone()),
        ],
        w.clock.clone(),
    );
    let kept = tiers.put(sound(1)).await.unwrap();
    tiers.put(sound(2)).await.unwrap();
    let keep = [kept];
    let idle = tiers.idle(0, &keep).await;
    let one = Held {
        entries: 1,
        bytes: sound(2).len() as u64,
    };
    assert_eq!(idle, [Some(one), None], "who cannot tell does not guess");
    assert_eq!(tiers.sweep(0, &keep).await, Ok(1));
}
