//! Records in memory, for tests and for the stateless floor.
//!
//! The decision: one short lock around plain maps, and a fixed number of everything. When calls are too many, the
//! oldest that is over goes first; what somebody was promised (reservations) is never dropped, the next one is refused.

mod books;
mod calls;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use events::{At, BusinessId, CallId, InstanceId, Stamped, TurnId};
use futures::{FutureExt, future::BoxFuture};

use crate::{
    Bytes32, CallFilter, CallRow, Clip, Commit, Lease, Message, Receipt, Records, Reservation,
    ReservationAsk, StoreError, limits,
};
use books::{Books, Key};
use calls::Calls;

/// Records that live as long as the process.
#[derive(Default)]
pub struct MemoryRecords {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    calls: Calls,
    books: Books,
}

type Done<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

impl MemoryRecords {
    /// Empty records.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing below panics between two changes that belong together, so a poisoned state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work` when the future is first asked, so that a future that is dropped unasked does nothing.
    fn with<'a, T: Send>(
        &'a self,
        work: impl FnOnce(&mut State) -> Result<T, StoreError> + Send + 'a,
    ) -> Done<'a, T> {
        async move { work(&mut self.state()) }.boxed()
    }
}

impl Records for MemoryRecords {
    fn claim<'a>(&'a self, call: &'a CallId, _: &'a InstanceId) -> Done<'a, Lease> {
        self.with(|s| s.calls.claim(call))
    }

    fn commit(&self, commit: Commit) -> Done<'_, ()> {
        self.with(|s| {
            limits::commit(&commit)?;
            s.calls.commit(commit)
        })
    }

    fn answer<'a>(&'a self, key: &'a Bytes32) -> Done<'a, Option<Bytes>> {
        self.with(|s| Ok(s.calls.answer(key)))
    }

    fn calls(&self, filter: CallFilter) -> Done<'_, Vec<CallRow>> {
        self.with(move |s| Ok(s.calls.list(&filter)))
    }

    fn call<'a>(&'a self, call: &'a CallId) -> Done<'a, Option<CallRow>> {
        self.with(|s| Ok(s.calls.row(call)))
    }

    fn events<'a>(&'a self, call: &'a CallId) -> Done<'a, Vec<Stamped>> {
        self.with(|s| Ok(s.calls.events(call)))
    }

    fn reserve<'a>(
        &'a self,
        call: &'a CallId,
        turn: TurnId,
        ordinal: u32,
        ask: ReservationAsk,
    ) -> Done<'a, Reservation> {
        self.with(move |s| {
            limits::ask(&ask)?;
            s.books.reserve(Key::of(call, turn, ordinal), ask)
        })
    }

    fn reschedule<'a>(
        &'a self,
        call: &'a CallId,
        turn: TurnId,
        ordinal: u32,
        id: &'a str,
        start: At,
        minutes: u32,
        parallel: u32,
    ) -> Done<'a, Reservation> {
        self.with(move |s| {
            limits::minutes(minutes)?;
            let key = Key::of(call, turn, ordinal);
            s.books.reschedule(key, id, start, minutes, parallel)
        })
    }

    fn cancel<'a>(&'a self, id: &'a str) -> Done<'a, Reservation> {
        self.with(|s| s.books.cancel(id))
    }

    fn reservations<'a>(
        &'a self,
        business: &'a BusinessId,
        from: At,
        until: At,
    ) -> Done<'a, Vec<Reservation>> {
        self.with(move |s| Ok(s.books.between(business, from, until)))
    }

    fn reservations_of<'a>(
        &'a self,
        business: &'a BusinessId,
        phone: &'a str,
        now: At,
    ) -> Done<'a, Vec<Reservation>> {
        self.with(move |s| Ok(s.books.of(business, phone, now)))
    }

    fn leave_message(&self, turn: TurnId, ordinal: u32, message: Message) -> Done<'_, ()> {
        self.with(move |s| {
            limits::message(&message)?;
            let key = Key::of(&message.call, turn, ordinal);
            s.books.leave_message(key, message)
        })
    }

    fn messages<'a>(&'a self, business: &'a BusinessId) -> Done<'a, Vec<Message>> {
        self.with(|s| Ok(s.books.messages(business)))
    }

    fn put_clip(&self, clip: Clip) -> Done<'_, ()> {
        self.with(move |s| {
            limits::clip(&clip)?;
            s.books.put_clip(clip)
        })
    }

    fn clips<'a>(&'a self, business: &'a BusinessId) -> Done<'a, Vec<Clip>> {
        self.with(|s| Ok(s.books.clips(business)))
    }

    fn forget_caller<'a>(&'a self, number: &'a str) -> Done<'a, Receipt> {
        self.with(|s| {
            let (calls, mut objects) = s.calls.forget(number);
            objects.retain(|object| !s.books.is_filler(object));
            let (reservations, messages) = s.books.forget(number, &calls);
            Ok(Receipt {
                calls: calls.len() as u64,
                reservations,
                messages,
                objects: objects.into_iter().collect(),
            })
        })
    }

    fn sweep(&self, calls_before: At, answers_before: At) -> Done<'_, Receipt> {
        self.with(move |s| {
            Ok(Receipt {
                calls: s.calls.sweep(calls_before, answers_before),
                ..Receipt::default()
            })
        })
    }

    fn health(&self) -> Done<'_, ()> {
        async { Ok(()) }.boxed()
    }
}
