//! What an engine did of late: counts by the minute, and what went wrong.
//!
//! The decision: both are rings of a fixed size, kept for people to look at. Nothing here decides anything; [`Health`]
//! does, and its changes are what is written down.

use std::collections::VecDeque;

use events::At;

use crate::{ErrorKind, Health, Outcome, SpeakError, VoiceInfo};

/// Minutes that are counted.
const MINUTES: usize = 60;
/// Incidents that are remembered.
const INCIDENTS: usize = 64;
/// Incidents older than this are forgotten, ms.
const HOUR_MS: u64 = 3_600_000;
/// A minute, ms.
const MINUTE_MS: u64 = 60_000;

/// One minute of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minute {
    /// When it began.
    pub from: At,
    /// Utterances that were spoken.
    pub spoke: u32,
    /// Utterances that failed and say something about the engine.
    pub failed: u32,
}

/// Something that went wrong, or well again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// When.
    pub at: At,
    /// What.
    pub what: Change,
}

/// What happened to an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It failed, and is asked all the same.
    Failed(SpeakError),
    /// It failed, and is left alone from now on.
    Down(SpeakError),
    /// It spoke again after it had been left alone.
    Up,
}

/// An engine of a ladder, as people want to know it.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineReport {
    /// Its [`crate::Tts::name`].
    pub name: String,
    /// What is known of it.
    pub health: Health,
    /// The time within which half of the last first sounds came, ms.
    pub first_sound_p50: Option<u32>,
    /// The time within which 19 of 20 did, ms.
    pub first_sound_p95: Option<u32>,
    /// How many first sounds that is known from.
    pub first_sounds: usize,
    /// How long it may take for an utterance, ms.
    pub patience_ms: u32,
    /// Minutes of the last hour in which it was asked, the oldest first.
    pub minutes: Vec<Minute>,
    /// Incidents of the last hour, the oldest first.
    pub incidents: Vec<Incident>,
    /// The voices it has now.
    pub voices: Vec<VoiceInfo>,
}

/// The rings of one engine: a fold over its outcomes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    minutes: VecDeque<Minute>,
    incidents: VecDeque<Incident>,
}

impl Record {
    /// One more request ended at `now`, and the engine was up before and is up after.
    pub(crate) fn note(&mut self, outcome: &Outcome, now: At, up: (bool, bool)) {
        let failed = match outcome {
            Outcome::Spoke => None,
            Outcome::Failed(error) if error.kind == ErrorKind::Cancelled => return,
            Outcome::Failed(error) => Some(error),
        };
        if failed.is_none_or(|error| error.kind.blames_provider()) {
            self.count(failed.is_some(), now);
        }
        let what = match (failed, up) {
            (None, (false, _)) => Change::Up,
            (None, _) => return,
            (Some(error), (true, false)) => Change::Down(error.clone()),
            (Some(error), _) => Change::Failed(error.clone()),
        };
        if self.incidents.len() >= INCIDENTS {
            self.incidents.pop_front();
        }
        self.incidents.push_back(Incident { at: now, what });
    }

    fn count(&mut self, failed: bool, now: At) {
        let from = At(now.0 - now.0 % MINUTE_MS);
        if self.minutes.back().is_none_or(|last| last.from < from) {
            if self.minutes.len() >= MINUTES {
                self.minutes.pop_front();
            }
            self.minutes.push_back(Minute {
                from,
                spoke: 0,
                failed: 0,
            });
        }
        if let Some(minute) = self.minutes.back_mut() {
            minute.failed += u32::from(failed);
            minute.spoke += u32::from(!failed);
        }
    }

    /// What is not older than an hour at `now`.
    pub(crate) fn last_hour(&self, now: At) -> (Vec<Minute>, Vec<Incident>) {
        let young = |at: At| now.since(at) <= HOUR_MS;
        let minutes = self.minutes.iter().filter(|m| young(m.from));
        let incidents = self.incidents.iter().filter(|i| young(i.at));
        (minutes.copied().collect(), incidents.cloned().collect())
    }
}
