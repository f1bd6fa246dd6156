//! Words in, a stored telephone clip out.
//!
//! The decision: a clip is found by its recipe (voice, settings, text after normalisation, format) and kept under the
//! hash of its bytes. The same words in the same voice are spoken once, however many calls ask at the same time.

use std::sync::Arc;

use agent::VoiceChoice;
use audio::{Format, Loudness, Wav};
use bytes::Bytes;
use moka::future::Cache;
use serde::{Deserialize, Serialize};
use store::{ObjectKey, Objects};
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
        }
    }

    /// The engines and how they are.
    pub fn ladder(&self) -> &Ladder {
        &self.ladder
    }

    /// Speaks `text`, or finds it spoken; says whether it was found. The error says what every engine answered.
    pub async fn speak(&self, text: &str, voice: &VoiceChoice) -> Result<(Spoken, bool), String> {
        let recipe = recipe(text, voice);
        let mut found = true;
        let make = async {
            found = false;
            self.make(text, voice).await
        };
        let spoken = self
            .made
            .try_get_with(recipe.clone(), make)
            .await
            .map_err(|error| (*error).clone())?;
        if spoken.provider != voice.provider {
            // A stand-in spoke. It will do for now, but the voice that was asked for gets its next chance.
            self.made.invalidate(&recipe).await;
        }
        Ok((spoken, found))
    }

    async fn make(&self, text: &str, voice: &VoiceChoice) -> Result<Spoken, String> {
        let voice = Voice {
            provider: voice.provider.clone(),
            id: voice.id.clone(),
            speed: voice.speed,
            pitch: voice.pitch,
        };
        let said = self
            .ladder
            .say(Utterance::plain(text, voice).within(SPEAK_MS))
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
        Ok(Spoken {
            object,
            ms,
            level_dbfs,
            provider: said.provider,
        })
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
    const VERSION: u32 = 1;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!(
        "{VERSION}|{}|{}|{:.3}|{:.3}|mulaw8000|{words}",
        voice.provider, voice.id, voice.speed, voice.pitch
    )
}
