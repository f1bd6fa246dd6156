//! The sound that the companies speak here: like speech in level and rhythm, the same for the same words, and as long
//! as the text.

use std::f32::consts::TAU;

use audio::{Format, Pcm, Wav};
use bytes::Bytes;

use crate::fault::Fault;

/// What one character takes to say at a speed of 1, in milliseconds (about 170 words a minute).
pub const CHARACTER_MS: f64 = 65.0;

/// Nothing is said in less, in milliseconds.
const LEAST_MS: f64 = 300.0;

/// How long a text takes to say at this speed, in milliseconds.
pub fn speaking_ms(text: &str, speed: f64) -> f64 {
    (text.chars().count() as f64 * CHARACTER_MS / speed).max(LEAST_MS)
}

/// What a fault makes of the voice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Voicing {
    /// As it should be.
    Loud {
        /// Against the loudness of the bare voice, about -20 dBFS.
        gain_db: f32,
    },
    /// As long as it should be, and silent.
    Silent,
    /// No sound at all.
    Gone,
}

impl Voicing {
    pub(crate) fn of(fault: Fault, gain_db: f32) -> Self {
        match fault {
            Fault::Empty => Voicing::Gone,
            Fault::SilentAudio => Voicing::Silent,
            _ => Voicing::Loud { gain_db },
        }
    }
}

/// `text` said by `voice`: vowels are loud, consonants less, the rest hardly; pitch tells voices apart.
pub(crate) fn speak(text: &str, voice: &str, speed: f64, rate: u32, voicing: Voicing) -> Pcm {
    let count = (speaking_ms(text, speed) * f64::from(rate) / 1000.0).round() as usize;
    let gain = match voicing {
        Voicing::Gone => return Pcm::new(rate, Vec::new()),
        Voicing::Silent => return Pcm::new(rate, vec![0.0; count]),
        Voicing::Loud { gain_db } => 10f32.powf(gain_db / 20.0),
    };
    let second = one_second(pitch(voice), rate);
    let levels: Vec<f32> = text.chars().map(loudness).collect();
    let slot = CHARACTER_MS / speed * f64::from(rate) / 1000.0;
    // A change of level takes about 5 ms, so that nothing clicks.
    let follow = 1.0 - (-200.0 / rate as f32).exp();
    let mut level = 0.0;
    let samples = (0..count).map(|n| {
        let wanted = levels.get((n as f64 / slot) as usize).copied();
        level += (wanted.unwrap_or_default() - level) * follow;
        second[n % second.len()] * level * gain
    });
    Pcm::new(rate, samples.collect())
}

/// One second of the bare voice; whole hertz, so that it can be repeated without a seam.
fn one_second(hertz: u32, rate: u32) -> Vec<f32> {
    let partials = [(1, 0.5), (2, 0.4), (4, 0.35), (7, 0.2), (11, 0.1)];
    let at = |n: u32| {
        let turn = TAU * n as f32 / rate as f32;
        let partial = |(times, share): &(u32, f32)| share * ((times * hertz) as f32 * turn).sin();
        0.25 * partials.iter().map(partial).sum::<f32>()
    };
    (0..rate.max(1)).map(at).collect()
}

/// 95 to 222 Hz.
fn pitch(voice: &str) -> u32 {
    let sum = voice.bytes().fold(7u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    95 + sum % 128
}

fn loudness(character: char) -> f32 {
    match character.to_ascii_lowercase() {
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' => 1.0,
        // A little different from letter to letter, or "fifteen" and "sixteen" were one sound.
        c if c.is_alphanumeric() => 0.55 + 0.01 * (u32::from(c) % 11) as f32,
        _ => 0.08,
    }
}

/// Sound as bytes of this format in pieces of `chunk_ms`.
pub(crate) fn in_pieces(pcm: &Pcm, format: Format, chunk_ms: u32) -> Vec<Bytes> {
    let bytes = Bytes::from(format.encode(pcm));
    let samples = u64::from(format.rate) * u64::from(chunk_ms.max(1)) / 1000;
    let size = (samples as usize).max(1) * format.bytes_per_sample();
    (0..bytes.len())
        .step_by(size)
        .map(|from| bytes.slice(from..bytes.len().min(from + size)))
        .collect()
}

/// What a WAV file that is streamed says about its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// As ffmpeg leaves it on a pipe: the largest number there is, and a chunk about itself before the data.
    Piped,
    /// The largest number there is.
    Endless,
    /// Zero.
    Zero,
}

/// `LIST`, 26 bytes: `INFO` with the name of the software.
const ABOUT_FFMPEG: &[u8] = b"LIST\x1a\0\0\0INFOISFT\x0e\0\0\0Lavf61.7.100\0\0";

/// The head of a WAV file whose data is yet to come.
pub(crate) fn wav_head(format: Format, length: Length) -> Bytes {
    let nothing = Pcm::new(format.rate, Vec::new());
    let mut head = Wav::encode(&nothing, format);
    if length == Length::Zero {
        return Bytes::from(head);
    }
    let data = head.split_off(head.len() - 8);
    head[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    if length == Length::Piped {
        head.extend(ABOUT_FFMPEG);
    }
    head.extend(&data[..4]);
    head.extend(u32::MAX.to_le_bytes());
    Bytes::from(head)
}
