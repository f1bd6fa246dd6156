//! Abbreviations in full, and dotted capitals without their dots.
//!
//! Capitals stay together ("FBI", "nine AM"): English voices spell them, while "A M" is read with
//! the article "a". "p.m." becomes "PM" so that its dot is never taken for the end of a sentence.

use super::scan::{Here, rewrite};
use crate::sentences::STARTERS;

/// How an abbreviation is recognised.
#[derive(Clone, Copy, PartialEq)]
enum When {
    /// With its dot, with a capital, or at the end of the text, where the dot may be missing.
    Either,
    /// With its dot or at the end of the text: elsewhere it is a word without it.
    Dotted,
    /// With its dot or a capital, and something after it.
    Before,
    /// With its dot, and something after it.
    BeforeDotted,
    /// With its dot, and a digit after it.
    Number,
    /// With its dot, no number before it and a capital after it.
    Name,
}
use When::{Before, BeforeDotted, Dotted, Either, Name, Number};

#[rustfmt::skip]
const WORDS: &[(&str, &str, When)] = &[
    ("mr", "mister", Before), ("mrs", "missus", Before), ("prof", "professor", Before),
    ("rev", "reverend", BeforeDotted), ("gov", "governor", BeforeDotted), ("sen", "senator", BeforeDotted),
    ("gen", "general", BeforeDotted), ("sgt", "sergeant", Before), ("capt", "captain", Before),
    ("lt", "lieutenant", BeforeDotted), ("hon", "honorable", BeforeDotted), ("mt", "mount", Before),
    ("ms", "ms", Before), ("ave", "avenue", Either), ("blvd", "boulevard", Either),
    ("rd", "road", Either), ("ln", "lane", Either), ("hwy", "highway", Either),
    ("pkwy", "parkway", Either), ("apt", "apartment", Either), ("ste", "suite", Either),
    ("bldg", "building", Either), ("inc", "incorporated", Either), ("ltd", "limited", Either),
    ("corp", "corporation", Either), ("co", "company", Dotted), ("bros", "brothers", Either),
    ("jr", "junior", Either), ("sr", "senior", Either), ("dept", "department", Either),
    ("appt", "appointment", Either), ("approx", "approximately", Either),
    ("etc", "et cetera", Dotted), ("vs", "versus", BeforeDotted), ("tel", "telephone", BeforeDotted),
    ("ext", "extension", BeforeDotted), ("no", "number", Number), ("nos", "numbers", Number),
    ("min", "minutes", Number), ("misc", "miscellaneous", Dotted),
    ("govt", "government", Either), ("mgr", "manager", Either), ("asst", "assistant", Either),
    ("univ", "university", Dotted), ("est", "established", Number), ("fig", "figure", Number),
    ("vol", "volume", Number), ("ft", "fort", Name),
];

const PHRASES: &[(&str, &str)] = &[
    ("e.g.", "for example"),
    ("i.e.", "that is"),
    ("a.k.a.", "also known as"),
    ("Ph.D.", "PhD"),
    ("w/o", "without"),
    ("w/", "with"),
    ("b/c", "because"),
    ("and/or", "and or"),
];

/// Writes abbreviations out.
pub(crate) fn expand(text: &str) -> String {
    rewrite(text, |here| {
        if !here.starts_token() || !here.rest.starts_with(char::is_alphabetic) {
            return None;
        }
        phrase(here)
            .or_else(|| dotted(here))
            .or_else(|| street_or_title(here))
            .or_else(|| word(here))
    })
}

/// True when nothing, or a word that begins sentences, follows a mark at the front of `rest`.
pub(crate) fn ends_sentence(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['"', '\'', ')', ']']);
    let next = rest.trim_start();
    let word = next
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .next()
        .unwrap_or("");
    let starter = word.starts_with(char::is_uppercase)
        && word.len() < 16
        && STARTERS.contains(&word.to_lowercase().as_str());
    next.is_empty() || next.len() < rest.len() && starter
}

fn phrase(here: &Here) -> Option<(usize, String)> {
    PHRASES.iter().find_map(|(short, long)| {
        let found = here.rest.get(..short.len())?;
        let ends = short.ends_with(['.', '/'])
            || !here.rest[short.len()..].starts_with(char::is_alphanumeric);
        let glue = if short.ends_with('/') { " " } else { "" };
        let ok = ends && found.eq_ignore_ascii_case(short);
        ok.then(|| (short.len(), format!("{}{glue}", cased(long, found))))
    })
}

