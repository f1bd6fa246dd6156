//! Chosen names become parts: the one place of the binary that knows companies and servers.

mod minds;
mod prices;
mod shelves;
mod voices;

pub use minds::{Watched, mind};
pub use prices::{price, prices};
pub use shelves::{Probe, shelves};
pub use voices::{CONNECT_MS, Company, company};
