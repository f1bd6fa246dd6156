//! Sound in memory.

/// Mono sound: samples from -1 to 1 at `rate` samples a second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pcm {
    /// Samples per second, in hertz.
    pub rate: u32,
    /// The samples, -1 to 1 at full scale.
    pub samples: Vec<f32>,
}

impl Pcm {
    /// Sound from samples at `rate` hertz.
    pub fn new(rate: u32, samples: Vec<f32>) -> Pcm {
        Pcm { rate, samples }
    }

    /// `ms` milliseconds of silence at `rate` hertz.
    pub fn silence(rate: u32, ms: u32) -> Pcm {
        Pcm::new(rate, vec![0.0; samples_in(rate, ms)])
    }

    /// How long it lasts in milliseconds, rounded to the nearest; 0 when the rate is 0.
    pub fn duration_ms(&self) -> u64 {
        match u64::from(self.rate) {
            0 => 0,
            rate => (self.samples.len() as u64 * 1000 + rate / 2) / rate,
        }
    }

    /// Whether there is no sample at all.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }
}

/// How many samples `ms` milliseconds are at `rate` hertz.
pub(crate) fn samples_in(rate: u32, ms: u32) -> usize {
    (u64::from(rate) * u64::from(ms) / 1000) as usize
}

/// -1..1 to 16 bit, rounded and saturated; what is not a number becomes 0.
pub(crate) fn to_i16(sample: f32) -> i16 {
    (sample * 32768.0).round() as i16
}

/// 16 bit to -1..1.
pub(crate) fn from_i16(sample: i16) -> f32 {
    f32::from(sample) / 32768.0
}
