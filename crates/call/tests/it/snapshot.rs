//! A call is plain data: stored after any input, it goes on as if nothing had been; taken up by another process, it asks
//! again for what is missing and repeats nothing.

use std::sync::Arc;

use call::{Call, Input, Policy, Profile, Then, Traits};
use events::{At, CallId, ClipId, TurnId};
use expect_test::expect;
use proptest::prelude::*;
use text::FillerClass;

use crate::script::{PUSH, VISITS, check, plain, with_fillers};

#[test]
fn a_call_taken_up_in_its_turn_asks_again_and_repeats_no_sentence() {
    check(
        &plain(VISITS),
        "0 answered
         0 voiced 0.0
         2000 words what are your opening hours
         2100 reply 1 One is here. Two is here. Three is
         2200 voiced 1.0
         2300 restart
         2400 voiced 1.1
         2500 reply 1 One is here. Two is here.
         2600 reply 1 Three is here.
         2600 done 1
         2700 voiced 1.3
         2800 voiced 1.2
         2800 history",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2100   voice 1.0 "One is here."
            2100   voice 1.1 "Two is here."
            2200   say 1.0 a1.0 1000 ms
            2300   think 1 "what are your opening hours"
            2500   voice 1.2 "Two is here."
            2600   voice 1.3 "Three is here."
            2800   say 1.2 a1.2 1000 ms
            2800   say 1.3 a1.3 1000 ms
            2800   listen 2 Speech 7000 ms
            history "" -> "Hello there."
            history "what are your opening hours" -> "One is here. Two is here. Three is here."
        "#]],
    );
}

#[test]
fn a_reply_that_was_complete_is_not_asked_for_again_only_its_audio() {
    check(
        &plain(VISITS),
        "0 answered
         0 voiced 0.0
         2000 words what are your opening hours
         2100 reply 1 One is here. Two is here. Three is here.
         2100 done 1
         2200 voiced 1.0
         2250 voiced 1.2
         2300 restart
         2400 voiced 1.1",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2100   voice 1.0 "One is here."
            2100   voice 1.1 "Two is here."
            2100   voice 1.2 "Three is here."
            2200   say 1.0 a1.0 1000 ms
            2300   voice 1.1 "Two is here."
            2400   say 1.1 a1.1 1000 ms
            2400   say 1.2 a1.2 1000 ms
            2400   listen 2 Speech 7000 ms
        "#]],
    );
}

#[test]
fn the_waits_of_a_call_taken_up_begin_again() {
    check(
        &plain(VISITS),
        "0 answered
         0 voiced 0.0
         2000 words what are your opening hours
         9000 restart
         9000 deadline
         9100 reply 1 One is here.
         9100 done 1
         13000 restart
         13000 deadline
         17000 until",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            9000   think 1 "what are your opening hours"
            9000   due Some(21000)
            9100   voice 1.0 "One is here."
            13000  voice 1.0 "One is here."
            13000  due Some(17000)
            17000  - voice 1.0 failed: no audio in time
            17000  say 1.0 reading "One is here."
            17000  listen 2 Speech 7000 ms
        "#]],
    );
}

#[test]
fn a_shorter_second_reply_ends_where_the_first_was_heard() {
    check(
        &plain(VISITS),
        "0 answered
         0 voiced 0.0
         2000 words what are your opening hours
         2100 reply 1 One is here. Two is here.
         2200 voiced 1.0
         2200 voiced 1.1
         2300 restart
         2400 reply 1 One only.
         2400 done 1",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2100   voice 1.0 "One is here."
            2100   voice 1.1 "Two is here."
            2200   say 1.0 a1.0 1000 ms
            2200   say 1.1 a1.1 1000 ms
            2300   think 1 "what are your opening hours"
            2400   listen 2 Speech 7000 ms
        "#]],
    );
}

