//! Days, as people name them.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::{
    number::{cardinal, ordinal},
    words::Token,
};
use crate::feast::FEASTS;

/// Something that was found in the words: where, how long, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// The first token.
    pub at: usize,
    /// How many tokens.
    pub len: usize,
    /// What it means.
    pub value: T,
}

/// From where a day is counted.
#[derive(Clone, Copy, Debug)]
pub struct Base {
    /// The present day at the business.
    pub today: Date,
    /// The week that is being spoken about, by a day in it.
    pub week: Option<Date>,
}

const MONTHS: [&[&str]; 12] = [
    &["january", "jan"],
    &["february", "feb"],
    &["march", "mar"],
    &["april", "apr"],
    &["may"],
    &["june", "jun"],
    &["july", "jul"],
    &["august", "aug"],
    &["september", "sep", "sept"],
    &["october", "oct"],
    &["november", "nov"],
    &["december", "dec"],
];
const WEEKDAYS: [&[&str]; 7] = [
    &["monday", "mon", "mondays"],
    &["tuesday", "tue", "tues", "tuesdays"],
    &["wednesday", "wed", "wednesdays"],
    &["thursday", "thu", "thur", "thurs", "thursdays"],
    &["friday", "fri", "fridays"],
    &["saturday", "sat", "saturdays"],
    &["sunday", "sun", "sundays"],
];

/// The weekday of this name.
pub fn weekday(word: &str) -> Option<Weekday> {
    let at = WEEKDAYS.iter().position(|names| names.contains(&word))?;
    Weekday::from_monday_zero_offset(i8::try_from(at).ok()?).ok()
}

fn month(word: &str) -> Option<i8> {
    let at = MONTHS.iter().position(|names| names.contains(&word))?;
    i8::try_from(at + 1).ok()
}

/// True for a word that names a day or a month, so it is not somebody's name.
pub fn is_calendar_word(word: &str) -> bool {
    weekday(word).is_some()
        || (month(word).is_some() && !["may", "april", "june", "august", "jan"].contains(&word))
}

/// All days that are named, in order. A day before `base.today` is returned too, when it was named without doubt.
pub fn dates(tokens: &[Token], base: Base) -> Vec<Found<Date>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match one(tokens, at, base) {
            Some((value, len)) if !is_choice(tokens, at + len) => {
                out.push(Found { at, len, value });
                at += len;
            }
            _ => at += 1,
        }
    }
    out
}

/// `the first one` and `the second option` choose; they name no day.
fn is_choice(tokens: &[Token], after: usize) -> bool {
    tokens.get(after).is_some_and(|t| {
        t.is(&[
            "one",
            "option",
            "slot",
            "available",
            "time",
            "appointment",
            "visit",
            "opening",
            "choice",
            "thing",
        ])
    }) && after > 0
        && ordinal(tokens, after - 1).is_some()
}

type Rule = fn(&[Token], usize, Base) -> Option<(Date, usize)>;

fn one(tokens: &[Token], at: usize, base: Base) -> Option<(Date, usize)> {
    const RULES: [Rule; 8] = [
        feast,
        near,
        in_some_time,
        weekday_in_week,
        any_weekday,
        month_day,
        day_of_month,
        numeric,
    ];
    RULES.iter().find_map(|rule| rule(tokens, at, base))
}

fn word(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |t| t.word.as_str())
}

fn says(tokens: &[Token], at: usize, phrase: &str) -> Option<usize> {
    let mut len = 0;
    for expected in phrase.split(' ') {
        if word(tokens, at + len) != expected {
            return None;
        }
        len += 1;
    }
    Some(len)
}

fn plus(date: Date, days: i64) -> Option<Date> {
    date.checked_add(days.days()).ok()
}

fn feast(tokens: &[Token], at: usize, base: Base) -> Option<(Date, usize)> {
    FEASTS.iter().find_map(|feast| {
        let len = feast
            .names
            .iter()
            .filter_map(|name| says(tokens, at, name))
            .max()?;
        Some((feast.next(base.today)?, len))
    })
}

