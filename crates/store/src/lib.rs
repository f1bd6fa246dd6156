//! Remembering: records and audio objects; memory, SQLite and folder built in.
//!
//! The decision: one answer to a carrier is one commit. Snapshot, events, the hash of the signed request and the exact
//! response bytes go into the store together, fenced by the epoch of the call's owner, before the answer leaves.

mod calendar;
pub mod contract;
mod folder;
mod limits;
mod memory;
mod memory_objects;
mod objects;
mod records;
mod sqlite;

pub use folder::FolderObjects;
pub use memory::MemoryRecords;
pub use memory_objects::MemoryObjects;
pub use objects::{ObjectKey, Objects};
pub use records::{
    Answer, Bytes32, CallFilter, CallRow, Clip, Commit, Lease, Message, Receipt, Records,
    Reservation, ReservationAsk, StoreError,
};
pub use sqlite::SqliteRecords;
