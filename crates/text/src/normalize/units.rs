//! Units and percentages behind a number. The number itself is left to the numbers step.

use super::scan::{Cursor, rewrite};

/// How it is written, the singular, the plural.
#[rustfmt::skip]
const UNITS: &[(&str, &str, &str)] = &[
    ("sq ft", "square foot", "square feet"), ("sq. ft.", "square foot", "square feet"),
    ("sqft", "square foot", "square feet"), ("sq m", "square meter", "square meters"),
    ("m²", "square meter", "square meters"), ("ft²", "square foot", "square feet"),
    ("km/h", "kilometer per hour", "kilometers per hour"), ("kph", "kilometer per hour", "kilometers per hour"),
    ("mph", "mile per hour", "miles per hour"), ("mpg", "mile per gallon", "miles per gallon"),
    ("km", "kilometer", "kilometers"), ("cm", "centimeter", "centimeters"),
    ("mm", "millimeter", "millimeters"), ("mi", "mile", "miles"), ("ft", "foot", "feet"),
    ("yd", "yard", "yards"), ("yds", "yard", "yards"), ("kg", "kilogram", "kilograms"),
    ("mg", "milligram", "milligrams"), ("lbs", "pound", "pounds"), ("lb", "pound", "pounds"),
    ("oz", "ounce", "ounces"), ("ml", "milliliter", "milliliters"), ("mL", "milliliter", "milliliters"),
    ("gal", "gallon", "gallons"), ("hrs", "hour", "hours"), ("hr", "hour", "hours"),
    ("mins", "minute", "minutes"), ("min", "minute", "minutes"), ("secs", "second", "seconds"),
    ("sec", "second", "seconds"), ("ms", "millisecond", "milliseconds"), ("yrs", "year", "years"),
    ("yr", "year", "years"), ("wks", "week", "weeks"), ("GB", "gigabyte", "gigabytes"),
    ("MB", "megabyte", "megabytes"), ("KB", "kilobyte", "kilobytes"), ("TB", "terabyte", "terabytes"),
    ("kWh", "kilowatt hour", "kilowatt hours"), ("kW", "kilowatt", "kilowatts"),
    ("Mbps", "megabit per second", "megabits per second"), ("GHz", "gigahertz", "gigahertz"),
    ("MHz", "megahertz", "megahertz"), ("kHz", "kilohertz", "kilohertz"), ("Hz", "hertz", "hertz"),
    ("°F", "degree Fahrenheit", "degrees Fahrenheit"), ("°C", "degree Celsius", "degrees Celsius"),
    ("° F", "degree Fahrenheit", "degrees Fahrenheit"), ("° C", "degree Celsius", "degrees Celsius"),
    ("°", "degree", "degrees"), ("%", "percent", "percent"), ("pct", "percent", "percent"),
];

/// Units that are only that when nothing stands between: "500g", "5m", "3h", "2x".
#[rustfmt::skip]
const GLUED: &[(&str, &str, &str)] = &[
    ("g", "gram", "grams"), ("m", "meter", "meters"), ("h", "hour", "hours"),
    ("x", "time", "times"), ("L", "liter", "liters"), ("W", "watt", "watts"),
];

/// Writes units and percentages out, as in "20 percent".
pub(crate) fn expand(text: &str) -> String {
    rewrite(text, |here| {
        let digit = here.rest.starts_with(|c: char| c.is_ascii_digit());
        if !digit || !here.starts_token() {
            return None;
        }
        if let Some(found) = height(here.rest) {
            return Some(found);
        }
        let mut cursor = Cursor::new(here.rest);
        let number = cursor.take(40, |c| c.is_ascii_digit() || c == ',' || c == '.');
        let part = here.before.ends_with(['.', ',']);
        let one = number == "1" && !part && !here.before.trim_end().ends_with(['-', '–', '/']);
        let space = cursor.spaces();
        let hyphen = space.is_empty() && cursor.eat('-');
        let (written, single, many) = behind(here.before)
            .iter()
            .chain(UNITS)
            .chain(GLUED.iter().filter(|_| space.is_empty() && !hyphen))
            .find(|(written, ..)| fits(cursor.rest(), written))?;
        let said = if one || hyphen { single } else { many };
        let rest = &cursor.rest()[written.len()..];
        // "5 ft. by" loses its dot, "5 ft." at the end keeps it.
        let lettered = written.ends_with(|c: char| c.is_ascii_lowercase());
        let dot = usize::from(lettered && rest.strip_prefix('.').is_some_and(goes_on));
        let rest = &rest[dot..];
        let mut length = cursor.read() + written.len() + dot;
        let mut gap = if rest.starts_with(char::is_alphanumeric) {
            " "
        } else {
            ""
        };
        if let Some(mark) = range_mark(rest) {
            length += mark;
            gap = " to ";
        }
        Some((length, format!("{number} {said}{gap}")))
    })
}

/// Units that mean something only behind another one: "2h 30m", "6 ft 2 in".
fn behind(before: &str) -> &'static [(&'static str, &'static str, &'static str)] {
    let head = before.trim_end();
    let unit = head.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
    let counted = unit.trim_end().ends_with(|c: char| c.is_ascii_digit());
    match &head[unit.len()..] {
        "h" | "hr" | "hrs" if counted => &[("m", "minute", "minutes")],
        "ft" | "ft." if counted => &[("in", "inch", "inches")],
        _ => &[],
    }
}

/// The length of a dash that another number follows.
fn range_mark(rest: &str) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    cursor.eat_any(&['-', '–'])?;
    cursor
        .peek()
        .filter(char::is_ascii_digit)
        .map(|_| cursor.read())
}

/// Feet and inches: 5'10" is "5 foot 10".
fn height(rest: &str) -> Option<(usize, String)> {
    let mut cursor = Cursor::new(rest);
    let feet = cursor.number(1, 1..=9)?;
    cursor.eat('\'').then_some(())?;
    let inches = cursor.number(2, 0..=11)?;
    cursor
        .eat('"')
        .then(|| (cursor.read(), format!("{feet} foot {inches}")))
}

fn goes_on(rest: &str) -> bool {
    rest.trim_start()
        .starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit() || c == ',')
}

fn fits(rest: &str, written: &str) -> bool {
    let Some(tail) = rest.strip_prefix(written) else {
        return false;
    };
    let lettered = written.ends_with(char::is_alphanumeric);
    let word = tail.starts_with(char::is_alphanumeric);
    !(lettered && (word || tail.starts_with(['\'', '@', '/'])))
}
