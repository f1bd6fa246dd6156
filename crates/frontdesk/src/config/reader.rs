//! One setting at a time out of flag, environment, file and default, in this order. The decision: a reader always hands
//! back a usable value and keeps the mistakes to itself, so one pass finds all of them.

use std::{collections::BTreeMap, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    document::Document,
    env::{Env, Flags, Outside},
    errors::{Problem, listed, nearest},
    keys::{Fault, Key},
    origin::{Origin, Setting},
    secret::Secret,
    value::{self, Value},
};

/// What one pass over the sources has found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Mistakes.
    pub problems: Vec<Problem>,
    /// Things to look at.
    pub warnings: Vec<Problem>,
    /// Every setting read, by path.
    pub settings: BTreeMap<&'static str, Setting>,
}

/// Reads settings.
pub struct Reader<'a> {
    document: &'a Document<'a>,
    written: BTreeMap<&'static str, (Range<usize>, &'a Spanned<DeValue<'a>>)>,
    outside: Outside<'a>,
    flags: &'a Flags,
    findings: Findings,
}

impl<'a> Reader<'a> {
    /// Sorts out what the sources hold, and complains about names that no setting has.
    pub fn new(
        document: &'a Document<'a>,
        env: &'a Env,
        flags: &'a Flags,
        keys: &[&'static Key],
    ) -> Self {
        let (outside, unreadable) = Outside::new(env);
        let mut reader = Self {
            document,
            written: BTreeMap::new(),
            outside,
            flags,
            findings: Findings::default(),
        };
        let (problems, warnings) = reader.outside.unknown(keys);
        let found = &mut reader.findings;
        found.problems.extend(document.faults().iter().cloned());
        found.problems.extend(unreadable);
        found.problems.extend(problems);
        found.problems.extend(flags.unknown(keys));
        found.warnings.extend(warnings);
        reader.sort_file(keys);
        reader
    }

    /// A text; empty when it has no default and nobody wrote it.
    pub fn text(&mut self, key: &'static Key) -> String {
        self.optional(key).unwrap_or_default()
    }

    /// A text, or nothing when nobody wrote it.
    pub fn optional(&mut self, key: &'static Key) -> Option<String> {
        match self.value(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A secret, or nothing.
    pub fn secret(&mut self, key: &'static Key) -> Option<Secret> {
        self.optional(key).map(Secret::new)
    }

    /// A number.
    pub fn number(&mut self, key: &'static Key) -> u32 {
        match self.value(key) {
            Some(Value::Number(number)) => number,
            _ => 0,
        }
    }

    /// A switch.
    pub fn switch(&mut self, key: &'static Key) -> bool {
        self.value(key) == Some(Value::Switch(true))
    }

    /// A list.
    pub fn list(&mut self, key: &'static Key) -> Vec<String> {
        match self.value(key) {
            Some(Value::List(all)) => all,
            _ => Vec::new(),
        }
    }

    /// Where a setting that was already read came from.
    pub fn origin(&self, key: &Key) -> Origin {
        let setting = self.findings.settings.get(key.path);
        setting.map_or(Origin::Default, |setting| setting.origin.clone())
    }

    /// Whether somebody wrote a setting that was already read, be it right or wrong.
    pub fn is_written(&self, key: &Key) -> bool {
        self.origin(key) != Origin::Default
    }

    /// Complains about a setting that was already read.
    pub fn refuse(&mut self, key: &Key, what: impl Into<String>, hint: impl Into<String>) {
        let problem = Problem::new(self.origin(key), key.path, what, hint);
        self.findings.problems.push(problem);
    }

    /// Points at a setting that was already read.
    pub fn warn(&mut self, key: &Key, what: impl Into<String>, hint: impl Into<String>) {
        let warning = Problem::new(self.origin(key), key.path, what, hint);
        self.findings.warnings.push(warning);
    }

    /// What the pass has found.
    pub fn finish(self) -> Findings {
        self.findings
    }

    fn value(&mut self, key: &'static Key) -> Option<Value> {
        let (read, origin) = self.resolve(key);
        let value = match read {
            Ok(value) => value,
            Err(faults) => {
                self.complain(key, &origin, faults);
                default(key)
            }
        };
        let shown = value.as_ref().map(|value| match key.is_secret() {
            true => "\"***\"".to_owned(),
            false => value.toml(),
        });
        self.findings.settings.insert(
            key.path,
            Setting {
                key: key.path,
                value: shown,
                origin,
                applies: key.applies,
            },
        );
        value
    }

    /// The strongest source's value, or its faults, and that source.
    fn resolve(
        &mut self,
        key: &'static Key,
    ) -> (Result<Option<Value>, Vec<value::Located>>, Origin) {
        if let Some((flag, text)) = self.flags.get(key.path) {
            let origin = Origin::Flag {
                name: flag.to_owned(),
            };
            return (value::from_text(key, text).map(Some), origin);
        }
        match self.outside.get(key) {
            Ok(Some(given)) if given.text.contains('\u{fffd}') => {
                let fault = Fault::new("is not UTF-8", "write it in UTF-8");
                return (Err(vec![(fault, None)]), given.origin);
            }
            Ok(Some(given)) => return (value::from_text(key, &given.text).map(Some), given.origin),
            Ok(None) => {}
            Err(problem) => {
                let origin = problem.origin.clone();
                self.findings.problems.push(problem);
                return (Ok(default(key)), origin);
            }
        }
        match self.written.get(key.path) {
            Some((at, written)) => {
                let origin = self.document.place(at.start);
                (value::from_toml(key, written.get_ref()).map(Some), origin)
            }
            None => (Ok(default(key)), Origin::Default),
        }
    }

    fn complain(&mut self, key: &'static Key, origin: &Origin, faults: Vec<value::Located>) {
        for (fault, at) in faults {
            let from_file = matches!(origin, Origin::File { .. });
            let whole = self.written.get(key.path).map(|(_, value)| value.span());
            let place = match at.or(whole).filter(|_| from_file) {
                Some(at) if !self.document.judges(at.start) => continue,
                Some(at) => self.document.place(at.start),
                None => origin.clone(),
            };
            let what = format!("`{}` {}", key.path, fault.what);
            self.findings
                .problems
                .push(Problem::new(place, key.path, what, fault.hint));
        }
    }

    fn sort_file(&mut self, keys: &[&'static Key]) {
        for (name, value) in self.document.table().get_ref().iter() {
            let word: &str = name.get_ref();
            if let Some(key) = keys.iter().find(|key| key.short == Some(word)) {
                self.write(key, name.span(), value);
            } else if !keys.iter().any(|key| key.section() == word) {
                self.unknown(name.span(), "", word, keys);
            } else if let DeValue::Table(section) = value.get_ref() {
                self.sort_section(word, section, keys);
            } else {
                let what = format!(
                    "`{word}` must be a table, not {}",
                    value::type_name(value.get_ref())
                );
                self.place(
                    name.span(),
                    word,
                    what,
                    format!("write `[{word}]` on a line of its own"),
                );
            }
        }
    }

    fn sort_section(&mut self, section: &str, table: &'a DeTable<'a>, keys: &[&'static Key]) {
        for (name, value) in table.iter() {
            let path = format!("{section}.{}", name.get_ref());
            match keys.iter().find(|key| key.path == path) {
                Some(key) => self.write(key, name.span(), value),
                None => self.unknown(name.span(), section, name.get_ref(), keys),
            }
        }
    }

    fn write(&mut self, key: &'static Key, at: Range<usize>, value: &'a Spanned<DeValue<'a>>) {
        let Some((first, _)) = self.written.get(key.path).cloned() else {
            self.written.insert(key.path, (at, value));
            return;
        };
        let (early, late) = if first.start < at.start {
            (first, at)
        } else {
            (at, first)
        };
        let what = format!(
            "`{}` is also set at {}",
            key.path,
            self.document.place(early.start)
        );
        self.place(late, key.path, what, "keep one of the two".to_owned());
    }

    fn unknown(&mut self, at: Range<usize>, section: &str, word: &str, keys: &[&'static Key]) {
        let shorts = keys.iter().filter_map(|key| key.short);
        let sections: std::collections::BTreeSet<&str> =
            keys.iter().map(|key| key.section()).collect();
        let near = match section {
            "" => nearest(word, shorts.clone().chain(sections.iter().copied())),
            _ => nearest(
                word,
                keys.iter()
                    .filter(|key| key.section() == section)
                    .map(|key| key.leaf()),
            ),
        };
        let elsewhere = || {
            let leaf = nearest(word, keys.iter().map(|key| key.leaf()))?;
            keys.iter().find(|key| key.leaf() == leaf)
        };
        let hint = match near {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => match elsewhere() {
                Some(key) => format!("did you mean `{}` in [{}]?", key.leaf(), key.section()),
                None if section.is_empty() => {
                    format!("the sections are {}", listed(sections.iter().copied()))
                }
                None => {
                    let here = keys.iter().filter(|key| key.section() == section);
                    format!("[{section}] has {}", listed(here.map(|key| key.leaf())))
                }
            },
        };
        let path = if section.is_empty() {
            word.to_owned()
        } else {
            format!("{section}.{word}")
        };
        let what = format!("unknown key `{path}`");
        self.place(at, &path, what, hint);
    }

    fn place(&mut self, at: Range<usize>, key: &str, what: String, hint: String) {
        if self.document.judges(at.start) {
            let problem = Problem::new(self.document.place(at.start), key, what, hint);
            self.findings.problems.push(problem);
        }
    }
}

/// A setting's default; none when it has none, or when a mistake in our own table makes it unreadable (a test looks).
fn default(key: &Key) -> Option<Value> {
    let list = matches!(key.kind, super::keys::Kind::List(_));
    if key.default.is_empty() && !list {
        return None;
    }
    value::from_text(key, key.default).ok()
}
