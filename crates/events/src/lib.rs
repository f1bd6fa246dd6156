//! What happened, said once: typed ids, one event enum, folds over it, and the [`Clock`] it is stamped by.
//!
//! The decision this crate stands for: every number that Frontdesk shows is a fold over [`Stamped`] events, so the
//! dashboard, the metrics, the report and the tests cannot disagree.

mod clock;
mod event;
mod id;
mod ledger;

pub use clock::{At, Clock, ManualClock, SystemClock};
pub use event::{Event, FillerReason, Route, Stage, Stamped};
pub use id::{BusinessId, CallId, ClipId, IdError, InstanceId, TenantId, TurnId};
pub use ledger::{Ledger, Percentiles, TurnRow};
