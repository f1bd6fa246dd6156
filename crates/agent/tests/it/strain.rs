//! What is written for eyes does not reach the voice.

use agent::Strainer;
use proptest::prelude::*;

fn strained(text: &str) -> String {
    let (mut strainer, mut out) = (Strainer::default(), String::new());
    strainer.push(text, &mut out);
    strainer.finish(&mut out);
    out
}

const TABLE: &[(&str, &str)] = &[
    ("We open at nine.", "We open at nine."),
    ("**Sure!** We *really* do.", "Sure! We really do."),
    ("*smiles* Hello there.", "Hello there."),
    ("*checks the calendar* Ten is free.", "Ten is free."),
    ("Hello. *pauses briefly* Yes.", "Hello. Yes."),
    ("We are *always* open.", "We are always open."),
    ("[laughs] Of course.", "Of course."),
    (
        "(pause) Well (it's by the door), yes.",
        "Well (it's by the door), yes.",
    ),
    ("_sighs_ Fine.", "Fine."),
    (
        "Here you go:\n- checkup\n- cleaning\n",
        "Here you go: checkup. cleaning.",
    ),
    ("1. Monday\n2. Tuesday\n\nWhich?", "Monday. Tuesday. Which?"),
    (
        "# Opening hours\nWe open at 8.",
        "Opening hours. We open at 8.",
    ),
    ("9:30 works.", "9:30 works."),
    ("> quoted\nYes.", "quoted Yes."),
    (
        "| Day | Time |\n|-----|------|\n| Mon | 9 |",
        "Day, Time, Mon, 9,",
    ),
    (
        "See [our page](https://example.com/a?b=c) for more.",
        "See our page for more.",
    ),
    (
        "Go to https://www.example.com/book/now?id=3.",
        "Go to example.com.",
    ),
    ("Go to http://10.0.0.1:80/x now", "Go to our website now"),
    ("It's at www.example.com, ok?", "It's at example.com, ok?"),
    ("<https://example.com/x> is it", "example.com is it"),
    ("Great 😊👍🏽!", "Great!"),
    ("Great :) see you ;-)", "Great see you"),
    ("Use `book` please.", "Use book please."),
    ("Use `book(a, b)` please.", "Use please."),
    ("Look:\n```json\n{\"a\": 1}\n```\nDone.", "Look: Done."),
    ("<think>The caller wants { a thing.</think>Sure.", "Sure."),
    (
        "{\"name\": \"book\", \"arguments\": {\"x\": 1}} Sure.",
        "Sure.",
    ),
    ("<|im_start|>Hello<|im_end|>", "Hello"),
    ("Hi<br>there <b>you</b>.", "Hi there you."),
    ("![a map](http://x.y/z.png) here", "!a map here"),
    ("It costs $90, not 3 < 4.", "It costs $90, not 3 4."),
    ("snake_case words", "snake case words"),
    ("We're #1.", "We're number 1."),
    ("half-price twenty-one", "half-price twenty-one"),
    ("the whole week where we", "the whole week where we"),
    ("---\nYes.", "Yes."),
    ("footnote[1] here", "footnote here"),
    ("a\u{7}b\u{200b}c", "a bc"),
    ("*", ""),
    ("```", ""),
    ("", ""),
];

#[test]
fn every_mark_is_kept_from_the_voice() {
    for (written, spoken) in TABLE {
        assert_eq!(strained(written).trim(), *spoken, "{written:?}");
    }
}

#[test]
fn words_are_not_held_longer_than_they_must() {
    let (mut strainer, mut out) = (Strainer::default(), String::new());
    strainer.push("We open at nine.", &mut out);
    assert_eq!(out, "We open at nine.", "the full stop is out at once");
    strainer.push(" *and", &mut out);
    strainer.push(" then", &mut out);
    assert_eq!(
        out, "We open at nine. and then",
        "no direction begins with `and`"
    );
}

#[test]
fn what_is_held_is_bounded() {
    for mark in [
        "*smiles ", "[", "(pause ", "https://", "<a ", "`", "<think>", "{", "```",
    ] {
        let (mut strainer, mut out) = (Strainer::default(), String::new());
        strainer.push(mark, &mut out);
        for _ in 0..10_000 {
            strainer.push("abcdefghij", &mut out);
        }
        let held = format!("{strainer:?}").len();
        assert!(held < 4 * Strainer::LONGEST, "{mark:?} holds {held}");
    }
}

fn marks() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("*".to_owned()),
        Just("**".into()),
        Just("`".into()),
        Just("```".into()),
        Just("[".into()),
        Just("](".into()),
        Just(")".into()),
        Just("(pause".into()),
        Just("*smiles".into()),
        Just("<think>".into()),
        Just("</think>".into()),
        Just("https://a.b/c".into()),
        Just("{".into()),
        Just("}".into()),
        Just("\n- ".into()),
        Just("\n".into()),
        Just(" ".into()),
        Just("😊".into()),
        Just("1. ".into()),
        Just("|".into()),
        Just("<br>".into()),
        Just("_".into()),
        "[a-z]{1,5}",
        "\\PC{1,4}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_cut_between_deltas_changes_nothing(text in marks(), cuts in prop::collection::vec(0usize..200, 0..20)) {
        let whole = strained(&text);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|c| text.floor_char_boundary(c)).collect();
        cuts.sort_unstable();
        let (mut strainer, mut out, mut from) = (Strainer::default(), String::new(), 0);
        for cut in cuts {
            strainer.push(&text[from..cut], &mut out);
            from = cut;
        }
        strainer.push(&text[from..], &mut out);
        strainer.finish(&mut out);
        prop_assert_eq!(out, whole);
    }

    #[test]
    fn nothing_that_is_only_written_comes_out(text in marks()) {
        let out = strained(&text);
        for mark in ["*", "`", "{", "}", "[", "]", "<", ">", "|", "://", "www.", "😊", "\n"] {
            prop_assert!(!out.contains(mark), "{:?} in {:?}", mark, out);
        }
    }
}
