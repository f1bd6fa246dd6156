//! Reservations, as SQL.

use events::{At, BusinessId, CallId, TurnId};
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::{
    calls::{id, int, small, unsigned},
    fault::Fault,
};
use crate::{
    Reservation, ReservationAsk, StoreError,
    calendar::{Span, fits, free_lanes},
};

/// What happens once: the turn's effect with this number.
pub(super) struct Key {
    pub(super) call: CallId,
    pub(super) turn: TurnId,
    pub(super) ordinal: u32,
}

impl Key {
    pub(super) fn of(call: &CallId, turn: TurnId, ordinal: u32) -> Self {
        Self {
            call: call.clone(),
            turn,
            ordinal,
        }
    }
}

macro_rules! reservation {
    ($where:literal) => {
        concat!(
            "SELECT id, business, service, starts, minutes, parallel, name, phone, cancelled, call FROM reservations WHERE ",
            $where
        )
    };
}

pub(super) async fn reserve(
    conn: &mut AnyConnection,
    key: &Key,
    ask: ReservationAsk,
) -> Result<Reservation, Fault> {
    lock(conn, &ask.business).await?;
    if let Some(id) = done_before(conn, "reserve", key).await? {
        return find(conn, &id).await;
    }
    if let Some(first) = had_before(conn, &key.call, &ask).await? {
        note_done(conn, "reserve", key, &first.id).await?;
        return Ok(first);
    }
    let made = Reservation {
        id: uuid::Uuid::now_v7().to_string(),
        ask,
        cancelled: false,
        call: key.call.clone(),
    };
    take_places(conn, &made).await?;
    let (ask, span) = (&made.ask, Span::new(made.ask.start, made.ask.minutes));
    sqlx::query(
        "INSERT INTO reservations
           (id, business, service, starts, ends, minutes, parallel, name, phone, cancelled, call)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)",
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
    .bind(made.call.as_str())
    .execute(&mut *conn)
    .await?;
    note_done(conn, "reserve", key, &made.id).await?;
    Ok(made)
}

/// When a reservation moves to, and how many may overlap there.
#[derive(Clone, Copy)]
pub(super) struct Move {
    pub(super) start: At,
    pub(super) minutes: u32,
    pub(super) parallel: u32,
}

pub(super) async fn reschedule(
    conn: &mut AnyConnection,
    key: &Key,
    id: &str,
    to: Move,
) -> Result<Reservation, Fault> {
    let business = find(conn, id).await?.ask.business;
    lock(conn, &business).await?;
    if let Some(id) = done_before(conn, "reschedule", key).await? {
        return find(conn, &id).await;
    }
    let mut moved = find(conn, id).await?;
    if moved.cancelled {
        return Err(StoreError::NotFound.into());
    }
    (moved.ask.start, moved.ask.minutes) = (to.start, to.minutes);
    moved.ask.parallel = to.parallel;
    leave_places(conn, id).await?;
    take_places(conn, &moved).await?;
    let span = Span::new(to.start, to.minutes);
    sqlx::query(
        "UPDATE reservations SET starts = $2, ends = $3, minutes = $4, parallel = $5 WHERE id = $1",
    )
    .bind(id)
    .bind(int(span.start))
    .bind(int(span.end))
    .bind(i64::from(to.minutes))
    .bind(i64::from(to.parallel))
    .execute(&mut *conn)
    .await?;
    note_done(conn, "reschedule", key, id).await?;
    Ok(moved)
}

pub(super) async fn cancel(conn: &mut AnyConnection, id: &str) -> Result<Reservation, Fault> {
    let business = find(conn, id).await?.ask.business;
    lock(conn, &business).await?;
    sqlx::query("UPDATE reservations SET cancelled = 1 WHERE id = $1")
        .bind(id)
        .execute(&mut *conn)
        .await?;
    leave_places(conn, id).await?;
    find(conn, id).await
}

/// Whoever changes a calendar holds its row until the end of the transaction, in any process.
async fn lock(conn: &mut AnyConnection, business: &BusinessId) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO calendars (business, changes) VALUES ($1, 1)
         ON CONFLICT (business) DO UPDATE SET changes = calendars.changes + 1",
    )
    .bind(business.as_str())
    .execute(conn)
    .await?;
    Ok(())
}

async fn done_before(
    conn: &mut AnyConnection,
    kind: &'static str,
    key: &Key,
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
    Ok(row.map(|row| row.try_get("reservation")).transpose()?)
}

