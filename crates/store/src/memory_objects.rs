//! Audio objects in memory: the first of the tiers, for tests, and for the house that has no disk.
//!
//! The decision: a fixed number of bytes; when it is full, what was used longest ago goes.

mod recipes;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use events::{At, Clock, SystemClock};
use futures::{FutureExt, future::BoxFuture};

use self::recipes::Notes;
use crate::{Held, ObjectKey, Objects, StoreError, limits};

/// Audio objects in memory, at most so many bytes of them.
pub struct MemoryObjects {
    clock: Arc<dyn Clock>,
    limit: usize,
    shelf: Mutex<Shelf>,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Shelf {
    kept: HashMap<ObjectKey, Kept>,
    bytes: usize,
    uses: u64,
}

struct Kept {
    bytes: Bytes,
    used: At,
    order: u64,
}

impl MemoryObjects {
    /// An empty shelf for `limit` bytes; `clock` says what [`Objects::sweep`] calls idle.
    pub fn new(clock: Arc<dyn Clock>, limit: usize) -> Self {
        Self {
            clock,
            limit,
            shelf: Mutex::default(),
            notes: Mutex::default(),
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        // A shelf that a panicking thread left is still whole: every change below is a single step.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert(&self, bytes: Bytes) -> Result<ObjectKey, StoreError> {
        limits::object(bytes.len())?;
        if bytes.len() > self.limit {
            return Err(StoreError::Unavailable(format!(
                "the object has {} bytes and the memory for audio holds {}: give it more, or a folder",
                bytes.len(),
                self.limit
            )));
        }
        let key = ObjectKey::of(&bytes);
        let now = self.clock.now();
        let mut shelf = self.shelf();
        if !shelf.touch(&key, now) {
            shelf.make_room(self.limit - bytes.len());
            shelf.add(key.clone(), bytes, now);
        }
        Ok(key)
    }
}

impl Default for MemoryObjects {
    /// 64 MB and the machine's clock.
    fn default() -> Self {
        Self::new(Arc::new(SystemClock::new()), 64 << 20)
    }
}

impl Shelf {
    /// What was not used for so long at `now`, but for what is in `keep`.
    fn idle(&self, now: At, idle_ms: u64, keep: &[ObjectKey]) -> Vec<ObjectKey> {
        let keep: HashSet<_> = keep.iter().collect();
        let idle = self
            .kept
            .iter()
            .filter(|(key, kept)| !keep.contains(key) && now.since(kept.used) >= idle_ms);
        idle.map(|(key, _)| key.clone()).collect()
    }

    fn touch(&mut self, key: &ObjectKey, now: At) -> bool {
        self.uses += 1;
        let order = self.uses;
        self.kept
            .get_mut(key)
            .map(|kept| (kept.used, kept.order) = (now, order))
            .is_some()
    }

    fn add(&mut self, key: ObjectKey, bytes: Bytes, used: At) {
        self.bytes += bytes.len();
        let order = self.uses;
        self.kept.insert(key, Kept { bytes, used, order });
    }

    fn remove(&mut self, key: &ObjectKey) {
        if let Some(kept) = self.kept.remove(key) {
            self.bytes -= kept.bytes.len();
        }
    }

    fn make_room(&mut self, until: usize) {
        while self.bytes > until {
            let oldest = self.kept.iter().min_by_key(|(_, kept)| kept.order);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else {
                return;
            };
            self.remove(&key);
        }
    }
}

impl Objects for MemoryObjects {
    fn put(&self, bytes: Bytes) -> BoxFuture<'_, Result<ObjectKey, StoreError>> {
        async move { self.insert(bytes) }.boxed()
    }

    fn get<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<Option<Bytes>, StoreError>> {
        async move {
            let now = self.clock.now();
            let mut shelf = self.shelf();
            shelf.touch(key, now);
            Ok(shelf.kept.get(key).map(|kept| kept.bytes.clone()))
        }
        .boxed()
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            self.shelf().remove(key);
            Ok(())
        }
        .boxed()
    }

    fn sweep<'a>(
        &'a self,
        idle_ms: u64,
        keep: &'a [ObjectKey],
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        async move {
            let now = self.clock.now();
            self.notes().sweep(now);
            let mut shelf = self.shelf();
            let idle = shelf.idle(now, idle_ms, keep);
            idle.iter().for_each(|key| shelf.remove(key));
            Ok(idle.len() as u64)
        }
        .boxed()
    }

    fn health(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        async { Ok(()) }.boxed()
    }

    fn idle<'a>(
        &'a self,
        idle_ms: u64,
        keep: &'a [ObjectKey],
    ) -> BoxFuture<'a, Result<Option<Held>, StoreError>> {
        async move {
            let shelf = self.shelf();
            let keys = shelf.idle(self.clock.now(), idle_ms, keep);
            let bytes = keys.iter().filter_map(|key| shelf.kept.get(key));
            Ok(Some(Held {
                entries: keys.len() as u64,
                bytes: bytes.map(|kept| kept.bytes.len() as u64).sum(),
            }))
        }
        .boxed()
    }
}
