//! What events and codes mean, in words for the person who runs this.

use events::{At, FillerReason};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

/// A length of time, as it is read at a glance.
pub(super) fn ms(ms: u32) -> String {
    let seconds = f64::from(ms) / 1000.0;
    match ms {
        0 => "0 s".into(),
        1..10 => format!("{ms} ms"),
        10..9_950 => format!("{seconds:.2} s"),
        9_950..60_000 => format!("{seconds:.1} s"),
        _ => format!("{} min {:02} s", ms / 60_000, ms / 1000 % 60),
    }
}

/// A moment for people, in a business's own time.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub(super) struct Moment {
    /// For machines.
    pub iso: String,
    /// Milliseconds since 1970, for scripts.
    pub at: u64,
    /// `Tue 3 Nov, 14:05`.
    pub text: String,
    /// With its zone.
    pub long: String,
}

/// The moment `at` in `zone`; a zone that nobody knows is UTC.
pub(super) fn moment(at: At, zone: &str) -> Moment {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let stamp = Timestamp::from_millisecond(i64::try_from(at.0).unwrap_or(i64::MAX));
    let local = stamp.unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone);
    Moment {
        iso: local.timestamp().to_string(),
        at: at.0,
        text: local.strftime("%a %-d %b, %H:%M").to_string(),
        long: local.strftime("%A %-d %B %Y, %H:%M:%S %Z").to_string(),
    }
}

/// How a call ended, told.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
pub(super) struct Ending {
    /// `good`, `plain` or `bad`.
    pub tone: &'static str,
    /// What happened.
    pub text: &'static str,
    /// What it means, and what to do if anything.
    pub more: &'static str,
}

/// What an outcome code means.
// tidy: table
pub(super) fn ending(outcome: Option<&str>) -> Ending {
    let told = |tone, text, more| Ending { tone, text, more };
    match outcome {
        None => told("live", "On the line", "This call is going on."),
        Some("caller.hung_up") => told(
            "plain",
            "The caller hung up",
            "The carrier said that the caller ended the call. After a goodbye that is how most calls end.",
        ),
        Some("caller.silent") => told(
            "plain",
            "The caller fell silent",
            "Nothing more was heard after the reminders, so the desk said goodbye.",
        ),
        Some("frontdesk.said_goodbye") => told(
            "good",
            "Ended with a goodbye",
            "The conversation came to its end and the desk hung up.",
        ),
        Some("business.transferred") => told(
            "good",
            "Handed to a person",
            "The caller was put through as the business wished.",
        ),
        Some("business.hung_up") => told(
            "plain",
            "Ended by the operator",
            "Somebody hung up from the console or the admin API.",
        ),
        Some("frontdesk.too_long") => told(
            "bad",
            "Ended for its length",
            "It reached the longest time a call may take (limits.call_minutes).",
        ),
        Some("carrier.vanished") => told(
            "bad",
            "The carrier went away",
            "It did not come back for the next document and did not say that the call was over. Look into the carrier's own error log for this call; most often it could not reach the public URL.",
        ),
        Some(_) => told(
            "plain",
            "Over",
            "The code beside this says who ended it and why.",
        ),
    }
}

/// Why a filler was or was not played.
pub(super) fn filler_reason(reason: FillerReason) -> &'static str {
    match reason {
        FillerReason::PredictedLate => "the answer was expected too late to wait for in silence",
        FillerReason::GraceOver => "the grace ran out before an answer came",
        FillerReason::Tool => "slow work had begun",
        FillerReason::StillWaiting => "the filler before had ended and the answer was still out",
        FillerReason::Fast => "the answer was there in time",
        FillerReason::ShortReply => "the caller said only a word or two",
        FillerReason::TooSoon => "another one was heard a moment before",
        FillerReason::Off => "fillers are off for this business",
        FillerReason::ControlArm => "this call is in the blocking arm of the comparison",
        FillerReason::NoClip => "no clip was left that this caller had not heard",
    }
}

/// What a class of filler is for.
pub(super) fn class(name: &str) -> &'static str {
    match name {
        "lookup" => "Looking something up",
        "calendar" => "Reading the calendar",
        "note" => "Writing something down",
        "think" => "Thinking about a question",
        "person" => "Finding a person",
        "hold" => "It takes longer than hoped",
        "recover" => "Something went wrong, once more",
        _ => "Other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_at_a_glance() {
        let read = [0, 3, 40, 310, 1_500, 9_949, 12_340, 61_000, 3_600_000].map(ms);
        let expected = [
            "0 s",
            "3 ms",
            "0.04 s",
            "0.31 s",
            "1.50 s",
            "9.95 s",
            "12.3 s",
            "1 min 01 s",
            "60 min 00 s",
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn a_moment_is_told_in_the_business_s_own_time() {
        let there = moment(At(1_770_000_000_000), "America/New_York");
        assert_eq!(there.text, "Sun 1 Feb, 21:40");
        assert_eq!(there.iso, "2026-02-02T02:40:00Z");
        let nowhere = moment(At(1_770_000_000_000), "Mars/Olympus");
        assert_eq!(nowhere.text, "Mon 2 Feb, 02:40");
    }
}
