//! The call itself: its phases, and where each input goes. What is done in a phase stands in the modules below.

mod filler;
mod listening;
mod talking;

use std::{collections::VecDeque, sync::Arc};

use events::{At, CallId, ClipId, Event, TurnId};
use serde::{Deserialize, Serialize};

use crate::{
    forecast::Forecast,
    order::{Exchange, Input, Listen, Order, Profile, Then},
    policy::{Policy, Traits},
    turn::Turn,
};

/// Exchanges that are kept for the agent.
const HISTORY: usize = 40;

/// How long a call that said goodbye may take to end, ms.
const CLOSING_MS: u64 = 120_000;

/// What the call is doing. Each variant owns what belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    Ringing,
    /// It is our turn.
    Talking(Box<Turn>),
    /// It is the caller's; `until` is our own patience, on lines that do not watch for silence themselves.
    Listening {
        listen: Listen,
        until: Option<At>,
    },
    /// The caller was handed to a person.
    Away {
        until: At,
    },
    /// Goodbye was said.
    Closing {
        outcome: String,
        until: At,
    },
    Ended,
}

/// A phone call as a value: plain data, to be stored after every input and taken up again by whoever finds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    id: CallId,
    seed: u64,
    #[serde(skip)]
    policy: Arc<Policy>,
    traits: Traits,
    phase: Phase,
    next: TurnId,
    history: VecDeque<Exchange>,
    memo: String,
    forecast: Forecast,
    /// Silences in a row.
    silences: u32,
    /// What the line has and has not reported as played, in order, with its words.
    playing: VecDeque<(ClipId, String)>,
    /// Fillers heard in this call, as places in the policy's list.
    used: Vec<u16>,
    last_filler: Option<(u16, At)>,
    draws: u64,
    began: Option<At>,
    /// When the line last showed a sign of life.
    alive: At,
}

impl Call {
    /// A call that rings. `seed` makes its choices among equals; the same seed chooses the same.
    pub fn new(id: CallId, seed: u64, traits: Traits, policy: Arc<Policy>, now: At) -> Self {
        Self {
            id,
            seed,
            policy,
            traits,
            phase: Phase::Ringing,
            next: TurnId(0),
            history: VecDeque::new(),
            memo: String::new(),
            forecast: Forecast::default(),
            silences: 0,
            playing: VecDeque::new(),
            used: Vec::new(),
            last_filler: None,
            draws: 0,
            began: None,
            alive: now,
        }
    }

    /// A call whose state was lost: it goes on with `turn` as if it began there.
    #[must_use]
    pub fn starting_at(mut self, turn: TurnId) -> Self {
        self.next = turn;
        self
    }

    /// Gives a stored call its policy back. The orders that make its collaborators work again go into `out`.
    pub fn resume(&mut self, policy: Arc<Policy>, now: At, out: &mut Vec<Order>) {
        self.policy = policy;
        self.alive = now;
        self.phase = match std::mem::replace(&mut self.phase, Phase::Ringing) {
            Phase::Talking(mut turn) => {
                self.take_up(&mut turn, now, out);
                Phase::Talking(turn)
            }
            other => other,
        };
    }

    /// Takes one input and writes what is to be done about it. Do all of it before the next input.
    pub fn handle(&mut self, input: Input, now: At, out: &mut Vec<Order>) {
        if self.phase == Phase::Ended {
            return;
        }
        match input {
            Input::Answered => self.answered(now, out),
            Input::Forecast(forecast) => self.forecast = forecast,
            Input::Words { text, digits } => self.words(text, digits, now, out),
            Input::Onset => self.onset(now, out),
            Input::Silence => self.silence(now, out),
            Input::Returned { answered } => self.returned(answered, now, out),
            Input::HungUp(outcome) => self.hung_up(outcome, out),
            Input::Played(clip) => self.played(clip, now, out),
            Input::Reply { turn, delta } => self.reply(turn, &delta, now, out),
            Input::Busy { turn, class } => self.busy(turn, class),
            Input::ReplyDone { turn, then, memo } => self.reply_done(turn, then, memo, now, out),
            Input::ReplyFailed { turn, why } => self.reply_failed(turn, why, now, out),
            Input::Voiced { clip, object, ms } => self.voiced(clip, object, ms, now, out),
            Input::VoiceFailed { clip } => self.voice_failed(clip, now, out),
            Input::Tick => self.tick(now, out),
        }
    }

