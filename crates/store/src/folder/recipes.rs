//! What was made from which recipe, as files beside the audio: `recipes/ab/cdef…`, one sealed note each.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::PathBuf,
    time::Duration,
};

use bytes::Bytes;
use futures::{FutureExt, future::BoxFuture};

use super::{FolderObjects, Shelf, absent_is_none, idle_in, renew};
use crate::{LARGEST_NOTE, Note, RecipeKey, Recipes, StoreError};

impl Shelf {
    fn recipes(&self) -> PathBuf {
        self.folder.join("recipes")
    }

    fn note_path(&self, recipe: &str) -> PathBuf {
        let (drawer, rest) = recipe.split_at(2);
        self.recipes().join(drawer).join(rest)
    }

    fn find(&self, recipe: &RecipeKey) -> io::Result<Option<Note>> {
        let path = self.note_path(recipe.as_str());
        let mut sealed = Vec::new();
        let read = File::open(&path)
            .and_then(|file| file.take(LARGEST_NOTE as u64 + 1).read_to_end(&mut sealed));
        if absent_is_none(read)?.is_none() {
            return Ok(None);
        }
        let note = Note::open(recipe, &sealed);
        if note.is_some() {
            renew(&path);
        } else {
            absent_is_none(fs::remove_file(&path))?;
        }
        Ok(note)
    }

    fn note(&self, recipe: &RecipeKey, sealed: &Bytes) -> io::Result<()> {
        self.place(&self.note_path(recipe.as_str()), sealed)
    }

    fn forget(&self, recipe: &str) -> io::Result<()> {
        absent_is_none(fs::remove_file(self.note_path(recipe))).map(drop)
    }

    pub(super) fn sweep_recipes(&self, idle: Duration) -> io::Result<()> {
        let idle = absent_is_none(idle_in(&self.recipes(), idle))?;
        idle.into_iter()
            .flatten()
            .try_for_each(|recipe| self.forget(recipe.as_str()))
    }
}

impl Recipes for FolderObjects {
    fn find<'a>(
        &'a self,
        recipe: &'a RecipeKey,
    ) -> BoxFuture<'a, Result<Option<Note>, StoreError>> {
        let recipe = recipe.clone();
        self.off(move |shelf| shelf.find(&recipe))
    }

    fn note<'a>(
        &'a self,
        recipe: &'a RecipeKey,
        note: Note,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        let sealed = match note.seal(recipe) {
            Ok(sealed) => sealed,
            Err(e) => return async { Err(e) }.boxed(),
        };
        let recipe = recipe.clone();
        self.off(move |shelf| shelf.note(&recipe, &sealed))
    }

    fn forget<'a>(&'a self, recipe: &'a RecipeKey) -> BoxFuture<'a, Result<(), StoreError>> {
        let recipe = recipe.clone();
        self.off(move |shelf| shelf.forget(recipe.as_str()))
    }
}
