//! The caller's turn: their words, their silence, and handing them on.

use events::{At, ClipId, Event};
use text::FillerClass;

use super::{Call, Phase};
use crate::{
    order::{Exchange, Listen, Order, Profile, Then},
    turn::Turn,
};

/// How long a caller stays with a person before we stop counting, ms.
const AWAY_MS: u64 = 4 * 3_600_000;

/// Words of the caller that are kept, characters.
const WORDS: usize = 4_000;

impl Call {
    pub(super) fn words(&mut self, text: String, digits: bool, now: At, out: &mut Vec<Order>) {
        match &self.phase {
            Phase::Listening { .. } => {}
            Phase::Talking(turn) if self.traits.barge_in => {
                out.push(Order::Forget { turn: turn.id });
            }
            _ => return,
        }
        self.hush(out);
        self.silences = 0;
        self.alive = now;
        let text: String = text.chars().take(WORDS).collect();
        let id = self.take_turn();
        let mut turn = Turn::new(
            id,
            Some((text.clone(), digits)),
            now,
            now + u64::from(self.policy.reply_within_ms),
        );
        turn.intent = text::filler_class_for(&text);
        self.remember(Exchange {
            caller: text.clone(),
            agent: String::new(),
        });
        out.push(Order::Note(Event::Heard {
            turn: id,
            text: text.clone(),
            digits,
        }));
        out.push(Order::Note(Event::Thinking { turn: id }));
        out.push(Order::Think {
            turn: id,
            words: text,
            digits,
        });
        self.plan_opening(&mut turn, now, out);
        self.phase = Phase::Talking(Box::new(turn));
    }

    /// The caller begins to speak over us: be quiet, and wait for their words.
    pub(super) fn onset(&mut self, now: At, out: &mut Vec<Order>) {
        if !self.traits.barge_in {
            return;
        }
        self.alive = now;
        match &self.phase {
            // Before the first sound there is nothing to interrupt; their words will take the turn.
            Phase::Talking(turn) if turn.nothing_said() && turn.quiet.is_some() => {}
            Phase::Talking(turn) => {
                out.push(Order::Forget { turn: turn.id });
                self.hush(out);
                self.listen(Profile::Speech, now, out);
            }
            Phase::Listening { .. } => {
                self.hush(out);
                // Nothing is playing any more whose end could begin their patience.
                let patience = self.own_patience(self.patience(), now);
                if let Phase::Listening { until, .. } = &mut self.phase {
                    *until = patience;
                }
            }
            _ => {}
        }
    }

    pub(super) fn silence(&mut self, now: At, out: &mut Vec<Order>) {
        if !matches!(self.phase, Phase::Listening { .. }) {
            return;
        }
        self.alive = now;
        let nth = self.silences as usize;
        self.silences += 1;
        out.push(Order::Note(Event::Silent { turn: self.turn() }));
        match self.policy.nudges.get(nth).cloned() {
            Some(nudge) => self.recite(nudge, Then::Listen(Profile::Speech), now, out),
            None => self.recite(self.policy.farewell.clone(), Then::HangUp, now, out),
        }
    }

    /// The line is back from a person.
    pub(super) fn returned(&mut self, answered: bool, now: At, out: &mut Vec<Order>) {
        if !matches!(self.phase, Phase::Away { .. }) {
            return;
        }
        self.alive = now;
        if answered {
            self.close("business.transferred", now, out);
        } else {
            self.recite(
                self.policy.unreached.clone(),
                Then::Listen(Profile::YesNo),
                now,
                out,
            );
        }
    }

    /// Gives the turn to the caller.
    pub(super) fn listen(&mut self, profile: Profile, now: At, out: &mut Vec<Order>) {
        let patience_ms = self.patience();
        let listen = Listen {
            turn: self.next,
            profile,
            patience_ms,
        };
        let until = self.own_patience(patience_ms, now);
        out.push(Order::Listen(listen.clone()));
        self.phase = Phase::Listening { listen, until };
    }

    /// Speaks unasked: a greeting, a nudge, an apology. They are ordinary turns whose reply is known.
    pub(super) fn recite(&mut self, text: String, then: Then, now: At, out: &mut Vec<Order>) {
        let id = self.take_turn();
        // The reply is known at once: there is nobody to give up on.
        let mut turn = Turn::new(id, None, now, now);
        turn.intent = FillerClass::Hold;
        self.remember(Exchange::default());
        self.phase = Phase::Talking(Box::new(turn));
        self.reply(id, &text, now, out);
        let memo = self.memo.clone();
        self.reply_done(id, then, memo, now, out);
    }

    pub(super) fn hand_over(
        &mut self,
        label: String,
        number: String,
        now: At,
        out: &mut Vec<Order>,
    ) {
        out.push(Order::Note(Event::Transferred {
            turn: self.turn(),
            label: label.clone(),
        }));
        out.push(Order::Transfer { label, number });
        self.phase = Phase::Away {
            until: now + AWAY_MS,
        };
    }

    /// A clip was heard to its end.
    pub(super) fn played(&mut self, clip: ClipId, now: At, out: &mut Vec<Order>) {
        self.alive = now;
        let Some(place) = self.playing.iter().position(|(id, _)| *id == clip) else {
            return;
        };
        // The line plays in order, so what came before was heard too.
        self.playing.drain(..=place);
        out.push(Order::Note(Event::Played { clip }));
        if !self.playing.is_empty() {
            return;
        }
        match &mut self.phase {
            Phase::Listening { listen, until } if !self.traits.reports_silence => {
                *until = Some(now + u64::from(listen.patience_ms));
            }
            Phase::Talking(_) => self.fell_quiet(now, out),
            _ => {}
        }
    }

    /// Drops what was not heard yet, from the line and from the history.
    fn hush(&mut self, out: &mut Vec<Order>) {
        if self.playing.is_empty() || !self.traits.barge_in {
            self.playing.clear();
            return;
        }
        out.push(Order::Hush);
        let Some(last) = self.history.back_mut() else {
            return;
        };
        // The first of them was being heard; it stays.
        for (_, words) in self
            .playing
            .drain(..)
            .skip(1)
            .collect::<Vec<_>>()
            .iter()
            .rev()
        {
            if let Some(rest) = last.agent.strip_suffix(words.as_str()) {
                last.agent = rest.trim_end().to_owned();
            }
        }
    }

    fn patience(&self) -> u32 {
        let steps = &self.policy.patience_ms;
        steps
            .get(self.silences as usize)
            .or(steps.last())
            .copied()
            .unwrap_or(7_000)
    }

    fn own_patience(&self, patience_ms: u32, now: At) -> Option<At> {
        let watches = !self.traits.reports_silence && self.playing.is_empty();
        watches.then(|| now + u64::from(patience_ms))
    }

    fn take_turn(&mut self) -> events::TurnId {
        let id = self.next;
        self.next = id.next();
        id
    }
}
