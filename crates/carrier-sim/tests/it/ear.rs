//! The ear hears what is in the audio, to 5 ms.

use std::sync::Arc;

use carrier_sim::{Clip, Ear, SoundKind, babble, speaking_ms};

use crate::world::tone;

fn clip(head_ms: u32, tone_ms: u32, tail_ms: u32) -> Arc<Clip> {
    Arc::new(Clip::measure(&tone(head_ms, tone_ms, tail_ms), true))
}

#[track_caller]
fn near(measured: f64, expected: f64) {
    assert!(
        (measured - expected).abs() <= 5.0,
        "{measured} is not {expected} ± 5 ms"
    );
}

#[test]
fn the_audible_part_of_a_clip() {
    for (head, body, tail) in [(0, 500, 0), (200, 500, 100), (1000, 40, 700), (7, 333, 13)] {
        let clip = clip(head, body, tail);
        let (from, to) = clip.audible.expect("a tone is audible");
        near(from, f64::from(head));
        near(to, f64::from(head + body));
        near(clip.duration_ms, f64::from(head + body + tail));
    }
    let silence = clip(300, 0, 0);
    assert_eq!((silence.audible, silence.level_dbfs), (None, -120.0));
}

#[test]
fn level_and_clipping() {
    // A sine of amplitude 0.3 has an RMS of 0.212, which is −13.5 dBFS.
    let level = clip(200, 500, 100).level_dbfs;
    assert!((level + 13.5).abs() < 0.3, "{level}");
    assert_eq!(clip(0, 500, 0).clipped, 0);
    let mut loud = tone(0, 500, 0);
    loud.samples[100..110].fill(1.0);
    loud.samples[200] = -1.0;
    assert_eq!(Clip::measure(&loud, false).clipped, 11);
}

#[test]
fn dead_air_is_silence_without_the_fillers() {
    let mut ear = Ear::new();
    ear.caller(0.0, Arc::new(Clip::solid(1000.0)));
    // The caller ends at 1000. Filler 1300–1800 audible, answer audible from 2250.
    ear.agent(1, 1250.0, clip(50, 500, 100), SoundKind::Filler, 650.0);
    ear.agent(1, 2050.0, clip(200, 800, 0), SoundKind::Answer, 1000.0);
    ear.agent(1, 3150.0, clip(0, 400, 0), SoundKind::Answer, 400.0);
    let heard = ear.turn(1, 1000.0, 3550.0);
    near(heard.dead_air_ms, 300.0 + 450.0);
    near(heard.first_sound_ms.expect("a filler"), 300.0);
    near(heard.answer_ms.expect("an answer"), 1250.0);
    near(heard.longest_silence_ms, 450.0);
    assert_eq!(heard.gaps.len(), 2);
    near(heard.gaps[0], 450.0);
    near(heard.gaps[1], 100.0);
    near(heard.overlap_ms, 0.0);
}

#[test]
fn a_turn_without_an_answer_is_dead_to_its_end() {
    let mut ear = Ear::new();
    ear.agent(0, 100.0, clip(0, 500, 0), SoundKind::Filler, 500.0);
    let heard = ear.turn(0, 0.0, 5000.0);
    near(heard.dead_air_ms, 4500.0);
    near(heard.longest_silence_ms, 4400.0);
    assert_eq!(heard.answer_ms, None);
    near(ear.turn(7, 0.0, 800.0).dead_air_ms, 800.0);
}

#[test]
fn a_cut_clip_was_heard_only_as_far_as_it_was_played() {
    let mut ear = Ear::new();
    ear.agent(0, 0.0, clip(100, 1000, 0), SoundKind::Answer, 400.0);
    ear.caller(300.0, Arc::new(Clip::solid(500.0)));
    let heard = ear.turn(0, 0.0, 400.0);
    near(heard.overlap_ms, 100.0);
    let recording = ear.recording();
    near(recording.agent.duration_ms() as f64, 400.0);
}

#[test]
fn callers_sound_like_speech_of_the_right_length() {
    near(speaking_ms("one two three four", 160), 1500.0);
    near(speaking_ms("no", 160), 375.0);
    assert_eq!(speaking_ms("  ", 160), 0.0);
    let voice = Clip::measure(&babble(1500.0), false);
    let (from, to) = voice.audible.expect("audible");
    assert!(from < 20.0 && to > 1480.0, "{from} {to}");
    assert!(
        (-30.0..-10.0).contains(&voice.level_dbfs),
        "{}",
        voice.level_dbfs
    );
    assert_eq!(voice.clipped, 0);
}
