//! Where things are kept.

use std::path::PathBuf;

use super::{
    keys::{Fault, Key, Kind, any},
    reader::Reader,
    secret::Secret,
};

/// The store.
#[derive(Clone, Debug, PartialEq)]
pub struct Store {
    /// The folder of records and sound; a relative one begins where the program was started.
    pub data_dir: PathBuf,
    /// The PostgreSQL that keeps the records in place of the folder, when there is one.
    pub postgres: Option<Postgres>,
}

/// A PostgreSQL that several instances share.
#[derive(Clone, Debug, PartialEq)]
pub struct Postgres {
    /// Where it is, with a password as a rule.
    pub url: Secret,
    /// Connections at most.
    pub connections: u32,
}

const DATA_DIR: Key = Key::new(
    "store.data_dir",
    &["FRONTDESK__STORE__DATA_DIR", "FRONTDESK_DATA_DIR"],
    Kind::Text(any),
    "data",
    "The folder of records and sound; a relative one begins where the program was started.",
);
const POSTGRES_URL: Key = Key::new(
    "store.postgres_url",
    &["FRONTDESK__STORE__POSTGRES_URL", "DATABASE_URL"],
    Kind::Secret(postgres_url),
    "",
    "A PostgreSQL that keeps the records for all instances, `postgres://user:password@host:5432/database?sslmode=require`; not set = the data folder.",
);
const POSTGRES_CONNECTIONS: Key = Key::new(
    "store.postgres_connections",
    &["FRONTDESK__STORE__POSTGRES_CONNECTIONS"],
    Kind::Number(1, 1_000),
    "8",
    "Connections of this instance to PostgreSQL at most.",
);

impl Store {
    /// Its settings.
    pub const KEYS: &[&Key] = &[&DATA_DIR, &POSTGRES_URL, &POSTGRES_CONNECTIONS];

    /// Reads them.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        let data_dir = PathBuf::from(reader.text(&DATA_DIR));
        if data_dir.as_os_str().is_empty() {
            reader.refuse(
                &DATA_DIR,
                "`store.data_dir` is empty",
                "write `data_dir = \"data\"`",
            );
        }
        let url = reader.secret(&POSTGRES_URL);
        let connections = reader.number(&POSTGRES_CONNECTIONS);
        Self {
            data_dir,
            postgres: url.map(|url| Postgres { url, connections }),
        }
    }
}

fn postgres_url(text: &str) -> Result<(), Fault> {
    store_postgres::check_url(text).map_err(|bad| Fault::new(bad.what, bad.hint))
}
