use proptest::prelude::*;
use text::Sentences;

/// Cuts `text` at `|` and gives what comes out of each push, then of the end.
fn steps(text: &str) -> Vec<Vec<String>> {
    let mut sentences = Sentences::default();
    let mut all = Vec::new();
    for delta in text.split('|') {
        let mut out = Vec::new();
        sentences.push(delta, &mut out);
        all.push(out);
    }
    let mut out = Vec::new();
    sentences.finish(&mut out);
    all.push(out);
    all
}

fn split(text: &str) -> Vec<String> {
    steps(text).concat()
}

#[test]
fn a_safe_ending_goes_out_with_its_own_delta() {
    for text in [
        "We open at nine.",
        "Is that right?",
        "Great!",
        "It is $3.50.",
        "Done 你好。",
        "(We open at nine.)",
        "It was 2026.",
        "Call 555-0199.",
        "It is 15%.",
        "So do I.",
    ] {
        assert_eq!(steps(text), [vec![text.to_owned()], vec![]], "{text}");
    }
}

#[test]
fn an_unsafe_ending_is_held_until_the_next_characters_decide() {
    for (text, want) in [
        ("See Dr.| Smith now.", vec!["See Dr. Smith now."]),
        ("It costs 3.|50 today.", vec!["It costs 3.50 today."]),
        (
            "It costs 3.| We take cash.",
            vec!["It costs 3.", "We take cash."],
        ),
        (
            "We open at 9 a.m.| on Monday.",
            vec!["We open at 9 a.m. on Monday."],
        ),
        (
            "We open at 9 a.m.| Monday is fine.",
            vec!["We open at 9 a.m. Monday is fine."],
        ),
        (
            "We open at 9 a.m.| We close at 5.",
            vec!["We open at 9 a.m.", "We close at 5."],
        ),
        ("J.| Smith is in.", vec!["J. Smith is in."]),
        (
            "Plan B.| We can do that.",
            vec!["Plan B.", "We can do that."],
        ),
        (
            "Visit example.|com today.",
            vec!["Visit example.com today."],
        ),
        (
            "Visit example.com.| We are there.",
            vec!["Visit example.com.", "We are there."],
        ),
        ("Well...| I think so.", vec!["Well...", "I think so."]),
        ("Well...| maybe so.", vec!["Well... maybe so."]),
        ("Take e.g.| Monday.", vec!["Take e.g. Monday."]),
        ("No.| 5 is ready.", vec!["No. 5 is ready."]),
        ("No.| That is wrong.", vec!["No.", "That is wrong."]),
        ("On Jan.| 5 we open.", vec!["On Jan. 5 we open."]),
        ("Acme Inc.| is here.", vec!["Acme Inc. is here."]),
        (
            "Roses, etc.| We have more.",
            vec!["Roses, etc.", "We have more."],
        ),
        ("The U.S.| market. Yes.", vec!["The U.S. market.", "Yes."]),
        (
            "42 Main St.| We are there.",
            vec!["42 Main St.", "We are there."],
        ),
        ("42 Main St.| Louis.", vec!["42 Main St. Louis."]),
    ] {
        let steps = steps(text);
        assert_eq!(steps[0], Vec::<String>::new(), "{text} was not held");
        assert_eq!(steps.concat(), want, "{text}");
    }
}

#[test]
fn marks_that_close_belong_to_the_sentence() {
    assert_eq!(
        split("He said \"we open at nine.\" Then he left."),
        ["He said \"we open at nine.\"", "Then he left."]
    );
    assert_eq!(
        split("Really?! Yes. (Maybe.) **Now.** Go"),
        ["Really?!", "Yes.", "(Maybe.)", "**Now.**", "Go"]
    );
    assert_eq!(split("“Is it?” she asked."), ["“Is it?”", "she asked."]);
    assert_eq!(split("Yes!!! No"), ["Yes!!!", "No"]);
}

#[test]
fn a_closing_mark_that_comes_too_late_is_dropped_not_spoken() {
    assert_eq!(
        split("He said \"we open at nine.|\"| Then he left."),
        ["He said \"we open at nine.", "Then he left."]
    );
    assert_eq!(split("Yes.|.|. Now."), ["Yes.", "Now."]);
}

#[test]
fn new_lines_and_list_items_end_sentences_and_wrapped_lines_do_not() {
    assert_eq!(
        split("We offer:\n- Cleaning\n- whitening\n\nAnything else"),
        ["We offer:", "- Cleaning", "- whitening", "Anything else"]
    );
    assert_eq!(
        split("1. Cleaning.\n2. Whitening"),
        ["1. Cleaning.", "2. Whitening"]
    );
    assert_eq!(split("We open\nat nine."), ["We open\nat nine."]);
    assert_eq!(split("Hello\n---\nThere"), ["Hello", "There"]);
}

