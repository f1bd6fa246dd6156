//! What is going on right now, for a live view.

use events::{At, BusinessId, CallId, TurnId};
use serde::Serialize;

/// A call that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiveCall {
    /// Which call.
    pub call: CallId,
    /// Whose phone.
    pub business: BusinessId,
    /// The caller's number with all but its last two digits hidden.
    pub from: Option<String>,
    /// What it is doing: `thinking`, `filler`, `speaking`, `listening`, …
    pub doing: &'static str,
    /// The turn.
    pub turn: TurnId,
    /// Since when it has been doing that.
    pub since: At,
    /// When the call began.
    pub started: At,
    /// The last words of either side.
    pub line: String,
}

/// Hides a number: the last two digits stay.
pub(crate) fn mask(number: &str) -> String {
    let digits = number.chars().count();
    number
        .chars()
        .enumerate()
        .map(|(i, c)| {
            if i == 0 && c == '+' || i + 2 >= digits {
                c
            } else {
                '•'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_masked_number_keeps_two_digits() {
        assert_eq!(super::mask("+61412345678"), "+•••••••••78");
        assert_eq!(super::mask(""), "");
    }
}
