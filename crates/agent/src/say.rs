//! How data is spoken: days, times, numbers and lists (CALLER §2.6).

use jiff::civil::{Date, Weekday};

use crate::{hear::clock::Span, hours::Calendar};

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DIGITS: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];

/// `Thursday`.
pub fn weekday(day: Weekday) -> &'static str {
    DAYS[usize::from(day.to_monday_zero_offset().unsigned_abs()) % 7]
}

/// `Thursday, November 26th`, with the year when it is more than ten months away.
pub fn day(date: Date, today: Date) -> String {
    let number = date.day();
    let suffix = match number {
        11..=13 => "th",
        n if n % 10 == 1 => "st",
        n if n % 10 == 2 => "nd",
        n if n % 10 == 3 => "rd",
        _ => "th",
    };
    let month = MONTHS[usize::from(date.month().unsigned_abs()).clamp(1, 12) - 1];
    let year = if days_between(today, date).abs() > 300 {
        format!(" {}", date.year())
    } else {
        String::new()
    };
    format!(
        "{}, {month} {number}{suffix}{year}",
        weekday(date.weekday())
    )
}

/// The same with `today` or `tomorrow` in front: relative words only together with the date.
pub fn near_day(date: Date, today: Date) -> String {
    let full = day(date, today);
    match days_between(today, date) {
        0 => format!("today, {full}"),
        1 => format!("tomorrow, {full}"),
        _ => full,
    }
}

fn days_between(a: Date, b: Date) -> i32 {
    a.until(b).map_or(0, |s| s.get_days())
}

/// `10 a.m.`, `2:30 p.m.`, `noon`; the argument is a minute of the day.
pub fn time(minute: u16) -> String {
    let (h, m) = (minute / 60 % 24, minute % 60);
    match (h, m) {
        (12, 0) => return "noon".into(),
        (0, 0) => return "midnight".into(),
        _ => {}
    }
    let half = if h < 12 { "a.m." } else { "p.m." };
    let h = if h % 12 == 0 { 12 } else { h % 12 };
    if m == 0 {
        format!("{h} {half}")
    } else {
        format!("{h}:{m:02} {half}")
    }
}

/// `from 8 a.m. to noon and from 1 p.m. to 5 p.m.`
pub fn spans(spans: &[Span]) -> String {
    let parts: Vec<String> = spans
        .iter()
        .map(|s| format!("from {} to {}", time(s.from), time(s.to)))
        .collect();
    list(&parts, "and")
}

/// `a, b and c`.
pub fn list<S: AsRef<str>>(items: &[S], and: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} {and} {}", most.join(", "), last.as_ref())
        }
    }
}

/// Digits one by one in groups with pauses: `two zero two, five five five, zero one two three`.
pub fn phone(number: &str) -> String {
    let digits: Vec<usize> = number
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|b| usize::from(b - b'0'))
        .collect();
    // A North American number is said without its country code, in three groups.
    let home = number.starts_with("+1") && digits.len() == 11;
    let digits = if home { &digits[1..] } else { &digits[..] };
    let mut groups = Vec::new();
    let mut rest = digits;
    while !rest.is_empty() {
        let take = if rest.len() <= 4 { rest.len() } else { 3 };
        groups.push(
            rest[..take]
                .iter()
                .map(|d| DIGITS[*d])
                .collect::<Vec<_>>()
                .join(" "),
        );
        rest = &rest[take..];
    }
    groups.join(", ")
}

/// `a cleaning`, `an implant`, `teeth whitening`.
pub fn a(name: &str) -> String {
    let name = name.trim();
    let article = name.starts_with("a ") || name.starts_with("an ") || name.starts_with("the ");
    // Names of several things, and activities named by two words, take no article.
    if article
        || name.ends_with('s') && !name.ends_with("ss")
        || (name.contains(' ') && name.ends_with("ing"))
    {
        return name.to_owned();
    }
    let vowel = name.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
    format!("{} {name}", if vowel { "an" } else { "a" })
}

/// The week, days with the same hours together: `Monday to Friday from 8 a.m. to 5 p.m., and Saturday from …`.
pub fn week(calendar: &Calendar) -> String {
    let hours = |i: usize| -> &[Span] {
        Weekday::from_monday_zero_offset(i8::try_from(i).unwrap_or(0))
            .map_or(&[], |d| calendar.usual(d))
    };
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for i in 0..7 {
        match groups.last_mut() {
            Some(last) if hours(last.1) == hours(i) => last.1 = i,
            _ => groups.push((i, i)),
        }
    }
    let name = |(a, b): (usize, usize)| match b - a {
        0 => DAYS[a].to_owned(),
        1 => format!("{} and {}", DAYS[a], DAYS[b]),
        _ => format!("{} to {}", DAYS[a], DAYS[b]),
    };
    let (open, shut): (Vec<_>, Vec<_>) = groups.into_iter().partition(|g| !hours(g.0).is_empty());
    let open: Vec<String> = open
        .iter()
        .map(|g| format!("{} {}", name(*g), spans(hours(g.0))))
        .collect();
    let shut: Vec<String> = shut.iter().map(|g| name(*g)).collect();
    let mut text = format!("We're open {}.", list(&open, "and"));
    if open.is_empty() {
        text.clear();
    }
    if !shut.is_empty() {
        text.push_str(&format!(" We're closed on {}.", list(&shut, "and")));
    }
    text.trim().to_owned()
}

/// The text with its first letter in upper case.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>());
    first.unwrap_or_default() + chars.as_str()
}
