//! The dialogue tried out: what it would say to certain words, at a desk where every time is free and nothing is written.

use std::sync::Arc;

use events::{At, BusinessId, CallId, TurnId};
use futures::{
    FutureExt,
    channel::mpsc,
    future::{BoxFuture, ready},
};
use text::Sentences;

use super::{dialogue, state::State, turn::Turn};
use crate::{
    desk::{Booking, BookingAsk, Desk, DeskError, EffectKey, Message, Slot},
    reply::{Ask, Memo, Standing},
};

/// What the dialogue would say, sentence by sentence, and how it would stand then.
pub fn try_out(standing: &Standing, words: &str) -> (Vec<String>, Standing) {
    // Nobody listens: whatever the turn sends on the way is dropped at once.
    let (out, _) = mpsc::channel(1);
    let mut turn = Turn::new(ask(standing, words), Arc::new(DryDesk), out);
    // This desk never makes anybody wait, so one look is enough.
    if dialogue::run(&mut turn).now_or_never().is_none() {
        return (Vec::new(), standing.clone());
    }
    let after = Standing {
        memo: turn.state.write(),
        ..standing.clone()
    };
    (sentences(turn.text()), after)
}

/// The state in this memo.
pub fn state(memo: &Memo) -> State {
    State::read(memo)
}

/// The text as the call cuts it: word by word, as the agent says it.
pub fn sentences(text: &str) -> Vec<String> {
    let (mut cut, mut whole) = (Sentences::default(), Vec::new());
    for word in text.split_inclusive(' ') {
        cut.push(word, &mut whole);
    }
    cut.finish(&mut whole);
    whole
}

fn ask(standing: &Standing, words: &str) -> Ask {
    Ask {
        call: nowhere(),
        turn: TurnId(1),
        business: Arc::clone(&standing.business),
        history: Vec::new(),
        words: words.to_owned(),
        digits: false,
        caller: standing.caller.clone(),
        now: standing.now,
        memo: standing.memo.clone(),
    }
}

fn nowhere() -> CallId {
    CallId::parse("nowhere").expect("`nowhere` is an id")
}

/// Everything is free, every write succeeds, and nothing is kept.
struct DryDesk;

impl DryDesk {
    fn booking(slot: Slot, ask: Option<BookingAsk>, id: String) -> Booking {
        let ask = ask.unwrap_or_else(|| BookingAsk {
            business: BusinessId::parse("nobody").expect("`nobody` is an id"),
            service: String::new(),
            slot,
            parallel: 1,
            name: String::new(),
            phone: String::new(),
        });
        Booking {
            id,
            ask,
            cancelled: false,
        }
    }
}

impl Desk for DryDesk {
    fn free(
        &self,
        _: BusinessId,
        candidates: Vec<Slot>,
        _: u32,
    ) -> BoxFuture<'_, Result<Vec<Slot>, DeskError>> {
        ready(Ok(candidates)).boxed()
    }

    fn book(&self, _: EffectKey, ask: BookingAsk) -> BoxFuture<'_, Result<Booking, DeskError>> {
        let slot = ask.slot.clone();
        ready(Ok(Self::booking(slot, Some(ask), "dry".into()))).boxed()
    }

    fn find(
        &self,
        _: BusinessId,
        _: String,
        _: At,
    ) -> BoxFuture<'_, Result<Vec<Booking>, DeskError>> {
        ready(Ok(Vec::new())).boxed()
    }

    fn reschedule(
        &self,
        _: EffectKey,
        id: String,
        slot: Slot,
        _: u32,
    ) -> BoxFuture<'_, Result<Booking, DeskError>> {
        ready(Ok(Self::booking(slot, None, id))).boxed()
    }

    fn cancel(&self, _: EffectKey, id: String) -> BoxFuture<'_, Result<Booking, DeskError>> {
        let slot = Slot {
            start: At(0),
            minutes: 1,
        };
        ready(Ok(Self::booking(slot, None, id))).boxed()
    }

    fn message(&self, _: EffectKey, _: Message) -> BoxFuture<'_, Result<(), DeskError>> {
        ready(Ok(())).boxed()
    }
}
