//! `say-as`: text whose kind is told, written out as words.

use crate::normalize::spoken_date::{Date, full_year, month};
use crate::normalize::{Locale, telephone, time_of_day, words};

/// The words for `text` as `kind`; `None` when it cannot be read as that, or `kind` is unknown.
pub(super) fn say(kind: &str, format: &str, text: &str) -> Option<String> {
    let said = match kind {
        "characters" | "spell-out" | "verbatim" => words::spelled(text),
        "digits" => words::digits(&digits(text)?),
        "cardinal" | "number" => cardinal(text)?,
        "ordinal" => words::ordinal(whole(text)?),
        "date" => date(format, text)?,
        "time" => time_of_day(text, Locale::EnUs)?,
        "telephone" => telephone(text),
        _ => return None,
    };
    Some(said).filter(|said| !said.is_empty())
}

fn digits(text: &str) -> Option<String> {
    let only = text
        .chars()
        .all(|c| c.is_ascii_digit() || c.is_whitespace() || "-.,()".contains(c));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (only && !digits.is_empty()).then_some(digits)
}

fn whole(text: &str) -> Option<u64> {
    text.trim()
        .replace(',', "")
        .trim_end_matches(char::is_alphabetic)
        .parse()
        .ok()
}

fn cardinal(text: &str) -> Option<String> {
    let text = text.trim();
    let (sign, amount) = match text.strip_prefix('-') {
        Some(amount) => ("minus ", amount),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (int, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let number = !amount.is_empty()
        && int.bytes().all(|b| b.is_ascii_digit() || b == b',')
        && fraction.bytes().all(|b| b.is_ascii_digit());
    number.then(|| format!("{sign}{}", words::decimal(int, fraction)))
}

/// Parts in the order that `format` names ("mdy", "ymd", "my", ...); without a format a year
/// first tells ISO order, and month before day is taken otherwise.
fn date(format: &str, text: &str) -> Option<String> {
    let text = text.trim();
    let mut parts: Vec<&str> = text
        .split(['-', '/', '.', ' ', ','])
        .filter(|p| !p.is_empty())
        .collect();
    let compact = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    if compact {
        parts = vec![&text[..4], &text[4..6], &text[6..]];
    }
    let order: String = match format {
        "" if parts.first().is_some_and(|first| first.len() == 4) => "ymd".into(),
        "" => "mdy".into(),
        "yyyymmdd" => "ymd".into(),
        other => other.to_ascii_lowercase(),
    };
    if parts.is_empty() || parts.len() > order.len() {
        return None;
    }
    let mut date = Date::default();
    for (kind, part) in order.chars().zip(&parts) {
        let number = part
            .trim_end_matches(|c: char| c.is_ascii_alphabetic())
            .parse::<u32>()
            .ok();
        match kind {
            'y' => {
                date.year = Some(if part.len() == 2 {
                    full_year(number?)
                } else {
                    number.filter(|y| *y < 10_000)?
                })
            }
            'm' => date.month = Some(month(part).or(number)?),
            'd' => date.day = Some(number.filter(|day| (1..=31).contains(day))?),
            _ => return None,
        }
    }
    date.say()
}
