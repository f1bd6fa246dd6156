//! The port, spread over the connections: writes to the writers, reads to the readers.

use bytes::Bytes;
use events::{At, BusinessId, CallId, InstanceId, Stamped, TurnId};
use futures::{FutureExt, future::BoxFuture};
use sqlx::AnyConnection;

use super::{
    SqliteRecords,
    books::{self, Key, Move},
    calls::{self, Prepared},
    fault::Fault,
    forget, messages,
};
use crate::{
    Bytes32, CallFilter, CallRow, Clip, Commit, Lease, Message, Receipt, Records, Reservation,
    ReservationAsk, StoreError, limits, records::read_events,
};

type Done<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// A write that says whether writing works.
async fn beat(conn: &mut AnyConnection) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO health (id, beats) VALUES (1, 1)
         ON CONFLICT (id) DO UPDATE SET beats = health.beats + 1",
    )
    .execute(conn)
    .await?;
    Ok(())
}

impl Records for SqliteRecords {
    fn claim<'a>(&'a self, call: &'a CallId, instance: &'a InstanceId) -> Done<'a, Lease> {
        async move {
            let calls = &self.lanes()?.calls;
            calls.claim(call.clone(), instance.clone()).await
        }
        .boxed()
    }

    fn commit(&self, commit: Commit) -> Done<'_, ()> {
        async move {
            limits::commit(&commit)?;
            let calls = &self.lanes()?.calls;
            calls.commit(Prepared::of(commit)?).await
        }
        .boxed()
    }

    fn answer<'a>(&'a self, key: &'a Bytes32) -> Done<'a, Option<Bytes>> {
        let key = *key;
        self.read(async move |c| calls::answer(c, &key).await)
            .boxed()
    }

    fn calls(&self, filter: CallFilter) -> Done<'_, Vec<CallRow>> {
        self.read(async move |c| calls::list(c, &filter).await)
            .boxed()
    }

    fn call<'a>(&'a self, call: &'a CallId) -> Done<'a, Option<CallRow>> {
        let call = call.clone();
        self.read(async move |c| calls::one(c, &call).await).boxed()
    }

    fn events<'a>(&'a self, call: &'a CallId) -> Done<'a, Vec<Stamped>> {
        async move {
            let wanted = call.clone();
            let batches = self
                .read(async move |c| calls::events(c, &wanted).await)
                .await?;
            read_events(call, &batches)
        }
        .boxed()
    }

    fn reserve<'a>(
        &'a self,
        call: &'a CallId,
        turn: TurnId,
        ordinal: u32,
        ask: ReservationAsk,
    ) -> Done<'a, Reservation> {
        async move {
            limits::ask(&ask)?;
            let key = Key::of(call, turn, ordinal);
            self.book(async move |c| books::reserve(c, &key, ask).await)
                .await
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
        async move {
            limits::minutes(minutes)?;
            let key = Key::of(call, turn, ordinal);
            let id = id.to_owned();
            let to = Move {
                start,
                minutes,
                parallel,
            };
            self.book(async move |c| books::reschedule(c, &key, &id, to).await)
                .await
        }
        .boxed()
    }

    fn cancel<'a>(&'a self, id: &'a str) -> Done<'a, Reservation> {
        let id = id.to_owned();
        self.book(async move |c| books::cancel(c, &id).await)
            .boxed()
    }

    fn reservations<'a>(
        &'a self,
        business: &'a BusinessId,
        from: At,
        until: At,
    ) -> Done<'a, Vec<Reservation>> {
        async move {
            let business = business.clone();
            let reader = &self.lanes()?.books_reader;
            reader
                .run(async move |c| books::between(c, &business, from, until).await)
                .await
        }
        .boxed()
    }

    fn reservations_of<'a>(
        &'a self,
        business: &'a BusinessId,
        phone: &'a str,
        now: At,
    ) -> Done<'a, Vec<Reservation>> {
        async move {
            let (business, phone) = (business.clone(), phone.to_owned());
            let reader = &self.lanes()?.books_reader;
            reader
                .run(async move |c| books::of(c, &business, &phone, now).await)
                .await
        }
        .boxed()
    }

    fn leave_message(&self, turn: TurnId, ordinal: u32, message: Message) -> Done<'_, ()> {
        async move {
            limits::message(&message)?;
            let key = Key::of(&message.call, turn, ordinal);
            self.book(async move |c| messages::leave_message(c, &key, &message).await)
                .await
        }
        .boxed()
    }

    fn messages<'a>(&'a self, business: &'a BusinessId) -> Done<'a, Vec<Message>> {
        async move {
            let business = business.clone();
            let reader = &self.lanes()?.books_reader;
            reader
                .run(async move |c| messages::messages(c, &business).await)
                .await
        }
        .boxed()
    }

    fn put_clip(&self, clip: Clip) -> Done<'_, ()> {
        async move {
            limits::clip(&clip)?;
            self.book(async move |c| messages::put_clip(c, &clip).await)
                .await
        }
        .boxed()
    }

    fn clips<'a>(&'a self, business: &'a BusinessId) -> Done<'a, Vec<Clip>> {
        async move {
            let business = business.clone();
            let reader = &self.lanes()?.books_reader;
            reader
                .run(async move |c| messages::clips(c, &business).await)
                .await
        }
        .boxed()
    }

    fn forget_caller<'a>(&'a self, number: &'a str) -> Done<'a, Receipt> {
        async move {
            let lanes = self.lanes()?;
            forget::caller(&lanes.calls, &lanes.books, number).await
        }
        .boxed()
    }

    fn sweep(&self, calls_before: At, answers_before: At) -> Done<'_, Receipt> {
        async move {
            let lanes = self.lanes()?;
            forget::sweep(&lanes.calls, &lanes.books, calls_before, answers_before).await
        }
        .boxed()
    }

    fn health(&self) -> Done<'_, ()> {
        async move {
            let lanes = self.lanes()?;
            lanes.calls.run(beat).await?;
            lanes.books.run(beat).await
        }
        .boxed()
    }
}
