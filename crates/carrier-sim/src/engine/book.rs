//! The book of a call: its turns, its errors, its words, and who is shown them.

use tokio::sync::mpsc;

use super::Expectations;
use crate::ear::Ear;
use crate::phone::PhoneEvent;
use crate::report::{
    CallReport, Ended, Line, Recording, SchemaError, Silence, Speaker, TurnReport,
};

/// Most errors kept.
const ERRORS: usize = 1000;

pub(crate) struct Book {
    turns: Vec<TurnReport>,
    /// Where a turn's time is written when none is open.
    stray: TurnReport,
    open: Option<Open>,
    errors: Vec<SchemaError>,
    missed: Vec<String>,
    transcript: Vec<Line>,
    pub media_requests: u32,
    shown: Option<mpsc::Sender<PhoneEvent>>,
}

/// Why the line is quiet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    Endpointing,
    Network,
    Document,
    Media,
}

struct Open {
    from_ms: f64,
    /// When the server was done speaking and listened, or was interrupted.
    done_ms: Option<f64>,
    expectations: Expectations,
    /// Each wait with its beginning and end.
    waits: Vec<(Wait, f64, f64)>,
    report: TurnReport,
}

impl Book {
    pub fn new(shown: Option<mpsc::Sender<PhoneEvent>>) -> Self {
        Self {
            turns: Vec::new(),
            stray: TurnReport::default(),
            open: None,
            errors: Vec::new(),
            missed: Vec::new(),
            transcript: Vec::new(),
            media_requests: 0,
            shown,
        }
    }

    pub fn show(&self, event: PhoneEvent) {
        if let Some(shown) = &self.shown {
            // Nobody reads, or reads too slowly: the call goes on, and the report has it all.
            let _ = shown.try_send(event);
        }
    }

    pub fn fault(&mut self, error: SchemaError) {
        self.show(PhoneEvent::Fault {
            error: error.clone(),
        });
        if self.errors.len() < ERRORS {
            self.errors.push(error);
        }
    }

    pub fn line(&mut self, at_ms: f64, who: Speaker, text: String) {
        self.transcript.push(Line { at_ms, who, text });
    }

    /// The open turn.
    pub fn turn(&mut self) -> &mut TurnReport {
        match &mut self.open {
            Some(open) => &mut open.report,
            None => &mut self.stray,
        }
    }

    /// The line was quiet for this reason.
    pub fn waited(&mut self, why: Wait, from_ms: f64, to_ms: f64) {
        if let Some(open) = &mut self.open {
            open.waits.push((why, from_ms, to_ms));
        }
    }

    /// The open turn's number.
    pub fn number(&self) -> usize {
        self.turns.len()
    }

    /// The server has said all it wants to say before it listens, or was interrupted.
    pub fn prompt_done(&mut self, at_ms: f64) {
        if let Some(open) = &mut self.open {
            open.done_ms.get_or_insert(at_ms);
        }
    }

    pub fn begin_turn(&mut self, ear: &Ear, said: String, from_ms: f64, expect: Expectations) {
        self.end_turn(ear, from_ms);
        self.open = Some(Open {
            from_ms,
            done_ms: None,
            expectations: expect,
            waits: Vec::new(),
            report: TurnReport {
                said,
                ..TurnReport::default()
            },
        });
    }

    pub fn end_turn(&mut self, ear: &Ear, at_ms: f64) {
        let number = self.number();
        let Some(mut open) = self.open.take() else {
            return;
        };
        let until_ms = open.done_ms.unwrap_or(at_ms);
        open.report.sound = ear.turn(number, open.from_ms, until_ms);
        open.report.silence = open.silence(until_ms);
        self.judge(number, &open);
        self.show(PhoneEvent::Turn {
            number,
            report: Box::new(open.report.clone()),
        });
        self.turns.push(open.report);
    }

    fn judge(&mut self, number: usize, open: &Open) {
        let report = &open.report;
        let heard = format!("{} {}", report.heard, report.clips.join(" ")).to_lowercase();
        for text in &open.expectations.some {
            if !heard.contains(&text.to_lowercase()) {
                let was = &report.heard;
                self.missed
                    .push(format!("turn {number}: expected {text:?}, heard {was:?}"));
            }
        }
        for text in &open.expectations.none {
            if heard.contains(&text.to_lowercase()) {
                let was = &report.heard;
                self.missed
                    .push(format!("turn {number}: unexpected {text:?} in {was:?}"));
            }
        }
    }

    pub fn report(
        self,
        call_sid: String,
        ended: Ended,
        duration_ms: f64,
        recording: Option<Recording>,
    ) -> CallReport {
        CallReport {
            call_sid,
            requests: self.turns.iter().map(|t| t.requests).sum(),
            turns: self.turns,
            errors: self.errors,
            missed: self.missed,
            transcript: self.transcript,
            ended,
            duration_ms,
            media_requests: self.media_requests,
            recording,
        }
    }
}

impl Open {
    /// Splits the silence before the answer, or until the turn was over when there was none.
    fn silence(&self, until_ms: f64) -> Silence {
        let answer = self.report.sound.answer_ms.map(|ms| self.from_ms + ms);
        let end_ms = answer.unwrap_or(until_ms);
        let mut silence = Silence::default();
        let mut documents = 0;
        for (why, from_ms, to_ms) in &self.waits {
            let part = match why {
                Wait::Endpointing => &mut silence.endpointing_ms,
                Wait::Network => &mut silence.network_ms,
                Wait::Media => &mut silence.fetch_ms,
                Wait::Document if documents == 0 => &mut silence.webhook_ms,
                Wait::Document => &mut silence.redirect_ms,
            };
            *part += (to_ms.min(end_ms) - from_ms).max(0.0);
            documents += usize::from(*why == Wait::Document);
        }
        let known = silence.endpointing_ms + silence.network_ms + silence.server_ms();
        silence.quiet_ms = (self.report.sound.dead_air_ms - known).max(0.0);
        silence
    }
}
