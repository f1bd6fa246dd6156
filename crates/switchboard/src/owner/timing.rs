//! Measures how long the first sentence of an answer takes, for the forecast.

use events::{At, ClipId, Event, TurnId};

use super::Owner;
use crate::forecast::Sample;

/// A wait that is long when nothing is known, ms.
const UNKNOWN_MS: u32 = 1_500;

/// The answer that is being measured; times are ms since the caller's words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    turn: TurnId,
    since: At,
    first_words: Option<u32>,
    first_sentence: Option<u32>,
    /// The first sentence: later ones may be ready before it, and must wait for it.
    first: Option<ClipId>,
}

impl Owner {
    pub(super) fn time(&mut self, event: &Event) {
        let now = self.now();
        if let Event::Thinking { turn } = event {
            self.timing = Some(Timing {
                turn: *turn,
                since: now,
                first_words: None,
                first_sentence: None,
                first: None,
            });
        }
        let Some(timing) = &mut self.timing else {
            return;
        };
        if event.turn().is_some_and(|turn| turn != timing.turn) {
            return;
        }
        let passed = u32::try_from(now.since(timing.since)).unwrap_or(u32::MAX);
        match event {
            Event::FirstWords { .. } => timing.first_words = Some(passed),
            Event::Sentence { clip, .. } if timing.first.is_none() => {
                timing.first = Some(*clip);
                timing.first_sentence = Some(passed);
            }
            Event::Voiced { clip, .. } | Event::VoiceFailed { clip, .. }
                if timing.first == Some(*clip) =>
            {
                self.learn(passed);
            }
            // What was given up counts as well: it took at least this long.
            Event::ReplyFailed { .. } => self.learn(passed),
            Event::Ended { .. } => self.left_waiting(passed),
            _ => {}
        }
    }

    fn learn(&mut self, first_audio: u32) {
        if let Some(timing) = self.timing.take() {
            let sample = Sample {
                first_words: timing.first_words,
                first_sentence: timing.first_sentence,
                first_audio,
            };
            self.room.forecasts.learn(&self.business.id, sample);
        }
    }

    /// The caller was gone before the answer came. Only when it was late already that says something: whoever hangs up
    /// soon must not make answers look fast.
    fn left_waiting(&mut self, passed: u32) {
        let usual = self.room.forecasts.of(&self.business.id).remaining(0);
        if usual.unwrap_or(UNKNOWN_MS) < passed {
            self.learn(passed);
        }
        self.timing = None;
    }
}
