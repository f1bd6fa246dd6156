//! Text that nobody means well: it is spoken or refused with a reason, in bounded time.

use std::time::{Duration, Instant};

use tts::{ErrorKind, MAX_CHARS, Utterance};

use crate::{engine, heart, say};

/// Far more than any of these takes, far less than for ever.
const PATIENCE: Duration = Duration::from_secs(60);

fn texts() -> Vec<String> {
    let one_word: String = ('a'..='z').cycle().step_by(7).take(500).collect();
    vec![
        "\0".into(),
        "\0\0hello\0".into(),
        "🦷💥👩‍👩‍👧‍👦🏳️‍🌈".into(),
        "🙂 yes 🙂".into(),
        "\u{202e}olleh\u{202c} \u{2066}abc".into(),
        "שלום עולם".into(),
        "?!?!?! ... --- ,,,".into(),
        one_word,
        "9".repeat(90),
        "$".repeat(60),
        "1/2".repeat(30),
        "a.b@c.d/".repeat(12),
        "(((((((((([[[[[[[[[[{{{{{{{{{{".into(),
        "'".repeat(500),
        "-a".repeat(80),
        "\u{fffd}\u{feff}\u{200d}\u{ad}".repeat(100),
        "e\u{301}".repeat(100),
        "ﷺ".repeat(20),
        "<speak>".repeat(40),
    ]
}

fn judge(utterance: Utterance, what: &str) {
    let start = Instant::now();
    match say(engine(), utterance.within(60_000)) {
        Ok(pcm) => assert!(!pcm.is_empty(), "{what}: silence"),
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::BadRequest, "{what}: {error}");
            assert!(error.message.len() > 10, "{what}: {error}");
        }
    }
    assert!(start.elapsed() < PATIENCE, "{what}: {:?}", start.elapsed());
}

#[test]
fn hostile_text_is_spoken_or_refused() {
    for text in texts() {
        judge(Utterance::plain(&text, heart()), &text);
    }
}

#[test]
fn hostile_markup_is_spoken_or_refused() {
    let deep = format!("{}hi{}", "<p>".repeat(200), "</p>".repeat(200));
    let odd = [
        deep.as_str(),
        "<speak><prosody rate='-1e999%' pitch='NaN' volume='+999dB'>hello</prosody></speak>",
        "<speak><break time='99999999999999s'/>hi</speak>",
        "<speak><phoneme ph='💥'>x</phoneme></speak>",
        "<speak><say-as interpret-as='date' format='zzz'>99/99/9999</say-as></speak>",
        "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><speak>&b;</speak>",
        "<speak>\0&#0;&#xFFFF;</speak>",
    ];
    for text in odd {
        let utterance = Utterance {
            ssml: true,
            ..Utterance::plain(text, heart())
        };
        judge(utterance, text);
    }
}

#[test]
fn ten_thousand_characters_are_refused_with_the_limit() {
    let text = "All work and no play. ".repeat(10_000 / 22);
    let error = say(engine(), Utterance::plain(text, heart())).expect_err("it is too long");
    assert_eq!(error.kind, ErrorKind::BadRequest);
    assert!(error.message.contains(&MAX_CHARS.to_string()), "{error}");
}
