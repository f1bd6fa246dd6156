//! Opening a file: its settings, its health, its tables.
//!
//! The decision: a damaged file never keeps the house from answering. It is moved aside under a name of its own, a new
//! one is begun, and a note says so; nothing is deleted.

use std::{
    ffi::OsString,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use sqlx::{
    AnyConnection, ConnectOptions, Connection, Row, any::AnyConnectOptions, migrate::Migrator,
};

use super::fault::Fault;
use crate::StoreError;

/// Files up to this size are read through at start; larger ones only have their length compared.
const READ_THROUGH: u64 = 256 << 20;
/// How many damaged files are kept beside a good one.
const ASIDE: u32 = 9;

macro_rules! settings {
    ($synchronous:literal) => {
        concat!(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = ",
            $synchronous,
            "; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864; \
             PRAGMA wal_autocheckpoint = 4096;"
        )
    };
}

/// Survives a killed process; a power cut may take the last commits.
pub(super) const NORMAL: &str = settings!("NORMAL");
/// Survives a power cut.
pub(super) const FULL: &str = settings!("FULL");

/// A database file and how it is used.
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) settings: &'static str,
    pub(super) tables: Migrator,
    /// The most pages of 4096 bytes that it may have.
    pub(super) pages: u64,
}

/// Opens the file, moves it aside when it is damaged, and makes its tables. Notes are for the operator.
pub(super) async fn open(
    place: &Place,
    notes: &mut Vec<String>,
) -> Result<AnyConnection, StoreError> {
    let path = &place.path;
    let damage = match open_once(place).await {
        Ok(conn) => return Ok(conn),
        Err(fault) if fault.is_damage() => fault,
        Err(fault) => return Err(fault.explain(path)),
    };
    let aside = move_aside(path)?;
    let why = match damage {
        Fault::Sql(e) => e.to_string(),
        Fault::Store(e) => e.to_string(),
    };
    notes.push(format!(
        "{} was damaged ({why}); it is now {} and a new one was begun: what it held is not served; \
         `sqlite3 {} .recover` may get some of it back",
        path.display(),
        aside.display(),
        aside.display()
    ));
    open_once(place).await.map_err(|e| e.explain(path))
}

async fn open_once(place: &Place) -> Result<AnyConnection, Fault> {
    lost_its_beginning(&place.path)?;
    let mut conn = connect(place).await?;
    let ready = match check(&mut conn, &place.path).await {
        Ok(()) => make_tables(&mut conn, &place.tables).await,
        Err(fault) => Err(fault),
    };
    match ready {
        Ok(()) => Ok(conn),
        Err(fault) => {
            let _ = conn.close().await; // the fault is what counts
            Err(fault)
        }
    }
}

/// One more connection to a file that was opened before.
pub(super) async fn connect(place: &Place) -> Result<AnyConnection, Fault> {
    sqlx::any::install_default_drivers();
    let options: AnyConnectOptions = address(&place.path)?.parse()?;
    let mut conn = options.disable_statement_logging().connect().await?;
    let limit = format!("PRAGMA max_page_count = {}", place.pages);
    let set = async {
        sqlx::raw_sql(place.settings).execute(&mut conn).await?;
        // The number is ours, and a PRAGMA takes no parameter.
        sqlx::raw_sql(sqlx::AssertSqlSafe(limit))
            .execute(&mut conn)
            .await
    };
    match set.await {
        Ok(_) => Ok(conn),
        Err(e) => {
            let _ = conn.close().await; // the error is what counts
            Err(e.into())
        }
    }
}

/// The file as an address: every byte that means something in an address is escaped.
fn address(path: &Path) -> Result<String, StoreError> {
    let unusable = |why: &str| {
        StoreError::Unavailable(format!(
            "{} cannot hold records ({why}): name another folder",
            path.display()
        ))
    };
    let path = std::path::absolute(path).map_err(|e| unusable(&e.to_string()))?;
    let text = path.to_str().ok_or_else(|| unusable("not UTF-8"))?;
    let mut address = "sqlite://".to_owned();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    Ok(address + "?mode=rwc")
}

/// SQLite takes an empty file for a new one and throws its log away: what is left of a file that was cut to nothing.
fn lost_its_beginning(path: &Path) -> Result<(), StoreError> {
    let size = |path: &Path| fs::metadata(path).map(|m| m.len());
    let emptied = size(path).is_ok_and(|n| n == 0);
    if emptied && size(&beside(path, "-wal")).is_ok_and(|n| n > 0) {
        return Err(StoreError::Corrupt(
            "the file is empty and its log is not".to_owned(),
        ));
    }
    Ok(())
}

async fn check(conn: &mut AnyConnection, path: &Path) -> Result<(), Fault> {
    let pages: i64 = sqlx::query("PRAGMA page_count")
        .fetch_one(&mut *conn)
        .await?
        .try_get(0)?;
    let size = u64::try_from(pages).unwrap_or(0) * 4096;
    if size > READ_THROUGH {
        return whole_length(size, path);
    }
    let said: String = sqlx::query("PRAGMA quick_check(1)")
        .fetch_one(conn)
        .await?
        .try_get(0)?;
    if said == "ok" {
        return Ok(());
    }
    Err(StoreError::Corrupt(said.replace('\n', " ")).into())
}

/// Pages that are not yet in the file are in its log, so the file alone may be shorter by the log's length.
fn whole_length(size: u64, path: &Path) -> Result<(), Fault> {
    let length = |path: &Path| fs::metadata(path).map_or(0, |m| m.len());
    let there = length(path) + length(&beside(path, "-wal"));
    if there >= size {
        return Ok(());
    }
    Err(StoreError::Corrupt(format!("{there} bytes are left of {size}")).into())
}

/// Two processes that start at once may both try: who comes second finds the tables made.
async fn make_tables(conn: &mut AnyConnection, tables: &Migrator) -> Result<(), Fault> {
    let mut tries_left = 3;
    loop {
        tries_left -= 1;
        match tables.run_direct(None, conn, false).await {
            Ok(()) => return Ok(()),
            Err(_) if tries_left > 0 => {
                // A failed attempt may have left its transaction open.
                let _ = sqlx::query("ROLLBACK").execute(&mut *conn).await;
            }
            Err(e) => return Err(e.into()),
        }
    }
}

/// Renames a file and what belongs to it.
fn move_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let free = |n: &u32| !beside(path, &format!(".corrupt-{n}")).exists();
    let Some(n) = (1..=ASIDE).find(free) else {
        return Err(StoreError::Unavailable(format!(
            "{} is damaged and {ASIDE} damaged files are beside it already: remove the ones named .corrupt-…, and \
             have the disk checked",
            path.display()
        )));
    };
    let aside = beside(path, &format!(".corrupt-{n}"));
    let moved = |from: PathBuf, to: PathBuf| match fs::rename(&from, &to) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::Unavailable(format!(
                "{} is damaged and cannot be moved aside ({e}): move it away, and a new one is begun",
                from.display()
            )))
        }
        _ => Ok(()),
    };
    // The log goes first: a new file must never meet the old one's log.
    moved(beside(path, "-wal"), beside(&aside, "-wal"))?;
    moved(beside(path, "-shm"), beside(&aside, "-shm"))?;
    moved(path.to_owned(), aside.clone())?;
    Ok(aside)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}
