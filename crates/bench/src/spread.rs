//! A set of samples, as the few numbers that people compare.

use serde::{Deserialize, Serialize};

/// Nearest-rank percentiles of a set of samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// How many samples.
    pub count: usize,
    /// The smallest.
    #[serde(default)]
    pub min: f64,
    /// The median.
    pub p50: f64,
    /// 95 of 100 samples are not above it.
    pub p95: f64,
    /// 99 of 100 samples are not above it.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// The spread of these samples; all zero without any.
    pub fn of(samples: impl IntoIterator<Item = f64>) -> Self {
        let sorted = sorted(samples);
        Self {
            count: sorted.len(),
            min: sorted.first().copied().unwrap_or_default(),
            p50: at(&sorted, 0.50),
            p95: at(&sorted, 0.95),
            p99: at(&sorted, 0.99),
            max: sorted.last().copied().unwrap_or_default(),
        }
    }
}

/// The samples in order; what is no number is left out.
pub(crate) fn sorted(samples: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = samples.into_iter().filter(|s| s.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The smallest sample that at least this share of all samples do not exceed; 0 without samples.
pub(crate) fn at(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or_default()
}
