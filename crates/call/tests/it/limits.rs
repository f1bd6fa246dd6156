//! Every wait ends: idle calls, long calls, calls that said goodbye.

use expect_test::expect;

use crate::script::{PUSH, VISITS, check, plain};

#[test]
fn only_a_ringing_or_ended_call_has_no_deadline() {
    check(
        &plain(VISITS),
        "0 deadline
         0 answered
         0 deadline
         0 voiced 0.0
         0 deadline
         10 hungup caller.hung_up
         10 deadline",
        expect![[r#"
            0      due None
            0      voice 0.0 "Hello there."
            0      due Some(4000)
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            0      due Some(900000)
            10     - ended caller.hung_up
            10     due None
        "#]],
    );
}

#[test]
fn a_line_that_shows_no_sign_of_life_is_gone() {
    let mut world = plain(VISITS);
    world.policy.idle_ms = 60_000;
    check(
        &world,
        "0 answered
         0 voiced 0.0
         20000 words what are your opening hours
         20000 reply 1 At nine.
         20000 done 1
         20000 voiced 1.0
         30000 played 1.0
         90000 doing",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            20000  think 1 "what are your opening hours"
            20000  - no filler 1: off
            20000  voice 1.0 "At nine."
            20000  say 1.0 a1.0 1000 ms
            20000  listen 2 Speech 7000 ms
            90000  hang up
            90000  - ended carrier.vanished
            90000  is ended
        "#]],
    );
}

#[test]
fn a_ringing_call_that_is_never_answered_ends_at_a_tick() {
    let mut world = plain(VISITS);
    world.policy.idle_ms = 60_000;
    check(
        &world,
        "59999 tick
         60000 tick",
        expect![[r#"
            60000  - ended carrier.vanished
        "#]],
    );
}

#[test]
fn no_call_is_longer_than_the_longest_and_its_work_is_forgotten() {
    let mut world = plain(VISITS);
    world.policy.longest_ms = 10_000;
    check(
        &world,
        "500 answered
         500 voiced 0.0
         8000 words what are your opening hours
         10500 doing",
        expect![[r#"
            500    voice 0.0 "Hello there."
            500    say 0.0 a0.0 1000 ms
            500    listen 1 Speech 7000 ms
            8000   think 1 "what are your opening hours"
            8000   - no filler 1: off
            10500  hang up
            10500  forget 1
            10500  - ended frontdesk.too_long
            10500  is ended
        "#]],
    );
}

#[test]
fn a_call_that_said_goodbye_ends_even_if_the_carrier_forgets_to_say_so() {
    check(
        &plain(VISITS),
        "0 answered
         0 voiced 0.0
         2000 words what are your opening hours
         2000 reply 1 See you.
         2000 done 1 hangup
         2000 voiced 1.0
         2000 deadline
         200000 doing",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2000   voice 1.0 "See you."
            2000   say 1.0 a1.0 1000 ms
            2000   hang up
            2000   due Some(122000)
            122000 - ended frontdesk.said_goodbye
            200000 is ended
        "#]],
    );
}

#[test]
fn a_tick_too_early_does_nothing() {
    check(
        &plain(PUSH),
        "0 answered
         10 tick
         20 voiced 0.0
         30 tick
         1000 played 0.0
         7999 tick
         8000 tick",
        expect![[r#"
            0      voice 0.0 "Hello there."
            20     say 0.0 a0.0 1000 ms
            20     listen 1 Speech 7000 ms
            8000   - silent 1
            8000   voice 1.0 "Are you there?"
        "#]],
    );
}

#[test]
fn a_call_whose_state_was_lost_goes_on_with_its_turn() {
    use call::{Input, Order};
    use events::{At, TurnId};
    let mut out = Vec::new();
    let mut call = crate::script::ring(&plain(VISITS)).starting_at(TurnId(5));
    assert_eq!(call.turn(), TurnId(5));
    call.handle(Input::Answered, At(0), &mut out);
    assert!(
        out.iter()
            .any(|order| matches!(order, Order::Voice { clip, .. } if clip.turn == TurnId(5)))
    );
    let clip = crate::script::clip("5.0");
    call.handle(Input::VoiceFailed { clip }, At(0), &mut out);
    assert_eq!(call.turn(), TurnId(6));
    assert_eq!(call.id().as_str(), "CA1");
}
