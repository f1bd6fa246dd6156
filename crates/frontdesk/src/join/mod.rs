//! Chosen names become parts: the one place of the binary that knows companies.

mod voices;

pub use voices::{CONNECT_MS, Company, company};
