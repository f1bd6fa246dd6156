//! Generated calls over real lines, judged by the reference model of the conversation.

use call::{FillerMode, Profile, Then};

use crate::{
    ear::{Ear, Heard},
    pushed::Pushed,
    webhook::Webhook,
    world::{Fate, Move, Phone, Plan, Reply, What, play, shrink},
};

fn live<P: Phone>(phone: impl Fn(&Plan) -> P, seeds: std::ops::Range<u64>) {
    let fails = |plan: &Plan| play(plan, phone(plan), false).is_err();
    for seed in seeds {
        let plan = Plan::of(seed);
        if fails(&plan) {
            let plan = shrink(&plan, fails);
            let Err((why, trace)) = play(&plan, phone(&plan), true) else {
                panic!("seed {seed} fails and does not");
            };
            panic!("seed {seed}: {why}\n{plan:?}\n{}", trace.join("\n"));
        }
    }
}

#[test]
fn a_thousand_calls_on_the_webhook_line() {
    live(Webhook::new, 0..1_000);
}

#[test]
fn a_thousand_calls_on_a_pushing_line() {
    live(Pushed::new, 0..1_000);
}

/// Three questions with two sentences each, and a goodbye.
fn three_turns() -> Plan {
    let ask = |what| Move {
        what,
        rude: false,
        after_ms: 300,
    };
    let reply = |sentences, then| Reply {
        sentences,
        then,
        fate: Fate::Done,
        first_ms: 400,
        gap_ms: 20,
        tool: false,
    };
    Plan {
        seed: 1,
        mode: FillerMode::On,
        clips: 9,
        grace_ms: 400,
        forecast_ms: Some(900),
        greeting: 2,
        nudges: 1,
        moves: vec![
            ask(What::Says("where can I park my car")),
            ask(What::Says("yes")),
            ask(What::Keys("4")),
        ],
        slams_at: None,
        replies: vec![
            reply(0, Then::HangUp),
            reply(2, Then::Listen(Profile::Speech)),
            reply(3, Then::Listen(Profile::YesNo)),
            reply(1, Then::HangUp),
        ],
        crash: None,
        sloppy: false,
        voice_fails: 0,
        voice_hangs: 0,
        voice_ms: 200,
    }
}

fn sentences<P: Phone>(plan: &Plan, phone: P) -> Vec<String> {
    let heard = Heard::default();
    let ear = Ear {
        phone,
        heard: heard.clone(),
    };
    play(plan, ear, false).expect("the call keeps the rules");
    let heard = heard.borrow();
    heard
        .iter()
        .filter(|what| !what.starts_with("Filler"))
        .cloned()
        .collect()
}

#[test]
fn the_same_script_is_heard_alike_on_both_lines() {
    let plan = three_turns();
    let expected = [
        "Greeting 0 is told.",
        "Greeting 1 is told.",
        "Turn 1 part 0 is told.",
        "Turn 1 part 1 is told.",
        "Turn 2 part 0 is told.",
        "Turn 2 part 1 is told.",
        "Turn 2 part 2 is told.",
        "Turn 3 part 0 is told.",
    ];
    assert_eq!(sentences(&plan, Webhook::new(&plan)), expected);
    assert_eq!(sentences(&plan, Pushed::new(&plan)), expected);
}
