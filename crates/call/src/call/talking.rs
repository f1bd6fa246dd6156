//! Our turn: words from the agent become sentences, sentences become clips, clips are released in order.

use events::{At, ClipId, Event, FillerReason, TurnId};
use text::FillerClass;

use super::{Call, Phase};
use crate::{
    order::{Order, Profile, Sound, Then},
    policy::FillerMode,
    turn::{Slot, State, Turn},
};

/// Characters of one reply that are spoken; a model that goes on is cut off (RELIABILITY P24).
const REPLY_CHARS: usize = 1_200;

/// Sentences of one reply that are spoken.
const REPLY_SENTENCES: usize = 40;

impl Call {
    /// The turn with this id, if it is the one that is going on.
    fn current(&mut self, id: TurnId) -> Option<Box<Turn>> {
        match &self.phase {
            Phase::Talking(turn) if turn.id == id => {}
            _ => return None,
        }
        match std::mem::replace(&mut self.phase, Phase::Ringing) {
            Phase::Talking(turn) => Some(turn),
            _ => None,
        }
    }

    /// Puts the turn back and lets the line have whatever can be said now.
    fn go_on(&mut self, mut turn: Box<Turn>, now: At, out: &mut Vec<Order>) {
        while let Some((clip, text, sound)) = turn.next_sayable() {
            self.say(&mut turn, clip, text, sound, out);
        }
        let finished = if turn.done.is_some() && turn.all_said() {
            turn.done.take()
        } else {
            None
        };
        self.phase = Phase::Talking(turn);
        match finished {
            None => {}
            Some(Then::Listen(profile)) => self.listen(profile, now, out),
            Some(Then::HangUp) if self.silences > 0 => self.close("caller.silent", now, out),
            Some(Then::HangUp) => self.close("frontdesk.said_goodbye", now, out),
            Some(Then::Transfer { label, number }) => self.hand_over(label, number, now, out),
        }
    }

    fn say(
        &mut self,
        turn: &mut Turn,
        clip: ClipId,
        text: String,
        sound: Sound,
        out: &mut Vec<Order>,
    ) {
        let decided = turn.decide.take().is_none() || turn.opened || turn.holding || turn.holds > 0;
        if !decided && turn.said().count() == 1 {
            out.push(Order::Note(Event::NoFiller {
                turn: turn.id,
                reason: FillerReason::Fast,
            }));
        }
        turn.quiet = None;
        let plain = matches!(sound, Sound::Text(_));
        if let Some(last) = self.history.back_mut() {
            if !last.agent.is_empty() {
                last.agent.push(' ');
            }
            last.agent.push_str(&text);
        }
        self.playing.push_back((clip, text.clone()));
        out.push(Order::Note(Event::Said { clip, text, plain }));
        out.push(Order::Say {
            clip,
            sound,
            filler: false,
        });
    }

    pub(super) fn reply(&mut self, id: TurnId, delta: &str, now: At, out: &mut Vec<Order>) {
        let Some(mut turn) = self.current(id) else {
            return;
        };
        if turn.done.is_some() {
            self.phase = Phase::Talking(turn);
            return;
        }
        if !std::mem::replace(&mut turn.began, true) && turn.words.is_some() {
            out.push(Order::Note(Event::FirstWords { turn: id }));
        }
        let mut sentences = Vec::new();
        turn.sentences.push(delta, &mut sentences);
        cut(&mut turn, sentences, now, out);
        self.go_on(turn, now, out);
    }

    pub(super) fn reply_done(
        &mut self,
        id: TurnId,
        then: Then,
        memo: String,
        now: At,
        out: &mut Vec<Order>,
    ) {
        let Some(mut turn) = self.current(id) else {
            return;
        };
        if turn.done.is_some() {
            self.phase = Phase::Talking(turn);
            return;
        }
        let mut sentences = Vec::new();
        turn.sentences.finish(&mut sentences);
        cut(&mut turn, sentences, now, out);
        self.memo = memo;
        if turn.slots.is_empty() && turn.heard_before == 0 && turn.words.is_some() {
            self.apologise(turn, "the reply had no words".into(), now, out);
            return;
        }
        turn.done = Some(then);
        if turn.words.is_some() {
            out.push(Order::Note(Event::ReplyDone { turn: id }));
        }
        self.go_on(turn, now, out);
    }

    pub(super) fn reply_failed(&mut self, id: TurnId, why: String, now: At, out: &mut Vec<Order>) {
        let Some(turn) = self.current(id) else { return };
        if turn.done.is_some() {
            self.phase = Phase::Talking(turn);
            return;
        }
        self.apologise(turn, why, now, out);
    }

    /// The agent will not finish this reply: what was said stays, then an apology and an offer.
    fn apologise(&mut self, mut turn: Box<Turn>, why: String, now: At, out: &mut Vec<Order>) {
        out.push(Order::Forget { turn: turn.id });
        out.push(Order::Note(Event::ReplyFailed { turn: turn.id, why }));
        turn.slots.retain(|slot| slot.state == State::Said);
        let clip = turn.clip();
        // Read by the line's own voice: whatever was slow or broken is not needed for it.
        turn.slots.push_back(Slot {
            clip,
            text: self.policy.apology.clone(),
            state: State::Failed,
        });
        turn.done = Some(Then::Listen(Profile::YesNo));
        self.go_on(turn, now, out);
    }

    pub(super) fn busy(&mut self, id: TurnId, class: FillerClass) {
        if let Phase::Talking(turn) = &mut self.phase
            && turn.id == id
        {
            turn.intent = class;
            turn.tool = true;
        }
    }

