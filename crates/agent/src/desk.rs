//! The desk: where bookings and messages are written. The agent knows this port, not the store behind it.

use events::{At, BusinessId, CallId, TurnId};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// What an irreversible effect is for: the same key has its effect once, however often it is tried.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EffectKey {
    /// The call.
    pub call: CallId,
    /// The turn in which the caller agreed.
    pub turn: TurnId,
    /// Its place among the turn's effects.
    pub ordinal: u32,
}

/// A stretch of time that can be booked; `lane` counts parallel places from 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    /// Start, wall time.
    pub start: At,
    /// Length, minutes.
    pub minutes: u32,
}

/// What the caller wants to book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingAsk {
    /// Where.
    pub business: BusinessId,
    /// What.
    pub service: String,
    /// When.
    pub slot: Slot,
    /// How many of this service can run at once at this business.
    pub parallel: u32,
    /// Who.
    pub name: String,
    /// Their number, as they gave it or as the carrier showed it.
    pub phone: String,
}

/// A booking that exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Its id.
    pub id: String,
    /// What was asked.
    #[serde(flatten)]
    pub ask: BookingAsk,
    /// True when it was cancelled.
    pub cancelled: bool,
}

/// A message for the business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// For whom.
    pub business: BusinessId,
    /// From whom.
    pub name: String,
    /// Their number.
    pub phone: String,
    /// What they said.
    pub text: String,
}

/// Why the desk did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// Somebody else has that time.
    #[error("that time is taken")]
    Taken,
    /// There is no such booking, or it is not this caller's.
    #[error("there is no such booking")]
    NotFound,
    /// The records cannot be reached; the caller is told so.
    #[error("the records cannot be reached: {0}")]
    Unavailable(String),
}

/// Bookings and messages. Every write is applied at most once per [`EffectKey`] and answers the same when repeated.
pub trait Desk: Send + Sync {
    /// The starts among `candidates` at which fewer than `parallel` bookings of this business overlap.
    fn free(
        &self,
        business: BusinessId,
        candidates: Vec<Slot>,
        parallel: u32,
    ) -> BoxFuture<'_, Result<Vec<Slot>, DeskError>>;
    /// Books, or says that the time is taken. A call that asks in a later turn for what it has already (business, service,
    /// start and name) is given that booking again: it may have been made by a turn that was cut off before it said so.
    fn book(&self, key: EffectKey, ask: BookingAsk) -> BoxFuture<'_, Result<Booking, DeskError>>;
    /// The caller's bookings that are not cancelled and start after `now`, soonest first, at most 10.
    fn find(
        &self,
        business: BusinessId,
        phone: String,
        now: At,
    ) -> BoxFuture<'_, Result<Vec<Booking>, DeskError>>;
    /// Moves a booking to another time, or says that it is taken; the old time is free again.
    fn reschedule(
        &self,
        key: EffectKey,
        id: String,
        slot: Slot,
        parallel: u32,
    ) -> BoxFuture<'_, Result<Booking, DeskError>>;
    /// Cancels a booking.
    fn cancel(&self, key: EffectKey, id: String) -> BoxFuture<'_, Result<Booking, DeskError>>;
    /// Keeps a message.
    fn message(&self, key: EffectKey, message: Message) -> BoxFuture<'_, Result<(), DeskError>>;
}
