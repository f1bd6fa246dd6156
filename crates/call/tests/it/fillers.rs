//! The nine filler rules (CALLER §2.3), a table each.

use call::{FillerMode, Forecast, Traits};
use expect_test::expect;
use text::FillerClass::{self, Calendar, Hold, Lookup, Note, Think};

use crate::script::{PUSH, VISITS, World, check, run, with_fillers};

const CLIPS: [(FillerClass, &str, u32); 9] = [
    (Lookup, "look-short", 700),
    (Lookup, "look-medium", 1_500),
    (Lookup, "look-long", 2_600),
    (Calendar, "cal-medium", 1_700),
    (Note, "note-medium", 1_600),
    (Think, "think-medium", 1_400),
    (Hold, "hold-short", 600),
    (Hold, "hold-medium", 1_500),
    (Hold, "hold-long", 2_700),
];

fn shop(traits: Traits) -> World {
    with_fillers(traits, &CLIPS)
}

/// Greeted; the caller speaks at 2 s.
fn asked(forecast: &str, words: &str, rest: &str) -> String {
    format!(
        "0 answered\n0 voiced 0.0\n1000 played 0.0\n2000 forecast {forecast}\n2000 words {words}\n{rest}"
    )
}

const QUESTION: &str = "where can I park my car";

