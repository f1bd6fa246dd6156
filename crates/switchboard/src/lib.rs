//! Owns tasks, timers and the order of things; knows ports, never companies or HTTP.
//!
//! The decision: a call has one owner task with one bounded inbox. Requests, replies, audio and time all arrive there one
//! after the other, are handed to the pure [`call::Call`], and its orders are done before the next. Work runs beside it in
//! child tasks that report back through the same inbox. What leaves was committed first.

mod bus;
mod desk;
mod fillers;
mod forecast;
mod live;
mod mail;
mod owner;
mod parts;
mod policy;
mod room;
mod spawn;
mod switchboard;
mod voicer;
mod work;
mod workshop;

pub use bus::{Bus, Moment, Step, Tap};
pub use desk::RecordsDesk;
pub use fillers::{FillerProgress, FillerRow, FillerState};
pub use forecast::StageTimes;
pub use live::LiveCall;
pub use mail::Knock;
pub use parts::{FindBusiness, Parts, Settings};
pub use spawn::Tasks;
pub use switchboard::{AskError, Switchboard};
pub use voicer::{Spoken, Voicer, Whose};
