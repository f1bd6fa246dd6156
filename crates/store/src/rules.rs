//! What every implementation of [`Records`](crate::Records) counts and refuses in the same way.

pub use crate::{
    calendar::{Span, fits},
    limits::{MINUTES as LONGEST_MINUTES, ask, clip, commit, message, minutes},
    records::{committed_at, gap, read_events, sounds},
};
