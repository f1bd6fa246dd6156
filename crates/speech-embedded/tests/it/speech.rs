use audio::{Loudness, PEAK_DBFS, Pcm, TARGET_DBFS, edges};
use futures::{StreamExt, executor::block_on};
use speech_embedded::{EmbeddedTts, Settings};
use tts::{ErrorKind, Tts, Utterance, Voice, contract, phone_clip};

use crate::{engine, heart, models_dir, plain, say, ssml};

#[test]
fn the_built_in_voice_keeps_the_contract() {
    block_on(contract::all(engine(), &heart()));
}

#[test]
fn clips_are_level_tight_and_never_clipped() {
    for text in [
        "Yes.",
        "Please hold on.",
        "The first opening is on Wednesday morning at nine.",
    ] {
        let clip = phone_clip(plain(text));
        let (loudness, edges) = (Loudness::measure(&clip), edges(&clip));
        assert!(
            (loudness.active_rms_dbfs - TARGET_DBFS).abs() < 1.0,
            "{text}: {loudness:?}"
        );
        assert!(loudness.peak_dbfs <= PEAK_DBFS, "{text}: {loudness:?}");
        assert!(
            edges.head_silence_ms <= 45 && edges.tail_silence_ms <= 65,
            "{text}: {edges:?}"
        );
    }
}

#[test]
fn the_same_words_are_the_same_sound() {
    assert_eq!(plain("See you on Monday."), plain("See you on Monday."));
}

#[test]
fn sentences_come_one_by_one() {
    let text = "This is the first one. Here comes the second. And that was the third.";
    let chunks = engine().speak(Utterance::plain(text, heart()));
    assert_eq!(block_on(chunks.count()), 3);
}

#[test]
fn pauses_last_as_long_as_they_say() {
    let without = ssml("<speak>Hello there.<break time='0ms'/> Goodbye now.</speak>");
    let with = ssml("<speak>Hello there.<break time='800ms'/> Goodbye now.</speak>");
    let longer = with.duration_ms() as i64 - without.duration_ms() as i64;
    assert!((longer - 800).abs() <= 20, "{longer} ms");
}

#[test]
fn a_substitute_is_said_instead() {
    let marked = ssml("<speak><sub alias='World Wide Web Consortium'>W3C</sub> is here.</speak>");
    assert_eq!(marked, plain("World Wide Web Consortium is here."));
}

#[test]
fn pace_pitch_and_loudness_follow_the_markup_within_limits() {
    let text = "We will see you on Tuesday afternoon.";
    let with = |attribute: &str| ssml(&format!("<prosody {attribute}>{text}</prosody>"));
    let own = plain(text);
    let ratio = |pcm: &Pcm| pcm.samples.len() as f32 / own.samples.len() as f32;
    let (slow, crawling) = (with("rate='80%'"), with("rate='50%'"));
    assert!((1.1..1.4).contains(&ratio(&slow)), "{}", ratio(&slow));
    assert!(
        (1.2..1.6).contains(&ratio(&crawling)),
        "held at 0.7: {}",
        ratio(&crawling)
    );
    let level = |pcm: &Pcm| Loudness::measure(pcm).active_rms_dbfs;
    let softer = level(&with("volume='-6dB'")) - level(&own);
    assert!((softer + 6.0).abs() < 0.7, "{softer} dB");
    let (low, high) = (
        tone_hz(&with("pitch='80%'")),
        tone_hz(&with("pitch='120%'")),
    );
    assert!(
        (1.35..1.65).contains(&(high / low)),
        "{low} Hz and {high} Hz"
    );
}

/// The strongest period between 80 and 400 Hz, over the loudest half second.
fn tone_hz(pcm: &Pcm) -> f32 {
    let window = pcm.rate as usize / 2;
    let energy = |part: &[f32]| part.iter().map(|s| s * s).sum::<f32>();
    let loudest = pcm
        .samples
        .windows(window)
        .step_by(1200)
        .max_by(|a, b| energy(a).total_cmp(&energy(b)))
        .expect("longer than half a second");
    let alike = |lag: usize| -> f32 {
        loudest
            .iter()
            .zip(&loudest[lag..])
            .map(|(a, b)| a * b)
            .sum::<f32>()
            / (window - lag) as f32
    };
    let lags = pcm.rate as usize / 400..pcm.rate as usize / 80;
    let best = lags
        .max_by(|a, b| alike(*a).total_cmp(&alike(*b)))
        .expect("not empty");
    pcm.rate as f32 / best as f32
}

#[test]
fn given_sounds_are_spoken_as_given() {
    let given = ssml("<speak><phoneme ph='həˈloʊ'>whatever</phoneme> there.</speak>");
    let other = ssml("<speak><phoneme ph='bɑˈnænə'>whatever</phoneme> there.</speak>");
    assert_ne!(given, other);
    assert!(
        (400..2500).contains(&given.duration_ms()),
        "{} ms",
        given.duration_ms()
    );
}

#[test]
fn broken_markup_is_refused_with_its_place() {
    let utterance = Utterance {
        ssml: true,
        ..Utterance::plain("<speak>Hello", heart())
    };
    let error = say(engine(), utterance).expect_err("it is never closed");
    assert_eq!(error.kind, ErrorKind::BadRequest);
    assert!(error.message.contains("line 1"), "{error}");
}

#[test]
fn wild_manners_are_held_within_limits() {
    for wild in [f32::NAN, f32::INFINITY, -3.0, 0.0, 1e9] {
        let voice = Voice {
            speed: wild,
            pitch: wild,
            ..heart()
        };
        let pcm = say(engine(), Utterance::plain("Good morning to you.", voice));
        let ms = pcm.expect("limits, not errors").duration_ms();
        assert!((500..4000).contains(&ms), "{ms} ms at {wild}");
    }
}

#[test]
fn a_full_queue_refuses_instead_of_growing() {
    let settings = Settings {
        workers: 1,
        waiting: 2,
    };
    let small = EmbeddedTts::open_with(models_dir(), settings).expect("the models are installed");
    let ask = || small.speak(Utterance::plain("One two three four five.", heart()));
    let streams: Vec<_> = (0..12).map(|_| ask()).collect();
    let ends = streams.into_iter().map(|mut s| block_on(s.next()));
    let kinds: Vec<_> = ends
        .map(|end| end.and_then(Result::err).map(|e| e.kind))
        .collect();
    let refused = kinds
        .iter()
        .filter(|k| **k == Some(ErrorKind::RateLimited))
        .count();
    let spoken = kinds.iter().filter(|k| k.is_none()).count();
    assert!(
        refused >= 5 && spoken >= 2 && refused + spoken == 12,
        "{kinds:?}"
    );
}

#[test]
fn those_who_went_away_make_room() {
    let settings = Settings {
        workers: 1,
        waiting: 2,
    };
    let small = EmbeddedTts::open_with(models_dir(), settings).expect("the models are installed");
    let ask = || small.speak(Utterance::plain("One two three four five.", heart()));
    for _ in 0..12 {
        drop(ask());
    }
    let mut last = ask();
    assert!(block_on(last.next()).is_some_and(|chunk| chunk.is_ok()));
}
