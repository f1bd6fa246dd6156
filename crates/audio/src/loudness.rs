//! How loud speech is, and bringing every voice to one level.
//!
//! The level is the active-speech level of ITU-T P.56 (method B): pauses longer than 200 ms do not
//! count. The target is RFC 7874 §4: RMS 2600 of 16-bit samples.

use std::collections::VecDeque;

use crate::{
    Pcm,
    decibel::{SILENCE_DBFS, decibel, peak},
    pcm::samples_in,
};

/// Active-speech level that [`level`] brings a clip to: RMS 2600 / 32768.
pub const TARGET_DBFS: f32 = -22.01;

/// No sample leaves [`level`] above this.
pub const PEAK_DBFS: f32 = -3.0;

/// A telephone carries nothing below 300 Hz; rumble there only spends headroom.
const HIGH_PASS_HZ: f32 = 200.0;
/// More gain than this would be lifting noise.
const MAX_GAIN_DB: f32 = 36.0;
/// Half the window in which the limiter moves its gain.
const LIMITER_MS: u32 = 4;
/// P.56: the threshold lies this far below the active level.
const MARGIN_DB: f64 = 15.9;
const HANGOVER_S: f64 = 0.2;
const ENVELOPE_S: f64 = 0.03;
/// Thresholds are halvings of full scale: down to -126 dBFS.
const THRESHOLDS: usize = 21;

/// How loud a clip is, in decibels below full scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Level while somebody speaks, pauses left out; -100 when there is only silence.
    pub active_rms_dbfs: f32,
    /// The largest sample; -100 when there is only silence.
    pub peak_dbfs: f32,
}

impl Loudness {
    /// Measures a clip.
    pub fn measure(pcm: &Pcm) -> Loudness {
        Loudness {
            active_rms_dbfs: active_level(pcm) as f32,
            peak_dbfs: decibel(peak(&pcm.samples)),
        }
    }
}

/// Brings speech to the telephone's level: high-pass at 200 Hz, active-speech level [`TARGET_DBFS`],
/// then a limiter that keeps every sample at or below [`PEAK_DBFS`] without clipping.
///
/// Silence stays silence, and samples that are not finite become 0.
pub fn level(pcm: &mut Pcm) {
    for sample in pcm.samples.iter_mut().filter(|s| !s.is_finite()) {
        *sample = 0.0;
    }
    high_pass(pcm);
    let measured = active_level(pcm) as f32;
    if measured <= SILENCE_DBFS {
        return;
    }
    let mut gain_db = (TARGET_DBFS - measured).min(MAX_GAIN_DB);
    let quiet = pcm.samples.clone();
    // The limiter takes energy away, so what it took is given back, twice at most.
    for _ in 0..3 {
        let gain = 10f32.powf(gain_db / 20.0);
        pcm.samples = quiet.iter().map(|s| s * gain).collect();
        if !limit(pcm) {
            // Gain alone brings the level to the target exactly.
            break;
        }
        let missing = TARGET_DBFS - active_level(pcm) as f32;
        if missing < 0.2 || gain_db >= MAX_GAIN_DB {
            break;
        }
        gain_db += missing;
    }
}

/// Second-order Butterworth high-pass (the cookbook biquad of R. Bristow-Johnson).
fn high_pass(pcm: &mut Pcm) {
    if (pcm.rate as f32) < 4.0 * HIGH_PASS_HZ {
        return;
    }
    let w = std::f32::consts::TAU * HIGH_PASS_HZ / pcm.rate as f32;
    let (sin, cos) = w.sin_cos();
    let alpha = sin * std::f32::consts::FRAC_1_SQRT_2;
    let a0 = 1.0 + alpha;
    let (b0, b1) = ((1.0 + cos) / 2.0 / a0, -(1.0 + cos) / a0);
    let (a1, a2) = (-2.0 * cos / a0, (1.0 - alpha) / a0);
    let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
    for sample in &mut pcm.samples {
        let x = *sample;
        let y = b0 * x + b1 * x1 + b0 * x2 - a1 * y1 - a2 * y2;
        (x2, x1, y2, y1) = (x1, x, y1, y);
        *sample = y;
    }
}

