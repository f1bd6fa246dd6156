//! What other crates rely on when they hold sound.

mod g711;
mod loudness;
mod shape;
mod wav;

use audio::Pcm;

/// A sine of `hz` at `amplitude`, lasting `ms`.
pub fn tone(rate: u32, hz: f32, amplitude: f32, ms: u32) -> Pcm {
    let count = rate as usize * ms as usize / 1000;
    let step = std::f32::consts::TAU * hz / rate as f32;
    let samples = (0..count).map(|i| amplitude * (step * i as f32).sin());
    Pcm::new(rate, samples.collect())
}

/// Something with the rhythm of speech: bursts of a rich tone with short gaps, and peaks well above its mean.
pub fn babble(rate: u32, amplitude: f32, ms: u32) -> Pcm {
    let count = rate as usize * ms as usize / 1000;
    let samples = (0..count).map(|i| {
        let t = i as f32 / rate as f32;
        let syllable = (std::f32::consts::TAU * 2.5 * t).sin().max(0.0).powi(2);
        let buzz: f32 = (1..16)
            .map(|h| (std::f32::consts::TAU * 130.0 * h as f32 * t).cos())
            .sum();
        amplitude * syllable * buzz / 16.0
    });
    Pcm::new(rate, samples.collect())
}

pub fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
}
