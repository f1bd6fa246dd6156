//! Every number and symbol that no earlier step understood.

use super::scan::{Cursor, Here, rewrite};
use super::words;

/// Numbers with a name of their own.
const FIXED: [(&str, &str); 3] = [
    ("24/7", "twenty-four seven"),
    ("401(k)", "four oh one K"),
    ("9/11", "nine eleven"),
];

/// Endings of an ordinal.
const STEPS: [&str; 4] = ["st", "nd", "rd", "th"];

/// Writes numbers out: ordinals, decimals, ranges, fractions, years. No ASCII digit is left.
pub(crate) fn expand(text: &str) -> String {
    rewrite(text, |here| {
        let (length, said) = glyph(here).or_else(|| signed(here))?;
        let front = here
            .before
            .ends_with(|c: char| c.is_alphanumeric() || c == ',');
        let back = here.rest[length..].starts_with(char::is_alphanumeric);
        let (front, back) = (if front { " " } else { "" }, if back { " " } else { "" });
        Some((length, format!("{front}{said}{back}")))
    })
}

/// Writes symbols out and drops those that have no name. Letters and punctuation stay.
pub(crate) fn symbols(text: &str) -> String {
    rewrite(text, |here| {
        let c = here.rest.chars().next()?;
        let said = match c {
            '&' => " and ",
            '@' => " at ",
            '%' => " percent ",
            '=' => " equals ",
            '+' => " plus ",
            '°' => " degrees ",
            '-' if lone(here) => dash(here),
            '$' => " dollars ",
            '€' => " euros ",
            '£' => " pounds ",
            '¢' => " cents ",
            '×' => " times ",
            '÷' => " divided by ",
            '±' => " plus or minus ",
            '²' => " squared ",
            '³' => " cubed ",
            '–' | '—' => dash(here),
            '~' if here.rest[1..].starts_with(char::is_alphanumeric) => " about ",
            '<' if spaced(here) => " less than ",
            '>' if spaced(here) => " more than ",
            '~' | '^' | '*' | '_' | '|' | '\\' | '<' | '>' | '{' | '}' | '[' | ']' | '`' | '/'
            | '•' | '#' | '¥' | '₹' | '§' | '¶' | '†' => " ",
            _ => return None,
        };
        Some((c.len_utf8(), said.to_owned()))
    })
}

/// A hyphen that joins no two words.
fn lone(here: &Here) -> bool {
    let next = here.rest.chars().nth(1);
    here.starts_token() || !next.is_some_and(char::is_alphanumeric)
}

/// A dash between words is a pause; between a digit's words it never gets here.
fn dash(here: &Here) -> &'static str {
    let open = here.before.trim_end().ends_with(char::is_alphanumeric);
    let follows = here
        .rest
        .chars()
        .nth(1)
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '"'));
    if open && follows { ", " } else { " " }
}

fn spaced(here: &Here) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c == ' ' || c.is_alphanumeric());
    let before = here.before.chars().next_back();
    before.is_none_or(|c| edge(Some(c))) && edge(here.rest.chars().nth(1))
}

/// "½", alone or behind a whole number.
fn glyph(here: &Here) -> Option<(usize, String)> {
    let c = here.rest.chars().next()?;
    let (top, bottom) = vulgar(c)?;
    Some((c.len_utf8(), words::fraction(top, bottom)))
}

fn vulgar(c: char) -> Option<(u32, u32)> {
    Some(match c {
        '½' => (1, 2),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '⅕' => (1, 5),
        '⅛' => (1, 8),
        '⅜' => (3, 8),
        '⅝' => (5, 8),
        '⅞' => (7, 8),
        _ => return None,
    })
}

fn signed(here: &Here) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(here.rest);
    let free = here.before.is_empty() || here.before.ends_with([' ', '(', '"']);
    let minus = free && cursor.eat('-');
    let counted = free && !minus && cursor.eat('#');
    let said = if free && cursor.eat('.') {
        words::decimal(
            "",
            Some(cursor.digits(Cursor::LONG)).filter(|part| !part.is_empty())?,
        )
    } else {
        number(here, &mut cursor)?
    };
    let sign = if minus {
        "minus "
    } else if counted {
        "number "
    } else {
        ""
    };
    Some((cursor.read(), format!("{sign}{said}")))
}

fn number(here: &Here, cursor: &mut Cursor) -> Option<String> {
    let known = FIXED
        .iter()
        .find(|(written, _)| here.rest.starts_with(written));
    if let Some((written, said)) = known
        && here.starts_token()
    {
        cursor.take(written.len(), |_| true);
        return Some((*said).to_owned());
    }
    let start = *cursor;
    let int = integer(cursor)?;
    if let Some(said) = fraction(here, int, cursor).or_else(|| ordinal(int, cursor)) {
        return Some(said + join(here, cursor));
    }
    let mut said = match parts(cursor) {
        fraction if !fraction.is_empty() => {
            let more = fraction
                .iter()
                .skip(1)
                .map(|part| format!(" point {}", words::digits(part)));
            format!(
                "{}{}",
                words::decimal(int, fraction[0]),
                more.collect::<String>()
            )
        }
        _ if glued(here, start) => words::digits(int),
        _ => plain(int, cursor),
    };
    if let Some(half) = mixed(cursor) {
        said = format!("{said} and {half}");
    }
    Some(said + join(here, cursor))
}

