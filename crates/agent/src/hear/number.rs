//! Numbers, spoken or typed.

use super::words::Token;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const SMALL_ORDINALS: [&str; 20] = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];

fn place(table: &[&str], word: &str) -> Option<u32> {
    let at = table.iter().position(|w| !w.is_empty() && *w == word)?;
    u32::try_from(at).ok()
}

/// Ten to nineteen.
pub fn teen(word: &str) -> Option<u32> {
    place(&SMALL, word).filter(|n| *n >= 10)
}

/// A digit, `oh` included.
pub fn digit(word: &str) -> Option<u32> {
    match word {
        "oh" | "o" | "nought" => Some(0),
        _ => place(&SMALL[..10], word),
    }
}

/// A ten from `twenty` to `ninety`.
pub fn tens(word: &str) -> Option<u32> {
    match word {
        "fourty" => Some(40),
        _ => place(&TENS, word).map(|n| n * 10),
    }
}

/// A whole number from 0 to 9999 that begins at `at`, and how many tokens it takes.
pub fn cardinal(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let word = tokens.get(at)?.word.as_str();
    if !word.is_empty() && word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit()) {
        return Some((word.parse().ok()?, 1));
    }
    if let Some(n) = place(&SMALL, word) {
        return Some((n, 1));
    }
    let ten = tens(word)?;
    match tokens
        .get(at + 1)
        .and_then(|t| place(&SMALL[..10], &t.word))
    {
        Some(unit @ 1..) if !tokens[at].brk => Some((ten + unit, 2)),
        _ => Some((ten, 1)),
    }
}

/// `first`, `24th`, `twenty fourth`: an ordinal from 1 to 99, and how many tokens it takes.
pub fn ordinal(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let word = tokens.get(at)?.word.as_str();
    if let Some(n @ 1..) = place(&SMALL_ORDINALS, word) {
        return Some((n, 1));
    }
    for suffix in ["st", "nd", "rd", "th"] {
        if let Some(n) = word.strip_suffix(suffix).and_then(|d| d.parse().ok())
            && (1..100).contains(&n)
        {
            return Some((n, 1));
        }
    }
    match word {
        "twentieth" => return Some((20, 1)),
        "thirtieth" => return Some((30, 1)),
        _ => {}
    }
    let ten = tens(word)?;
    let unit = place(&SMALL_ORDINALS[..10], &tokens.get(at + 1)?.word)?;
    (unit > 0).then_some((ten + unit, 2))
}
