//! Reservations, messages and filler clips, in memory.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
};

use events::{At, BusinessId, CallId, TurnId};

use crate::{
    Clip, Message, Reservation, ReservationAsk, StoreError,
    calendar::{Span, fits},
};

/// The most of each kind that is kept.
const ROWS: usize = 50_000;

/// What happens once: the turn's effect with this number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(CallId, TurnId, u32);

impl Key {
    pub(super) fn of(call: &CallId, turn: TurnId, ordinal: u32) -> Self {
        Self(call.clone(), turn, ordinal)
    }
}

#[derive(Default)]
pub(super) struct Books {
    reservations: BTreeMap<String, Reservation>,
    reserved: HashMap<Key, String>,
    moved: HashMap<Key, String>,
    messages: Vec<(Key, Message)>,
    clips: BTreeMap<(BusinessId, String, String), Clip>,
}

impl Books {
    pub(super) fn reserve(
        &mut self,
        key: Key,
        ask: ReservationAsk,
    ) -> Result<Reservation, StoreError> {
        if let Some(id) = self.reserved.get(&key) {
            return self.find(id);
        }
        full("reservations", self.reserved.len())?;
        let again = |r: &&Reservation| r.call == key.0 && ask.repeats(&r.ask);
        let first = self.standing(&ask.business).find(again).cloned();
        if let Some(first) = first {
            self.reserved.insert(key, first.id.clone());
            return Ok(first);
        }
        self.check(None, &ask)?;
        let reservation = Reservation {
            id: uuid::Uuid::now_v7().to_string(),
            ask,
            cancelled: false,
            call: key.0.clone(),
        };
        let id = reservation.id.clone();
        self.reserved.insert(key, id.clone());
        self.reservations.insert(id, reservation.clone());
        Ok(reservation)
    }

    pub(super) fn reschedule(
        &mut self,
        key: Key,
        id: &str,
        start: At,
        minutes: u32,
        parallel: u32,
    ) -> Result<Reservation, StoreError> {
        if let Some(id) = self.moved.get(&key) {
            return self.find(id);
        }
        let mut reservation = self.find(id)?;
        if reservation.cancelled {
            return Err(StoreError::NotFound);
        }
        let ask = &mut reservation.ask;
        (ask.start, ask.minutes, ask.parallel) = (start, minutes, parallel);
        self.check(Some(id), ask)?;
        full("moves of reservations", self.moved.len())?;
        self.moved.insert(key, id.to_owned());
        self.reservations.insert(id.to_owned(), reservation.clone());
        Ok(reservation)
    }

    pub(super) fn cancel(&mut self, id: &str) -> Result<Reservation, StoreError> {
        let reservation = self.reservations.get_mut(id).ok_or(StoreError::NotFound)?;
        reservation.cancelled = true;
        Ok(reservation.clone())
    }

    fn find(&self, id: &str) -> Result<Reservation, StoreError> {
        self.reservations
            .get(id)
            .cloned()
            .ok_or(StoreError::NotFound)
    }

    fn standing(&self, business: &BusinessId) -> impl Iterator<Item = &Reservation> {
        let here = move |r: &&Reservation| r.ask.business == *business && !r.cancelled;
        self.reservations.values().filter(here)
    }

    fn check(&self, moving: Option<&str>, ask: &ReservationAsk) -> Result<(), StoreError> {
        let others: Vec<_> = self
            .standing(&ask.business)
            .filter(|r| Some(r.id.as_str()) != moving)
            .map(span)
            .collect();
        let wanted = Span::new(ask.start, ask.minutes);
        if fits(wanted, &others, ask.parallel) {
            Ok(())
        } else {
            Err(StoreError::Taken)
        }
    }

    pub(super) fn between(&self, business: &BusinessId, from: At, until: At) -> Vec<Reservation> {
        let (start, end) = (from.0, until.0);
        let wanted = Span { start, end };
        let found = self.standing(business).filter(|r| span(r).meets(wanted));
        soonest(found, 1000)
    }

    pub(super) fn of(&self, business: &BusinessId, phone: &str, now: At) -> Vec<Reservation> {
        let theirs = |r: &&Reservation| r.ask.phone == phone && r.ask.start > now;
        soonest(self.standing(business).filter(theirs), 10)
    }

    pub(super) fn leave_message(&mut self, key: Key, message: Message) -> Result<(), StoreError> {
        if self.messages.iter().any(|(k, _)| *k == key) {
            return Ok(());
        }
        full("messages", self.messages.len())?;
        self.messages.push((key, message));
        Ok(())
    }

    pub(super) fn messages(&self, business: &BusinessId) -> Vec<Message> {
        let all = self.messages.iter().rev().map(|(_, message)| message);
        let mut found: Vec<_> = all.filter(|m| m.business == *business).cloned().collect();
        found.sort_by_key(|m| Reverse(m.at));
        found.truncate(200);
        found
    }

    pub(super) fn put_clip(&mut self, clip: Clip) -> Result<(), StoreError> {
        let key = (clip.business.clone(), clip.class.clone(), clip.text.clone());
        if !self.clips.contains_key(&key) {
            full("filler clips", self.clips.len())?;
        }
        self.clips.insert(key, clip);
        Ok(())
    }

    pub(super) fn clips(&self, business: &BusinessId) -> Vec<Clip> {
        let all = self.clips.values();
        all.filter(|c| c.business == *business).cloned().collect()
    }

    /// Whether a business keeps this audio object as a filler.
    pub(super) fn is_filler(&self, object: &str) -> bool {
        self.clips.values().any(|clip| clip.object == object)
    }

    /// Empties the personal fields of reservations and removes messages; says how many of each.
    pub(super) fn forget(&mut self, number: &str, calls: &HashSet<CallId>) -> (u64, u64) {
        let mut emptied = 0;
        for reservation in self.reservations.values_mut() {
            let ask = &mut reservation.ask;
            let theirs = ask.phone == number || calls.contains(&reservation.call);
            if theirs && !(ask.name.is_empty() && ask.phone.is_empty()) {
                (ask.name, ask.phone) = (String::new(), String::new());
                emptied += 1;
            }
        }
        let before = self.messages.len();
        self.messages
            .retain(|(_, m)| m.phone != number && !calls.contains(&m.call));
        (emptied, (before - self.messages.len()) as u64)
    }
}

fn span(reservation: &Reservation) -> Span {
    Span::new(reservation.ask.start, reservation.ask.minutes)
}

fn soonest<'a>(found: impl Iterator<Item = &'a Reservation>, most: usize) -> Vec<Reservation> {
    let mut found: Vec<_> = found.cloned().collect();
    found.sort_by(|a, b| (a.ask.start, &a.id).cmp(&(b.ask.start, &b.id)));
    found.truncate(most);
    found
}

fn full(what: &str, rows: usize) -> Result<(), StoreError> {
    if rows < ROWS {
        return Ok(());
    }
    Err(StoreError::Unavailable(format!(
        "memory keeps at most {ROWS} {what}: keep records in a file"
    )))
}
