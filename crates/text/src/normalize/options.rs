//! What the normalizer is told to do.

use serde::{Deserialize, Serialize};

/// Which steps run, for which readers. The default is American English with every step on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NormalizerOptions {
    /// Order of dates and form of the clock.
    pub locale: Locale,
    /// Removes Markdown, HTML tags, stage directions and emoji.
    pub markup: bool,
    /// Turns new lines into pauses.
    pub newlines: bool,
    /// Writes out abbreviations and joins dotted capitals: "Dr." "F.B.I." "p.m.".
    pub acronyms: bool,
    /// Writes out sums of money.
    pub money: bool,
    /// Writes out e-mail addresses.
    pub emails: bool,
    /// Writes out web addresses.
    pub urls: bool,
    /// Writes out dates.
    pub dates: bool,
    /// Writes out times of day and their ranges.
    pub times: bool,
    /// Writes out units and percentages.
    pub units: bool,
    /// Writes out phone, card and similar numbers in groups of digits.
    pub phones: bool,
    /// Writes out every other number and symbol.
    pub numbers: bool,
    /// Ends the text with a sentence mark.
    pub punctuation: bool,
    /// Words of the user's own, applied last, in order, to whole words in any case: what is
    /// written, and how it is said. At most [`NormalizerOptions::MAX_REPLACEMENTS`] are used.
    pub replacements: Vec<(String, String)>,
}

impl NormalizerOptions {
    /// Replacements past this many are ignored.
    pub const MAX_REPLACEMENTS: usize = 500;
}

impl Default for NormalizerOptions {
    fn default() -> Self {
        Self {
            locale: Locale::EnUs,
            markup: true,
            newlines: true,
            acronyms: true,
            money: true,
            emails: true,
            urls: true,
            dates: true,
            times: true,
            units: true,
            phones: true,
            numbers: true,
            punctuation: true,
            replacements: Vec::new(),
        }
    }
}

/// Whose habits dates and times follow. The words are English in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Locale {
    /// Month before day, twelve-hour clock.
    #[default]
    #[serde(rename = "en-US")]
    EnUs,
    /// Day before month, times of 13:00 and later as written.
    #[serde(rename = "en-GB")]
    EnGb,
}
