//! What is predicted: how long the caller still waits, judged by the business's own recent answers.

use serde::{Deserialize, Serialize};

/// How long this business's answers took lately: from the caller's words to the first sentence's audio, and of that the
/// voice alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    sorted: Vec<u32>,
    #[serde(default)]
    voice: Vec<u32>,
}

impl Forecast {
    /// A forecast from samples of the whole wait, ms; of more than 64 every n-th of the sorted ones is kept.
    pub fn of(samples: impl IntoIterator<Item = u32>) -> Self {
        Self {
            sorted: thinned(samples),
            voice: Vec::new(),
        }
    }

    /// The same with samples of the voice alone, ms: from a sentence's words to its audio.
    #[must_use]
    pub fn with_voice(mut self, samples: impl IntoIterator<Item = u32>) -> Self {
        self.voice = thinned(samples);
        self
    }

    /// How much longer it will take, ms, when `waited` ms have passed already: the median of the samples that took
    /// longer. When none did, but one took nearly as long, it comes any moment: what is left of a tenth more than that one
    /// took. Past that, as long again as it has taken (at least half a second). `None` without samples.
    pub fn remaining(&self, waited: u32) -> Option<u32> {
        rest(&self.sorted, waited)
    }

    /// The same for a sentence whose words are known and whose audio was asked for `waited` ms ago.
    pub fn voice(&self, waited: u32) -> Option<u32> {
        rest(&self.voice, waited)
    }
}

fn thinned(samples: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let mut sorted: Vec<u32> = samples.into_iter().collect();
    sorted.sort_unstable();
    let step = sorted.len().div_ceil(64).max(1);
    sorted.into_iter().step_by(step).collect()
}

fn rest(sorted: &[u32], waited: u32) -> Option<u32> {
    let later = &sorted[sorted.partition_point(|&ms| ms <= waited)..];
    match later.get(later.len().saturating_sub(1) / 2) {
        Some(median) => Some(median - waited),
        None => {
            let longest = *sorted.last()?;
            let late = longest + longest / 10;
            Some(if waited < late {
                late - waited
            } else {
                waited.max(500)
            })
        }
    }
}