#[test]
fn addresses_and_numbers_stay_in_one_piece() {
    for text in [
        "Write to jo.smith@example.com or go to https://x.com/?a=1.5&b!c now.",
        "Version 2.0.1 costs $3.50 or 1.5 million.",
    ] {
        assert_eq!(split(text), [text]);
    }
}

#[test]
fn a_missing_space_is_seen_where_a_capital_shows_it() {
    assert_eq!(
        split("We open at nine.We close at five."),
        ["We open at nine.", "We close at five."]
    );
}

#[test]
fn a_very_long_sentence_is_cut_at_a_clause() {
    let clause = "and then we go on for quite a while without any end, ";
    let out = split(&clause.repeat(12));
    assert!(out.len() >= 3, "{out:?}");
    for sentence in &out[..out.len() - 1] {
        let length = sentence.chars().count();
        assert!(
            sentence.ends_with(',') && (Sentences::LONG..=Sentences::LIMIT).contains(&length),
            "{sentence}"
        );
    }
}

#[test]
fn text_with_no_end_at_all_is_cut_at_words_and_then_anywhere() {
    let words = split(&"word ".repeat(300));
    assert!(
        words
            .iter()
            .all(|s| s.chars().count() <= Sentences::LIMIT && s.ends_with("word"))
    );
    let solid = split(&"é".repeat(1000));
    assert_eq!(
        solid.iter().map(|s| s.chars().count()).collect::<Vec<_>>(),
        [400, 400, 200]
    );
}

#[test]
fn what_is_held_stays_small_whatever_comes() {
    for flood in [" ", ".", "\n", "A", "Dr. ", "\"", "*", "1. "] {
        let mut sentences = Sentences::default();
        let mut out = Vec::new();
        sentences.push("See Dr.", &mut out);
        sentences.push(&flood.repeat(100_000), &mut out);
        let size = serde_json::to_string(&sentences).expect("plain data").len();
        assert!(size < 2000, "{flood:?} left {size} bytes");
    }
}

#[test]
fn a_snapshot_goes_on_where_the_original_would_have() {
    let mut first = Sentences::default();
    let mut out = Vec::new();
    first.push("Hello there. See Dr.", &mut out);
    let stored = serde_json::to_string(&first).expect("plain data");
    let mut second: Sentences = serde_json::from_str(&stored).expect("its own output");
    assert_eq!(first, second);
    second.push(" Smith. Bye", &mut out);
    second.finish(&mut out);
    assert_eq!(out, ["Hello there.", "See Dr. Smith.", "Bye"]);
    assert_eq!(second, Sentences::default());
}

fn texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "We open at nine",
        "Dr",
        "Smith",
        "3",
        "50",
        "a.m",
        "p.m",
        "J",
        "U.S",
        "etc",
        "Inc",
        "No",
        "example",
        "com",
        "Visit",
        "www",
        ".",
        ".",
        ".",
        "...",
        "?",
        "!",
        "…",
        "\"",
        "”",
        ")",
        "(",
        "*",
        " ",
        " ",
        " ",
        " ",
        "\n",
        "\n\n",
        ", ",
        ": ",
        "- ",
        "1. ",
        "é",
        "你好。",
        "😀",
        "I",
        "We",
        "we",
        "a very long clause that goes on and on without any stop at all for a good while, ",
        "Monday",
        "     ",
        "Main St",
        "jo@x.com",
        "http://x.com/?a",
        "2026",
        "$5",
        "word ",
        "\t",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Cuts at random characters; `safe` keeps away from the places that the promise leaves out.
fn cut(text: &str, seed: &[bool], safe: bool) -> String {
    let closing = |c: char| matches!(c, '.' | '?' | '!' | '…' | '。' | '"' | '”' | ')' | '*');
    let mut out = String::new();
    let chars: Vec<char> = text.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let behind = at > 0 && closing(chars[at - 1]) && !c.is_whitespace();
        if at > 0 && seed[at % seed.len()] && !(safe && behind) {
            out.push('|');
        }
        out.push(*c);
    }
    out
}

fn letters(pieces: &[String]) -> String {
    pieces
        .concat()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_cut_loses_or_moves_a_letter(text in texts(), seed in prop::collection::vec(any::<bool>(), 1..60)) {
        let pieces = split(&cut(&text, &seed, false));
        prop_assert_eq!(letters(&pieces), letters(&[text]));
        for piece in pieces {
            prop_assert!(piece.chars().count() <= Sentences::LIMIT && piece.trim() == piece);
        }
    }

    #[test]
    fn safe_cuts_do_not_change_the_sentences(text in texts(), seed in prop::collection::vec(any::<bool>(), 1..60)) {
        prop_assert_eq!(split(&cut(&text, &seed, true)), split(&text));
    }

    #[test]
    fn no_text_makes_it_fail(parts in prop::collection::vec(any::<String>(), 0..6)) {
        let mut sentences = Sentences::default();
        let mut out = Vec::new();
        for part in &parts {
            sentences.push(part, &mut out);
        }
        sentences.finish(&mut out);
        prop_assert_eq!(letters(&out), letters(&parts));
    }
}
