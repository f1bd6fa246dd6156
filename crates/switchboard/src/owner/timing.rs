//! Measures how long the first sentence of an answer takes, for the forecast.

use events::{At, Event, TurnId};

use super::Owner;
use crate::forecast::Sample;

/// The answer that is being measured; times are ms since the caller's words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    turn: TurnId,
    since: At,
    first_words: Option<u32>,
    first_sentence: Option<u32>,
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
            });
        }
        let Some(timing) = &mut self.timing else {
            return;
        };
        if event.turn() != Some(timing.turn) {
            return;
        }
        let passed = u32::try_from(now.since(timing.since)).unwrap_or(u32::MAX);
        match event {
            Event::FirstWords { .. } => timing.first_words = Some(passed),
            Event::Sentence { .. } => {
                timing.first_sentence = timing.first_sentence.or(Some(passed))
            }
            // What was given up counts as well: it took at least this long.
            Event::Voiced { .. } | Event::VoiceFailed { .. } | Event::ReplyFailed { .. } => {
                let Timing {
                    first_words,
                    first_sentence,
                    ..
                } = *timing;
                self.room.forecasts.learn(
                    &self.business.id,
                    Sample {
                        first_words,
                        first_sentence,
                        first_audio: passed,
                    },
                );
                self.timing = None;
            }
            _ => {}
        }
    }
}
