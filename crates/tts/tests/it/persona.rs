//! One persona at several engines.

use std::sync::Arc;

use audio::{Loudness, Pcm};
use events::{At, ManualClock};
use futures::executor::block_on;
use tts::{
    Changes, ErrorKind, Ladder, Place, Rung, SpeakError, Spoken, Tts, Utterance, Voice, VoiceMap,
    phone_clip,
};

use crate::{Fake, Mood, NoPatience};

const SENTENCE: &str = "See you on Monday.";

struct World {
    ladder: Ladder,
    time: Arc<ManualClock>,
}

fn world(fakes: &[&Arc<Fake>]) -> World {
    let time = Arc::new(ManualClock::at(At(1000)));
    let rung = |fake: &&Arc<Fake>| Rung::new((*fake).clone() as Arc<dyn Tts>, 2000);
    let rungs = fakes.iter().map(rung).collect();
    let ladder = Ladder::new(rungs, time.clone(), Arc::new(NoPatience));
    World { ladder, time }
}

fn map(changes: Changes, at: &[(&str, &str, Option<f32>)]) -> VoiceMap {
    let place = |(engine, id, speed): &(&str, &str, Option<f32>)| {
        let (id, speed) = ((*id).to_owned(), *speed);
        ((*engine).to_owned(), Place { id, speed })
    };
    VoiceMap {
        at: at.iter().map(place).collect(),
        changes,
    }
}

impl World {
    fn say(&self, map: VoiceMap) -> Result<Spoken, Vec<SpeakError>> {
        let utterance = Utterance::plain(SENTENCE, Voice::new("a", "tone")).of(map);
        block_on(self.ladder.say(utterance))
    }

    fn forbidden(&self) -> Result<Spoken, Vec<SpeakError>> {
        self.say(map(Changes::Forbidden, &[("b", "tone", None)]))
    }
}

#[test]
fn another_engine_speaks_in_the_persona_s_voice_there() {
    let (a, b) = (
        Fake::new("a", Mood::Fails(ErrorKind::Unavailable)),
        Fake::new("b", Mood::Speaks),
    );
    let here = world(&[&a, &b]);
    let spoken = here.say(map(Changes::Allowed, &[("b", "tone", Some(0.5))]));
    let slow = Voice {
        speed: 0.5,
        ..Voice::new("b", "tone")
    };
    assert_eq!(spoken.expect("b speaks").voice, slow);
    let wrong = here.say(map(Changes::Allowed, &[("b", "nobody", None)]));
    let kinds: Vec<_> = wrong
        .expect_err("b has no such voice")
        .iter()
        .map(|e| e.kind)
        .collect();
    assert_eq!(kinds, [ErrorKind::Unavailable, ErrorKind::Unsupported]);
}

#[test]
fn a_voice_that_may_not_change_is_tried_again_and_nobody_else_is() {
    let (a, b) = (
        Fake::new("a", Mood::Fails(ErrorKind::Unavailable)),
        Fake::new("b", Mood::Speaks),
    );
    let here = world(&[&a, &b]);
    let failures = here.forbidden().expect_err("b may not");
    assert!(failures.iter().all(|f| f.provider == "a"), "{failures:?}");
    assert_eq!((a.asked(), b.asked()), (2, 0));
    for _ in 0..8 {
        here.forbidden().expect_err("b may not");
    }
    // Its breaker is open now: the words go at once to the voice below all engines.
    assert_eq!((a.asked(), b.asked()), (6, 0));
    let why = here.forbidden().expect_err("nobody was asked");
    assert_eq!(why[0].message, "a is down, and no other voice may speak");
    here.time.advance(1_000);
    a.set(Mood::Speaks);
    assert_eq!(here.forbidden().expect("it is back").provider, "a");
    assert_eq!(here.forbidden().expect("and stays").provider, "a");
}

#[test]
fn what_will_not_heal_is_not_tried_again() {
    for kind in [ErrorKind::Auth, ErrorKind::BadRequest, ErrorKind::Timeout] {
        let a = Fake::new("a", Mood::Fails(kind));
        let failures = world(&[&a]).forbidden().expect_err("it fails");
        assert_eq!((failures.len(), a.asked()), (1, 1), "{kind:?}");
    }
    let b = Fake::new("b", Mood::Speaks);
    let why = world(&[&b]).forbidden().expect_err("a is not there");
    assert_eq!(
        why[0].message,
        "there is no engine a, and no other voice may speak"
    );
}

