//! Where things are kept.

use std::path::PathBuf;

use super::{
    keys::{Key, Kind, any},
    reader::Reader,
};

/// The store.
#[derive(Clone, Debug, PartialEq)]
pub struct Store {
    /// The folder of records and sound; a relative one begins where the program was started.
    pub data_dir: PathBuf,
}

const DATA_DIR: Key = Key::new(
    "store.data_dir",
    &["FRONTDESK__STORE__DATA_DIR", "FRONTDESK_DATA_DIR"],
    Kind::Text(any),
    "data",
    "The folder of records and sound; a relative one begins where the program was started.",
);

impl Store {
    /// Its settings.
    pub const KEYS: &[&Key] = &[&DATA_DIR];

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
        Self { data_dir }
    }
}
