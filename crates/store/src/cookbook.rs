//! What is made once, remembered, and found again by any process.
//!
//! The decision: looking up, waiting for another maker, making and remembering are one step for the caller. Whatever
//! fails around the making (the notes, the turns) costs a second making at worst, never the thing itself.

use std::{sync::Arc, time::Duration};

use events::Clock;

use crate::{Flights, Known, Note, RecipeKey, Recipes, StoreError, once};

/// How long forgetting may take, ms.
const FORGET_MS: u64 = 300;

/// What was made, as its maker describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The description, as JSON.
    pub json: String,
    /// For how long it is worth being found again, ms. A stand-in is worth a few seconds: it serves those who wait now.
    pub keep_ms: u64,
}

/// Whether it was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It was made before, here or elsewhere.
    Found,
    /// It was made now, by us.
    Made,
}

/// Recipes, and turns to cook.
pub struct Cookbook {
    recipes: Arc<dyn Recipes>,
    flights: Arc<dyn Flights>,
    clock: Arc<dyn Clock>,
    lease_ms: u64,
    failed_ms: u64,
}

impl Cookbook {
    /// Nobody waits for another maker for more than `lease_ms`; a failure is the answer to everybody for `failed_ms`.
    pub fn new(
        recipes: Arc<dyn Recipes>,
        flights: Arc<dyn Flights>,
        clock: Arc<dyn Clock>,
        lease_ms: u64,
        failed_ms: u64,
    ) -> Self {
        Self {
            recipes,
            flights,
            clock,
            lease_ms,
            failed_ms,
        }
    }

    /// Finds it, waits for another who makes it, or makes it. The error is its maker's, here or elsewhere, now or a
    /// moment ago.
    pub async fn find_or_make<Make>(
        &self,
        recipe: &RecipeKey,
        make: impl FnOnce() -> Make,
    ) -> Result<(String, Source), String>
    where
        Make: Future<Output = Result<Made, String>>,
    {
        let look = || async {
            match self.recipes.find(recipe).await {
                Ok(Some(note)) => Some(note.known),
                // Notes that cannot be read cost a making, not the clip.
                Ok(None) | Err(_) => None,
            }
        };
        let mut source = Source::Found;
        let made_here = &mut source;
        let cook = || async move {
            *made_here = Source::Made;
            let (known, keep_ms) = match make().await {
                Ok(made) => (Known::Made(made.json), made.keep_ms),
                Err(why) => (Known::Failed(why), self.failed_ms),
            };
            let until = self.clock.now() + keep_ms;
            let note = Note {
                known: known.clone(),
                until,
            };
            // Unwritten, it is made again when it is wanted again.
            let _ = self.recipes.note(recipe, note).await;
            Ok::<_, StoreError>(known)
        };
        let known = once(
            &*self.flights,
            &*self.clock,
            recipe.as_str(),
            self.lease_ms,
            look,
            cook,
        );
        match known.await {
            Ok(Known::Made(json)) => Ok((json, source)),
            Ok(Known::Failed(why)) => Err(why),
            Err(error) => Err(error.to_string()),
        }
    }

    /// What was made, if it was and is still worth being found; one look, and nobody is waited for.
    pub async fn look(&self, recipe: &RecipeKey) -> Option<String> {
        let note = self.recipes.find(recipe).await.ok().flatten()?;
        match note.known {
            Known::Made(json) if note.until > self.clock.now() => Some(json),
            Known::Made(_) | Known::Failed(_) => None,
        }
    }

    /// Remembers what came out of making something else.
    pub async fn remember(&self, recipe: &RecipeKey, made: Made) {
        let note = Note {
            until: self.clock.now() + made.keep_ms,
            known: Known::Made(made.json),
        };
        // Unwritten, it is made again when it is wanted.
        let _ = self.recipes.note(recipe, note).await;
    }

    /// Forgets a recipe whose audio is gone, so that it is made again.
    pub async fn forget(&self, recipe: &RecipeKey) {
        // Not forgotten, it is found once more without its audio, and forgotten then. A caller may be waiting.
        let forgetting = self.recipes.forget(recipe);
        let _ = tokio::time::timeout(Duration::from_millis(FORGET_MS), forgetting).await;
    }
}
