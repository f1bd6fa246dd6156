use std::sync::Arc;

use events::{At, ManualClock};
use futures::executor::block_on;
use tts::{ErrorKind, Ladder, Rung, SpeakError, Spoken, Tts, Utterance, contract};

use crate::{Fake, Mood, NoPatience, tone};

fn ladder(fakes: &[&Arc<Fake>], clock: &Arc<ManualClock>) -> Ladder {
    let rung = |fake: &&Arc<Fake>| Rung::new((*fake).clone() as Arc<dyn Tts>, 2000);
    Ladder::new(
        fakes.iter().map(rung).collect(),
        clock.clone(),
        Arc::new(NoPatience),
    )
}

fn say(ladder: &Ladder) -> Result<Spoken, Vec<SpeakError>> {
    block_on(ladder.say(Utterance::plain("See you on Monday.", tone())))
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(At(1000)))
}

#[test]
fn the_first_engine_speaks_when_it_can() {
    let (a, b) = (Fake::new("a", Mood::Speaks), Fake::new("b", Mood::Speaks));
    let spoken = say(&ladder(&[&a, &b], &clock())).expect("a speaks");
    assert_eq!(
        (spoken.rung, spoken.provider.as_str(), spoken.failures.len()),
        (0, "a", 0)
    );
    assert_eq!(b.asked(), 0);
}

#[test]
fn failing_and_hanging_engines_are_passed_and_named() {
    let a = Fake::new("a", Mood::Fails(ErrorKind::Unavailable));
    let (b, c) = (Fake::new("b", Mood::Hangs), Fake::new("c", Mood::Speaks));
    let spoken = say(&ladder(&[&a, &b, &c], &clock())).expect("c speaks");
    let failed: Vec<_> = spoken
        .failures
        .iter()
        .map(|f| (f.provider.as_str(), f.kind))
        .collect();
    assert_eq!(
        failed,
        [("a", ErrorKind::Unavailable), ("b", ErrorKind::Timeout)]
    );
    assert_eq!((spoken.rung, spoken.provider.as_str()), (2, "c"));
}

#[test]
fn an_engine_that_keeps_failing_is_left_in_peace_and_tried_again_later() {
    let (a, b) = (
        Fake::new("a", Mood::Fails(ErrorKind::Unavailable)),
        Fake::new("b", Mood::Speaks),
    );
    let time = clock();
    let ladder = ladder(&[&a, &b], &time);
    for _ in 0..8 {
        say(&ladder).expect("b speaks");
    }
    assert_eq!(a.asked(), 5);
    time.advance(1_000);
    for _ in 0..3 {
        say(&ladder).expect("b speaks");
    }
    assert_eq!(a.asked(), 6);
    let names: Vec<String> = ladder.health().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn when_all_are_resting_all_are_asked() {
    let a = Fake::new("a", Mood::Fails(ErrorKind::Auth));
    let ladder = ladder(&[&a], &clock());
    let (first, second) = (say(&ladder), say(&ladder));
    assert_eq!(first.map_err(|f| f.len()), Err(1));
    assert_eq!(second.map_err(|f| f[0].kind), Err(ErrorKind::Auth));
    assert_eq!(a.asked(), 2);
}

#[test]
fn without_time_or_engines_the_reason_is_given() {
    let a = Fake::new("a", Mood::Speaks);
    let late = Utterance::plain("Hello.", tone()).within(0);
    let failures = block_on(ladder(&[&a], &clock()).say(late)).expect_err("no time is left");
    assert_eq!((failures[0].kind, a.asked()), (ErrorKind::Timeout, 0));
    let failures = say(&ladder(&[], &clock())).expect_err("there is nobody");
    assert_eq!(failures[0].kind, ErrorKind::Unavailable);
}

#[test]
fn another_engine_s_voice_is_replaced_and_its_pace_kept() {
    let a = Fake::new("a", Mood::Speaks);
    let ladder = ladder(&[&a], &clock());
    let mut slow = Utterance::plain("See you on Monday.", tone());
    (slow.voice.id, slow.voice.speed) = ("somebody".into(), 0.5);
    let slow = block_on(ladder.say(slow)).expect("its own voice stands in");
    let own = say(&ladder).expect("a speaks");
    assert_eq!(slow.pcm.duration_ms(), own.pcm.duration_ms() * 2);
}

#[test]
fn a_ladder_keeps_the_contract_of_its_engine() {
    let ladder = ladder(&[&Fake::new("fake", Mood::Speaks)], &clock());
    block_on(async {
        contract::format(&ladder, &tone()).await;
        contract::length(&ladder, &tone()).await;
        contract::empty_text(&ladder, &tone()).await;
        contract::deadline(&ladder, &tone()).await;
    });
}
