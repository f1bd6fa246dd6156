//! Sounds one behind the other.

use crate::{Pcm, resample};

impl Pcm {
    /// Puts `other` behind this sound; it is resampled when the rates differ.
    ///
    /// An empty sound takes the rate of what is put behind it.
    pub fn append(&mut self, other: &Pcm) {
        if self.is_empty() {
            self.clone_from(other);
        } else if self.rate == other.rate {
            self.samples.extend_from_slice(&other.samples);
        } else {
            self.samples.extend(resample(other, self.rate).samples);
        }
    }

    /// All `parts` one behind the other, at the rate of the first that is not empty.
    pub fn concat(parts: &[Pcm]) -> Pcm {
        let mut whole = Pcm::default();
        for part in parts {
            whole.append(part);
        }
        whole
    }
}
