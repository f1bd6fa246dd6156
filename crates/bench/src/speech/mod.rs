//! Voices, measured: what was asked, what came back, and what that comes to.
//!
//! The decision: every request is a [`Sample`] and everything else is counted from those, so a report can be judged again
//! from its own JSON. First requests and warm-up rounds are samples too, marked, and in no percentile.

mod figures;
mod html;
mod report;
mod text;

use serde::{Deserialize, Serialize};

pub use figures::{ErrorCount, ModeFigure, TargetFigure};
pub use report::SpeechReport;

/// The shape of the JSON; grows by one when a field changes its meaning or goes.
pub const SCHEMA: u32 = 1;

/// Within this the first sentence of the voice that is built in is to be a finished clip, ms.
pub const FIRST_SENTENCE_MS: f64 = 60.0;

/// The voice that is built in.
pub const BUILT_IN: &str = "embedded";

/// How a voice is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Words in, a finished telephone clip out: what a call that fetches files waits for.
    Batch,
    /// Words in, sound as it comes: what a call over a socket waits for.
    Stream,
}

impl Mode {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::Stream => "stream",
        }
    }
}

/// Which of the requests it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// The very first one to this voice: connections are not open, nothing is in a cache.
    Cold,
    /// Of a round that does not count.
    WarmUp,
    /// One that counts.
    Counted,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Which of the report's voices, by its place in the list.
    pub target: usize,
    /// How it was asked.
    pub mode: Mode,
    /// Which of the report's sentences, by its place in the list.
    pub sentence: usize,
    /// Whether it counts.
    pub turn: Turn,
    /// Until the first sound, ms. In batch mode too, where nobody hears it.
    pub first_ms: Option<f64>,
    /// Until the end, ms: the finished clip (batch) or the last sound (stream).
    pub total_ms: Option<f64>,
    /// Processor time of this process until the end, ms, when nothing else ran in it.
    pub cpu_ms: Option<f64>,
    /// Length of the sound, ms.
    pub audio_ms: Option<f64>,
    /// Had it been played from the first sound on: the longest wait for more, ms.
    pub starved_ms: Option<f64>,
    /// Active-speech level of the sound as it came, dBFS.
    pub level_dbfs: Option<f64>,
    /// Samples at full scale in it.
    pub clipped: u64,
    /// What went wrong.
    pub error: Option<Failure>,
}

/// Why there is no sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Its kind, as engines tell them apart.
    pub kind: String,
    /// In words.
    pub message: String,
}

/// A voice that was asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The engine's name.
    pub provider: String,
    /// Its voice.
    pub voice: String,
    /// Version or model, as far as that is known.
    pub version: String,
    /// How long reading its files took before the first request, ms.
    pub opened_ms: Option<f64>,
    /// Why it was given up before the end.
    pub given_up: Option<String>,
}

impl Target {
    /// `provider voice`
    pub fn name(&self) -> String {
        format!("{} {}", self.provider, self.voice)
    }
}

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpeechSetup {
    /// What is said.
    pub sentences: Vec<String>,
    /// How often each sentence is said, for the record.
    pub rounds: usize,
    /// How often before that, for nothing.
    pub warm_up: usize,
    /// In which ways.
    pub modes: Vec<Mode>,
    /// Voices that were wanted and could not be asked, each with the reason.
    pub left_out: Vec<String>,
}

/// What a recogniser understood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Words {
    /// Nobody asked for it.
    NotAsked,
    /// It could not be done: why, and what to do.
    LeftOut {
        /// Why, and what to do.
        why: String,
    },
    /// It was done.
    Heard {
        /// Who listened.
        recogniser: String,
        /// By voice, in the order of the report's list.
        by_target: Vec<WordCount>,
    },
}

/// Words said, and those heard wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WordCount {
    /// Words said.
    pub words: usize,
    /// Words wrong, missing or too many.
    pub wrong: usize,
}

impl WordCount {
    /// Percent of the words; `None` without words.
    pub fn rate(&self) -> Option<f64> {
        (self.words > 0).then(|| self.wrong as f64 * 100.0 / self.words as f64)
    }
}
