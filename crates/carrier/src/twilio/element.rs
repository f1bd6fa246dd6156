//! A generic XML tree: written with quick-xml, and read back strictly.
//!
//! Text is filtered to what XML 1.0 can hold before it is written, because the writer escapes
//! markup but passes control characters through, and one of them makes the whole document
//! unreadable for the carrier.

use std::io::Write;

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer, XmlVersion};

/// Deepest nesting read.
const MAX_DEPTH: usize = 32;
/// Largest document read, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// An XML element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Tag name, case-sensitive.
    pub name: String,
    /// Attributes in order, decoded.
    pub attributes: Vec<(String, String)>,
    /// Children in order.
    pub children: Vec<Node>,
}

/// A child of an [`Element`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text, decoded.
    Text(String),
}

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a readable document at byte {at}: {problem}")]
pub struct XmlError {
    /// Offset of the problem.
    pub at: u64,
    /// What is wrong.
    pub problem: String,
}

impl Element {
    /// An element without attributes and children.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Adds an attribute.
    pub fn attribute(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    /// Adds an attribute if there is a value.
    pub fn maybe(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    /// Adds text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.children.push(Node::Text(text.into()));
        self
    }

    /// Adds a child element.
    pub fn child(mut self, child: Element) -> Self {
        self.children.push(Node::Element(child));
        self
    }

    /// The document with this root: XML declaration at byte 0, UTF-8, no added white space.
    ///
    /// Names are written as they are; they come from code, never from callers.
    pub fn write(&self) -> String {
        let mut writer = Writer::new(Vec::new());
        put(
            &mut writer,
            Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)),
        );
        self.write_into(&mut writer);
        String::from_utf8(writer.into_inner()).expect("every event was made from UTF-8 strings")
    }

    fn write_into<W: Write>(&self, writer: &mut Writer<W>) {
        let mut start = BytesStart::new(self.name.as_str());
        for (name, value) in &self.attributes {
            start.push_attribute((name.as_str(), xml_text(value).as_str()));
        }
        if self.children.is_empty() {
            return put(writer, Event::Empty(start));
        }
        put(writer, Event::Start(start));
        for child in &self.children {
            match child {
                Node::Element(element) => element.write_into(writer),
                Node::Text(text) => put(writer, Event::Text(BytesText::new(&xml_text(text)))),
            }
        }
        put(writer, Event::End(BytesEnd::new(self.name.as_str())));
    }

    /// Reads a document. Comments are dropped, adjacent text is joined, white space is kept.
    /// Refuses DTDs, processing instructions, unknown entities, more than 32 levels and 256 kB.
    pub fn parse(xml: &str) -> Result<Self, XmlError> {
        let mut parser = Parser::default();
        let mut reader = Reader::from_str(xml);
        if xml.len() > MAX_BYTES {
            return Err(error(MAX_BYTES as u64, "larger than 256 kB"));
        }
        loop {
            let at = reader.buffer_position();
            let event = reader.read_event().map_err(|e| error(at, e))?;
            if matches!(event, Event::Eof) {
                break;
            }
            parser.take(event, at)?;
        }
        let at = reader.buffer_position();
        if !parser.open.is_empty() {
            return Err(error(at, "an element is not closed"));
        }
        parser.root.ok_or_else(|| error(at, "no root element"))
    }
}

/// The characters of `text` that XML 1.0 can hold.
pub fn xml_text(text: &str) -> String {
    text.chars().filter(|c| is_xml_char(*c)).collect()
}

/// The `Char` production of XML 1.0 (section 2.2).
fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

fn put<W: Write>(writer: &mut Writer<W>, event: Event<'_>) {
    writer
        .write_event(event)
        .expect("writing to a buffer in memory cannot fail");
}

fn error(at: u64, problem: impl ToString) -> XmlError {
    XmlError {
        at,
        problem: problem.to_string(),
    }
}

#[derive(Default)]
struct Parser {
    open: Vec<Element>,
    root: Option<Element>,
}

impl Parser {
    fn take(&mut self, event: Event<'_>, at: u64) -> Result<(), XmlError> {
        match event {
            Event::Decl(_) if at == 0 => Ok(()),
            Event::Comment(_) => Ok(()),
            Event::Start(start) => self.start(&start, at),
            Event::Empty(start) => {
                self.start(&start, at)?;
                self.end(at)
            }
            Event::End(_) => self.end(at),
            Event::Text(text) => self.text(&text.xml10_content(), at),
            Event::CData(text) => self.text(&text.xml10_content(), at),
            Event::GeneralRef(entity) => {
                let text = match entity.resolve_char_ref().map_err(|e| error(at, e))? {
                    Some(c) => c.to_string(),
                    None => predefined(&entity.xml10_content(), at)?.to_owned(),
                };
                self.text(&text, at)
            }
            _ => Err(error(at, "only elements, text and comments are read")),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>, at: u64) -> Result<(), XmlError> {
        if self.open.len() == MAX_DEPTH {
            return Err(error(at, "nested deeper than 32 levels"));
        }
        if self.root.is_some() {
            return Err(error(at, "more than one root element"));
        }
        let mut element = Element::new(start.name().0);
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| error(at, e))?;
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|e| error(at, e))?;
            check_chars(&value, at)?;
            element = element.attribute(attribute.key.0, value);
        }
        self.open.push(element);
        Ok(())
    }

    fn end(&mut self, at: u64) -> Result<(), XmlError> {
        let element = self
            .open
            .pop()
            .ok_or_else(|| error(at, "an end without a start"))?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str, at: u64) -> Result<(), XmlError> {
        check_chars(text, at)?;
        let Some(parent) = self.open.last_mut() else {
            let blank = text.bytes().all(|b| b.is_ascii_whitespace());
            return if blank {
                Ok(())
            } else {
                Err(error(at, "text outside the root element"))
            };
        };
        match parent.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ => parent.children.push(Node::Text(text.to_owned())),
        }
        Ok(())
    }
}

fn predefined(name: &str, at: u64) -> Result<&'static str, XmlError> {
    match name {
        "amp" => Ok("&"),
        "lt" => Ok("<"),
        "gt" => Ok(">"),
        "quot" => Ok("\""),
        "apos" => Ok("'"),
        _ => Err(error(at, format!("unknown entity &{name};"))),
    }
}

fn check_chars(text: &str, at: u64) -> Result<(), XmlError> {
    match text.chars().find(|c| !is_xml_char(*c)) {
        Some(c) => Err(error(at, format!("character {c:?} is not allowed in XML"))),
        None => Ok(()),
    }
}
