//! Dates: "2026-11-21", "3/4/2026", "21.11.2026", "Nov 21", "21 Nov 2026", "Mon-Fri".
//!
//! "3/4" alone is a date only behind a word that asks for one ("on 3/4"), or when it can be
//! nothing else ("11/21"); otherwise it is left for the numbers step to read as a fraction.

use super::options::Locale;
use super::scan::{Cursor, Here, rewrite};
use super::spoken_date::{Date, full_year, month, weekday};
use super::words;

/// Words behind which two numbers with a stroke are a date.
const BEFORE: &[&str] = &[
    "on",
    "by",
    "until",
    "from",
    "before",
    "after",
    "since",
    "for",
    "date",
    "due",
    "through",
    "till",
    "is",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Writes dates out.
pub(crate) fn expand(text: &str, locale: Locale) -> String {
    rewrite(text, |here| {
        let first = here.rest.chars().next()?;
        if !here.starts_token() {
            return None;
        }
        if first.is_ascii_digit() {
            if here
                .before
                .ends_with(['.', ',', '/', '-', '$', '(', '+', ':'])
            {
                return None;
            }
            return iso(here.rest)
                .or_else(|| numeric(here, locale))
                .or_else(|| day_first(here));
        }
        let letter = first.is_ascii_alphabetic();
        letter.then(|| {
            month_first(here.rest)
                .or_else(|| months(here.rest))
                .or_else(|| days(here.rest))
        })?
    })
}

fn iso(rest: &str) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(rest);
    let year = cursor.number(4, 1000..=2999)?;
    let mark = cursor.eat_any(&['-', '/'])?;
    let month = cursor.number(2, 1..=12)?;
    cursor.eat(mark).then_some(())?;
    let day = cursor.number(2, 1..=31)?;
    let said = Date {
        year: Some(year),
        month: Some(month),
        day: Some(day),
    }
    .say()?;
    let mut ahead = cursor;
    if ahead.eat_any(&['T']).is_some() && ahead.peek().is_some_and(|c| c.is_ascii_digit()) {
        // The clock is left to the step for times; its zone "Z" is not said.
        return Some((ahead.read(), format!("{said} at ")));
    }
    (cursor.ends_token() && cursor.peek() != Some('-')).then(|| (cursor.read(), said))
}

/// Two or three numbers with strokes, or three with dots (day first).
fn numeric(here: &Here, locale: Locale) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(here.rest);
    let first = cursor.number(2, 1..=31)?;
    let mark = cursor.eat_any(&['/', '.', '-'])?;
    let second = cursor.number(2, 1..=31)?;
    let mut ahead = cursor;
    let mut year = None;
    if ahead.eat(mark) {
        year = ahead
            .number(4, 1000..=2999)
            .or_else(|| (mark == '/').then(|| ahead.number(2, 0..=99).map(full_year))?);
        if year.is_some() {
            cursor = ahead;
        }
    }
    let dayish = mark == '.' || locale == Locale::EnGb;
    let (month, day) = if dayish && second <= 12 || first > 12 {
        (second, first)
    } else {
        (first, second)
    };
    let certain = year.is_some()
        || mark == '/' && (day > 12 && day != 24 || BEFORE.contains(&here.word_before().as_str()));
    let clear = cursor.ends_token() && !matches!(cursor.peek(), Some('/' | '-' | '%'));
    if month > 12 || !certain || !clear {
        return None;
    }
    let said = Date {
        year,
        month: Some(month),
        day: Some(day),
    }
    .say()?;
    Some((cursor.read(), said))
}

/// "21 Nov", "21st of November 2026".
fn day_first(here: &Here) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(here.rest);
    let day = cursor.number(2, 1..=31)?;
    suffix(&mut cursor);
    (!cursor.spaces().is_empty() || cursor.eat('-')).then_some(())?;
    cursor.eat_word("of ");
    let name = cursor.letters();
    let month = month(name).filter(|_| capital(name))?;
    dot(&mut cursor, name);
    let year = year(&mut cursor);
    let date = Date {
        year,
        month: Some(month),
        day: Some(day),
    };
    let plain = date.say()?;
    let said = if here.word_before() == "the" {
        date.say_of()?
    } else {
        plain
    };
    cursor.ends_token().then(|| (cursor.read(), said))
}

