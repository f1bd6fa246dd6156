//! Who speaks.

use serde::{Deserialize, Serialize};

/// A voice and how it is to sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Voice {
    /// The [`crate::Tts::name`] that has it.
    pub provider: String,
    /// The provider's own name for it.
    pub id: String,
    /// Pace, 1 is the voice's own; engines keep it within what they speak well.
    #[serde(default = "one")]
    pub speed: f32,
    /// Pitch as a factor, 1 is the voice's own.
    #[serde(default = "one")]
    pub pitch: f32,
}

impl Voice {
    /// The voice `id` of `provider` at its own pace and pitch.
    pub fn new(provider: impl Into<String>, id: impl Into<String>) -> Voice {
        Voice {
            provider: provider.into(),
            id: id.into(),
            speed: 1.0,
            pitch: 1.0,
        }
    }
}

fn one() -> f32 {
    1.0
}

/// A voice as a catalogue shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VoiceInfo {
    /// The provider's own name for it.
    pub id: String,
    /// For people.
    pub name: String,
    /// BCP 47, such as `en-US`.
    pub language: String,
    /// Samples per second that it gives, in hertz.
    pub rate: u32,
}
