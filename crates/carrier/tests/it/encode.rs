//! Documents become TwiML that the SDKs' own schema accepts, or a clear error.

use carrier::twilio::{DOCUMENT_LIMIT_BYTES, Element, Node, SAY_LIMIT_CHARS, encode, xml_text};
use carrier::{Document, Gather, GatherInput, SpeechTimeout, Verb};
use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::vectors::{load, schema_errors};

const SCHEMA: &str = include_str!("../../../../fixtures/vectors/twiml_attributes.json");

fn check(verbs: Vec<Verb>, expected: Expect) {
    let xml = encode(&Document { verbs }).expect("a good document");
    let body = xml
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        .expect("a declaration");
    expected.assert_eq(&body.replace("><", ">\n<"));
    let mut found = Vec::new();
    let tree = Element::parse(&xml).expect("readable");
    schema_errors(&load(SCHEMA), &tree, &mut found);
    assert_eq!(found, Vec::<String>::new(), "{xml}");
}

fn refused(verbs: Vec<Verb>, expected: Expect) {
    let error = encode(&Document { verbs }).expect_err("a bad document");
    expected.assert_eq(&error.to_string());
}

fn say(text: &str) -> Verb {
    Verb::Say {
        text: text.into(),
        voice: None,
        language: None,
    }
}

fn play(url: &str) -> Verb {
    Verb::Play { url: url.into() }
}

fn redirect(url: &str) -> Verb {
    Verb::Redirect { url: url.into() }
}

fn listen(gather: Gather) -> Verb {
    Verb::Gather {
        gather,
        children: vec![],
    }
}

fn dial(number: &str, action: Option<&str>) -> Verb {
    Verb::Dial {
        number: number.into(),
        action: action.map(Into::into),
        timeout_s: Some(20),
        caller_id: Some("+61255501234".into()),
    }
}

