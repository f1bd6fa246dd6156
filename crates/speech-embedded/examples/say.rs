//! Speaks the lines of the standard input as telephone clips, and prints what each cost, as JSON lines.
//!
//! ```text
//! cargo run --release -p speech-embedded --example say -- FOLDER < sentences.txt
//! ```
//!
//! The models lie in `FRONTDESK_MODELS`, else in `target/models`; those that are missing are installed first.

#![allow(clippy::print_stdout, reason = "it is a command")]

use std::{
    env,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    time::Instant,
};

use audio::{Format, Loudness, Wav, edges};
use futures::{StreamExt, executor::block_on};
use serde_json::json;
use speech_embedded::{EmbeddedTts, Settings, models};
use text::Normalizer;
use tts::{Tts, Utterance, Voice, phone_clip};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("name the folder for the clips: say FOLDER < sentences.txt")?;
    fs::create_dir_all(&folder)?;
    let usual = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/models");
    let folder_of_models = env::var_os("FRONTDESK_MODELS").unwrap_or_else(|| usual.into());
    let dir = PathBuf::from(folder_of_models);
    models::install(&dir, &mut |_| ())?;
    let before_mb = resident_mb();
    let start = Instant::now();
    let settings = Settings {
        workers: 1,
        ..Settings::default()
    };
    let voice = EmbeddedTts::open_with(&dir, settings)?;
    let opened = json!({
        "open_ms": millis(start),
        "before_mb": before_mb,
        "after_mb": resident_mb(),
    });
    println!("{opened}");
    for (i, line) in io::stdin().lines().enumerate() {
        let file = folder.join(format!("{i:03}.wav"));
        println!("{}", speak(&voice, &line?, &file)?);
    }
    println!("{}", json!({ "end_mb": resident_mb() }));
    Ok(())
}

fn speak(
    voice: &EmbeddedTts,
    line: &str,
    file: &Path,
) -> Result<serde_json::Value, Box<dyn Error>> {
    let start = Instant::now();
    let words = Normalizer::default().normalize(line);
    let normalize_ms = millis(start);
    let start = Instant::now();
    let utterance = Utterance::plain(&words, Voice::new("embedded", "heart")).within(60_000);
    let chunks: Result<Vec<_>, _> = block_on(voice.speak(utterance).collect::<Vec<_>>())
        .into_iter()
        .collect();
    let chunks = chunks?;
    let speak_ms = millis(start);
    let clip = phone_clip(audio::Pcm::concat(&chunks));
    let clip_ms = millis(start);
    let wav = Wav::encode(&clip, Format::PHONE);
    fs::write(file, &wav)?;
    // What is on the disk is what is heard, with the steps of its coding.
    let heard = Wav::decode(&wav)?;
    let (edges, loudness) = (edges(&heard), Loudness::measure(&heard));
    Ok(json!({
        "file": file.file_name().map(|name| name.to_string_lossy()),
        "text": line,
        "words": words,
        "audio_ms": heard.duration_ms(),
        "normalize_ms": normalize_ms,
        "speak_ms": speak_ms,
        "clip_ms": clip_ms,
        "level_dbfs": loudness.active_rms_dbfs,
        "peak_dbfs": loudness.peak_dbfs,
        "head_ms": edges.head_silence_ms,
        "tail_ms": edges.tail_silence_ms,
    }))
}

fn millis(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1e5).round() / 100.0
}

/// Resident memory where the system says so (`VmRSS`, kilobytes), else 0.
fn resident_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}
