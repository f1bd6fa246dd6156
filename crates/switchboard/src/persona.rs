//! A business's voice, as engines are asked for it.

use agent::{VoiceChanges, VoiceChoice};
use tts::{Changes, Place, Utterance, Voice, VoiceMap};

/// How long one sentence may take to be spoken, ms.
pub(crate) const SPEAK_MS: u32 = 8_000;

/// What an engine is asked for: `words`, which are normalised, by this persona.
pub(crate) fn utterance(words: impl Into<String>, voice: &VoiceChoice) -> Utterance {
    let at = voice.at.iter().map(|(engine, at)| {
        let (id, speed) = (at.id.clone(), at.speed);
        (engine.clone(), Place { id, speed })
    });
    let elsewhere = VoiceMap {
        at: at.collect(),
        changes: match voice.changes {
            VoiceChanges::Allowed => Changes::Allowed,
            VoiceChanges::Forbidden => Changes::Forbidden,
        },
    };
    let own = Voice {
        provider: voice.provider.clone(),
        id: voice.id.clone(),
        speed: voice.speed,
        pitch: voice.pitch,
    };
    Utterance::plain(words, own).of(elsewhere).within(SPEAK_MS)
}
