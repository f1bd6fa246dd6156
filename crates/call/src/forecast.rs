//! What is predicted: how long the caller still waits, judged by the business's own recent answers.

use serde::{Deserialize, Serialize};

/// How long this business's answers took lately, from the caller's words to the first sentence's audio.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    sorted: Vec<u32>,
}

impl Forecast {
    /// A forecast from samples, ms; of more than 64 every n-th of the sorted ones is kept.
    pub fn of(samples: impl IntoIterator<Item = u32>) -> Self {
        let mut sorted: Vec<u32> = samples.into_iter().collect();
        sorted.sort_unstable();
        let step = sorted.len().div_ceil(64).max(1);
        Self {
            sorted: sorted.into_iter().step_by(step).collect(),
        }
    }

    /// How much longer it will take, ms, when `waited` ms have passed already: the median of the samples that took
    /// longer. When none did, as long again as it has taken (at least half a second). `None` without samples.
    pub fn remaining(&self, waited: u32) -> Option<u32> {
        let later = &self.sorted[self.sorted.partition_point(|&ms| ms <= waited)..];
        match later.get(later.len().saturating_sub(1) / 2) {
            Some(median) => Some(median - waited),
            None if self.sorted.is_empty() => None,
            None => Some(waited.max(500)),
        }
    }
}
