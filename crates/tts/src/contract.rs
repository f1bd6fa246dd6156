//! What every engine must keep to. Each implementation runs [`all`] in a test of its own.
//!
//! The checks panic with the reason, as tests do. They need no runtime; a remote engine is judged
//! against a fake of its service. None of them waits longer than the engine itself.

use audio::{Loudness, Pcm, edges};
use futures::{FutureExt, StreamExt, future::join_all};

use crate::{ErrorKind, MAX_CHARS, SpeakError, Tts, Utterance, Voice, collect};

const SENTENCE: &str = "Your appointment is on Tuesday at three, is that still all right?";
const LIMIT_MS: u64 = 300_000;

/// Runs every check.
pub async fn all(tts: &dyn Tts, voice: &Voice) {
    catalogue(tts);
    format(tts, voice).await;
    length(tts, voice).await;
    silence(tts, voice).await;
    cancel(tts, voice).await;
    empty_text(tts, voice).await;
    huge_text(tts, voice).await;
    nonsense(tts, voice).await;
    unknown_voice(tts, voice).await;
    deadline(tts, voice).await;
    crowd(tts, voice).await;
}

/// It has a name, and voices with ids.
pub fn catalogue(tts: &dyn Tts) {
    assert!(!tts.name().is_empty(), "an engine has a name");
    let voices = tts.voices();
    assert!(!voices.is_empty(), "an engine that can speak has a voice");
    assert!(
        voices.iter().all(|v| !v.id.is_empty() && v.rate >= 8000),
        "a voice has an id and a rate of at least 8 kHz: {voices:?}"
    );
}

/// All chunks have one sensible rate, and samples within full scale.
pub async fn format(tts: &dyn Tts, voice: &Voice) {
    let mut stream = tts.speak(Utterance::plain(SENTENCE, voice.clone()));
    let mut rate = None;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.expect("a plain sentence is spoken");
        assert!((8_000..=48_000).contains(&chunk.rate), "{} Hz", chunk.rate);
        assert_eq!(
            *rate.get_or_insert(chunk.rate),
            chunk.rate,
            "one rate for all chunks"
        );
        let fine = chunk
            .samples
            .iter()
            .all(|s| s.is_finite() && s.abs() <= 1.0);
        assert!(fine, "samples lie between -1 and 1");
    }
    assert!(rate.is_some(), "a sentence gives sound");
}

/// The sound is about as long as the words, longer for more words, and longer when slower.
pub async fn length(tts: &dyn Tts, voice: &Voice) {
    let once = said(tts, SENTENCE, voice).await.duration_ms();
    let words = SENTENCE.split_whitespace().count() as u64;
    let (least, most) = (words * 130, words * 800);
    assert!(
        (least..=most).contains(&once),
        "{words} words took {once} ms"
    );
    let thrice = said(tts, &[SENTENCE; 3].join(" "), voice)
        .await
        .duration_ms();
    assert!(
        (once * 2..once * 4).contains(&thrice),
        "{once} ms became {thrice} ms for thrice the words"
    );
    let slow = Voice {
        speed: 0.8,
        ..voice.clone()
    };
    let slow = said(tts, SENTENCE, &slow).await.duration_ms();
    assert!(
        slow > once,
        "at 0.8 of the pace it took {slow} ms, at its own {once} ms"
    );
}

/// It can be heard, and does not begin or end with a long pause.
pub async fn silence(tts: &dyn Tts, voice: &Voice) {
    let pcm = said(tts, SENTENCE, voice).await;
    let loudness = Loudness::measure(&pcm);
    assert!(
        loudness.active_rms_dbfs > -50.0,
        "too quiet to hear: {loudness:?}"
    );
    let edges = edges(&pcm);
    let tight = edges.head_silence_ms <= 600 && edges.tail_silence_ms <= 1200;
    assert!(tight, "the clip is padded: {edges:?}");
}

