//! What was made from which recipe, in memory: so many notes, and when there are more, the oldest goes.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{MutexGuard, PoisonError},
};

use events::At;
use futures::{FutureExt, future::BoxFuture};

use super::MemoryObjects;
use crate::{Note, RecipeKey, Recipes, StoreError};

/// The most notes; about 10 MB.
const NOTES: usize = 20_000;

#[derive(Default)]
pub(super) struct Notes {
    kept: HashMap<RecipeKey, (u64, Note)>,
    ages: BTreeMap<u64, RecipeKey>,
    writes: u64,
}

impl Notes {
    fn add(&mut self, recipe: RecipeKey, note: Note) {
        self.remove(&recipe);
        while self.kept.len() >= NOTES {
            let Some((_, oldest)) = self.ages.pop_first() else {
                break;
            };
            self.kept.remove(&oldest);
        }
        self.writes += 1;
        self.ages.insert(self.writes, recipe.clone());
        self.kept.insert(recipe, (self.writes, note));
    }

    fn remove(&mut self, recipe: &RecipeKey) {
        if let Some((age, _)) = self.kept.remove(recipe) {
            self.ages.remove(&age);
        }
    }

    /// Removes what is over.
    pub(super) fn sweep(&mut self, now: At) {
        let kept = self.kept.iter();
        let over = kept.filter(|(_, (_, note))| note.until <= now);
        let over: Vec<_> = over.map(|(recipe, _)| recipe.clone()).collect();
        over.iter().for_each(|recipe| self.remove(recipe));
    }
}

impl MemoryObjects {
    pub(super) fn notes(&self) -> MutexGuard<'_, Notes> {
        // Two tables that a panicking thread left differ by one note at most, which ages out.
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recipes for MemoryObjects {
    fn find<'a>(
        &'a self,
        recipe: &'a RecipeKey,
    ) -> BoxFuture<'a, Result<Option<Note>, StoreError>> {
        async move { Ok(self.notes().kept.get(recipe).map(|(_, note)| note.clone())) }.boxed()
    }

    fn note<'a>(
        &'a self,
        recipe: &'a RecipeKey,
        note: Note,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            note.seal(recipe)?;
            self.notes().add(recipe.clone(), note);
            Ok(())
        }
        .boxed()
    }

    fn forget<'a>(&'a self, recipe: &'a RecipeKey) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            self.notes().remove(recipe);
            Ok(())
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Known, ObjectKey};

    fn recipe(n: usize) -> RecipeKey {
        RecipeKey::parse(ObjectKey::of(&n.to_be_bytes()).as_str()).expect("a hash is a key")
    }

    #[test]
    fn the_oldest_goes_and_both_tables_stay_in_step() {
        let mut notes = Notes::default();
        let note = |until| Note {
            known: Known::Failed(String::new()),
            until: At(until),
        };
        for n in 0..=NOTES {
            notes.add(recipe(n), note(5));
            notes.add(recipe(n), note(n as u64));
        }
        assert_eq!((notes.kept.len(), notes.ages.len()), (NOTES, NOTES));
        assert!(!notes.kept.contains_key(&recipe(0)));
        assert!(notes.kept.contains_key(&recipe(NOTES)));
        notes.sweep(At(100));
        assert_eq!(
            (notes.kept.len(), notes.ages.len()),
            (NOTES - 100, NOTES - 100)
        );
    }
}
