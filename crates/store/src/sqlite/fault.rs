//! From a database's error to what the operator should do.

use std::path::Path;

use sqlx::migrate::MigrateError;

use crate::StoreError;

/// What may go wrong while a statement runs.
#[derive(Debug)]
pub(super) enum Fault {
    /// An answer of ours: fenced, taken, not found, corrupt.
    Store(StoreError),
    /// The database's own.
    Sql(sqlx::Error),
}

impl From<StoreError> for Fault {
    fn from(e: StoreError) -> Self {
        Fault::Store(e)
    }
}

impl From<sqlx::Error> for Fault {
    fn from(e: sqlx::Error) -> Self {
        Fault::Sql(e)
    }
}

impl From<MigrateError> for Fault {
    fn from(e: MigrateError) -> Self {
        match e {
            MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => Fault::Sql(e),
            MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => {
                Fault::Store(StoreError::Unavailable(format!(
                    "it was written by another version of this program ({e}): use that version, or name another folder"
                )))
            }
            other => Fault::Store(StoreError::Unavailable(other.to_string())),
        }
    }
}

/// SQLite's primary result code, when this is an error of SQLite.
fn code(e: &sqlx::Error) -> Option<i32> {
    let code = e.as_database_error()?.code()?;
    code.parse::<i32>().ok().map(|extended| extended & 0xff)
}

impl Fault {
    /// Whether the file itself is damaged.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Fault::Store(e) => matches!(e, StoreError::Corrupt(_)),
            Fault::Sql(e) => matches!(code(e), Some(11 | 26)),
        }
    }

    /// Whether everybody who writes now would fail in the same way: locked, read-only, broken, full, gone.
    pub(super) fn is_shared(&self) -> bool {
        match self {
            Fault::Store(_) => false,
            Fault::Sql(e) => {
                e.as_database_error().is_none()
                    || matches!(code(e), Some(5 | 6 | 8 | 10 | 11 | 13 | 14 | 26))
            }
        }
    }

    /// The error for the caller of the port.
    pub(super) fn explain(self, file: &Path) -> StoreError {
        let e = match self {
            Fault::Store(e) => return e,
            Fault::Sql(e) => e,
        };
        let file = file.display();
        let hint = match code(&e) {
            Some(5 | 6) => "another process holds it: stop that one, or wait",
            Some(8) => "it can only be read: make the file and its folder writable for this user",
            Some(10) => {
                "the disk failed, or is full, or this user may write no larger file: check `df`, `ulimit -f` and the kernel's log"
            }
            Some(13) => {
                "the disk is full or the file has reached its limit: free some space or shorten the retention; it goes on by itself"
            }
            Some(14) => {
                "it cannot be opened: make its folder, and make both writable for this user"
            }
            Some(11 | 26) => {
                return StoreError::Corrupt(format!(
                    "{file} is damaged ({e}): restart, and it is moved aside and begun anew"
                ));
            }
            _ => "restart; if it stays, move the file away, and a new one is begun",
        };
        StoreError::Unavailable(format!("{file} cannot be used ({e}): {hint}"))
    }
}
