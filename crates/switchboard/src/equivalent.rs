//! The same words in another voice of the same persona.
//!
//! The decision: a clip that a stand-in spoke is kept under its own voice's recipe as well as, for a moment, under the
//! one that was asked for. So when an engine is down, what another one said before in the persona's voice there is found
//! without asking anybody: one look for each of its voices, all at once, and reading the clip is the only check of it.

use agent::VoiceChoice;
use futures::future::join_all;
use store::{Made, RecipeKey};

use crate::{
    persona::utterance,
    voicer::{Spoken, Voicer, Whose},
};

impl Voicer {
    /// A clip of these words in another voice of the persona that was made before.
    pub(crate) async fn equivalent(
        &self,
        text: &str,
        voice: &VoiceChoice,
        whose: Whose<'_>,
    ) -> Option<Spoken> {
        let recipes = self.other_recipes(text, voice, whose);
        let looks = recipes.iter().map(|(_, recipe)| self.known(recipe));
        for spoken in join_all(looks).await.into_iter().flatten() {
            if self.audio(&spoken.object).await.is_some() {
                return Some(spoken);
            }
        }
        None
    }

    /// Keeps what a stand-in spoke under its own voice.
    pub(crate) async fn keep_stand_in(
        &self,
        text: &str,
        voice: &VoiceChoice,
        whose: Whose<'_>,
        made: Made,
        provider: &str,
    ) {
        if let Some(recipe) = self.recipe_by(provider, text, voice, whose) {
            self.remember(&recipe, made).await;
        }
    }

    /// The recipe of these words in the persona's voice at this engine.
    pub(crate) fn recipe_by(
        &self,
        provider: &str,
        text: &str,
        voice: &VoiceChoice,
        whose: Whose<'_>,
    ) -> Option<RecipeKey> {
        if provider == voice.provider {
            return Some(self.recipe(text, voice, whose));
        }
        let mut others = self.other_recipes(text, voice, whose).into_iter();
        others
            .find(|(name, _)| name == provider)
            .map(|(_, recipe)| recipe)
    }