fn near(tokens: &[Token], at: usize, base: Base) -> Option<(Date, usize)> {
    const NEAR: [(&str, i64); 10] = [
        ("the day after tomorrow", 2),
        ("day after tomorrow", 2),
        ("the day before yesterday", -2),
        ("tomorrow", 1),
        ("tomorow", 1),
        ("today", 0),
        ("tonight", 0),
        ("this afternoon", 0),
        ("this morning", 0),
        ("yesterday", -1),
    ];
    if says(tokens, at, "this evening").is_some() {
        return Some((base.today, 1));
    }
    // Of tomorrow there is an entry of its own.
    if let Some(len) = says(tokens, at, "day after")
        && let Some((day, took)) = feast(tokens, at + len, base)
    {
        return Some((plus(day, 1)?, len + took));
    }
    NEAR.iter().find_map(|(phrase, days)| {
        let len = says(tokens, at, phrase)?;
        // The part of the day stays to be read by others.
        let len = if phrase.starts_with("this") { 1 } else { len };
        Some((plus(base.today, *days)?, len))
    })
}

/// `in two weeks`, `three days from now`, `a week from tuesday`, `last week` is not a day.
fn in_some_time(tokens: &[Token], at: usize, base: Base) -> Option<(Date, usize)> {
    let lead = usize::from(word(tokens, at) == "in");
    let (count, took) = match word(tokens, at + lead) {
        "a" | "an" => (1, 1),
        "couple" => (2, 1 + usize::from(word(tokens, at + lead + 1) == "of")),
        _ => cardinal(tokens, at + lead)?,
    };
    let unit = at + lead + took;
    let days = i64::from(count.min(400)) * unit_days(word(tokens, unit))?;
    let after = unit + 1;
    if ["from", "on"].contains(&word(tokens, after)) {
        if ["now", "today"].contains(&word(tokens, after + 1)) {
            return Some((plus(base.today, days)?, after + 2 - at));
        }
        let (from, len) =
            near(tokens, after + 1, base).or_else(|| any_weekday(tokens, after + 1, base))?;
        return Some((plus(from, days)?, after + 1 + len - at));
    }
    (lead == 1).then_some((plus(base.today, days)?, after - at))
}

fn unit_days(word: &str) -> Option<i64> {
    match word {
        "day" | "days" => Some(1),
        "week" | "weeks" => Some(7),
        "fortnight" => Some(14),
        "month" | "months" => Some(30),
        _ => None,
    }
}

/// The Monday of the week in which `date` is.
pub fn monday(date: Date) -> Option<Date> {
    plus(date, -i64::from(date.weekday().to_monday_zero_offset()))
}

/// `next tuesday`, `tuesday next week`, `next week on tuesday`: that day in the week after this one, weeks from Monday.
fn weekday_in_week(tokens: &[Token], at: usize, base: Base) -> Option<(Date, usize)> {
    let next = plus(monday(base.today)?, 7)?;
    let shift = |day: Weekday, from: Date| plus(from, i64::from(day.to_monday_zero_offset()));
    if let Some(len) = says(tokens, at, "next week") {
        let skip = usize::from(word(tokens, at + len) == "on");
        let day = weekday(word(tokens, at + len + skip))?;
        return Some((shift(day, next)?, len + skip + 1));
    }
    if word(tokens, at) == "next" {
        let day = weekday(word(tokens, at + 1))?;
        return Some((shift(day, next)?, 2));
    }
    let day = weekday(word(tokens, at))?;
    let len =
        1 + says(tokens, at + 1, "next week").or_else(|| says(tokens, at + 1, "of next week"))?;
    Some((shift(day, next)?, len))
}

