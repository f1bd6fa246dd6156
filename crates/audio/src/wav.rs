//! RIFF WAVE files, read with suspicion and written with care.

use thiserror::Error;

use crate::{
    G711, Pcm,
    format::{Encoding, Format},
    pcm::from_i16,
    resample,
};

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const ALAW: u16 = 6;
const MULAW: u16 = 7;
const EXTENSIBLE: u16 = 0xFFFE;

/// Programs that write to a pipe cannot go back to fill in the length and leave about this much.
const UNKNOWN_LENGTH: u32 = 0x7FFF_F000;

/// Reading and writing WAV files.
pub struct Wav;

/// Why bytes are not a WAV file that we can play.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WavError {
    /// The first twelve bytes do not announce RIFF WAVE.
    #[error("not a WAV file: it does not begin with RIFF....WAVE")]
    NotWav,
    /// The data chunk came, or the file ended, before a format chunk.
    #[error("the WAV file has no format chunk before its data")]
    NoFormat,
    /// The file ended before a data chunk.
    #[error("the WAV file has no data chunk")]
    NoData,
    /// The format chunk is shorter than the 16 bytes every format needs.
    #[error("the format chunk has {0} bytes, at least 16 are needed")]
    ShortFormat(usize),
    /// A chunk says it is longer than the file.
    #[error(
        "the chunk \"{chunk}\" says {declared} bytes, only {present} are there: the file was cut short or its header is wrong"
    )]
    Truncated {
        /// The chunk's four letters.
        chunk: String,
        /// The length in its header, in bytes.
        declared: u32,
        /// What is left of the file, in bytes.
        present: usize,
    },
    /// The sample rate is not one that sound has.
    #[error("a sample rate of {0} Hz cannot be played; use 4000 to 192000 Hz, best 8000")]
    Rate(u32),
    /// More channels than two, or none.
    #[error("{0} channels cannot be played; use mono, or stereo")]
    Channels(u16),
    /// An encoding or sample size that is not supported.
    #[error(
        "WAV format {code} with {bits} bits a sample cannot be played; use 16-bit PCM or 8-bit mu-law"
    )]
    Unsupported {
        /// The format code of the header.
        code: u16,
        /// Bits per sample of the header.
        bits: u16,
    },
}

impl Wav {
    /// A mono WAV file of `format`; the sound is resampled when its rate differs.
    ///
    /// mu-law is format 7 and A-law format 6, both with a `fact` chunk.
    pub fn encode(pcm: &Pcm, format: Format) -> Vec<u8> {
        file(format, 1, &format.encode(pcm))
    }

    /// A 16-bit two-channel WAV file at the rate of `left`; the shorter side ends in silence.
    pub fn encode_stereo(left: &Pcm, right: &Pcm) -> Vec<u8> {
        let format = Format {
            encoding: Encoding::Pcm16,
            rate: left.rate,
        };
        let right = resample(right, left.rate);
        let frames = left.samples.len().max(right.samples.len());
        let at = |pcm: &Pcm, i: usize| pcm.samples.get(i).copied().unwrap_or(0.0);
        let both = (0..frames).flat_map(|i| [at(left, i), at(&right, i)]);
        let data = format.encode(&Pcm::new(left.rate, both.collect()));
        file(format, 2, &data)
    }

    /// Reads a WAV file: PCM of 8, 16, 24 or 32 bits, 32-bit float, mu-law and A-law; two channels are mixed.
    pub fn decode(bytes: &[u8]) -> Result<Pcm, WavError> {
        if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
            return Err(WavError::NotWav);
        }
        let mut header = None;
        let mut rest = &bytes[12..];
        while let Some((id, declared, body)) = chunk(rest) {
            let length = declared as usize;
            match id {
                b"data" if declared >= UNKNOWN_LENGTH => {
                    return header
                        .ok_or(WavError::NoFormat)
                        .map(|h: Header| h.samples(body));
                }
                _ if length > body.len() => {
                    return Err(WavError::Truncated {
                        chunk: String::from_utf8_lossy(id).into_owned(),
                        declared,
                        present: body.len(),
                    });
                }
                b"fmt " => header = Some(Header::parse(&body[..length])?),
                b"data" => {
                    let header = header.ok_or(WavError::NoFormat)?;
                    return Ok(header.samples(&body[..length]));
                }
                _ => {}
            }
            // Chunks begin at even places.
            rest = body.get(length + length % 2..).unwrap_or_default();
        }
        Err(header.map_or(WavError::NoFormat, |_| WavError::NoData))
    }
}

/// The next chunk: its name, the length that it claims, and everything after its header.
fn chunk(bytes: &[u8]) -> Option<(&[u8], u32, &[u8])> {
    let (head, body) = bytes.split_at_checked(8)?;
    Some((&head[..4], u32_at(head, 4), body))
}

/// A format chunk whose every field has been judged.
#[derive(Clone, Copy)]
struct Header {
    rate: u32,
    channels: usize,
    sample: Sample,
}

