//! Our turn: the greeting, sentences in order, late and failed work.

use expect_test::expect;

use crate::script::{PUSH, VISITS, check, plain};

/// A call whose greeting was heard; the caller's words begin turn 1 at 2 s.
fn after_greeting(rest: &str) -> String {
    format!(
        "0 answered\n0 voiced 0.0\n1000 played 0.0\n2000 words what are your opening hours\n{rest}"
    )
}

#[test]
fn the_greeting_is_voiced_said_and_then_it_is_the_callers_turn() {
    check(
        &plain(VISITS),
        "5 answered
         6 answered
         300 voiced 0.0 900",
        expect![[r#"
            5      voice 0.0 "Hello there."
            300    say 0.0 a0.0 900 ms
            300    listen 1 Speech 7000 ms
        "#]],
    );
}

#[test]
fn words_ask_the_agent_once_and_while_it_thinks_more_words_are_not_for_us() {
    check(
        &plain(VISITS),
        &after_greeting("2100 words and on sunday"),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
        "#]],
    );
}

#[test]
fn keys_are_words_that_say_so() {
    check(
        &plain(VISITS),
        "0 answered
         0 voiced 0.0
         2000 keys 4",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "4" (keys)
            2000   - no filler 1: off
        "#]],
    );
}

#[test]
fn words_are_kept_up_to_four_thousand_characters() {
    let long = "ä".repeat(5_000);
    let told = crate::script::run(
        &plain(VISITS),
        &format!("0 answered\n0 voiced 0.0\n2000 words {long}"),
    );
    assert_eq!(told.matches('ä').count(), 4_000);
}

#[test]
fn sentences_are_voiced_as_they_come_and_said_in_order() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2500 reply 1 We open at
             2600 reply 1 nine. We close
             2700 voiced 1.0 1500
             2800 reply 1 at five. And now?
             2900 done 1 yesno
             3000 voiced 1.1 1200
             3100 voiced 1.2 700",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2600   voice 1.0 "We open at nine."
            2700   say 1.0 a1.0 1500 ms
            2800   voice 1.1 "We close at five."
            2800   voice 1.2 "And now?"
            3000   say 1.1 a1.1 1200 ms
            3100   say 1.2 a1.2 700 ms
            3100   listen 2 YesNo 7000 ms
        "#]],
    );
}

#[test]
fn audio_that_overtakes_waits_for_what_comes_before_it() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2500 reply 1 One is here. Two is here. Three is here.
             2500 done 1
             2600 voiced 1.2
             2700 voiced 1.1
             2800 voiced 1.0",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2500   voice 1.0 "One is here."
            2500   voice 1.1 "Two is here."
            2500   voice 1.2 "Three is here."
            2800   say 1.0 a1.0 1000 ms
            2800   say 1.1 a1.1 1000 ms
            2800   say 1.2 a1.2 1000 ms
            2800   listen 2 Speech 7000 ms
        "#]],
    );
}

#[test]
fn a_sentence_without_audio_is_read_in_its_place() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2500 reply 1 One is here. Two is here. Three is here.
             2500 done 1
             2600 voiced 1.2
             2700 voiceless 1.1
             2800 voiced 1.0",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2500   voice 1.0 "One is here."
            2500   voice 1.1 "Two is here."
            2500   voice 1.2 "Three is here."
            2800   say 1.0 a1.0 1000 ms
            2800   say 1.1 reading "Two is here."
            2800   say 1.2 a1.2 1000 ms
            2800   listen 2 Speech 7000 ms
        "#]],
    );
}

#[test]
fn audio_that_is_too_slow_is_read_and_later_audio_changes_nothing() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2500 reply 1 One is here. Two is here.
             3000 reply 1 Three is here.
             3000 done 1
             6600 voiced 1.0
             6700 voiced 1.1
             6800 voiceless 1.2
             6900 voiced 1.2",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2500   voice 1.0 "One is here."
            2500   voice 1.1 "Two is here."
            3000   voice 1.2 "Three is here."
            6500   - voice 1.0 failed: no audio in time
            6500   say 1.0 reading "One is here."
            6500   - voice 1.1 failed: no audio in time
            6500   say 1.1 reading "Two is here."
            6800   say 1.2 reading "Three is here."
            6800   listen 2 Speech 7000 ms
        "#]],
    );
}

