//! The conversation, as a value.
//!
//! [`Call::handle`] takes one [`Input`] with its time and gives back [`Order`]s; [`Call::deadline`] says when it wants to
//! be woken. There is no await, no clock, no randomness and no carrier in here: what differs between phone lines comes in
//! as [`Traits`], what differs between businesses as [`Policy`]. Late answers carry the id of their turn or clip and are
//! ignored when stale, so correctness never depends on cancelling in time. Every phase but ringing has a deadline.

mod call;
mod forecast;
mod order;
mod policy;
mod turn;

pub use call::Call;
pub use forecast::Forecast;
pub use order::{Exchange, Input, Listen, Order, Profile, Sound, Then};
pub use policy::{FillerClip, FillerMode, FillerPolicy, Policy, Traits};
