//! Notes on recipes in Redis, each with the end that it has anyway.

use deadpool_redis::redis::cmd;
use futures::{FutureExt, future::BoxFuture};
use store::{LARGEST_NOTE, Note, RecipeKey, Recipes, StoreError};

use crate::{
    RedisStore,
    words::{explain, says},
};

/// Redis counts in signed 64-bit ms: the year 9999.
const LATEST: u64 = 253_402_300_799_000;

impl RedisStore {
    fn recipe(&self, recipe: &RecipeKey) -> String {
        self.key('r', recipe.as_str())
    }

    async fn find_note(&self, recipe: &RecipeKey) -> Result<Option<Note>, StoreError> {
        let name = self.recipe(recipe);
        let mut read = deadpool_redis::redis::pipe();
        read.cmd("GETRANGE").arg(&name).arg(0).arg(LARGEST_NOTE);
        let sealed = match self.line.hear_all::<(Vec<u8>,)>(&read).await? {
            Ok((sealed,)) if sealed.is_empty() => return Ok(None),
            Ok((sealed,)) => sealed,
            Err(e) if says(&e, "WRONGTYPE") => Vec::new(),
            Err(e) => return Err(explain(self.line.place(), &e)),
        };
        let note = Note::open(recipe, &sealed);
        if note.is_none() {
            self.line.ask::<()>(cmd("UNLINK").arg(&name)).await?;
        }
        Ok(note)
    }
}

impl Recipes for RedisStore {
    fn find<'a>(
        &'a self,
        recipe: &'a RecipeKey,
    ) -> BoxFuture<'a, Result<Option<Note>, StoreError>> {
        self.find_note(recipe).boxed()
    }

    fn note<'a>(
        &'a self,
        recipe: &'a RecipeKey,
        note: Note,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            let sealed = note.seal(recipe)?;
            let mut set = cmd("SET");
            set.arg(self.recipe(recipe)).arg(&sealed[..]);
            set.arg("PXAT").arg(note.until.0.clamp(1, LATEST));
            self.line.ask(&set).await
        }
        .boxed()
    }

    fn forget<'a>(&'a self, recipe: &'a RecipeKey) -> BoxFuture<'a, Result<(), StoreError>> {
        async move { self.line.ask(cmd("UNLINK").arg(self.recipe(recipe))).await }.boxed()
    }
}
