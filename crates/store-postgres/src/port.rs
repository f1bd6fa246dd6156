//! The port: each question on a connection of its own.

use bytes::Bytes;
use events::{At, BusinessId, CallId, InstanceId, Stamped, TurnId};
use futures::{FutureExt, future::BoxFuture};
use sqlx::PgConnection;
use store::{
    Bytes32, CallFilter, CallRow, Clip, Commit, Lease, Message, Receipt, Records, Reservation,
    ReservationAsk, StoreError, rules,
};

use crate::{
    PostgresRecords,
    books::{self, Key, Move},
    calls::{self, Prepared},
    forget, messages,
    rows::text,
    words::Fault,
};

type Done<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// A write that says whether writing works.
async fn beat(conn: &mut PgConnection) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO health (id, beats) VALUES (1, 1)
         ON CONFLICT (id) DO UPDATE SET beats = health.beats + 1",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What is asked, in the letters in which it is kept, so that it is known again.
fn as_kept(ask: ReservationAsk) -> ReservationAsk {
    ReservationAsk {
        service: text(&ask.service).into_owned(),
        name: text(&ask.name).into_owned(),
        phone: text(&ask.phone).into_owned(),
        ..ask
    }
}

impl Records for PostgresRecords {
    fn claim<'a>(&'a self, call: &'a CallId, instance: &'a InstanceId) -> Done<'a, Lease> {
        self.line
            .ask(move |c, _| calls::claim(c, call, instance).boxed())
            .boxed()
    }

    fn commit(&self, commit: Commit) -> Done<'_, ()> {
        async move {
            rules::commit(&commit)?;
            let commit = &Prepared::of(commit)?;
            self.line.ask(|c, _| calls::commit(c, commit).boxed()).await
        }
        .boxed()
    }

    fn answer<'a>(&'a self, key: &'a Bytes32) -> Done<'a, Option<Bytes>> {
        self.line
            .ask(move |c, _| calls::answer(c, key).boxed())
            .boxed()
    }

    fn calls(&self, filter: CallFilter) -> Done<'_, Vec<CallRow>> {
        async move {
            let filter = &filter;
            self.line.ask(|c, _| calls::list(c, filter).boxed()).await
        }
        .boxed()
    }

    fn call<'a>(&'a self, call: &'a CallId) -> Done<'a, Option<CallRow>> {
        self.line
            .ask(move |c, _| calls::one(c, call).boxed())
            .boxed()
    }

    fn events<'a>(&'a self, call: &'a CallId) -> Done<'a, Vec<Stamped>> {
        async move {
            let batches = self.line.ask(|c, _| calls::events(c, call).boxed()).await?;
            rules::read_events(call, &batches)
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
            rules::ask(&ask)?;
            let (ask, schema) = (&as_kept(ask), self.schema.as_str());
            let key = &Key {
                call,
                turn,
                ordinal,
            };
            self.line
                .ask(|c, _| books::reserve(c, schema, key, ask).boxed())
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
            rules::minutes(minutes)?;
            let schema = self.schema.as_str();
            let key = &Key {
                call,
                turn,
                ordinal,
            };
            let to = Move {
                start,
                minutes,
                parallel,
            };
            self.line
                .ask(|c, _| books::reschedule(c, schema, key, id, to).boxed())
                .await
        }
        .boxed()
    }

    fn cancel<'a>(&'a self, id: &'a str) -> Done<'a, Reservation> {
        self.line
            .ask(move |c, _| books::cancel(c, id).boxed())
            .boxed()
    }

    fn reservations<'a>(
        &'a self,
        business: &'a BusinessId,
        from: At,
        until: At,
    ) -> Done<'a, Vec<Reservation>> {
        self.line
            .ask(move |c, _| books::between(c, business, from, until).boxed())
            .boxed()
    }

    fn reservations_of<'a>(
        &'a self,
        business: &'a BusinessId,
        phone: &'a str,
        now: At,
    ) -> Done<'a, Vec<Reservation>> {
        self.line
            .ask(move |c, _| books::of(c, business, phone, now).boxed())
            .boxed()
    }

    fn leave_message(&self, turn: TurnId, ordinal: u32, message: Message) -> Done<'_, ()> {
        async move {
            rules::message(&message)?;
            let message = &message;
            let key = &Key {
                call: &message.call,
                turn,
                ordinal,
            };
            self.line
                .ask(|c, _| messages::leave_message(c, key, message).boxed())
                .await
        }
        .boxed()
    }

    fn messages<'a>(&'a self, business: &'a BusinessId) -> Done<'a, Vec<Message>> {
        self.line
            .ask(move |c, _| messages::messages(c, business).boxed())
            .boxed()
    }

    fn put_clip(&self, clip: Clip) -> Done<'_, ()> {
        async move {
            rules::clip(&clip)?;
            let clip = &clip;
            self.line
                .ask(|c, _| messages::put_clip(c, clip).boxed())
                .await
        }
        .boxed()
    }

    fn clips<'a>(&'a self, business: &'a BusinessId) -> Done<'a, Vec<Clip>> {
        self.line
            .ask(move |c, _| messages::clips(c, business).boxed())
            .boxed()
    }

    fn forget_caller<'a>(&'a self, number: &'a str) -> Done<'a, Receipt> {
        async move {
            let done = self
                .line
                .ask_slowly(|c, _| forget::caller(c, number).boxed())
                .await;
            Ok(done?)
        }
        .boxed()
    }

    fn sweep(&self, calls_before: At, answers_before: At) -> Done<'_, Receipt> {
        async move {
            let full = forget::ROWS.cast_unsigned();
            let mut receipt = Receipt::default();
            let old_answers = || {
                self.line
                    .ask(|c, _| forget::answers(c, answers_before).boxed())
            };
            while old_answers().await? >= full {}
            loop {
                let done = self
                    .line
                    .ask_slowly(|c, _| forget::calls(c, calls_before).boxed());
                let (ended, removed) = done.await?;
                receipt.calls += ended;
                if removed < full {
                    return Ok(receipt);
                }
            }
        }
        .boxed()
    }

    fn health(&self) -> Done<'_, ()> {
        self.line.ask(|c, _| beat(c).boxed()).boxed()
    }
}
