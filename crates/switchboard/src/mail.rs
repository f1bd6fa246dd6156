//! What is sent to the owner of a call.

use bytes::Bytes;
use call::Input;
use carrier::{Document, DocumentError};
use events::{BusinessId, CallId, Event};
use line::{Heard, Kind};
use store::Bytes32;
use tokio::sync::oneshot;

/// A request of the carrier, verified and decoded.
#[derive(Clone, Debug)]
pub struct Knock {
    /// Whose phone.
    pub business: BusinessId,
    /// Which call.
    pub call: CallId,
    /// What is asked.
    pub kind: Kind,
    /// What the caller did.
    pub heard: Heard,
    /// The caller's number, E.164.
    pub from: Option<String>,
    /// The number they called, E.164.
    pub to: Option<String>,
    /// The hash of the signed content.
    pub key: Bytes32,
    /// The carrier's dialect.
    pub encode: fn(&Document) -> Result<String, DocumentError>,
}

/// What comes into the inbox.
pub(crate) enum Mail {
    Visit(Box<Visit>),
    Input(Input),
    Note(Event),
    HangUp,
}

/// A carrier's request, waiting.
pub(crate) struct Visit {
    pub knock: Knock,
    /// The store was asked: this request was never answered before.
    pub checked: bool,
    pub reply: oneshot::Sender<Reply>,
}

pub(crate) enum Reply {
    Body(Bytes),
    /// This may be a repetition of something long ago.
    AskStore,
    /// Another instance owns the call.
    Moved,
}
