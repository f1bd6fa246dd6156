//! Notes on recipes in the bucket: `recipes/<hash>`, sealed.

use futures::{FutureExt, future::BoxFuture};
use store::{LARGEST_NOTE, Note, RecipeKey, Recipes, StoreError};

use crate::{
    S3Store,
    objects::{Body, RECIPES},
};

impl S3Store {
    async fn find_note(&self, recipe: &RecipeKey) -> Result<Option<Note>, StoreError> {
        let name = self.name(RECIPES, recipe.as_str());
        let note = match self.fetch(&name, LARGEST_NOTE).await? {
            Body::Whole(sealed) => Note::open(recipe, &sealed),
            Body::Bad => None,
            Body::Absent => return Ok(None),
        };
        if note.is_some() {
            self.remember(name);
        } else {
            // Keys that may only read cannot remove it; it is absent all the same.
            let _ = self.remove(&name).await;
        }
        Ok(note)
    }
}

impl Recipes for S3Store {
    fn find<'a>(
        &'a self,
        recipe: &'a RecipeKey,
    ) -> BoxFuture<'a, Result<Option<Note>, StoreError>> {
        self.within(self.find_note(recipe)).boxed()
    }

    fn note<'a>(
        &'a self,
        recipe: &'a RecipeKey,
        note: Note,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            let sealed = note.seal(recipe)?;
            let name = self.name(RECIPES, recipe.as_str());
            self.within(self.write(&name, sealed, false))
                .await
                .map(drop)
        }
        .boxed()
    }

    fn forget<'a>(&'a self, recipe: &'a RecipeKey) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            let name = self.name(RECIPES, recipe.as_str());
            self.within(self.remove(&name)).await
        }
        .boxed()
    }
}
