//! Owns tasks, timers and the order of things; knows ports, never companies or HTTP.
//!
//! The decision: a call has one owner task with one bounded inbox. Requests, replies, audio and time all arrive there one
//! after the other, are handed to the pure [`call::Call`], and its orders are done before the next. Work runs beside it in
//! child tasks that report back through the same inbox. What leaves was committed first.

mod ahead;
mod bus;
mod calm;
mod desk;
mod equivalent;
mod fillers;
mod forecast;
mod jobs;
mod keep_warm;
mod live;
mod mail;
mod owner;
mod parts;
mod persona;
mod policy;
mod prewarm;
mod room;
mod spawn;
mod switchboard;
mod voicer;
mod work;
mod workshop;

pub use ahead::{AheadSettings, Foresight, Price};
pub use bus::{Bus, Moment, Step, Tap};
pub use calm::{AtWork, Calm};
pub use desk::RecordsDesk;
pub use fillers::{FillerProgress, FillerRow, FillerState};
pub use forecast::StageTimes;
pub use jobs::{Backlog, Failure, Job, JobSettings, Jobs, Lane, Outcome, Priority, Refused, Retry};
pub use live::LiveCall;
pub use mail::Knock;
pub use parts::{FindBusiness, Parts, Settings};
pub use prewarm::{Origin, Planned, PrewarmPlan};
pub use spawn::Tasks;
pub use switchboard::{AskError, Switchboard};
pub use voicer::{Spoken, Voicer, Whose};