/// "Nov 21", "November 21st, 2026", "Nov 21-23", "Nov 2026".
fn month_first(rest: &str) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(rest);
    let name = cursor.letters();
    let month = month(name).filter(|_| capital(name))?;
    dot(&mut cursor, name);
    cursor.take(1, |c| c == ' ').chars().next()?;
    cursor.eat_word("the ");
    let mut ahead = cursor;
    let year_only = ahead.number(4, 1900..=2099);
    if year_only.is_some() && ahead.ends_token() {
        let date = Date {
            year: year_only,
            month: Some(month),
            day: None,
        };
        return Some((ahead.read(), date.say()?));
    }
    let day = cursor.number(2, 1..=31)?;
    suffix(&mut cursor);
    let last = last_day(&mut cursor);
    let year = year(&mut cursor);
    let clear = cursor.ends_token() && !matches!(cursor.peek(), Some(':' | '/' | '%'));
    let first = Date {
        year: None,
        month: Some(month),
        day: Some(day),
    }
    .say()?;
    let last = last.map(|day| format!(" to {}", words::ordinal(u64::from(day))));
    let year = year.map(|year| format!(", {}", words::year(year)));
    let said = format!(
        "{first}{}{}",
        last.unwrap_or_default(),
        year.unwrap_or_default()
    );
    clear.then(|| (cursor.read(), said))
}

/// "Jan-Mar".
fn months(rest: &str) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(rest);
    let next = |cursor: &mut Cursor| {
        let name = cursor.letters();
        let said = Date {
            year: None,
            month: month(name).filter(|_| capital(name)),
            day: None,
        };
        said.month.and_then(|_| said.say())
    };
    let first = next(&mut cursor)?;
    cursor.eat_any(&['-', '–'])?;
    let last = next(&mut cursor)?;
    cursor
        .ends_token()
        .then(|| (cursor.read(), format!("{first} to {last}")))
}

/// "-23" behind the first day of a range.
fn last_day(cursor: &mut Cursor) -> Option<u32> {
    let mut ahead = *cursor;
    ahead.range_mark().then_some(())?;
    let day = ahead.number(2, 1..=31)?;
    suffix(&mut ahead);
    let clear = ahead.ends_token() && ahead.peek() != Some(':');
    clear.then(|| *cursor = ahead)?;
    Some(day)
}

/// "Mon-Fri", "Tues.", "Sat 9": days in full. Abbreviations that are words need company.
fn days(rest: &str) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(rest);
    if ["M-F", "M–F"].iter().any(|week| cursor.eat_word(week)) && cursor.ends_token() {
        return Some((cursor.read(), "Monday to Friday".to_owned()));
    }
    let mut cursor = Cursor::new(rest);
    let name = cursor.letters();
    let first = weekday(name).filter(|_| capital(name))?;
    let dotted = cursor.peek() == Some('.') && name.len() < first.len();
    dot(&mut cursor, name);
    let mut ahead = cursor;
    if ahead.range_mark() {
        let end = ahead.letters();
        if let Some(last) = weekday(end).filter(|_| capital(end)) {
            dot(&mut ahead, end);
            return Some((ahead.read(), format!("{first} to {last}")));
        }
    }
    let next = cursor.rest().trim_start_matches([',', ' ']);
    let dated = next.starts_with(|c: char| c.is_ascii_digit())
        || month(Cursor::new(next).letters()).is_some();
    let word = matches!(name, "Sun" | "Sat" | "Wed" | "Mon");
    let company = dotted || dated || !word;
    (company && name.len() < first.len() && cursor.ends_token())
        .then(|| (cursor.read(), first.to_owned()))
}

fn capital(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// The dot of an abbreviation, unless it may end the sentence.
fn dot(cursor: &mut Cursor, name: &str) {
    let mut ahead = *cursor;
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '-' | '–' | ',');
    if name.len() < 6 && ahead.eat('.') && ahead.rest().trim_start().starts_with(goes_on) {
        *cursor = ahead;
    }
}

fn suffix(cursor: &mut Cursor) {
    let _ = ["st", "nd", "rd", "th"]
        .iter()
        .any(|end| cursor.eat_word(end));
}

/// ", 2026" or " 2026".
fn year(cursor: &mut Cursor) -> Option<u32> {
    let mut ahead = *cursor;
    ahead.eat(',');
    ahead.spaces();
    let year = ahead.number(4, 1900..=2099)?;
    if !ahead.ends_token() || matches!(ahead.peek(), Some('-' | ':')) {
        return None;
    }
    *cursor = ahead;
    Some(year)
}