#[test]
fn a_filler_and_a_redirect() {
    check(
        vec![
            play("https://h.example/a.wav?k=filler"),
            redirect("/voice/tts-ready/b/c/1?turn=1&n=2"),
        ],
        expect![[r#"
            <Response>
            <Play>https://h.example/a.wav?k=filler</Play>
            <Redirect method="POST">/voice/tts-ready/b/c/1?turn=1&amp;n=2</Redirect>
            </Response>"#]],
    );
}

#[test]
fn the_last_sentence_inside_a_gather() {
    let gather = Gather {
        language: Some("en-AU".into()),
        hints: vec![
            "table for two".into(),
            "a, b".into(),
            " ".into(),
            "x".repeat(200),
        ],
        ..Gather::new("/voice/process/b/c/2")
    };
    check(
        vec![
            Verb::Gather {
                gather,
                children: vec![play("/audio/1.wav"), Verb::Pause { seconds: 1 }],
            },
            say("Are you still there?"),
        ],
        expect![[r#"
            <Response>
            <Gather input="dtmf speech" action="/voice/process/b/c/2" method="POST" timeout="5" speechTimeout="auto" hints="table for two,a  b,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" language="en-AU" actionOnEmptyResult="true">
            <Play>/audio/1.wav</Play>
            <Pause length="1"/>
            </Gather>
            <Say>Are you still there?</Say>
            </Response>"#]],
    );
}

#[test]
fn every_field_of_a_gather() {
    let gather = Gather {
        input: GatherInput::Speech,
        timeout_s: 8,
        speech_timeout: SpeechTimeout::Seconds(2),
        num_digits: Some(4),
        finish_on_key: Some(String::new()),
        action_on_empty: false,
        barge_in: Some(true),
        profanity_filter: Some(false),
        speech_model: Some("deepgram_nova-3".into()),
        ..Gather::new("https://h.example/p")
    };
    check(
        vec![listen(gather)],
        expect![[r#"
            <Response>
            <Gather input="speech" action="https://h.example/p" method="POST" timeout="8" speechTimeout="2" numDigits="4" finishOnKey="" speechModel="deepgram_nova-3" bargeIn="true" profanityFilter="false"/>
            </Response>"#]],
    );
}

#[test]
fn keys_only_need_no_speech_timeout() {
    check(
        vec![listen(Gather {
            input: GatherInput::Digits,
            ..Gather::new("/d")
        })],
        expect![[r#"
            <Response>
            <Gather input="dtmf" action="/d" method="POST" timeout="5" actionOnEmptyResult="true"/>
            </Response>"#]],
    );
}

#[test]
fn endings() {
    check(vec![], expect!["<Response/>"]);
    check(
        vec![say("Bye."), Verb::Hangup],
        expect![[r#"
            <Response>
            <Say>Bye.</Say>
            <Hangup/>
            </Response>"#]],
    );
    check(
        vec![Verb::Reject { busy: true }],
        expect![[r#"
            <Response>
            <Reject reason="busy"/>
            </Response>"#]],
    );
    check(
        vec![dial("+61412345678", None), say("Nobody there.")],
        expect![[r#"
            <Response>
            <Dial timeout="20" callerId="+61255501234">
            <Number>+61412345678</Number>
            </Dial>
            <Say>Nobody there.</Say>
            </Response>"#]],
    );
}

#[test]
fn misplaced_verbs_are_refused() {
    refused(
        vec![Verb::Gather {
            gather: Gather::new("/p"),
            children: vec![redirect("/x")],
        }],
        expect!["Redirect may not stand inside Gather; allowed there: Say, Play, Pause"],
    );
    refused(
        vec![redirect("/x"), say("never heard")],
        expect!["verb 1 (Say) can never be reached: it follows Redirect"],
    );
    refused(
        vec![dial("+61412345678", Some("/done")), say("never heard")],
        expect!["verb 1 (Say) can never be reached: it follows Dial"],
    );
    refused(
        vec![say("x"), Verb::Reject { busy: false }],
        expect!["Reject must be the only verb of its document"],
    );
}

#[test]
fn wrong_values_are_refused() {
    refused(
        vec![play("file:///etc/passwd")],
        expect![[r#"Play url: must start with https://, http:// or / (got "file:///etc/passwd")"#]],
    );
    refused(
        vec![redirect("//evil.example/x")],
        expect![[
            r#"Redirect url: must start with https://, http:// or / (got "//evil.example/x")"#
        ]],
    );
    refused(
        vec![play("/a b")],
        expect![[r#"Play url: holds white space or control characters (got "/a b")"#]],
    );
    refused(
        vec![Verb::Pause { seconds: 0 }],
        expect![[r#"Pause seconds: outside the range the carrier accepts (got "0")"#]],
    );
    refused(
        vec![dial("0412345678", None)],
        expect![[
            r#"Dial number: must be an E.164 number such as +61255501234 (got "0412345678")"#
        ]],
    );
    refused(
        vec![listen(Gather {
            speech_model: Some("x".into()),
            ..Gather::new("/p")
        })],
        expect![[
            r#"Gather speech_timeout: must be a number of seconds when a speech model is named (got "auto")"#
        ]],
    );
    refused(
        vec![listen(Gather {
            finish_on_key: Some("12".into()),
            ..Gather::new("/p")
        })],
        expect![[r#"Gather finish_on_key: must be one of 0-9 * # or empty (got "12")"#]],
    );
    refused(
        vec![Verb::Say {
            text: "x".into(),
            voice: Some("a\"b".into()),
            language: None,
        }],
        expect![[r#"Say voice: must be 1 to 100 letters, digits or -_.: (got "a\"b")"#]],
    );
}

fn spoken(xml: &str) -> Vec<String> {
    let tree = Element::parse(xml).expect("readable");
    let says = tree.children.into_iter().map(|say| match say {
        Node::Element(mut say) => match say.children.remove(0) {
            Node::Text(text) => text,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    });
    says.collect()
}

#[test]
fn long_speech_is_cut_at_words_and_nothing_is_lost() {
    let words: Vec<String> = (0..2000).map(|n| format!("word{n}")).collect();
    let xml = encode(&vec![say(&words.join(" "))].into()).expect("good");
    let pieces = spoken(&xml);
    assert!(pieces.len() > 4);
    assert!(pieces.iter().all(|p| p.chars().count() <= SAY_LIMIT_CHARS));
    assert_eq!(pieces.join(" "), words.join(" "));
    let one_word = "é".repeat(SAY_LIMIT_CHARS * 2 + 1);
    assert_eq!(
        spoken(&encode(&vec![say(&one_word)].into()).expect("good")).concat(),
        one_word
    );
    let blank = encode(&vec![say(" \u{0} \n")].into()).expect("good");
    assert!(blank.ends_with("<Response/>"), "{blank}");
}

#[test]
fn a_document_over_the_carriers_limit_is_refused() {
    let fits = "x".repeat(DOCUMENT_LIMIT_BYTES * 9 / 10);
    assert!(encode(&vec![say(&fits)].into()).is_ok());
    refused(
        vec![say(&"x".repeat(DOCUMENT_LIMIT_BYTES))],
        expect!["the document has 65837 bytes, the carrier reads at most 65536"],
    );
}

proptest! {
    #[test]
    fn whatever_is_said_the_document_is_readable_and_says_it(text: String) {
        let xml = encode(&vec![say(&text)].into()).expect("text is never refused");
        let filtered = xml_text(&text);
        prop_assert_eq!(spoken(&xml).join(""), filtered.trim());
    }
}
