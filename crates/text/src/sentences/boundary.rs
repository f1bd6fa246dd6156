//! Where the first sentence of a text ends, as far as the text seen so far can tell.
//!
//! Each decision looks at what stands before a mark and at as much as is there behind it, and
//! more text never changes a decision, except for the one made on the last character of all.

use super::Sentences;
use super::abbreviations as known;

/// What [`next`] found.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// The first sentence is `text[..at]`.
    Cut { at: usize },
    /// More text is needed.
    Wait,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Ends,
    Goes,
    Unknown,
}
use Verdict::{Ends, Goes, Unknown};

/// White space, a word or a run of marks is looked through no further than this (characters),
/// so that held text stays small whatever comes in.
const LOOK_AHEAD: usize = 32;

/// True for a mark that ends a sentence, and for what may close after such a mark.
pub(super) fn ends_or_closes(c: char) -> bool {
    is_terminator(c) || is_closer(c)
}

fn is_terminator(c: char) -> bool {
    matches!(c, '.' | '?' | '!' | '…' | '‽' | '؟' | '۔' | '।') || is_wide(c)
}

/// Full-width terminators are followed by no space, and are never part of an abbreviation.
fn is_wide(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡')
}

fn is_closer(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '}' | '*' | '_' | '」' | '』' | '）'
    )
}

/// The end of the first sentence of `text`, which begins with no white space. With `ended`
/// nothing more will come, so nothing is waited for.
pub(super) fn next(text: &str, ended: bool) -> Step {
    let mut past = 0;
    for (count, (at, c)) in text.char_indices().enumerate() {
        if count >= Sentences::LIMIT {
            return Step::Cut {
                at: forced(&text[..at]),
            };
        }
        if at < past {
            continue;
        }
        let (end, verdict) = if is_terminator(c) {
            let end = run_end(text, at);
            (end, terminator(text, at, end))
        } else if c == '\n' {
            (at + 1, newline(&text[at + 1..]))
        } else if count > Sentences::LONG && is_clause_mark(c) {
            let end = at + c.len_utf8();
            (end, clause(&text[end..]))
        } else {
            continue;
        };
        match verdict {
            Ends => return Step::Cut { at: end },
            Unknown if ended => return Step::Cut { at: end },
            Unknown => return wait_or_cut(text),
            Goes => past = end,
        }
    }
    Step::Wait
}

/// A held ending never holds more than the limit.
fn wait_or_cut(text: &str) -> Step {
    match text.char_indices().nth(Sentences::LIMIT) {
        Some((at, _)) => Step::Cut {
            at: forced(&text[..at]),
        },
        None => Step::Wait,
    }
}

/// Where to cut a sentence that reached the limit: the last clause, else the last word.
fn forced(text: &str) -> usize {
    let mut space = None;
    let mut clause = None;
    let mut before = ' ';
    for (count, (at, c)) in text.char_indices().enumerate() {
        if c.is_whitespace() {
            space = Some(at);
            if is_clause_mark(before) && count > Sentences::LONG / 2 {
                clause = Some(at);
            }
        }
        before = c;
    }
    clause.or(space).filter(|at| *at > 0).unwrap_or(text.len())
}

fn is_clause_mark(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '–' | '—' | '、' | '，' | '；')
}

fn clause(after: &str) -> Verdict {
    match after.chars().next() {
        None => Unknown,
        Some(c) if c.is_whitespace() => Ends,
        Some(_) => Goes,
    }
}

/// The end of the terminators at `at` and of the marks that close after them.
fn run_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let run = rest
        .chars()
        .take(LOOK_AHEAD)
        .take_while(|c| ends_or_closes(*c));
    at + run.map(char::len_utf8).sum::<usize>()
}

/// A new line ends a sentence unless a small letter shows that only the line was wrapped.
fn newline(after: &str) -> Verdict {
    match Ahead::of(after) {
        Ahead::Nothing => Unknown,
        Ahead::Break => Ends,
        Ahead::Char(c, _) if c.is_lowercase() => Goes,
        Ahead::Char(..) => Ends,
    }
}

