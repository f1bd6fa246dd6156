//! The desk of the agent, kept in the records.

use std::sync::Arc;

use agent::{Booking, BookingAsk, Desk, DeskError, EffectKey, Message, Slot};
use events::{At, BusinessId, Clock};
use futures::future::BoxFuture;
use store::{Records, Reservation, ReservationAsk, StoreError};

/// The longest reservation that is looked for when free times are asked, ms.
const DAY_MS: u64 = 24 * 3_600_000;

/// Bookings and messages in the records.
pub struct RecordsDesk {
    records: Arc<dyn Records>,
    clock: Arc<dyn Clock>,
}

impl RecordsDesk {
    /// A desk over these records.
    pub fn new(records: Arc<dyn Records>, clock: Arc<dyn Clock>) -> Self {
        Self { records, clock }
    }
}

impl Desk for RecordsDesk {
    fn free(
        &self,
        business: BusinessId,
        candidates: Vec<Slot>,
        parallel: u32,
    ) -> BoxFuture<'_, Result<Vec<Slot>, DeskError>> {
        Box::pin(async move {
            let (Some(first), Some(last)) = (candidates.iter().min(), candidates.iter().max())
            else {
                return Ok(Vec::new());
            };
            let (from, until) = (first.start - DAY_MS, last.start + DAY_MS);
            let taken = self
                .records
                .reservations(&business, from, until)
                .await
                .map_err(desk_error)?;
            let overlapping = |slot: &Slot| {
                let end = slot.start + u64::from(slot.minutes) * 60_000;
                taken
                    .iter()
                    .filter(|r| {
                        r.ask.start < end
                            && slot.start < r.ask.start + u64::from(r.ask.minutes) * 60_000
                    })
                    .count()
            };
            Ok(candidates
                .into_iter()
                .filter(|slot| overlapping(slot) < parallel.max(1) as usize)
                .collect())
        })
    }

    fn book(&self, key: EffectKey, ask: BookingAsk) -> BoxFuture<'_, Result<Booking, DeskError>> {
        let ask = ReservationAsk {
            business: ask.business,
            service: ask.service,
            start: ask.slot.start,
            minutes: ask.slot.minutes,
            parallel: ask.parallel,
            name: ask.name,
            phone: ask.phone,
        };
        Box::pin(async move {
            let made = self
                .records
                .reserve(&key.call, key.turn, key.ordinal, ask)
                .await;
            made.map(booking).map_err(desk_error)
        })
    }

    fn find(
        &self,
        business: BusinessId,
        phone: String,
        now: At,
    ) -> BoxFuture<'_, Result<Vec<Booking>, DeskError>> {
        Box::pin(async move {
            let found = self
                .records
                .reservations_of(&business, &phone, now)
                .await
                .map_err(desk_error)?;
            Ok(found.into_iter().map(booking).collect())
        })
    }

    fn reschedule(
        &self,
        key: EffectKey,
        id: String,
        slot: Slot,
        parallel: u32,
    ) -> BoxFuture<'_, Result<Booking, DeskError>> {
        Box::pin(async move {
            let moved = self
                .records
                .reschedule(
                    &key.call,
                    key.turn,
                    key.ordinal,
                    &id,
                    slot.start,
                    slot.minutes,
                    parallel,
                )
                .await;
            moved.map(booking).map_err(desk_error)
        })
    }

    fn cancel(&self, _key: EffectKey, id: String) -> BoxFuture<'_, Result<Booking, DeskError>> {
        // Cancelling twice is cancelling once, so the key is not needed.
        Box::pin(async move {
            self.records
                .cancel(&id)
                .await
                .map(booking)
                .map_err(desk_error)
        })
    }

    fn message(&self, key: EffectKey, message: Message) -> BoxFuture<'_, Result<(), DeskError>> {
        let Message {
            business,
            name,
            phone,
            text,
        } = message;
        let at = self.clock.now();
        let message = store::Message {
            business,
            call: key.call,
            at,
            name,
            phone,
            text,
        };
        Box::pin(async move {
            self.records
                .leave_message(key.turn, key.ordinal, message)
                .await
                .map_err(desk_error)
        })
    }
}

fn booking(reservation: Reservation) -> Booking {
    let Reservation {
        id,
        ask,
        cancelled,
        call: _,
    } = reservation;
    let ReservationAsk {
        business,
        service,
        start,
        minutes,
        parallel,
        name,
        phone,
    } = ask;
    let ask = BookingAsk {
        business,
        service,
        slot: Slot { start, minutes },
        parallel,
        name,
        phone,
    };
    Booking { id, ask, cancelled }
}

fn desk_error(error: StoreError) -> DeskError {
    match error {
        StoreError::Taken => DeskError::Taken,
        StoreError::NotFound => DeskError::NotFound,
        other => DeskError::Unavailable(other.to_string()),
    }
}
