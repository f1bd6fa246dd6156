//! What the samples of one voice come to.

use serde::{Deserialize, Serialize};

use super::{Mode, Sample, Turn};
use crate::Spread;

/// One voice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TargetFigure {
    /// The engine's name.
    pub provider: String,
    /// Its voice.
    pub voice: String,
    /// Until the first sound of the very first request, ms.
    pub cold_first_ms: Option<f64>,
    /// Until the end of the very first request, ms.
    pub cold_total_ms: Option<f64>,
    /// In each way that it was asked.
    pub modes: Vec<ModeFigure>,
    /// Active-speech level as the engine gives it, dBFS; `min` and `p50` are what one looks at.
    pub level_dbfs: Spread,
    /// Samples at full scale.
    pub clipped: u64,
    /// Requests that failed, by kind, most often first; first requests and warm-up included.
    pub errors: Vec<ErrorCount>,
}

/// One voice asked in one way. Only requests that count and gave sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModeFigure {
    /// The way.
    pub mode: Mode,
    /// Until the first sound, ms.
    pub first_ms: Spread,
    /// Until the end, ms.
    pub total_ms: Spread,
    /// Processor time, ms; empty where it cannot be told.
    pub cpu_ms: Spread,
    /// Time to the end by length of the sound: below 1 is faster than speech.
    pub real_time_factor: Spread,
    /// The longest wait for more sound, ms.
    pub starved_ms: Spread,
    /// Length of the sound, ms.
    pub audio_ms: Spread,
}

/// Failures of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorCount {
    /// The kind.
    pub kind: String,
    /// How many.
    pub count: usize,
    /// The first of them, in words.
    pub first: String,
}

/// What came of one voice; `own` are its samples.
pub(super) fn figure(provider: &str, voice: &str, modes: &[Mode], own: &[&Sample]) -> TargetFigure {
    let cold = own.iter().find(|sample| sample.turn == Turn::Cold);
    let counted: Vec<&Sample> = own
        .iter()
        .copied()
        .filter(|sample| sample.turn == Turn::Counted && sample.error.is_none())
        .collect();
    TargetFigure {
        provider: provider.to_owned(),
        voice: voice.to_owned(),
        cold_first_ms: cold.and_then(|sample| sample.first_ms),
        cold_total_ms: cold.and_then(|sample| sample.total_ms),
        modes: modes.iter().map(|mode| in_mode(*mode, &counted)).collect(),
        level_dbfs: Spread::of(counted.iter().filter_map(|sample| sample.level_dbfs)),
        clipped: counted.iter().map(|sample| sample.clipped).sum(),
        errors: errors(own),
    }
}

fn in_mode(mode: Mode, counted: &[&Sample]) -> ModeFigure {
    let own = || counted.iter().filter(|sample| sample.mode == mode);
    let factor = |sample: &Sample| {
        let audio_ms = sample.audio_ms.filter(|ms| *ms > 0.0)?;
        Some(sample.total_ms? / audio_ms)
    };
    ModeFigure {
        mode,
        first_ms: Spread::of(own().filter_map(|sample| sample.first_ms)),
        total_ms: Spread::of(own().filter_map(|sample| sample.total_ms)),
        cpu_ms: Spread::of(own().filter_map(|sample| sample.cpu_ms)),
        real_time_factor: Spread::of(own().filter_map(|sample| factor(sample))),
        starved_ms: Spread::of(own().filter_map(|sample| sample.starved_ms)),
        audio_ms: Spread::of(own().filter_map(|sample| sample.audio_ms)),
    }
}

fn errors(own: &[&Sample]) -> Vec<ErrorCount> {
    let mut counts: Vec<ErrorCount> = Vec::new();
    for failure in own.iter().filter_map(|sample| sample.error.as_ref()) {
        match counts.iter_mut().find(|known| known.kind == failure.kind) {
            Some(known) => known.count += 1,
            None => counts.push(ErrorCount {
                kind: failure.kind.clone(),
                count: 1,
                first: failure.message.clone(),
            }),
        }
    }
    counts.sort_by_key(|known| std::cmp::Reverse(known.count));
    counts
}
