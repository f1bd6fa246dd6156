//! Looking ahead: what is foretold is what is said.

use std::sync::Arc;

use agent::{Agent, Business, Memo, Standing, repertoire};
use events::At;
use text::Sentences;

use crate::world::{World, at};

fn standing(world: &World) -> Standing {
    Standing {
        business: world.business.clone(),
        memo: world.memo.clone(),
        caller: world.caller.clone(),
        now: world.now,
    }
}

/// The sentences of the last reply.
fn said(world: &World) -> Vec<String> {
    let reply = &world.history.last().expect("something was said").agent;
    let (mut cut, mut whole) = (Sentences::default(), Vec::new());
    cut.push(reply, &mut whole);
    cut.finish(&mut whole);
    whole
}

/// Says a line, and gives its sentences that had been neither foretold nor in the repertoire.
fn surprises(world: &mut World, known: &[String], line: &str) -> Vec<String> {
    let foretold = world.agent.likely_next(&standing(world));
    world.say(line);
    let unknown = |s: &String| !foretold.contains(s) && !known.contains(s);
    said(world).into_iter().filter(unknown).collect()
}

fn repertoire_of(world: &World) -> Vec<String> {
    repertoire(&world.business, world.now)
}

#[test]
fn a_booking_holds_few_surprises() {
    let mut world = World::new();
    let known = repertoire_of(&world);
    let none: [&str; 0] = [];
    for (line, unknown) in [
        ("Hi, are you open on Saturday?", &none[..]),
        ("I would like to book a cleaning please.", &none),
        ("On Thursday.", &none),
        ("At ten in the morning.", &none),
        ("My name is Sam Lee.", &none),
        ("Yes, that is fine.", &none),
        ("Yes, that is right.", &none),
        ("No, that is all, thank you. Goodbye.", &none),
    ] {
        assert_eq!(surprises(&mut world, &known, line), unknown, "{line}");
    }
}

#[test]
fn what_is_foretold_of_a_read_back_has_the_callers_name_and_number() {
    let mut world = World::new();
    for line in ["Book a checkup on Thursday at ten.", "My name is Sam Lee."] {
        world.say(line);
    }
    let foretold = world.agent.likely_next(&standing(&world));
    assert!(
        foretold.iter().any(|s| s.contains("for Sam Lee")),
        "{foretold:#?}"
    );
    assert!(
        foretold.iter().any(|s| s.starts_with("You're booked")),
        "the yes after it"
    );
}

#[test]
fn looking_ahead_writes_nothing() {
    let mut world = World::new();
    for line in [
        "Book a checkup on Thursday at ten.",
        "My name is Sam Lee.",
        "Yes.",
    ] {
        world.say(line);
    }
    world.agent.likely_next(&standing(&world));
    assert_eq!(world.desk.bookings(), []);
}

#[test]
fn the_repertoire_holds_nothing_of_one_caller() {
    let list = repertoire(&Arc::new(Business::demo()), at("2026-11-17T10:00"));
    for (nth, sentence) in list.iter().enumerate() {
        assert!(!list[..nth].contains(sentence), "twice: {sentence}");
        for mark in [
            "Quillon",
            "Ashgrove",
            "umbrella",
            "zero one four three",
            "You're booked",
        ] {
            assert!(!sentence.contains(mark), "{sentence}");
        }
    }
    for wanted in [
        "What name should I put it under?",
        "There is free parking behind the building.",
        "A cleaning is ninety dollars.",
        "Is that right?",
        "Sorry, I didn't catch that.",
        "Are you still there?",
    ] {
        assert!(list.iter().any(|s| s == wanted), "{wanted} in {list:#?}");
    }
    assert!(list.len() > 80 && list.len() < 400, "{}", list.len());
}

#[test]
fn odd_businesses_and_memos_have_an_outlook_too() {
    let empty = Arc::new(Business::default());
    assert!(!repertoire(&empty, At(0)).is_empty());
    for memo in ["", "{", "{\"v\":1}", "null"] {
        let standing = Standing {
            business: empty.clone(),
            memo: Memo(memo.into()),
            caller: None,
            now: At(u64::MAX),
        };
        assert_eq!(
            World::new().agent.likely_next(&standing),
            Vec::<String>::new()
        );
    }
}
