//! Reads SSML into pieces of plain words with a manner, so that every voice can follow it and no
//! voice ever sees markup from outside.
//!
//! Known: `speak p s break say-as sub phoneme emphasis prosody`. The words inside any other tag
//! are kept and a warning says so. Document type declarations are refused, so there is nothing to
//! expand; size, depth and pauses have limits.

mod attributes;
mod builder;
mod prosody;
mod say_as;

pub use prosody::Prosody;

use attributes::Attributes;
use builder::Builder;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest document, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// Deepest nesting of tags.
pub const MAX_DEPTH: usize = 32;
/// Longest single pause, in milliseconds; longer ones are cut to it.
pub const MAX_BREAK_MS: u32 = 10_000;
/// Warnings past this many are not kept.
const MAX_WARNINGS: usize = 50;

/// A piece of speech.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Segment {
    /// Words, white space made single and trimmed.
    Text {
        /// The words.
        text: String,
        /// How to say them.
        prosody: Prosody,
    },
    /// A pause.
    Break {
        /// Its length in milliseconds, 1 to [`MAX_BREAK_MS`].
        ms: u32,
    },
    /// Words with their sound given.
    Phoneme {
        /// The sound in the International Phonetic Alphabet.
        ipa: String,
        /// The words, for voices that cannot take sounds.
        text: String,
        /// How to say them.
        prosody: Prosody,
    },
}

/// What a document holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The pieces in order; no two texts of the same manner in a row.
    pub segments: Vec<Segment>,
    /// What was in it and is not followed, at most fifty.
    pub warnings: Vec<SsmlWarning>,
}

/// Why a document cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("SSML, line {line}, column {column}: {message}")]
pub struct SsmlError {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong and what to do.
    pub message: String,
}

/// Something in a document that is not followed. Its words are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsmlWarning {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is not followed.
    pub message: String,
}

impl fmt::Display for SsmlWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )
    }
}

/// Reads a document or a fragment and gives its pieces; see [`read`].
pub fn parse(input: &str) -> Result<Vec<Segment>, SsmlError> {
    read(input).map(|document| document.segments)
}

/// Reads a document, with or without a `speak` around it.
///
/// # Errors
///
/// For malformed XML, a document type declaration, an unknown entity, more than [`MAX_BYTES`] or
/// [`MAX_DEPTH`], a missing or unreadable attribute that a tag cannot do without.
pub fn read(input: &str) -> Result<Document, SsmlError> {
    if input.len() > MAX_BYTES {
        let message = format!(
            "{} bytes are more than the limit of {MAX_BYTES}: split the text",
            input.len()
        );
        return Err(SsmlError {
            line: 1,
            column: 1,
            message,
        });
    }
    let mut parse = Parse {
        input,
        at: 0,
        open: Vec::new(),
        builder: Builder::default(),
        warnings: Vec::new(),
    };
    parse.run()?;
    Ok(Document {
        segments: parse.builder.finish(),
        warnings: parse.warnings,
    })
}

/// What an open tag does with the words inside it.
enum Inside {
    /// Says them.
    Plain,
    /// Says them and ends the sentence, with a pause in milliseconds.
    Sentence(u32),
    /// Collects them for a reading.
    SayAs { kind: String, format: String },
    /// Says something else instead.
    Sub { alias: String },
    /// Collects them beside their sound.
    Phoneme { ipa: String },
}

struct Open {
    name: String,
    outer: Prosody,
    inside: Inside,
    collected: String,
}

struct Parse<'a> {
    input: &'a str,
    /// Byte where the current event begins.
    at: usize,
    open: Vec<Open>,
    builder: Builder,
    warnings: Vec<SsmlWarning>,
}

