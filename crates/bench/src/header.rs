//! What has to stand at the head of every report, so that it can be judged and run again.

use serde::{Deserialize, Serialize};

use crate::machine::{load_average, processor};

/// When, where, of what and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// When it began: RFC 3339, in UTC.
    pub at: String,
    /// Frontdesk's version.
    pub version: String,
    /// The commit it was built from, as far as that is known.
    pub commit: String,
    /// The processor's own name.
    pub processor: String,
    /// Cores that may be used.
    pub cores: usize,
    /// Load average over a minute before the run; above 0, somebody else works on this machine, too.
    pub load_before: f64,
    /// Load average over a minute after it.
    pub load_after: f64,
    /// A name for the settings; the same settings have the same.
    pub config: String,
    /// The command line that does it again.
    pub command: String,
    /// What is warm and what is cold.
    pub warmth: String,
    /// How long the run took, s.
    pub seconds: f64,
}

impl Header {
    /// This machine, before a run.
    pub fn here(cores: usize) -> Self {
        Self {
            processor: processor(),
            cores,
            load_before: load_average(),
            ..Self::default()
        }
    }

    /// The run is over and took so long.
    pub fn after(&mut self, seconds: f64) {
        self.load_after = load_average();
        self.seconds = seconds;
    }

    /// Its lines, each with its name.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Date", self.at.clone()),
            (
                "Frontdesk",
                format!("{}, commit {}", self.version, self.commit),
            ),
            (
                "Machine",
                format!(
                    "{}, {} cores; load average {:.1} before and {:.1} after",
                    self.processor, self.cores, self.load_before, self.load_after
                ),
            ),
            ("Configuration", self.config.clone()),
            ("Warm or cold", self.warmth.clone()),
            ("Length", format!("{:.0} s", self.seconds)),
            ("Again", self.command.clone()),
        ]
    }
}
