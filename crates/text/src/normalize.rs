//! Writes text out as a voice should say it: no digits, no symbols, no markup.
//!
//! Small voices misread "$1,000,000", so every provider gets plain words. Each step is a scanner
//! over the whole text in one file of its own; their order matters, since a later step would
//! misread what an earlier one understands ("3/4" before "3", "555-0199" before "555").

mod acronyms;
mod addresses;
mod dates;
mod finish;
pub(crate) mod markup;
mod money;
mod numbers;
mod options;
mod phones;
mod replacements;
mod scan;
pub(crate) mod spoken_date;
mod times;
mod units;
pub(crate) mod words;

pub(crate) use addresses::address;
pub(crate) use finish::{spacing, spacing_within};
pub use options::{Locale, NormalizerOptions};
pub(crate) use phones::telephone;
pub(crate) use scan::rewrite;
pub(crate) use times::time_of_day;

/// Rewrites the whole text.
type Step<'a> = dyn Fn(&str) -> String + 'a;

/// Writes text out as words, step by step.
///
/// With every step on and no replacements of the user's own, normalizing twice is the same as
/// normalizing once, for results that are themselves no longer than [`Normalizer::MAX_BYTES`].
/// Time is linear in the length of the text. Nothing in the text makes it fail.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Normalizer {
    options: NormalizerOptions,
}

impl Normalizer {
    /// Longer texts are cut at the last white space before this many bytes, before any step. A
    /// sentence from [`crate::Sentences`] is never so long.
    pub const MAX_BYTES: usize = 10 * 1024;

    /// Rounds of all steps at most.
    const ROUNDS: usize = 4;

    /// A normalizer that runs the steps of `options`.
    pub fn new(options: NormalizerOptions) -> Self {
        Self { options }
    }

    /// The options it was made with.
    pub fn options(&self) -> &NormalizerOptions {
        &self.options
    }

    /// `text` as a voice should say it. Empty when there is nothing to say.
    pub fn normalize(&self, text: &str) -> String {
        self.settle(text, |text| self.close(finish::spacing(&text)))
    }

    /// The same for a part of a sentence: nothing is added at the end.
    pub(crate) fn inner(&self, text: &str) -> String {
        self.settle(text, |text| text)
    }

    /// The last part of a text of several parts.
    pub(crate) fn last(&self, text: &str) -> String {
        self.settle(text, |text| self.close(text))
    }

    /// Runs the steps until they change nothing, since what one of them parts ("5U.S.") an earlier
    /// one may then understand. Plain words cost one round, most other texts two.
    fn settle(&self, text: &str, end: impl Fn(String) -> String) -> String {
        let mut text = markup::clean(cap(text));
        for _ in 0..Self::ROUNDS {
            let next = end(finish::spacing_within(&self.steps(&text)));
            if next == text {
                break;
            }
            text = next;
        }
        if self.options.replacements.is_empty() {
            return text;
        }
        end(finish::spacing_within(&replacements::apply(
            &text,
            &self.options.replacements,
        )))
    }

    fn close(&self, text: String) -> String {
        if self.options.punctuation {
            finish::sentence_mark(&text)
        } else {
            text
        }
    }

    fn steps(&self, text: &str) -> String {
        let on = &self.options;
        let locale = on.locale;
        let steps: [(bool, &Step); 12] = [
            (on.markup, &markup::strip),
            (on.newlines, &finish::newlines),
            (on.acronyms, &acronyms::expand),
            (on.money, &money::expand),
            (on.emails, &addresses::emails),
            (on.urls, &addresses::urls),
            (on.dates, &|text| dates::expand(text, locale)),
            (on.times, &|text| times::expand(text, locale)),
            (on.units, &units::expand),
            (on.phones, &phones::expand),
            (on.numbers, &numbers::expand),
            (on.numbers, &numbers::symbols),
        ];
        let mut text = text.to_owned();
        for (_, step) in steps.iter().filter(|(wanted, _)| *wanted) {
            text = step(&text);
        }
        text
    }
}

pub(crate) fn cap(text: &str) -> &str {
    if text.len() <= Normalizer::MAX_BYTES {
        return text;
    }
    let head = &text[..text.floor_char_boundary(Normalizer::MAX_BYTES)];
    head.rfind(char::is_whitespace)
        .map_or(head, |at| &head[..at])
}
