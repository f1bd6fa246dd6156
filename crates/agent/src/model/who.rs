//! Whose number it is: the one that the carrier shows, or one that the caller said in this call.

use super::args::{Refusal, refuse};
use crate::{
    hear::{
        phone::{digits, e164},
        words::{clean, tokens},
    },
    scripted::turn::Turn,
};

/// The number that a booking or message carries: given, in any usual spelling, or the caller's own.
pub fn own_phone(turn: &Turn, given: Option<String>) -> Result<String, Refusal> {
    let Some(given) = given else {
        return match turn.caller() {
            Some(own) => Ok(own.to_owned()),
            None => refuse(
                "phone_needed",
                "The number is hidden. Ask the caller for one.",
            ),
        };
    };
    let fits = given.len() <= 32
        && given
            .chars()
            .all(|c| c.is_ascii_digit() || "+ ()-.".contains(c));
    let plain: String = given
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    match e164(&plain, home(turn)).filter(|_| fits) {
        Some(number) if turn.caller() == Some(number.as_str()) || was_said(turn, &number) => {
            Ok(number)
        }
        Some(_) => refuse(
            "number_not_said",
            "Use only a number that the caller said in this call.",
        ),
        None => refuse("bad_phone", "That is not a whole telephone number."),
    }
}

fn home(turn: &Turn) -> &str {
    turn.ask.business.numbers.first().map_or("", String::as_str)
}

/// Whether the caller said this number, at once or in parts of neighbouring turns.
fn was_said(turn: &Turn, number: &str) -> bool {
    let past = turn.ask.history.iter().map(|e| e.caller.as_str());
    let said: Vec<String> = past
        .chain([turn.ask.words.as_str()])
        .filter_map(|words| digits(&tokens(&clean(words))).map(|(_, _, digits)| digits))
        .collect();
    (0..said.len()).any(|from| {
        (from + 1..=said.len())
            .map(|to| said[from..to].concat())
            .take_while(|joined| joined.len() <= 20)
            .any(|joined| e164(&joined, home(turn)).as_deref() == Some(number))
    })
}
