//! The words come like a model's.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use agent::{Agent, Delta, Memo, MemoryDesk, Pace, Scripted, Sleeper};
use futures::{FutureExt, StreamExt, executor::block_on, future::ready};

use crate::world::World;

#[test]
fn one_word_per_delta_at_the_pace_that_was_asked_for() {
    let slept = Arc::new(AtomicU64::new(0));
    let clock = slept.clone();
    let sleeper: Sleeper = Arc::new(move |ms| {
        clock.fetch_add(ms, Ordering::SeqCst);
        ready(()).boxed()
    });
    let world = World::new();
    let agent = Scripted::new(
        Arc::new(MemoryDesk::new()),
        Pace {
            first_ms: 300,
            per_word_ms: 20,
        },
        sleeper,
    );
    let deltas = block_on(
        agent
            .reply(world.ask("where can I park?"))
            .collect::<Vec<_>>(),
    );
    let words: Vec<&str> = deltas
        .iter()
        .filter_map(|d| {
            if let Delta::Words(w) = d {
                Some(w.as_str())
            } else {
                None
            }
        })
        .collect();
    assert_eq!(words.concat(), "There is free parking behind the building.");
    assert_eq!(words.len(), 7);
    assert_eq!(slept.load(Ordering::SeqCst), 300 + 6 * 20);
}

#[test]
fn a_tool_is_announced_before_it_works_and_before_any_word() {
    let world = World::new();
    let deltas = block_on(
        world
            .agent
            .reply(world.ask("a checkup tomorrow at two"))
            .collect::<Vec<_>>(),
    );
    assert!(
        matches!(&deltas[0], Delta::Tool { name, class } if name == "calendar.check" && class.name() == "calendar")
    );
    assert!(matches!(&deltas[1], Delta::ToolDone { .. }));
    assert!(matches!(&deltas[2], Delta::Words(_)));
}

#[test]
fn dropping_the_stream_stops_the_work() {
    let mut world = World::new();
    for line in ["a checkup tomorrow at two for Sam Lee", "yes"] {
        world.say(line);
    }
    drop(world.agent.reply(world.ask("yes")));
    assert_eq!(
        world.desk.bookings().len(),
        0,
        "nothing runs before it is polled"
    );
}

#[test]
fn a_damaged_memo_starts_afresh() {
    for memo in [
        "",
        "{",
        "null",
        "[1,2]",
        "{\"v\":99}",
        "{\"v\":1,\"task\":\"Nonsense\"}",
        &"x".repeat(40_000),
    ] {
        let mut world = World::new();
        world.memo = Memo(memo.to_owned());
        assert_eq!(
            world.say("where can I park?"),
            "There is free parking behind the building.",
            "{memo:.20}"
        );
    }
}