#[test]
fn the_first_word_about_a_clip_counts() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2500 reply 1 One is here. Two is here.
             2600 voiced 1.1 100
             2700 voiceless 1.1
             2800 voiced 1.1 999
             2900 voiced 1.0",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2500   voice 1.0 "One is here."
            2500   voice 1.1 "Two is here."
            2900   say 1.0 a1.0 1000 ms
            2900   say 1.1 a1.1 100 ms
        "#]],
    );
}

#[test]
fn an_agent_that_never_answers_meets_an_apology_and_an_offer() {
    let mut world = plain(VISITS);
    world.policy.reply_within_ms = 8_000;
    check(
        &world,
        &after_greeting(
            "10100 reply 1 Here I am.
             10200 done 1 hangup
             10300 failed 1 too late
             12000 words yes please",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            10000  forget 1
            10000  - reply 1 failed: no reply in time
            10000  say 1.0 reading "Shall I take a message?"
            10000  listen 2 YesNo 7000 ms
            12000  think 2 "yes please"
            12000  - no filler 2: off
        "#]],
    );
}

#[test]
fn an_agent_that_stops_in_the_middle_keeps_what_was_said() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2500 reply 1 One is here. Two is here. Three is
             2600 voiced 1.0
             2700 failed 1 broken pipe
             2800 voiced 1.1
             2800 history",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2500   voice 1.0 "One is here."
            2500   voice 1.1 "Two is here."
            2600   say 1.0 a1.0 1000 ms
            2700   forget 1
            2700   - reply 1 failed: broken pipe
            2700   say 1.2 reading "Shall I take a message?"
            2700   listen 2 YesNo 7000 ms
            history "" -> "Hello there."
            history "what are your opening hours" -> "One is here. Shall I take a message?"
        "#]],
    );
}

#[test]
fn a_reply_without_words_is_a_failed_reply() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2500 reply 1 ...
             2600 done 1 hangup
             2700 memo",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2600   forget 1
            2600   - reply 1 failed: the reply had no words
            2600   say 1.0 reading "Shall I take a message?"
            2600   listen 2 YesNo 7000 ms
            2700   memo "memo of 1"
        "#]],
    );
}

#[test]
fn nothing_is_taken_after_the_reply_was_complete() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2500 reply 1 One is here.
             2600 done 1 yesno
             2700 reply 1 Two is here.
             2800 done 1 hangup
             2900 failed 1 why
             3000 voiced 1.0",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2500   voice 1.0 "One is here."
            3000   say 1.0 a1.0 1000 ms
            3000   listen 2 YesNo 7000 ms
        "#]],
    );
}

#[test]
fn answers_to_another_turn_are_ignored() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2500 reply 0 Zero.
             2500 reply 2 Two.
             2500 done 0 hangup
             2500 done 2 hangup
             2500 failed 0 old
             2500 failed 2 new
             2500 busy 0 calendar
             2500 voiced 0.0
             2500 voiced 2.0
             2500 voiceless 0.0
             2500 voiced 1.0
             2500 voiceless 1.7
             2500 doing",
        ),
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
fn a_model_that_goes_on_is_cut_off() {
    let sentence = |n: usize| format!("Number {n} is here. ");
    let told = crate::script::run(
        &plain(VISITS),
        &after_greeting(&format!(
            "2500 reply 1 {}",
            (0..60).map(sentence).collect::<String>()
        )),
    );
    assert_eq!(told.matches("voice 1.").count(), 40, "sentences of a reply");

    let long = format!("{} end. ", "word ".repeat(39));
    let told = crate::script::run(
        &plain(VISITS),
        &after_greeting(&format!("2500 reply 1 {}", long.repeat(12))),
    );
    // 200 characters each; the seventh begins at 1,200.
    assert_eq!(told.matches("voice 1.").count(), 6, "characters of a reply");
}

#[test]
fn a_goodbye_of_the_agent_ends_the_call_after_it_was_said() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2500 reply 1 See you.
             2600 done 1 hangup
             2700 doing
             2800 voiced 1.0
             2800 doing
             5000 words wait
             5000 silence
             5000 onset
             5000 returned answered
             6000 hungup caller.hung_up
             6000 doing",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2500   voice 1.0 "See you."
            2700   is thinking
            2800   say 1.0 a1.0 1000 ms
            2800   hang up
            2800   is closing
            6000   - ended frontdesk.said_goodbye
            6000   is ended
        "#]],
    );
}

