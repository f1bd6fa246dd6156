//! Cuts a stream of text into sentences, deciding on the terminator itself where that is safe.
//!
//! Waiting for the token after the full stop costs one token of latency on every sentence. So
//! "We open at nine." is given out at once, and only endings that the next characters may still
//! change ("Dr.", "3.", "a.m.", "J.", "example.com.", "...") are held until those arrive.

mod abbreviations;
mod boundary;

pub(crate) use abbreviations::STARTERS;
use boundary::Step;
use serde::{Deserialize, Serialize};

/// An incremental sentence splitter. Plain data: a snapshot taken between two pushes goes on
/// exactly where the original would have.
///
/// What holds for every way of cutting the same text into deltas:
///
/// * Letters and digits are never lost, doubled or reordered. Only white space is dropped, and
///   pieces that hold no letter or digit at all, since there is nothing in them to speak.
/// * No sentence is longer than [`Sentences::LIMIT`] characters; past [`Sentences::LONG`] it is
///   cut at the next comma, semicolon, colon or dash.
/// * The sentences are *the same*, however the text was cut, as long as no cut falls directly
///   behind a terminator (`. ? ! …`, with the quotes and brackets that close after it) and
///   before a character that is not white space.
///
/// The exception is the price of not waiting: with the delta `"nine."` the sentence is out
/// before a `"` or `.` that comes with the next delta can be seen. Such late closing marks are
/// dropped. Tokenizers keep `."`, `...`, `?!` and `.com` in one piece, so it is rare in practice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sentences {
    /// Text seen and not yet given out: at most one unfinished sentence and its look-ahead.
    pending: String,
    /// The last sentence went out before what follows its terminator was seen.
    eager: bool,
}

impl Sentences {
    /// Past this many characters a clause boundary ends the sentence.
    pub const LONG: usize = 240;
    /// No sentence has more characters than this.
    pub const LIMIT: usize = 400;

    /// Takes the next piece of text, of any size, and appends to `out` every sentence that is
    /// now certainly complete, trimmed of white space.
    pub fn push(&mut self, delta: &str, out: &mut Vec<String>) {
        self.pending.push_str(delta);
        self.drain(false, out);
    }

    /// Says that no more text comes: appends what is left to `out` and starts afresh.
    pub fn finish(&mut self, out: &mut Vec<String>) {
        self.drain(true, out);
        emit(&self.pending, out);
        *self = Self::default();
    }

    fn drain(&mut self, ended: bool, out: &mut Vec<String>) {
        let mut start = 0;
        loop {
            start += self.skip_front(start);
            let rest = &self.pending[start..];
            let Step::Cut { at } = boundary::next(rest, ended) else {
                break;
            };
            emit(&rest[..at], out);
            self.eager = at == rest.len();
            start += at;
        }
        self.pending.drain(..start);
    }

    /// Bytes at `start` that belong to no sentence: white space, and marks that close a sentence
    /// which is already out.
    fn skip_front(&mut self, start: usize) -> usize {
        let rest = &self.pending[start..];
        let mut skipped = 0;
        for c in rest.chars() {
            let late = self.eager && boundary::ends_or_closes(c);
            if !late && !c.is_whitespace() {
                self.eager = false;
                break;
            }
            self.eager &= late;
            skipped += c.len_utf8();
        }
        skipped
    }
}

fn emit(piece: &str, out: &mut Vec<String>) {
    let piece = piece.trim();
    if piece.chars().any(char::is_alphanumeric) {
        out.push(piece.to_owned());
    }
}
