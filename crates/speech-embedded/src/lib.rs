//! The built-in voice and ear: speech on this machine, with no account and nothing to pay.
//!
//! The one decision: everything runs in this process on threads of its own, in pure Rust, from files
//! that are installed once ([`models`]). Other programs are used only as a last resort, as child
//! processes with a deadline ([`ProcessTts`]).

mod acoustic;
mod dictionary;
mod dsp;
mod engine;
mod error;
mod gains;
pub mod models;
mod phonemes;
mod plan;
mod planes;
mod process;
mod queue;
mod speaker;
mod unknown;

pub use engine::{EmbeddedTts, Settings};
pub use error::VoiceError;
pub use process::{ProcessTts, Program};
pub use speaker::Pronunciation;
