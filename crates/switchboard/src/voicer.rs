//! Words in, a stored telephone clip out.
//!
//! The decision: a clip is found by its recipe (voice, settings, text after normalisation, format) and kept under the
//! hash of its bytes. The same words in the same voice are spoken once, however many calls ask at the same time. Every
//! engine is given words here, never figures or signs, so that no engine can misread them.

use std::{borrow::Cow, sync::Arc};

use agent::VoiceChoice;
use audio::{Format, Loudness, Wav};
use bytes::Bytes;
use moka::future::Cache;
use serde::{Deserialize, Serialize};
use store::{ObjectKey, Objects};
use text::Normalizer;
use tts::{Ladder, Utterance, Voice, phone_clip};

/// Bytes of audio that are kept in memory.
const MEMORY: u64 = 64 << 20;

/// Recipes that are remembered.
const RECIPES: u64 = 20_000;

/// How long one sentence may take to be spoken, ms.
const SPEAK_MS: u32 = 8_000;

/// A clip that can be played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spoken {
    /// Its audio: a WAV of mu-law at 8 kHz.
    pub object: ObjectKey,
    /// Its length, ms.
    pub ms: u32,
    /// Active-speech level, dBFS.
    pub level_dbfs: f32,
    /// Who spoke.
    pub provider: String,
}

/// The voice of the house.
pub struct Voicer {
    ladder: Ladder,
    objects: Arc<dyn Objects>,
    made: Cache<String, Spoken>,
    bytes: Cache<ObjectKey, Bytes>,
    words: Cache<ObjectKey, Arc<str>>,
}

impl Voicer {
    /// A voice that keeps its clips in `objects`.
    pub fn new(ladder: Ladder, objects: Arc<dyn Objects>) -> Self {
        let weigh = |_: &ObjectKey, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        Self {
            ladder,
            objects,
            made: Cache::new(RECIPES),
            bytes: Cache::builder().max_capacity(MEMORY).weigher(weigh).build(),
            words: Cache::new(RECIPES),
        }
    }

    /// The engines and how they are.
    pub fn ladder(&self) -> &Ladder {
        &self.ladder
    }

    /// Speaks `text`, or finds it spoken; says whether it was found. The error says what every engine answered.
    pub async fn speak(&self, text: &str, voice: &VoiceChoice) -> Result<(Spoken, bool), String> {
        let recipe = recipe(text, voice);
        let (mut spoken, mut found) = self.find_or_make(&recipe, text, voice).await?;
        if found && self.audio(&spoken.object).await.is_none() {
            // Its audio was swept, or the copy was bad: a clip that cannot be played is none.
            self.made.invalidate(&recipe).await;
            (spoken, found) = self.find_or_make(&recipe, text, voice).await?;
        }
        if spoken.provider != voice.provider {
            // A stand-in spoke. It will do for now, but the voice that was asked for gets its next chance.
            self.made.invalidate(&recipe).await;
        }
        Ok((spoken, found))
    }

    async fn find_or_make(
        &self,
        recipe: &str,
        text: &str,
        voice: &VoiceChoice,
    ) -> Result<(Spoken, bool), String> {
        let mut found = true;
        let make = async {
            found = false;
            self.make(&words(text), voice).await
        };
        let spoken = self.made.try_get_with_by_ref(recipe, make).await;
        let spoken = spoken.map_err(|error| (*error).clone())?;
        Ok((spoken, found))
    }

    async fn make(&self, words: &str, voice: &VoiceChoice) -> Result<Spoken, String> {
        let voice = Voice {
            provider: voice.provider.clone(),
            id: voice.id.clone(),
            speed: voice.speed,
            pitch: voice.pitch,
        };
        let said = self
            .ladder
            .say(Utterance::plain(words, voice).within(SPEAK_MS))
            .await;
        let said = said.map_err(|errors| {
            errors
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("; ")
        })?;
        let clip = phone_clip(said.pcm);
        let ms = u32::try_from(clip.duration_ms()).unwrap_or(u32::MAX);
        let level_dbfs = Loudness::measure(&clip).active_rms_dbfs;
        let wav = Bytes::from(Wav::encode(&clip, Format::PHONE));
        let object = match self.objects.put(wav.clone()).await {
            Ok(object) => object,
            Err(error) => {
                // A full disk must not silence a call: the clip lives in memory for as long as it is needed.
                tracing::warn!(%error, "a clip could not be stored and is kept in memory only");
                ObjectKey::of(&wav)
            }
        };
        self.bytes.insert(object.clone(), wav).await;
        self.words.insert(object.clone(), text.into()).await;
        Ok(Spoken {
            object,
            ms,
            level_dbfs,
            provider: said.provider,
        })
    }

    /// What a clip says, when it was spoken by this process and not long ago.
    pub async fn words(&self, object: &ObjectKey) -> Option<Arc<str>> {
        self.words.get(object).await
    }

    /// A clip's bytes: from memory first, then from the store.
    pub async fn audio(&self, object: &ObjectKey) -> Option<Bytes> {
        if let Some(bytes) = self.bytes.get(object).await {
            return Some(bytes);
        }
        let bytes = self.objects.get(object).await.unwrap_or_else(|error| {
            tracing::warn!(%error, object = object.as_str(), "a clip could not be read");
            None
        })?;
        self.bytes.insert(object.clone(), bytes.clone()).await;
        Some(bytes)
    }
}

/// What makes two clips the same: everything that can be heard, and nothing else.
pub(crate) fn recipe(text: &str, voice: &VoiceChoice) -> String {
    // Counts the ways in which a clip was ever made; what an older way made is stale.
    const VERSION: u32 = 2;
    format!(
        "{VERSION}|{}|{}|{:.3}|{:.3}|mulaw8000|{}",
        voice.provider,
        voice.id,
        voice.speed,
        voice.pitch,
        words(text)
    )
}

/// What an engine is given. Most sentences are words already, and asking after the clips of a call is to cost nothing.
fn words(text: &str) -> Cow<'_, str> {
    let is_letter = |c: char| c.is_ascii_lowercase() || c == 'I' || c == '\'';
    let in_words = |text: &str| text.split(' ').all(is_word);
    fn is_word(word: &str) -> bool {
        todo!()
    }
    let _ = (is_letter, in_words);
    Cow::Owned(Normalizer::default().normalize(text))
}
