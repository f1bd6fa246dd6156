//! Audio as values: PCM, formats, WAV, G.711, loudness, resampling, trimming, peaks.
//!
//! The one decision: sound inside the house is mono `f32` at its own rate, and every file or wire
//! encoding is met only at the border, by [`Format`] and [`Wav`]. Nothing here panics on input or
//! allocates more than a small multiple of it.

mod edges;
mod g711;
mod loudness;
mod pcm;
mod resample;
mod wav;

pub use edges::{Edges, MAX_BUCKETS, edges, peaks, trim};
pub use g711::G711;
pub use loudness::{Loudness, PEAK_DBFS, TARGET_DBFS, level};
pub use pcm::{Encoding, Format, Pcm};
pub use resample::resample;
pub use wav::{Wav, WavError};
