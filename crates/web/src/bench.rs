//! The port to whoever measures the voices and keeps the reports. The binary plugs the real one in.

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// What somebody wants measured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct BenchRequest {
    /// `tts` is the only kind.
    pub kind: String,
    /// Engines by name; none = all that are configured or built in.
    pub providers: Vec<String>,
    /// Voices by id; none = each engine's own.
    pub voices: Vec<String>,
    /// How many of the sentences that come with Frontdesk.
    pub sentences: Option<usize>,
    /// How often each.
    pub rounds: Option<usize>,
    /// `batch`, `stream` or `both`.
    pub mode: Option<String>,
    /// True when it may cost money.
    pub spend: bool,
    /// True to be told what it comes to, and nothing else.
    pub dry_run: bool,
}

/// What a run comes to, before it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BenchEstimate {
    /// The voices.
    pub voices: Vec<String>,
    /// Requests in all.
    pub requests: usize,
    /// Characters in all.
    pub characters: usize,
    /// Characters that are paid for.
    pub paid_characters: usize,
    /// About so many dollars.
    pub dollars: f64,
    /// All that in words.
    pub told: String,
}

/// An engine that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BenchEngine {
    /// Its name.
    pub name: String,
    /// Whether it charges.
    pub paid: bool,
}

/// One voice asked in one way, ms; `None` = no request gave sound.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BenchFigure {
    /// Engine and voice.
    pub voice: String,
    /// `batch` or `stream`.
    pub mode: &'static str,
    /// Requests that count.
    pub n: usize,
    /// Until the first sound.
    pub first_p50_ms: Option<f64>,
    /// The same, 95 of 100.
    pub first_p95_ms: Option<f64>,
    /// Until the end.
    pub total_p50_ms: Option<f64>,
    /// The same, 95 of 100.
    pub total_p95_ms: Option<f64>,
}

/// A report in the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BenchRow {
    /// Its name.
    pub id: String,
    /// What was measured.
    pub kind: String,
    /// When: RFC 3339.
    pub at: String,
    /// The commit Frontdesk was built from.
    pub commit: String,
    /// Processor and cores.
    pub machine: String,
    /// A name for the settings.
    pub config: String,
    /// Requests that count.
    pub counted: usize,
    /// Requests that failed.
    pub failed: usize,
    /// Aims that were missed.
    pub missed: Vec<String>,
    /// The figures.
    pub figures: Vec<BenchFigure>,
}

/// How far a run has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BenchProgress {
    /// Requests in all.
    pub total: usize,
    /// Requests done.
    pub done: usize,
    /// What went wrong so far, in words.
    pub failed: Vec<String>,
}

/// Hears how far a run has come.
pub type BenchWatch = Box<dyn FnMut(BenchProgress) + Send>;

/// Whoever measures. All but [`BenchDesk::run`] may block: they read files and look for programs.
pub trait BenchDesk: Send + Sync {
    /// Who can be asked.
    fn engines(&self) -> Vec<BenchEngine>;

    /// What a run comes to; the error says what is wrong with the request.
    fn estimate(&self, request: &BenchRequest)
    -> BoxFuture<'static, Result<BenchEstimate, String>>;

    /// Measures, and keeps the report under `id`. Dropping it ends the run without a report.
    fn run(
        &self,
        id: String,
        request: BenchRequest,
        watch: BenchWatch,
    ) -> BoxFuture<'static, Result<(), String>>;

    /// The reports, newest first.
    fn list(&self) -> Vec<BenchRow>;

    /// A file of a report: `report.html`, `report.json` or `report.md`.
    fn file(&self, id: &str, name: &str) -> Option<Vec<u8>>;

    /// Forgets a report; says whether it was there.
    fn remove(&self, id: &str) -> bool;
}
