//! How long answers have been taking, per business and stage: a fold over events, read by the filler policy.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use call::Forecast;
use events::{BusinessId, Percentiles};
use serde::Serialize;

/// Answers that are remembered per business.
const KEPT: usize = 48;

/// Businesses that are remembered.
const BUSINESSES: usize = 10_000;

/// The stages of one answer, ms since the caller's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sample {
    pub first_words: Option<u32>,
    pub first_sentence: Option<u32>,
    /// The first sentence could be played, or was given up.
    pub first_audio: u32,
}

impl Sample {
    /// The whole wait. What took no time counts as a millisecond: nothing is over before it began.
    fn whole(&self) -> u32 {
        self.first_audio.max(1)
    }

    /// What the voice took of it.
    fn voice(&self) -> Option<u32> {
        Some(self.first_audio.saturating_sub(self.first_sentence?).max(1))
    }
}

/// Percentiles of one stage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageTimes {
    /// `first words`, `first sentence` or `first audio`, since the caller's words.
    pub stage: &'static str,
    /// Median, ms.
    pub p50: u32,
    /// 95th percentile, ms.
    pub p95: u32,
    /// How many answers.
    pub count: usize,
}

/// The recent answers of every business.
#[derive(Debug, Default)]
pub(crate) struct Forecasts(Mutex<HashMap<BusinessId, VecDeque<Sample>>>);

impl Forecasts {
    pub fn learn(&self, business: &BusinessId, sample: Sample) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= BUSINESSES && !all.contains_key(business) {
            all.clear();
        }
        let ring = all.entry(business.clone()).or_default();
        if ring.len() == KEPT {
            ring.pop_front();
        }
        ring.push_back(sample);
    }

    /// The forecast for an answer of this business: of the whole, and of the voice's part.
    pub fn of(&self, business: &BusinessId) -> Forecast {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ring = || all.get(business).into_iter().flatten();
        Forecast::of(ring().map(Sample::whole)).with_voice(ring().filter_map(Sample::voice))
    }

    pub fn stages(&self, business: &BusinessId) -> Vec<StageTimes> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(ring) = all.get(business) else {
            return Vec::new();
        };
        let stage = |name, samples: Vec<u32>| {
            let count = samples.len();
            let percentiles = Percentiles::of(samples);
            Some(StageTimes {
                stage: name,
                p50: percentiles.at(50)?,
                p95: percentiles.at(95)?,
                count,
            })
        };
        [
            stage(
                "first words",
                ring.iter().filter_map(|s| s.first_words).collect(),
            ),
            stage(
                "first sentence",
                ring.iter().filter_map(|s| s.first_sentence).collect(),
            ),
            stage("first audio", ring.iter().map(|s| s.first_audio).collect()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(first_words: u32, first_sentence: u32, first_audio: u32) -> Sample {
        Sample {
            first_words: Some(first_words),
            first_sentence: Some(first_sentence),
            first_audio,
        }
    }

    fn learnt(samples: &[Sample]) -> (Forecasts, BusinessId) {
        let (forecasts, business) = (Forecasts::default(), BusinessId::parse("demo").unwrap());
        for sample in samples {
            forecasts.learn(&business, *sample);
        }
        (forecasts, business)
    }

    #[test]
    fn nothing_is_foretold_of_a_business_that_never_answered() {
        let (forecasts, business) = learnt(&[]);
        assert_eq!(forecasts.of(&business).remaining(0), None);
        assert_eq!(forecasts.of(&business).voice(0), None);
        assert!(forecasts.stages(&business).is_empty());
    }

    #[test]
    fn the_whole_and_the_voice_are_foretold_apart() {
        let (forecasts, business) = learnt(&[sample(400, 900, 1_000); 5]);
        let forecast = forecasts.of(&business);
        assert_eq!(forecast.remaining(0), Some(1_000));
        assert_eq!(forecast.remaining(700), Some(300));
        assert_eq!(forecast.voice(20), Some(80));
    }

    #[test]
    fn answers_that_took_no_time_are_foretold_to_take_none() {
        let (forecasts, business) = learnt(&[sample(0, 0, 0); 5]);
        assert_eq!(forecasts.of(&business).remaining(0), Some(1));
        assert_eq!(forecasts.of(&business).voice(0), Some(1));
    }

    #[test]
    fn answers_that_were_given_up_before_the_voice_say_nothing_about_it() {
        let given_up = Sample {
            first_audio: 12_000,
            ..Sample::default()
        };
        let (forecasts, business) = learnt(&[given_up, sample(400, 900, 1_000)]);
        assert_eq!(forecasts.of(&business).voice(0), Some(100));
    }

    #[test]
    fn old_answers_are_forgotten() {
        let (forecasts, business) = learnt(&[sample(1, 2, 9_000); 30]);
        for _ in 0..KEPT {
            forecasts.learn(&business, sample(1, 2, 100));
        }
        assert_eq!(forecasts.of(&business).remaining(0), Some(100));
    }
}
