//! What went wrong in a run, by what it is.

use carrier_sim::{CallReport, Ended};
use serde::{Deserialize, Serialize};

use crate::TurnFigure;

/// Faults that are kept word by word.
const KEPT: usize = 20;

/// What went wrong, counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Faults {
    /// Documents that the strict reader complained about.
    pub invalid_documents: usize,
    /// Answers with another status than 200.
    pub not_200: usize,
    /// Everything else: no answer, media that could not be had, other answers to repeated requests.
    pub errors: usize,
    /// Calls that did not come to their end as the caller meant.
    pub failed_calls: usize,
    /// Turns that the caller never got an answer to.
    pub unanswered: usize,
    /// The first of them, in words.
    pub words: Vec<String>,
}

/// Counts them. `lost` calls never came back; `asked` are the turns that were to be answered.
pub(crate) fn faults(calls: &[CallReport], lost: usize, asked: &[&TurnFigure]) -> Faults {
    let mut faults = Faults {
        failed_calls: lost,
        ..Faults::default()
    };
    for call in calls {
        for error in &call.errors {
            match error.code {
                12_000..=14_999 => faults.invalid_documents += 1,
                _ if error.problem.contains("the server answered") => faults.not_200 += 1,
                _ => faults.errors += 1,
            }
            faults.keep(format!("{}: {error}", call.call_sid));
        }
        for missed in &call.missed {
            faults.errors += 1;
            faults.keep(format!("{}: {missed}", call.call_sid));
        }
        if !matches!(call.ended, Ended::Caller | Ended::Server) {
            faults.failed_calls += 1;
            faults.keep(format!("{}: ended as {:?}", call.call_sid, call.ended));
        }
    }
    faults.unanswered = asked.iter().filter(|turn| turn.answer_ms.is_none()).count();
    faults
}

impl Faults {
    fn keep(&mut self, words: String) {
        if self.words.len() < KEPT {
            self.words.push(words);
        }
    }
}
