//! Chosen names become parts: the one place of the binary that knows companies.

mod prices;
mod voices;

pub use prices::dollars_per_1000;
pub use voices::{CONNECT_MS, Company, company};
