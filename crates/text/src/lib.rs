//! Text on its way to being spoken: sentences, normalisation, SSML, filler classes.
//!
//! Everything here is a value or a function: no clock, no task, no file, and the same text always
//! gives the same words.

mod fillers;
mod normalize;
mod sentences;
mod spoken;
pub mod ssml;

pub use fillers::{FillerClass, UnknownFillerClass, filler_class_for, filler_texts, speaking_ms};
pub use normalize::{Locale, Normalizer, NormalizerOptions};
pub use sentences::Sentences;
pub use spoken::{Spoken, plain};
pub use ssml::{Prosody, Segment, SsmlError, SsmlWarning};
