//! Collecting a telephone number, for a booking, a search or a message.

use super::{state::Open, turn::Turn};
use crate::hear::phone::e164;

/// What became of the digits that were heard.
#[derive(Debug, PartialEq, Eq)]
pub enum Number {
    /// A whole number, E.164.
    Whole(String),
    /// A part; the rest is asked for.
    Part(String),
    /// Too much, or nothing.
    Bad,
}

/// Joins what was heard to the digits that were kept before. Only an open question for a number keeps parts.
pub fn number(turn: &Turn, kept: &str) -> Option<Number> {
    let heard = turn.heard.phone.as_deref()?;
    let home = turn.ask.business.numbers.first().map_or("", String::as_str);
    if let Some(whole) = e164(heard, home) {
        return Some(Number::Whole(whole));
    }
    let joined = format!("{kept}{heard}");
    if let Some(whole) = e164(&joined, home) {
        return Some(Number::Whole(whole));
    }
    if turn.state.open != Open::Phone {
        return None;
    }
    let digits = joined.bytes().filter(u8::is_ascii_digit).count();
    Some(if digits < 10 {
        Number::Part(joined)
    } else {
        Number::Bad
    })
}
