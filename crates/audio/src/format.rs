//! The names of the encodings, and sound as their bytes.

use serde::{Deserialize, Serialize};

use crate::{
    G711, Pcm,
    pcm::{from_i16, to_i16},
    resample,
};

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
