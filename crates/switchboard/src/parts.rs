//! What a switchboard is joined from.

use std::sync::Arc;

use agent::{Agent, Business};
use events::{BusinessId, CallId, Clock, InstanceId};
use store::{Objects, Records};

use crate::{Bus, Tasks, Voicer};

/// Numbers that an operator sets.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The public URL without a trailing slash.
    pub base: String,
    /// Calls at the same time; one more is turned away with a word.
    pub calls: usize,
    /// From the caller's words to giving the agent up, ms.
    pub reply_within_ms: u32,
    /// A call of which nothing was heard for so long is over, ms.
    pub idle_ms: u32,
    /// No call is longer than this, ms.
    pub longest_ms: u32,
    /// The longest that a carrier's request is held, ms; carriers give up at 15 s.
    pub hold_ms: u32,
}

/// Finds a business by its id.
pub type FindBusiness = Box<dyn Fn(&BusinessId) -> Option<Arc<Business>> + Send + Sync>;

/// What the switchboard is joined from.
pub struct Parts {
    /// Numbers.
    pub settings: Settings,
    /// Calls, answers, bookings.
    pub records: Arc<dyn Records>,
    /// Audio.
    pub objects: Arc<dyn Objects>,
    /// Who replies.
    pub agent: Arc<dyn Agent>,
    /// Who speaks.
    pub voicer: Voicer,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Which process this is.
    pub instance: InstanceId,
    /// Finds a business by its id, as it is configured now.
    pub businesses: FindBusiness,
    /// Makes the tag that proves a call was ours.
    pub tag: Box<dyn Fn(&CallId) -> String + Send + Sync>,
    /// Where events go.
    pub bus: Bus,
    /// Who starts tasks.
    pub tasks: Tasks,
}
