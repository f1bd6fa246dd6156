use proptest::prelude::*;
use text::{Locale, Normalizer, NormalizerOptions};

fn say(text: &str) -> String {
    Normalizer::default().normalize(text)
}

#[test]
fn the_table_of_cases_holds() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in include_str!("normalize.txt").lines() {
        let Some((written, said)) = line.split_once(" => ") else {
            continue;
        };
        if line.starts_with("# What") {
            continue;
        }
        count += 1;
        let got = say(&written.replace("\\n", "\n"));
        if got != said {
            wrong.push(format!("{written}\n  want {said}\n  got  {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 200, "only {count} cases were read");
}

#[test]
fn british_readers_get_their_own_dates_and_clock() {
    let options = NormalizerOptions {
        locale: Locale::EnGb,
        ..Default::default()
    };
    let british = Normalizer::new(options);
    assert_eq!(
        british.normalize("3/4/2026 at 15:30"),
        "April third, twenty twenty-six at fifteen thirty."
    );
    assert_eq!(british.normalize("15:00"), "fifteen hundred.");
}

#[test]
fn a_step_that_is_off_leaves_its_text_alone() {
    let off = |change: fn(&mut NormalizerOptions)| {
        let mut options = NormalizerOptions {
            numbers: false,
            ..Default::default()
        };
        change(&mut options);
        Normalizer::new(options)
    };
    assert_eq!(off(|o| o.money = false).normalize("It is $5."), "It is $5.");
    assert_eq!(
        off(|o| o.dates = false).normalize("2026-11-21."),
        "2026-11-21."
    );
    assert_eq!(
        off(|o| o.times = false).normalize("At 3:30pm."),
        "At 3:30pm."
    );
    assert_eq!(off(|o| o.units = false).normalize("Take 20%."), "Take 20%.");
    assert_eq!(
        off(|o| o.phones = false).normalize("555-0199."),
        "555-0199."
    );
    assert_eq!(
        off(|o| o.emails = false).normalize("At jo@x.com."),
        "At jo@x.com."
    );
    assert_eq!(off(|o| o.urls = false).normalize("On x.com."), "On x.com.");
    assert_eq!(
        off(|o| o.acronyms = false).normalize("See Dr. Lee."),
        "See Dr. Lee."
    );
    assert_eq!(
        off(|o| o.markup = false).normalize("**Yes** 5."),
        "**Yes** 5."
    );
    assert_eq!(off(|o| o.punctuation = false).normalize("Yes"), "Yes");
}

#[test]
fn replacements_of_the_user_come_last_and_match_whole_words() {
    let replacements = vec![
        ("Nguyen".to_owned(), "win".to_owned()),
        ("five dollars".to_owned(), "a fiver".to_owned()),
        (String::new(), "never".to_owned()),
    ];
    let normalizer = Normalizer::new(NormalizerOptions {
        replacements,
        ..Default::default()
    });
    assert_eq!(
        normalizer.normalize("Doctor nguyen takes $5, Nguyens too"),
        "Doctor win takes a fiver, Nguyens too."
    );
}

#[test]
fn options_are_read_with_defaults_and_refuse_unknown_names() {
    let options: NormalizerOptions =
        serde_json::from_str(r#"{"money":false,"locale":"en-GB"}"#).expect("known names");
    assert!(!options.money && options.dates && options.locale == Locale::EnGb);
    assert!(serde_json::from_str::<NormalizerOptions>(r#"{"monney":true}"#).is_err());
}

#[test]
fn control_characters_never_get_through() {
    let said = say("He\u{0}llo\u{1b} the\u{200b}re\u{fffe}\u{7}.");
    assert_eq!(said, "Hello there.");
}

#[test]
fn a_text_past_the_limit_is_cut_at_a_word() {
    let text = "word ".repeat(4000);
    let said = say(&text);
    assert!(said.len() <= Normalizer::MAX_BYTES + 1, "{}", said.len());
    assert!(said.ends_with("word."), "{}", &said[said.len() - 20..]);
}

/// What begins like something again and again neither fails nor grows without bound.
#[test]
fn hard_beginnings_end() {
    for hard in [
        "(",
        "[",
        "<",
        "*",
        "1-",
        "1,",
        "$1-",
        "a.",
        "@",
        "Dr.",
        "+1",
        "1/",
        "[a](",
        "((laughs)",
    ] {
        let text = hard.repeat(2000 / hard.len());
        let said = say(&text);
        assert!(said.len() < text.len() * 16, "{hard}: {}", said.len());
    }
}

/// Pieces that make the steps meet.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "$",
        "€",
        "5",
        "12",
        "1,000",
        ".50",
        "%",
        "°F",
        "am",
        "p.m.",
        "3:30",
        "15:00",
        "-",
        "–",
        " ",
        " ",
        " ",
        "/",
        "Nov",
        "May",
        "21",
        "2026",
        "st",
        "th",
        "Dr.",
        "St.",
        "J.",
        "U.S.",
        "e.g.",
        "etc.",
        "We",
        "the",
        "no.",
        "@",
        "example.com",
        "www.",
        "https://",
        "jo",
        "+1",
        "(555)",
        "010-0199",
        "*",
        "**",
        "_",
        "`",
        "[",
        "](",
        ")",
        "(",
        "laughs",
        "\n",
        "- ",
        "1. ",
        "#",
        "<b>",
        "<",
        ">",
        "&amp;",
        "&",
        "½",
        "x",
        "ext.",
        "Mon-Fri",
        "kg",
        "ft.",
        "'",
        "\"",
        ",",
        ".",
        "!",
        "?",
        ":",
        ";",
        "…",
        "😀",
        "é",
        "你好",
        "。",
        "k",
        "million",
        "1st",
        "0",
        "00",
        "99",
        "\u{7}",
        "|",
        "---",
        "~",
        "=",
        "^",
        "to",
        "A",
        "I",
        "XB",
        "AM",
        "io.com",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn normalizing_twice_is_normalizing_once(text in pieces()) {
        let once = say(&text);
        prop_assert_eq!(say(&once), once);
    }

    #[test]
    fn nothing_unspeakable_is_left(text in pieces()) {
        let said = say(&text);
        let bad = |c: char| c.is_ascii_digit() || c.is_control() || "$€%@#*_[]<>|/\\`~^=+&".contains(c);
        prop_assert!(!said.contains(bad), "{:?} from {:?}", said, text);
        let ended = said.trim_end_matches(['"', '\'', ')']).ends_with(['.', '!', '?', '…', '。']);
        prop_assert!(said.is_empty() || ended, "{:?} from {:?}", said, text);
    }

    #[test]
    fn no_input_makes_it_fail(text in any::<String>(), locale in prop::bool::ANY) {
        let locale = if locale { Locale::EnGb } else { Locale::EnUs };
        Normalizer::new(NormalizerOptions { locale, ..Default::default() }).normalize(&text);
        text::plain(&text);
    }

    #[test]
    fn plain_words_pass_unchanged(words in prop::collection::vec("[a-z]{3,9}", 1..8)) {
        let short = ["inc", "ltd", "corp", "ave", "blvd", "hwy", "pkwy", "apt", "ste", "bldg", "bros",
            "dept", "appt", "approx", "etc", "misc", "govt", "mgr", "asst", "univ"];
        prop_assume!(!words.iter().any(|word| short.contains(&word.as_str())));
        prop_assert_eq!(say(&words.join(" ")), format!("{}.", words.join(" ")));
    }
}