#[test]
fn a_greeting_taken_up_is_voiced_again_and_not_filled() {
    let world = with_fillers(VISITS, &[(FillerClass::Lookup, "a", 900)]);
    check(
        &world,
        "0 answered
         1000 restart
         1000 deadline
         4900 voiced 0.0",
        expect![[r#"
            0      voice 0.0 "Hello there."
            1000   voice 0.0 "Hello there."
            1000   due Some(5000)
            4900   say 0.0 a0.0 1000 ms
            4900   listen 1 Speech 7000 ms
        "#]],
    );
}

#[test]
fn taken_up_in_silence_a_filler_comes_soon_unless_they_are_off() {
    let script = "0 answered
         0 voiced 0.0
         1000 forecast 300
         2000 words what are your opening hours
         2200 restart
         2500 until";
    let mut world = with_fillers(VISITS, &[(FillerClass::Lookup, "a", 900)]);
    check(
        &world,
        script,
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2200   think 1 "what are your opening hours"
            2500   - filler 1.0 lookup <a> 900 ms, grace_over, predicted Some(500)
            2500   filler 1.0 a 900 ms
        "#]],
    );
    world.policy.fillers.mode = call::FillerMode::Control;
    check(
        &world,
        script,
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: control_arm
            2200   think 1 "what are your opening hours"
        "#]],
    );
}

#[test]
fn taken_up_in_the_callers_turn_nothing_is_done() {
    check(
        &plain(VISITS),
        "0 answered
         0 voiced 0.0
         2000 restart
         2000 doing
         3000 words what are your opening hours",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   is listening
            3000   think 1 "what are your opening hours"
            3000   - no filler 1: off
        "#]],
    );
}

fn then() -> impl Strategy<Value = Then> {
    prop_oneof![
        4 => Just(Then::Listen(Profile::Speech)),
        1 => Just(Then::Listen(Profile::Dictation)),
        1 => Just(Then::HangUp),
        1 => Just(Then::Transfer { label: "desk".into(), number: "+1555".into() }),
    ]
}

/// Inputs that mostly fit where the call is: ids are relative to the turn that is going on.
#[derive(Clone, Debug)]
struct Step {
    after_ms: u64,
    input: Input,
}

fn input() -> impl Strategy<Value = Input> {
    let turn = || prop_oneof![6 => Just(0u32), 1 => Just(1u32)].prop_map(TurnId);
    let clip = || (turn(), 0u32..5).prop_map(|(turn, index)| ClipId { turn, index });
    let delta = || {
        prop::sample::select(vec![
            "One is here. ",
            "Two is ",
            "here. Three",
            "...",
            "is the end? Dr. ",
        ])
    };
    prop_oneof![
        3 => prop::sample::select(vec!["yes", "what are your opening hours", "book a table for monday"])
            .prop_map(|text| Input::Words { text: text.into(), digits: false }),
        1 => Just(Input::Onset),
        1 => Just(Input::Silence),
        1 => any::<bool>().prop_map(|answered| Input::Returned { answered }),
        4 => clip().prop_map(Input::Played),
        5 => (turn(), delta()).prop_map(|(turn, delta)| Input::Reply { turn, delta: delta.into() }),
        1 => turn().prop_map(|turn| Input::Busy { turn, class: FillerClass::Calendar }),
        3 => (turn(), then()).prop_map(|(turn, then)| Input::ReplyDone { turn, then, memo: "m".into() }),
        1 => turn().prop_map(|turn| Input::ReplyFailed { turn, why: "why".into() }),
        6 => clip().prop_map(|clip| Input::Voiced { clip, object: "o".into(), ms: 900 }),
        1 => clip().prop_map(|clip| Input::VoiceFailed { clip }),
        4 => Just(Input::Tick),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (prop_oneof![Just(0u64), 1..700u64, Just(4_000)], input())
        .prop_map(|(after_ms, input)| Step { after_ms, input });
    prop::collection::vec(step, 1..60)
}

/// Turns the step's relative turn into the one that is going on, or the one before it.
fn placed(input: Input, now: TurnId) -> Input {
    let place = |turn: TurnId| TurnId(now.0.saturating_sub(turn.0));
    let clip = |clip: ClipId| ClipId {
        turn: place(clip.turn),
        ..clip
    };
    match input {
        Input::Played(id) => Input::Played(clip(id)),
        Input::Reply { turn, delta } => Input::Reply {
            turn: place(turn),
            delta,
        },
        Input::Busy { turn, class } => Input::Busy {
            turn: place(turn),
            class,
        },
        Input::ReplyDone { turn, then, memo } => Input::ReplyDone {
            turn: place(turn),
            then,
            memo,
        },
        Input::ReplyFailed { turn, why } => Input::ReplyFailed {
            turn: place(turn),
            why,
        },
        Input::Voiced {
            clip: id,
            object,
            ms,
        } => Input::Voiced {
            clip: clip(id),
            object,
            ms,
        },
        Input::VoiceFailed { clip: id } => Input::VoiceFailed { clip: clip(id) },
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_call_stored_after_every_input_behaves_the_same(
        steps in steps(),
        push in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let traits: Traits = if push { PUSH } else { VISITS };
        let id = CallId::parse("CA1").expect("a call's name");
        // The policy is not stored with the call; the default is what a call that was read has.
        let mut kept = Call::new(id, seed, traits, Arc::new(Policy::default()), At(0));
        let mut now = At(0);
        kept.handle(Input::Answered, now, &mut Vec::new());
        let mut stored = kept.clone();
        for step in steps {
            now = now + step.after_ms;
            let input = placed(step.input, kept.turn());
            let (mut expected, mut got) = (Vec::new(), Vec::new());
            kept.handle(input.clone(), now, &mut expected);
            let text = serde_json::to_string(&stored).expect("a call can be stored");
            stored = serde_json::from_str(&text).expect("a stored call can be read");
            stored.handle(input, now, &mut got);
            prop_assert_eq!(&got, &expected);
            prop_assert_eq!(&stored, &kept);
            prop_assert_eq!(stored.deadline(), kept.deadline());
        }
    }
}
