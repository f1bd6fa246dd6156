//! Calls, events and answers, as SQL.

use std::{collections::BTreeSet, fmt::Write};

use bytes::Bytes;
use events::{At, BusinessId, CallId, InstanceId};
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::fault::Fault;
use crate::{
    Bytes32, CallFilter, CallRow, Commit, Lease, StoreError,
    records::{committed_at, gap, sounds},
};

/// A commit with its texts made, which is done before it waits for the connection.
pub(super) struct Prepared {
    epoch: u64,
    row: CallRow,
    snapshot: Option<Bytes>,
    first: u32,
    until: u64,
    events: Option<String>,
    sounds: BTreeSet<String>,
    answer: Option<(String, Bytes)>,
    made: At,
}

impl Prepared {
    pub(super) fn of(commit: Commit) -> Result<Self, StoreError> {
        let made = committed_at(&commit);
        let first = commit.events.first().map_or(0, |e| e.seq);
        let until = u64::from(first) + commit.events.len() as u64;
        let events = (!commit.events.is_empty()).then(|| serde_json::to_string(&commit.events));
        let events = events.transpose().map_err(|e| {
            StoreError::Corrupt(format!(
                "call {}: its events cannot be written down: {e}",
                commit.call
            ))
        })?;
        Ok(Self {
            sounds: sounds(&commit.events).map(str::to_owned).collect(),
            epoch: commit.epoch,
            row: commit.row,
            snapshot: commit.snapshot,
            first,
            until,
            events,
            answer: commit.answer.map(|a| (hex(&a.key), a.body)),
            made,
        })
    }
}

fn hex(hash: &Bytes32) -> String {
    let mut text = String::with_capacity(64);
    for byte in hash {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A number for a column. What is larger than a column holds is stored as its largest.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(row: &AnyRow, column: &str) -> Result<u64, Fault> {
    let number: i64 = row.try_get(column)?;
    Ok(u64::try_from(number).unwrap_or(0))
}

pub(super) fn small(row: &AnyRow, column: &str) -> Result<u32, Fault> {
    Ok(u32::try_from(unsigned(row, column)?).unwrap_or(u32::MAX))
}

/// Reads an id back, which only fails when the file was changed by somebody else.
pub(super) fn id<T: std::str::FromStr>(row: &AnyRow, column: &str) -> Result<T, Fault> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| {
        Fault::Store(StoreError::Corrupt(format!(
            "the stored {column} {text:?} is not an id: the file was changed by another program"
        )))
    })
}

/// Epoch + 1. A call that is new counts as begun when the latest known call began, until its row says better.
pub(super) async fn claim(
    conn: &mut AnyConnection,
    call: &CallId,
    instance: &InstanceId,
) -> Result<Lease, Fault> {
    let row = sqlx::query(
        "INSERT INTO calls (call, epoch, instance, started, turns, events)
         SELECT $1, 1, $2, COALESCE(MAX(started), 0), 0, 0 FROM calls WHERE 1 = 1
         ON CONFLICT (call) DO UPDATE SET epoch = calls.epoch + 1, instance = excluded.instance
         RETURNING epoch, snapshot, events",
    )
    .bind(call.as_str())
    .bind(instance.as_str())
    .fetch_one(conn)
    .await?;
    Ok(Lease {
        call: call.clone(),
        epoch: unsigned(&row, "epoch")?,
        snapshot: row
            .try_get::<Option<Vec<u8>>, _>("snapshot")?
            .map(Bytes::from),
        events: small(&row, "events")?,
    })
}

