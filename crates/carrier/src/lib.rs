//! The words carriers use on the wire: decode, encode, verify; nothing else.
//!
//! The one decision: a carrier is a *dialect*. What we want it to do ([`Document`]) and what it
//! tells us ([`Webhook`]) are carrier-neutral values; one folder per carrier turns them into that
//! carrier's bytes and back, and no carrier's name appears outside its folder. Everything here is
//! a pure function of its arguments: no socket, no clock, no environment.

mod dedupe;
mod document;
pub mod form;
pub mod twilio;
mod webhook;

pub use dedupe::{SignedContent, dedupe_key};
pub use document::{Document, DocumentError, Gather, GatherInput, SpeechTimeout, Verb};
pub use webhook::{
    AnsweredBy, CallStatus, DialOutcome, DialStatus, Direction, Failure, Heard, Number, Webhook,
    WebhookKind,
};