/// What this call has reserved already, when it asks for that once more.
async fn had_before(
    conn: &mut AnyConnection,
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
    conn: &mut AnyConnection,
    kind: &'static str,
    key: &Key,
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

async fn find(conn: &mut AnyConnection, id: &str) -> Result<Reservation, Fault> {
    let row = sqlx::query(reservation!("id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await?;
    read(&row.ok_or(StoreError::NotFound)?)
}

fn read(row: &AnyRow) -> Result<Reservation, Fault> {
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

/// The exact check, then one row per sample instant: whoever came past the check still finds the lanes held.
async fn take_places(conn: &mut AnyConnection, wanted: &Reservation) -> Result<(), Fault> {
    let ask = &wanted.ask;
    let span = Span::new(ask.start, ask.minutes);
    let others = overlapping(conn, &ask.business, span, &wanted.id).await?;
    if !fits(span, &others, ask.parallel) {
        return Err(StoreError::Taken.into());
    }
    let held = held(conn, &ask.business, span).await?;
    for (cell, lane) in free_lanes(span, &held) {
        if lane >= u64::from(ask.parallel) {
            return Err(StoreError::Taken.into());
        }
        sqlx::query(
            "INSERT INTO places (business, cell, lane, reservation) VALUES ($1, $2, $3, $4)",
        )
        .bind(ask.business.as_str())
        .bind(int(cell))
        .bind(int(lane))
        .bind(wanted.id.as_str())
        .execute(&mut *conn)
        .await
        .map_err(taken)?;
    }
    Ok(())
}

/// A place that somebody else took in the meantime.
fn taken(e: sqlx::Error) -> Fault {
    let unique = e
        .as_database_error()
        .is_some_and(|e| e.is_unique_violation());
    if unique {
        StoreError::Taken.into()
    } else {
        e.into()
    }
}

async fn overlapping(
    conn: &mut AnyConnection,
    business: &BusinessId,
    span: Span,
    but: &str,
) -> Result<Vec<Span>, Fault> {
    let rows = sqlx::query(
        "SELECT starts, ends FROM reservations
         WHERE business = $1 AND cancelled = 0 AND starts < $2 AND starts > $3 AND ends > $4 AND id <> $5",
    )
    .bind(business.as_str())
    .bind(int(span.end))
    .bind(earliest(span.start))
    .bind(int(span.start))
    .bind(but)
    .fetch_all(conn)
    .await?;
    let span = |row: &AnyRow| {
        let (start, end) = (unsigned(row, "starts")?, unsigned(row, "ends")?);
        Ok(Span { start, end })
    };
    rows.iter().map(span).collect()
}

/// Nothing lasts longer than a week, so nothing that began before this overlaps: the index is read in a short range.
fn earliest(start: u64) -> i64 {
    int(start).saturating_sub(int(u64::from(crate::limits::MINUTES) * 60_000) + 1)
}

async fn held(
    conn: &mut AnyConnection,
    business: &BusinessId,
    span: Span,
) -> Result<Vec<(u64, u64)>, Fault> {
    let cells = span.cells();
    let rows = sqlx::query(
        "SELECT cell, lane FROM places WHERE business = $1 AND cell >= $2 AND cell < $3",
    )
    .bind(business.as_str())
    .bind(int(cells.start))
    .bind(int(cells.end))
    .fetch_all(conn)
    .await?;
    let place = |row: &AnyRow| Ok((unsigned(row, "cell")?, unsigned(row, "lane")?));
    rows.iter().map(place).collect()
}

async fn leave_places(conn: &mut AnyConnection, id: &str) -> Result<(), Fault> {
    sqlx::query("DELETE FROM places WHERE reservation = $1")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn between(
    conn: &mut AnyConnection,
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

pub(super) async fn of(
    conn: &mut AnyConnection,
    business: &BusinessId,
    phone: &str,
    now: At,
) -> Result<Vec<Reservation>, Fault> {
    let rows = sqlx::query(reservation!(
        "phone = $2 AND business = $1 AND cancelled = 0 AND starts > $3 ORDER BY starts, id LIMIT 10"
    ))
    .bind(business.as_str())
    .bind(phone)
    .bind(int(now.0))
    .fetch_all(conn)
    .await?;
    rows.iter().map(read).collect()
}