/// `tuesday`, `this tuesday`: the next one after today, or the one in the week that is being spoken about. A weekday
/// with its date (`tuesday the 24th`) is its date.
fn any_weekday(tokens: &[Token], at: usize, base: Base) -> Option<(Date, usize)> {
    let lead = usize::from(["this", "coming", "on"].contains(&word(tokens, at)));
    let day = weekday(word(tokens, at + lead))?;
    let mut after = at + lead + 1;
    if word(tokens, after) == "the" && ordinal(tokens, after + 1).is_some() {
        after += 1;
    }
    if let Some((date, len)) =
        month_day(tokens, after, base).or_else(|| day_of_month(tokens, after, base))
    {
        return Some((date, after + len - at));
    }
    if let Some(monday) = base.week.and_then(monday).filter(|m| *m > base.today) {
        return Some((
            plus(monday, i64::from(day.to_monday_zero_offset()))?,
            lead + 1,
        ));
    }
    let ahead = i64::from(base.today.weekday().until(day));
    let ahead = if ahead == 0 { 7 } else { ahead };
    Some((plus(base.today, ahead)?, lead + 1))
}

/// `november 24`, `november the 24th`, `24th of november`, with or without a year.
fn month_day(tokens: &[Token], at: usize, base: Base) -> Option<(Date, usize)> {
    let number = |at| ordinal(tokens, at).or_else(|| cardinal(tokens, at));
    let (month, day, mut end) = if let Some(m) = month(word(tokens, at)) {
        let the = usize::from(word(tokens, at + 1) == "the");
        let (day, took) = number(at + 1 + the)?;
        (m, day, at + 1 + the + took)
    } else {
        let the = usize::from(word(tokens, at) == "the");
        let (day, took) = number(at + the)?;
        let of = usize::from(word(tokens, at + the + took) == "of");
        let month_at = at + the + took + of;
        (month(word(tokens, month_at))?, day, month_at + 1)
    };
    let day = i8::try_from(day).ok()?;
    if let Some((year @ 2000..=2200, took)) = cardinal(tokens, end) {
        end += took;
        return Some((
            Date::new(i16::try_from(year).ok()?, month, day).ok()?,
            end - at,
        ));
    }
    Some((upcoming(base.today, month, day)?, end - at))
}

/// The next day of this month and number that is not before today; 29 February may be years away.
fn upcoming(today: Date, month: i8, day: i8) -> Option<Date> {
    (0..9).find_map(|years| {
        let date = Date::new(today.year().checked_add(years)?, month, day).ok()?;
        (date >= today).then_some(date)
    })
}

/// `the 24th`: the next one.
fn day_of_month(tokens: &[Token], at: usize, base: Base) -> Option<(Date, usize)> {
    let the = usize::from(word(tokens, at) == "the");
    let (day, took) = ordinal(tokens, at + the)?;
    let day = i8::try_from(day).ok().filter(|d| (1..=31).contains(d))?;
    // A small ordinal without "the" and without digits is more often a place in a row.
    if the == 0 && !word(tokens, at).starts_with(|c: char| c.is_ascii_digit()) && day < 10 {
        return None;
    }
    let first = Date::new(base.today.year(), base.today.month(), 1).ok()?;
    let date = (0..3i64).find_map(|months| {
        let start = first.checked_add(months.months()).ok()?;
        let date = Date::new(start.year(), start.month(), day).ok()?;
        (date >= base.today).then_some(date)
    })?;
    Some((date, the + took))
}

/// `11/24`, `11/24/2026`, `2026-11-24`.
fn numeric(tokens: &[Token], at: usize, base: Base) -> Option<(Date, usize)> {
    let word = word(tokens, at);
    if word.contains('-') {
        return Some((word.parse().ok()?, 1));
    }
    let mut parts = word.split('/').map(|p| p.parse::<i16>().ok());
    let (a, b) = (
        i8::try_from(parts.next()??).ok()?,
        i8::try_from(parts.next()??).ok()?,
    );
    let (month, day) = if a > 12 { (b, a) } else { (a, b) };
    match parts.next() {
        Some(year) => {
            let year = year?;
            let year = if year < 100 { year + 2000 } else { year };
            Some((Date::new(year, month, day).ok()?, 1))
        }
        None => Some((upcoming(base.today, month, day)?, 1)),
    }
}
