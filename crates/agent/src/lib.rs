//! Replying: one trait, tools and bookings, and the scripted agent that needs no account.
//!
//! The decision: an agent is a function from what was heard to a stream of [`Delta`]s. It owns no state: what it must
//! remember of a dialogue goes back to the call as a [`Memo`] and comes with the next question, so a call that moves to
//! another process takes its dialogue along. Effects go through [`Desk`], whose every write carries the turn it is for.

mod breaker;
mod business;
pub mod contract;
mod demo;
mod desk;
mod facts;
mod feast;
pub mod greeting;
pub mod hear;
mod hours;
mod lint;
mod memory;
mod model;
mod reply;
mod say;
mod scripted;
mod standby;

pub use breaker::{Breaker, Pass};
pub use business::{
    Business, Disclosure, Fact, Fillers, Hours, Offer, OneOrMany, Price, Silence, Transfer,
    VoiceAt, VoiceChanges, VoiceChoice,
};
pub use desk::{Booking, BookingAsk, Desk, DeskError, EffectKey, Message, Slot};
pub use lint::Lint;
pub use memory::MemoryDesk;
pub use model::{
    Line, MOST_ROUNDS, Model, ModelAgent, ModelError, ModelFault, Piece, Prompt, Strainer, Tool,
    ToolCall,
};
pub use reply::{Agent, Ask, Delta, Exchange, Memo, Profile, Standing, Then};
pub use scripted::{Pace, Scripted, Sleeper, repertoire};
pub use standby::{Patience, Ping, Standby};