#[test]
fn the_cast_is_the_own_voice_and_then_the_others_in_order() {
    let (a, b, c) = (
        Fake::new("a", Mood::Speaks),
        Fake::new("b", Mood::Speaks),
        Fake::new("c", Mood::Speaks),
    );
    let here = world(&[&b, &a, &c]);
    let of = |changes| {
        let utterance = Utterance::plain(SENTENCE, Voice::new("a", "amy"));
        let utterance = utterance.of(map(changes, &[("c", "carl", Some(1.2))]));
        let cast = here.ladder.cast(&utterance).into_iter();
        let cast = cast.map(|v| format!("{} {} {}", v.provider, v.id, v.speed));
        cast.collect::<Vec<_>>()
    };
    assert_eq!(of(Changes::Allowed), ["a amy 1", "b tone 1", "c carl 1.2"]);
    assert_eq!(of(Changes::Forbidden), ["a amy 1"]);
}

#[test]
fn an_engine_that_breaks_off_has_said_nothing() {
    let (a, b) = (
        Fake::new("a", Mood::BreaksOff),
        Fake::new("b", Mood::Speaks),
    );
    let spoken = world(&[&a, &b]).say(VoiceMap::default()).expect("b speaks");
    let whole = world(&[&b]).say(VoiceMap::default()).expect("b speaks");
    assert_eq!(spoken.provider, "b");
    assert_eq!(spoken.pcm, whole.pcm, "all of it by one engine, once");
    assert_eq!(spoken.failures[0].kind, ErrorKind::Broken);
}

#[test]
fn texts_without_words_and_refused_ones_say_nothing_about_an_engine() {
    let a = Fake::new("a", Mood::Speaks);
    let here = world(&[&a]);
    for text in ["", " ", "…", "👋 ?!"] {
        let empty = Utterance::plain(text, Voice::new("a", "tone"));
        let failures = block_on(here.ladder.say(empty)).expect_err("there is nothing to say");
        assert_eq!(failures[0].kind, ErrorKind::BadRequest, "{text:?}");
    }
    assert_eq!(a.asked(), 0);
    a.set(Mood::Fails(ErrorKind::BadRequest));
    let b = Fake::new("b", Mood::Speaks);
    let here = world(&[&a, &b]);
    for _ in 0..10 {
        let spoken = here.say(VoiceMap::default()).expect("b says it");
        assert_eq!(spoken.provider, "b");
    }
    assert_eq!(a.asked(), 10, "its breaker never opened");
    assert!(here.ladder.admits("a") && !here.ladder.admits("nobody"));
}

/// Something like speech at this level: bursts of a tone with pauses between.
fn speech(dbfs: f32) -> Pcm {
    let burst = |i: usize| if i % 6_000 < 4_500 { 1.0 } else { 0.02 };
    let wave = |i: usize| (i as f32 * 0.11).sin() + 0.6 * (i as f32 * 0.047).sin();
    let mut pcm = Pcm::new(
        24_000,
        (0..60_000).map(|i| 0.1 * burst(i) * wave(i)).collect(),
    );
    let gain = 10f32.powf((dbfs - Loudness::measure(&pcm).active_rms_dbfs) / 20.0);
    // What a provider sends has no more than full scale.
    let louder = |s: &mut f32| *s = (*s * gain).clamp(-1.0, 1.0);
    pcm.samples.iter_mut().for_each(louder);
    pcm
}

#[test]
fn no_voice_needs_a_gain_because_every_clip_is_levelled() {
    let level = |dbfs: f32| Loudness::measure(&phone_clip(speech(dbfs))).active_rms_dbfs;
    let levels: Vec<f32> = [-6.0, -12.0, -22.0, -35.0, -45.0].map(level).into();
    let range = |ends: (f32, f32), l: &f32| (ends.0.min(*l), ends.1.max(*l));
    let (low, high) = levels.iter().fold((0.0, -100.0), range);
    assert!(high - low <= 1.0, "{levels:?}");
}
