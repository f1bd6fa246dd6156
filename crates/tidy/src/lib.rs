//! Tests of the house: arrows, sizes, clocks, names, environment keys, templates.
//!
//! Every check is a function from a [`House`] (the files, read once) to the [`Violation`]s that it finds, so that a
//! planted violation in a test is a house of three lines. A check lives in a file of its own.

pub mod arrows;
pub mod cycles;
pub mod docs;
pub mod figures;
pub mod house;
pub mod keys;
pub mod licences;
pub mod limits;
pub mod locks;
pub mod map;
pub mod names;
pub mod pages;
pub mod paths;
pub mod purity;
pub mod sizes;
pub mod source;
pub mod tables;
pub mod templates;
pub mod tracked;
pub mod violation;

pub use house::House;
pub use violation::Violation;

/// A check: what it is called and what it finds.
pub type Check = (&'static str, fn(&House) -> Vec<Violation>);

/// Every check over the files, in the order in which they are reported. Licences need cargo and stand alone.
pub const CHECKS: &[Check] = &[
    ("parse", house::check),
    ("arrows", arrows::check),
    ("cycles", cycles::check),
    ("purity", purity::check),
    ("names", names::check),
    ("sizes", sizes::check),
    ("locks", locks::check),
    ("limits", limits::check),
    ("keys", keys::check),
    ("templates", templates::check),
    ("docs", docs::check),
    ("pages", pages::check),
    ("tracked", tracked::check),
];

/// Runs every check and joins what they find.
pub fn check_all(house: &House) -> Vec<Violation> {
    CHECKS.iter().flat_map(|(_, check)| check(house)).collect()
}