#[test]
fn a_call_is_told_as_events() {
    let mut world = plain(PUSH);
    world.notes = true;
    check(
        &world,
        &after_greeting(
            "2400 reply 1 We open
             2500 reply 1 at nine. Anything else?
             2600 done 1
             2700 voiced 1.0
             2800 voiceless 1.1
             3700 played 1.0
             4000 played 1.1
             9000 hungup caller.hung_up",
        ),
        expect![[r#"
            0      - Sentence { clip: ClipId { turn: TurnId(0), index: 0 }, text: "Hello there." }
            0      voice 0.0 "Hello there."
            0      - Said { clip: ClipId { turn: TurnId(0), index: 0 }, text: "Hello there.", plain: false }
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            1000   - Played { clip: ClipId { turn: TurnId(0), index: 0 } }
            2000   - Heard { turn: TurnId(1), text: "what are your opening hours", digits: false }
            2000   - Thinking { turn: TurnId(1) }
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2400   - FirstWords { turn: TurnId(1) }
            2500   - Sentence { clip: ClipId { turn: TurnId(1), index: 0 }, text: "We open at nine." }
            2500   voice 1.0 "We open at nine."
            2500   - Sentence { clip: ClipId { turn: TurnId(1), index: 1 }, text: "Anything else?" }
            2500   voice 1.1 "Anything else?"
            2600   - ReplyDone { turn: TurnId(1) }
            2700   - Said { clip: ClipId { turn: TurnId(1), index: 0 }, text: "We open at nine.", plain: false }
            2700   say 1.0 a1.0 1000 ms
            2800   - Said { clip: ClipId { turn: TurnId(1), index: 1 }, text: "Anything else?", plain: true }
            2800   say 1.1 reading "Anything else?"
            2800   listen 2 Speech 7000 ms
            3700   - Played { clip: ClipId { turn: TurnId(1), index: 0 } }
            4000   - Played { clip: ClipId { turn: TurnId(1), index: 1 } }
            9000   - ended caller.hung_up
        "#]],
    );
}

#[test]
fn what_it_is_doing_has_a_name() {
    check(
        &plain(PUSH),
        "0 doing
         0 answered
         0 doing
         0 voiced 0.0
         0 doing
         2000 words what are your opening hours
         2000 doing
         2100 reply 1 One is here. Two is here.
         2100 doing
         2200 voiced 1.0
         2200 doing
         2300 done 1 transfer
         2400 voiced 1.1
         2400 doing
         9000 hungup caller.hung_up
         9000 doing",
        expect![[r#"
            0      is ringing
            0      voice 0.0 "Hello there."
            0      is thinking
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            0      is listening
            2000   hush
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2000   is thinking
            2100   voice 1.0 "One is here."
            2100   voice 1.1 "Two is here."
            2100   is thinking
            2200   say 1.0 a1.0 1000 ms
            2200   is speaking
            2400   say 1.1 a1.1 1000 ms
            2400   - transferred 1 to desk
            2400   transfer desk +61255501234
            2400   is transferred
            9000   - ended caller.hung_up
            9000   is ended
        "#]],
    );
}

#[test]
fn a_business_without_a_greeting_listens_at_once() {
    let mut world = plain(VISITS);
    world.policy.greeting = String::new();
    check(
        &world,
        "0 answered",
        expect![[r#"
            0      listen 1 Speech 7000 ms
        "#]],
    );
}

#[test]
fn the_memo_of_the_agent_is_kept_until_the_next() {
    check(
        &plain(VISITS),
        &after_greeting(
            "2500 memo
             2500 reply 1 Yes, we do.
             2600 done 1
             2700 memo
             2700 voiced 1.0
             9000 silence
             9000 memo",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "what are your opening hours"
            2000   - no filler 1: off
            2500   memo ""
            2500   voice 1.0 "Yes, we do."
            2700   memo "memo of 1"
            2700   say 1.0 a1.0 1000 ms
            2700   listen 2 Speech 7000 ms
            9000   - silent 2
            9000   voice 2.0 "Are you there?"
            9000   memo "memo of 1"
        "#]],
    );
}
