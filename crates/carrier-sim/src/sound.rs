//! Sounds on the line: measured once, so that thousands of calls can share them.

use std::f32::consts::TAU;

use audio::{Pcm, resample};

/// Samples per second of a phone line.
pub(crate) const RATE: u32 = 8000;
/// Quieter frames count as silence: −50 dBFS, well above a comfort-noise floor of −60.
const AUDIBLE_RMS: f32 = 0.003_16;
const CLIPPED: f32 = 0.999;

/// A sound and what an ear needs to know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// Length in ms.
    pub duration_ms: f64,
    /// From the first to the last audible frame, in ms from the start; `None` = all silence.
    pub audible: Option<(f64, f64)>,
    /// RMS level of the audible frames; −120 for silence.
    pub level_dbfs: f64,
    /// Samples at full scale.
    pub clipped: u32,
    /// 8 kHz mono samples, if kept for a recording.
    pub samples: Option<Vec<f32>>,
}

impl Clip {
    /// Measures audio in frames of 2.5 ms. `keep` also stores the samples, at 8 kHz.
    pub fn measure(pcm: &Pcm, keep: bool) -> Self {
        let per_ms = f64::from(pcm.rate) / 1000.0;
        let frame = ((per_ms * 2.5) as usize).max(1);
        let (mut first, mut last, mut energy, mut count) = (None, 0, 0.0, 0usize);
        for (n, samples) in pcm.samples.chunks(frame).enumerate() {
            let sum: f32 = samples.iter().map(|s| s * s).sum();
            if (sum / samples.len() as f32).sqrt() >= AUDIBLE_RMS {
                first.get_or_insert(n * frame);
                last = n * frame + samples.len();
                energy += f64::from(sum);
                count += samples.len();
            }
        }
        let level_dbfs = match count {
            0 => -120.0,
            _ => 10.0 * (energy / count as f64).log10(),
        };
        Self {
            duration_ms: pcm.samples.len() as f64 / per_ms,
            audible: first.map(|from| (from as f64 / per_ms, last as f64 / per_ms)),
            level_dbfs,
            clipped: pcm.samples.iter().filter(|s| s.abs() >= CLIPPED).count() as u32,
            samples: keep.then(|| resample(pcm, RATE).samples),
        }
    }

    /// A sound that is audible from end to end, without samples.
    pub fn solid(duration_ms: f64) -> Self {
        Self {
            duration_ms,
            audible: Some((0.0, duration_ms)),
            level_dbfs: -20.0,
            clipped: 0,
            samples: None,
        }
    }

    /// The carrier's own voice reading `text` at 150 words per minute: a marked tone of 440 Hz.
    pub fn carrier_voice(text: &str, keep: bool) -> Self {
        let ms = speaking_ms(text, 150);
        match keep {
            true => Self::measure(&tone(ms, 440.0), true),
            false => Self::solid(ms),
        }
    }

    /// A caller saying `text` at 160 words per minute.
    pub fn caller(ms: f64, keep: bool) -> Self {
        match keep {
            true => Self::measure(&babble(ms), true),
            false => Self::solid(ms),
        }
    }
}

/// How long `text` takes to say, in ms; at least 300 unless it is blank.
pub fn speaking_ms(text: &str, words_per_minute: u32) -> f64 {
    match text.split_whitespace().count() {
        0 => 0.0,
        words => (words as f64 * 60_000.0 / f64::from(words_per_minute)).max(300.0),
    }
}

/// A speech-like sound: four partials between 200 and 1,500 Hz under a syllable rhythm of 4 Hz.
pub fn babble(ms: f64) -> Pcm {
    sound(ms, |t| {
        let partials = [(210.0, 1.0), (430.0, 0.7), (870.0, 0.5), (1470.0, 0.3)];
        let voice: f32 = partials.iter().map(|(f, a)| a * (TAU * f * t).sin()).sum();
        let syllables = 0.6 + 0.4 * (TAU * 4.0 * t).cos();
        0.1 * voice * syllables
    })
}

fn tone(ms: f64, hertz: f32) -> Pcm {
    sound(ms, |t| 0.14 * (TAU * hertz * t).sin())
}

fn sound(ms: f64, at: impl Fn(f32) -> f32) -> Pcm {
    let count = (ms * f64::from(RATE) / 1000.0) as usize;
    let samples = (0..count).map(|n| at(n as f32 / RATE as f32)).collect();
    Pcm::new(RATE, samples)
}
