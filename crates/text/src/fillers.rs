//! What is said while the answer is on its way: classes of filler, their words, and which to use.
//!
//! The words are neutral: they name what is being done, praise nothing and promise no result.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a filler says is happening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum FillerClass {
    /// Something is being looked up.
    Lookup,
    /// The calendar is being read.
    Calendar,
    /// What the caller said is being written down.
    Note,
    /// A question is being thought about.
    Think,
    /// A person is being sought.
    Person,
    /// It takes longer than the first filler covered.
    Hold,
    /// Something went wrong and is being tried again.
    Recover,
}

impl FillerClass {
    /// Every class.
    pub const ALL: [Self; 7] = [
        Self::Lookup,
        Self::Calendar,
        Self::Note,
        Self::Think,
        Self::Person,
        Self::Hold,
        Self::Recover,
    ];

    /// The name in configuration, records and addresses; [`FromStr`] reads it back.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lookup => "lookup",
            Self::Calendar => "calendar",
            Self::Note => "note",
            Self::Think => "think",
            Self::Person => "person",
            Self::Hold => "hold",
            Self::Recover => "recover",
        }
    }
}

impl fmt::Display for FillerClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no class of filler.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown filler class {0:?}: use one of lookup, calendar, note, think, person, hold, recover"
)]
pub struct UnknownFillerClass(
    /// The word.
    pub String,
);

impl FromStr for FillerClass {
    type Err = UnknownFillerClass;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|class| class.name() == name);
        found.ok_or_else(|| UnknownFillerClass(name.chars().take(64).collect()))
    }
}

/// The English words that ship for a class, from short (0.5 to 0.9 s) over medium (1.4 to 2.0 s)
/// to long (2.4 to 3.0 s); see [`speaking_ms`].
pub fn filler_texts(class: FillerClass) -> &'static [&'static str] {
    match class {
        FillerClass::Lookup => LOOKUP,
        FillerClass::Calendar => CALENDAR,
        FillerClass::Note => NOTE,
        FillerClass::Think => THINK,
        FillerClass::Person => PERSON,
        FillerClass::Hold => HOLD,
        FillerClass::Recover => RECOVER,
    }
}

const LOOKUP: &[&str] = &[
    "One moment.",
    "Let me check.",
    "Just a second.",
    "Let me look.",
    "Checking now.",
    "Let me find out.",
    "Let me check that for you.",
    "Sure, let me look that up.",
    "Just a second while I pull that up.",
    "Sure, give me a moment to look into that.",
    "I'm looking into that for you right now.",
    "One moment, let me pull up the details.",
    "Let me look that up, it takes a few seconds.",
];
const CALENDAR: &[&str] = &[
    "One moment.",
    "Let me look at the calendar.",
    "Let me check the calendar for you.",
    "Okay, let me see the schedule.",
    "Let me bring up the calendar and take a look.",
    "Just a second, I'm looking at the schedule.",
];
const NOTE: &[&str] = &[
    "Okay, noted.",
    "Okay, let me write that down.",
    "I'm writing that down for you.",
    "One second while I note that.",
    "Thanks, I'm just making a note of that.",
    "Okay, give me a second to get that down.",
];
const THINK: &[&str] = &[
    "Let me see.",
    "Let me think.",
    "One second.",
    "Give me a moment.",
    "Hmm, let me see.",
    "Let me think about that.",
    "Okay, let me think for a moment.",
    "Let me think that over for a second or two.",
    "Hmm, give me a moment to think about that.",
    "Let me take a second to think about that.",
    "Okay, give me a second to work that out.",
];
const PERSON: &[&str] = &[
    "One moment.",
    "Let me see who can help.",
    "Let me find out who is around.",
    "Okay, let me see who is here.",
    "Just a second while I see who can take this.",
    "Okay, let me check who is here to help you.",
];
const HOLD: &[&str] = &[
    "Still here.",
    "Still checking.",
    "Still checking on that for you.",
    "Still checking, thanks for waiting.",
    "Thanks for waiting, one more moment.",
    "I'm still here, this is taking a little longer.",
    "Bear with me a moment, I'm still checking.",
    "Still looking.",
    "This is taking a moment.",
    "Thanks for your patience.",
    "Still working on it, one more second.",
    "Just a little longer, I'm still looking.",
];
const RECOVER: &[&str] = &[
    "Just a moment.",
    "Sorry, one moment.",
    "Sorry, let me try that again.",
    "Excuse me, one more second.",
    "Sorry about that, let me try it once more.",
    "Sorry, that didn't go through, I'm trying again.",
];