/// "F.B.I." is "FBI", "p.m." is "PM", "J. Smith" is "J Smith".
fn dotted(here: &Here) -> Option<(usize, String)> {
    let mut letters = String::new();
    let mut length = 0;
    let mut chars = here.rest.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_ascii_alphabetic() || letters.len() > 7 || chars.peek() != Some(&'.') {
            break;
        }
        chars.next();
        letters.push(c);
        length += 2;
    }
    let tail = &here.rest[length..];
    let clock = letters.eq_ignore_ascii_case("am") || letters.eq_ignore_ascii_case("pm");
    let capitals = letters.chars().all(|c| c.is_ascii_uppercase());
    if letters.is_empty() || !(capitals || clock) || tail.starts_with(char::is_alphanumeric) {
        return None;
    }
    if letters == "I" || letters.len() == 1 && small_word(tail) {
        return None;
    }
    let dot = if ends_sentence(tail) { "." } else { "" };
    Some((length, format!("{}{dot}", letters.to_uppercase())))
}

/// A word in small letters comes next, and nothing that a later step would rewrite.
fn small_word(tail: &str) -> bool {
    let word = tail.split_whitespace().next().unwrap_or("");
    let word = word.trim_end_matches(['.', ',', '!', '?', ';', ':']);
    !word.is_empty() && word.chars().all(char::is_lowercase)
}

/// "St." and "Dr." are part of an address behind a capital word and a number, titles elsewhere.
fn street_or_title(here: &Here) -> Option<(usize, String)> {
    let (title, street) = match here.rest.get(..2)? {
        "St" => ("Saint", "Street"),
        "Dr" => ("Doctor", "Drive"),
        _ => return None,
    };
    let rest = &here.rest[2..];
    let tail = rest.strip_prefix('.').unwrap_or(rest);
    if tail.starts_with(char::is_alphanumeric) || here.rest.starts_with("St.-") {
        return None;
    }
    // Four words are enough to tell an address.
    let near = here.before.len().saturating_sub(64);
    let near = &here.before[here.before.ceil_char_boundary(near)..];
    let mut before = near
        .rsplit(char::is_whitespace)
        .filter(|word| !word.is_empty());
    let named = before
        .next()
        .is_some_and(|word| word.starts_with(char::is_uppercase));
    let housed = before
        .take(3)
        .any(|word| word.bytes().all(|b| b.is_ascii_digit()));
    let follows = tail.trim_start().starts_with(char::is_uppercase) && !ends_sentence(tail);
    let address = named && (housed || !follows);
    let dot = if address && tail.len() < rest.len() && ends_sentence(tail) {
        "."
    } else {
        ""
    };
    let said = if address { street } else { title };
    (address || follows).then(|| (2 + rest.len() - tail.len(), format!("{said}{dot}")))
}

fn word(here: &Here) -> Option<(usize, String)> {
    let length = here
        .rest
        .bytes()
        .take(8)
        .take_while(u8::is_ascii_alphabetic)
        .count();
    let found = &here.rest[..length];
    let (_, long, when) = WORDS
        .iter()
        .find(|(short, ..)| short.eq_ignore_ascii_case(found))?;
    let rest = &here.rest[length..];
    let tail = rest.strip_prefix('.');
    let after = tail.unwrap_or(rest);
    let number = after
        .trim_start_matches([' ', '#'])
        .starts_with(|c: char| c.is_ascii_digit());
    let titled =
        found.starts_with(char::is_uppercase) && found[1..].bytes().all(|b| b.is_ascii_lowercase());
    let last = !after.contains(char::is_alphanumeric);
    let wanted = match when {
        Either => tail.is_some() || titled || last,
        Dotted => tail.is_some() || last,
        Before => (tail.is_some() || titled) && !last,
        BeforeDotted => tail.is_some() && !last,
        Number => tail.is_some() && number,
        Name => {
            let counted = here
                .before
                .trim_end()
                .ends_with(|c: char| c.is_ascii_digit());
            tail.is_some() && !counted && after.trim_start().starts_with(char::is_uppercase)
        }
    };
    if !wanted || after.starts_with(|c: char| c.is_alphanumeric() || c == '@' || c == '-') {
        return None;
    }
    let dot = if tail.is_some() && ends_sentence(after) {
        "."
    } else {
        ""
    };
    Some((
        length + found_dot(tail),
        format!("{}{dot}", cased(long, found)),
    ))
}

fn found_dot(tail: Option<&str>) -> usize {
    usize::from(tail.is_some())
}

/// `long` with a capital if `found` has one.
fn cased(long: &str, found: &str) -> String {
    let mut chars = long.chars();
    match chars.next() {
        Some(first) if found.starts_with(char::is_uppercase) => {
            first.to_uppercase().chain(chars).collect()
        }
        _ => long.to_owned(),
    }
}
