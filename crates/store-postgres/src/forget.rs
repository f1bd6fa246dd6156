//! Deleting: one caller's data, and what is old.
//!
//! The decision: the deletion of a caller is one transaction, so that one that was cut off has changed nothing and is
//! asked for again. Retention goes in short steps that pass over what others hold, so several instances may sweep.

use events::At;
use sqlx::{PgConnection, Row};
use store::Receipt;

use crate::{
    line::{begin_slowly, settle},
    rows::{firsts, int, text},
    words::Fault,
};

/// How many rows go in one step, so that live calls are never kept waiting for long.
pub(crate) const ROWS: i64 = 1_000;

/// Removes one caller.
pub(crate) async fn caller(conn: &mut PgConnection, number: &str) -> Result<Receipt, Fault> {
    let mut transaction = begin_slowly(conn).await?;
    let done = caller_in(&mut transaction, number).await;
    settle(transaction, done).await
}

/// The rows of calls first: a commit that was under way is waited for, and the next one finds its call gone.
async fn caller_in(conn: &mut PgConnection, number: &str) -> Result<Receipt, Fault> {
    let number = text(number);
    let gone = sqlx::query("DELETE FROM calls WHERE caller = $1 RETURNING call")
        .bind(&*number)
        .fetch_all(&mut *conn)
        .await?;
    let calls = firsts(&gone)?;
    let played = remove_what_hangs_on(conn, &calls).await?;
    let emptied = sqlx::query(
        "UPDATE reservations SET name = '', phone = ''
         WHERE (phone = $1 OR call = ANY($2)) AND (name <> '' OR phone <> '')",
    )
    .bind(&*number)
    .bind(&calls)
    .execute(&mut *conn)
    .await?;
    // By the calls too: somebody may leave another number than they call from.
    let messages = sqlx::query("DELETE FROM messages WHERE phone = $1 OR call = ANY($2)")
        .bind(&*number)
        .bind(&calls)
        .execute(&mut *conn)
        .await?;
    Ok(Receipt {
        calls: calls.len() as u64,
        reservations: emptied.rows_affected(),
        messages: messages.rows_affected(),
        objects: only_theirs(conn, &played).await?,
    })
}

/// Returns the audio objects that these calls played.
async fn remove_what_hangs_on(
    conn: &mut PgConnection,
    calls: &[String],
) -> Result<Vec<String>, Fault> {
    for sql in [
        "DELETE FROM batches WHERE call = ANY($1)",
        "DELETE FROM answers WHERE call = ANY($1)",
    ] {
        sqlx::query(sql).bind(calls).execute(&mut *conn).await?;
    }
    let played = sqlx::query("DELETE FROM sounds WHERE call = ANY($1) RETURNING object")
        .bind(calls)
        .fetch_all(conn)
        .await?;
    firsts(&played)
}

/// Those that no call that is left plays and no business keeps as a filler, each once.
async fn only_theirs(conn: &mut PgConnection, played: &[String]) -> Result<Vec<String>, Fault> {
    let rows = sqlx::query(
        "SELECT DISTINCT object FROM unnest($1) AS played (object)
         WHERE NOT EXISTS (SELECT 1 FROM sounds WHERE sounds.object = played.object)
           AND NOT EXISTS (SELECT 1 FROM clips WHERE clips.object = played.object)",
    )
    .bind(played)
    .fetch_all(conn)
    .await?;
    firsts(&rows)
}

/// Removes some answers; says how many.
pub(crate) async fn answers(conn: &mut PgConnection, before: At) -> Result<u64, Fault> {
    let done = sqlx::query(
        "DELETE FROM answers WHERE hash IN
         (SELECT hash FROM answers WHERE made < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
    )
    .bind(int(before.0))
    .bind(ROWS)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Removes some calls that ended, and calls that were claimed and never had a row. Says how many had ended, and how many
/// went.
pub(crate) async fn calls(conn: &mut PgConnection, before: At) -> Result<(u64, u64), Fault> {
    let mut transaction = begin_slowly(conn).await?;
    let done = calls_in(&mut transaction, before).await;
    settle(transaction, done).await
}

async fn calls_in(conn: &mut PgConnection, before: At) -> Result<(u64, u64), Fault> {
    let gone = sqlx::query(
        "DELETE FROM calls WHERE call IN
         (SELECT call FROM calls WHERE ended < $1 OR (business IS NULL AND started < $1)
          LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING call, business IS NOT NULL AS told",
    )
    .bind(int(before.0))
    .bind(ROWS)
    .fetch_all(&mut *conn)
    .await?;
    let calls = firsts(&gone)?;
    remove_what_hangs_on(conn, &calls).await?;
    let mut ended = 0;
    for row in &gone {
        ended += u64::from(row.try_get::<bool, _>("told")?);
    }
    Ok((ended, calls.len() as u64))
}