/// A dropped stream, read or not, does no harm to the next one.
pub async fn cancel(tts: &dyn Tts, voice: &Voice) {
    for _ in 0..8 {
        drop(tts.speak(Utterance::plain(SENTENCE, voice.clone())));
    }
    let mut begun = tts.speak(Utterance::plain(SENTENCE, voice.clone()));
    let _ = begun.next().now_or_never();
    drop(begun);
    said(tts, SENTENCE, voice).await;
}

/// A text without words is refused as such.
pub async fn empty_text(tts: &dyn Tts, voice: &Voice) {
    for text in ["", "  \n\t ", "?!...", "---"] {
        let kind = spoken(tts, text, voice).await.map_err(|e| e.kind).err();
        assert_eq!(kind, Some(ErrorKind::BadRequest), "for {text:?}");
    }
}

/// A text beyond the limit is refused as such.
pub async fn huge_text(tts: &dyn Tts, voice: &Voice) {
    let text = "word ".repeat(MAX_CHARS);
    let kind = spoken(tts, &text, voice).await.map_err(|e| e.kind).err();
    assert_eq!(
        kind,
        Some(ErrorKind::BadRequest),
        "for {} characters",
        text.len()
    );
}

/// Odd characters are spoken or refused, and leave the engine as it was.
pub async fn nonsense(tts: &dyn Tts, voice: &Voice) {
    let odd = [
        "Qzxwv brrrt!",
        "<speak>not <b>markup & never closed",
        "\u{0}\u{1}\u{7f}\u{202e}hello\u{fffd}",
        "🦷🦷 see you 👋🏽",
        "你好 مرحبا привет",
        "[[0123456789]](https://example.com/?a=b#c)",
        "a\u{301}\u{301}\u{301}\u{301}\u{301} zalgo",
        "$-1e309 1/0 00:99 31/31/3131",
    ];
    for text in odd {
        if let Err(error) = spoken(tts, text, voice).await {
            assert_eq!(error.kind, ErrorKind::BadRequest, "for {text:?}: {error}");
        }
    }
    let unbroken = "a".repeat(MAX_CHARS / 4);
    if let Err(error) = spoken(tts, &unbroken, voice).await {
        assert_eq!(
            error.kind,
            ErrorKind::BadRequest,
            "for one very long word: {error}"
        );
    }
    said(tts, SENTENCE, voice).await;
}

/// A voice that does not exist is refused as such, and never replaced in silence.
pub async fn unknown_voice(tts: &dyn Tts, voice: &Voice) {
    let nobody = Voice {
        id: "nobody-of-this-name".into(),
        ..voice.clone()
    };
    let error = spoken(tts, SENTENCE, &nobody)
        .await
        .expect_err("there is no such voice");
    let named = matches!(error.kind, ErrorKind::BadRequest | ErrorKind::Unsupported);
    assert!(named, "{error:?}");
}

/// With no time left it says so.
pub async fn deadline(tts: &dyn Tts, voice: &Voice) {
    let late = Utterance::plain(SENTENCE, voice.clone()).within(0);
    let kind = collect(tts.speak(late), LIMIT_MS)
        .await
        .map_err(|e| e.kind)
        .err();
    assert_eq!(kind, Some(ErrorKind::Timeout));
}

/// Several at once are all answered.
pub async fn crowd(tts: &dyn Tts, voice: &Voice) {
    let all = (0..4).map(|_| said(tts, "See you on Monday.", voice));
    let lengths: Vec<u64> = join_all(all).await.iter().map(Pcm::duration_ms).collect();
    assert!(lengths.iter().all(|l| *l > 300), "{lengths:?}");
}

async fn spoken(tts: &dyn Tts, text: &str, voice: &Voice) -> Result<Pcm, SpeakError> {
    let utterance = Utterance::plain(text, voice.clone()).within(60_000);
    collect(tts.speak(utterance), LIMIT_MS).await
}

async fn said(tts: &dyn Tts, text: &str, voice: &Voice) -> Pcm {
    match spoken(tts, text, voice).await {
        Ok(pcm) => pcm,
        Err(error) => panic!("{text:?} is sayable: {error}"),
    }
}