/// Look-ahead limiter: the gain needed at each sample, its minimum over a window, and the mean of
/// that over the same window, so that it moves smoothly and is low enough everywhere. False when
/// nothing was too loud.
fn limit(pcm: &mut Pcm) -> bool {
    let ceiling = 10f32.powf(PEAK_DBFS / 20.0) * 0.999;
    if peak(&pcm.samples) <= ceiling {
        return false;
    }
    let half = samples_in(pcm.rate, LIMITER_MS).max(1);
    let mut lowest = vec![1f32; pcm.samples.len()];
    for (i, sample) in pcm.samples.iter().enumerate() {
        let needed = ceiling / sample.abs();
        if needed < 1.0 {
            let to = (i + half + 1).min(lowest.len());
            for gain in &mut lowest[i.saturating_sub(half)..to] {
                *gain = gain.min(needed);
            }
        }
    }
    let width = 2 * half + 1;
    // Positions are shifted by `half`; beyond either end stands the end itself.
    let last = lowest.len() - 1;
    let at = |i: usize| lowest[i.saturating_sub(half).min(last)];
    let mut sum: f64 = (0..width).map(|i| f64::from(at(i))).sum();
    for (i, sample) in pcm.samples.iter_mut().enumerate() {
        *sample *= (sum / width as f64) as f32;
        sum += f64::from(at(i + width)) - f64::from(at(i));
    }
    true
}

/// Active-speech level in dBFS after P.56 method B.
fn active_level(pcm: &Pcm) -> f64 {
    let energy: f64 = pcm.samples.iter().map(|s| f64::from(*s).powi(2)).sum();
    if pcm.rate == 0 || energy <= 1e-12 {
        return f64::from(SILENCE_DBFS);
    }
    let active = activity(pcm);
    let mut before: Option<(f64, f64)> = None;
    for (i, count) in active.iter().enumerate().rev() {
        if *count == 0 {
            continue;
        }
        // From the highest threshold that is ever crossed downwards, the distance grows to the margin.
        let level = 10.0 * (energy / *count as f64).log10();
        let distance = level - threshold_db(i);
        if distance >= MARGIN_DB {
            let (old_level, old_distance) = before.unwrap_or((level, distance));
            let span = distance - old_distance;
            let part = if span > 0.0 {
                (MARGIN_DB - old_distance) / span
            } else {
                1.0
            };
            return (old_level + part * (level - old_level)).max(f64::from(SILENCE_DBFS));
        }
        before = Some((level, distance));
    }
    before.map_or(f64::from(SILENCE_DBFS), |(level, _)| level)
}

fn threshold_db(i: usize) -> f64 {
    -6.020_6 * (THRESHOLDS - i) as f64
}

/// For each threshold, how many samples count as speech: those whose envelope is above it and those
/// of the hangover after.
///
/// A sample counts for every threshold up to the highest one that was crossed within the hangover
/// before it, so one sliding maximum stands for a counter per threshold.
fn activity(pcm: &Pcm) -> [u64; THRESHOLDS] {
    let rate = f64::from(pcm.rate);
    let keep = (-1.0 / (rate * ENVELOPE_S)).exp();
    let hangover = (HANGOVER_S * rate).ceil() as usize;
    let mut reached = [0u64; THRESHOLDS + 1];
    let mut recent: VecDeque<(usize, usize)> = VecDeque::new();
    let (mut first, mut second) = (0.0, 0.0);
    for (at, sample) in pcm.samples.iter().enumerate() {
        first = keep * first + (1.0 - keep) * f64::from(sample.abs());
        second = keep * second + (1.0 - keep) * first;
        let crossed = thresholds_below(second);
        while recent.back().is_some_and(|(_, old)| *old <= crossed) {
            recent.pop_back();
        }
        recent.push_back((at, crossed));
        if recent.front().is_some_and(|(old, _)| old + hangover < at) {
            recent.pop_front();
        }
        let highest = recent.front().map_or(0, |(_, crossed)| *crossed);
        reached[highest] += 1;
    }
    let mut active = [0u64; THRESHOLDS];
    let mut above = 0;
    for i in (0..THRESHOLDS).rev() {
        above += reached[i + 1];
        active[i] = above;
    }
    active
}

/// How many thresholds a value has crossed. They are powers of two, so its binary exponent says it.
fn thresholds_below(value: f64) -> usize {
    const BIAS: i64 = 1023;
    let exponent = ((value.to_bits() >> 52) & 0x7ff) as i64 - BIAS;
    (exponent + THRESHOLDS as i64 + 1).clamp(0, THRESHOLDS as i64) as usize
}