/// One sample's form in the file.
#[derive(Clone, Copy)]
enum Sample {
    U8,
    I16,
    I24,
    I32,
    F32,
    Alaw,
    Mulaw,
}

impl Header {
    fn parse(body: &[u8]) -> Result<Header, WavError> {
        if body.len() < 16 {
            return Err(WavError::ShortFormat(body.len()));
        }
        let (channels, rate, bits) = (u16_at(body, 2), u32_at(body, 4), u16_at(body, 14));
        let code = match u16_at(body, 0) {
            // The true code opens the sub-format, behind size, valid bits and channel mask.
            EXTENSIBLE if body.len() >= 26 => u16_at(body, 24),
            code => code,
        };
        if !(4_000..=192_000).contains(&rate) {
            return Err(WavError::Rate(rate));
        }
        if !(1..=2).contains(&channels) {
            return Err(WavError::Channels(channels));
        }
        let sample = match (code, bits) {
            (PCM, 8) => Sample::U8,
            (PCM, 16) => Sample::I16,
            (PCM, 24) => Sample::I24,
            (PCM, 32) => Sample::I32,
            (FLOAT, 32) => Sample::F32,
            (ALAW, 8) => Sample::Alaw,
            (MULAW, 8) => Sample::Mulaw,
            _ => return Err(WavError::Unsupported { code, bits }),
        };
        Ok(Header {
            rate,
            channels: usize::from(channels),
            sample,
        })
    }

    /// The samples of `data`; a frame cut in half at the end is left out.
    fn samples(self, data: &[u8]) -> Pcm {
        let data = &data[..data.len() - data.len() % (self.sample.bytes() * self.channels)];
        let mut samples = self.sample.decode(data);
        if self.channels == 2 {
            samples = samples
                .chunks_exact(2)
                .map(|f| (f[0] + f[1]) / 2.0)
                .collect();
        }
        Pcm::new(self.rate, samples)
    }
}

impl Sample {
    fn bytes(self) -> usize {
        match self {
            Sample::U8 | Sample::Alaw | Sample::Mulaw => 1,
            Sample::I16 => 2,
            Sample::I24 => 3,
            Sample::I32 | Sample::F32 => 4,
        }
    }

    fn decode(self, data: &[u8]) -> Vec<f32> {
        let each = |read: fn(&[u8]) -> f32| data.chunks_exact(self.bytes()).map(read).collect();
        match self {
            Sample::Alaw => G711::decode_alaw(data),
            Sample::Mulaw => G711::decode_mulaw(data),
            Sample::U8 => each(|b| (f32::from(b[0]) - 128.0) / 128.0),
            Sample::I16 => each(|b| from_i16(i16::from_le_bytes([b[0], b[1]]))),
            Sample::I24 => each(|b| whole(i32::from_le_bytes([0, b[0], b[1], b[2]]))),
            Sample::I32 => each(|b| whole(i32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
            Sample::F32 => each(|b| finite(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
        }
    }
}

fn whole(sample: i32) -> f32 {
    sample as f32 / 2_147_483_648.0
}

fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

/// A WAV file around `data`. What does not fit 32-bit lengths (hours of sound) is left out.
fn file(format: Format, channels: u16, data: &[u8]) -> Vec<u8> {
    let block = format.bytes_per_sample() as u16 * channels;
    let most = (UNKNOWN_LENGTH - 4096) as usize;
    let data = &data[..data.len().min(most - most % usize::from(block))];
    let code = match format.encoding {
        Encoding::Pcm16 => PCM,
        Encoding::Mulaw => MULAW,
        Encoding::Alaw => ALAW,
    };
    let mut chunks = Vec::with_capacity(data.len() + 64);
    chunks.extend(b"WAVEfmt ");
    chunks.extend(if code == PCM { 16u32 } else { 18 }.to_le_bytes());
    chunks.extend(code.to_le_bytes());
    chunks.extend(channels.to_le_bytes());
    chunks.extend(format.rate.to_le_bytes());
    chunks.extend(format.rate.saturating_mul(u32::from(block)).to_le_bytes());
    chunks.extend(block.to_le_bytes());
    chunks.extend((block / channels * 8).to_le_bytes());
    if code != PCM {
        // No extension; and how many frames there are, which other encodings than PCM must say.
        chunks.extend(0u16.to_le_bytes());
        chunks.extend(b"fact");
        chunks.extend(4u32.to_le_bytes());
        chunks.extend((data.len() as u32 / u32::from(block)).to_le_bytes());
    }
    chunks.extend(b"data");
    chunks.extend((data.len() as u32).to_le_bytes());
    chunks.extend(data);
    chunks.extend(vec![0; data.len() % 2]);
    let mut file = Vec::with_capacity(chunks.len() + 8);
    file.extend(b"RIFF");
    file.extend((chunks.len() as u32).to_le_bytes());
    file.extend(chunks);
    file
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
