//! Sound in memory, and the names of its encodings.

use serde::{Deserialize, Serialize};

use crate::{g711::G711, resample::resample};

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

    /// Puts `other` behind this sound; it is resampled when the rates differ.
    ///
    /// An empty sound takes the rate of what is put behind it.
    pub fn append(&mut self, other: &Pcm) {
        if self.is_empty() {
            self.clone_from(other);
        } else if self.rate == other.rate {
            self.samples.extend_from_slice(&other.samples);
        } else {
            self.samples.extend(resample(other, self.rate).samples);
        }
    }

    /// All `parts` one behind the other, at the rate of the first that is not empty.
    pub fn concat(parts: &[Pcm]) -> Pcm {
        let mut whole = Pcm::default();
        for part in parts {
            whole.append(part);
        }
        whole
    }
}

/// How many samples `ms` milliseconds are at `rate` hertz.
pub(crate) fn samples_in(rate: u32, ms: u32) -> usize {
    (u64::from(rate) * u64::from(ms) / 1000) as usize
}

/// How a sample is written as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Signed 16-bit linear, little endian.
    Pcm16,
    /// G.711 mu-law, one byte a sample (North America, Japan, and the carriers' media streams).
    Mulaw,
    /// G.711 A-law, one byte a sample (Europe).
    Alaw,
}

/// An encoding at a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Format {
    /// How a sample is written.
    pub encoding: Encoding,
    /// Samples per second, in hertz.
    pub rate: u32,
}

impl Format {
    /// What a telephone line carries: mu-law at 8 kHz.
    pub const PHONE: Format = Format {
        encoding: Encoding::Mulaw,
        rate: 8000,
    };

    /// Bytes that one sample takes.
    pub fn bytes_per_sample(self) -> usize {
        match self.encoding {
            Encoding::Pcm16 => 2,
            Encoding::Mulaw | Encoding::Alaw => 1,
        }
    }

    /// The sound as bare bytes of this format (no header), resampled when its rate differs.
    pub fn encode(self, pcm: &Pcm) -> Vec<u8> {
        if pcm.rate != self.rate {
            return self.encode_samples(&resample(pcm, self.rate).samples);
        }
        self.encode_samples(&pcm.samples)
    }

    fn encode_samples(self, samples: &[f32]) -> Vec<u8> {
        match self.encoding {
            Encoding::Pcm16 => samples
                .iter()
                .flat_map(|s| to_i16(*s).to_le_bytes())
                .collect(),
            Encoding::Mulaw => G711::encode_mulaw(samples),
            Encoding::Alaw => G711::encode_alaw(samples),
        }
    }

    /// Bare bytes of this format as sound; an odd last byte of 16-bit data is left out.
    pub fn decode(self, bytes: &[u8]) -> Pcm {
        let samples = match self.encoding {
            Encoding::Pcm16 => bytes
                .chunks_exact(2)
                .map(|b| from_i16(i16::from_le_bytes([b[0], b[1]])))
                .collect(),
            Encoding::Mulaw => G711::decode_mulaw(bytes),
            Encoding::Alaw => G711::decode_alaw(bytes),
        };
        Pcm::new(self.rate, samples)
    }
}

/// -1..1 to 16 bit, rounded and saturated; what is not a number becomes 0.
pub(crate) fn to_i16(sample: f32) -> i16 {
    (sample * 32768.0).round() as i16
}

/// 16 bit to -1..1.
pub(crate) fn from_i16(sample: i16) -> f32 {
    f32::from(sample) / 32768.0
}
