//! Telephone numbers: digits as people say and type them.

use super::{
    number::{digit, teen, tens},
    words::Token,
};

/// Fewest and most digits that are taken for a whole number.
pub const WHOLE: std::ops::RangeInclusive<usize> = 7..=15;

/// Words that people put between digits.
const BETWEEN: [&str; 12] = [
    "and", "uh", "um", "dash", "area", "code", "then", "space", "dot", "hyphen", "er", "plus",
];

/// The longest run of digits: where it begins, how many tokens it takes, and the digits (with a `+` if one was given).
pub fn digits(tokens: &[Token]) -> Option<(usize, usize, String)> {
    let mut best: Option<(usize, usize, String)> = None;
    let mut at = 0;
    while at < tokens.len() {
        let (len, text) = run(&tokens[at..]);
        if len == 0 {
            at += 1;
            continue;
        }
        if best.as_ref().is_none_or(|b| b.2.len() < text.len()) {
            best = Some((at, len, text));
        }
        at += len;
    }
    best
}

/// The run of digits at the start of `tokens`.
fn run(tokens: &[Token]) -> (usize, String) {
    let mut text = String::new();
    let (mut at, mut len) = (0, 0);
    while at < tokens.len() && text.len() <= 20 {
        if let Some((piece, took)) = piece(&tokens[at..]) {
            text.push_str(&piece);
            at += took;
            len = at;
        } else if !text.is_empty() && tokens[at].is(&BETWEEN) {
            at += 1;
        } else {
            break;
        }
    }
    (len, text)
}

/// One piece of a number: `555`, `five`, `double five`, `fifty five`, `eight hundred`.
fn piece(tokens: &[Token]) -> Option<(String, usize)> {
    let word = tokens.first()?.word.as_str();
    let bare = word.strip_prefix('+').unwrap_or(word);
    if !bare.is_empty() && bare.len() <= 16 && bare.bytes().all(|b| b.is_ascii_digit()) {
        return Some((word.to_owned(), 1));
    }
    let times = match word {
        "double" => 2,
        "triple" => 3,
        _ => 0,
    };
    if times > 0 {
        let next = &tokens.get(1)?.word;
        let one = digit(next).map(|d| d.to_string()).or_else(|| {
            (next.len() == 1 && next.as_bytes()[0].is_ascii_digit()).then(|| next.clone())
        })?;
        return Some((one.repeat(times), 2));
    }
    if let Some(d) = digit(word) {
        let hundred = tokens.get(1).is_some_and(|t| t.word == "hundred");
        return Some(if hundred {
            (format!("{d}00"), 2)
        } else {
            (d.to_string(), 1)
        });
    }
    if let Some(teen) = teen(word) {
        return Some((teen.to_string(), 1));
    }
    let ten = tens(word)?;
    match tokens.get(1).and_then(|t| digit(&t.word)) {
        Some(unit @ 1..) => Some(((ten + unit).to_string(), 2)),
        _ => Some((ten.to_string(), 1)),
    }
}

/// The number in E.164, as it is dialled from the country of `home`; `None` when digits are missing or too many.
pub fn e164(digits: &str, home: &str) -> Option<String> {
    let plain: String = digits.chars().filter(char::is_ascii_digit).collect();
    if digits.starts_with('+') {
        return (8..=15).contains(&plain.len()).then(|| format!("+{plain}"));
    }
    let code = country(home);
    if code == "1" {
        return match (plain.len(), plain.strip_prefix('1')) {
            (10, None) => Some(format!("+1{plain}")),
            (11, Some(_)) => Some(format!("+{plain}")),
            _ => None,
        };
    }
    if !WHOLE.contains(&plain.len()) {
        return None;
    }
    if let Some(rest) = plain.strip_prefix("00") {
        return (8..=15).contains(&rest.len()).then(|| format!("+{rest}"));
    }
    let local = if code == "39" {
        &plain
    } else {
        plain.strip_prefix('0').unwrap_or(&plain)
    };
    Some(format!("+{code}{local}"))
}

/// The country code that an E.164 number begins with; `1` when there is none (ITU-T E.164, list of 2016).
fn country(home: &str) -> &str {
    const TWO: [&str; 43] = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
        "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
        "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95",
    ];
    let Some(plain) = home.strip_prefix('+').filter(|p| p.is_ascii()) else {
        return "1";
    };
    let take = |n: usize| plain.get(..n).unwrap_or("1");
    match plain.as_bytes() {
        [b'1' | b'7', ..] => take(1),
        [b'9', b'8', ..] => take(2),
        _ if TWO.contains(&take(2)) => take(2),
        _ => take(3),
    }
}

/// True for `+` and 8 to 15 digits, the first of which is not 0.
pub fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|d| {
        (8..=15).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()) && !d.starts_with('0')
    })
}
