//! Between values and columns.

use std::{borrow::Cow, str::FromStr};

use sqlx::{Row, postgres::PgRow};
use store::StoreError;

use crate::words::Fault;

/// A number for a column. What is larger than a column holds is stored as its largest.
pub(crate) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A text for a column, which holds every character but NUL.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

pub(crate) fn unsigned(row: &PgRow, column: &str) -> Result<u64, Fault> {
    let number: i64 = row.try_get(column)?;
    Ok(u64::try_from(number).unwrap_or(0))
}

pub(crate) fn small(row: &PgRow, column: &str) -> Result<u32, Fault> {
    Ok(u32::try_from(unsigned(row, column)?).unwrap_or(u32::MAX))
}

/// Reads an id back, which only fails when the table was changed by somebody else.
pub(crate) fn id<T: FromStr>(row: &PgRow, column: &str) -> Result<T, Fault> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| {
        Fault::Store(StoreError::Corrupt(format!(
            "the stored {column} {text:?} is not an id: the table was changed by another program"
        )))
    })
}

/// The first column of each row.
pub(crate) fn firsts(rows: &[PgRow]) -> Result<Vec<String>, Fault> {
    let first = |row: &PgRow| row.try_get(0).map_err(Fault::from);
    rows.iter().map(first).collect()
}
