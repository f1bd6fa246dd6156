//! What the operator aims at; charts draw it, nothing is refused by it.

use super::{
    keys::{Key, Kind},
    reader::Reader,
};

/// The targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Targets {
    /// Silence that the caller hears in a turn, 95th percentile, ms.
    pub dead_air_p95_ms: u32,
}

const DEAD_AIR_P95_MS: Key = Key::new(
    "targets.dead_air_p95_ms",
    &["FRONTDESK__TARGETS__DEAD_AIR_P95_MS"],
    Kind::Number(100, 60_000),
    "1500",
    "Silence that a caller hears in a turn, 95th percentile, ms; the target line of the charts.",
);

impl Targets {
    /// Its settings.
    pub const KEYS: &[&Key] = &[&DEAD_AIR_P95_MS];

    /// Reads them.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            dead_air_p95_ms: reader.number(&DEAD_AIR_P95_MS),
        }
    }
}