#[test]
fn rule_1_an_answer_within_the_grace_needs_no_filler() {
    check(
        &shop(VISITS),
        &asked(
            "300,300",
            QUESTION,
            "2200 reply 1 At nine. And now?
             2300 voiced 1.0
             2300 voiced 1.1
             2300 done 1",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2200   voice 1.0 "At nine."
            2200   voice 1.1 "And now?"
            2300   - no filler 1: fast
            2300   say 1.0 a1.0 1000 ms
            2300   say 1.1 a1.1 1000 ms
            2300   listen 2 Speech 7000 ms
        "#]],
    );
}

#[test]
fn rule_1_the_grace_ends_in_a_filler() {
    check(
        &shop(VISITS),
        &asked("300,300", QUESTION, "2399 until\n2400 until"),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2400   - filler 1.0 lookup <look-short> 700 ms, grace_over, predicted Some(500)
            2400   filler 1.0 look-short 700 ms
        "#]],
    );
    check(
        &shop(VISITS),
        &asked("400", QUESTION, "2400 until"),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2400   - filler 1.0 lookup <look-short> 700 ms, grace_over, predicted Some(40)
            2400   filler 1.0 look-short 700 ms
        "#]],
    );
}

#[test]
fn rule_1_an_answer_predicted_late_spends_no_grace() {
    check(
        &shop(VISITS),
        &asked("401", QUESTION, "2000 until"),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-short> 700 ms, predicted_late, predicted Some(401)
            2000   filler 1.0 look-short 700 ms
        "#]],
    );
}

#[test]
fn rule_1_without_grace_there_is_always_a_filler() {
    let mut world = shop(VISITS);
    world.policy.fillers.grace_ms = 0;
    check(
        &world,
        &asked("10", QUESTION, "2000 until"),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-short> 700 ms, predicted_late, predicted Some(10)
            2000   filler 1.0 look-short 700 ms
        "#]],
    );
}

#[test]
fn rule_2_no_filler_after_a_word_or_two_yes_or_no_keys_and_goodbye() {
    let skipped = |how: &str| {
        let told = run(
            &shop(VISITS),
            &format!("0 answered\n0 voiced 0.0\n2000 forecast 1500\n2000 {how}"),
        );
        let skipped = told.contains("- no filler 1: short_reply");
        assert_ne!(skipped, told.contains("filler 1.0"), "{how}: {told}");
        skipped
    };
    let table = [
        "words tuesday",
        "words on tuesday",
        "words on tuesday morning",
        "words Yes, that is right.",
        "words yes that is right indeed",
        "words yes that is right indeed but",
        "words nope",
        "words OK then let us see",
        "words yesterday it was fine",
        "words I said yes to that",
        "words thanks a lot and goodbye then",
        "words bye bye my dear thanks for everything today",
        "words goodbye and thank you very much for all the help",
        "words when does the goodbye party begin exactly tomorrow night",
        "words - - what hours ?",
        "keys 4",
        "keys 5 5 5 5 5",
    ]
    .map(|how| format!("{} {how}\n", if skipped(how) { "none  " } else { "filler" }))
    .concat();
    expect![[r#"
        none   words tuesday
        none   words on tuesday
        filler words on tuesday morning
        none   words Yes, that is right.
        none   words yes that is right indeed
        filler words yes that is right indeed but
        none   words nope
        none   words OK then let us see
        filler words yesterday it was fine
        filler words I said yes to that
        none   words thanks a lot and goodbye then
        none   words bye bye my dear thanks for everything today
        filler words goodbye and thank you very much for all the help
        filler words when does the goodbye party begin exactly tomorrow night
        none   words - - what hours ?
        none   keys 4
        none   keys 5 5 5 5 5
    "#]]
    .assert_eq(&table);
}

/// What is played when "yes please" is predicted to take so long, until `until` and while no answer comes.
fn after_yes(forecast: &str, until: u32) -> String {
    let rest = format!("{until} until");
    let told = run(&shop(VISITS), &asked(forecast, "yes please", &rest));
    let told: String = told
        .lines()
        .filter(|line| line.contains("- filler"))
        .map(|line| format!("  {line}\n"))
        .collect();
    format!("{forecast:?} until {until}\n{told}")
}

#[test]
fn rule_2_after_yes_an_answer_within_a_second_and_a_half_is_waited_for_in_silence() {
    let table = [
        ("1300", 3_499),
        ("1300", 3_500),
        // Most take 900 ms; after 1,200 ms the rest is more than a moment away.
        ("900,900,900,1500", 3_499),
        ("900,900,900,1501", 3_200),
        ("1500", 3_499),
        ("1500", 3_500),
        // Nothing is known.
        ("", 3_199),
        ("", 3_200),
    ]
    .map(|(forecast, until)| after_yes(forecast, until))
    .concat();
    expect![[r#"
        "1300" until 3499
        "1300" until 3500
          3500   - filler 1.0 hold <hold-medium> 1500 ms, still_waiting, predicted Some(1500)
        "900,900,900,1500" until 3499
        "900,900,900,1501" until 3200
          3200   - filler 1.0 hold <hold-short> 600 ms, still_waiting, predicted Some(301)
        "1500" until 3499
        "1500" until 3500
          3500   - filler 1.0 hold <hold-short> 600 ms, still_waiting, predicted Some(150)
        "" until 3199
        "" until 3200
          3200   - filler 1.0 hold <hold-medium> 1500 ms, still_waiting, predicted None
    "#]]
    .assert_eq(&table);
}

#[test]
fn rule_2_after_yes_an_answer_that_takes_longer_is_announced_by_a_hold_phrase_at_once() {
    let table = [("1501", 2_000), ("4000", 2_000), ("4000", 7_000)]
        .map(|(forecast, until)| after_yes(forecast, until))
        .concat();
    expect![[r#"
        "1501" until 2000
          2000   - filler 1.0 hold <hold-medium> 1500 ms, still_waiting, predicted Some(1501)
        "4000" until 2000
          2000   - filler 1.0 hold <hold-long> 2700 ms, still_waiting, predicted Some(4000)
        "4000" until 7000
          2000   - filler 1.0 hold <hold-long> 2700 ms, still_waiting, predicted Some(4000)
    "#]]
    .assert_eq(&table);
}

#[test]
fn rule_2_after_yes_a_demo_voice_of_1300_ms_is_heard_after_1300_ms() {
    check(
        &shop(VISITS),
        &asked(
            "1300,1250,1350",
            "yes please",
            "2100 reply 1 You are booked.
             2100 done 1
             3320 voiced 1.0",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "yes please"
            2000   - no filler 1: short_reply
            2100   voice 1.0 "You are booked."
            3320   say 1.0 a1.0 1000 ms
            3320   listen 2 Speech 7000 ms
        "#]],
    );
}

#[test]
fn rule_2_a_tool_behind_yes_names_the_hold() {
    check(
        &shop(VISITS),
        &asked("1300", "yes please", "2100 busy 1 calendar\n3500 until"),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "yes please"
            2000   - no filler 1: short_reply
            3500   - filler 1.0 calendar <cal-medium> 1700 ms, still_waiting, predicted Some(1500)
            3500   filler 1.0 cal-medium 1700 ms
        "#]],
    );
}

#[test]
fn rule_2_after_yes_no_opening_filler_comes_for_a_hold_that_has_no_clip() {
    let world = with_fillers(VISITS, &[(Calendar, "cal", 1_500)]);
    check(
        &world,
        &asked(
            "",
            "yes book it",
            "4400 until\n4500 reply 1 Booked.\n4600 voiced 1.0",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "yes book it"
            2000   - no filler 1: short_reply
            3200   - no filler 1: no_clip
            4400   - no filler 1: no_clip
            4500   voice 1.0 "Booked."
            4600   say 1.0 a1.0 1000 ms
        "#]],
    );
}

#[test]
fn rule_2_a_process_that_takes_over_after_yes_still_waits_in_silence() {
    check(
        &shop(VISITS),
        &asked(
            "1300",
            "yes please",
            "2500 restart\n3499 until\n3500 until\n6000 until",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "yes please"
            2000   - no filler 1: short_reply
            2500   think 1 "yes please"
            4000   - filler 1.0 hold <hold-medium> 1500 ms, still_waiting, predicted Some(2000)
            4000   filler 1.0 hold-medium 1500 ms
        "#]],
    );
}

#[test]
fn rule_3_what_is_left_is_the_voices_once_the_words_are_known() {
    // The whole takes 3 s, the voice 250 ms of it: a sentence that has its words at the filler's end is a moment away.
    check(
        &shop(VISITS),
        &asked(
            "3000/250",
            QUESTION,
            "4500 reply 1 At nine.
             4600 played 1.0
             4899 until
             4900 until",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-long> 2600 ms, predicted_late, predicted Some(3000)
            2000   filler 1.0 look-long 2600 ms
            4500   voice 1.1 "At nine."
            4900   - filler 1.2 hold <hold-short> 600 ms, still_waiting, predicted Some(500)
            4900   filler 1.2 hold-short 600 ms
        "#]],
    );
    check(
        &shop(VISITS),
        &asked(
            "3000/800",
            QUESTION,
            "4500 reply 1 At nine.
             4600 played 1.0
             4600 until",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-long> 2600 ms, predicted_late, predicted Some(3000)
            2000   filler 1.0 look-long 2600 ms
            4500   voice 1.1 "At nine."
            4600   - filler 1.2 hold <hold-short> 600 ms, still_waiting, predicted Some(700)
            4600   filler 1.2 hold-short 600 ms
        "#]],
    );
}

#[test]
fn rule_2_nothing_is_played_in_the_greeting_nudge_or_goodbye() {
    let mut world = shop(PUSH);
    world.policy.greeting = "Hello there. How can I help?".into();
    check(
        &world,
        "0 answered
         100 voiced 0.0
         1100 played 0.0
         2300 voiced 0.1
         3000 played 0.1
         10500 voiced 1.0
         11500 played 1.0",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      voice 0.1 "How can I help?"
            100    say 0.0 a0.0 1000 ms
            2300   - voice 0.1 failed: the caller waited too long
            2300   say 0.1 reading "How can I help?"
            2300   listen 1 Speech 7000 ms
            10000  - silent 1
            10000  voice 1.0 "Are you there?"
            10500  say 1.0 a1.0 1000 ms
            10500  listen 2 Speech 8000 ms
        "#]],
    );
}

#[test]
fn rule_2_a_greeting_that_falls_quiet_is_read_not_filled() {
    let mut world = shop(PUSH);
    world.policy.greeting = "Hello there. How can I help?".into();
    check(
        &world,
        "0 answered
         100 voiced 0.0
         1100 played 0.0
         2299 until
         2300 until",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      voice 0.1 "How can I help?"
            100    say 0.0 a0.0 1000 ms
            2300   - voice 0.1 failed: the caller waited too long
            2300   say 0.1 reading "How can I help?"
            2300   listen 1 Speech 7000 ms
        "#]],
    );
}

#[test]
fn rule_3_length_follows_the_wait_and_class_the_words() {
    let chosen = |forecast: &str, words: &str| {
        let told = run(&shop(VISITS), &asked(forecast, words, "3500 until"));
        let line = told
            .lines()
            .find(|line| line.contains("- filler"))
            .expect("a filler is played");
        format!("{forecast:<5} {words:?}: {}\n", line.trim())
    };
    let mut table = String::new();
    for forecast in ["500", "800", "1400", "2100", "2500", "9000"] {
        table += &chosen(forecast, QUESTION);
    }
    for words in [
        "I would like to book a table",
        "my name is Alexandra Okafor",
        "why is the sky blue",
        "let me speak to the manager please",
    ] {
        table += &chosen("1600", words);
    }
    expect![[r#"
        500   "where can I park my car": 2000   - filler 1.0 lookup <look-short> 700 ms, predicted_late, predicted Some(500)
        800   "where can I park my car": 2000   - filler 1.0 lookup <look-short> 700 ms, predicted_late, predicted Some(800)
        1400  "where can I park my car": 2000   - filler 1.0 lookup <look-medium> 1500 ms, predicted_late, predicted Some(1400)
        2100  "where can I park my car": 2000   - filler 1.0 lookup <look-medium> 1500 ms, predicted_late, predicted Some(2100)
        2500  "where can I park my car": 2000   - filler 1.0 lookup <look-long> 2600 ms, predicted_late, predicted Some(2500)
        9000  "where can I park my car": 2000   - filler 1.0 lookup <look-long> 2600 ms, predicted_late, predicted Some(9000)
        1600  "I would like to book a table": 2000   - filler 1.0 calendar <cal-medium> 1700 ms, predicted_late, predicted Some(1600)
        1600  "my name is Alexandra Okafor": 2000   - filler 1.0 note <note-medium> 1600 ms, predicted_late, predicted Some(1600)
        1600  "why is the sky blue": 2000   - filler 1.0 think <think-medium> 1400 ms, predicted_late, predicted Some(1600)
        1600  "let me speak to the manager please": 2000   - filler 1.0 lookup <look-medium> 1500 ms, predicted_late, predicted Some(1600)
    "#]].assert_eq(&table);
}

#[test]
fn rule_3_a_neutral_clip_that_fits_is_taken_before_one_of_the_class_that_holds_the_answer_up() {
    let world = with_fillers(
        VISITS,
        &[
            (Calendar, "cal-medium", 1_600),
            (Lookup, "look-short", 800),
            (Note, "note-short", 800),
        ],
    );
    let mut table = String::new();
    for forecast in ["900", "1350", "1500"] {
        let told = run(
            &world,
            &asked(forecast, "I would like to book a table", "3500 until"),
        );
        let line = told.lines().find(|line| line.contains("- filler"));
        let text = line.and_then(|line| line.split(['<', '>']).nth(1));
        table += &format!("{forecast}: {}\n", text.unwrap_or("none"));
    }
    expect![[r#"
        900: look-short
        1350: cal-medium
        1500: cal-medium
    "#]]
    .assert_eq(&table);
}

#[test]
fn rule_3_equals_are_chosen_among_by_the_calls_seed() {
    let mut world = with_fillers(
        VISITS,
        &[
            (Lookup, "a", 1_500),
            (Lookup, "b", 1_560),
            (Lookup, "c", 1_620),
            (Lookup, "d", 1_621),
        ],
    );
    let mut heard = std::collections::BTreeMap::new();
    for seed in 0..60 {
        world.seed = seed;
        let told = run(&world, &asked("1500", QUESTION, "2000 until"));
        let again = run(&world, &asked("1500", QUESTION, "2000 until"));
        assert_eq!(told, again, "the same seed chooses the same");
        let which = told.split("1.0 lookup ").nth(1).expect("a filler")[..3].to_owned();
        *heard.entry(which).or_insert(0) += 1;
    }
    let names: Vec<&str> = heard.keys().map(String::as_str).collect();
    assert_eq!(names, ["<a>", "<b>", "<c>"]);
    assert!(heard.values().all(|count| *count >= 8), "{heard:?}");
}

/// The fillers of eight turns, each `gap` ms after the last.
fn eight_turns(world: &World, forecast: u32) -> Vec<String> {
    let mut script =
        format!("0 answered\n0 voiced 0.0\n1000 played 0.0\n1500 forecast {forecast}\n");
    for turn in 1..=8 {
        let at = turn * 20_000;
        script += &format!("{at} words {QUESTION}\n");
        script += &format!("{at} reply {turn} At nine.\n{at} done {turn}\n");
        script += &format!("{at} voiced {turn}.0\n{at} voiced {turn}.1\n");
        script += &format!("{} played {turn}.1\n", at + 4_000);
    }
    run(world, &script)
        .lines()
        .filter_map(|line| line.split("- filler ").nth(1))
        .map(|rest| rest.split(' ').nth(2).unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn rule_4_no_text_twice_until_the_bag_is_empty_and_never_twice_running() {
    for seed in 0..200 {
        let mut world = with_fillers(
            VISITS,
            &[
                (Lookup, "a", 1_500),
                (Lookup, "b", 1_500),
                (Think, "c", 1_500),
            ],
        );
        world.seed = seed;
        let heard = eight_turns(&world, 1_500);
        assert_eq!(heard.len(), 8, "{heard:?}");
        for bag in heard.chunks_exact(3) {
            let mut bag = bag.to_vec();
            bag.sort();
            assert_eq!(bag, ["<a>", "<b>", "<c>"], "seed {seed}: {heard:?}");
        }
        assert!(heard.windows(2).all(|pair| pair[0] != pair[1]), "{heard:?}");
    }
}

#[test]
fn rule_4_one_text_in_two_classes_is_one_text() {
    let world = with_fillers(
        VISITS,
        &[
            (Calendar, "moment", 1_500),
            (Lookup, "moment", 1_500),
            (Lookup, "look", 1_500),
        ],
    );
    check(
        &world,
        "0 answered
         0 voiced 0.0
         1000 forecast 1500
         2000 words I would like to book a table
         2000 reply 1 When?
         2000 done 1
         2000 voiced 1.1
         22000 words where can I park my car
         22000 reply 2 Nine.
         22000 done 2
         22000 voiced 2.1
         42000 words where can I park my car",
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "I would like to book a table"
            2000   - filler 1.0 calendar <moment> 1500 ms, predicted_late, predicted Some(1500)
            2000   filler 1.0 moment 1500 ms
            2000   voice 1.1 "When?"
            2000   say 1.1 a1.1 1000 ms
            2000   listen 2 Speech 7000 ms
            22000  think 2 "where can I park my car"
            22000  - filler 2.0 lookup <look> 1500 ms, predicted_late, predicted Some(1500)
            22000  filler 2.0 look 1500 ms
            22000  voice 2.1 "Nine."
            22000  say 2.1 a2.1 1000 ms
            22000  listen 3 Speech 7000 ms
            42000  think 3 "where can I park my car"
            42000  - filler 3.0 lookup <moment> 1500 ms, predicted_late, predicted Some(1500)
            42000  filler 3.0 moment 1500 ms
        "#]],
    );
}

#[test]
fn rule_4_a_single_clip_is_never_heard_twice_running() {
    let world = with_fillers(VISITS, &[(Lookup, "only", 1_500)]);
    assert_eq!(eight_turns(&world, 1_500), ["<only>"]);
}

#[test]
fn rule_4_a_refilled_bag_is_the_bag_of_those_classes_alone() {
    // Note is its own bag: emptying Lookup's leaves it as it was.
    let world = with_fillers(
        VISITS,
        &[
            (Note, "n1", 1_500),
            (Note, "n2", 1_500),
            (Hold, "h1", 1_500),
            (Lookup, "l1", 1_500),
        ],
    );
    let mut script = "0 answered\n0 voiced 0.0\n1000 forecast 1500\n".to_owned();
    let words = [
        "my name is Alexandra Okafor",
        QUESTION,
        QUESTION,
        "my name is Alexandra Okafor",
        "my name is Alexandra Okafor",
        "my name is Alexandra Okafor",
    ];
    for (turn, words) in (1..).zip(words) {
        let at = turn * 20_000;
        script += &format!("{at} words {words}\n{at} reply {turn} Good.\n{at} done {turn}\n");
        script += &format!("{at} voiced {turn}.0\n{at} voiced {turn}.1\n");
    }
    check(
        &world,
        &script,
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            20000  think 1 "my name is Alexandra Okafor"
            20000  - filler 1.0 note <n2> 1500 ms, predicted_late, predicted Some(1500)
            20000  filler 1.0 n2 1500 ms
            20000  voice 1.1 "Good."
            20000  say 1.1 a1.1 1000 ms
            20000  listen 2 Speech 7000 ms
            40000  think 2 "where can I park my car"
            40000  - filler 2.0 lookup <l1> 1500 ms, predicted_late, predicted Some(1500)
            40000  filler 2.0 l1 1500 ms
            40000  voice 2.1 "Good."
            40000  say 2.1 a2.1 1000 ms
            40000  listen 3 Speech 7000 ms
            60000  think 3 "where can I park my car"
            60000  - no filler 3: no_clip
            60000  voice 3.0 "Good."
            60000  say 3.0 a3.0 1000 ms
            60000  listen 4 Speech 7000 ms
            80000  think 4 "my name is Alexandra Okafor"
            80000  - filler 4.0 note <n1> 1500 ms, predicted_late, predicted Some(1500)
            80000  filler 4.0 n1 1500 ms
            80000  voice 4.1 "Good."
            80000  say 4.1 a4.1 1000 ms
            80000  listen 5 Speech 7000 ms
            100000 think 5 "my name is Alexandra Okafor"
            100000 - filler 5.0 lookup <l1> 1500 ms, predicted_late, predicted Some(1500)
            100000 filler 5.0 l1 1500 ms
            100000 voice 5.1 "Good."
            100000 say 5.1 a5.1 1000 ms
            100000 listen 6 Speech 7000 ms
            120000 think 6 "my name is Alexandra Okafor"
            120000 - filler 6.0 note <n1> 1500 ms, predicted_late, predicted Some(1500)
            120000 filler 6.0 n1 1500 ms
            120000 voice 6.1 "Good."
            120000 say 6.1 a6.1 1000 ms
            120000 listen 7 Speech 7000 ms
        "#]],
    );
}

#[test]
fn rule_4_two_openings_are_eight_seconds_apart_while_the_wait_is_short() {
    let script = |forecast: &str, second: u32| {
        asked(
            forecast,
            QUESTION,
            &format!(
                "2000 reply 1 Nine.
                 2000 done 1
                 3000 voiced 1.0
                 3000 voiced 1.1
                 {second} words and when do you close
                 {second} until"
            ),
        )
    };
    let second = |forecast: &str, at: u32| {
        let told = run(&shop(VISITS), &script(forecast, at));
        let line = told
            .lines()
            .rfind(|line| line.contains("filler 2"))
            .unwrap_or_default();
        format!("{forecast:<5} at {at}: {}\n", line.trim())
    };
    let mut table = String::new();
    for (forecast, at) in [
        ("700", 9_999),
        ("700", 10_000),
        ("1000", 9_999),
        ("1001", 9_999),
        ("3000", 6_000),
    ] {
        table += &second(forecast, at);
    }
    expect![[r#"
        700   at 9999: 9999   - no filler 2: too_soon
        700   at 10000: 10000  filler 2.0 look-medium 1500 ms
        1000  at 9999: 9999   - no filler 2: too_soon
        1001  at 9999: 9999   filler 2.0 look-medium 1500 ms
        3000  at 6000: 6000   filler 2.0 look-medium 1500 ms
    "#]]
    .assert_eq(&table);
}

#[test]
fn rule_4_too_soon_still_ends_in_a_hold_phrase() {
    check(
        &shop(VISITS),
        &asked(
            "700",
            QUESTION,
            "2000 reply 1 Nine.
             2000 done 1
             2500 voiced 1.1
             6000 words and when do you close
             7200 until
             7500 reply 2 Five.
             7500 done 2
             7600 voiced 2.1",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-short> 700 ms, predicted_late, predicted Some(700)
            2000   filler 1.0 look-short 700 ms
            2000   voice 1.1 "Nine."
            2500   say 1.1 a1.1 1000 ms
            2500   listen 2 Speech 7000 ms
            6000   think 2 "and when do you close"
            6000   - no filler 2: too_soon
            7200   - filler 2.0 hold <hold-short> 600 ms, still_waiting, predicted Some(1200)
            7200   filler 2.0 hold-short 600 ms
            7500   voice 2.1 "Five."
            7600   say 2.1 a2.1 1000 ms
            7600   listen 3 Speech 7000 ms
        "#]],
    );
}

#[test]
fn rule_5_a_filler_plays_to_its_end_and_the_answer_follows() {
    check(
        &shop(PUSH),
        &asked(
            "1500",
            QUESTION,
            "2100 reply 1 At nine.
             2100 done 1
             2200 voiced 1.1
             3500 played 1.0
             4500 played 1.1",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-medium> 1500 ms, predicted_late, predicted Some(1500)
            2000   filler 1.0 look-medium 1500 ms
            2100   voice 1.1 "At nine."
            2200   say 1.1 a1.1 1000 ms
            2200   listen 2 Speech 7000 ms
        "#]],
    );
}

#[test]
fn rule_5_an_interruption_stops_it_at_once() {
    check(
        &shop(PUSH),
        &asked(
            "1500",
            QUESTION,
            "2600 onset
             3000 words I mean on sunday mornings
             3000 history",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-medium> 1500 ms, predicted_late, predicted Some(1500)
            2000   filler 1.0 look-medium 1500 ms
            2600   forget 1
            2600   hush
            2600   listen 2 Speech 7000 ms
            3000   think 2 "I mean on sunday mornings"
            3000   - filler 2.0 calendar <cal-medium> 1700 ms, predicted_late, predicted Some(1500)
            3000   filler 2.0 cal-medium 1700 ms
            history "" -> "Hello there."
            history "where can I park my car" -> ""
            history "I mean on sunday mornings" -> ""
        "#]],
    );
}

#[test]
fn rule_6_two_hold_phrases_and_then_the_words_are_read() {
    check(
        &shop(VISITS),
        &asked(
            "1500",
            QUESTION,
            "3500 played 1.0
             4000 reply 1 At nine. And at ten.
             5300 played 1.1
             6500 played 1.2
             9000 played 1.5",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-medium> 1500 ms, predicted_late, predicted Some(1500)
            2000   filler 1.0 look-medium 1500 ms
            3800   - filler 1.1 hold <hold-medium> 1500 ms, still_waiting, predicted Some(1800)
            3800   filler 1.1 hold-medium 1500 ms
            4000   voice 1.2 "At nine."
            4000   voice 1.3 "And at ten."
            5300   - filler 1.4 hold <hold-long> 2700 ms, still_waiting, predicted Some(3300)
            5300   filler 1.4 hold-long 2700 ms
            8000   - voice 1.2 failed: no audio in time
            8000   say 1.2 reading "At nine."
            8000   - voice 1.3 failed: no audio in time
            8000   say 1.3 reading "And at ten."
        "#]],
    );
}

#[test]
fn rule_6_two_hold_phrases_and_then_an_apology() {
    check(
        &shop(VISITS),
        &asked(
            "1500",
            QUESTION,
            "3500 played 1.0
             5300 played 1.1
             8300 played 1.2
             8599 until
             8600 until",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-medium> 1500 ms, predicted_late, predicted Some(1500)
            2000   filler 1.0 look-medium 1500 ms
            3800   - filler 1.1 hold <hold-medium> 1500 ms, still_waiting, predicted Some(1800)
            3800   filler 1.1 hold-medium 1500 ms
            5300   - filler 1.2 hold <hold-long> 2700 ms, still_waiting, predicted Some(3300)
            5300   filler 1.2 hold-long 2700 ms
            8600   forget 1
            8600   - reply 1 failed: the caller waited too long
            8600   say 1.3 reading "Shall I take a message?"
            8600   listen 2 YesNo 7000 ms
        "#]],
    );
}

#[test]
fn rule_6_a_short_rest_is_waited_for_in_silence_a_long_one_is_not() {
    // After the filler 1500 ms have passed; the samples that took longer say how much is left.
    check(
        &shop(VISITS),
        &asked(
            "1500,1800",
            QUESTION,
            "3500 played 1.0\n3799 until\n3800 until",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-medium> 1500 ms, predicted_late, predicted Some(1500)
            2000   filler 1.0 look-medium 1500 ms
            3800   - filler 1.1 hold <hold-short> 600 ms, still_waiting, predicted Some(180)
            3800   filler 1.1 hold-short 600 ms
        "#]],
    );
    check(
        &shop(VISITS),
        &asked("1500,1801", QUESTION, "3500 played 1.0\n3500 until"),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-medium> 1500 ms, predicted_late, predicted Some(1500)
            2000   filler 1.0 look-medium 1500 ms
            3500   - filler 1.1 hold <hold-short> 600 ms, still_waiting, predicted Some(301)
            3500   filler 1.1 hold-short 600 ms
        "#]],
    );
}

#[test]
fn rule_6_between_sentences_more_patience_is_fine() {
    check(
        &shop(VISITS),
        &asked(
            "300",
            QUESTION,
            "2100 reply 1 At nine.
             2200 voiced 1.0
             3200 played 1.0
             4399 until
             4400 until
             7100 played 1.1
             8300 until
             9800 played 1.2
             11000 until",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2100   voice 1.0 "At nine."
            2200   - no filler 1: fast
            2200   say 1.0 a1.0 1000 ms
            4400   - filler 1.1 hold <hold-long> 2700 ms, still_waiting, predicted Some(2400)
            4400   filler 1.1 hold-long 2700 ms
            8300   - filler 1.2 hold <hold-medium> 1500 ms, still_waiting, predicted Some(6300)
            8300   filler 1.2 hold-medium 1500 ms
            11000  forget 1
            11000  - reply 1 failed: the caller waited too long
            11000  say 1.3 reading "Shall I take a message?"
            11000  listen 2 YesNo 7000 ms
        "#]],
    );
}

#[test]
fn rule_6_a_sentence_that_comes_ends_the_waiting() {
    check(
        &shop(VISITS),
        &asked(
            "1500,1800",
            QUESTION,
            "3500 played 1.0
             3600 reply 1 At nine.
             3700 voiced 1.1
             3700 done 1
             9000 deadline",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-medium> 1500 ms, predicted_late, predicted Some(1500)
            2000   filler 1.0 look-medium 1500 ms
            3600   voice 1.1 "At nine."
            3700   say 1.1 a1.1 1000 ms
            3700   listen 2 Speech 7000 ms
            9000   due Some(903500)
        "#]],
    );
}

#[test]
fn rule_7_a_tool_chooses_the_line() {
    check(
        &shop(VISITS),
        &asked(
            "300",
            QUESTION,
            "2100 busy 1 calendar
             2400 until
             4100 played 1.0
             5000 until",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2400   - filler 1.0 calendar <cal-medium> 1700 ms, tool, predicted Some(500)
            2400   filler 1.0 cal-medium 1700 ms
            4100   - filler 1.1 hold <hold-medium> 1500 ms, still_waiting, predicted Some(2100)
            4100   filler 1.1 hold-medium 1500 ms
        "#]],
    );
}

#[test]
fn rule_7_a_tool_that_begins_behind_a_filler_names_the_hold() {
    check(
        &shop(VISITS),
        &asked(
            "1500",
            QUESTION,
            "2100 busy 1 note
             3500 played 1.0
             3800 until",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-medium> 1500 ms, predicted_late, predicted Some(1500)
            2000   filler 1.0 look-medium 1500 ms
            3800   - filler 1.1 note <note-medium> 1600 ms, still_waiting, predicted Some(1800)
            3800   filler 1.1 note-medium 1600 ms
        "#]],
    );
}

#[test]
fn rule_8_words_fill_in_where_a_clip_has_no_audio_yet_but_audio_is_better() {
    let words = with_fillers(VISITS, &[(Lookup, "=One moment.", 900)]);
    check(
        &words,
        &asked("1500", QUESTION, "2000 until"),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <One moment.> 900 ms, predicted_late, predicted Some(1500)
            2000   filler 1.0 reading "<One moment.>"
        "#]],
    );
    let both = with_fillers(
        VISITS,
        &[(Lookup, "=One moment.", 1_500), (Lookup, "long", 90_000)],
    );
    check(
        &both,
        &asked("1500", QUESTION, "2000 until"),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <long> 90000 ms, predicted_late, predicted Some(1500)
            2000   filler 1.0 long 90000 ms
        "#]],
    );
}

#[test]
fn rule_9_a_live_view_tells_a_filler_from_speech_and_from_waiting() {
    check(
        &shop(VISITS),
        &asked(
            "700,1500",
            QUESTION,
            "2100 doing
             2700 played 1.0
             3300 played 1.1
             3400 doing
             3450 reply 1 At nine.
             3500 voiced 1.2
             3550 doing
             4500 played 1.2
             4600 doing",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - filler 1.0 lookup <look-short> 700 ms, predicted_late, predicted Some(700)
            2000   filler 1.0 look-short 700 ms
            2100   is filler
            2700   - filler 1.1 hold <hold-short> 600 ms, still_waiting, predicted Some(800)
            2700   filler 1.1 hold-short 600 ms
            3400   is thinking
            3450   voice 1.2 "At nine."
            3500   say 1.2 a1.2 1000 ms
            3550   is speaking
            4600   is speaking
        "#]],
    );
}

#[test]
fn rule_9_a_business_without_clips_says_why_nothing_was_played() {
    let world = with_fillers(VISITS, &[]);
    check(
        &world,
        &asked("1500", QUESTION, "9000 until"),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - no filler 1: no_clip
            3200   - no filler 1: no_clip
            4400   - no filler 1: no_clip
            5600   forget 1
            5600   - reply 1 failed: the caller waited too long
            5600   say 1.0 reading "Shall I take a message?"
            5600   listen 2 YesNo 7000 ms
        "#]],
    );
}

#[test]
fn off_and_control_play_nothing_and_wait_ten_seconds() {
    for (mode, name) in [
        (FillerMode::Off, "off"),
        (FillerMode::Control, "control_arm"),
    ] {
        let mut world = shop(VISITS);
        world.policy.fillers.mode = mode;
        let told = run(&world, &asked("3000", QUESTION, "11999 until\n12000 until"));
        assert!(
            told.contains(&format!("2000   - no filler 1: {name}\n")),
            "{told}"
        );
        assert!(!told.contains("- filler"), "{told}");
        assert!(
            told.ends_with(
                "\n12000  forget 1
12000  - reply 1 failed: no reply in time
12000  say 1.0 reading \"Shall I take a message?\"
12000  listen 2 YesNo 7000 ms
"
            ),
            "{told}"
        );
    }
}

#[test]
fn off_waits_for_what_was_begun_in_silence() {
    let mut world = shop(PUSH);
    world.policy.fillers.mode = FillerMode::Off;
    check(
        &world,
        &asked(
            "300",
            QUESTION,
            "2100 reply 1 At nine.
             2200 voiced 1.0
             3200 played 1.0
             11999 until
             12000 until",
        ),
        expect![[r#"
            0      voice 0.0 "Hello there."
            0      say 0.0 a0.0 1000 ms
            0      listen 1 Speech 7000 ms
            2000   think 1 "where can I park my car"
            2000   - no filler 1: off
            2100   voice 1.0 "At nine."
            2200   say 1.0 a1.0 1000 ms
            12000  forget 1
            12000  - reply 1 failed: no reply in time
            12000  say 1.1 reading "Shall I take a message?"
            12000  listen 2 YesNo 7000 ms
        "#]],
    );
}

#[test]
fn what_is_still_to_wait_is_the_median_of_those_who_took_longer() {
    let of = |samples: &[u32]| Forecast::of(samples.iter().copied());
    let many = Forecast::of(1..=1_000);
    let table = [
        (Forecast::default(), 0),
        (of(&[700]), 0),
        (of(&[700]), 699),
        (of(&[700]), 700),
        (of(&[700]), 900),
        (of(&[300]), 300),
        (of(&[900, 500, 700]), 0),
        (of(&[900, 500, 700]), 500),
        (of(&[900, 500, 700]), 600),
        (of(&[900, 500, 700]), 800),
        (of(&[400, 600]), 0),
        (of(&[400, 600, 800, 1_000]), 0),
        (many.clone(), 0),
        (many.clone(), 990),
    ]
    .map(|(forecast, waited)| format!("{waited}: {:?}\n", forecast.remaining(waited)))
    .concat();
    expect![[r#"
        0: None
        0: Some(700)
        699: Some(1)
        700: Some(70)
        900: Some(900)
        300: Some(30)
        0: Some(700)
        500: Some(200)
        600: Some(100)
        800: Some(100)
        0: Some(400)
        0: Some(600)
        0: Some(497)
        990: Some(3)
    "#]]
    .assert_eq(&table);
    let kept = serde_json::to_value(&many).expect("a forecast can be stored");
    assert_eq!(kept["sorted"].as_array().map(Vec::len), Some(63));
    assert_eq!(many.voice(0), None, "nothing is known of the voice");
    let both = many.with_voice([900, 300, 600]);
    assert_eq!((both.voice(0), both.voice(300)), (Some(600), Some(300)));
    assert_eq!(
        both.remaining(990),
        Some(3),
        "the whole is judged by itself"
    );
    let kept = serde_json::to_value(Forecast::of(0..64)).expect("a forecast can be stored");
    assert_eq!(kept["sorted"].as_array().map(Vec::len), Some(64));
}
