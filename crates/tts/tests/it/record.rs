//! What people are told of an engine's last hour.

use std::sync::Arc;

use events::{At, ManualClock};
use futures::executor::block_on;
use tts::{Change, EngineReport, ErrorKind, Ladder, Minute, Rung, Tts, Utterance};

use crate::{Fake, Mood, NoPatience, tone};

fn ladder(fakes: &[&Arc<Fake>], clock: &Arc<ManualClock>) -> Ladder {
    let rung = |fake: &&Arc<Fake>| Rung::new((*fake).clone() as Arc<dyn Tts>, 2000);
    let rungs = fakes.iter().map(rung).collect();
    Ladder::new(rungs, clock.clone(), Arc::new(NoPatience))
}

fn say(ladder: &Ladder, text: &str) -> bool {
    block_on(ladder.say(Utterance::plain(text, tone()))).is_ok()
}

fn told(report: &EngineReport) -> Vec<&'static str> {
    let word = |change: &Change| match change {
        Change::Failed(_) => "failed",
        Change::Down(_) => "down",
        Change::Up => "up",
    };
    report.incidents.iter().map(|i| word(&i.what)).collect()
}

#[test]
fn minutes_count_what_was_spoken_and_what_failed() {
    let (a, b) = (
        Fake::new("a", Mood::Fails(ErrorKind::Unavailable)),
        Fake::new("b", Mood::Speaks),
    );
    let clock = Arc::new(ManualClock::at(At(59_000)));
    let ladder = ladder(&[&a, &b], &clock);
    say(&ladder, "One.");
    clock.advance(2_000);
    say(&ladder, "Two.");
    say(&ladder, "Three.");
    let minute = |from, spoke, failed| Minute {
        from: At(from),
        spoke,
        failed,
    };
    let report = ladder.report();
    assert_eq!(report[0].minutes, [minute(0, 0, 1), minute(60_000, 0, 2)]);
    assert_eq!(report[1].minutes, [minute(0, 1, 0), minute(60_000, 2, 0)]);
    assert_eq!(
        (report[1].first_sounds, report[1].first_sound_p50),
        (3, Some(0))
    );
    assert_eq!(report[1].voices.len(), 1);
    clock.advance(3_600_000);
    assert_eq!(
        ladder.report()[0].minutes,
        [],
        "an hour later nothing of it is left"
    );
}

#[test]
fn the_timeline_says_when_an_engine_went_down() {
    let a = Fake::new("a", Mood::Fails(ErrorKind::Unavailable));
    let ladder = ladder(&[&a], &Arc::new(ManualClock::at(At(1_000))));
    for _ in 0..6 {
        say(&ladder, "Hello.");
    }
    let report = &ladder.report()[0];
    let expected = ["failed", "failed", "failed", "failed", "down", "failed"];
    assert_eq!(told(report), expected);
    assert_eq!(report.health.asked_again_at(), Some(At(2_000)));
}

#[test]
fn words_that_an_engine_refuses_are_told_and_not_counted() {
    let a = Fake::new("a", Mood::Fails(ErrorKind::BadRequest));
    let ladder = ladder(&[&a], &Arc::new(ManualClock::at(At(1_000))));
    say(&ladder, "Hello.");
    let report = &ladder.report()[0];
    assert_eq!((told(report), report.minutes.len()), (vec!["failed"], 0));
    assert!(report.health.is_up());
}

#[test]
fn the_rings_have_an_end() {
    let a = Fake::new("a", Mood::Fails(ErrorKind::Unavailable));
    let clock = Arc::new(ManualClock::at(At(0)));
    let ladder = ladder(&[&a], &clock);
    for _ in 0..400 {
        say(&ladder, "Hello.");
        clock.advance(10_000);
    }
    let report = &ladder.report()[0];
    assert_eq!((report.incidents.len(), report.minutes.len()), (64, 60));
}

#[test]
fn one_engine_is_asked_by_name_and_remembered_as_any_other() {
    let (a, b) = (
        Fake::new("a", Mood::Speaks),
        Fake::new("b", Mood::Fails(ErrorKind::Auth)),
    );
    let ladder = ladder(&[&a, &b], &Arc::new(ManualClock::at(At(1_000))));
    let only = ladder.only("b").expect("there is a b");
    assert!(!say(&only, "Hello."));
    assert_eq!((a.asked(), b.asked()), (0, 1));
    assert!(
        !ladder.health()[1].1.is_up(),
        "its refused key is known to all"
    );
    assert!(ladder.only("c").is_none());
}