/// What comes after white space.
enum Ahead<'a> {
    /// Not known yet.
    Nothing,
    /// A new line, or more white space than any sentence has.
    Break,
    /// A character, and the text that begins with it.
    Char(char, &'a str),
}

impl<'a> Ahead<'a> {
    fn of(after: &'a str) -> Self {
        for (count, (at, c)) in after.char_indices().enumerate() {
            if c == '\n' || count >= LOOK_AHEAD {
                return Ahead::Break;
            }
            if !c.is_whitespace() {
                return Ahead::Char(c, &after[at..]);
            }
        }
        Ahead::Nothing
    }
}

fn terminator(text: &str, at: usize, end: usize) -> Verdict {
    let run = &text[at..end];
    let after = &text[end..];
    let word = word_before(text, at);
    let dots = run.matches('.').count() + 2 * run.matches('…').count();
    if run
        .chars()
        .any(|c| is_terminator(c) && c != '.' && c != '…')
    {
        loud(run, word, after)
    } else if dots > 1 {
        ellipsis(after)
    } else {
        full_stop(text, at, word, after)
    }
}

/// `?` and `!` end a sentence, but not inside a web address and not before a comma.
fn loud(run: &str, word: &str, after: &str) -> Verdict {
    if run.chars().any(is_wide) {
        return Ends;
    }
    let web = is_web(word);
    match after.chars().next() {
        None if web => Unknown,
        Some(c) if web && !c.is_whitespace() => Goes,
        Some(',' | ';' | ':') => Goes,
        _ => Ends,
    }
}

/// Three dots are a pause, unless a capital begins something new.
fn ellipsis(after: &str) -> Verdict {
    match Ahead::of(after) {
        Ahead::Nothing => Unknown,
        Ahead::Break => Ends,
        Ahead::Char(c, _) if c.is_lowercase() || c.is_numeric() || is_clause_mark(c) => Goes,
        Ahead::Char(..) => Ends,
    }
}

fn full_stop(text: &str, at: usize, word: &str, after: &str) -> Verdict {
    let kind = Kind::of(text, at, word);
    match after.chars().next() {
        Some(c) if !c.is_whitespace() => glued(kind, word, c),
        Some(_) if matches!(kind, Kind::Safe | Kind::Web) => Ends,
        None if kind == Kind::Safe => Ends,
        None => Unknown,
        Some(_) => match Ahead::of(after) {
            Ahead::Nothing => Unknown,
            Ahead::Break if matches!(kind, Kind::Title | Kind::ListNumber) => Goes,
            Ahead::Break => Ends,
            Ahead::Char(c, rest) => spaced(kind, c, rest),
        },
    }
}

/// A character stands right behind the full stop.
fn glued(kind: Kind, word: &str, next: char) -> Verdict {
    let sentence = kind == Kind::Safe && word.ends_with(char::is_lowercase);
    if next.is_alphanumeric() {
        // "nine.We" lacks a space; "example.com" and "3.5" do not.
        return if sentence && next.is_uppercase() {
            Ends
        } else {
            Goes
        };
    }
    let goes = is_clause_mark(next) || matches!(next, '-' | '/' | '@' | '%' | '$' | '&' | '#');
    if goes || kind != Kind::Safe {
        Goes
    } else {
        Ends
    }
}

/// White space and then `next` stand behind a full stop that is not safe.
fn spaced(kind: Kind, next: char, rest: &str) -> Verdict {
    let small = next.is_lowercase() || next.is_numeric() || is_clause_mark(next);
    match kind {
        Kind::Safe | Kind::Web => Ends,
        Kind::Title | Kind::ListNumber => Goes,
        Kind::Counter => {
            if next.is_numeric() {
                Goes
            } else {
                Ends
            }
        }
        _ if small => Goes,
        Kind::Number | Kind::ListEnd => Ends,
        Kind::Clock => by_word(rest, |word| !known::AFTER_CLOCK.contains(&word)),
        Kind::Calendar | Kind::Suffix => by_word(rest, |word| known::STARTERS.contains(&word)),
    }
}