/// How long a short English text takes to say, in milliseconds, without silence at its edges: an
/// estimate for choosing by length, within about a fifth of what a synthesizer was measured to
/// take at 160 words a minute.
pub fn speaking_ms(text: &str) -> u32 {
    let mut ms: u32 = 240;
    for c in text.trim_end_matches(['.', '!', '?']).chars() {
        ms = ms.saturating_add(match c {
            ',' | ';' | ':' | '.' | '!' | '?' => 250,
            c if c.is_alphanumeric() => 62,
            _ => 0,
        });
    }
    ms
}

/// Phrases in what the caller said, by the class they ask for. The first row with a match wins.
#[rustfmt::skip]
const KEYWORDS: &[(FillerClass, &[&str])] = &[
    (FillerClass::Recover, &[
        "can you repeat", "could you repeat", "say that again", "pardon", "didn't hear",
        "can't hear", "didn't catch", "come again", "you're breaking up", "that's wrong",
        "that's not right", "that's not what i",
    ]),
    (FillerClass::Person, &[
        "speak to", "speak with", "talk to", "talk with", "connect me", "transfer", "human",
        "real person", "operator", "representative", "manager", "receptionist", "supervisor",
        "someone else", "put me through", "the owner",
    ]),
    (FillerClass::Hold, &[
        "are you there", "still there", "you still", "hello hello", "how much longer",
        "taking so long", "take so long", "been waiting", "i'm waiting",
    ]),
    (FillerClass::Note, &[
        "my name is", "my name's", "my number is", "my phone number", "my email", "my address",
        "you can reach me", "call me back", "call me at", "it's spelled", "spelled", "leave a message",
        "take a message", "tell them", "tell him", "tell her", "let them know", "date of birth",
        "my birthday", "member id", "policy number", "write that down", "write this down",
    ]),
    (FillerClass::Calendar, &[
        "appointment", "appointments", "book", "booking", "schedule", "reschedule", "cancel",
        "reservation", "reserve", "available", "availability", "opening", "openings", "slot", "slots",
        "come in", "fit me in", "calendar", "monday", "tuesday", "wednesday", "thursday", "friday",
        "saturday", "sunday", "tomorrow", "next week", "this week", "this afternoon", "this morning",
        "tonight", "earlier time", "later time", "another time", "another day",
    ]),
    (FillerClass::Think, &[
        "why", "how come", "should i", "would you recommend", "do you recommend", "recommend",
        "suggest", "what do you think", "difference between", "which one", "which is better",
        "better", "explain", "advice", "what if", "is it normal", "worried",
    ]),
];

/// The class of filler that fits what the caller just said, by keywords; [`FillerClass::Lookup`]
/// when none is known. Costs no model and no look-up.
pub fn filler_class_for(words: &str) -> FillerClass {
    let said = padded(words);
    let found = KEYWORDS
        .iter()
        .find(|(_, phrases)| phrases.iter().any(|p| contains(&said, p)));
    found.map_or(FillerClass::Lookup, |(class, _)| *class)
}

/// Lower-case words with one space around each; at most the first two thousand characters.
fn padded(words: &str) -> String {
    let mut said = String::from(" ");
    for c in words.chars().take(2000) {
        match c {
            '\'' | '’' => said.push('\''),
            c if c.is_alphanumeric() => said.extend(c.to_lowercase()),
            _ if said.ends_with(' ') => {}
            _ => said.push(' '),
        }
    }
    said.push(' ');
    said
}

/// `phrase` stands in `said` as whole words.
fn contains(said: &str, phrase: &str) -> bool {
    said.match_indices(phrase)
        .any(|(at, _)| said[..at].ends_with(' ') && said[at + phrase.len()..].starts_with(' '))
}
