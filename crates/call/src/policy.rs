//! What differs between businesses and between lines, as data.

use serde::{Deserialize, Serialize};
use text::FillerClass;

/// How a business wants its calls to be conducted. A call keeps the policy that it began with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// The first words, with the disclosure.
    pub greeting: String,
    /// What is said to a silent caller, first to last; after them comes `farewell`.
    pub nudges: Vec<String>,
    /// How long the caller may be silent, ms, before each nudge; the last one counts for all further.
    pub patience_ms: Vec<u32>,
    /// The goodbye to a caller who stays silent.
    pub farewell: String,
    /// What is said when the answer does not come.
    pub apology: String,
    /// What is said when a person could not be reached.
    pub unreached: String,
    /// Fillers.
    pub fillers: FillerPolicy,
    /// From the caller's words to the moment we stop waiting for the agent, ms.
    pub reply_within_ms: u32,
    /// From asking for a clip's audio to reading its words instead, ms.
    pub voice_within_ms: u32,
    /// A call of which nothing was heard for so long is over, ms.
    pub idle_ms: u32,
    /// No call is longer than this, ms.
    pub longest_ms: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            greeting: "Hello, this is the automated assistant. How can I help?".into(),
            nudges: vec![
                "Are you still there?".into(),
                "I can't hear you. Please say something, or press zero.".into(),
            ],
            patience_ms: vec![7_000, 8_000],
            farewell: "I still can't hear you, so I'll hang up now. Goodbye.".into(),
            apology: "I'm sorry, this is taking longer than it should. Shall I take a message?"
                .into(),
            unreached: "I'm sorry, nobody could be reached. Shall I take a message?".into(),
            fillers: FillerPolicy::default(),
            reply_within_ms: 12_000,
            voice_within_ms: 4_000,
            idle_ms: 15 * 60_000,
            longest_ms: 4 * 3_600_000,
        }
    }
}

/// Whether this call hears fillers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FillerMode {
    /// It does.
    #[default]
    On,
    /// The business turned them off: the answer is waited for.
    Off,
    /// This call is in the arm without them, so that the two can be compared.
    Control,
}

/// The filler policy (CALLER §2.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FillerPolicy {
    /// Whether this call hears them.
    pub mode: FillerMode,
    /// How long an answer that is likely to come in time is waited for, ms.
    pub grace_ms: u32,
    /// Least time between two opening fillers while the wait is short, ms.
    pub min_gap_ms: u32,
    /// The clips that exist.
    pub clips: Vec<FillerClip>,
}

impl Default for FillerPolicy {
    fn default() -> Self {
        Self {
            mode: FillerMode::On,
            grace_ms: 400,
            min_gap_ms: 8_000,
            clips: Vec::new(),
        }
    }
}

/// One filler that can be played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillerClip {
    /// Its class.
    pub class: FillerClass,
    /// Its words.
    pub text: String,
    /// Its audio object.
    pub object: String,
    /// Its length, ms.
    pub ms: u32,
}

/// What a line can do, published by the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traits {
    /// The caller can interrupt us, and the line tells when they begin to.
    pub barge_in: bool,
    /// The line itself waits for a silent caller and reports [`crate::Input::Silence`].
    pub reports_silence: bool,
    /// How long a caller hears nothing before a second-stage phrase is due, ms.
    pub second_stage_ms: u32,
    /// The longest silence that is let stand when the answer is predicted within it, ms.
    pub brief_ms: u32,
}
