//! E-mail and web addresses, as one says them: "jo dot smith at example dot com".

use super::scan::{Cursor, rewrite};
use super::words;

/// Endings that make bare "name.ending" a web address.
#[rustfmt::skip]
const TLDS: &[&str] = &[
    "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "io", "co", "ai", "app", "dev",
    "me", "tv", "us", "uk", "ca", "au", "de", "fr", "eu", "nz", "ie", "health", "dental", "clinic",
    "care", "store", "shop", "online", "site", "tech", "cloud", "law", "salon", "spa", "bar",
    "cafe", "restaurant", "example", "test",
];

/// Longest address looked at, in characters; longer ones are read as plain text.
const LONGEST: usize = 254;

/// Writes e-mail addresses out.
pub(crate) fn emails(text: &str) -> String {
    rewrite(text, |here| {
        if !here.starts_token() || here.before.ends_with(['.', '_', '+', '-', '@']) {
            return None;
        }
        let mut cursor = Cursor::new(here.rest);
        let local = cursor.take(64, |c| c.is_ascii_alphanumeric() || "._+-%".contains(c));
        if local.is_empty() || !cursor.eat('@') {
            return None;
        }
        let host = host(&mut cursor)?;
        Some((cursor.read(), format!("{} at {}", said(local), said(host))))
    })
}

/// Writes web addresses out: no scheme, no "www", no query.
pub(crate) fn urls(text: &str) -> String {
    rewrite(text, |here| {
        if !here.starts_token() || here.before.ends_with(['@', '.']) {
            return None;
        }
        let (length, host, path) = address(here.rest)?;
        let path: String = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| format!(" slash {}", said(part)))
            .collect();
        Some((length, format!("{}{path}", said(host))))
    })
}

/// A web address at the front: its length, its host without "www", and its path.
pub(crate) fn address(rest: &str) -> Option<(usize, &str, &str)> {
    let mut cursor = Cursor::new(rest);
    let scheme = cursor.eat_word("https://") || cursor.eat_word("http://");
    let www = cursor.eat_word("www.");
    let host = host(&mut cursor)?;
    let ending = host.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    if !scheme && !www && !TLDS.contains(&ending.as_str()) {
        return None;
    }
    let mut ahead = cursor;
    if ahead.eat(':') && !ahead.digits(5).is_empty() {
        cursor = ahead;
    }
    let tail = cursor.take(LONGEST, |c| {
        c.is_ascii_alphanumeric() || "/._-~%?=&#+:".contains(c)
    });
    let kept = tail.trim_end_matches(['.', '?', ':', '-']);
    if !kept.is_empty() && !kept.starts_with(['/', '?', '#']) {
        return None;
    }
    let length = cursor.read() - (tail.len() - kept.len());
    let path = kept.split(['?', '#']).next().unwrap_or("");
    Some((length, host, path))
}

/// Reads "name.name": at least one dot, ending in letters. A dot at the end stays unread.
fn host<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let mut ahead = *cursor;
    let all = ahead.take(LONGEST, |c| {
        c.is_ascii_alphanumeric() || c == '.' || c == '-'
    });
    let host = all.trim_end_matches(['.', '-']);
    let (name, ending) = host.rsplit_once('.')?;
    let lettered = ending.len() > 1 && ending.bytes().all(|b| b.is_ascii_alphabetic());
    if !lettered || name.is_empty() || host.starts_with(['.', '-']) || host.contains("..") {
        return None;
    }
    cursor.take(host.len(), |_| true);
    Some(host)
}

/// Letters in words, digits one by one, marks by name. A part that no one can pronounce is
/// written in capitals, which a voice spells.
fn said(part: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut cursor = Cursor::new(part);
    while let Some(c) = cursor.peek() {
        let letters = cursor.take(LONGEST, |c| c.is_ascii_alphabetic());
        if !letters.is_empty() {
            out.push(letters_said(letters));
            continue;
        }
        let digits = cursor.digits(LONGEST);
        if !digits.is_empty() {
            out.push(words::digits(digits));
            continue;
        }
        cursor.take(1, |_| true);
        out.push(match c {
            '.' => "dot".to_owned(),
            '_' => "underscore".to_owned(),
            '-' => "dash".to_owned(),
            '+' => "plus".to_owned(),
            '%' => "percent".to_owned(),
            '~' => "tilde".to_owned(),
            '&' => "and".to_owned(),
            '=' => "equals".to_owned(),
            _ => continue,
        });
    }
    out.join(" ")
}

fn letters_said(letters: &str) -> String {
    let lower = letters.to_ascii_lowercase();
    let vowel = lower.bytes().any(|b| b"aeiouy".contains(&b));
    let named = matches!(lower.as_str(), "io" | "ai" | "us" | "uk" | "eu" | "au");
    if lower.len() > 1 && (!vowel || named) && lower.len() < 6 {
        lower.to_ascii_uppercase()
    } else {
        lower
    }
}
