//! The ways a phone line talks to us.
//!
//! A line translates: what the carrier sends becomes [`call::Input`]s, and [`call::Order`]s become what the carrier
//! gets. It decides nothing about the conversation. Differences between lines reach the call as [`call::Traits`] only.

mod markup;
mod paths;

use call::{Input, Order, Traits};
use events::At;

pub use markup::{Heard, Kind, Markup, Request, Sent, Ticket};
pub use paths::Paths;

/// A phone line, as a value. Drive it so: `hear`, give every input to the call, `obey` every order, then `flush`.
pub trait Line {
    /// What comes from the carrier.
    type Wire;
    /// What goes to the carrier.
    type Sent;

    /// What this line can do.
    fn traits(&self) -> Traits;
    /// Takes what the carrier sent and writes what it means to the call.
    fn hear(&mut self, wire: Self::Wire, now: At, inputs: &mut Vec<Input>);
    /// Takes one order of the call; orders that are not for a line are ignored.
    fn obey(&mut self, order: &Order, now: At);
    /// Writes what is to be sent now, once the call's orders are done.
    fn flush(&mut self, now: At, sent: &mut Vec<Self::Sent>);
    /// When the line wants `flush` to be called though nothing happened.
    fn deadline(&self) -> Option<At>;
}
