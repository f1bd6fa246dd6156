//! What went wrong, and what to do about it.

use std::{borrow::Cow, io::ErrorKind};

use sqlx::Error;
use store::StoreError;

/// What may go wrong while something is asked.
#[derive(Debug)]
pub(crate) enum Fault {
    /// An answer of ours: fenced, taken, not found, corrupt.
    Store(StoreError),
    /// The server's, or the way's to it.
    Sql(Error),
}

impl From<StoreError> for Fault {
    fn from(e: StoreError) -> Self {
        Fault::Store(e)
    }
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        Fault::Sql(e)
    }
}

/// The server's code (<https://www.postgresql.org/docs/current/errcodes-appendix.html>), when it is the server's error.
fn code(e: &Error) -> Option<Cow<'_, str>> {
    e.as_database_error()?.code()
}

/// The other end's certificate or its TLS, which arrives as an error of the connection.
fn is_tls(e: &Error) -> bool {
    match e {
        Error::Tls(_) => true,
        Error::Io(e) => e.kind() == ErrorKind::InvalidData,
        _ => false,
    }
}

fn is(e: &Error, codes: &[&str]) -> bool {
    code(e).is_some_and(|code| codes.iter().any(|known| code.starts_with(known)))
}

/// Nobody will answer on this connection any more: it broke, the server ends it, or the server became a replica and
/// another one is found under its name.
pub(crate) fn is_dead(e: &Error) -> bool {
    matches!(e, Error::Io(_) | Error::Protocol(_) | Error::WorkerCrashed)
        || is(
            e,
            &["08", "25006", "25P03", "57P01", "57P02", "57P03", "57P05"],
        )
}

/// The server undid it because somebody else was in the way; asked again it goes through.
pub(crate) fn is_clash(e: &Error) -> bool {
    is(e, &["40001", "40P01"])
}

/// The server takes no further connection now.
pub(crate) fn is_crowded(e: &Error) -> bool {
    is(e, &["53300"])
}

/// Whether it may be over in a moment without anybody doing anything.
pub(crate) fn passes(e: &Error) -> bool {
    !is_tls(e) && (is_dead(e) || is_clash(e) || is_crowded(e))
}

/// The error for the caller of the port.
pub(crate) fn explain(place: &str, e: &Error) -> StoreError {
    let text = match e {
        Error::ColumnDecode { .. } | Error::ColumnNotFound(_) | Error::Decode(_) => {
            return StoreError::Corrupt(format!(
                "PostgreSQL at {place} holds what this program did not write ({e}): see who else changes its tables"
            ));
        }
        Error::Database(said) => said.message().to_owned(),
        Error::Io(e) => e.to_string(),
        Error::Tls(e) => e.to_string(),
        e => e.to_string(),
    };
    StoreError::Unavailable(format!("PostgreSQL at {place}: {text}: {}", hint(e)))
}

/// The server or the way to it was too slow.
pub(crate) fn late(place: &str, what: &str, ms: u128) -> StoreError {
    StoreError::Unavailable(format!(
        "PostgreSQL at {place}: {what} in {ms} ms: see whether it is reachable and not overloaded"
    ))
}

const HINTS: &[(&str, &str)] = &[
    (
        "25006",
        "it is a replica and cannot be written: name the primary",
    ),
    (
        "28P01",
        "the user name or password is wrong: correct it in the URL",
    ),
    (
        "28",
        "it lets this user in from here in no way: see its pg_hba.conf, or add `?sslmode=require` to the URL",
    ),
    (
        "3D000",
        "make the database (`createdb`), or correct the URL",
    ),
    (
        "3F000",
        "the tables are gone: start again, and they are made",
    ),
    (
        "42P01",
        "the tables are gone: start again, and they are made",
    ),
    (
        "42501",
        "this user may not use the tables or make them: make the schema for it (`CREATE SCHEMA frontdesk \
         AUTHORIZATION name`), or let it (`GRANT CREATE ON DATABASE`)",
    ),
    (
        "53100",
        "its disk is full: free some space there; it goes on by itself",
    ),
    (
        "53300",
        "it has no connection left: raise `max_connections` there, or use fewer connections here",
    ),
    ("53", "it has run out of something: see the server's log"),
    (
        "57014",
        "it took too long: see what else the server does (`pg_stat_activity`)",
    ),
    ("57P03", "it is starting or stopping: wait a little"),
    ("57P", "it was stopped: start it; it goes on by itself"),
];

fn hint(e: &Error) -> &'static str {
    if let Some(code) = code(e) {
        let known = HINTS.iter().find(|(start, _)| code.starts_with(start));
        return known.map_or("see the server's log", |(_, hint)| hint);
    }
    match e {
        e if is_tls(e) => {
            "it has no TLS, or a certificate that is not trusted: name its authority with `sslrootcert`, or choose \
             another `sslmode`"
        }
        Error::Io(e) if e.kind() == ErrorKind::ConnectionRefused => {
            "nobody listens there: start it, or correct host and port"
        }
        Error::Io(e) if e.kind() == ErrorKind::NotFound => {
            "there is no such socket or file: start the server, or correct the URL"
        }
        Error::Io(e) if e.kind() == ErrorKind::UnexpectedEof => {
            "it hung up: see whether it is PostgreSQL that answers there, and its log"
        }
        Error::Io(_) => "the connection failed: see whether the server runs and is reachable",
        Error::Protocol(_) => "what answers is not PostgreSQL: correct host and port",
        _ => "see the server's log",
    }
}
