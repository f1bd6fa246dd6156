//! One turn at work: what was asked, what is remembered, what will be said.

use std::{future::Future, sync::Arc};

use events::At;
use futures::{SinkExt, channel::mpsc::Sender};
use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};
use text::FillerClass;

use super::state::{Open, State, Task};
use crate::{
    business::{Business, Offer},
    desk::{Desk, DeskError, EffectKey, Slot},
    hear::{Expect, Heard, date::Base},
    hours::Calendar,
    reply::{Ask, Delta, Then},
};

/// One turn.
pub struct Turn {
    /// The question.
    pub ask: Ask,
    /// What is remembered.
    pub state: State,
    /// What was understood.
    pub heard: Heard,
    /// The opening hours.
    pub calendar: Calendar,
    /// The present moment at the business.
    pub now: Zoned,
    /// The records.
    pub desk: Arc<dyn Desk>,
    /// What happens after the reply, when it is not to listen.
    pub then: Option<Then>,
    text: String,
    effects: u32,
    out: Sender<Delta>,
}

impl Turn {
    /// A turn that begins.
    pub fn new(ask: Ask, desk: Arc<dyn Desk>, out: Sender<Delta>) -> Self {
        let now = local(ask.now, &ask.business);
        let state = State::read(&ask.memo);
        Self {
            calendar: Calendar::of(&ask.business.hours),
            heard: Heard::default(),
            then: None,
            text: String::new(),
            effects: 0,
            ask,
            state,
            now,
            desk,
            out,
        }
    }

    /// Understands these words in the light of what was asked last.
    pub fn hear(&mut self, words: &str) {
        let open = self.state.open;
        let form = match &self.state.task {
            Task::Book(form) => Some(form),
            Task::Find(search) => Some(&search.wish),
            _ => None,
        };
        let moving = form.is_some_and(|f| f.moving.is_some());
        let expect = Expect {
            base: Base {
                today: self.today(),
                week: form.and_then(|f| f.week),
            },
            time: matches!(open, Open::Time | Open::Pick | Open::Confirm | Open::Change),
            name: matches!(open, Open::Name | Open::Change),
            phone: open == Open::Phone,
            service: open == Open::Service,
            last: moving || is_move(words),
        };
        self.heard = Heard::of(words, &self.ask.business.services, expect);
    }

    /// The business.
    pub fn business(&self) -> Arc<Business> {
        Arc::clone(&self.ask.business)
    }

    /// The present day at the business.
    pub fn today(&self) -> Date {
        self.now.date()
    }

    /// The service of this name.
    pub fn service(&self, name: &str) -> Option<&Offer> {
        self.ask.business.services.iter().find(|s| s.name == name)
    }

    /// The caller's number, when the carrier showed a real one.
    pub fn caller(&self) -> Option<&str> {
        self.ask
            .caller
            .as_deref()
            .filter(|n| crate::hear::phone::is_e164(n))
    }

    /// Adds a sentence to the reply.
    pub fn say(&mut self, sentence: impl AsRef<str>) {
        // "…at 5 p.m." ends its sentence by itself.
        let sentence = sentence.as_ref().trim().replace("m..", "m.");
        if !sentence.is_empty() {
            if !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(&sentence);
        }
    }

    /// Takes back what was said last, when it ends like this.
    pub fn unsay(&mut self, end: &str) {
        if let Some(rest) = self.text.strip_suffix(end) {
            self.text.truncate(rest.trim_end().len());
        }
    }

    /// What will be said.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Takes what was said out of the turn, so that it can be sent at once.
    pub fn take_text(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// The key of this turn's next effect.
    pub fn key(&mut self) -> EffectKey {
        let key = EffectKey {
            call: self.ask.call.clone(),
            turn: self.ask.turn,
            ordinal: self.effects,
        };
        self.effects += 1;
        key
    }

    /// Uses the desk, and tells the line before and after.
    pub async fn using<T>(
        &mut self,
        name: &str,
        class: FillerClass,
        work: impl Future<Output = Result<T, DeskError>> + Send,
    ) -> Result<T, DeskError> {
        self.send(Delta::Tool {
            name: name.to_owned(),
            class,
        })
        .await;
        let answer = work.await;
        let detail = match &answer {
            Ok(_) => "done".to_owned(),
            Err(why) => why.to_string(),
        };
        self.send(Delta::ToolDone {
            name: name.to_owned(),
            detail,
        })
        .await;
        answer
    }

    /// Sends a piece of the reply. A closed channel means that nobody listens any more; the stream ends with it.
    pub async fn send(&mut self, delta: Delta) {
        drop(self.out.send(delta).await);
    }

    /// This day and minute at the business as a slot; `None` when the clocks skip it or it is out of range.
    pub fn slot(&self, day: Date, minute: u16, minutes: u32) -> Option<Slot> {
        let hour = i8::try_from(minute / 60).ok()?;
        let time = jiff::civil::Time::new(hour, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
        let wanted = day.to_datetime(time);
        let zoned = wanted.to_zoned(self.now.time_zone().clone()).ok()?;
        if zoned.datetime() != wanted {
            return None;
        }
        let ms = u64::try_from(zoned.timestamp().as_millisecond()).ok()?;
        Some(Slot {
            start: At(ms),
            minutes,
        })
    }

    /// Day and minute at the business of this moment.
    pub fn local(&self, at: At) -> (Date, u16) {
        let zoned = moment(at).to_zoned(self.now.time_zone().clone());
        let minute = i32::from(zoned.hour()) * 60 + i32::from(zoned.minute());
        (zoned.date(), u16::try_from(minute).unwrap_or(0))
    }
}

/// This moment at the business.
pub fn local(at: At, business: &Business) -> Zoned {
    let zone = TimeZone::get(&business.timezone).unwrap_or(TimeZone::UTC);
    moment(at).to_zoned(zone)
}

fn moment(at: At) -> Timestamp {
    let ms = i64::try_from(at.0).unwrap_or(0);
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn is_move(words: &str) -> bool {
    let words = words.to_lowercase();
    words.contains("move")
        || words.contains("reschedul")
        || words.contains("change")
        || words.contains("push")
}
