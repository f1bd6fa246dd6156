//! Speaks a text with the built-in voice and writes what a telephone would play.
//!
//! `cargo run --release -p speech-embedded --example say -- MODELS OUT.wav TEXT...`
//!
//! Models that are missing are installed first. With several texts the files are numbered, and the
//! times of each are printed.

#![allow(clippy::print_stdout, reason = "it is a command")]

use std::{env, error::Error, fs, path::Path, time::Instant};

use audio::{Format, Loudness, Wav, edges};
use futures::executor::block_on;
use speech_embedded::{EmbeddedTts, models};
use tts::{Tts, Utterance, Voice, collect, phone_clip};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [dir, out, texts @ ..] = arguments.as_slice() else {
        return Err("say MODELS OUT.wav TEXT...".into());
    };
    let dir = Path::new(dir);
    models::install(dir, &mut |progress| println!("{progress:?}"))?;
    println!("before: {}", memory());
    let start = Instant::now();
    let tts = EmbeddedTts::open(dir)?;
    println!("open: {:?}, {}", start.elapsed(), memory());
    let voice = Voice::new(tts.name(), tts.voices()[0].id.clone());
    for (i, text) in texts.iter().enumerate() {
        let start = Instant::now();
        let speech = block_on(collect(
            tts.speak(Utterance::plain(text, voice.clone())),
            600_000,
        ))?;
        let spoken = start.elapsed();
        let clip = phone_clip(speech);
        let (loudness, edges) = (Loudness::measure(&clip), edges(&clip));
        let place = match texts.len() {
            1 => out.clone(),
            _ => out.replace(".wav", &format!("-{i:02}.wav")),
        };
        fs::write(&place, Wav::encode(&clip, Format::PHONE))?;
        println!(
            "{place}: speech {spoken:.1?}, clip {:.1?}, {} ms, {:.2} dBFS active, {:.2} dBFS peak, {} + {} ms silent",
            start.elapsed() - spoken,
            clip.duration_ms(),
            loudness.active_rms_dbfs,
            loudness.peak_dbfs,
            edges.head_silence_ms,
            edges.tail_silence_ms,
        );
    }
    println!("after: {}", memory());
    Ok(())
}

/// Resident memory, where the system tells.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let lines = status
        .lines()
        .filter(|l| l.starts_with("VmRSS") || l.starts_with("VmHWM"));
    lines
        .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join(", ")
}
