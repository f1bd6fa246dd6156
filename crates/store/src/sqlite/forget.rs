//! Deleting: one caller's data, and what is old.
//!
//! The decision: a deletion is written down before it begins and struck out after its end, so one that was cut off by a
//! crash is finished at the next start. Deleted bytes are overwritten (`secure_delete`) and the logs are emptied, so
//! that nothing is left in the files.

use events::At;
use sqlx::{AnyConnection, Row};

use super::{
    calls::int,
    fault::Fault,
    lane::{Lane, transaction},
    settle,
};
use crate::{Receipt, StoreError, calendar};

/// How many rows go in one transaction, so that live calls are never kept waiting for long.
const ROWS: i64 = 200;

/// Removes one caller.
pub(super) async fn caller(
    calls: &Lane,
    books: &Lane,
    number: &str,
) -> Result<Receipt, StoreError> {
    let mut receipt = Receipt::default();
    let given = number.to_owned();
    books
        .run(async move |conn| note(conn, &given).await)
        .await?;
    while round(calls, books, number, &mut receipt).await? {}
    calls.run(empty_log).await?;
    let given = number.to_owned();
    books
        .run(async move |conn| {
            strike_out(conn, &given).await?;
            empty_log(conn).await
        })
        .await?;
    Ok(receipt)
}

/// Removes some of the caller's calls and what was said in them. False when there were none left.
async fn round(
    calls: &Lane,
    books: &Lane,
    number: &str,
    receipt: &mut Receipt,
) -> Result<bool, StoreError> {
    let given = number.to_owned();
    let theirs = calls
        .run(async move |conn| calls_from(conn, &given).await)
        .await?;
    let (given, of) = (number.to_owned(), theirs.clone());
    let (reservations, messages) = books
        .run(async move |conn| {
            transaction(conn, async |conn| empty_books(conn, &given, &of).await).await
        })
        .await?;
    receipt.reservations += reservations;
    receipt.messages += messages;
    receipt.calls += theirs.len() as u64;
    if theirs.is_empty() {
        return Ok(false);
    }
    let only_theirs = calls
        .run(async move |conn| transaction(conn, async |conn| remove(conn, &theirs).await).await)
        .await?;
    let objects = books
        .run(async move |conn| no_fillers(conn, only_theirs).await)
        .await?;
    receipt.objects.extend(objects);
    Ok(true)
}

/// Finishes the deletions that a crash cut off; says how many.
pub(super) async fn unfinished(calls: &Lane, books: &Lane) -> Result<usize, StoreError> {
    let open = books
        .run(async |conn| {
            let rows = sqlx::query("SELECT number FROM deletions")
                .fetch_all(conn)
                .await?;
            let number = |row: &sqlx::any::AnyRow| row.try_get("number").map_err(Fault::from);
            rows.iter().map(number).collect::<Result<Vec<String>, _>>()
        })
        .await?;
    for number in &open {
        caller(calls, books, number).await?;
    }
    Ok(open.len())
}

async fn note(conn: &mut AnyConnection, number: &str) -> Result<(), Fault> {
    sqlx::query("INSERT INTO deletions (number) VALUES ($1) ON CONFLICT (number) DO NOTHING")
        .bind(number)
        .execute(conn)
        .await?;
    Ok(())
}

async fn strike_out(conn: &mut AnyConnection, number: &str) -> Result<(), Fault> {
    sqlx::query("DELETE FROM deletions WHERE number = $1")
        .bind(number)
        .execute(conn)
        .await?;
    Ok(())
}

async fn calls_from(conn: &mut AnyConnection, number: &str) -> Result<Vec<String>, Fault> {
    let rows = sqlx::query("SELECT call FROM calls WHERE caller = $1 LIMIT $2")
        .bind(number)
        .bind(ROWS)
        .fetch_all(conn)
        .await?;
    let call = |row: &sqlx::any::AnyRow| row.try_get("call").map_err(Fault::from);
    rows.iter().map(call).collect()
}

/// Removes calls and all that hangs on them; returns the audio objects that no other call plays.
async fn remove(conn: &mut AnyConnection, calls: &[String]) -> Result<Vec<String>, Fault> {
    let mut objects = Vec::new();
    for call in calls {
        objects.extend(sounds_of(conn, call).await?);
        for sql in [
            "DELETE FROM sounds WHERE call = $1",
            "DELETE FROM batches WHERE call = $1",
            "DELETE FROM answers WHERE call = $1",
            "DELETE FROM calls WHERE call = $1",
        ] {
            sqlx::query(sql)
                .bind(call.as_str())
                .execute(&mut *conn)
                .await?;
        }
    }
    Ok(objects)
}

