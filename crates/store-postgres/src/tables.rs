//! The tables.
//!
//! Only TEXT, BIGINT, DOUBLE PRECISION and BYTEA. Times are milliseconds since 1970, truth is 0 or 1. A step that has
//! shipped is never edited; the next change is the next step. All steps that are missing are one transaction, under a
//! lock: of two processes that start at once the second finds them made.

use sqlx::{AssertSqlSafe, PgConnection, Row};
use store::StoreError;

use crate::{
    line::{begin_slowly, lock_key, settle},
    words::Fault,
};

/// The oldest server that is used.
const OLDEST: u32 = 12;

const STEPS: &[&str] = &["
CREATE TABLE calls (
  call TEXT NOT NULL PRIMARY KEY,
  epoch BIGINT NOT NULL,
  instance TEXT NOT NULL,
  business TEXT,
  caller TEXT,
  started BIGINT NOT NULL,
  ended BIGINT,
  outcome TEXT,
  turns BIGINT NOT NULL,
  snapshot BYTEA,
  events BIGINT NOT NULL
);
CREATE INDEX calls_by_start ON calls (started);
CREATE INDEX calls_by_business ON calls (business, started);
CREATE INDEX calls_by_caller ON calls (caller);
CREATE INDEX calls_by_end ON calls (ended, started);
CREATE TABLE batches (
  call TEXT NOT NULL,
  until BIGINT NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (call, until)
);
CREATE TABLE sounds (
  object TEXT NOT NULL,
  call TEXT NOT NULL,
  PRIMARY KEY (object, call)
);
CREATE INDEX sounds_by_call ON sounds (call);
CREATE TABLE answers (
  hash TEXT NOT NULL PRIMARY KEY,
  call TEXT NOT NULL,
  made BIGINT NOT NULL,
  body BYTEA NOT NULL
);
CREATE INDEX answers_by_call ON answers (call);
CREATE INDEX answers_by_age ON answers (made);
CREATE TABLE reservations (
  id TEXT NOT NULL PRIMARY KEY,
  business TEXT NOT NULL,
  service TEXT NOT NULL,
  starts BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  minutes BIGINT NOT NULL,
  parallel BIGINT NOT NULL,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  cancelled BIGINT NOT NULL,
  call TEXT NOT NULL
);
CREATE INDEX reservations_by_time ON reservations (business, starts);
CREATE INDEX reservations_by_phone ON reservations (phone);
CREATE INDEX reservations_by_call ON reservations (call);
CREATE TABLE effects (
  kind TEXT NOT NULL,
  call TEXT NOT NULL,
  turn BIGINT NOT NULL,
  ordinal BIGINT NOT NULL,
  reservation TEXT NOT NULL,
  PRIMARY KEY (kind, call, turn, ordinal)
);
CREATE TABLE messages (
  id TEXT NOT NULL PRIMARY KEY,
  business TEXT NOT NULL,
  call TEXT NOT NULL,
  turn BIGINT NOT NULL,
  ordinal BIGINT NOT NULL,
  left_at BIGINT NOT NULL,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (call, turn, ordinal)
);
CREATE INDEX messages_by_business ON messages (business, left_at);
CREATE INDEX messages_by_phone ON messages (phone);
CREATE TABLE clips (
  business TEXT NOT NULL,
  class TEXT NOT NULL,
  words TEXT NOT NULL,
  recipe TEXT NOT NULL,
  object TEXT NOT NULL,
  length_ms BIGINT NOT NULL,
  level_dbfs DOUBLE PRECISION NOT NULL,
  made BIGINT NOT NULL,
  PRIMARY KEY (business, class, words)
);
CREATE INDEX clips_by_object ON clips (object);
CREATE TABLE health (id BIGINT NOT NULL PRIMARY KEY, beats BIGINT NOT NULL);
"];

/// Makes the schema and the steps that are missing.
pub(crate) async fn make(conn: &mut PgConnection, schema: &str) -> Result<(), Fault> {
    suits(conn).await?;
    let mut transaction = begin_slowly(conn).await?;
    let done = make_in(&mut transaction, schema).await;
    settle(transaction, done).await
}

async fn suits(conn: &mut PgConnection) -> Result<(), Fault> {
    let version = conn.server_version_num().unwrap_or(0) / 10_000;
    let row = sqlx::query("SELECT current_setting('server_encoding')")
        .fetch_one(conn)
        .await?;
    let encoding: String = row.try_get(0)?;
    if version < OLDEST {
        return refuse(format!(
            "the server is PostgreSQL {version}: use {OLDEST} or later"
        ));
    }
    if encoding != "UTF8" {
        return refuse(format!(
            "the database keeps texts as {encoding}, which lacks most of what callers are called: make one with `createdb --encoding=UTF8 --template=template0`"
        ));
    }
    Ok(())
}

async fn make_in(conn: &mut PgConnection, schema: &str) -> Result<(), Fault> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(lock_key(schema, ""))
        .execute(&mut *conn)
        .await?;
    let there = sqlx::query("SELECT 1 FROM pg_namespace WHERE nspname = $1")
        .bind(schema)
        .fetch_optional(&mut *conn)
        .await?;
    // `IF NOT EXISTS` would ask for the right to make one even where it exists.
    if there.is_none() {
        run(conn, format!("CREATE SCHEMA {schema}")).await?;
    }
    let stands = "SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'steps'";
    let stands = sqlx::query(stands)
        .bind(schema)
        .fetch_optional(&mut *conn)
        .await?;
    if stands.is_none() {
        run(
            conn,
            "CREATE TABLE steps (step BIGINT PRIMARY KEY)".to_owned(),
        )
        .await?;
    }
    let row = sqlx::query("SELECT COALESCE(MAX(step), 0) FROM steps")
        .fetch_one(&mut *conn)
        .await?;
    let (made, known): (i64, _) = (row.try_get(0)?, STEPS.len() as i64);
    if made > known {
        return refuse(format!(
            "the tables in schema {schema} were made by a newer version of this program (step {made}; this one knows {known}): use that version, or name another database"
        ));
    }
    for (step, sql) in (1..).zip(STEPS).filter(|(step, _)| *step > made) {
        run(conn, (*sql).to_owned()).await?;
        sqlx::query("INSERT INTO steps (step) VALUES ($1)")
            .bind(step)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

async fn run(conn: &mut PgConnection, sql: String) -> Result<(), Fault> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await?;
    Ok(())
}

fn refuse(text: String) -> Result<(), Fault> {
    Err(StoreError::Unavailable(format!("PostgreSQL cannot hold the records: {text}")).into())
}
