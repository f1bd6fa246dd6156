//! Words in, a stored telephone clip out.
//!
//! The decision: a clip is found by its recipe (voice, model, settings, text after normalisation, format, whose words they
//! are) and kept under the hash of its bytes. The same words in the same voice are spoken once, however many calls ask at
//! the same time, in this process or in another. Every engine is given words here, never figures or signs, so that no
//! engine can misread them.

use std::{borrow::Cow, sync::Arc};

use agent::VoiceChoice;
use audio::{Format, Loudness, Pcm, Wav};
use bytes::Bytes;
use events::{BusinessId, Clock};
use moka::future::Cache;
use rayon::ThreadPoolBuildError;
use serde::{Deserialize, Serialize};
use store::{
    Cookbook, Flights, Known, Made, ObjectKey, Objects, Recipe, RecipeKey, Recipes, Source, Tiers,
};
use text::Normalizer;
use tts::{Ladder, Urgency, Utterance, Voice, phone_clip};

use crate::{
    persona::{SPEAK_MS, utterance},
    workshop::Workshop,
};

/// Clips of which the words are remembered.
const WORDS: u64 = 20_000;

/// How long whoever wants a clip waits for another who makes it, ms.
const WAIT_MS: u64 = SPEAK_MS as u64 + 2_000;

/// For how long a failure answers everybody who asks, ms.
const FAILED_MS: u64 = 2_000;

/// How long a stand-in's clip answers those who want the words now, ms. After that the voice that was asked for gets its
/// next chance.
const STAND_IN_MS: u64 = 2_000;

/// How long a clip of the operator's own phrases is known, ms.
const PHRASE_MS: u64 = 90 * 86_400_000;

/// How long a clip of what was said to a caller is known, ms.
const ANSWER_MS: u64 = 7 * 86_400_000;

/// Begins the reasons of failures ahead of need, where no stand-in was asked: they are no answer to a caller.
const AHEAD: &str = "ahead of need: ";

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

/// Whose words they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'a> {
    /// The operator's own phrases, the same for everybody: fillers and the like. Any business may find them.
    Operator,
    /// What callers of this business hear: only this business finds them.
    Business(&'a BusinessId),
}

/// The voice of the house.
pub struct Voicer {
    ladder: Ladder,
    clips: Arc<Tiers>,
    cookbook: Cookbook,
    words: Cache<ObjectKey, Arc<str>>,
    workshop: Workshop,
}

