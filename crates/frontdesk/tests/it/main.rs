//! The tests of the binary crate; its modules are read from their files, as a binary exports nothing.

#[allow(dead_code, unused_imports, reason = "the tests use a part of it")]
#[path = "../../src/config/mod.rs"]
mod settings;

mod config;
mod fillers;
mod persona;
mod records;
