//! Words that are in no dictionary: a small net reads their letters.

use std::{fs, path::Path};

use rten::{Model, NodeId, RunOptions};
use rten_tensor::{NdTensor, prelude::*};
use serde::Deserialize;

use crate::VoiceError;

/// The net and its two alphabets. Its answer has several slots a letter, most of them blank, and a
/// sound that fills neighbouring slots is meant once.
pub(crate) struct Unknown {
    model: Model,
    letters_in: NodeId,
    sounds_out: NodeId,
    alphabet: Alphabet,
}

#[derive(Deserialize)]
struct Alphabet {
    #[serde(rename = "in")]
    letters: Vec<char>,
    #[serde(rename = "out")]
    sounds: Vec<char>,
    #[serde(rename = "maxlen")]
    longest: usize,
}

impl Unknown {
    pub(crate) fn open(model: &Path, alphabet: &Path) -> Result<Unknown, VoiceError> {
        let broken = VoiceError::broken(alphabet);
        let text = fs::read_to_string(alphabet).map_err(|e| broken(&e))?;
        let alphabet: Alphabet = serde_json::from_str(&text).map_err(|e| broken(&e))?;
        let broken = VoiceError::broken(model);
        let model = Model::load_file(model).map_err(|e| broken(&e))?;
        let (Some(letters_in), Some(sounds_out)) =
            (model.input_ids().first(), model.output_ids().first())
        else {
            return Err(broken(&"it has no input or no output"));
        };
        let (letters_in, sounds_out) = (*letters_in, *sounds_out);
        Ok(Unknown {
            model,
            letters_in,
            sounds_out,
            alphabet,
        })
    }

    /// How `word` is spoken; `None` when it has no letter that the net knows.
    pub(crate) fn read(&self, word: &str, options: &RunOptions) -> Option<String> {
        let index = |c: char| self.alphabet.letters.iter().position(|l| *l == c);
        // Index 0 is the blank, in both alphabets.
        let ids: Vec<i32> = word
            .chars()
            .filter_map(|c| Some(index(c)? as i32 + 1))
            .take(self.alphabet.longest)
            .collect();
        if ids.is_empty() {
            return None;
        }
        let input = NdTensor::from_data([1, ids.len()], ids);
        let inputs = vec![(self.letters_in, input.into())];
        let [output] = self
            .model
            .run_n(inputs, [self.sounds_out], Some(options.clone()))
            .ok()?;
        let slots: NdTensor<i32, 2> = output.try_into().ok()?;
        let mut spoken = String::new();
        let mut before = 0;
        for slot in slots.iter().copied() {
            if slot != before && slot > 0 {
                spoken.extend(self.alphabet.sounds.get(slot as usize - 1));
            }
            before = slot;
        }
        (!spoken.is_empty()).then_some(spoken)
    }
}
