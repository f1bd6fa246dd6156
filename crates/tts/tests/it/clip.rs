use audio::{Format, Loudness, PEAK_DBFS, Pcm, TARGET_DBFS, edges};
use futures::{executor::block_on, stream};
use tts::{ErrorKind, SpeakError, Tts, Utterance, collect, contract, phone_clip};

use crate::{Fake, Mood, tone};

fn chunks(parts: Vec<Result<Pcm, SpeakError>>, limit_ms: u64) -> Result<Pcm, ErrorKind> {
    block_on(collect(stream::iter(parts), limit_ms)).map_err(|e| e.kind)
}

#[test]
fn an_engine_that_keeps_the_contract_passes_it() {
    block_on(contract::all(&*Fake::new("fake", Mood::Speaks), &tone()));
}

#[test]
#[should_panic(expected = "a plain sentence is spoken")]
fn an_engine_that_fails_does_not() {
    block_on(contract::all(
        &*Fake::new("fake", Mood::Fails(ErrorKind::Broken)),
        &tone(),
    ));
}

#[test]
fn chunks_become_one_sound() {
    let whole = chunks(
        vec![Ok(Pcm::silence(8000, 30)), Ok(Pcm::silence(8000, 40))],
        1000,
    );
    assert_eq!(whole, Ok(Pcm::silence(8000, 70)));
}

#[test]
fn what_is_not_speech_is_broken() {
    assert_eq!(chunks(vec![], 1000), Err(ErrorKind::Broken));
    assert_eq!(
        chunks(vec![Ok(Pcm::default())], 1000),
        Err(ErrorKind::Broken)
    );
    let rates = vec![Ok(Pcm::silence(8000, 30)), Ok(Pcm::silence(16_000, 30))];
    assert_eq!(chunks(rates, 1000), Err(ErrorKind::Broken));
    assert_eq!(
        chunks(vec![Ok(Pcm::silence(8000, 2000))], 1000),
        Err(ErrorKind::Broken)
    );
}

#[test]
fn an_error_after_some_sound_is_an_error() {
    let late = SpeakError::new(ErrorKind::Unavailable, "fake", "gone");
    let parts = vec![Ok(Pcm::silence(8000, 30)), Err(late)];
    assert_eq!(chunks(parts, 1000), Err(ErrorKind::Unavailable));
}

#[test]
fn a_phone_clip_is_tight_level_and_8_khz() {
    let fake = Fake::new("fake", Mood::Speaks);
    let speech = block_on(collect(
        fake.speak(Utterance::plain("five words of quiet tone", tone())),
        9000,
    ));
    let mut quiet = speech.expect("the fake speaks");
    quiet.samples.iter_mut().for_each(|s| *s *= 0.1);
    let padded = Pcm::concat(&[Pcm::silence(16_000, 700), quiet, Pcm::silence(16_000, 900)]);
    let clip = phone_clip(padded);
    assert_eq!(clip.rate, Format::PHONE.rate);
    let (edges, loudness) = (edges(&clip), Loudness::measure(&clip));
    assert!(
        edges.head_silence_ms <= 45 && edges.tail_silence_ms <= 65,
        "{edges:?}"
    );
    assert!(
        (loudness.active_rms_dbfs - TARGET_DBFS).abs() < 1.0,
        "{loudness:?}"
    );
    assert!(loudness.peak_dbfs <= PEAK_DBFS, "{loudness:?}");
}

/// A second of a tone that swells and fades, so that its ends do not click.
fn swell(hz: f32) -> impl Iterator<Item = f32> {
    let part = |i: u32| i as f32 / 24_000.0;
    let sine = move |t: f32| (std::f32::consts::TAU * hz * t).sin();
    (0..24_000).map(move |i| 0.1 * sine(part(i)) * (20.0 * part(i).min(1.0 - part(i))).min(1.0))
}

#[test]
fn sound_that_no_telephone_carries_is_silence_at_the_edge() {
    let (rumble, voice, hiss) = (swell(10.0), swell(600.0), swell(7000.0));
    let clip = phone_clip(Pcm::new(24_000, rumble.chain(voice).chain(hiss).collect()));
    assert!(
        clip.duration_ms().abs_diff(1100) <= 25,
        "{} ms",
        clip.duration_ms()
    );
    let loudness = Loudness::measure(&clip);
    assert!(
        (loudness.active_rms_dbfs - TARGET_DBFS).abs() < 1.0,
        "{loudness:?}"
    );
}
