//! What an engine's errors mean, in words for the person who runs this.

use serde::Serialize;
use tts::ErrorKind;

/// An error, told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Told {
    /// What it means.
    pub what: &'static str,
    /// What to do.
    pub todo: &'static str,
}

/// What an error means and what to do about it.
// tidy: table
pub(crate) fn told(kind: ErrorKind) -> Told {
    let told = |what, todo| Told { what, todo };
    match kind {
        ErrorKind::Auth => told(
            "Its key is missing or was refused.",
            "Set a valid key for it and start again. Until then it is asked once in five minutes.",
        ),
        ErrorKind::Quota => told(
            "The account there has used up what it may.",
            "Add credit or raise the limit in the account. Until then it is asked once in five minutes.",
        ),
        ErrorKind::RateLimited => told(
            "It was asked too often for now.",
            "Nothing, if it passes. If it comes back, ask the company for a higher rate or put another engine first.",
        ),
        ErrorKind::Unavailable => told(
            "It could not be reached, or says that it cannot work.",
            "See whether its address is right and its server runs; it is tried again once a second.",
        ),
        ErrorKind::Timeout => told(
            "It took longer than a caller waits.",
            "See whether its server or the way to it is overloaded; another engine speaks meanwhile.",
        ),
        ErrorKind::BadRequest => told(
            "It cannot say this text or does not know this voice.",
            "Check the voice's name on the page of voices, and the text.",
        ),
        ErrorKind::Unsupported => told(
            "It lacks what was asked for, such as this voice.",
            "Choose one of its voices on the page of voices.",
        ),
        ErrorKind::Cancelled => told("Nobody wanted the answer any more.", "Nothing."),
        ErrorKind::Broken => told(
            "It answered with something that is not speech.",
            "See whether its address is really the engine's, and not a proxy's or a sign-in page.",
        ),
    }
}