impl Voicer {
    /// A voice that keeps its clips in `clips`, each made once among all that share `flights`. The error says that the
    /// system gives no threads.
    pub fn new(
        ladder: Ladder,
        clips: Arc<Tiers>,
        flights: Arc<dyn Flights>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ThreadPoolBuildError> {
        let cookbook = Cookbook::new(clips.clone(), flights, clock, WAIT_MS, FAILED_MS);
        Ok(Self {
            ladder,
            clips,
            cookbook,
            words: Cache::new(WORDS),
            workshop: Workshop::open()?,
        })
    }

    /// The engines and how they are.
    pub fn ladder(&self) -> &Ladder {
        &self.ladder
    }

    /// Where the clips are, and what each layer did.
    pub fn tiers(&self) -> &Arc<Tiers> {
        &self.clips
    }

    /// Speaks `text`, or finds it spoken; says whether it was found. The error says what every engine answered.
    pub async fn speak(
        &self,
        text: &str,
        voice: &VoiceChoice,
        whose: Whose<'_>,
    ) -> Result<(Spoken, bool), String> {
        let live = Urgency::Live;
        match self.speak_for(text, voice, whose, live).await {
            Err(why) if why.starts_with(AHEAD) => {
                self.cookbook.forget(&self.recipe(text, voice, whose)).await;
                self.speak_for(text, voice, whose, live).await
            }
            done => done,
        }
    }

    /// Speaks `text` while no caller waits for it, out of the way of those who do, in its own voice only; true when it was
    /// there already. Either way its audio is in the nearest layer afterwards.
    pub async fn speak_ahead(
        &self,
        text: &str,
        voice: &VoiceChoice,
        whose: Whose<'_>,
    ) -> Result<bool, String> {
        match self.speak_for(text, voice, whose, Urgency::Ahead).await {
            Ok((_, found)) => Ok(found),
            Err(why) => {
                self.cookbook.forget(&self.recipe(text, voice, whose)).await;
                Err(why)
            }
        }
    }

    /// Whether `text` was spoken and can be played. Its audio counts as used.
    pub async fn is_spoken(&self, text: &str, voice: &VoiceChoice, whose: Whose<'_>) -> bool {
        let recipe = self.recipe(text, voice, whose);
        let Ok(Some(note)) = self.clips.find(&recipe).await else {
            return false;
        };
        let Known::Made(json) = note.known else {
            return false;
        };
        match serde_json::from_str::<Spoken>(&json) {
            Ok(spoken) => self.audio(&spoken.object).await.is_some(),
            Err(_) => false,
        }
    }

    async fn speak_for(
        &self,
        text: &str,
        voice: &VoiceChoice,
        whose: Whose<'_>,
        urgency: Urgency,
    ) -> Result<(Spoken, bool), String> {
        let recipe = self.recipe(text, voice, whose);
        let (spoken, found) = self
            .find_or_make(&recipe, text, voice, whose, urgency)
            .await?;
        let (spoken, found) = if !found || self.audio(&spoken.object).await.is_some() {
            (spoken, found)
        } else {
            // Its audio was swept, or the copy was bad: a clip that cannot be played is none.
            self.cookbook.forget(&recipe).await;
            self.find_or_make(&recipe, text, voice, whose, urgency)
                .await?
        };
        // Another process may have spoken it, which knows what it says.
        self.words.insert(spoken.object.clone(), text.into()).await;
        Ok((spoken, found))
    }

    async fn find_or_make(
        &self,
        recipe: &RecipeKey,
        text: &str,
        voice: &VoiceChoice,
        whose: Whose<'_>,
        urgency: Urgency,
    ) -> Result<(Spoken, bool), String> {
        let mut made = None;
        let slot = &mut made;
        let make = || async move {
            let (spoken, found) = self.have(text, voice, whose, urgency).await?;
            let json = serde_json::to_string(&spoken).map_err(|error| error.to_string())?;
            let mut made = Made {
                json,
                keep_ms: match whose {
                    Whose::Operator => PHRASE_MS,
                    Whose::Business(_) => ANSWER_MS,
                },
            };
            if spoken.provider != voice.provider {
                if !found {
                    self.keep_stand_in(text, voice, whose, made.clone(), &spoken.provider)
                        .await;
                }
                made.keep_ms = STAND_IN_MS;
            }
            *slot = Some((spoken, found));
            Ok(made)
        };
        let (json, source) = self.cookbook.find_or_make(recipe, make).await?;
        if let Some(made) = made {
            return Ok(made);
        }
        match serde_json::from_str(&json) {
            Ok(spoken) => Ok((spoken, source == Source::Found)),
            // Another version wrote it. It is forgotten, and made when it is wanted again.
            Err(error) => {
                self.cookbook.forget(recipe).await;
                Err(format!("what is known of a clip cannot be read: {error}"))
            }
        }
    }

    /// What is known of a recipe: one look.
    pub(crate) async fn known(&self, recipe: &RecipeKey) -> Option<Spoken> {
        let json = self.cookbook.look(recipe).await?;
        serde_json::from_str(&json).ok()
    }

    /// Remembers what was made.
    pub(crate) async fn remember(&self, recipe: &RecipeKey, made: Made) {
        self.cookbook.remember(recipe, made).await;
    }

    /// The clip in the voice that was asked for; else, where a caller waits, one of the same words in another voice of the
    /// persona, spoken before or now. Says whether it was spoken before.
    async fn have(
        &self,
        text: &str,
        voice: &VoiceChoice,
        whose: Whose<'_>,
        urgency: Urgency,
    ) -> Result<(Spoken, bool), String> {
        if urgency == Urgency::Ahead {
            return Ok((self.make(text, voice, urgency).await?, false));
        }
        // While its own engine is down, a clip that is there beats asking a stand-in.
        let down = !self.ladder.admits(&voice.provider);
        if down && let Some(spoken) = self.equivalent(text, voice, whose).await {
            return Ok((spoken, true));
        }
        match self.make(text, voice, urgency).await {
            Err(why) if !down => match self.equivalent(text, voice, whose).await {
                Some(spoken) => Ok((spoken, true)),
                None => Err(why),
            },
            made => made.map(|spoken| (spoken, false)),
        }
    }

    async fn make(
        &self,
        text: &str,
        voice: &VoiceChoice,
        urgency: Urgency,
    ) -> Result<Spoken, String> {
        let words = Normalizer::default().normalize(text);
        let utterance = Utterance {
            urgency,
            ..utterance(words, voice)
        };
        let said = self.ladder.say(utterance).await;
        let said = said.map_err(|errors| {
            let reasons: Vec<String> = errors.iter().map(ToString::to_string).collect();
            let whom = if urgency == Urgency::Ahead { AHEAD } else { "" };
            format!("{whom}{}", reasons.join("; "))
        })?;
        let (ms, level_dbfs, wav) = self.finish(said.pcm).await?;
        let object = match self.clips.put(wav.clone()).await {
            Ok(object) => object,
            Err(error) => {
                // A full disk must not silence a call: the clip lives in memory for as long as it is needed.
                tracing::warn!(%error, "a clip could not be stored and is kept in memory only");
                ObjectKey::of(&wav)
            }
        };
        Ok(Spoken {
            object,
            ms,
            level_dbfs,
            provider: said.provider,
        })
    }

    /// The clip's length, level and file.
    async fn finish(&self, pcm: Pcm) -> Result<(u32, f32, Bytes), String> {
        let work = move || {
            let clip = phone_clip(pcm);
            let ms = u32::try_from(clip.duration_ms()).unwrap_or(u32::MAX);
            let level_dbfs = Loudness::measure(&clip).active_rms_dbfs;
            (ms, level_dbfs, Wav::encode(&clip, Format::PHONE).into())
        };
        let done = self.workshop.run(work).await;
        done.map_err(|error| format!("the clip could not be made: {error}"))
    }

    /// Forgets what clips say that are deleted from the store.
    pub async fn forget(&self, objects: &[ObjectKey]) {
        for object in objects {
            self.words.invalidate(object).await;
        }
    }

    /// What a clip says, when it was spoken by this process and not long ago.
    pub async fn words(&self, object: &ObjectKey) -> Option<Arc<str>> {
        self.words.get(object).await
    }

    /// A clip's bytes, from the nearest layer that has them.
    pub async fn audio(&self, object: &ObjectKey) -> Option<Bytes> {
        self.clips.get(object).await.unwrap_or_else(|error| {
            tracing::warn!(%error, object = object.as_str(), "a clip could not be read");
            None
        })
    }

    /// What makes two clips the same: everything that can be heard, whose words they are, and nothing else.
    pub fn recipe(&self, text: &str, voice: &VoiceChoice, whose: Whose<'_>) -> RecipeKey {
        self.recipe_of(text, &utterance("", voice).voice, whose)
    }

    /// The same for one voice of a persona.
    pub(crate) fn recipe_of(&self, text: &str, voice: &Voice, whose: Whose<'_>) -> RecipeKey {
        // Counts the ways in which a clip was ever made; what an older way made is stale.
        const VERSION: u32 = 3;
        Recipe {
            tenant: match whose {
                Whose::Operator => None,
                Whose::Business(id) => Some(id.as_str()),
            },
            provider: &voice.provider,
            model: self.ladder.model(&voice.provider),
            voice: &voice.id,
            settings: &format!("{:.3}|{:.3}", voice.speed, voice.pitch),
            text: &words(text),
            format: "mulaw8000",
            version: VERSION,
        }
        .key()
    }
}

/// The text after normalisation. A call asks after all its fillers at its start, and most of those are plain words
/// already: that is seen here a hundred times faster than it is done.
fn words(text: &str) -> Cow<'_, str> {
    let is_word = |word: &str| {
        let word = word.strip_suffix(',').unwrap_or(word);
        let mut letters = word.chars();
        letters.next().is_some_and(|c| c.is_ascii_alphabetic())
            && letters.all(|c| c.is_ascii_lowercase() || c == '\'')
    };
    match text.strip_suffix(['.', '!', '?']) {
        Some(sentence) if sentence.split(' ').all(is_word) => Cow::Borrowed(text),
        _ => Cow::Owned(Normalizer::default().normalize(text)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use audio::Pcm;
    use events::ManualClock;
    use futures::{FutureExt, StreamExt, future::BoxFuture, future::join_all, stream};
    use store::{MemoryFlights, MemoryObjects};
    use text::{FillerClass, filler_texts};
    use tts::{Rung, SpeechStream, Tts, Utterance, VoiceInfo, Wait};

    use super::*;

    /// Remembers what it was given, and says it as a tone.
    #[derive(Default)]
    struct Parrot {
        heard: Mutex<Vec<String>>,
    }

    impl Tts for Parrot {
        fn name(&self) -> &str {
            "embedded"
        }

        fn voices(&self) -> Vec<VoiceInfo> {
            Vec::new()
        }

        fn speak(&self, utterance: Utterance) -> SpeechStream {
            let mut heard = self.heard.lock().expect("no test panics while it notes");
            heard.push(utterance.text);
            let wave = (0..16_000).map(|i| 0.2 * (i as f32 * 0.2).sin());
            stream::iter([Ok(Pcm::new(16_000, wave.collect()))]).boxed()
        }
    }

    struct Forever;

    impl Wait for Forever {
        fn after(&self, _ms: u32) -> BoxFuture<'static, ()> {
            std::future::pending().boxed()
        }
    }

    fn world() -> (Voicer, Arc<Parrot>, Arc<MemoryObjects>) {
        let (parrot, objects) = (
            Arc::new(Parrot::default()),
            Arc::new(MemoryObjects::default()),
        );
        let rungs = vec![Rung::new(parrot.clone(), 1_000)];
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let ladder = Ladder::new(rungs, clock.clone(), Arc::new(Forever));
        let clips = Arc::new(Tiers::of("memory", objects.clone(), clock.clone()));
        let flights = Arc::new(MemoryFlights::new(clock.clone()));
        let voicer = Voicer::new(ladder, clips, flights, clock).expect("threads");
        (voicer, parrot, objects)
    }

    fn heard(parrot: &Parrot) -> Vec<String> {
        parrot
            .heard
            .lock()
            .expect("no test panics while it notes")
            .clone()
    }

    #[tokio::test]
    async fn engines_are_given_words_only() {
        let (voicer, parrot, _) = world();
        let voice = VoiceChoice::default();
        for text in [
            "That's **$4.50**, at 3:30 p.m. on 12/24.",
            "Call 555-0199 & ask 👋 for Dr. Lee",
        ] {
            voicer
                .speak(text, &voice, Whose::Operator)
                .await
                .expect("it can be said");
        }
        for words in heard(&parrot) {
            let signs = |c: char| !(c.is_ascii_alphabetic() || " ,.'-?!".contains(c));
            assert!(!words.contains(signs), "{words:?}");
        }
    }

    #[tokio::test]
    async fn the_same_words_are_spoken_once_however_they_are_written() {
        let (voicer, parrot, _) = world();
        let voice = VoiceChoice::default();
        let ways = [
            "See you at 3  p.m.",
            "See you at three PM.",
            "See you at 3 p.m.\n",
        ];
        let all = join_all(ways.map(|text| voicer.speak(text, &voice, Whose::Operator))).await;
        let objects = all
            .into_iter()
            .map(|clip| clip.expect("it can be said").0.object);
        let objects: Vec<_> = objects.collect();
        assert_eq!(objects, vec![objects[0].clone(); 3]);
        assert_eq!(heard(&parrot).len(), 1);
    }

    #[tokio::test]
    async fn a_clip_whose_audio_is_gone_is_spoken_again() {
        let (voicer, parrot, objects) = world();
        let voice = VoiceChoice::default();
        let (first, found) = voicer
            .speak("Good morning.", &voice, Whose::Operator)
            .await
            .expect("a voice");
        assert!(!found);
        let (_, found) = voicer
            .speak("Good morning.", &voice, Whose::Operator)
            .await
            .expect("a voice");
        assert!(found);
        objects.delete(&first.object).await.expect("memory");
        let (again, found) = voicer
            .speak("Good morning.", &voice, Whose::Operator)
            .await
            .expect("a voice");
        assert!(!found && heard(&parrot).len() == 2);
        assert!(voicer.audio(&again.object).await.is_some());
    }

    #[tokio::test]
    async fn clips_are_telephone_wavs() {
        let (voicer, _, _) = world();
        let (spoken, _) = voicer
            .speak("Good morning.", &VoiceChoice::default(), Whose::Operator)
            .await
            .expect("a voice");
        let wav = voicer
            .audio(&spoken.object)
            .await
            .expect("it was just made");
        let pcm = Wav::decode(&wav).expect("a WAV");
        assert_eq!((wav[20], pcm.rate), (7, 8000));
        assert_eq!(u64::from(spoken.ms), pcm.duration_ms());
    }

    #[test]
    fn plain_words_are_told_from_those_that_need_work() {
        let shipped = FillerClass::ALL
            .iter()
            .flat_map(|class| filler_texts(*class));
        for text in shipped {
            assert_eq!(words(text), Normalizer::default().normalize(text));
        }
        for text in [
            "At 3.",
            "Ask Dr. Lee.",
            "No mark",
            "A  gap.",
            "The FAQ.",
            "a - b.",
            ".",
        ] {
            assert!(matches!(words(text), Cow::Owned(_)), "{text:?}");
        }
    }
}