impl Parse<'_> {
    fn run(&mut self) -> Result<(), SsmlError> {
        let mut reader = Reader::from_str(self.input);
        loop {
            self.at = place(reader.buffer_position());
            let event = reader.read_event().map_err(|error| {
                self.at = place(reader.error_position());
                self.error(error.to_string())
            })?;
            match event {
                Event::Start(tag) => self.start(&tag)?,
                Event::Empty(tag) => {
                    self.start(&tag)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Text(text) => self.text(&text),
                Event::CData(text) => self.text(&text),
                Event::GeneralRef(name) => self.reference(&name)?,
                Event::DocType(_) => {
                    return Err(self.error("a document type declaration is not allowed: remove it"));
                }
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::Eof => break,
            }
        }
        match self.open.last() {
            Some(open) => Err(self.error(format!("<{}> is never closed", open.name))),
            None => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart) -> Result<(), SsmlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.error(format!("tags are nested more than {MAX_DEPTH} deep")));
        }
        let name = tag.local_name().as_ref().to_owned();
        let attributes = Attributes::read(tag).map_err(|error| self.error(error))?;
        let outer = self.builder.prosody;
        let inside = self.begin(&name, &attributes)?;
        self.open.push(Open {
            name,
            outer,
            inside,
            collected: String::new(),
        });
        Ok(())
    }

    fn begin(&mut self, name: &str, attributes: &Attributes) -> Result<Inside, SsmlError> {
        let inside = match name {
            "speak" => Inside::Plain,
            "p" => Inside::Sentence(400),
            "s" => Inside::Sentence(0),
            "break" => {
                let ms = attributes.pause().map_err(|error| self.error(error))?;
                if !self.collecting() {
                    self.builder.pause(ms);
                }
                Inside::Plain
            }
            "say-as" => Inside::SayAs {
                kind: self.need(name, attributes, "interpret-as")?,
                format: attributes.get("format").unwrap_or("").to_owned(),
            },
            "sub" => Inside::Sub {
                alias: self.need(name, attributes, "alias")?,
            },
            "phoneme" => self.phoneme(attributes)?,
            "emphasis" => {
                let level = attributes.get("level").unwrap_or("moderate");
                match prosody::emphasis(level) {
                    Some(manner) => self.builder.prosody = self.builder.prosody.with(manner),
                    None => self.warn(format!("unknown emphasis level {level:?}")),
                }
                Inside::Plain
            }
            "prosody" => {
                self.prosody(attributes);
                Inside::Plain
            }
            _ => {
                self.warn(format!("<{name}> is not known: its words are kept"));
                Inside::Plain
            }
        };
        Ok(inside)
    }

    fn phoneme(&mut self, attributes: &Attributes) -> Result<Inside, SsmlError> {
        let ipa = self.need("phoneme", attributes, "ph")?;
        let alphabet = attributes.get("alphabet").unwrap_or("ipa");
        if alphabet == "ipa" {
            return Ok(Inside::Phoneme { ipa });
        }
        self.warn(format!(
            "phoneme alphabet {alphabet:?} is not known: use \"ipa\""
        ));
        Ok(Inside::Plain)
    }

    fn prosody(&mut self, attributes: &Attributes) {
        let mut manner = Prosody::default();
        let mut set = |name: &str, read: fn(&str) -> Option<f32>, field: &mut f32| {
            let Some(value) = attributes.get(name) else {
                return;
            };
            match read(value.trim()) {
                Some(number) => *field = number,
                None => self.warn(format!("prosody {name} {value:?} is not understood")),
            }
        };
        set("rate", prosody::rate, &mut manner.rate);
        set("pitch", prosody::pitch, &mut manner.pitch);
        set("volume", prosody::volume, &mut manner.volume_db);
        self.builder.prosody = self.builder.prosody.with(manner);
    }

    fn need(&self, tag: &str, attributes: &Attributes, name: &str) -> Result<String, SsmlError> {
        let value = attributes
            .get(name)
            .map(str::trim)
            .filter(|value| !value.is_empty());
        let missing = || self.error(format!("<{tag}> needs the attribute {name}"));
        value.map(str::to_owned).ok_or_else(missing)
    }

    fn collecting(&self) -> bool {
        self.collector().is_some()
    }

    /// The outermost tag that does something of its own with the words inside it.
    fn collector(&self) -> Option<usize> {
        let own = |open: &Open| !matches!(open.inside, Inside::Plain | Inside::Sentence(_));
        self.open.iter().position(own)
    }

    fn text(&mut self, text: &str) {
        match self.collector() {
            Some(at) => self.open[at].collected.push_str(text),
            None => self.builder.text(text),
        }
    }

    fn reference(&mut self, name: &BytesRef) -> Result<(), SsmlError> {
        let character = name
            .resolve_char_ref()
            .map_err(|error| self.error(error.to_string()))?;
        let named = quick_xml::escape::resolve_predefined_entity(name);
        match (character, named) {
            (Some(c), _) => self.text(c.encode_utf8(&mut [0; 4])),
            (None, Some(text)) => self.text(text),
            (None, None) => {
                let name: &str = name;
                return Err(self.error(format!(
                    "the entity &{name}; is not known: write the character itself"
                )));
            }
        }
        Ok(())
    }

    fn end(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let words = open.collected.trim();
        if self.collecting() {
            self.builder.prosody = open.outer;
            return;
        }
        match open.inside {
            Inside::Plain => {}
            Inside::Sentence(pause) => self.builder.end_sentence(pause),
            Inside::SayAs { kind, format } => match say_as::say(&kind, &format, words) {
                Some(said) => self.builder.text(&said),
                None => {
                    self.warn(format!(
                        "{words:?} cannot be said as {kind:?}: it is read as it is"
                    ));
                    self.builder.text(words);
                }
            },
            Inside::Sub { alias } => self.builder.text(&alias),
            Inside::Phoneme { ipa } => self.builder.phoneme(ipa, words),
        }
        self.builder.prosody = open.outer;
    }

    fn warn(&mut self, message: String) {
        if self.warnings.len() < MAX_WARNINGS {
            let SsmlError {
                line,
                column,
                message,
            } = self.error(message);
            self.warnings.push(SsmlWarning {
                line,
                column,
                message,
            });
        }
    }

    fn error(&self, message: impl Into<String>) -> SsmlError {
        let before = &self.input[..self.input.floor_char_boundary(self.at)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        SsmlError {
            line: number(line),
            column: number(column),
            message: message.into(),
        }
    }
}

fn place(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
