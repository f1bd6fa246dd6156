//! The port for what was made from which recipe.
//!
//! The decision: a clip is found by everything that can be heard in it, as one hash, so that another process and the
//! next start find it too. What is known of a recipe is small, is checked when it is read, and ends by itself; it never
//! holds the words that were spoken.

use bytes::Bytes;
use events::At;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::{ObjectKey, StoreError};

/// The largest note as it is stored, bytes.
pub const LARGEST_NOTE: usize = 4 << 10;

/// Everything that can be heard in a clip, and who may hear it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe<'a> {
    /// The tenant whose words these are; `None` for words of the operator, which every tenant shares.
    pub tenant: Option<&'a str>,
    /// Who speaks.
    pub provider: &'a str,
    /// With which model; empty when there is only one.
    pub model: &'a str,
    /// In which voice.
    pub voice: &'a str,
    /// The voice's settings, written in one way only.
    pub settings: &'a str,
    /// The text after normalisation.
    pub text: &'a str,
    /// The format of the audio.
    pub format: &'a str,
    /// Counts the ways in which clips were ever made; what an older way made is stale.
    pub version: u32,
}

impl Recipe<'_> {
    /// Its name: SHA-256 over the fields with their lengths, so that no two recipes share one.
    pub fn key(&self) -> RecipeKey {
        let mut all = self.version.to_be_bytes().to_vec();
        // A tenant's words never meet the operator's, not even of a tenant without a name.
        all.push(self.tenant.is_some().into());
        for field in [
            self.tenant.unwrap_or_default(),
            self.provider,
            self.model,
            self.voice,
            self.settings,
            self.text,
            self.format,
        ] {
            all.extend((field.len() as u64).to_be_bytes());
            all.extend(field.as_bytes());
        }
        RecipeKey(ObjectKey::of(&all))
    }
}

/// The name of a recipe: 64 lower-case hex digits that say nothing of the words in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecipeKey(ObjectKey);

impl RecipeKey {
    /// Reads a key: 64 lower-case hex digits, nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        ObjectKey::parse(text).map(Self)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// What became of a recipe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// It was made: what its maker says of it, as JSON. The object's name stands in it, the words do not.
    Made(String),
    /// It could not be made, and this is why; asking again at once would end the same way.
    Failed(String),
}

/// What is known of a recipe, until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What became of it.
    pub known: Known,
    /// The moment from which this is worth nothing.
    pub until: At,
}

impl Note {
    /// The note as it is stored under `key`: a hash over both, a line end, JSON. The error says that it is too long.
    pub fn seal(&self, key: &RecipeKey) -> Result<Bytes, StoreError> {
        let json = serde_json::to_string(self)
            .map_err(|e| StoreError::Corrupt(format!("a note cannot be written: {e}")))?;
        let sealed = format!("{}\n{json}", seal(key, &json));
        if sealed.len() > LARGEST_NOTE {
            return Err(StoreError::Unavailable(format!(
                "a note has {} bytes, and at most {LARGEST_NOTE} are stored: make it shorter",
                sealed.len()
            )));
        }
        Ok(sealed.into())
    }

    /// Reads what was stored under `key`; `None` when it was changed, cut, or stored under another.
    pub fn open(key: &RecipeKey, sealed: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(sealed).ok()?;
        let (hash, json) = text.split_once('\n')?;
        let whole = sealed.len() <= LARGEST_NOTE && hash == seal(key, json);
        whole.then(|| serde_json::from_str(json).ok()).flatten()
    }
}

fn seal(key: &RecipeKey, json: &str) -> String {
    ObjectKey::of(format!("{}\n{json}", key.as_str()).as_bytes()).into()
}

/// What was made from which recipe.
pub trait Recipes: Send + Sync {
    /// What is known. A bad note is removed and counts as absent; one that is over may still come, and the reader judges.
    fn find<'a>(&'a self, recipe: &'a RecipeKey)
    -> BoxFuture<'a, Result<Option<Note>, StoreError>>;
    /// Remembers it, in the place of what was known before.
    fn note<'a>(
        &'a self,
        recipe: &'a RecipeKey,
        note: Note,
    ) -> BoxFuture<'a, Result<(), StoreError>>;
    /// Forgets it; an unknown one is fine.
    fn forget<'a>(&'a self, recipe: &'a RecipeKey) -> BoxFuture<'a, Result<(), StoreError>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe() -> Recipe<'static> {
        Recipe {
            tenant: Some("a"),
            provider: "b",
            model: "c",
            voice: "d",
            settings: "e",
            text: "f",
            format: "g",
            version: 1,
        }
    }

    #[test]
    fn every_field_makes_another_recipe() {
        let one = recipe();
        let others = [
            Recipe {
                tenant: Some("x"),
                ..recipe()
            },
            Recipe {
                tenant: None,
                ..recipe()
            },
            Recipe {
                provider: "x",
                ..recipe()
            },
            Recipe {
                model: "x",
                ..recipe()
            },
            Recipe {
                voice: "x",
                ..recipe()
            },
            Recipe {
                settings: "x",
                ..recipe()
            },
            Recipe {
                text: "x",
                ..recipe()
            },
            Recipe {
                format: "x",
                ..recipe()
            },
            Recipe {
                version: 2,
                ..recipe()
            },
            Recipe {
                voice: "de",
                settings: "",
                ..recipe()
            },
            Recipe {
                tenant: Some(""),
                ..recipe()
            },
        ];
        let mut keys: Vec<_> = others.iter().map(Recipe::key).collect();
        keys.push(one.key());
        keys.push(
            Recipe {
                tenant: Some(""),
                provider: "ab",
                ..recipe()
            }
            .key(),
        );
        keys.push(
            Recipe {
                tenant: None,
                provider: "ab",
                ..recipe()
            }
            .key(),
        );
        let all = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), all);
        assert_eq!(one.key(), recipe().key(), "the same twice");
    }

    #[test]
    fn a_note_is_read_under_its_own_key_and_whole() {
        let (key, other) = (
            recipe().key(),
            Recipe {
                text: "x",
                ..recipe()
            }
            .key(),
        );
        let note = Note {
            known: Known::Made("{\"ms\":900}".to_owned()),
            until: At(7),
        };
        let sealed = note.seal(&key).expect("it is short");
        assert_eq!(Note::open(&key, &sealed), Some(note.clone()));
        assert_eq!(Note::open(&other, &sealed), None, "another's");
        for at in 0..sealed.len() {
            assert_eq!(Note::open(&key, &sealed[..at]), None, "cut at {at}");
            let mut changed = sealed.to_vec();
            changed[at] ^= 1;
            assert_eq!(Note::open(&key, &changed), None, "changed at {at}");
        }
    }

    #[test]
    fn a_note_has_a_largest_size() {
        let note = Note {
            known: Known::Failed("x".repeat(LARGEST_NOTE)),
            until: At(7),
        };
        let refused = note.seal(&recipe().key());
        assert!(
            matches!(refused, Err(StoreError::Unavailable(_))),
            "{refused:?}"
        );
    }
}
