//! G.711, the two companding laws of the telephone (ITU-T G.711, 1988).

use audio_codec_algorithms::{decode_alaw, decode_ulaw, encode_alaw, encode_ulaw};

use crate::pcm::{from_i16, to_i16};

/// G.711 coding of samples from -1 to 1. One sample is one byte.
pub struct G711;

impl G711 {
    /// The byte of mu-law silence.
    pub const MULAW_SILENCE: u8 = 0xFF;

    /// The byte of A-law silence.
    pub const ALAW_SILENCE: u8 = 0xD5;

    /// Samples to mu-law bytes.
    pub fn encode_mulaw(samples: &[f32]) -> Vec<u8> {
        samples.iter().map(|s| encode_ulaw(to_i16(*s))).collect()
    }

    /// mu-law bytes to samples.
    pub fn decode_mulaw(bytes: &[u8]) -> Vec<f32> {
        bytes.iter().map(|b| from_i16(decode_ulaw(*b))).collect()
    }

    /// Samples to A-law bytes.
    pub fn encode_alaw(samples: &[f32]) -> Vec<u8> {
        samples.iter().map(|s| encode_alaw(to_i16(*s))).collect()
    }

    /// A-law bytes to samples.
    pub fn decode_alaw(bytes: &[u8]) -> Vec<f32> {
        bytes.iter().map(|b| from_i16(decode_alaw(*b))).collect()
    }
}
