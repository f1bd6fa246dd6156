//! The agent and the voice, with bad manners.

use call::{Forecast, Input};
use events::{ClipId, TurnId};
use text::FillerClass;

use super::{Phone, World, plan::Fate};

impl<P: Phone> World<'_, P> {
    /// Replies to the turn. Asked again about one turn, it says the same again.
    pub(super) fn think(&mut self, turn: TurnId) {
        self.tally.turns += 1;
        let replies = &self.plan.replies;
        let reply = replies[turn.0 as usize % replies.len()].clone();
        let sentences: Vec<String> = (0..reply.sentences)
            .map(|n| format!("Turn {turn} part {n} is told."))
            .collect();
        self.judge.will_reply(&sentences, &reply.then);
        let text = sentences.join(" ");
        let mut at = self.now + reply.first_ms;
        if reply.tool {
            let class = FillerClass::Hold;
            self.job(self.now + reply.first_ms / 3, Input::Busy { turn, class });
        }
        let pieces = self.pieces(&text);
        for (n, delta) in pieces.iter().enumerate() {
            match reply.fate {
                Fate::Fails(after) if after == n => break,
                Fate::Hangs(after) if after == n => return,
                _ => {}
            }
            let delta = delta.clone();
            self.job(at, Input::Reply { turn, delta });
            at = at + self.rng.u64(..=reply.gap_ms);
        }
        let last = match reply.fate {
            Fate::Hangs(_) => return,
            Fate::Fails(_) => Input::ReplyFailed {
                turn,
                why: "broken".into(),
            },
            Fate::Done => Input::ReplyDone {
                turn,
                then: reply.then,
                memo: format!("memo {turn}"),
            },
        };
        self.job(at, last.clone());
        if self.plan.sloppy && self.rng.u8(..4) == 0 {
            let later = at + self.rng.u64(..3_000);
            self.job(later, last);
            let delta = "And one more thing. ".into();
            let later = at + self.rng.u64(..3_000);
            self.job(later, Input::Reply { turn, delta });
        }
        if let Some(ms) = self.plan.forecast_ms {
            self.job(at, Input::Forecast(Forecast::of([ms, ms / 2, ms * 2])));
        }
    }

    fn pieces(&mut self, text: &str) -> Vec<String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(self.rng.usize(1..=30).min(rest.len()));
            pieces.push(piece.to_owned());
            rest = more;
        }
        pieces
    }

    /// Speaks the clip, or fails, or never comes back; sometimes it reports twice and changes its mind.
    pub(super) fn voice(&mut self, clip: ClipId, text: &str) {
        let luck = self.rng.u8(..100);
        let at = self.now + self.rng.u64(..=self.plan.voice_ms);
        let voiced = Input::Voiced {
            clip,
            object: text.to_owned(),
            ms: 400 + 10 * text.len() as u32,
        };
        let failed = Input::VoiceFailed { clip };
        let hangs = self.plan.voice_fails + self.plan.voice_hangs;
        if luck < self.plan.voice_fails {
            self.job(at, failed.clone());
        } else if luck >= hangs {
            self.job(at, voiced.clone());
        }
        if self.plan.sloppy && self.rng.u8(..6) == 0 {
            let again = if self.rng.bool() { voiced } else { failed };
            let later = at + self.rng.u64(..2_000);
            self.job(later, again);
        }
    }

    /// Told to stop; only the tidy do.
    pub(super) fn forget(&mut self, turn: TurnId) {
        if !self.plan.sloppy || self.rng.bool() {
            self.jobs.retain(|std::cmp::Reverse(job)| match &job.input {
                Input::Reply { turn: id, .. }
                | Input::Busy { turn: id, .. }
                | Input::ReplyDone { turn: id, .. }
                | Input::ReplyFailed { turn: id, .. } => *id != turn,
                Input::Voiced { clip, .. } | Input::VoiceFailed { clip } => clip.turn != turn,
                _ => true,
            });
        }
    }
}
