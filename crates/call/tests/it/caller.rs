//! The caller's turn: silence, interruption, transfer, hanging up.

use expect_test::expect;

use crate::script::{PUSH, VISITS, check, plain};

fn after_greeting(rest: &str) -> String {
    format!(
        "0 answered\n0 voiced 0.0\n1000 played 0.0\n2000 words what are your opening hours\n{rest}"
    )
}

#[test]
fn a_silent_caller_is_nudged_twice_and_then_told_goodbye() {
    check(
        &plain(VISITS),
        "0 answered
         0 voiced 0.0
         7000 silence
         7100 voiced 1.0
         15000 silence
         15100 voiced 2.0
         23000 silence
         23100 voiced 3.0
         24000 hungup carrier.over",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            7000   - silent 1
            7000   voice 1.0 "Are you there?"
            7100   say 1.0 a1.0 1000 ms
            7100   listen 2 Speech 8000 ms
            15000  - silent 2
            15000  voice 2.0 "Say something, please."
            15100  say 2.0 a2.0 1000 ms
            15100  listen 3 Speech 8000 ms
            23000  - silent 3
            23000  voice 3.0 "Goodbye then."
            23100  say 3.0 a3.0 1000 ms
            23100  hang up
            24000  - ended caller.silent
        "#]],
    );
}

