//! Benchmarks through the front door, with charts.
//!
//! The one decision: nothing is measured by the program that is measured. Calls come from [`carrier_sim`], in another
//! process on another core, over loopback HTTP with signatures; what the caller heard is what its ear heard. The server's
//! own events are read only afterwards, to tell what it waited on purpose from what it took, and to compare its ledger
//! with the ear. Voices are asked one by one by whoever has them ([`speech`]); what is counted and drawn is the same.

mod charts;
mod faults;
mod figures;
mod header;
mod html;
mod load;
mod machine;
mod page;
mod pin;
mod report;
pub mod speech;
mod spread;
mod svg;

pub use faults::Faults;
pub use figures::{FillerFigure, HeldDocument, TurnFigure, figures};
pub use header::Header;
pub use load::{Load, Placed, place};
pub use machine::{Machine, Used, Watch, own_cpu_ms};
pub use pin::{cores, pin_to};
pub use report::{Check, Report, Setup};
pub use spread::Spread;