    /// When the call wants [`Input::Tick`]; `None` only while it rings and after it ended.
    pub fn deadline(&self) -> Option<At> {
        let own = match &self.phase {
            Phase::Ringing | Phase::Ended => return None,
            Phase::Talking(turn) => self.turn_deadline(turn),
            Phase::Listening { until, .. } => *until,
            Phase::Away { until } | Phase::Closing { until, .. } => Some(*until),
        };
        Some(
            own.unwrap_or(At(u64::MAX))
                .min(self.idle_at())
                .min(self.longest_at()),
        )
    }

    /// Which call this is.
    pub fn id(&self) -> &CallId {
        &self.id
    }

    /// What was said so far, oldest first.
    pub fn history(&self) -> impl Iterator<Item = &Exchange> {
        self.history.iter()
    }

    /// What the agent wanted to remember.
    pub fn memo(&self) -> &str {
        &self.memo
    }

    /// The turn that is going on: ours, or the one that the caller's next words begin.
    pub fn turn(&self) -> TurnId {
        match &self.phase {
            Phase::Talking(turn) => turn.id,
            _ => self.next,
        }
    }

    /// Whether the call is over.
    pub fn ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// What the call is doing, in a word, for a live view.
    pub fn doing(&self) -> &'static str {
        match &self.phase {
            Phase::Ringing => "ringing",
            Phase::Talking(turn) if turn.nothing_said() && turn.quiet.is_some() => "thinking",
            Phase::Talking(turn) if turn.nothing_said() => "filler",
            Phase::Talking(_) => "speaking",
            Phase::Listening { .. } => "listening",
            Phase::Away { .. } => "transferred",
            Phase::Closing { .. } => "closing",
            Phase::Ended => "ended",
        }
    }

    fn answered(&mut self, now: At, out: &mut Vec<Order>) {
        if self.phase == Phase::Ringing {
            self.began = Some(now);
            self.alive = now;
            self.recite(
                self.policy.greeting.clone(),
                Then::Listen(Profile::Speech),
                now,
                out,
            );
        }
    }

    fn hung_up(&mut self, outcome: String, out: &mut Vec<Order>) {
        let outcome = match std::mem::replace(&mut self.phase, Phase::Ended) {
            Phase::Talking(turn) => {
                out.push(Order::Forget { turn: turn.id });
                outcome
            }
            Phase::Closing { outcome, .. } => outcome,
            _ => outcome,
        };
        out.push(Order::Note(Event::Ended { outcome }));
    }

    fn tick(&mut self, now: At, out: &mut Vec<Order>) {
        if self.longest_at() <= now || self.idle_at() <= now {
            self.abandon(now, out);
            return;
        }
        match &self.phase {
            Phase::Talking(_) => self.turn_tick(now, out),
            Phase::Listening {
                until: Some(until), ..
            } if *until <= now => self.silence(now, out),
            Phase::Closing { until, .. } | Phase::Away { until } if *until <= now => {
                self.abandon(now, out)
            }
            _ => {}
        }
    }

    /// Nobody is there any more, or the call has lasted too long.
    fn abandon(&mut self, now: At, out: &mut Vec<Order>) {
        let outcome = if self.longest_at() <= now {
            "frontdesk.too_long"
        } else {
            "carrier.vanished"
        };
        if !matches!(self.phase, Phase::Ringing | Phase::Closing { .. }) {
            out.push(Order::HangUp);
        }
        self.hung_up(outcome.to_owned(), out);
    }

    fn idle_at(&self) -> At {
        match self.phase {
            // While a person talks to the caller we hear nothing, and that is fine.
            Phase::Away { until } => until,
            _ => self.alive + u64::from(self.policy.idle_ms),
        }
    }

    fn longest_at(&self) -> At {
        self.began.unwrap_or(self.alive) + u64::from(self.policy.longest_ms)
    }

    /// Says goodbye: after what is queued, the call ends.
    fn close(&mut self, outcome: &str, now: At, out: &mut Vec<Order>) {
        out.push(Order::HangUp);
        self.phase = Phase::Closing {
            outcome: outcome.to_owned(),
            until: now + CLOSING_MS,
        };
    }

    fn remember(&mut self, exchange: Exchange) {
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(exchange);
    }
}