    pub(super) fn voiced(
        &mut self,
        clip: ClipId,
        object: String,
        ms: u32,
        now: At,
        out: &mut Vec<Order>,
    ) {
        self.settle(clip, State::Ready { object, ms }, now, out);
    }

    pub(super) fn voice_failed(&mut self, clip: ClipId, now: At, out: &mut Vec<Order>) {
        self.settle(clip, State::Failed, now, out);
    }

    fn settle(&mut self, clip: ClipId, state: State, now: At, out: &mut Vec<Order>) {
        let Some(mut turn) = self.current(clip.turn) else {
            return;
        };
        if let Some(slot) = turn.slot(clip)
            && matches!(slot.state, State::Waiting(_))
        {
            slot.state = state;
        }
        self.go_on(turn, now, out);
    }

    pub(super) fn turn_deadline(&self, turn: &Turn) -> Option<At> {
        let agent = turn.done.is_none().then_some(turn.give_up);
        let voice = self.voice_due(turn);
        [agent, voice, turn.decide].into_iter().flatten().min()
    }

    /// When the sentence that is next in order counts as unvoiceable.
    fn voice_due(&self, turn: &Turn) -> Option<At> {
        let asked = turn.voicing_since()?;
        Some(asked + u64::from(self.policy.voice_within_ms))
    }

    pub(super) fn turn_tick(&mut self, now: At, out: &mut Vec<Order>) {
        let id = self.turn();
        let Some(mut turn) = self.current(id) else {
            return;
        };
        if turn.done.is_none() && turn.give_up <= now {
            self.apologise(turn, "no reply in time".into(), now, out);
            return;
        }
        if self.voice_due(&turn).is_some_and(|due| due <= now) {
            self.read_out(turn, "no audio in time", now, out);
            return;
        }
        if turn.decide.is_some_and(|due| due <= now) {
            self.decide(&mut turn, now, out);
            if turn.decide.is_none() && turn.quiet.is_some() {
                self.out_of_patience(turn, now, out);
                return;
            }
        }
        self.go_on(turn, now, out);
    }

    /// Fillers are used up and the caller hears nothing: read what there is, or apologise.
    fn out_of_patience(&mut self, turn: Box<Turn>, now: At, out: &mut Vec<Order>) {
        let waiting = turn
            .slots
            .iter()
            .any(|slot| matches!(slot.state, State::Waiting(_)));
        if waiting {
            self.read_out(turn, "the caller waited too long", now, out);
        } else {
            self.apologise(turn, "the caller waited too long".into(), now, out);
        }
    }

    /// The next sentence has no audio yet and is due: the line reads it.
    fn read_out(&mut self, mut turn: Box<Turn>, why: &str, now: At, out: &mut Vec<Order>) {
        if let Some(slot) = turn
            .slots
            .iter_mut()
            .find(|slot| matches!(slot.state, State::Waiting(_)))
        {
            slot.state = State::Failed;
            out.push(Order::Note(Event::VoiceFailed {
                clip: slot.clip,
                why: why.into(),
            }));
        }
        self.go_on(turn, now, out);
    }

    /// Everything the line had was heard and it is still our turn.
    pub(super) fn fell_quiet(&mut self, now: At, out: &mut Vec<Order>) {
        let id = self.turn();
        let Some(mut turn) = self.current(id) else {
            return;
        };
        turn.quiet = Some(now);
        self.plan_second(&mut turn, now, out);
        self.go_on(turn, now, out);
    }

    /// An owner before us is gone: ask again for whatever was not said yet.
    pub(super) fn take_up(&mut self, turn: &mut Turn, now: At, out: &mut Vec<Order>) {
        if turn.done.is_none()
            && let Some((words, digits)) = turn.words.clone()
        {
            turn.heard_before = u32::try_from(turn.said().count()).unwrap_or(u32::MAX);
            turn.slots.retain(|slot| slot.state == State::Said);
            turn.sentences = text::Sentences::default();
            turn.spoken = 0;
            turn.give_up = now + u64::from(self.policy.reply_within_ms);
            out.push(Order::Think {
                turn: turn.id,
                words,
                digits,
            });
        }
        for slot in &mut turn.slots {
            if let State::Waiting(asked) = &mut slot.state {
                *asked = now;
                out.push(Order::Voice {
                    clip: slot.clip,
                    text: slot.text.clone(),
                });
            }
        }
        if turn.quiet.is_some() {
            turn.quiet = Some(now);
            if turn.words.is_some() && self.policy.fillers.mode == FillerMode::On {
                turn.decide = Some(now + u64::from(self.traits.brief_ms));
            }
        }
    }
}

/// Turns complete sentences into clips that the voice is asked for.
fn cut(turn: &mut Turn, sentences: Vec<String>, now: At, out: &mut Vec<Order>) {
    for text in sentences {
        if turn.heard_before > 0 {
            turn.heard_before -= 1;
            continue;
        }
        if turn.spoken >= REPLY_CHARS || turn.slots.len() >= REPLY_SENTENCES {
            return;
        }
        turn.spoken += text.chars().count();
        let clip = turn.clip();
        out.push(Order::Note(Event::Sentence {
            clip,
            text: text.clone(),
        }));
        out.push(Order::Voice {
            clip,
            text: text.clone(),
        });
        turn.slots.push_back(Slot {
            clip,
            text,
            state: State::Waiting(now),
        });
    }
}
