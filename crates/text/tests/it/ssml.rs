use expect_test::{Expect, expect};
use proptest::prelude::*;
use std::fmt::Write;
use text::ssml::{self, Segment};

/// One line for each piece: words with their manner, pauses, sounds; then warnings or the error.
fn check(input: &str, want: Expect) {
    let mut out = String::new();
    match ssml::read(input) {
        Ok(document) => {
            for segment in document.segments {
                show(&segment, &mut out);
            }
            for warning in document.warnings {
                writeln!(out, "warning: {warning}").expect("a string");
            }
        }
        Err(error) => writeln!(out, "error: {error}").expect("a string"),
    }
    want.assert_eq(&out);
}

fn show(segment: &Segment, out: &mut String) {
    match segment {
        Segment::Text { text, prosody } => {
            write!(out, "{text:?}").expect("a string");
            if *prosody != ssml::Prosody::default() {
                let (rate, pitch, volume) = (prosody.rate, prosody.pitch, prosody.volume_db);
                write!(out, " x{rate:.2} pitch x{pitch:.2} {volume:+.1} dB").expect("a string");
            }
            out.push('\n');
        }
        Segment::Break { ms } => writeln!(out, "pause {ms}").expect("a string"),
        Segment::Phoneme { ipa, text, .. } => {
            writeln!(out, "{text:?} as [{ipa}]").expect("a string")
        }
    }
}

