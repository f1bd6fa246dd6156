//! A cursor over text, and the one loop that every step rewrites text with.

/// The place a rewriting step looks at.
pub(crate) struct Here<'a> {
    /// The text before the place.
    pub(crate) before: &'a str,
    /// The text from the place on.
    pub(crate) rest: &'a str,
}

impl Here<'_> {
    /// True where a word, number or symbol may begin: not inside a run of letters and digits.
    pub(crate) fn starts_token(&self) -> bool {
        !self.before.ends_with(char::is_alphanumeric)
    }

    /// The word before the place, in lower case and without punctuation, when only spaces and at
    /// most one comma or colon stand between.
    pub(crate) fn word_before(&self) -> String {
        let head = self.before.trim_end();
        let head = head.strip_suffix([',', ':', '.']).unwrap_or(head);
        let from = head
            .char_indices()
            .rev()
            .take(32)
            .find(|(_, c)| !c.is_alphanumeric());
        head[from.map_or(0, |(at, c)| at + c.len_utf8())..].to_lowercase()
    }
}

/// Walks over `text` and asks `f` at each character. `Some((length, words))` replaces the next
/// `length` bytes by `words`; nothing is looked at twice.
pub(crate) fn rewrite(text: &str, mut f: impl FnMut(&Here) -> Option<(usize, String)>) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let here = Here {
            before: &text[..at],
            rest: &text[at..],
        };
        match f(&here) {
            Some((length, words)) if length > 0 => {
                out.push_str(&words);
                at += length;
            }
            _ => {
                out.push(c);
                at += c.len_utf8();
            }
        }
    }
    out
}

/// Reads forward through text; cheap to copy, so a failed attempt costs nothing.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// More than any text this crate reads.
    pub(crate) const LONG: usize = 1 << 16;

    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Bytes read so far.
    pub(crate) fn read(&self) -> usize {
        self.at
    }

    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Reads `c` if it is next.
    pub(crate) fn eat(&mut self, c: char) -> bool {
        self.eat_any(&[c]).is_some()
    }

    /// Reads the next character if it is one of `set`.
    pub(crate) fn eat_any(&mut self, set: &[char]) -> Option<char> {
        let c = self.peek().filter(|c| set.contains(c))?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Reads `word`, in any case (ASCII).
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let found = self
            .rest()
            .get(..word.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(word));
        if found {
            self.at += word.len();
        }
        found
    }

    /// Reads at most `max` characters that `keep` accepts; possibly none.
    pub(crate) fn take(&mut self, max: usize, keep: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest
            .chars()
            .take(max)
            .take_while(|c| keep(*c))
            .map(char::len_utf8)
            .sum();
        self.at += len;
        &rest[..len]
    }

    /// Reads at most `max` ASCII digits.
    pub(crate) fn digits(&mut self, max: usize) -> &'a str {
        self.take(max, |c| c.is_ascii_digit())
    }

    /// Reads one to `max` digits with a value in `range`, after which no digit follows.
    pub(crate) fn number(
        &mut self,
        max: usize,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<u32> {
        let mut ahead = *self;
        let value = ahead
            .digits(max)
            .parse()
            .ok()
            .filter(|n| range.contains(n))?;
        if ahead.peek().is_some_and(|c| c.is_ascii_digit()) {
            return None;
        }
        *self = ahead;
        Some(value)
    }

    /// Reads ASCII letters (at most 16).
    pub(crate) fn letters(&mut self) -> &'a str {
        self.take(16, |c| c.is_ascii_alphabetic())
    }

    /// Reads spaces (not new lines).
    pub(crate) fn spaces(&mut self) -> &'a str {
        self.take(8, |c| c == ' ' || c == '\t' || c == '\u{a0}')
    }

    /// Reads a hyphen, a dash or the word "to", with the spaces around it, as between two ends of
    /// a range.
    pub(crate) fn range_mark(&mut self) -> bool {
        let mut ahead = *self;
        let spaced = !ahead.spaces().is_empty();
        let mark = ahead.eat_any(&['-', '–', '—']).is_some() || spaced && ahead.eat_word("to ");
        ahead.spaces();
        if mark {
            *self = ahead;
        }
        mark
    }

    /// True when the token ends here: no letter, digit, or full stop with a digit behind follows.
    pub(crate) fn ends_token(&self) -> bool {
        let mut chars = self.rest().chars();
        match chars.next() {
            Some('.' | ',') => !chars.next().is_some_and(|c| c.is_ascii_digit()),
            Some(c) => !c.is_alphanumeric(),
            None => true,
        }
    }
}
