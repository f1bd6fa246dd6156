//! From spectral planes to sound.
//!
//! The net says, for every 12.5 ms and 20 Hz, how loud three sources are: pulses at the speaker's
//! pitch, noise, and a part whose phase it gives outright. Their sum is one spectrum per frame, and
//! overlapping inverse transforms of those make the wave.

use std::{f32::consts::PI, sync::Arc};

use audio::Pcm;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex32};

use crate::{
    gains::Gains,
    planes::{BINS, Planes},
};

/// Samples per second of the voice.
pub(crate) const RATE: u32 = 24_000;
const HOP: usize = 300;
const WINDOW: usize = 4 * HOP;
const _: () = assert!(BINS == WINDOW / 2 + 1);
/// Below this there is no voice, only breath.
const LOWEST_PITCH_HZ: f32 = 40.0;
/// Harmonics stop here, short of half the rate.
const HIGHEST_HARMONIC_HZ: f32 = 11_000.0;
/// Bell-curved values to draw noise from; long enough that no repetition is heard.
const NOISE: usize = 1 << 15;

/// A frame among all of them.
#[derive(Clone, Copy)]
struct Place {
    frame: usize,
    frames: usize,
}

/// Transforms, windows and noise, made once for each worker.
pub(crate) struct Synth {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    noise: Vec<f32>,
}

impl Synth {
    pub(crate) fn new() -> Synth {
        let mut planner = RealFftPlanner::new();
        let hann = |i: usize| 0.5 - 0.5 * (2.0 * PI * i as f32 / WINDOW as f32).cos();
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        Synth {
            forward: planner.plan_fft_forward(WINDOW),
            inverse: planner.plan_fft_inverse(WINDOW),
            window: (0..WINDOW).map(hann).collect(),
            noise: (0..NOISE).map(|_| random.bell()).collect(),
        }
    }

    /// The wave, with the pitch multiplied by `pitch`. The same planes and `seed` give the same samples.
    pub(crate) fn speak(&self, planes: &Planes, pitch: f32, seed: u64) -> Pcm {
        let frames = planes.pitch_hz.len();
        let pulses = pulses(&planes.pitch_hz, pitch);
        let gains = Gains::of(planes);
        let mut random = Random(seed | 1);
        let mut wave = vec![0f32; frames * HOP + WINDOW];
        let mut weight = vec![0f32; wave.len()];
        let mut spectrum = vec![Complex32::default(); BINS];
        let mut frame_wave = vec![0f32; WINDOW];
        let mut scratch = vec![Complex32::default(); WINDOW];
        for frame in 0..frames {
            self.source(&pulses, frame, &mut frame_wave);
            // The buffers are of the sizes the plan was made for, so this cannot fail.
            let _ = self.forward.process_with_scratch(
                &mut frame_wave,
                &mut spectrum,
                &mut scratch[..self.forward.get_scratch_len()],
            );
            let place = Place { frame, frames };
            self.shape(&gains, place, random.next(), &mut spectrum);
            let _ = self.inverse.process_with_scratch(
                &mut spectrum,
                &mut frame_wave,
                &mut scratch[..self.inverse.get_scratch_len()],
            );
            let start = frame * HOP;
            for (i, window) in self.window.iter().enumerate() {
                wave[start + i] += frame_wave[i] * window / WINDOW as f32;
                weight[start + i] += window * window;
            }
        }
        let middle = WINDOW / 2;
        let samples = wave[middle..middle + frames * HOP].iter();
        let weights = weight[middle..].iter();
        let level = |(s, w): (&f32, &f32)| (s / w.max(1e-11)).clamp(-1.0, 1.0);
        Pcm::new(RATE, samples.zip(weights).map(level).collect())
    }

    /// The window of pulses that is centred on a frame; beyond the ends the pulses are mirrored.
    fn source(&self, pulses: &[f32], frame: usize, out: &mut [f32]) {
        let last = pulses.len() as isize - 1;
        let start = (frame * HOP) as isize - (WINDOW / 2) as isize;
        for (i, sample) in out.iter_mut().enumerate() {
            let mut at = (start + i as isize).abs();
            if at > last {
                at = (2 * last - at).max(0);
            }
            *sample = pulses[at as usize] * self.window[i] / HOP as f32;
        }
    }

    /// Filters the spectrum of the pulses, and adds the noise and the free part.
    fn shape(&self, gains: &Gains, place: Place, draw: u64, spectrum: &mut [Complex32]) {
        let mut dice = draw as usize;
        for (bin, value) in spectrum.iter_mut().enumerate() {
            let (re, im) = (self.noise[dice % NOISE], self.noise[(dice + 7919) % NOISE]);
            let at = bin * place.frames + place.frame;
            *value = gains.shape(at, *value, Complex32::new(re, im));
            dice = dice.wrapping_add(1);
        }
        // A real wave has no imaginary part at either end of its spectrum.
        spectrum[0].im = 0.0;
        spectrum[BINS - 1].im = 0.0;
    }
}

/// A train of pulses at the given pitch: all harmonics up to the limit, each at full strength, summed
/// in closed form: `1/2 + cos t + ... + cos Ht = sin((H + 1/2) t) / (2 sin(t/2))`.
fn pulses(pitch_hz: &[f32], factor: f32) -> Vec<f32> {
    let mut out = Vec::with_capacity(pitch_hz.len() * HOP);
    let mut turns = 0f64;
    for i in 0..pitch_hz.len() * HOP {
        let hz = between(pitch_hz, i) * factor;
        turns = (turns + f64::from(hz.max(LOWEST_PITCH_HZ)) / f64::from(RATE)).fract();
        out.push(if hz > LOWEST_PITCH_HZ {
            pulse(turns, hz)
        } else {
            0.0
        });
    }
    out
}

fn pulse(turns: f64, hz: f32) -> f32 {
    let angle = (turns * std::f64::consts::TAU) as f32;
    let harmonics = (HIGHEST_HARMONIC_HZ / hz).floor() + 0.5;
    let below = 2.0 * (angle / 2.0).sin();
    // At the very top of the pulse both sides vanish, and their ratio is the number of harmonics.
    let sum = if below.abs() <= 2e-3 {
        harmonics
    } else {
        (harmonics * angle).sin() / below
    };
    sum - 0.5
}

/// The pitch at a sample, on the straight line between the middles of its two nearest frames.
fn between(pitch_hz: &[f32], sample: usize) -> f32 {
    let place = (sample as f32 + 0.5) / HOP as f32 - 0.5;
    let left = place.floor();
    let part = place - left;
    let last = pitch_hz.len() - 1;
    let at = |i: f32| pitch_hz[(i.max(0.0) as usize).min(last)];
    at(left) * (1.0 - part) + at(left + 1.0) * part
}

/// A small generator (xorshift64*): noise has to be even, not secret, and the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 8
    }

    /// A value of the bell curve with variance 1: twelve even ones added up.
    fn bell(&mut self) -> f32 {
        let even = |r: u64| (r & 0xFF_FFFF) as f32 / 16_777_216.0;
        (0..12).map(|_| even(self.next())).sum::<f32>() - 6.0
    }
}
