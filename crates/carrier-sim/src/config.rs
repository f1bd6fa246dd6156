//! How the network behaves.

use serde::{Deserialize, Serialize};

/// Everything a network needs to know. [`NetworkConfig::default`] is a perfect network at real
/// speed in front of `http://127.0.0.1:8080`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkConfig {
    /// Where the server listens, for example `http://127.0.0.1:8080`.
    pub base_url: String,
    /// The public address that the server believes it has, when it is another one: URLs are signed
    /// and resolved with it, but `base_url` is connected to.
    pub public_url: Option<String>,
    /// `AC` and 32 of `0-9a-f`.
    pub account_sid: String,
    /// The key that webhooks are signed with.
    pub auth_token: String,
    /// Path for a new call; `{business}` is replaced.
    pub incoming_path: String,
    /// Path told about the end of a call; empty = nobody is told.
    pub status_path: String,
    /// Path asked when another one fails; empty = the call ends.
    pub fallback_path: String,
    /// Simulated network delay per webhook, there and back, in ms.
    pub rtt_ms: u32,
    /// Silence after which the recogniser ends an utterance with `speechTimeout="auto"`, in ms.
    pub endpoint_ms: u32,
    /// Chance (0 to 1) that an attempt to connect is lost.
    pub loss: f64,
    /// Time until a lost attempt is noticed, in ms.
    pub connect_timeout_ms: u32,
    /// Repeated deliveries of the same request.
    pub duplicate: Duplicate,
    /// Chance (0 to 1) that the request before is delivered once more beside this one.
    pub reorder: f64,
    /// Attempts after a failed connection.
    pub retries: u32,
    /// Longest wait for a document or media, in ms.
    pub timeout_ms: u32,
    /// Added to every media download, in ms.
    pub slow_fetch_ms: u32,
    /// Decides every chance above: same seed, same misfortunes.
    pub seed: u64,
    /// 1.0 = real time, 10.0 = ten times faster.
    pub speed: f64,
    /// Keep both sides' audio of every call (at most 15 minutes).
    pub record: bool,
    /// What happens to `<Dial>`.
    pub dial: DialPlan,
}

/// Repeated deliveries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Duplicate {
    /// Chance (0 to 1) that a request is repeated.
    pub probability: f64,
    /// How many extra copies then arrive at the same time.
    pub count: u32,
}

/// How dialled numbers behave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DialPlan {
    /// `completed`, `busy`, `no-answer`, `failed` or `canceled`.
    pub status: String,
    /// Ringing before that, in ms.
    pub ring_ms: u32,
    /// Talking, if `completed`, in ms.
    pub talk_ms: u32,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1:8080".into(),
            public_url: None,
            account_sid: "AC00000000000000000000000000000001".into(),
            auth_token: "simulated-auth-token".into(),
            incoming_path: "/voice/incoming/{business}".into(),
            status_path: "/voice/status/{business}".into(),
            fallback_path: "/voice/fallback/{business}".into(),
            rtt_ms: 0,
            endpoint_ms: 0,
            loss: 0.0,
            connect_timeout_ms: 5_000,
            duplicate: Duplicate::default(),
            reorder: 0.0,
            retries: 1,
            timeout_ms: 15_000,
            slow_fetch_ms: 0,
            seed: 1,
            speed: 1.0,
            record: false,
            dial: DialPlan::default(),
        }
    }
}

impl Default for DialPlan {
    fn default() -> Self {
        Self {
            status: "completed".into(),
            ring_ms: 2_000,
            talk_ms: 5_000,
        }
    }
}

/// Why a network cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// An address that is none.
    #[error("{field} {value:?} is not an http(s) address without path: {problem}")]
    Url {
        /// The configuration field.
        field: &'static str,
        /// Its value.
        value: String,
        /// What is wrong.
        problem: String,
    },
    /// A figure out of range.
    #[error("{field} must be {expected}")]
    Range {
        /// The configuration field.
        field: &'static str,
        /// The accepted range.
        expected: &'static str,
    },
    /// The HTTP client could not start.
    #[error("the HTTP client could not start: {0}")]
    Client(#[from] reqwest::Error),
}

impl NetworkConfig {
    pub(crate) fn check(&self) -> Result<(), NetworkError> {
        let chances = [
            ("loss", self.loss),
            ("reorder", self.reorder),
            ("duplicate.probability", self.duplicate.probability),
        ];
        for (field, value) in chances {
            if !(0.0..=1.0).contains(&value) {
                let expected = "between 0 and 1";
                return Err(NetworkError::Range { field, expected });
            }
        }
        if !(0.01..=1000.0).contains(&self.speed) {
            let (field, expected) = ("speed", "between 0.01 and 1000");
            return Err(NetworkError::Range { field, expected });
        }
        if self.duplicate.count > 64 {
            let (field, expected) = ("duplicate.count", "at most 64");
            return Err(NetworkError::Range { field, expected });
        }
        if self.retries > 5 {
            let (field, expected) = ("retries", "at most 5");
            return Err(NetworkError::Range { field, expected });
        }
        Ok(())
    }
}
