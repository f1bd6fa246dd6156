//! Records with a hand on the lever: slow, failing, and counting.
//!
//! Paused time must not run while a real store works on its own thread, or every limit would pass in an instant: so
//! each request holds time still until it is answered.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    mpsc,
};
use std::time::Duration;

use bytes::Bytes;
use events::{At, BusinessId, CallId, InstanceId, Stamped, TurnId};
use futures::{FutureExt, future::BoxFuture};
use store::{
    Bytes32, CallFilter, CallRow, Clip, Commit, Lease, Message, Receipt, Records, Reservation,
    ReservationAsk, StoreError,
};
use tokio::sync::Notify;

type Done<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Which commit.
type Like = Box<dyn Fn(&Commit) -> bool + Send>;

/// What the records are told to do.
#[derive(Default)]
pub struct Lever {
    /// Commits and claims take this long, ms.
    pub slow_ms: AtomicU64,
    /// So many of the next commits and claims fail.
    pub failing: AtomicUsize,
    /// Commits that were written.
    pub commits: AtomicUsize,
    /// The plug is pulled after the first commit like this.
    cut_after: Mutex<Option<Like>>,
    /// The plug is pulled after a reservation.
    pub cut_after_booking: AtomicBool,
    dead: AtomicBool,
    pulled: Notify,
}

impl Lever {
    /// Pulls the plug: nothing that comes after is written, and nothing is answered.
    pub fn cut(&self) {
        self.dead.store(true, Ordering::SeqCst);
        self.pulled.notify_one();
    }

    /// Pulls the plug after the first commit like this.
    pub fn cut_after(&self, like: impl Fn(&Commit) -> bool + Send + 'static) {
        *self.cut_after.lock().expect("no test panics here") = Some(Box::new(like));
    }

    /// Waits until the plug is pulled.
    pub async fn dead(&self) {
        self.pulled.notified().await;
    }

    async fn alive(&self) {
        if self.dead.load(Ordering::SeqCst) {
            std::future::pending().await
        }
    }
}

/// Records behind a lever.
pub struct Levered {
    pub records: Arc<dyn Records>,
    pub lever: Arc<Lever>,
}

/// Holds paused time still while something that is not tokio's works.
async fn still<T>(work: impl Future<Output = T>) -> T {
    let (done, wait) = mpsc::channel::<()>();
    let hold = tokio::task::spawn_blocking(move || wait.recv());
    let result = work.await;
    drop(done);
    let _ = hold.await;
    result
}

impl Levered {
    async fn trouble(&self) -> Result<(), StoreError> {
        let slow = self.lever.slow_ms.load(Ordering::SeqCst);
        if slow > 0 {
            tokio::time::sleep(Duration::from_millis(slow)).await;
        }
        let less = |failing: usize| failing.checked_sub(1);
        let failing = &self.lever.failing;
        match failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less) {
            Ok(_) => Err(StoreError::Unavailable("told to fail".into())),
            Err(_) => {
                self.lever.alive().await;
                Ok(())
            }
        }
    }
}

impl Records for Levered {
    fn claim<'a>(&'a self, call: &'a CallId, instance: &'a InstanceId) -> Done<'a, Lease> {
        async move {
            self.trouble().await?;
            still(self.records.claim(call, instance)).await
        }
        .boxed()
    }

    fn commit(&self, commit: Commit) -> Done<'_, ()> {
        async move {
            self.trouble().await?;
            let last = {
                let like = self.lever.cut_after.lock().expect("no test panics here");
                like.as_ref().is_some_and(|like| like(&commit))
            };
            still(self.records.commit(commit)).await?;
            self.lever.commits.fetch_add(1, Ordering::SeqCst);
            if last {
                self.lever.cut();
                self.lever.alive().await;
            }
            Ok(())
        }
        .boxed()
    }

    fn answer<'a>(&'a self, key: &'a Bytes32) -> Done<'a, Option<Bytes>> {
        still(self.records.answer(key)).boxed()
    }
    fn calls(&self, filter: CallFilter) -> Done<'_, Vec<CallRow>> {
        still(self.records.calls(filter)).boxed()
    }
    fn call<'a>(&'a self, call: &'a CallId) -> Done<'a, Option<CallRow>> {
        still(self.records.call(call)).boxed()
    }
    fn events<'a>(&'a self, call: &'a CallId) -> Done<'a, Vec<Stamped>> {
        still(self.records.events(call)).boxed()
    }
    fn reserve<'a>(
        &'a self,
        call: &'a CallId,
        turn: TurnId,
        ordinal: u32,
        ask: ReservationAsk,
    ) -> Done<'a, Reservation> {
        async move {
            self.lever.alive().await;
            let booked = still(self.records.reserve(call, turn, ordinal, ask)).await;
            if self.lever.cut_after_booking.load(Ordering::SeqCst) {
                self.lever.cut();
                self.lever.alive().await;
            }
            booked
        }
        .boxed()
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
        let moved = self
            .records
            .reschedule(call, turn, ordinal, id, start, minutes, parallel);
        still(moved).boxed()
    }
    fn cancel<'a>(&'a self, id: &'a str) -> Done<'a, Reservation> {
        still(self.records.cancel(id)).boxed()
    }
    fn reservations<'a>(
        &'a self,
        business: &'a BusinessId,
        from: At,
        until: At,
    ) -> Done<'a, Vec<Reservation>> {
        still(self.records.reservations(business, from, until)).boxed()
    }
    fn reservations_of<'a>(
        &'a self,
        business: &'a BusinessId,
        phone: &'a str,
        now: At,
    ) -> Done<'a, Vec<Reservation>> {
        still(self.records.reservations_of(business, phone, now)).boxed()
    }
    fn leave_message(&self, turn: TurnId, ordinal: u32, message: Message) -> Done<'_, ()> {
        still(self.records.leave_message(turn, ordinal, message)).boxed()
    }
    fn messages<'a>(&'a self, business: &'a BusinessId) -> Done<'a, Vec<Message>> {
        still(self.records.messages(business)).boxed()
    }
    fn put_clip(&self, clip: Clip) -> Done<'_, ()> {
        still(self.records.put_clip(clip)).boxed()
    }
    fn clips<'a>(&'a self, business: &'a BusinessId) -> Done<'a, Vec<Clip>> {
        still(self.records.clips(business)).boxed()
    }
    fn forget_caller<'a>(&'a self, number: &'a str) -> Done<'a, Receipt> {
        still(self.records.forget_caller(number)).boxed()
    }
    fn sweep(&self, calls_before: At, answers_before: At) -> Done<'_, Receipt> {
        still(self.records.sweep(calls_before, answers_before)).boxed()
    }
    fn health(&self) -> Done<'_, ()> {
        still(self.records.health()).boxed()
    }
}
