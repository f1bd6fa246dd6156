//! From phonemes to what the sound is made of, frame by frame.

use std::{collections::HashMap, fs, path::Path};

use rten::{Model, NodeId, RunOptions};
use rten_tensor::NdTensor;

use crate::{VoiceError, planes::Planes};

/// The most phonemes that are spoken in one breath.
pub(crate) const MAX_PHONEMES: usize = 400;

/// The voice's net and the numbers of its phonemes.
pub(crate) struct Acoustic {
    model: Model,
    ids: NodeId,
    speed: NodeId,
    outputs: [NodeId; 6],
    vocabulary: HashMap<char, i32>,
}

impl Acoustic {
    pub(crate) fn open(model: &Path, vocabulary: &Path) -> Result<Acoustic, VoiceError> {
        let broken = VoiceError::broken(vocabulary);
        let text = fs::read_to_string(vocabulary).map_err(|e| broken(&e))?;
        let vocabulary = serde_json::from_str(&text).map_err(|e| broken(&e))?;
        let broken = VoiceError::broken(model);
        let model = Model::load_file(model).map_err(|e| broken(&e))?;
        let node = |name: &str| model.node_id(name).map_err(|e| broken(&e));
        let (ids, speed) = (node("ids")?, node("speed")?);
        let outputs = model.output_ids().try_into();
        let outputs = outputs.map_err(|_| broken(&"it does not have six outputs"))?;
        Ok(Acoustic {
            model,
            ids,
            speed,
            outputs,
            vocabulary,
        })
    }

    /// Whether the voice has a sound for any of these.
    pub(crate) fn knows(&self, phonemes: &str) -> bool {
        phonemes
            .chars()
            .any(|c| c.is_alphabetic() && self.vocabulary.contains_key(&c))
    }

    /// The spectral planes of at most [`MAX_PHONEMES`] phonemes at `speed`.
    pub(crate) fn planes(
        &self,
        phonemes: &str,
        speed: f32,
        options: &RunOptions,
    ) -> Result<Planes, String> {
        let known = phonemes
            .chars()
            .filter_map(|c| self.vocabulary.get(&c).copied());
        // Silence stands at both ends.
        let ids: Vec<i32> = [0]
            .into_iter()
            .chain(known.take(MAX_PHONEMES))
            .chain([0])
            .collect();
        let inputs = vec![
            (self.ids, NdTensor::from_data([1, ids.len()], ids).into()),
            (self.speed, NdTensor::from_data([1], vec![speed]).into()),
        ];
        let outputs = self
            .model
            .run_n(inputs, self.outputs, Some(options.clone()));
        let [lh, theta, ln, lr, phi, f0] = outputs.map_err(|e| e.to_string())?;
        let plane = |value: rten::Value| -> Result<Vec<f32>, String> {
            let tensor: NdTensor<f32, 3> = value.try_into().map_err(|e| format!("{e:?}"))?;
            Ok(tensor.into_data())
        };
        let f0: NdTensor<f32, 2> = f0.try_into().map_err(|e| format!("{e:?}"))?;
        let planes = Planes {
            harmonic: plane(lh)?,
            turn: plane(theta)?,
            noise: plane(ln)?,
            free: plane(lr)?,
            phase: plane(phi)?,
            pitch_hz: f0.into_data(),
        };
        planes.checked()
    }
}
