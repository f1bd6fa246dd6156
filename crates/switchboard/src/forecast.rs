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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub first_words: Option<u32>,
    pub first_sentence: Option<u32>,
    pub first_audio: u32,
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

    pub fn of(&self, business: &BusinessId) -> Forecast {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Forecast::of(
            all.get(business)
                .into_iter()
                .flatten()
                .map(|sample| sample.first_audio),
        )
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
