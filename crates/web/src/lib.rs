//! Everything reachable over HTTP: carrier webhooks, audio, admin, console.
//!
//! The decision: handlers only send and wait, with a deadline below the carrier's. Work belongs to the switchboard, so it
//! harms nobody when a handler is dropped, and nothing waits longer than planned when one is not. Ids are parsed before
//! they are used, bodies are read by one helper with a size and a time, and nothing decompresses them.

pub mod admin;
mod app;
mod audio;
mod bench;
mod body;
pub mod console;
mod draining;
mod guard;
mod health;
mod metrics;
mod phone;
mod problem;
mod studio;
mod templates;
pub mod webhooks;

pub use app::{App, Settings, routes, serve, tagger};
pub use bench::{
    BenchDesk, BenchEngine, BenchEstimate, BenchFigure, BenchProgress, BenchRequest, BenchRow,
    BenchWatch,
};
pub use draining::Draining;
pub use health::Check;
pub use metrics::Meter;
pub use phone::{PhoneEvent, PhoneInput, PhoneNetwork, PhoneOptions, PhoneSession};
pub use problem::Problem;
pub use studio::{EnginePrice, Prices, Studio};
pub use templates::{TemplateError, Templates};