#[test]
fn sentences_and_paragraphs_end_and_pause() {
    check(
        "<speak><p><s>Hello</s><s>How are you?</s></p><p>Bye.</p></speak>",
        expect![[r#"
        "Hello. How are you?"
        pause 400
        "Bye."
        pause 400
    "#]],
    );
}

#[test]
fn pauses_have_units_and_limits() {
    check(
        "a<break/>b<break time='250ms'/>c<break time='1.5s'/><break strength='weak'/>d<break time='99s'/>",
        expect![[r#"
        "a"
        pause 400
        "b"
        pause 250
        "c"
        pause 1700
        "d"
        pause 10000
    "#]],
    );
    check(
        "a\n  <break time='soon'/>",
        expect![[r#"
        error: SSML, line 2, column 3: break time "soon" is not a time: write "500ms" or "1.5s"
    "#]],
    );
    check(
        "<break time='-1s'/>",
        expect![[r#"
        error: SSML, line 1, column 1: break time "-1s" is not a time: write "500ms" or "1.5s"
    "#]],
    );
}

#[test]
fn say_as_reads_by_kind() {
    let kinds = [
        ("characters", "", "AB-12"),
        ("spell-out", "", "Jo"),
        ("cardinal", "", "-1,234.5"),
        ("ordinal", "", "21"),
        ("digits", "", "40 2"),
        ("date", "", "2026-11-21"),
        ("date", "dmy", "3/4/2026"),
        ("date", "mdy", "3/4/2026"),
        ("date", "my", "11/2026"),
        ("date", "yyyymmdd", "20261121"),
        ("time", "", "3:30pm"),
        ("time", "", "15:00"),
        ("telephone", "", "+1 (555) 010-0199"),
        ("telephone", "", "112"),
        ("cardinal", "", "many"),
        ("date", "mdy", "13/45/2026"),
        ("colour", "", "red"),
    ];
    let mut out = String::new();
    for (kind, format, text) in kinds {
        let input = format!("<say-as interpret-as='{kind}' format='{format}'>{text}</say-as>");
        let spoken = text::Spoken::ssml(&input).expect("well-formed");
        writeln!(
            out,
            "{kind} {format} {text}: {}{}",
            spoken.plain,
            "?".repeat(spoken.warnings.len())
        )
        .expect("a string");
    }
    expect![[r#"
        characters  AB-12: A, B, dash, one, two
        spell-out  Jo: J, O
        cardinal  -1,234.5: minus one thousand two hundred thirty-four point five
        ordinal  21: twenty-first
        digits  40 2: four zero two
        date  2026-11-21: November twenty-first, twenty twenty-six
        date dmy 3/4/2026: April third, twenty twenty-six
        date mdy 3/4/2026: March fourth, twenty twenty-six
        date my 11/2026: November twenty twenty-six
        date yyyymmdd 20261121: November twenty-first, twenty twenty-six
        time  3:30pm: three thirty PM
        time  15:00: three PM
        telephone  +1 (555) 010-0199: plus one, five five five, zero one zero, zero one nine nine
        telephone  112: one one two
        cardinal  many: many?
        date mdy 13/45/2026: 13/45/2026?
        colour  red: red?
    "#]]
    .assert_eq(&out);
}

#[test]
fn manner_nests_and_ends_with_its_tag() {
    check(
        "<prosody rate='80%' volume='+6dB'>slow <prosody pitch='+12st' rate='slow'>high</prosody> slow</prosody> plain <emphasis level='strong'>now</emphasis>.",
        expect![[r#"
        "slow" x0.80 pitch x1.00 +6.0 dB
        "high" x0.64 pitch x2.00 +6.0 dB
        "slow" x0.80 pitch x1.00 +6.0 dB
        "plain"
        "now." x0.88 pitch x1.00 +3.0 dB
    "#]],
    );
}

#[test]
fn substitutes_and_sounds() {
    check(
        "<sub alias='World Wide Web'>WWW</sub> and <phoneme alphabet='ipa' ph='pɪˈkɑːn'>pecan</phoneme> pie",
        expect![[r#"
        "World Wide Web and"
        "pecan" as [pɪˈkɑːn]
        "pie"
    "#]],
    );
}

#[test]
fn the_words_of_an_unknown_tag_are_kept_with_a_warning() {
    check(
        "<speak>Hi <voice name='x'>there</voice>\n<audio src='y'/><prosody rate='odd'>you</prosody></speak>",
        expect![[r#"
        "Hi there you"
        warning: line 1, column 11: <voice> is not known: its words are kept
        warning: line 2, column 1: <audio> is not known: its words are kept
        warning: line 2, column 17: prosody rate "odd" is not understood
    "#]],
    );
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    check(
        "<speak>\n  <s>Hi</p>\n</speak>",
        expect![[r#"
        error: SSML, line 2, column 8: ill-formed document: expected `</s>`, but `</p>` was found
    "#]],
    );
    check(
        "<speak>Hi",
        expect![[r#"
        error: SSML, line 1, column 10: <speak> is never closed
    "#]],
    );
    check(
        "é <sub>WWW</sub>",
        expect![[r#"
        error: SSML, line 1, column 3: <sub> needs the attribute alias
    "#]],
    );
    check(
        "<!DOCTYPE speak [<!ENTITY a 'b'>]><speak>&a;</speak>",
        expect![[r#"
        error: SSML, line 1, column 1: a document type declaration is not allowed: remove it
    "#]],
    );
    check(
        "a &lol; b",
        expect![[r#"
        error: SSML, line 1, column 3: the entity &lol; is not known: write the character itself
    "#]],
    );
    check(
        "Q & A",
        expect![[r#"
        error: SSML, line 1, column 3: ill-formed document: entity or character reference not closed: `;` not found before end of input
    "#]],
    );
}

#[test]
fn entities_and_character_data_are_words() {
    check(
        "Q &amp; A &#x41;&lt; <![CDATA[<b>]]><!-- not said -->",
        expect![[r#"
        "Q & A A< <b>"
    "#]],
    );
}

#[test]
fn size_and_depth_have_limits() {
    let deep = |n: usize| format!("{}hi{}", "<s>".repeat(n), "</s>".repeat(n));
    assert!(ssml::read(&deep(ssml::MAX_DEPTH)).is_ok());
    let error = ssml::read(&deep(ssml::MAX_DEPTH + 1)).expect_err("too deep");
    assert!(error.message.contains("32"), "{error}");
    let error = ssml::read(&"a".repeat(ssml::MAX_BYTES + 1)).expect_err("too long");
    assert!(error.message.contains("65536"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_document_makes_it_fail(pieces in prop::collection::vec(prop::sample::select(vec![
        "<speak>", "</speak>", "<s>", "</s>", "<break time='1s'/>", "<say-as interpret-as='date'>", "</say-as>",
        "<say-as interpret-as='telephone'>", "<sub alias='x'>", "</sub>", "<phoneme ph='a'>", "</phoneme>",
        "<prosody rate='-300%' pitch='1e9st' volume='x'>", "</prosody>", "1/2/3", "20261121", "99:99", "é", "&amp;", "&#0;", "&", "<", ">",
        "<!--", "-->", "<![CDATA[", "]]>", "\n", "+", "12345678901234567890123",
    ]), 0..20)) {
        let _ = text::Spoken::ssml(&pieces.concat());
    }
}
