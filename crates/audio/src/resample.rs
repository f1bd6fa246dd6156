//! One change of rate, by windowed sinc interpolation.

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
    let mut samples = sinc(pcm, ratio).unwrap_or_default();
    samples.resize(wanted, 0.0);
    Pcm::new(rate, samples)
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