    /// The recipes of these words in the persona's other voices, best first, each with its engine.
    pub(crate) fn other_recipes(
        &self,
        text: &str,
        voice: &VoiceChoice,
        whose: Whose<'_>,
    ) -> Vec<(String, RecipeKey)> {
        let cast = self.ladder().cast(&utterance("", voice)).into_iter();
        let others = cast.filter(|other| other.provider != voice.provider);
        others
            .map(|other| {
                let recipe = self.recipe_of(text, &other, whose);
                (other.provider, recipe)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    };

    use agent::{VoiceAt, VoiceChanges};
    use audio::Pcm;
    use events::{At, ManualClock};
    use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
    use store::{MemoryFlights, MemoryObjects, Objects, Tiers};
    use tts::{ErrorKind, Ladder, Rung, SpeakError, SpeechStream, Tts, Utterance, VoiceInfo, Wait};

    use super::*;

    /// Hums each voice at a pitch of its own, unless it is down.
    struct Hum {
        name: &'static str,
        down: AtomicBool,
        asked: AtomicUsize,
    }

    impl Tts for Hum {
        fn name(&self) -> &str {
            self.name
        }

        fn voices(&self) -> Vec<VoiceInfo> {
            Vec::new()
        }

        fn speak(&self, utterance: Utterance) -> SpeechStream {
            self.asked.fetch_add(1, SeqCst);
            if self.down.load(SeqCst) {
                let error = SpeakError::new(ErrorKind::Unavailable, self.name, "it is down");
                return stream::iter([Err(error)]).boxed();
            }
            let step = 0.05 + 0.01 * utterance.voice.id.len() as f32;
            let wave = (0..16_000).map(|i| 0.2 * (i as f32 * step).sin());
            stream::iter([Ok(Pcm::new(16_000, wave.collect()))]).boxed()
        }
    }

    struct Forever;

    impl Wait for Forever {
        fn after(&self, _ms: u32) -> BoxFuture<'static, ()> {
            std::future::pending().boxed()
        }
    }

    struct World {
        voicer: Voicer,
        own: Arc<Hum>,
        other: Arc<Hum>,
        clock: Arc<ManualClock>,
        objects: Arc<MemoryObjects>,
        voice: VoiceChoice,
    }

    fn hum(name: &'static str) -> Arc<Hum> {
        let (down, asked) = (AtomicBool::default(), AtomicUsize::default());
        Arc::new(Hum { name, down, asked })
    }

    fn world() -> World {
        let (own, other) = (hum("own"), hum("other"));
        let rungs = [&own, &other].map(|hum| Rung::new(hum.clone() as Arc<dyn Tts>, 1_000));
        let clock = Arc::new(ManualClock::at(At(1_000)));
        let ladder = Ladder::new(rungs.into(), clock.clone(), Arc::new(Forever));
        let objects = Arc::new(MemoryObjects::default());
        let clips = Arc::new(Tiers::of("memory", objects.clone(), clock.clone()));
        let flights = Arc::new(MemoryFlights::new(clock.clone()));
        let voicer = Voicer::new(ladder, clips, flights, clock.clone()).expect("threads");
        let (id, speed) = ("ben".to_owned(), None);
        let voice = VoiceChoice {
            provider: "own".into(),
            id: "amanda".into(),
            at: [("other".to_owned(), VoiceAt { id, speed })].into(),
            ..VoiceChoice::default()
        };
        World {
            voicer,
            own,
            other,
            clock,
            objects,
            voice,
        }
    }

    impl World {
        async fn say(&self, text: &str) -> Result<(Spoken, bool), String> {
            self.voicer.speak(text, &self.voice, Whose::Operator).await
        }

        fn fail(&self, own: bool, other: bool) {
            self.own.down.store(own, SeqCst);
            self.other.down.store(other, SeqCst);
        }

        fn asked(&self) -> (usize, usize) {
            (self.own.asked.load(SeqCst), self.other.asked.load(SeqCst))
        }

        /// Five failures: its own engine is down for a second.
        async fn break_own(&self) {
            self.fail(true, false);
            for text in ["One.", "Two.", "Three.", "Four.", "Five."] {
                let (spoken, _) = self.say(text).await.expect("the other speaks");
                assert_eq!(spoken.provider, "other");
            }
            assert!(!self.voicer.ladder().admits("own"));
        }
    }

    #[tokio::test]
    async fn while_its_engine_is_down_a_clip_in_another_voice_beats_asking() {
        let here = world();
        here.break_own().await;
        // The clip answers for a moment. When that is over, its engine has just been asked once more, in vain.
        here.clock.advance(2_500);
        here.say("Six.").await.expect("the other speaks");
        let before = here.asked();
        let (spoken, found) = here.say("One.").await.expect("it is there");
        assert_eq!((spoken.provider.as_str(), found), ("other", true));
        assert_eq!(here.asked(), before, "nobody was asked");
    }

    #[tokio::test]
    async fn when_everybody_fails_a_clip_in_another_voice_is_better_than_none() {
        let here = world();
        here.break_own().await;
        here.fail(true, true);
        here.clock.advance(5_000);
        let (spoken, found) = here.say("Two.").await.expect("it is there");
        assert_eq!((spoken.provider.as_str(), found), ("other", true));
        assert!(here.say("Six.").await.is_err(), "nobody ever said that");
    }

    #[tokio::test]
    async fn its_own_engine_speaks_again_once_it_is_back() {
        let here = world();
        here.break_own().await;
        here.fail(false, false);
        here.clock.advance(5_000);
        let (spoken, found) = here.say("Three.").await.expect("it is back");
        assert_eq!((spoken.provider.as_str(), found), ("own", false));
    }

    #[tokio::test]
    async fn a_clip_whose_audio_is_gone_is_no_equivalent() {
        let here = world();
        here.break_own().await;
        let (spoken, _) = here.say("Four.").await.expect("it is there");
        here.objects.delete(&spoken.object).await.expect("memory");
        here.fail(true, true);
        here.clock.advance(5_000);
        assert!(here.say("Four.").await.is_err());
    }

    #[tokio::test]
    async fn a_voice_that_may_not_change_has_no_equivalent_but_its_own_clips() {
        let mut here = world();
        here.say("Hello.").await.expect("its own engine speaks");
        here.break_own().await;
        here.voice.changes = VoiceChanges::Forbidden;
        here.clock.advance(5_000);
        let before = here.asked();
        let (spoken, found) = here.say("Hello.").await.expect("it was spoken before");
        assert_eq!((spoken.provider.as_str(), found), ("own", true));
        assert!(
            here.say("One.").await.is_err(),
            "only the other one said that"
        );
        assert_eq!(here.asked().1, before.1);
    }
}
