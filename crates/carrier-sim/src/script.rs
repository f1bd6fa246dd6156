//! What a caller is going to do.

use serde::{Deserialize, Serialize};

/// A caller with a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The caller's number, or `anonymous`.
    #[serde(default = "default_from")]
    pub from: String,
    /// The number called.
    #[serde(default = "default_to")]
    pub to: String,
    /// Goes into the path of the first request.
    pub business: String,
    /// What the caller expects of the greeting.
    #[serde(default)]
    pub expect: Vec<String>,
    /// One step per turn. When they are used up the caller hangs up.
    #[serde(default)]
    pub turns: Vec<Turn>,
}

fn default_from() -> String {
    "+61412345678".into()
}

fn default_to() -> String {
    "+61255501234".into()
}

/// One thing to do, and what the answer to it must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawTurn", into = "RawTurn")]
pub struct Turn {
    /// What to do.
    pub step: Step,
    /// How long to wait before it, in ms.
    pub after_ms: u32,
    /// Each must appear in what is heard then; case is ignored.
    pub expect: Vec<String>,
    /// None may appear in what is heard then; case is ignored.
    pub expect_none: Vec<String>,
}

/// What a caller can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Speak, `after_ms` after the prompt.
    Say(String),
    /// Press keys, `after_ms` after the prompt.
    Digits(String),
    /// Say nothing until the server gives up listening.
    Silence,
    /// Speak `after_ms` into an answer that can be interrupted; if it is over before, right then.
    Barge(String),
    /// Put the phone down, `after_ms` after this moment; at the latest when listened to.
    HangUp(When),
}

/// A moment of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The caller has just spoken (or just dialled).
    Turn,
    /// A document has been asked for and has not come yet.
    Request,
    /// A filler has begun.
    Filler,
    /// An answer has begun.
    Answer,
    /// The server listens.
    Listening,
}

/// Why a script cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The text is not a script.
    #[error("not a script: {0}")]
    Toml(#[from] toml::de::Error),
}

impl Script {
    /// A caller who says these sentences in turn.
    pub fn saying(business: impl Into<String>, sentences: &[&str]) -> Self {
        let turns = sentences.iter().map(|s| Turn::say(*s)).collect();
        Self {
            from: default_from(),
            to: default_to(),
            business: business.into(),
            expect: Vec::new(),
            turns,
        }
    }

    /// Reads a script. Each `[[turns]]` has exactly one of `say`, `digits`, `barge` (text),
    /// `silence = true`, `hang_up` (`turn`, `request`, `filler`, `answer`, `listening`), and may
    /// have `after_ms`, `expect` and `expect_none`.
    pub fn from_toml(text: &str) -> Result<Self, ScriptError> {
        Ok(toml::from_str(text)?)
    }
}

impl Turn {
    /// Does `step` after its usual delay: 300 ms, nothing for a hang-up.
    pub fn new(step: Step) -> Self {
        let after_ms = match step {
            Step::HangUp(_) => 0,
            _ => 300,
        };
        Self {
            step,
            after_ms,
            expect: Vec::new(),
            expect_none: Vec::new(),
        }
    }

    /// Speaks.
    pub fn say(text: impl Into<String>) -> Self {
        Self::new(Step::Say(text.into()))
    }

    /// Changes the delay.
    pub fn after(mut self, ms: u32) -> Self {
        self.after_ms = ms;
        self
    }

    /// Adds something the answer must contain.
    pub fn expect(mut self, text: impl Into<String>) -> Self {
        self.expect.push(text.into());
        self
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTurn {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    say: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digits: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    barge: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    silence: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hang_up: Option<When>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after_ms: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    expect: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    expect_none: Vec<String>,
}

impl TryFrom<RawTurn> for Turn {
    type Error = String;

    fn try_from(raw: RawTurn) -> Result<Self, String> {
        let silence = raw.silence.filter(|yes| *yes).map(|_| Step::Silence);
        let steps = [
            raw.say.map(Step::Say),
            raw.digits.map(Step::Digits),
            raw.barge.map(Step::Barge),
            silence,
            raw.hang_up.map(Step::HangUp),
        ];
        let mut steps = steps.into_iter().flatten();
        let (Some(step), None) = (steps.next(), steps.next()) else {
            return Err(
                "a turn needs exactly one of say, digits, barge, silence, hang_up".to_owned(),
            );
        };
        if let Step::Digits(keys) = &step
            && (keys.is_empty() || !keys.bytes().all(|k| b"0123456789*#".contains(&k)))
        {
            return Err(format!("digits {keys:?} must be keys out of 0-9 * #"));
        }
        let plain = Turn::new(step);
        Ok(Turn {
            after_ms: raw.after_ms.unwrap_or(plain.after_ms),
            expect: raw.expect,
            expect_none: raw.expect_none,
            ..plain
        })
    }
}

impl From<Turn> for RawTurn {
    fn from(turn: Turn) -> Self {
        let mut raw = RawTurn {
            say: None,
            digits: None,
            barge: None,
            silence: None,
            hang_up: None,
            after_ms: Some(turn.after_ms),
            expect: turn.expect,
            expect_none: turn.expect_none,
        };
        match turn.step {
            Step::Say(text) => raw.say = Some(text),
            Step::Digits(keys) => raw.digits = Some(keys),
            Step::Barge(text) => raw.barge = Some(text),
            Step::Silence => raw.silence = Some(true),
            Step::HangUp(when) => raw.hang_up = Some(when),
        }
        raw
    }
}
