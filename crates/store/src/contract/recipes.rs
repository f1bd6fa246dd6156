//! What was made from which recipe.

use events::At;

use super::{NOON, fresh, good};
use crate::{Known, LARGEST_NOTE, Note, Recipe, RecipeKey, Recipes, StoreError};

pub(super) async fn all(recipes: &dyn Recipes) {
    what_is_noted_comes_back(recipes).await;
    the_last_note_counts(recipes).await;
    a_forgotten_recipe_is_unknown(recipes).await;
    a_note_has_a_largest_size(recipes).await;
}

fn new_recipe() -> RecipeKey {
    Recipe {
        tenant: None,
        provider: "contract",
        model: "",
        voice: "one",
        settings: "",
        text: &fresh("text"),
        format: "mulaw8000",
        version: 1,
    }
    .key()
}

/// Long after any run of this suite.
fn note(known: Known) -> Note {
    let until = At(NOON.0 + 30 * 365 * 24 * 60 * 60_000);
    Note { known, until }
}

fn made(text: &str) -> Note {
    note(Known::Made(text.to_owned()))
}

async fn what_is_noted_comes_back(recipes: &dyn Recipes) {
    let notes = [
        made("{\"object\":\"ab\",\"ms\":900}"),
        note(Known::Failed("no engine speaks \"Ωmega\"\n".to_owned())),
        made(&"x".repeat(LARGEST_NOTE / 2)),
    ];
    for note in notes {
        let recipe = new_recipe();
        let before = good("find", recipes.find(&recipe).await);
        assert_eq!(before, None, "not known yet");
        good("note", recipes.note(&recipe, note.clone()).await);
        for _ in 0..2 {
            let back = good("find", recipes.find(&recipe).await);
            assert_eq!(back.as_ref(), Some(&note), "the same note");
        }
    }
}

async fn the_last_note_counts(recipes: &dyn Recipes) {
    let recipe = new_recipe();
    let failed = note(Known::Failed("busy".to_owned()));
    good("note", recipes.note(&recipe, failed).await);
    good("note", recipes.note(&recipe, made("{}")).await);
    let back = good("find", recipes.find(&recipe).await);
    assert_eq!(back, Some(made("{}")), "the last one");
}

async fn a_forgotten_recipe_is_unknown(recipes: &dyn Recipes) {
    let (recipe, other) = (new_recipe(), new_recipe());
    good("note", recipes.note(&recipe, made("{}")).await);
    good("note", recipes.note(&other, made("{}")).await);
    for _ in 0..2 {
        good("forget", recipes.forget(&recipe).await);
        let back = good("find", recipes.find(&recipe).await);
        assert_eq!(back, None, "forgotten");
    }
    let back = good("find", recipes.find(&other).await);
    assert_eq!(back, Some(made("{}")), "the other stays");
}

async fn a_note_has_a_largest_size(recipes: &dyn Recipes) {
    let recipe = new_recipe();
    let refused = recipes.note(&recipe, made(&"x".repeat(LARGEST_NOTE))).await;
    let told = matches!(refused, Err(StoreError::Unavailable(_)));
    assert!(told, "too long: {refused:?}");
    let back = good("find", recipes.find(&recipe).await);
    assert_eq!(back, None, "nothing was stored");
}