#[test]
fn on_a_line_that_does_not_watch_the_call_watches_from_the_last_sound() {
    check(
        &plain(PUSH),
        "0 answered
         200 voiced 0.0
         1200 played 0.0
         1200 deadline
         8300 voiced 1.0
         9300 played 1.0
         9300 deadline
         17400 voiced 2.0
         18000 played 2.0
         26100 voiced 3.0
         27000 played 3.0",
        expect![[r#"
            0      voice 0.0 "Hello there."
            200    say 0.0 a0.0 1000 ms
            200    listen 1 Speech 7000 ms
            1200   due Some(8200)
            8200   - silent 1
            8200   voice 1.0 "Are you there?"
            8300   say 1.0 a1.0 1000 ms
            8300   listen 2 Speech 8000 ms
            9300   due Some(17300)
            17300  - silent 2
            17300  voice 2.0 "Say something, please."
            17400  say 2.0 a2.0 1000 ms
            17400  listen 3 Speech 8000 ms
            26000  - silent 3
            26000  voice 3.0 "Goodbye then."
            26100  say 3.0 a3.0 1000 ms
            26100  hang up
        "#]],
    );
}

#[test]
fn patience_begins_when_the_last_of_several_clips_was_heard() {
    check(
        &plain(PUSH),
        &after_greeting(
            "2100 reply 1 One is here. Two is here.
             2100 done 1
             2200 voiced 1.0
             2200 voiced 1.1
             3200 played 1.0
             3200 deadline
             4200 played 1.1
             4200 deadline",
        ),
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
            2200   listen 2 Speech 7000 ms
            3200   due Some(903200)
            4200   due Some(11200)
        "#]],
    );
}

#[test]
fn words_end_the_count_of_silences() {
    check(
        &plain(VISITS),
        "0 answered
         0 voiced 0.0
         7000 silence
         7000 voiced 1.0
         9000 words what are your opening hours
         9100 reply 2 At nine.
         9100 done 2
         9200 voiced 2.0
         17000 silence",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            7000   - silent 1
            7000   voice 1.0 "Are you there?"
            7000   say 1.0 a1.0 1000 ms
            7000   listen 2 Speech 8000 ms
            9000   think 2 "what are your opening hours"
            9000   - no filler 2: off
            9100   voice 2.0 "At nine."
            9200   say 2.0 a2.0 1000 ms
            9200   listen 3 Speech 7000 ms
            17000  - silent 3
            17000  voice 3.0 "Are you there?"
        "#]],
    );
}

#[test]
fn a_goodbye_after_words_is_ours_though_there_was_silence_before() {
    check(
        &plain(VISITS),
        "0 answered
         0 voiced 0.0
         7000 silence
         7000 voiced 1.0
         9000 words what are your opening hours
         9100 reply 2 At nine.
         9100 done 2 hangup
         9200 voiced 2.0
         9300 hungup carrier.over",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            7000   - silent 1
            7000   voice 1.0 "Are you there?"
            7000   say 1.0 a1.0 1000 ms
            7000   listen 2 Speech 8000 ms
            9000   think 2 "what are your opening hours"
            9000   - no filler 2: off
            9100   voice 2.0 "At nine."
            9200   say 2.0 a2.0 1000 ms
            9200   hang up
            9300   - ended frontdesk.said_goodbye
        "#]],
    );
}

#[test]
fn a_business_without_nudges_says_goodbye_at_once_and_waits_seven_seconds() {
    let mut world = plain(PUSH);
    world.policy.nudges.clear();
    world.policy.patience_ms.clear();
    check(
        &world,
        "0 answered
         0 voiced 0.0
         1000 played 0.0
         8100 voiced 1.0",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            8000   - silent 1
            8000   voice 1.0 "Goodbye then."
            8100   say 1.0 a1.0 1000 ms
            8100   hang up
        "#]],
    );
}

#[test]
fn silence_in_our_own_turn_is_nobodys() {
    check(
        &plain(VISITS),
        &after_greeting("2500 silence\n2500 doing"),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2500   is thinking
        "#]],
    );
}

#[test]
fn an_interruption_drops_what_was_not_heard_from_line_and_history() {
    check(
        &plain(PUSH),
        &after_greeting(
            "2100 reply 1 One is here. Two is here. Three is here. Four
             2200 voiced 1.0
             2200 voiced 1.1
             3200 played 1.0
             3300 history
             3300 voiced 1.2
             3500 onset
             3500 history
             3600 reply 1 is here.
             3700 voiced 1.3
             3900 played 1.1
             4000 words no wait I meant sunday
             4000 history",
        ),
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
            2200   say 1.1 a1.1 1000 ms
            history "" -> "Hello there."
            history "what are your opening hours" -> "One is here. Two is here."
            3300   say 1.2 a1.2 1000 ms
            3500   forget 1
            3500   hush
            3500   listen 2 Speech 7000 ms
            history "" -> "Hello there."
            history "what are your opening hours" -> "One is here. Two is here."
            4000   think 2 "no wait I meant sunday"
            4000   - no filler 2: off
            history "" -> "Hello there."
            history "what are your opening hours" -> "One is here. Two is here."
            history "no wait I meant sunday" -> ""
        "#]],
    );
}

#[test]
fn words_without_an_onset_interrupt_too() {
    check(
        &plain(PUSH),
        &after_greeting(
            "2100 reply 1 One is here. Two is here.
             2200 voiced 1.0
             2200 voiced 1.1
             2500 words no wait I meant sunday
             2500 history",
        ),
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
            2500   forget 1
            2500   hush
            2500   think 2 "no wait I meant sunday"
            2500   - no filler 2: off
            history "" -> "Hello there."
            history "what are your opening hours" -> "One is here."
            history "no wait I meant sunday" -> ""
        "#]],
    );
}

#[test]
fn an_interruption_without_words_is_a_silence_like_any_other() {
    check(
        &plain(PUSH),
        &after_greeting(
            "2100 reply 1 One is here. Two is here.
             2200 voiced 1.0
             2500 onset
             9600 deadline",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2100   voice 1.0 "One is here."
            2100   voice 1.1 "Two is here."
            2200   say 1.0 a1.0 1000 ms
            2500   forget 1
            2500   hush
            2500   listen 2 Speech 7000 ms
            9500   - silent 2
            9500   voice 2.0 "Are you there?"
            9600   due Some(13500)
        "#]],
    );
}

#[test]
fn an_interruption_of_the_last_words_without_words_of_their_own_is_a_silence_too() {
    check(
        &plain(PUSH),
        &after_greeting(
            "2100 reply 1 One is here. Two is here.
             2100 done 1
             2200 voiced 1.0
             2200 voiced 1.1
             2500 onset
             2500 history
             2600 played 1.0
             9600 deadline",
        ),
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
            2200   listen 2 Speech 7000 ms
            2500   hush
            history "" -> "Hello there."
            history "what are your opening hours" -> "One is here."
            9500   - silent 2
            9500   voice 2.0 "Are you there?"
            9600   due Some(13500)
        "#]],
    );
}

#[test]
fn a_caller_who_begins_to_speak_is_waited_for_afresh() {
    check(
        &plain(PUSH),
        "0 answered
         0 voiced 0.0
         1000 played 0.0
         7000 onset
         7000 deadline",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            7000   due Some(14000)
        "#]],
    );
}

#[test]
fn an_onset_before_our_first_sound_interrupts_nothing() {
    check(
        &plain(PUSH),
        &after_greeting(
            "2100 onset
             2200 doing
             2300 words on sunday I mean
             2300 history",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2200   is thinking
            2300   forget 1
            2300   think 2 "on sunday I mean"
            2300   - no filler 2: off
            history "" -> "Hello there."
            history "what are your opening hours" -> ""
            history "on sunday I mean" -> ""
        "#]],
    );
}

#[test]
fn a_line_that_cannot_be_interrupted_is_not() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2100 reply 1 One is here. Two is here.
             2200 voiced 1.0
             2300 onset
             2400 words no wait
             2500 voiced 1.1
             2500 history",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2100   voice 1.0 "One is here."
            2100   voice 1.1 "Two is here."
            2200   say 1.0 a1.0 1000 ms
            2500   say 1.1 a1.1 1000 ms
            history "" -> "Hello there."
            history "what are your opening hours" -> "One is here. Two is here."
        "#]],
    );
}

#[test]
fn what_was_played_is_told_once_and_includes_what_came_before() {
    check(
        &{
            let mut world = plain(PUSH);
            world.notes = true;
            world
        },
        "0 answered
         0 voiced 0.0
         1000 played 0.7
         1000 played 0.0
         1000 played 0.0",
        expect![[r#"
            0      - Sentence { clip: ClipId { turn: TurnId(0), index: 0 }, text: "Hello there." }
            0      voice 0.0 "Hello there."
            0      - Said { clip: ClipId { turn: TurnId(0), index: 0 }, text: "Hello there.", plain: false }
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            1000   - Played { clip: ClipId { turn: TurnId(0), index: 0 } }
        "#]],
    );
}

#[test]
fn the_caller_is_handed_over_and_comes_back_when_nobody_answers() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2100 reply 1 I'll put you through.
             2100 done 1 transfer
             2200 returned answered
             2300 voiced 1.0
             2300 doing
             3000 words hello
             3000 silence
             3000 onset
             30000 returned no
             30100 voiced 2.0
             30100 doing",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2100   voice 1.0 "I'll put you through."
            2300   say 1.0 a1.0 1000 ms
            2300   - transferred 1 to desk
            2300   transfer desk +61255501234
            2300   is transferred
            30000  voice 2.0 "Nobody is there."
            30100  say 2.0 a2.0 1000 ms
            30100  listen 3 YesNo 7000 ms
            30100  is listening
        "#]],
    );
}

#[test]
fn a_transfer_that_worked_ends_the_call() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2100 reply 1 I'll put you through.
             2100 done 1 transfer
             2300 voiced 1.0
             900000 returned answered
             900100 hungup carrier.over",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2100   voice 1.0 "I'll put you through."
            2300   say 1.0 a1.0 1000 ms
            2300   - transferred 1 to desk
            2300   transfer desk +61255501234
            900000 hang up
            900100 - ended business.transferred
        "#]],
    );
}

