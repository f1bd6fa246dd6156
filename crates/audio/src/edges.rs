//! Where speech begins and ends in a clip, and its outline.

use crate::{
    Pcm,
    decibel::{decibel, peak},
    pcm::samples_in,
};

/// The most buckets [`peaks`] gives, enough for any screen.
pub const MAX_BUCKETS: usize = 8192;

/// A frame counts as sound from this far below the loudest frame; a soft "f" or "th" lies above it.
const BELOW_LOUDEST_DB: f32 = 38.0;
/// Nothing below this level counts as sound, however quiet the clip.
const FLOOR_DBFS: f32 = -66.0;
const FRAME_MS: u32 = 5;
/// A cut that leaves part of the silence gets this long a slope, so that it does not click.
const FADE_MS: u32 = 5;

/// How much silence surrounds the sound, in milliseconds. A clip without sound is all head and all tail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edges {
    /// Silence before the first sound.
    pub head_silence_ms: u32,
    /// Silence after the last sound.
    pub tail_silence_ms: u32,
}

/// Measures the silence at both ends, to 5 ms.
pub fn edges(pcm: &Pcm) -> Edges {
    let ms = |samples: usize| match u64::from(pcm.rate) {
        0 => 0,
        rate => u32::try_from(samples as u64 * 1000 / rate).unwrap_or(u32::MAX),
    };
    let all = pcm.samples.len();
    match sounding(pcm) {
        Some((start, end)) => Edges {
            head_silence_ms: ms(start),
            tail_silence_ms: ms(all - end),
        },
        None => Edges {
            head_silence_ms: ms(all),
            tail_silence_ms: ms(all),
        },
    }
}

/// The sound with at most `head_ms` of silence before it and `tail_ms` after it.
///
/// Silence is never added, and a clip that is nothing but silence stays as it is: someone asked for that pause.
pub fn trim(pcm: &Pcm, head_ms: u32, tail_ms: u32) -> Pcm {
    let Some((start, end)) = sounding(pcm) else {
        return pcm.clone();
    };
    let from = start.saturating_sub(samples_in(pcm.rate, head_ms));
    let to = (end + samples_in(pcm.rate, tail_ms)).min(pcm.samples.len());
    let mut samples = pcm.samples[from..to].to_vec();
    let fade = samples_in(pcm.rate, FADE_MS).max(1);
    if from > 0 {
        slope(samples.iter_mut().take(fade.min(start - from)), fade);
    }
    if to < pcm.samples.len() {
        slope(samples.iter_mut().rev().take(fade.min(to - end)), fade);
    }
    Pcm::new(pcm.rate, samples)
}

fn slope<'a>(samples: impl Iterator<Item = &'a mut f32>, length: usize) {
    for (i, sample) in samples.enumerate() {
        *sample *= (i as f32 + 0.5) / length as f32;
    }
}

/// The loudest absolute sample of each of `buckets` equal parts, 0 to 1, for drawing a waveform.
///
/// At most [`MAX_BUCKETS`]; a clip with fewer samples than buckets repeats them.
pub fn peaks(pcm: &Pcm, buckets: usize) -> Vec<f32> {
    let buckets = buckets.min(MAX_BUCKETS);
    let count = pcm.samples.len();
    (0..buckets)
        .map(|i| {
            let from = i * count / buckets;
            let to = ((i + 1) * count / buckets).max(from + 1).min(count);
            peak(&pcm.samples[from.min(to)..to]).min(1.0)
        })
        .collect()
}

/// First and one-past-last sample of what is not silence.
fn sounding(pcm: &Pcm) -> Option<(usize, usize)> {
    let frame = samples_in(pcm.rate, FRAME_MS).max(1);
    let levels: Vec<f32> = pcm.samples.chunks(frame).map(frame_level).collect();
    let loudest = levels.iter().copied().fold(f32::MIN, f32::max);
    let threshold = (loudest - BELOW_LOUDEST_DB).max(FLOOR_DBFS);
    let first = levels.iter().position(|l| *l > threshold)?;
    let last = levels.iter().rposition(|l| *l > threshold)?;
    Some((first * frame, ((last + 1) * frame).min(pcm.samples.len())))
}

fn frame_level(frame: &[f32]) -> f32 {
    let energy: f32 = frame.iter().map(|s| s * s).sum();
    decibel((energy / frame.len() as f32).sqrt())
}
