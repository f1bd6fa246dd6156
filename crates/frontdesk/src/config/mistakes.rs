//! All mistakes of a file that is read into one struct. The decision: the struct's own `Deserialize` is the only schema; it
//! stops at its first mistake, so that entry is cut out and it is asked again, until it is content.

use std::{collections::HashSet, ops::Range};

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue, Deserializer},
};

use super::{
    document::{Document, paths},
    errors::{Problem, listed, nearest},
};

/// The most mistakes that are looked for in one file.
const MOST: usize = 50;

/// Where every key and value of a file stands.
pub type Paths = Vec<(String, Range<usize>, Range<usize>)>;

/// Reads the whole file into `T`; with mistakes there is no `T`, but a problem for each.
pub fn read_all<T: DeserializeOwned>(document: &Document<'_>) -> (Option<T>, Vec<Problem>) {
    let places = paths(document.table().get_ref());
    let mut table = document.table().clone();
    let mut problems = document.faults().to_vec();
    let mut cut = HashSet::new();
    for _ in 0..MOST {
        let error = match T::deserialize(Deserializer::from(table.clone())) {
            Ok(value) => return (Some(value).filter(|_| problems.is_empty()), problems),
            Err(error) => error,
        };
        let Some(span) = error.span() else {
            problems.push(unplaced(document, error.message()));
            break;
        };
        let missing = error.message().starts_with("missing field");
        // Cutting out a wrong value may leave its table without a field that it needs: that is no second mistake.
        let ours = missing && cut.contains(&(span.start, field(error.message())));
        if !ours && document.judges(span.start) {
            problems.push(told(document, &places, &span, error.message()));
        }
        match remove(table.get_mut(), &span) {
            Some((parent, name)) => {
                cut.insert((parent.unwrap_or(0), name));
            }
            None => break,
        }
    }
    (None, problems)
}

fn unplaced(document: &Document<'_>, message: &str) -> Problem {
    let origin = super::origin::Origin::whole(document.name());
    Problem::new(origin, "", message, "correct the file")
}

/// Cuts out the entry whose key or value has this span. Tells where its table begins (none for the top), and its name.
fn remove(table: &mut DeTable<'_>, span: &Range<usize>) -> Option<(Option<usize>, String)> {
    // An array of tables begins where its first table does: then the table is meant, not the array.
    let is_array = |value: &DeValue<'_>| match value {
        DeValue::Array(array) => array.iter().any(|item| item.span() == *span),
        _ => false,
    };
    let hit = table
        .iter()
        .filter(|(_, value)| !is_array(value.get_ref()))
        .find(|(key, value)| key.span() == *span || value.span() == *span)
        .map(|(key, _)| key.get_ref().to_string());
    if let Some(name) = hit {
        table.remove(name.as_str());
        return Some((None, name));
    }
    table
        .iter_mut()
        .find_map(|(_, value)| remove_within(value, span))
}

fn remove_within(
    value: &mut Spanned<DeValue<'_>>,
    span: &Range<usize>,
) -> Option<(Option<usize>, String)> {
    let start = value.span().start;
    match value.get_mut() {
        DeValue::Table(table) => remove(table, span).map(|(at, name)| (at.or(Some(start)), name)),
        DeValue::Array(array) => match array.iter().position(|item| item.span() == *span) {
            Some(nth) => {
                let kept = std::mem::replace(array, DeArray::new());
                let kept = kept.into_iter().enumerate().filter(|(at, _)| *at != nth);
                *array = kept.map(|(_, item)| item).collect();
                Some((Some(start), String::new()))
            }
            None => array.iter_mut().find_map(|item| remove_within(item, span)),
        },
        _ => None,
    }
}

/// The deserialiser's message in our words.
fn told(document: &Document<'_>, places: &Paths, span: &Range<usize>, message: &str) -> Problem {
    let place = places
        .iter()
        .find(|(_, key, value)| key == span || value == span);
    let path = place.map_or("", |(path, _, _)| path.as_str());
    let (what, hint) = if message.starts_with("unknown field") {
        let expected: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        let word = path.rsplit('.').next().unwrap_or(path);
        let hint = match nearest(word, expected.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the keys here are {}", listed(expected)),
        };
        (format!("unknown key `{path}`"), hint)
    } else if message.starts_with("missing field") {
        let name = field(message);
        (format!("`{path}` has no `{name}`"), format!("add `{name}`"))
    } else if message.starts_with("unknown variant") {
        let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let (word, known) = words.split_first().unwrap_or((&"", &[]));
        let hint = match nearest(word, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("it is one of {}", listed(known.iter().copied())),
        };
        (format!("`{path}` cannot be `{word}`"), hint)
    } else if message.contains("did not match any variant") {
        let hint = "write `\"one\"` or `[\"one\", \"two\"]`".to_owned();
        (format!("`{path}` must be text or a list of texts"), hint)
    } else if let Some((found, wanted)) = mismatch(message) {
        let (want, hint) = wanted_in_words(wanted);
        (
            format!("`{path}` must be {want}, not {}", found_in_words(found)),
            hint.to_owned(),
        )
    } else {
        (format!("`{path}`: {message}"), "correct it".to_owned())
    };
    Problem::new(document.place(span.start), path, what, hint)
}

/// The name in "missing field `name`".
fn field(message: &str) -> String {
    message.split('`').nth(1).unwrap_or_default().to_owned()
}

/// What was found and what was expected, out of "invalid type: string \"x\", expected u32".
fn mismatch(message: &str) -> Option<(&str, &str)> {
    let rest = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))?;
    rest.rsplit_once(", expected ")
}

fn found_in_words(found: &str) -> String {
    let (kind, value) = found.split_once(' ').unwrap_or((found, ""));
    match kind {
        "string" => format!("text {value}"),
        "integer" => format!("the number {value}"),
        "floating" => format!("the number {}", value.trim_start_matches("point ")),
        "boolean" => value.to_owned(),
        "sequence" => "a list".to_owned(),
        "map" => "a table".to_owned(),
        _ => found.to_owned(),
    }
}

fn wanted_in_words(wanted: &str) -> (String, &'static str) {
    let whole = |most: &str| {
        (
            format!("a whole number from 0 to {most}"),
            "write digits, without quotes",
        )
    };
    match wanted {
        "a string" => ("text".to_owned(), "put it in quotes"),
        "u8" => whole("255"),
        "u16" => whole("65535"),
        "u32" => whole("4294967295"),
        "f32" | "f64" => ("a number".to_owned(), "write digits, without quotes"),
        "a boolean" => ("true or false".to_owned(), "write it without quotes"),
        "a sequence" => (
            "a list".to_owned(),
            "write it in brackets: `[…]`, or tables as `[[…]]`",
        ),
        w if w == "a map" || w.starts_with("struct") => (
            "a table".to_owned(),
            "write `name = { key = value }` or `[name]`",
        ),
        other => (other.to_owned(), "correct it"),
    }
}