/// A number with letters before it is part of a name: "A1c", "B2B", "covid19" is said in digits.
fn glued(here: &Here, start: Cursor) -> bool {
    start.read() == 0 && here.before.ends_with(char::is_alphabetic)
}

/// Digits with commas in their right places; other commas are punctuation.
fn integer<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let rest = cursor.rest();
    let mut length = cursor.digits(Cursor::LONG).len();
    if length == 0 {
        return None;
    }
    while (1..=3).contains(&rest[..length].rsplit(',').next().map_or(0, str::len)) {
        let mut ahead = *cursor;
        if !ahead.eat(',') || ahead.digits(4).len() != 3 {
            break;
        }
        *cursor = ahead;
        length += 4;
    }
    Some(&rest[..length])
}

/// The parts behind full stops: one for a decimal, more for a version.
fn parts<'a>(cursor: &mut Cursor<'a>) -> Vec<&'a str> {
    let mut parts = Vec::new();
    loop {
        let mut ahead = *cursor;
        let part = if ahead.eat('.') {
            ahead.digits(Cursor::LONG)
        } else {
            ""
        };
        if part.is_empty() {
            return parts;
        }
        parts.push(part);
        *cursor = ahead;
    }
}

/// A whole number by how it is written: year, identifier, decade or count.
fn plain(int: &str, cursor: &mut Cursor) -> String {
    let value: u32 = int.parse().unwrap_or(u32::MAX);
    let year = int.len() == 4 && (1900..=2099).contains(&value);
    let decade = value.is_multiple_of(10) && (year || int.len() == 2 && value > 10);
    let mut ahead = *cursor;
    ahead.eat('\'');
    if decade && ahead.eat('s') && ahead.ends_token() {
        *cursor = ahead;
        return words::plural(&if year {
            words::year(value)
        } else {
            words::cardinal(value.into())
        });
    }
    match int.len() {
        _ if year => words::year(value),
        length if length > 6 && !int.contains(',') && !int.ends_with("000") => {
            words::digit_run(int)
        }
        length if length > 1 && int.starts_with('0') => words::digits(int),
        _ => words::whole(int),
    }
}

fn ordinal(int: &str, cursor: &mut Cursor) -> Option<String> {
    let mut ahead = *cursor;
    STEPS.iter().any(|end| ahead.eat_word(end)).then_some(())?;
    let plain: String = int.chars().filter(char::is_ascii_digit).collect();
    let value: u64 = plain.parse().ok().filter(|n| *n < 1_000_000_000)?;
    ahead.ends_token().then(|| *cursor = ahead)?;
    Some(words::ordinal(value))
}

fn fraction(here: &Here, int: &str, cursor: &mut Cursor) -> Option<String> {
    if here.before.ends_with('/') {
        return None;
    }
    let mut ahead = *cursor;
    let top: u32 = int.parse().ok().filter(|n| *n < 1000)?;
    ahead.eat('/').then_some(())?;
    let bottom = ahead.number(3, 2..=999)?;
    (ahead.ends_token() && ahead.peek() != Some('/')).then(|| *cursor = ahead)?;
    Some(words::fraction(top, bottom))
}

/// " 1/2" or "½" behind a whole number: "a half" with the word before it.
fn mixed(cursor: &mut Cursor) -> Option<String> {
    let mut ahead = *cursor;
    let spaced = !ahead.spaces().is_empty();
    let found = match ahead.peek().and_then(vulgar) {
        Some(found) => {
            ahead.take(1, |_| true);
            Some(found)
        }
        None if spaced => {
            let top = ahead.number(1, 1..=9)?;
            let bottom = ahead.eat('/').then(|| ahead.number(2, 2..=16))??;
            Some((top, bottom))
                .filter(|_| top < bottom && ahead.ends_token() && ahead.peek() != Some('/'))
        }
        None => None,
    };
    let (top, bottom) = found?;
    *cursor = ahead;
    Some(
        words::fraction(top, bottom)
            .replacen("one half", "a half", 1)
            .replacen("one quarter", "a quarter", 1),
    )
}

/// What joins this number to the next one: "to" for a range, a pause in a longer chain, "by" for
/// a size.
fn join(here: &Here, cursor: &mut Cursor) -> &'static str {
    let mut ahead = *cursor;
    let spaced = !ahead.spaces().is_empty();
    let mark = ahead.eat_any(&['-', '–', '—', ':', 'x', '×']);
    let even = ahead.spaces().is_empty() != spaced;
    let (Some(mark), true) = (
        mark,
        even && ahead.peek().is_some_and(|c| c.is_ascii_digit()),
    ) else {
        return "";
    };
    let is_dash = |c| matches!(c, '-' | '–');
    let more = ahead
        .rest()
        .trim_start_matches(|c: char| c.is_ascii_digit());
    *cursor = ahead;
    match mark {
        'x' | '×' => " by ",
        mark if is_dash(mark) && (more.starts_with(is_dash) || here.before.ends_with(is_dash)) => {
            ", "
        }
        _ => " to ",
    }
}
