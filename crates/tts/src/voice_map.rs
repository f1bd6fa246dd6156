//! One persona, a voice at each engine.
//!
//! The decision: whoever asks for an utterance says which voice each engine would have to use for it, and whether another
//! engine may speak at all. Its pace there is a factor on the persona's own: the operator's when one was given, else what
//! brings the one voice to the other's words a minute, where both are known. Its level needs no factor, because every
//! clip is brought to one level afterwards ([`crate::phone_clip`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Voice;

/// A pace is never changed by more than this, whatever two figures say.
const FACTORS: std::ops::RangeInclusive<f32> = 0.5..=2.0;

/// The voices of a persona beside its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VoiceMap {
    /// By the engine's name ([`crate::Tts::name`]). An engine that is not here uses the voice that it stands in with.
    #[serde(default)]
    pub at: BTreeMap<String, Place>,
    /// Whether another engine than the persona's own may speak.
    #[serde(default)]
    pub changes: Changes,
}

/// A persona's voice at one engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The engine's own name for it.
    pub id: String,
    /// The pace there as a factor on the persona's own; `None` = as fast as the persona's own voice, where that is known.
    #[serde(default)]
    pub speed: Option<f32>,
}

/// Whether callers may hear another engine than the persona's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changes {
    /// Another engine speaks in the persona's voice there rather than nobody.
    #[default]
    Allowed,
    /// The persona's own engine or none.
    Forbidden,
}

impl VoiceMap {
    /// The persona whose own voice is `own`, at `engine`. `stand_in` is the voice there when the map has none; `pace` tells
    /// an engine's words a minute in a voice, where they are known.
    pub(crate) fn voice_at(
        &self,
        own: &Voice,
        engine: &str,
        stand_in: impl FnOnce() -> Option<String>,
        pace: impl Fn(&str, &str) -> Option<f32>,
    ) -> Option<Voice> {
        if own.provider == engine {
            return Some(own.clone());
        }
        let place = self.at.get(engine);
        let id = match place {
            Some(place) => place.id.clone(),
            None => stand_in()?,
        };
        let matched = || Some(pace(&own.provider, &own.id)? / pace(engine, &id)?);
        let factor = place.and_then(|place| place.speed).or_else(matched);
        let factor = factor.filter(|f| f.is_finite()).unwrap_or(1.0);
        let factor = factor.clamp(*FACTORS.start(), *FACTORS.end());
        Some(Voice {
            provider: engine.to_owned(),
            id,
            // Thousandths: finer than anybody hears, and the same text everywhere.
            speed: (own.speed * factor * 1000.0).round() / 1000.0,
            pitch: own.pitch,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Voice {
        Voice {
            speed: 1.1,
            ..Voice::new("first", "amy")
        }
    }

    fn at(engine: &str, place: Option<(&str, Option<f32>)>) -> Option<Voice> {
        let mut map = VoiceMap::default();
        if let Some((id, speed)) = place {
            let id = id.to_owned();
            map.at.insert(engine.to_owned(), Place { id, speed });
        }
        let pace = |engine: &str, voice: &str| match (engine, voice) {
            ("first", "amy") => Some(180.0),
            ("second", "ben") => Some(150.0),
            ("third", "odd") => Some(0.0),
            _ => None,
        };
        map.voice_at(&own(), engine, || Some("ben".to_owned()), pace)
    }

    fn voice(provider: &str, id: &str, speed: f32) -> Option<Voice> {
        Some(Voice {
            speed,
            ..Voice::new(provider, id)
        })
    }

    #[test]
    fn the_persona_s_own_engine_keeps_its_voice() {
        assert_eq!(at("first", Some(("eve", Some(2.0)))), Some(own()));
    }

    #[test]
    fn elsewhere_the_map_s_voice_speaks_else_the_engine_s_stand_in() {
        let named = at("second", Some(("eve", None)));
        assert_eq!(named, voice("second", "eve", 1.1), "its pace is unknown");
        assert_eq!(at("second", None), voice("second", "ben", 1.32));
    }

    #[test]
    fn the_operator_s_pace_beats_the_measured_one_and_both_the_persona_s_own() {
        let told = at("second", Some(("ben", Some(1.05))));
        assert_eq!(told, voice("second", "ben", 1.155));
        assert_eq!(
            at("second", Some(("ben", None))),
            voice("second", "ben", 1.32)
        );
    }

    #[test]
    fn no_figure_makes_a_voice_run_or_stand_still() {
        assert_eq!(
            at("third", Some(("odd", None))),
            voice("third", "odd", 1.1),
            "by nothing"
        );
        assert_eq!(
            at("second", Some(("ben", Some(9.0)))),
            voice("second", "ben", 2.2)
        );
        assert_eq!(
            at("second", Some(("ben", Some(f32::NAN)))),
            voice("second", "ben", 1.1)
        );
    }
}
