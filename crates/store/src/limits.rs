//! What is too big or too odd to be stored, checked before anything is queued.

use crate::{Clip, Commit, Message, ReservationAsk, StoreError};

/// The largest object, bytes.
pub const OBJECT: usize = 8 << 20;
/// The largest answer to a carrier, bytes; carriers themselves stop at 64 kB.
const BODY: usize = 256 << 10;
/// The largest snapshot, bytes.
const SNAPSHOT: usize = 4 << 20;
/// The most events in one commit.
const EVENTS: usize = 4096;
/// The longest text in a row, bytes.
const TEXT: usize = 16 << 10;
/// The longest reservation, minutes: a week.
pub const MINUTES: u32 = 7 * 24 * 60;

fn small(what: &str, size: usize, limit: usize) -> Result<(), StoreError> {
    if size <= limit {
        return Ok(());
    }
    Err(StoreError::Unavailable(format!(
        "{what} has {size} bytes, and at most {limit} are stored: make it shorter"
    )))
}

fn odd(text: String) -> Result<(), StoreError> {
    Err(StoreError::Corrupt(text))
}

/// Refuses a commit that is too large, or whose events are another call's or do not follow each other.
pub fn commit(commit: &Commit) -> Result<(), StoreError> {
    let call = &commit.call;
    small(
        "a snapshot",
        commit.snapshot.as_ref().map_or(0, |s| s.len()),
        SNAPSHOT,
    )?;
    small(
        "an answer",
        commit.answer.as_ref().map_or(0, |a| a.body.len()),
        BODY,
    )?;
    if commit.events.len() > EVENTS {
        return odd(format!(
            "call {call}: {} events in one commit, and at most {EVENTS} are stored: commit more often",
            commit.events.len()
        ));
    }
    if commit.row.call != *call {
        return odd(format!(
            "call {call}: the commit brings the row of call {}",
            commit.row.call
        ));
    }
    let first = commit.events.first().map_or(0, |e| e.seq);
    for (event, seq) in commit.events.iter().zip(first..) {
        if event.seq != seq || event.call != *call {
            return odd(format!(
                "call {call}: event {} of call {} stands where event {seq} belongs",
                event.seq, event.call
            ));
        }
    }
    Ok(())
}

/// Refuses a length of time that nobody reserves.
pub fn minutes(minutes: u32) -> Result<(), StoreError> {
    if (1..=MINUTES).contains(&minutes) {
        return Ok(());
    }
    Err(StoreError::Unavailable(format!(
        "a reservation of {minutes} minutes cannot be kept: it lasts 1 minute to {MINUTES} minutes"
    )))
}

/// Refuses a reservation whose texts or length are out of bounds.
pub fn ask(ask: &ReservationAsk) -> Result<(), StoreError> {
    minutes(ask.minutes)?;
    let size = ask.service.len() + ask.name.len() + ask.phone.len();
    small("a reservation", size, TEXT)
}

/// Refuses a message whose texts are too long.
pub fn message(message: &Message) -> Result<(), StoreError> {
    let size = message.name.len() + message.phone.len() + message.text.len();
    small("a message", size, TEXT)
}

/// Refuses a filler clip's row whose texts are too long.
pub fn clip(clip: &Clip) -> Result<(), StoreError> {
    let size = clip.class.len() + clip.text.len() + clip.recipe.len() + clip.object.len();
    small("a filler clip's row", size, TEXT)
}

/// Refuses what is too large to be an object.
pub fn object(size: usize) -> Result<(), StoreError> {
    small("an object", size, OBJECT)
}
