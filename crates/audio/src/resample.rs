//! One change of rate, by windowed sinc interpolation.

use std::f64::consts::PI;

use rubato::{
    Async, FixedAsync, Resampler, SincInterpolationParameters, WindowFunction,
    audioadapter_buffers::direct::SequentialSliceOfVecs,
};

use crate::Pcm;

/// Input samples handled at once; also what a very short sound costs.
const CHUNK: usize = 1024;

/// The same sound at `rate` hertz, with nothing aliased and no delay added.
///
/// Rates outside 1 kHz to 384 kHz are not sound: the result is then empty.
pub fn resample(pcm: &Pcm, rate: u32) -> Pcm {
    if pcm.rate == rate {
        return pcm.clone();
    }
    let known = 1_000..=384_000;
    if pcm.is_empty() || !known.contains(&pcm.rate) || !known.contains(&rate) {
        return Pcm::new(rate, Vec::new());
    }
    let ratio = f64::from(rate) / f64::from(pcm.rate);
    let wanted = (pcm.samples.len() as f64 * ratio).round() as usize;
    let mut samples = match pcm.rate / rate {
        step @ 2..=6 if pcm.rate == step * rate => every(step as usize, &pcm.samples),
        _ => sinc(pcm, ratio).unwrap_or_default(),
    };
    samples.resize(wanted, 0.0);
    Pcm::new(rate, samples)
}

/// One sample of every `step`, low-pass filtered: what engines' 16, 24 and 48 kHz become on a telephone. Nothing falls
/// between two samples here, so one filter serves all of them and nothing is interpolated.
fn every(step: usize, samples: &[f32]) -> Vec<f32> {
    let filter = low_pass(step);
    let half = filter.len() / 2;
    let outputs = (samples.len() as f64 / step as f64).round() as usize;
    let at = |n: usize| {
        let middle = n * step;
        let from = middle.saturating_sub(half);
        let heard = samples.get(from..samples.len().min(middle + half + 1));
        let taps = &filter[from + half - middle..];
        dot(heard.unwrap_or_default(), taps)
    };
    (0..outputs).map(at).collect()
}

/// The sum of the products, in lanes that the processor adds at once: one running sum would have to be added in order.
#[allow(
    clippy::needless_range_loop,
    reason = "five times as fast as over iterators, which keep the lanes in memory"
)]
fn dot(samples: &[f32], taps: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0f32; LANES];
    let (wide, rest) = samples.as_chunks::<LANES>();
    let (wide_taps, _) = taps.as_chunks::<LANES>();
    for (samples, taps) in wide.iter().zip(wide_taps) {
        for i in 0..LANES {
            sums[i] += samples[i] * taps[i];
        }
    }
    let after = taps.get(wide.len() * LANES..).unwrap_or_default();
    let last: f32 = rest.iter().zip(after).map(|(s, t)| s * t).sum();
    sums.iter().sum::<f32>() + last
}

/// A sinc under a Blackman-Harris window, 64 outputs wide. For 8 kHz it is flat to 3.2 kHz and 90 dB down from 4.3 kHz on.
fn low_pass(step: usize) -> Vec<f32> {
    const REACH: usize = 32;
    const CUTOFF: f64 = 0.93;
    let half = REACH * step;
    let tap = |n: usize| {
        let x = (n as f64 - half as f64) / step as f64 * CUTOFF * PI;
        let sinc = if x == 0.0 { 1.0 } else { x.sin() / x };
        let turn = PI * n as f64 / half as f64;
        let window = 0.358_75 - 0.488_29 * turn.cos() + 0.141_28 * (2.0 * turn).cos()
            - 0.011_68 * (3.0 * turn).cos();
        sinc * window
    };
    let taps: Vec<f64> = (0..=2 * half).map(tap).collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|tap| (tap / sum) as f32).collect()
}

/// `None` only when the resampler refuses its own parameters, which the ranges above rule out.
fn sinc(pcm: &Pcm, ratio: f64) -> Option<Vec<f32>> {
    // The filter spans input samples, so a deep reduction needs a longer one for the same slope.
    let length = if ratio < 0.2 { 512 } else { 192 };
    let filter = SincInterpolationParameters::new(length, WindowFunction::BlackmanHarris2);
    let mut sinc = Async::<f32>::new_sinc(ratio, 1.0, &filter, CHUNK, 1, FixedAsync::Input).ok()?;
    let frames = pcm.samples.len();
    let channels = [pcm.samples.clone()];
    let input = SequentialSliceOfVecs::new(&channels, 1, frames).ok()?;
    let output = sinc.process_all(&input, frames, None).ok()?;
    Some(output.take_data())
}
