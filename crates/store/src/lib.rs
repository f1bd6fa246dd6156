//! Remembering: records and audio objects; memory, SQLite and folder built in.
//!
//! The decision: one answer to a carrier is one commit. Snapshot, events, the hash of the signed request and the exact
//! response bytes go into the store together, fenced by the epoch of the call's owner, before the answer leaves.
//!
//! Audio is named by its hash and can always be made again, so its stores stand in [`Tiers`]: what is fast may forget,
//! what is slow may fail, and the caller notices neither.

mod calendar;
pub mod contract;
mod cookbook;
mod flights;
mod folder;
mod limits;
mod memory;
mod memory_objects;
mod objects;
mod recipes;
mod records;
pub mod rules;
mod sqlite;
mod tiers;

pub use cookbook::{Cookbook, Made, Source};
pub use flights::{Asked, Flights, MemoryFlights, SharedFlights, Turn, once};
pub use folder::FolderObjects;
pub use limits::{OBJECT as LARGEST_OBJECT, object as check_size};
pub use memory::MemoryRecords;
pub use memory_objects::MemoryObjects;
pub use objects::{Held, Links, ObjectKey, Objects};
pub use recipes::{Known, LARGEST_NOTE, Note, Recipe, RecipeKey, Recipes};
pub use records::{
    Answer, Bytes32, CallFilter, CallRow, Clip, Commit, Lease, Message, Receipt, Records,
    Reservation, ReservationAsk, StoreError,
};
pub use sqlite::SqliteRecords;
pub use tiers::{Figures, Later, Layer, LayerFigures, Tier, Tiers, Times};