/// What this call plays and no other that is still here.
async fn sounds_of(conn: &mut AnyConnection, call: &str) -> Result<Vec<String>, Fault> {
    let rows = sqlx::query(
        "SELECT object FROM sounds AS own WHERE call = $1 AND NOT EXISTS
         (SELECT 1 FROM sounds AS other WHERE other.object = own.object AND other.call <> $1)",
    )
    .bind(call)
    .fetch_all(conn)
    .await?;
    let object = |row: &sqlx::any::AnyRow| row.try_get("object").map_err(Fault::from);
    rows.iter().map(object).collect()
}

/// The objects that no business keeps as a filler.
async fn no_fillers(conn: &mut AnyConnection, objects: Vec<String>) -> Result<Vec<String>, Fault> {
    let mut others = Vec::with_capacity(objects.len());
    for object in objects {
        let filler = sqlx::query("SELECT class FROM clips WHERE object = $1 LIMIT 1")
            .bind(object.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        if filler.is_none() {
            others.push(object);
        }
    }
    Ok(others)
}

/// By number, and by the calls it was said in: somebody may leave another number than they call from.
async fn empty_books(
    conn: &mut AnyConnection,
    number: &str,
    calls: &[String],
) -> Result<(u64, u64), Fault> {
    let (by_phone, by_call) = (
        (
            "UPDATE reservations SET name = '', phone = '' WHERE phone = $1 AND (name <> '' OR phone <> '')",
            "DELETE FROM messages WHERE phone = $1",
        ),
        (
            "UPDATE reservations SET name = '', phone = '' WHERE call = $1 AND (name <> '' OR phone <> '')",
            "DELETE FROM messages WHERE call = $1",
        ),
    );
    let mut all = vec![(by_phone, number)];
    all.extend(calls.iter().map(|call| (by_call, call.as_str())));
    let (mut reservations, mut messages) = (0, 0);
    for ((empty, remove), value) in all {
        let done = sqlx::query(empty).bind(value).execute(&mut *conn).await?;
        reservations += done.rows_affected();
        let done = sqlx::query(remove).bind(value).execute(&mut *conn).await?;
        messages += done.rows_affected();
    }
    Ok((reservations, messages))
}

/// Nothing of what was deleted stays in the log.
async fn empty_log(conn: &mut AnyConnection) -> Result<(), Fault> {
    if settle::empty(conn).await? {
        return Ok(());
    }
    Err(Fault::Store(StoreError::Unavailable(
        "the data is deleted, but a reader keeps the log from being emptied: ask for the deletion again".to_owned(),
    )))
}

/// Retention. Each step is short, and live calls' commits go in between.
pub(super) async fn sweep(
    calls: &Lane,
    books: &Lane,
    calls_before: At,
    answers_before: At,
) -> Result<Receipt, StoreError> {
    let mut receipt = Receipt::default();
    let full = u64::try_from(ROWS).unwrap_or(u64::MAX);
    loop {
        let removed = calls
            .run(async move |conn| remove_answers(conn, answers_before).await)
            .await?;
        if removed < full {
            break;
        }
    }
    loop {
        let (ended, removed) = calls
            .run(async move |conn| {
                transaction(conn, async |conn| remove_calls(conn, calls_before).await).await
            })
            .await?;
        receipt.calls += ended;
        if removed < full {
            break;
        }
    }
    books
        .run(async move |conn| remove_places(conn, calls_before).await)
        .await?;
    Ok(receipt)
}

async fn remove_answers(conn: &mut AnyConnection, before: At) -> Result<u64, Fault> {
    let done = sqlx::query(
        "DELETE FROM answers WHERE hash IN (SELECT hash FROM answers WHERE made < $1 LIMIT $2)",
    )
    .bind(int(before.0))
    .bind(ROWS)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Calls that ended, and calls that were claimed and never had a row. Says how many had ended, and how many went.
async fn remove_calls(conn: &mut AnyConnection, before: At) -> Result<(u64, u64), Fault> {
    let rows = sqlx::query(
        "SELECT call, business FROM calls
         WHERE ended < $1 OR (business IS NULL AND started < $1) LIMIT $2",
    )
    .bind(int(before.0))
    .bind(ROWS)
    .fetch_all(&mut *conn)
    .await?;
    let (mut calls, mut ended) = (Vec::with_capacity(rows.len()), 0);
    for row in &rows {
        calls.push(row.try_get("call").map_err(Fault::from)?);
        ended += u64::from(row.try_get::<Option<String>, _>("business")?.is_some());
    }
    remove(conn, &calls).await?;
    Ok((ended, calls.len() as u64))
}

/// The sample instants of the past: nobody reserves there any more.
async fn remove_places(conn: &mut AnyConnection, before: At) -> Result<(), Fault> {
    sqlx::query("DELETE FROM places WHERE cell < $1")
        .bind(int(calendar::cell(before)))
        .execute(conn)
        .await?;
    Ok(())
}
