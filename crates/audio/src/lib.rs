//! Audio as values: PCM, formats, WAV, G.711, loudness, resampling, trimming, peaks.
//!
//! The one decision: sound inside the house is mono `f32` at its own rate, and every file or wire
//! encoding is met only at the border, by [`Format`] and [`Wav`]. Nothing here panics on input or
//! allocates more than a small multiple of it.

mod decibel;
mod edges;
mod format;
mod g711;
mod join;
mod loudness;
mod pcm;
mod resample;
mod wav;

pub use edges::{Edges, MAX_BUCKETS, edges, peaks, trim};
pub use format::{Encoding, Format};
pub use g711::G711;
pub use loudness::{Loudness, PEAK_DBFS, TARGET_DBFS, level};
pub use pcm::Pcm;
pub use resample::resample;
pub use wav::{Wav, WavError};
