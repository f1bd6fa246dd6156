//! The records: in the data folder, or in the PostgreSQL that several instances share.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use store::{Records, SqliteRecords};
use store_postgres::{PostgresRecords, Settings};

use crate::config::Store;

/// How long a PostgreSQL that is still starting is waited for. Without records nothing is answered.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens them.
///
/// # Errors
/// Why they cannot be used, and what to do.
pub async fn open(store: &Store) -> anyhow::Result<Arc<dyn Records>> {
    let Some(postgres) = &store.postgres else {
        let records = SqliteRecords::open(store.data_dir.join("records")).await?;
        for note in records.notes() {
            tracing::warn!("{note}");
        }
        return Ok(Arc::new(records));
    };
    let settings = Settings {
        url: postgres.url.reveal().to_owned(),
        connections: postgres.connections as usize,
        ..Settings::default()
    };
    let waiting = |why: &_| tracing::warn!("the records are not there yet: {why}");
    let opened = PostgresRecords::open_within(settings, PATIENCE, waiting).await;
    Ok(Arc::new(opened.context(
        "the records of `store.postgres_url` cannot be used",
    )?))
}
