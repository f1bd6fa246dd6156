//! The addresses that a carrier is given. They carry the turn and a tag, so an answer can be given without any memory.

use events::TurnId;
use serde::{Deserialize, Serialize};

/// Where the carrier finds us, for one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paths {
    /// The public URL without a trailing slash.
    pub base: String,
    /// The business, as it stands in the path.
    pub business: String,
    /// The call, as it stands in the path.
    pub call: String,
    /// Proves that the call was ours.
    pub tag: String,
}

impl Paths {
    /// Where the caller's words go.
    pub fn process(&self, turn: TurnId) -> String {
        let Self {
            base,
            business,
            call,
            tag,
        } = self;
        format!("{base}/voice/process/{business}/{call}/{turn}?k={tag}")
    }

    /// Where the result of a transfer goes.
    pub fn dialled(&self, turn: TurnId) -> String {
        let Self {
            base,
            business,
            call,
            tag,
        } = self;
        format!("{base}/voice/process/{business}/{call}/{turn}?dial=1&k={tag}")
    }

    /// Where the carrier comes back to for more. `hop` makes each visit a request of its own, so a repetition of one can
    /// be told from the next.
    pub fn ready(&self, turn: TurnId, hop: u32) -> String {
        let Self {
            base,
            business,
            call,
            tag,
        } = self;
        format!("{base}/voice/tts-ready/{business}/{call}/{turn}?hop={hop}&k={tag}")
    }

    /// Where a clip's audio is. The kind is for whoever listens in; the bytes are the same without it.
    pub fn audio(&self, object: &str, filler: bool) -> String {
        let kind = if filler { "filler" } else { "answer" };
        format!("{}/audio/{object}.wav?k={kind}", self.base)
    }
}
