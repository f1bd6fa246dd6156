//! How fast the engines of this machine speak, and that a persona speaks as fast with each.

use std::sync::Arc;

use audio::{Format, resample, trim};
use events::ManualClock;
use futures::{FutureExt, future::BoxFuture};
use speech_embedded::{EmbeddedTts, ProcessTts, Program};
use tempfile::TempDir;
use tts::{Ladder, Rung, SpeechStream, Tts, Utterance, Voice, VoiceInfo, Wait};

use crate::{engine, heart, say};

/// What a receptionist says: short and long, questions and lists, every word written out.
const SENTENCES: [&str; 12] = [
    "Thanks for calling Bright Smile Dental, how can I help you today?",
    "We open at eight in the morning and close at five.",
    "On Tuesday I have half past nine, eleven, or a quarter to three.",
    "Which of these would suit you best?",
    "May I have your name, please?",
    "There is free parking behind the building.",
    "A cleaning takes forty five minutes and costs ninety dollars.",
    "I have booked a checkup for you on Thursday the fourth at ten.",
    "Is the number you are calling from the best one to reach you?",
    "We take most plans, so please bring your card when you come.",
    "I'm sorry, this is taking longer than it should.",
    "Is there anything else that I can do for you?",
];

/// The built-in voice, which a ladder wants to own.
struct Heart;

impl Tts for Heart {
    fn name(&self) -> &str {
        engine().name()
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        engine().voices()
    }

    fn words_per_minute(&self, voice: &str) -> Option<f32> {
        EmbeddedTts::pace(voice)
    }

    fn speak(&self, utterance: Utterance) -> SpeechStream {
        engine().speak(utterance)
    }
}

struct Never;

impl Wait for Never {
    fn after(&self, _ms: u32) -> BoxFuture<'static, ()> {
        std::future::pending().boxed()
    }
}

/// The engines that are on this machine.
fn engines(scratch: &TempDir) -> Vec<Arc<dyn Tts>> {
    let programs = [Program::flite(), Program::espeak_ng()];
    let programs = programs
        .into_iter()
        .filter_map(|program| ProcessTts::find(program, scratch.path()))
        .map(|found| Arc::new(found) as Arc<dyn Tts>);
    [Arc::new(Heart) as Arc<dyn Tts>]
        .into_iter()
        .chain(programs)
        .collect()
}

/// Words a minute over all sentences, without the silence around each.
fn pace(tts: &dyn Tts, voice: &Voice) -> f32 {
    let (mut words, mut ms) = (0, 0);
    for text in SENTENCES {
        let speech = say(tts, Utterance::plain(text, voice.clone())).expect("it speaks");
        let heard = trim(&resample(&speech, Format::PHONE.rate), 0, 0);
        words += text.split_whitespace().count();
        ms += heard.duration_ms();
    }
    words as f32 * 60_000.0 / ms as f32
}

#[test]
fn the_figures_of_the_engines_are_what_is_heard() {
    let scratch = tempfile::tempdir().expect("a place for tests");
    let mut wrong = Vec::new();
    for tts in engines(&scratch) {
        let voice = Voice::new(tts.name(), tts.voices()[0].id.clone());
        let told = tts.words_per_minute(&voice.id).expect("it was measured");
        let heard = pace(&*tts, &voice);
        eprintln!("{} {}: {heard:.1} words a minute", voice.provider, voice.id);
        if (heard / told - 1.0).abs() >= 0.03 {
            wrong.push(format!(
                "{}: {heard} words a minute, not {told}",
                voice.provider
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_persona_speaks_as_fast_with_every_engine() {
    let scratch = tempfile::tempdir().expect("a place for tests");
    let engines = engines(&scratch);
    let rungs = engines.iter().map(|tts| Rung::new(tts.clone(), 1000));
    let ladder = Ladder::new(
        rungs.collect(),
        Arc::new(ManualClock::default()),
        Arc::new(Never),
    );
    let own = pace(engine(), &heart());
    for voice in ladder.cast(&Utterance::plain("Hello.", heart())) {
        let tts = engines.iter().find(|tts| tts.name() == voice.provider);
        let there = pace(&**tts.expect("it is a rung"), &voice);
        eprintln!(
            "{} at {:.3}: {there:.1} words a minute, {:+.1} %",
            voice.provider,
            voice.speed,
            (there / own - 1.0) * 100.0
        );
        assert!(
            (there / own - 1.0).abs() <= 0.1,
            "{voice:?}: {there} words a minute, not {own}"
        );
    }
}
