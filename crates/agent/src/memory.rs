//! A desk that forgets when the process ends: for tests, and for trying things out.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use events::{At, BusinessId, CallId};
use futures::{
    FutureExt,
    future::{BoxFuture, ready},
};

use crate::desk::{Booking, BookingAsk, Desk, DeskError, EffectKey, Message, Slot};

/// Most bookings, messages and keys that are kept; beyond them the desk says that it is full.
const FULL: usize = 10_000;

/// Bookings and messages in memory.
#[derive(Debug, Default)]
pub struct MemoryDesk {
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    bookings: Vec<Booking>,
    /// The call that made each booking, by its id.
    calls: HashMap<String, CallId>,
    messages: Vec<Message>,
    /// What a write answered, so that it answers the same again.
    done: HashMap<EffectKey, Result<Option<Booking>, DeskError>>,
}

impl MemoryDesk {
    /// An empty desk.
    pub fn new() -> Self {
        Self::default()
    }

    /// All bookings, cancelled ones too, in the order in which they were made.
    pub fn bookings(&self) -> Vec<Booking> {
        self.pages().bookings.clone()
    }

    /// All messages, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.pages().messages.clone()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        // Every write below is complete when the guard drops, so a panic elsewhere left nothing half done.
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies `write` once for this key.
    fn once(
        &self,
        key: EffectKey,
        write: impl FnOnce(&mut Pages) -> Result<Option<Booking>, DeskError>,
    ) -> Result<Option<Booking>, DeskError> {
        let mut pages = self.pages();
        if let Some(answer) = pages.done.get(&key) {
            return answer.clone();
        }
        if pages.done.len() >= FULL {
            return Err(DeskError::Unavailable("the desk in memory is full".into()));
        }
        let answer = write(&mut pages);
        pages.done.insert(key, answer.clone());
        answer
    }
}

impl Pages {
    /// True when fewer than `parallel` bookings of the business overlap this slot, not counting `except`.
    fn has_room(
        &self,
        business: &BusinessId,
        slot: &Slot,
        parallel: u32,
        except: Option<&str>,
    ) -> bool {
        let end = |s: &Slot| s.start + u64::from(s.minutes) * 60_000;
        let overlaps = |b: &&Booking| {
            !b.cancelled
                && b.ask.business == *business
                && Some(b.id.as_str()) != except
                && b.ask.slot.start < end(slot)
                && slot.start < end(&b.ask.slot)
        };
        self.bookings.iter().filter(overlaps).count() < parallel as usize
    }

    /// What this call has booked already, when it asks for that once more.
    fn made_by(&self, call: &CallId, ask: &BookingAsk) -> Option<&Booking> {
        let name = |ask: &BookingAsk| ask.name.trim().to_lowercase();
        self.bookings.iter().find(|b| {
            !b.cancelled
                && self.calls.get(&b.id) == Some(call)
                && (&b.ask.business, &b.ask.service) == (&ask.business, &ask.service)
                && b.ask.slot.start == ask.slot.start
                && name(&b.ask) == name(ask)
        })
    }

    fn standing(&mut self, id: &str) -> Result<&mut Booking, DeskError> {
        let found = self
            .bookings
            .iter_mut()
            .find(|b| b.id == id && !b.cancelled);
        found.ok_or(DeskError::NotFound)
    }
}

fn one(answer: Result<Option<Booking>, DeskError>) -> Result<Booking, DeskError> {
    // A key that kept a message cannot have been used for a booking as well.
    answer?.ok_or(DeskError::NotFound)
}

impl Desk for MemoryDesk {
    fn free(
        &self,
        business: BusinessId,
        candidates: Vec<Slot>,
        parallel: u32,
    ) -> BoxFuture<'_, Result<Vec<Slot>, DeskError>> {
        let pages = self.pages();
        let free = candidates
            .into_iter()
            .filter(|s| pages.has_room(&business, s, parallel, None))
            .collect();
        ready(Ok(free)).boxed()
    }

    fn book(&self, key: EffectKey, ask: BookingAsk) -> BoxFuture<'_, Result<Booking, DeskError>> {
        let call = key.call.clone();
        let answer = self.once(key, |pages| {
            if let Some(first) = pages.made_by(&call, &ask) {
                return Ok(Some(first.clone()));
            }
            if !pages.has_room(&ask.business, &ask.slot, ask.parallel, None) {
                return Err(DeskError::Taken);
            }
            let id = format!("b{}", pages.bookings.len() + 1);
            let booking = Booking {
                id: id.clone(),
                ask,
                cancelled: false,
            };
            pages.calls.insert(id, call);
            pages.bookings.push(booking.clone());
            Ok(Some(booking))
        });
        ready(one(answer)).boxed()
    }

    fn find(
        &self,
        business: BusinessId,
        phone: String,
        now: At,
    ) -> BoxFuture<'_, Result<Vec<Booking>, DeskError>> {
        let fits = |b: &&Booking| {
            !b.cancelled
                && b.ask.business == business
                && b.ask.phone == phone
                && b.ask.slot.start > now
        };
        let mut found: Vec<Booking> = self.pages().bookings.iter().filter(fits).cloned().collect();
        found.sort_by_key(|b| b.ask.slot.start);
        found.truncate(10);
        ready(Ok(found)).boxed()
    }

    fn reschedule(
        &self,
        key: EffectKey,
        id: String,
        slot: Slot,
        parallel: u32,
    ) -> BoxFuture<'_, Result<Booking, DeskError>> {
        let answer = self.once(key, |pages| {
            let business = pages.standing(&id)?.ask.business.clone();
            if !pages.has_room(&business, &slot, parallel, Some(&id)) {
                return Err(DeskError::Taken);
            }
            let booking = pages.standing(&id)?;
            booking.ask.slot = slot;
            Ok(Some(booking.clone()))
        });
        ready(one(answer)).boxed()
    }

    fn cancel(&self, key: EffectKey, id: String) -> BoxFuture<'_, Result<Booking, DeskError>> {
        let answer = self.once(key, |pages| {
            let booking = pages.standing(&id)?;
            booking.cancelled = true;
            Ok(Some(booking.clone()))
        });
        ready(one(answer)).boxed()
    }

    fn message(&self, key: EffectKey, message: Message) -> BoxFuture<'_, Result<(), DeskError>> {
        let answer = self.once(key, |pages| {
            pages.messages.push(message);
            Ok(None)
        });
        ready(answer.map(|_| ())).boxed()
    }
}
