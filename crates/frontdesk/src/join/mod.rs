//! Chosen names become parts: the one place of the binary that knows companies.

mod charges;
mod voices;

pub use charges::dollars_per_1000;
pub use voices::{CONNECT_MS, Company, company};