#[test]
fn a_caller_who_is_with_a_person_may_stay_for_hours() {
    let mut world = plain(VISITS);
    world.policy.longest_ms = 6 * 3_600_000;
    check(
        &world,
        &after_greeting(
            "2100 reply 1 I'll put you through.
             2100 done 1 transfer
             2300 voiced 1.0
             2300 deadline
             14402300 doing",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2100   voice 1.0 "I'll put you through."
            2300   say 1.0 a1.0 1000 ms
            2300   - transferred 1 to desk
            2300   transfer desk +61255501234
            2300   due Some(14402300)
            14402300 hang up
            14402300 - ended carrier.vanished
            14402300 is ended
        "#]],
    );
}

#[test]
fn hanging_up_forgets_the_turn_and_nothing_comes_after() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2100 reply 1 One is here.
             2200 hungup caller.hung_up
             2300 voiced 1.0
             2300 reply 1 Two.
             2300 done 1
             2300 words hello
             2300 silence
             2300 answered
             2300 hungup again
             2300 tick
             2300 deadline",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2100   voice 1.0 "One is here."
            2200   forget 1
            2200   - ended caller.hung_up
            2300   due None
        "#]],
    );
}

#[test]
fn hanging_up_while_listening_or_ringing_forgets_nothing() {
    check(
        &plain(VISITS),
        "5 hungup caller.gone",
        expect![[r#"
            5      - ended caller.gone
        "#]],
    );
    check(
        &plain(VISITS),
        "0 answered
         0 voiced 0.0
         900 hungup caller.hung_up",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            900    - ended caller.hung_up
        "#]],
    );
}

#[test]
fn history_keeps_the_last_forty() {
    let world = plain(VISITS);
    let mut script = "0 answered\n0 voiced 0.0\n".to_owned();
    for turn in 1..=45 {
        script += &format!("{turn}000 words question {turn} of the caller\n");
        script += &format!("{turn}100 reply {turn} Answer {turn} is here.\n");
        script += &format!("{turn}100 done {turn}\n{turn}200 voiced {turn}.0\n");
    }
    script += "46000 history";
    let told = crate::script::run(&world, &script);
    let history: Vec<&str> = told.lines().filter(|line| line.contains("->")).collect();
    assert_eq!(history.len(), 40);
    expect![[r#"history "question 6 of the caller" -> "Answer 6 is here.""#]].assert_eq(history[0]);
    expect![[r#"history "question 45 of the caller" -> "Answer 45 is here.""#]]
        .assert_eq(history[39]);
}
