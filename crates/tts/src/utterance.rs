//! What is to be said, and by whom.

use serde::{Deserialize, Serialize};

use crate::VoiceMap;

/// The longest text one utterance may have, in characters: about three minutes of speech.
pub const MAX_CHARS: usize = 4_000;

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

/// Who waits for the sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// A caller, now.
    #[default]
    Live,
    /// Nobody yet: it is made in case somebody asks for it. Engines with a queue let every live utterance pass, and a
    /// [`crate::Ladder`] asks only the engine that has the voice, once: a stand-in's sound would not be kept anyway.
    Ahead,
}

/// One thing to say: usually one sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Utterance {
    /// Raw words; SSML when `ssml` is set.
    pub text: String,
    /// Whether `text` is SSML. Engines without it speak the words and leave the markup.
    #[serde(default)]
    pub ssml: bool,
    /// Who speaks, and how.
    pub voice: Voice,
    /// In which voice another engine would say it, where one is asked. Engines do not look at it.
    #[serde(default)]
    pub elsewhere: VoiceMap,
    /// After this many milliseconds nobody waits any more: the stream ends with a timeout.
    pub deadline_ms: u32,
    /// Who waits for it.
    #[serde(default)]
    pub urgency: Urgency,
}

impl Utterance {
    /// Plain words in `voice`, within ten seconds.
    pub fn plain(text: impl Into<String>, voice: Voice) -> Utterance {
        Utterance {
            text: text.into(),
            ssml: false,
            voice,
            elsewhere: VoiceMap::default(),
            deadline_ms: 10_000,
            urgency: Urgency::Live,
        }
    }

    /// The same, for nobody in particular.
    pub fn ahead(self) -> Utterance {
        Utterance {
            urgency: Urgency::Ahead,
            ..self
        }
    }

    /// The same, of a persona that has these voices at other engines.
    pub fn of(self, elsewhere: VoiceMap) -> Utterance {
        Utterance { elsewhere, ..self }
    }

    /// The same, with another deadline.
    pub fn within(self, deadline_ms: u32) -> Utterance {
        Utterance {
            deadline_ms,
            ..self
        }
    }
}
