//! From what was written to a value of the right type. The decision: file values keep TOML's types (a quoted number is a
//! mistake), environment and flags are text and are read as such.

use std::ops::Range;

use toml::de::{DeArray, DeInteger, DeValue};

use super::{
    errors::{listed, nearest},
    keys::{Check, Fault, Key, Kind, MAX_LIST},
};

/// A value of the right type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// For texts, secrets and choices.
    Text(String),
    /// For numbers.
    Number(u32),
    /// For switches.
    Switch(bool),
    /// For lists.
    List(Vec<String>),
}

impl Value {
    /// The value as TOML.
    pub fn toml(&self) -> String {
        let text = |text: &String| toml::Value::String(text.clone()).to_string();
        match self {
            Value::Text(one) => text(one),
            Value::Number(number) => number.to_string(),
            Value::Switch(on) => on.to_string(),
            Value::List(all) => {
                format!("[{}]", all.iter().map(text).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// A fault, and where in the file when it is only a part of the value.
pub type Located = (Fault, Option<Range<usize>>);

/// Reads a text from the environment, the command line or the defaults.
pub fn from_text(key: &Key, text: &str) -> Result<Value, Vec<Located>> {
    let one = match key.kind {
        Kind::Text(check) | Kind::Secret(check) => {
            check(text).map(|()| Value::Text(text.to_owned()))
        }
        Kind::Choice(words) => choice(words, text),
        Kind::Number(min, max) => match text.trim().parse::<i128>() {
            Ok(number) => within(Some(number), min, max),
            Err(_) => Err(Fault::new(
                format!("must be a whole number, not `{text}`"),
                format!("write digits only, such as {}", key.default),
            )),
        },
        Kind::Switch => switch(text),
        Kind::List(check) => {
            let parts = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            let parts = parts.map(|part| (part.to_owned(), None)).collect();
            return list(check, parts);
        }
    };
    one.map_err(|fault| vec![(fault, None)])
}

/// Reads a value from a file.
pub fn from_toml(key: &Key, value: &DeValue<'_>) -> Result<Value, Vec<Located>> {
    let one = match (key.kind, value) {
        (Kind::Text(_) | Kind::Secret(_) | Kind::Choice(_), DeValue::String(text)) => {
            return from_text(key, text);
        }
        (Kind::Number(min, max), DeValue::Integer(number)) => within(whole(number), min, max),
        (Kind::Switch, DeValue::Boolean(on)) => Ok(Value::Switch(*on)),
        (Kind::List(check), DeValue::Array(array)) => return from_array(check, array),
        (kind, other) => Err(wrong_type(key, kind, other)),
    };
    one.map_err(|fault| vec![(fault, None)])
}

fn from_array(check: Check, array: &DeArray<'_>) -> Result<Value, Vec<Located>> {
    let mut parts = Vec::new();
    let mut faults = Vec::new();
    for item in array.iter() {
        match item.get_ref() {
            DeValue::String(text) => parts.push((text.to_string(), Some(item.span()))),
            other => faults.push((
                Fault::new(
                    format!("must hold texts only, not {}", type_name(other)),
                    "put each entry in quotes",
                ),
                Some(item.span()),
            )),
        }
    }
    if faults.is_empty() {
        list(check, parts)
    } else {
        Err(faults)
    }
}

fn list(check: Check, parts: Vec<(String, Option<Range<usize>>)>) -> Result<Value, Vec<Located>> {
    if parts.len() > MAX_LIST {
        let fault = Fault::new(
            format!("has {} entries, {MAX_LIST} are allowed", parts.len()),
            "shorten it",
        );
        return Err(vec![(fault, None)]);
    }
    let faults: Vec<Located> = parts
        .iter()
        .filter_map(|(text, at)| check(text).err().map(|fault| (fault, at.clone())))
        .collect();
    if faults.is_empty() {
        Ok(Value::List(
            parts.into_iter().map(|(text, _)| text).collect(),
        ))
    } else {
        Err(faults)
    }
}

/// The word, when it is one of them.
pub fn choice(words: &[&'static str], text: &str) -> Result<Value, Fault> {
    if words.contains(&text) {
        return Ok(Value::Text(text.to_owned()));
    }
    let hint = match nearest(text, words.iter().copied()) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("choose among {}", listed(words.iter().copied())),
    };
    Err(Fault::new(format!("cannot be `{text}`"), hint))
}

fn switch(text: &str) -> Result<Value, Fault> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(Value::Switch(true)),
        "false" | "0" | "no" | "off" => Ok(Value::Switch(false)),
        _ => Err(Fault::new(
            format!("must be true or false, not `{text}`"),
            "write `true` or `false`",
        )),
    }
}

fn within(number: Option<i128>, min: u32, max: u32) -> Result<Value, Fault> {
    match number.map(u32::try_from) {
        Some(Ok(fits)) if (min..=max).contains(&fits) => Ok(Value::Number(fits)),
        _ => {
            let number = number.map_or("far".to_owned(), |number| format!("{number},"));
            Err(Fault::new(
                format!("is {number} outside {min} to {max}"),
                format!("write a number from {min} to {max}"),
            ))
        }
    }
}

/// The number; none when it is longer than any number that we could mean (the parser sets no end).
fn whole(number: &DeInteger<'_>) -> Option<i128> {
    i128::from_str_radix(number.as_str(), number.radix()).ok()
}

fn wrong_type(key: &Key, kind: Kind, found: &DeValue<'_>) -> Fault {
    let leaf = key.leaf();
    let default = if key.default.is_empty() {
        "…"
    } else {
        key.default
    };
    let (want, example) = match kind {
        Kind::Text(_) | Kind::Secret(_) | Kind::Choice(_) => ("text", format!("\"{default}\"")),
        Kind::Number(..) => ("a whole number", default.to_owned()),
        Kind::Switch => ("true or false", default.to_owned()),
        Kind::List(_) => ("a list of texts", "[\"…\"]".to_owned()),
    };
    Fault::new(
        format!("must be {want}, not {}", type_name(found)),
        format!("write `{leaf} = {example}`"),
    )
}

/// What a TOML value is called.
pub fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
