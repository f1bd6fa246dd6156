//! Reservations, as SQL.
//!
//! The decision: whoever reserves or moves holds the calendar of that business until the end of the transaction, in any
//! process, so the exact overlap check of [`store::rules`] is never raced.

use events::{At, BusinessId, CallId, TurnId};
use sqlx::{PgConnection, Row, postgres::PgRow};
use store::{
    Reservation, ReservationAsk, StoreError,
    rules::{LONGEST_MINUTES, Span, fits},
};

use crate::{
    line::{begin_locked, lock_key, settle},
    rows::{id, int, small, text, unsigned},
    words::Fault,
};

/// What happens once: the turn's effect with this number.
pub(crate) struct Key<'a> {
    pub(crate) call: &'a CallId,
    pub(crate) turn: TurnId,
    pub(crate) ordinal: u32,
}

macro_rules! fields {
    () => {
        "id, business, service, starts, minutes, parallel, name, phone, cancelled, call"
    };
}

macro_rules! reservation {
    ($where:literal) => {
        concat!("SELECT ", fields!(), " FROM reservations WHERE ", $where)
    };
}

fn calendar(schema: &str, business: &BusinessId) -> i64 {
    lock_key(schema, business.as_str())
}

pub(crate) async fn reserve(
    conn: &mut PgConnection,
    schema: &str,
    key: &Key<'_>,
    ask: &ReservationAsk,
) -> Result<Reservation, Fault> {
    let mut transaction = begin_locked(conn, calendar(schema, &ask.business)).await?;
    let done = reserve_in(&mut transaction, key, ask).await;
    settle(transaction, done).await
}

async fn reserve_in(
    conn: &mut PgConnection,
    key: &Key<'_>,
    ask: &ReservationAsk,
) -> Result<Reservation, Fault> {
    if let Some(id) = done_before(conn, "reserve", key).await? {
        return find(conn, &id).await;
    }
    if let Some(first) = had_before(conn, key.call, ask).await? {
        note_done(conn, "reserve", key, &first.id).await?;
        return Ok(first);
    }
    let made = Reservation {
        id: uuid::Uuid::now_v7().to_string(),
        ask: ask.clone(),
        cancelled: false,
        call: key.call.clone(),
    };
    let span = has_room(conn, &made).await?;
    sqlx::query(
        "WITH made AS (
           INSERT INTO reservations (id, business, service, starts, ends, minutes, parallel, name, phone, cancelled, call)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)
         ) INSERT INTO effects (kind, call, turn, ordinal, reservation) VALUES ('reserve', $10, $11, $12, $1)",
    )
    .bind(made.id.as_str())
    .bind(ask.business.as_str())
    .bind(ask.service.as_str())
    .bind(int(span.start))
    .bind(int(span.end))
    .bind(i64::from(ask.minutes))
    .bind(i64::from(ask.parallel))
    .bind(ask.name.as_str())
    .bind(ask.phone.as_str())
    .bind(key.call.as_str())
    .bind(i64::from(key.turn.0))
    .bind(i64::from(key.ordinal))
    .execute(conn)
    .await?;
    Ok(made)
}

/// When a reservation moves to, and how many may overlap there.
#[derive(Clone, Copy)]
pub(crate) struct Move {
    pub(crate) start: At,
    pub(crate) minutes: u32,
    pub(crate) parallel: u32,
}

pub(crate) async fn reschedule(
    conn: &mut PgConnection,
    schema: &str,
    key: &Key<'_>,
    id: &str,
    to: Move,
) -> Result<Reservation, Fault> {
    let business = find(conn, id).await?.ask.business;
    let mut transaction = begin_locked(conn, calendar(schema, &business)).await?;
    let done = reschedule_in(&mut transaction, key, id, to).await;
    settle(transaction, done).await
}

async fn reschedule_in(
    conn: &mut PgConnection,
    key: &Key<'_>,
    id: &str,
    to: Move,
) -> Result<Reservation, Fault> {
    if let Some(id) = done_before(conn, "reschedule", key).await? {
        return find(conn, &id).await;
    }
    let mut moved = find(conn, id).await?;
    if moved.cancelled {
        return Err(StoreError::NotFound.into());
    }
    (moved.ask.start, moved.ask.minutes) = (to.start, to.minutes);
    moved.ask.parallel = to.parallel;
    let span = has_room(conn, &moved).await?;
    let done = sqlx::query(
        "UPDATE reservations SET starts = $2, ends = $3, minutes = $4, parallel = $5 WHERE id = $1 AND cancelled = 0",
    )
    .bind(id)
    .bind(int(span.start))
    .bind(int(span.end))
    .bind(i64::from(to.minutes))
    .bind(i64::from(to.parallel))
    .execute(&mut *conn)
    .await?;
    // A cancellation waits for no calendar, and may have come in between.
    if done.rows_affected() == 0 {
        return Err(StoreError::NotFound.into());
    }
    note_done(conn, "reschedule", key, id).await?;
    Ok(moved)
}

