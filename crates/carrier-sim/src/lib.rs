//! A telephone network to test against and to play with.
//!
//! The one decision: it shares no wire code with the server it calls. It signs webhooks, reads the
//! answers with its own strict reader, plays what they say against one timeline, and listens to that
//! timeline with an [`Ear`], so "dead air" is what a caller would have heard and not what a handler
//! believes. Callers come from a [`Script`] (tests, benchmarks) or from outside through a [`Phone`]
//! (browser, terminal). Bad manners are configuration: loss, duplicates, stale repeats, slow media,
//! hanging up at any instant.
//!
//! Time is simulated: with `speed` 10, ten seconds of call take one second, and every wait and every
//! measured duration scales alike.

mod account;
mod clips;
mod clock;
mod config;
mod ear;
mod engine;
mod exec;
mod gather;
mod network;
mod phone;
mod report;
mod rest;
mod schema;
mod script;
mod sound;
mod trunk;
mod twiml;

pub use config::{DialPlan, Duplicate, NetworkConfig, NetworkError};
pub use ear::{Ear, SoundKind, TurnSound};
pub use network::Network;
pub use phone::{Input, Phone, PhoneEvent};
pub use report::{CallReport, Ended, Line, Recording, SchemaError, Silence, Speaker, TurnReport};
pub use rest::RestServer;
pub use script::{Script, ScriptError, Step, Turn, When};
pub use sound::{Clip, babble, speaking_ms};
pub use twiml::{Node, Tree};
