//! Levels of bare samples.

/// What silence measures.
pub(crate) const SILENCE_DBFS: f32 = -100.0;

/// A ratio in decibels, never below -100.
pub(crate) fn decibel(ratio: f32) -> f32 {
    (20.0 * ratio.log10()).max(SILENCE_DBFS)
}

/// The largest absolute sample; what is not a number is passed over.
pub(crate) fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |top: f32, s| top.max(s.abs()))
}