/// The row first: it is what refuses a writer that was fenced off. What comes after it cannot be refused.
pub(super) async fn commit(conn: &mut AnyConnection, commit: &Prepared) -> Result<(), Fault> {
    if write_row(conn, commit).await? == 0 {
        return Err(refusal(conn, commit).await?.into());
    }
    let call = commit.row.call.as_str();
    if let Some(events) = &commit.events {
        sqlx::query(
            "INSERT INTO batches (call, until, events) VALUES ($1, $2, $3)
             ON CONFLICT (call, until) DO NOTHING",
        )
        .bind(call)
        .bind(int(commit.until))
        .bind(events.as_str())
        .execute(&mut *conn)
        .await?;
    }
    for object in &commit.sounds {
        sqlx::query(
            "INSERT INTO sounds (object, call) VALUES ($1, $2) ON CONFLICT (object, call) DO NOTHING",
        )
        .bind(object.as_str())
        .bind(call)
        .execute(&mut *conn)
        .await?;
    }
    if let Some((hash, body)) = &commit.answer {
        sqlx::query(
            "INSERT INTO answers (hash, call, made, body) VALUES ($1, $2, $3, $4)
             ON CONFLICT (hash) DO NOTHING",
        )
        .bind(hash.as_str())
        .bind(call)
        .bind(int(commit.made.0))
        .bind(body.to_vec())
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

macro_rules! new_values {
    () => {
        "epoch = $2, business = $3, caller = $4, started = $5, ended = $6, outcome = $7, turns = $8, snapshot = $9,
         events = CASE WHEN calls.events < $10 THEN $10 ELSE calls.events END"
    };
}

/// Only a commit that begins at event 0 may begin a call; every other one must find it.
async fn write_row(conn: &mut AnyConnection, commit: &Prepared) -> Result<u64, Fault> {
    let sql = if commit.first == 0 {
        concat!(
            "INSERT INTO calls (call, epoch, instance, business, caller, started, ended, outcome, turns, snapshot, events)
             VALUES ($1, $2, '', $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (call) DO UPDATE SET ",
            new_values!(),
            " WHERE calls.epoch <= $2 AND calls.events >= $11"
        )
    } else {
        concat!(
            "UPDATE calls SET ",
            new_values!(),
            " WHERE call = $1 AND epoch <= $2 AND events >= $11"
        )
    };
    let row = &commit.row;
    let done = sqlx::query(sql)
        .bind(row.call.as_str())
        .bind(int(commit.epoch))
        .bind(row.business.as_str())
        .bind(row.from.as_deref())
        .bind(int(row.started.0))
        .bind(row.ended.map(|at| int(at.0)))
        .bind(row.outcome.as_deref())
        .bind(i64::from(row.turns))
        .bind(commit.snapshot.as_ref().map(|s| s.to_vec()))
        .bind(int(commit.until))
        .bind(i64::from(commit.first))
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

async fn refusal(conn: &mut AnyConnection, commit: &Prepared) -> Result<StoreError, Fault> {
    let call = &commit.row.call;
    let row = sqlx::query("SELECT epoch, events FROM calls WHERE call = $1")
        .bind(call.as_str())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else {
        return Ok(StoreError::Fenced); // it was removed under its owner
    };
    if commit.epoch < unsigned(&row, "epoch")? {
        return Ok(StoreError::Fenced);
    }
    Ok(gap(call, commit.first, unsigned(&row, "events")?))
}

pub(super) async fn answer(
    conn: &mut AnyConnection,
    key: &Bytes32,
) -> Result<Option<Bytes>, Fault> {
    let row = sqlx::query("SELECT body FROM answers WHERE hash = $1")
        .bind(hex(key))
        .fetch_optional(conn)
        .await?;
    let body = row
        .map(|row| row.try_get::<Vec<u8>, _>("body"))
        .transpose()?;
    Ok(body.map(Bytes::from))
}

macro_rules! list {
    ($which:literal) => {
        concat!(
            "SELECT call, business, caller, started, ended, outcome, turns FROM calls
             WHERE business IS NOT NULL AND started < $1 ",
            $which,
            " ORDER BY started DESC, call DESC LIMIT $2"
        )
    };
}

pub(super) async fn list(
    conn: &mut AnyConnection,
    filter: &CallFilter,
) -> Result<Vec<CallRow>, Fault> {
    let sql = match (&filter.business, filter.live) {
        (None, false) => list!(""),
        (None, true) => list!("AND ended IS NULL"),
        (Some(_), false) => list!("AND business = $3"),
        (Some(_), true) => list!("AND business = $3 AND ended IS NULL"),
    };
    let before = filter.before.map_or(i64::MAX, |at| int(at.0));
    let mut query = sqlx::query(sql)
        .bind(before)
        .bind(i64::from(filter.limit.clamp(1, 200)));
    if let Some(business) = &filter.business {
        query = query.bind(business.as_str());
    }
    query.fetch_all(conn).await?.iter().map(call_row).collect()
}

pub(super) async fn one(conn: &mut AnyConnection, call: &CallId) -> Result<Option<CallRow>, Fault> {
    let row = sqlx::query(
        "SELECT call, business, caller, started, ended, outcome, turns FROM calls
         WHERE call = $1 AND business IS NOT NULL",
    )
    .bind(call.as_str())
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(call_row).transpose()
}

fn call_row(row: &AnyRow) -> Result<CallRow, Fault> {
    let ended: Option<i64> = row.try_get("ended")?;
    Ok(CallRow {
        call: id(row, "call")?,
        business: id::<BusinessId>(row, "business")?,
        from: row.try_get("caller")?,
        started: At(unsigned(row, "started")?),
        ended: ended.map(|at| At(u64::try_from(at).unwrap_or(0))),
        outcome: row.try_get("outcome")?,
        turns: small(row, "turns")?,
    })
}

/// Batches overlap when a commit was repeated with more in it; what was stored first counts.
pub(super) async fn events(conn: &mut AnyConnection, call: &CallId) -> Result<Vec<String>, Fault> {
    let rows = sqlx::query("SELECT events FROM batches WHERE call = $1 ORDER BY until")
        .bind(call.as_str())
        .fetch_all(conn)
        .await?;
    let text = |row: &AnyRow| row.try_get("events").map_err(Fault::from);
    rows.iter().map(text).collect()
}
