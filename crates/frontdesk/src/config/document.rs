//! A TOML file whose every key and value knows its place. The decision: the syntax tree is walked by us, so a mistake of
//! meaning is placed as exactly as a mistake of syntax, and one mistake does not hide the next.

use std::{fs, io::Read, ops::Range, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{errors::Problem, origin::Origin};

/// The largest file that is read, bytes.
pub const MAX_FILE: u64 = 1 << 20;

/// A parsed file.
#[derive(Debug)]
pub struct Document<'t> {
    name: String,
    starts: Vec<usize>,
    text: &'t str,
    table: Spanned<DeTable<'t>>,
    faults: Vec<Problem>,
    broken: Vec<usize>,
    lost: Option<usize>,
}

impl<'t> Document<'t> {
    /// Parses a file's text, with its syntax mistakes put by. `name` is what messages call it.
    pub fn parse(name: impl Into<String>, text: &'t str) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let mut document = Self {
            name: name.into(),
            starts,
            text,
            table,
            faults: Vec::new(),
            broken: Vec::new(),
            lost: None,
        };
        document.note(errors);
        document
    }

    /// Its top table.
    pub fn table(&self) -> &Spanned<DeTable<'t>> {
        &self.table
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its syntax mistakes, in order.
    pub fn faults(&self) -> &[Problem] {
        &self.faults
    }

    /// The place of a byte offset, as an origin.
    pub fn place(&self, at: usize) -> Origin {
        let at = at.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self
            .starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(0);
        let before = self.text.get(start..at).unwrap_or_default();
        let column = before.chars().filter(|c| *c != '\u{feff}').count() + 1;
        Origin::File {
            path: self.name.clone(),
            line,
            column,
        }
    }

    /// Whether what stands there can be judged: not on a line with a syntax mistake, and not after the parser lost its way.
    pub fn judges(&self, at: usize) -> bool {
        !self.broken.contains(&self.line(at)) && self.lost.is_none_or(|lost| self.line(at) < lost)
    }

    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    fn note(&mut self, mut errors: Vec<toml::de::Error>) {
        errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            let line = self.line(at);
            let told = self.broken.contains(&line) || self.lost.is_some_and(|lost| line > lost);
            self.broken.push(line);
            if ["unclosed", "missing comma", "multi-line"]
                .iter()
                .any(|sign| error.message().contains(sign))
            {
                self.lost = self.lost.or(Some(line));
            }
            if !told {
                let (what, hint) = explained(error.message());
                self.faults
                    .push(Problem::new(self.place(at), "", what, hint));
            }
        }
    }
}

/// A parser's message in our words.
fn explained(message: &str) -> (String, &'static str) {
    let hint = match message {
        m if m.contains("must be quoted") => "put texts in quotes: `key = \"value\"`",
        m if m.contains("duplicate key") => "keep one of the two",
        m if m.contains("key with no value") => "write `key = value`",
        m if m.contains("unclosed table") => "close the header: `[section]`",
        m if m.contains("missing comma") => "put a comma between entries, and close the bracket",
        m if m.contains("multi-line") => "close the text with three quotes",
        m if m.contains("string") => "close the text with the quote that opened it",
        m if m.contains("unclosed array") => "close the list with `]`",
        m if m.contains("date") || m.contains("time") => "put dates and times in quotes",
        _ => "TOML is `key = value`, one a line",
    };
    (format!("not TOML: {message}"), hint)
}

/// Reads a text file of at most [`MAX_FILE`] bytes; `None` when there is none.
pub fn read(path: &Path) -> Result<Option<String>, Problem> {
    let name = path.display().to_string();
    let refused = |what: String, hint: &str| Problem::new(Origin::whole(&name), "", what, hint);
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let what = format!("cannot be read: {error}");
            return Err(refused(what, "check its owner and its permissions"));
        }
    };
    let mut bytes = Vec::new();
    if let Err(error) = file.take(MAX_FILE + 1).read_to_end(&mut bytes) {
        let what = format!("cannot be read: {error}");
        return Err(refused(what, "name a file"));
    }
    if bytes.len() as u64 > MAX_FILE {
        let what = format!("is larger than {MAX_FILE} bytes");
        return Err(refused(what, "is it the right file?"));
    }
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
        let origin = Document::parse(name.clone(), &before).place(good);
        Problem::new(
            origin,
            "",
            "is not UTF-8 from here on",
            "save the file as UTF-8",
        )
    })
}

/// The spans of every key and value of a table by path (`services[0].minutes`); for an entry both its key's and its value's.
pub fn paths(table: &DeTable<'_>) -> Vec<(String, Range<usize>, Range<usize>)> {
    let mut found = Vec::new();
    for (key, value) in table.iter() {
        walk(key.get_ref().to_string(), key.span(), value, &mut found);
    }
    found
}

fn walk(
    path: String,
    key: Range<usize>,
    value: &Spanned<DeValue<'_>>,
    found: &mut Vec<(String, Range<usize>, Range<usize>)>,
) {
    match value.get_ref() {
        DeValue::Table(table) => {
            for (inner, value) in table.iter() {
                let path = format!("{path}.{}", inner.get_ref());
                walk(path, inner.span(), value, found);
            }
        }
        DeValue::Array(array) => {
            for (nth, item) in array.iter().enumerate() {
                walk(format!("{path}[{nth}]"), item.span(), item, found);
            }
        }
        _ => {}
    }
    found.push((path, key, value.span()));
}
