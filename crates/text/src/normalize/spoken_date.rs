//! Months, days and the words for a date that is already understood.

use super::words;

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
const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// A date of which some parts may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Date {
    pub(crate) year: Option<u32>,
    pub(crate) month: Option<u32>,
    pub(crate) day: Option<u32>,
}

impl Date {
    /// "November twenty-first, twenty twenty-six"; `None` if such a day cannot be.
    pub(crate) fn say(self) -> Option<String> {
        let year = self.year.map(words::year);
        let day = self.day.map(|day| words::ordinal(u64::from(day)));
        let Some(number) = self.month else {
            return day.or(year);
        };
        let month = MONTHS.get((number as usize).checked_sub(1)?)?;
        let most = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][number as usize - 1];
        if self.day.is_some_and(|day| day == 0 || day > most) {
            return None;
        }
        Some(match (day, year) {
            (Some(day), Some(year)) => format!("{month} {day}, {year}"),
            (Some(day), None) => format!("{month} {day}"),
            (None, Some(year)) => format!("{month} {year}"),
            (None, None) => (*month).to_owned(),
        })
    }
}

impl Date {
    /// "twenty-first of November, twenty twenty-six", as it is said behind "the".
    pub(crate) fn say_of(self) -> Option<String> {
        let day = words::ordinal(u64::from(self.day?));
        let month = MONTHS.get((self.month? as usize).checked_sub(1)?)?;
        let year = self.year.map(|year| format!(", {}", words::year(year)));
        Some(format!("{day} of {month}{}", year.unwrap_or_default()))
    }
}

/// The number of a month by its name or its abbreviation of three or four letters.
pub(crate) fn month(word: &str) -> Option<u32> {
    let at = MONTHS
        .iter()
        .position(|name| shortened(word, name, word.eq_ignore_ascii_case("sept")))?;
    u32::try_from(at + 1).ok()
}

/// A day of the week by its name or a usual abbreviation.
pub(crate) fn weekday(word: &str) -> Option<&'static str> {
    let usual = matches!(
        word.to_ascii_lowercase().as_str(),
        "tues" | "weds" | "thur" | "thurs"
    );
    let word = if word.eq_ignore_ascii_case("weds") {
        "wed"
    } else {
        word
    };
    DAYS.into_iter().find(|name| shortened(word, name, usual))
}

fn shortened(word: &str, name: &str, usual: bool) -> bool {
    let head = name
        .get(..word.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(word));
    head && (word.len() == 3 || word.len() == name.len() || usual)
}

/// A year of two digits: up to 49 in this century, later ones in the last.
pub(crate) fn full_year(two: u32) -> u32 {
    if two < 50 { 2000 + two } else { 1900 + two }
}
