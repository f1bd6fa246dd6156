//! The manner in which words are said, and the attributes that change it.

use serde::{Deserialize, Serialize};

/// How words are said, relative to the voice's own manner.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prosody {
    /// Speed, as a factor: 0.5 to 2.0.
    pub rate: f32,
    /// Pitch, as a factor of the frequency: 0.5 to 2.0.
    pub pitch: f32,
    /// Loudness in decibels: -60 to +12.
    pub volume_db: f32,
}

impl Default for Prosody {
    fn default() -> Self {
        Self {
            rate: 1.0,
            pitch: 1.0,
            volume_db: 0.0,
        }
    }
}

impl Prosody {
    /// This manner, changed by another one inside it. Stays within the limits of the fields.
    pub fn with(self, inner: Self) -> Self {
        Self {
            rate: (self.rate * inner.rate).clamp(0.5, 2.0),
            pitch: (self.pitch * inner.pitch).clamp(0.5, 2.0),
            volume_db: (self.volume_db + inner.volume_db).clamp(-60.0, 12.0),
        }
    }
}

/// `emphasis level`: slower and louder, or softer.
pub(super) fn emphasis(level: &str) -> Option<Prosody> {
    let (rate, volume_db) = match level {
        "strong" => (0.88, 3.0),
        "moderate" => (0.94, 1.5),
        "none" => (1.0, 0.0),
        "reduced" => (1.05, -3.0),
        _ => return None,
    };
    Some(Prosody {
        rate,
        pitch: 1.0,
        volume_db,
    })
}

/// `rate`: a name, a percentage, a signed percentage or a factor.
pub(super) fn rate(value: &str) -> Option<f32> {
    match value {
        "x-slow" => Some(0.6),
        "slow" => Some(0.8),
        "medium" | "default" => Some(1.0),
        "fast" => Some(1.2),
        "x-fast" => Some(1.5),
        _ => percentage(value).or_else(|| number(value).filter(|n| *n > 0.0)),
    }
}

/// `pitch`: a name, a percentage or semitones ("+2st").
pub(super) fn pitch(value: &str) -> Option<f32> {
    match value {
        "x-low" => Some(0.75),
        "low" => Some(0.87),
        "medium" | "default" => Some(1.0),
        "high" => Some(1.15),
        "x-high" => Some(1.3),
        _ => match value.strip_suffix("st") {
            Some(semitones) => number(semitones).map(|n| 2_f32.powf(n / 12.0)),
            None => percentage(value),
        },
    }
}

/// `volume`: a name, decibels ("+6dB"), a signed percentage, or 0 to 100.
pub(super) fn volume(value: &str) -> Option<f32> {
    match value {
        "silent" => Some(-60.0),
        "x-soft" => Some(-12.0),
        "soft" => Some(-6.0),
        "medium" | "default" => Some(0.0),
        "loud" => Some(4.0),
        "x-loud" => Some(6.0),
        _ => match value.strip_suffix("dB") {
            Some(decibels) => number(decibels),
            None => {
                let factor = percentage(value).or_else(|| number(value).map(|n| n / 100.0))?;
                Some(if factor > 0.0 {
                    20.0 * factor.log10()
                } else {
                    -60.0
                })
            }
        },
    }
}

/// "85%" is 0.85; "+10%" and "-10%" are 1.1 and 0.9.
fn percentage(value: &str) -> Option<f32> {
    let amount = value.strip_suffix('%')?;
    let part = number(amount)? / 100.0;
    let factor = if amount.starts_with(['+', '-']) {
        1.0 + part
    } else {
        part
    };
    (factor > 0.0).then_some(factor)
}

fn number(text: &str) -> Option<f32> {
    text.trim().parse::<f32>().ok().filter(|n| n.is_finite())
}
