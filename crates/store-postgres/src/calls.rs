//! Calls, events and answers, as SQL.

use std::{collections::BTreeSet, fmt::Write};

use bytes::Bytes;
use events::{At, BusinessId, CallId, InstanceId};
use sqlx::{PgConnection, Row, postgres::PgRow};
use store::{
    Bytes32, CallFilter, CallRow, Commit, Lease, StoreError,
    rules::{committed_at, gap, sounds},
};

use crate::{
    rows::{firsts, id, int, small, text, unsigned},
    words::Fault,
};

/// A commit with its texts made, which is done before it waits for a connection.
pub(crate) struct Prepared {
    epoch: u64,
    row: CallRow,
    snapshot: Option<Bytes>,
    first: u32,
    until: u64,
    events: Option<String>,
    sounds: Vec<String>,
    answer: Option<(String, Bytes)>,
    made: At,
}

impl Prepared {
    pub(crate) fn of(commit: Commit) -> Result<Self, StoreError> {
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
        let sounds: BTreeSet<&str> = sounds(&commit.events).collect();
        Ok(Self {
            sounds: sounds.into_iter().map(str::to_owned).collect(),
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

/// Epoch + 1. A call that is new counts as begun when the latest known call began, until its row says better.
pub(crate) async fn claim(
    conn: &mut PgConnection,
    call: &CallId,
    instance: &InstanceId,
) -> Result<Lease, Fault> {
    let row = sqlx::query(
        "INSERT INTO calls (call, epoch, instance, started, turns, events)
         SELECT $1, 1, $2, COALESCE(MAX(started), 0), 0, 0 FROM calls
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

macro_rules! commit {
    ($head:literal, $tail:literal) => {
        concat!(
            "WITH owned AS (",
            $head,
            " epoch = $2, business = $3, caller = $4, started = $5, ended = $6, outcome = $7, turns = $8,
              snapshot = $9, events = CASE WHEN calls.events < $10 THEN $10 ELSE calls.events END ",
            $tail,
            " RETURNING call
            ), told AS (
              INSERT INTO batches (call, until, events)
              SELECT call, $10, $12 FROM owned WHERE $12 IS NOT NULL ON CONFLICT DO NOTHING
            ), played AS (
              INSERT INTO sounds (object, call)
              SELECT object, call FROM owned, unnest($13) AS object ON CONFLICT DO NOTHING
            ), said AS (
              INSERT INTO answers (hash, call, made, body)
              SELECT $14, call, $15, $16 FROM owned WHERE $14 IS NOT NULL ON CONFLICT DO NOTHING
            ) SELECT call FROM owned"
        )
    };
}

/// One statement, which is one transaction and one round trip: the row is what refuses a writer that was fenced off,
/// and the rest is written where the row was. Only a commit that begins at event 0 may begin a call; every other one
/// must find it.
pub(crate) async fn commit(conn: &mut PgConnection, commit: &Prepared) -> Result<(), Fault> {
    let sql = if commit.first == 0 {
        commit!(
            "INSERT INTO calls (call, epoch, instance, business, caller, started, ended, outcome, turns, snapshot, events)
             VALUES ($1, $2, '', $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (call) DO UPDATE SET",
            "WHERE calls.epoch <= $2 AND calls.events >= $11"
        )
    } else {
        commit!(
            "UPDATE calls SET",
            "WHERE call = $1 AND epoch <= $2 AND events >= $11"
        )
    };
    let row = &commit.row;
    let (hash, body) = match &commit.answer {
        Some((hash, body)) => (Some(hash.as_str()), Some(&body[..])),
        None => (None, None),
    };
    let written = sqlx::query(sql)
        .bind(row.call.as_str())
        .bind(int(commit.epoch))
        .bind(row.business.as_str())
        .bind(row.from.as_deref().map(text))
        .bind(int(row.started.0))
        .bind(row.ended.map(|at| int(at.0)))
        .bind(row.outcome.as_deref().map(text))
        .bind(i64::from(row.turns))
        .bind(commit.snapshot.as_deref())
        .bind(int(commit.until))
        .bind(i64::from(commit.first))
        .bind(commit.events.as_deref())
        .bind(&commit.sounds)
        .bind(hash)
        .bind(int(commit.made.0))
        .bind(body)
        .fetch_optional(&mut *conn)
        .await?;
    match written {
        Some(_) => Ok(()),
        None => Err(refusal(conn, commit).await?.into()),
    }
}

async fn refusal(conn: &mut PgConnection, commit: &Prepared) -> Result<StoreError, Fault> {
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

pub(crate) async fn answer(conn: &mut PgConnection, key: &Bytes32) -> Result<Option<Bytes>, Fault> {
    let row = sqlx::query("SELECT body FROM answers WHERE hash = $1")
        .bind(hex(key))
        .fetch_optional(conn)
        .await?;
    let body = row.map(|row| row.try_get::<Vec<u8>, _>(0)).transpose()?;
    Ok(body.map(Bytes::from))
}

macro_rules! rows {
    ($which:literal) => {
        concat!(
            "SELECT call, business, caller, started, ended, outcome, turns FROM calls WHERE business IS NOT NULL AND ",
            $which
        )
    };
}

macro_rules! list {
    ($which:literal) => {
        concat!(
            rows!("started < $1 "),
            $which,
            " ORDER BY started DESC, call DESC LIMIT $2"
        )
    };
}

pub(crate) async fn list(
    conn: &mut PgConnection,
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

pub(crate) async fn one(conn: &mut PgConnection, call: &CallId) -> Result<Option<CallRow>, Fault> {
    let row = sqlx::query(rows!("call = $1"))
        .bind(call.as_str())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(call_row).transpose()
}

fn call_row(row: &PgRow) -> Result<CallRow, Fault> {
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
pub(crate) async fn events(conn: &mut PgConnection, call: &CallId) -> Result<Vec<String>, Fault> {
    let rows = sqlx::query("SELECT events FROM batches WHERE call = $1 ORDER BY until")
        .bind(call.as_str())
        .fetch_all(conn)
        .await?;
    firsts(&rows)
}
