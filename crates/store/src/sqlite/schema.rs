//! The tables, in SQL that SQLite and Postgres both read.
//!
//! Only TEXT, BIGINT, DOUBLE PRECISION and BYTEA (which SQLite keeps as the blob it is given). Times are milliseconds
//! since 1970, truth is 0 or 1. A migration that has shipped is never edited; the next change is the next migration.

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// Calls, events and answers: many small writes, worth the last second of a power cut.
const CALLS: &str = "
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
CREATE TABLE answers (
  hash TEXT NOT NULL PRIMARY KEY,
  call TEXT NOT NULL,
  made BIGINT NOT NULL,
  body BYTEA NOT NULL
);
CREATE INDEX answers_by_call ON answers (call);
CREATE INDEX answers_by_age ON answers (made);
CREATE TABLE health (id BIGINT NOT NULL PRIMARY KEY, beats BIGINT NOT NULL);
";

/// Which call plays which audio object, so that the deletion of a caller finds what nobody else needs.
const SOUNDS: &str = "
CREATE TABLE sounds (
  object TEXT NOT NULL,
  call TEXT NOT NULL,
  PRIMARY KEY (object, call)
);
CREATE INDEX sounds_by_call ON sounds (call);
";

/// What somebody was promised: each write is on the disk before it counts.
///
/// `calendars` is locked by whoever changes a business's reservations, so the exact overlap check is never raced.
/// `places` samples the calendar every five minutes, one row per reservation and instant: its primary key refuses a
/// place that is given away twice, whoever writes.
const BOOKS: &str = "
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
CREATE TABLE calendars (business TEXT NOT NULL PRIMARY KEY, changes BIGINT NOT NULL);
CREATE TABLE places (
  business TEXT NOT NULL,
  cell BIGINT NOT NULL,
  lane BIGINT NOT NULL,
  reservation TEXT NOT NULL,
  PRIMARY KEY (business, cell, lane)
);
CREATE INDEX places_by_reservation ON places (reservation);
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
CREATE TABLE deletions (number TEXT NOT NULL PRIMARY KEY);
CREATE TABLE health (id BIGINT NOT NULL PRIMARY KEY, beats BIGINT NOT NULL);
";

fn migrator(steps: &[(&'static str, &'static str)]) -> Migrator {
    let step = |(version, (name, sql)): (i64, &(&'static str, &'static str))| {
        let kind = MigrationType::Simple;
        Migration::new(version, (*name).into(), kind, (*sql).into_sql_str(), false)
    };
    Migrator::with_migrations((1..).zip(steps).map(step).collect())
}

/// The tables of the calls' file.
pub(super) fn calls() -> Migrator {
    migrator(&[("calls", CALLS), ("sounds", SOUNDS)])
}

/// The tables of the books' file.
pub(super) fn books() -> Migrator {
    migrator(&[("books", BOOKS)])
}
