//! A run over voices.

use serde::{Deserialize, Serialize};

use super::{
    BUILT_IN, FIRST_SENTENCE_MS, Mode, SCHEMA, Sample, SpeechSetup, Target, TargetFigure, Turn,
    Words, figures::figure,
};
use crate::{Check, Header};

/// A run over voices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpeechReport {
    /// The shape of this JSON: [`SCHEMA`].
    pub schema: u32,
    /// What was measured: `tts`.
    pub kind: String,
    /// The run's own name.
    pub id: String,
    /// When, where, of what and how.
    pub header: Header,
    /// What was asked.
    pub setup: SpeechSetup,
    /// Who was asked.
    pub targets: Vec<Target>,
    /// What came of it, in the order of `targets`.
    pub figures: Vec<TargetFigure>,
    /// What a recogniser understood.
    pub words: Words,
    /// Aims.
    pub checks: Vec<Check>,
    /// Every request, in the order in which they were made.
    pub samples: Vec<Sample>,
}

impl SpeechReport {
    /// Counts what was measured.
    pub fn new(
        id: String,
        header: Header,
        setup: SpeechSetup,
        targets: Vec<Target>,
        samples: Vec<Sample>,
        words: Words,
    ) -> Self {
        let figures: Vec<TargetFigure> = targets
            .iter()
            .enumerate()
            .map(|(place, target)| {
                let own: Vec<&Sample> = samples.iter().filter(|s| s.target == place).collect();
                figure(&target.provider, &target.voice, &setup.modes, &own)
            })
            .collect();
        Self {
            schema: SCHEMA,
            kind: "tts".to_owned(),
            id,
            header,
            checks: checks(&figures),
            setup,
            targets,
            figures,
            words,
            samples,
        }
    }

    /// Requests that count.
    pub fn counted(&self) -> usize {
        let counts = |sample: &&Sample| sample.turn == Turn::Counted;
        self.samples.iter().filter(counts).count()
    }

    /// Requests that failed.
    pub fn failed(&self) -> usize {
        let errors = self.figures.iter().flat_map(|figure| &figure.errors);
        errors.map(|error| error.count).sum()
    }

    /// Whether every aim was met.
    pub fn meets_all(&self) -> bool {
        self.checks.iter().all(Check::met)
    }

    /// What counts of one voice asked in one way, ms: its figure for each request.
    pub(super) fn picked(
        &self,
        target: usize,
        mode: Mode,
        pick: fn(&Sample) -> Option<f64>,
    ) -> Vec<f64> {
        let own = |sample: &&Sample| {
            sample.target == target && sample.mode == mode && sample.turn == Turn::Counted
        };
        self.samples.iter().filter(own).filter_map(pick).collect()
    }
}

fn checks(figures: &[TargetFigure]) -> Vec<Check> {
    let mut checks = Vec::new();
    for figure in figures.iter().filter(|figure| figure.provider == BUILT_IN) {
        for batch in figure.modes.iter().filter(|mode| mode.mode == Mode::Batch) {
            if batch.total_ms.count == 0 {
                continue;
            }
            for (name, value) in [("p50", batch.total_ms.p50), ("p95", batch.total_ms.p95)] {
                let name = format!("built-in voice, first sentence as a clip, {name}");
                checks.push(Check::new(&name, value, FIRST_SENTENCE_MS, "ms"));
            }
        }
    }
    let failed: usize = figures
        .iter()
        .flat_map(|figure| &figure.errors)
        .map(|error| error.count)
        .sum();
    checks.push(Check::new("failed requests", failed as f64, 0.0, ""));
    let clipped: u64 = figures.iter().map(|figure| figure.clipped).sum();
    checks.push(Check::new("clipped samples", clipped as f64, 0.0, ""));
    checks
}