/// Decides on the next whole word, lower case.
fn by_word(rest: &str, ends: impl Fn(&str) -> bool) -> Verdict {
    let mut word = String::new();
    for c in rest.chars().take(LOOK_AHEAD) {
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        } else if matches!(c, '\'' | '’') {
            word.push('\'');
        } else {
            return if word.is_empty() || ends(&word) {
                Ends
            } else {
                Goes
            };
        }
    }
    if rest.chars().nth(LOOK_AHEAD).is_some() {
        Goes
    } else {
        Unknown
    }
}

/// What the word before a full stop makes of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Safe,
    Web,
    Number,
    ListNumber,
    Title,
    Counter,
    Calendar,
    Suffix,
    ListEnd,
    Clock,
}

impl Kind {
    fn of(text: &str, at: usize, word: &str) -> Self {
        let lower = word.to_lowercase();
        let lower = lower.as_str();
        if let Some(kind) = Self::of_number(text, at, word) {
            kind
        } else if known::TITLES.contains(&lower) {
            Kind::Title
        } else if known::COUNTERS.contains(&lower) {
            Kind::Counter
        } else if known::CALENDAR.contains(&word) {
            Kind::Calendar
        } else if known::CLOCK.contains(&lower) {
            Kind::Clock
        } else if known::LIST_ENDS.contains(&lower) {
            Kind::ListEnd
        } else if known::SUFFIXES.contains(&lower) || is_initials(word) {
            Kind::Suffix
        } else if is_web(word) || follows_web_word(text, at, word) || is_small_letter(word) {
            Kind::Web
        } else {
            Kind::Safe
        }
    }

    fn of_number(text: &str, at: usize, word: &str) -> Option<Self> {
        let amount = word.trim_start_matches(['$', '€', '£', '+', '-', '#']);
        let plain = !amount.is_empty() && amount.chars().all(|c| c.is_ascii_digit() || c == ',');
        if !plain {
            return None;
        }
        let year = word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
        let first = text[..at].trim_start().len() == word.len() && amount.len() == word.len();
        Some(match (first, year) {
            (true, _) if amount.len() < 3 => Kind::ListNumber,
            (_, true) => Kind::Safe,
            _ => Kind::Number,
        })
    }
}

/// The word that ends at `at`, without what opens before it.
fn word_before(text: &str, at: usize) -> &str {
    let head = &text[..at];
    let from = head.rfind(char::is_whitespace).map_or(0, |space| {
        space + head[space..].chars().next().map_or(0, char::len_utf8)
    });
    head[from..].trim_start_matches(|c: char| {
        !c.is_alphanumeric() && !matches!(c, '$' | '€' | '£' | '+' | '-' | '#')
    })
}

/// "J", "U.S", "Ph.D": letters with full stops between, each part short. "I" is a word.
fn is_initials(word: &str) -> bool {
    let mut parts = 0;
    let initials = word.split('.').all(|part| {
        parts += 1;
        let mut chars = part.chars();
        chars.next().is_some_and(char::is_alphabetic) && chars.count() < 2
    });
    let one_capital =
        word.chars().count() == 1 && word != "I" && word.chars().all(char::is_uppercase);
    initials && (one_capital || parts > 1)
}

/// "a" may become "a.m".
fn is_small_letter(word: &str) -> bool {
    word.chars().count() == 1 && word.chars().all(char::is_lowercase)
}

fn is_web(word: &str) -> bool {
    let letters = word.chars().any(char::is_alphabetic);
    letters
        && (word.contains('@')
            || word.contains('.')
            || word.contains("//")
            || word.eq_ignore_ascii_case("www")
            || word.eq_ignore_ascii_case("example"))
}

fn follows_web_word(text: &str, at: usize, word: &str) -> bool {
    let head = text[..at - word.len()].trim_end();
    let before = word_before(head, head.len()).to_lowercase();
    word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && known::BEFORE_WEB.contains(&before.trim_end_matches(':'))
}