/// It only makes room, so it needs no lock.
pub(crate) async fn cancel(conn: &mut PgConnection, id: &str) -> Result<Reservation, Fault> {
    let row = sqlx::query(concat!(
        "UPDATE reservations SET cancelled = 1 WHERE id = $1 RETURNING ",
        fields!()
    ))
    .bind(text(id))
    .fetch_optional(conn)
    .await?;
    read(&row.ok_or(StoreError::NotFound)?)
}

async fn done_before(
    conn: &mut PgConnection,
    kind: &'static str,
    key: &Key<'_>,
) -> Result<Option<String>, Fault> {
    let row = sqlx::query(
        "SELECT reservation FROM effects WHERE kind = $1 AND call = $2 AND turn = $3 AND ordinal = $4",
    )
    .bind(kind)
    .bind(key.call.as_str())
    .bind(i64::from(key.turn.0))
    .bind(i64::from(key.ordinal))
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// What this call has reserved already, when it asks for that once more.
async fn had_before(
    conn: &mut PgConnection,
    call: &CallId,
    ask: &ReservationAsk,
) -> Result<Option<Reservation>, Fault> {
    let rows = sqlx::query(reservation!(
        "call = $1 AND starts = $2 AND cancelled = 0 ORDER BY id LIMIT 1000"
    ))
    .bind(call.as_str())
    .bind(int(ask.start.0))
    .fetch_all(conn)
    .await?;
    let all = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().find(|held| ask.repeats(&held.ask)))
}

async fn note_done(
    conn: &mut PgConnection,
    kind: &'static str,
    key: &Key<'_>,
    id: &str,
) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO effects (kind, call, turn, ordinal, reservation) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(kind)
    .bind(key.call.as_str())
    .bind(i64::from(key.turn.0))
    .bind(i64::from(key.ordinal))
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}

async fn find(conn: &mut PgConnection, id: &str) -> Result<Reservation, Fault> {
    let row = sqlx::query(reservation!("id = $1"))
        .bind(text(id))
        .fetch_optional(conn)
        .await?;
    read(&row.ok_or(StoreError::NotFound)?)
}

fn read(row: &PgRow) -> Result<Reservation, Fault> {
    Ok(Reservation {
        id: row.try_get("id")?,
        ask: ReservationAsk {
            business: id(row, "business")?,
            service: row.try_get("service")?,
            start: At(unsigned(row, "starts")?),
            minutes: small(row, "minutes")?,
            parallel: small(row, "parallel")?,
            name: row.try_get("name")?,
            phone: row.try_get("phone")?,
        },
        cancelled: unsigned(row, "cancelled")? != 0,
        call: id(row, "call")?,
    })
}

/// The exact check; the span that is wanted.
async fn has_room(conn: &mut PgConnection, wanted: &Reservation) -> Result<Span, Fault> {
    let ask = &wanted.ask;
    let span = Span::new(ask.start, ask.minutes);
    let rows = sqlx::query(
        "SELECT starts, ends FROM reservations
         WHERE business = $1 AND cancelled = 0 AND starts < $2 AND starts > $3 AND ends > $4 AND id <> $5",
    )
    .bind(ask.business.as_str())
    .bind(int(span.end))
    .bind(earliest(span.start))
    .bind(int(span.start))
    .bind(wanted.id.as_str())
    .fetch_all(conn)
    .await?;
    let read = |row: &PgRow| {
        let (start, end) = (unsigned(row, "starts")?, unsigned(row, "ends")?);
        Ok(Span { start, end })
    };
    let others = rows.iter().map(read).collect::<Result<Vec<_>, Fault>>()?;
    if fits(span, &others, ask.parallel) {
        Ok(span)
    } else {
        Err(StoreError::Taken.into())
    }
}

/// Nothing lasts longer than a week, so nothing that began before this overlaps: the index is read in a short range.
fn earliest(start: u64) -> i64 {
    int(start).saturating_sub(int(u64::from(LONGEST_MINUTES) * 60_000) + 1)
}

pub(crate) async fn between(
    conn: &mut PgConnection,
    business: &BusinessId,
    from: At,
    until: At,
) -> Result<Vec<Reservation>, Fault> {
    let rows = sqlx::query(reservation!(
        "business = $1 AND cancelled = 0 AND starts < $2 AND starts > $3 AND ends > $4
         ORDER BY starts, id LIMIT 1000"
    ))
    .bind(business.as_str())
    .bind(int(until.0))
    .bind(earliest(from.0))
    .bind(int(from.0))
    .fetch_all(conn)
    .await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn of(
    conn: &mut PgConnection,
    business: &BusinessId,
    phone: &str,
    now: At,
) -> Result<Vec<Reservation>, Fault> {
    let rows = sqlx::query(reservation!(
        "phone = $2 AND business = $1 AND cancelled = 0 AND starts > $3 ORDER BY starts, id LIMIT 10"
    ))
    .bind(business.as_str())
    .bind(text(phone))
    .bind(int(now.0))
    .fetch_all(conn)
    .await?;
    rows.iter().map(read).collect()
}
