//! The network's own reader of TwiML. It shares nothing with the server's writer.

use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

const MAX_DEPTH: usize = 16;

/// An element of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    /// Its name.
    pub name: String,
    /// Its attributes in order.
    pub attributes: Vec<(String, String)>,
    /// Its children in order.
    pub children: Vec<Node>,
}

/// A child of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Tree(Tree),
    /// Text.
    Text(String),
}

impl Tree {
    /// Reads a document as strictly as a carrier does: the declaration, if any, at byte 0; one
    /// root; no DTD; no character that XML 1.0 forbids.
    pub fn read(xml: &str) -> Result<Tree, String> {
        if let Some(c) = xml.chars().find(|c| forbidden(*c)) {
            return Err(format!("character {c:?} is not allowed in XML"));
        }
        let mut reader = Reader::from_str(xml);
        let mut open: Vec<Tree> = vec![Tree::default()];
        loop {
            let at = reader.buffer_position();
            let event = reader.read_event();
            match event.map_err(|e| format!("byte {at}: {e}"))? {
                Event::Eof => break,
                Event::Decl(_) if at == 0 => {}
                Event::Comment(_) => {}
                Event::Start(start) if open.len() <= MAX_DEPTH => open.push(element(&start)?),
                Event::Empty(start) => {
                    open.push(element(&start)?);
                    close(&mut open);
                }
                Event::End(_) => close(&mut open),
                Event::Text(text) => add_text(&mut open, &text.xml10_content()),
                Event::CData(text) => add_text(&mut open, &text.xml10_content()),
                Event::GeneralRef(name) => {
                    let reference = format!("&{};", name.xml10_content());
                    let text = unescape(&reference).map_err(|e| format!("byte {at}: {e}"))?;
                    if let Some(c) = text.chars().find(|c| forbidden(*c)) {
                        return Err(format!("byte {at}: {c:?} is not allowed in XML"));
                    }
                    add_text(&mut open, &text);
                }
                other => return Err(format!("byte {at}: unexpected {other:?}")),
            }
        }
        finish(open)
    }

    /// An attribute's value.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let pair = self.attributes.iter().find(|(n, _)| n == name)?;
        Some(&pair.1)
    }

    /// An attribute that is a whole number.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.attribute(name)?.parse().ok()
    }

    /// All text inside, trimmed.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.collect_text(&mut text);
        text.trim().to_owned()
    }

    fn collect_text(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Node::Text(text) => out.push_str(text),
                Node::Tree(tree) => tree.collect_text(out),
            }
        }
    }

    /// The elements inside.
    pub fn elements(&self) -> impl DoubleEndedIterator<Item = &Tree> {
        self.children.iter().filter_map(|child| match child {
            Node::Tree(tree) => Some(tree),
            Node::Text(_) => None,
        })
    }
}

fn element(start: &BytesStart<'_>) -> Result<Tree, String> {
    let name = start.name().0.to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| format!("in <{name}>: {e}"))?;
        let value = attribute.normalized_value(XmlVersion::Explicit1_0);
        let value = value.map_err(|e| format!("in <{name}>: {e}"))?;
        attributes.push((attribute.key.0.to_owned(), value.into_owned()));
    }
    Ok(Tree {
        name,
        attributes,
        children: Vec::new(),
    })
}

/// The bottom of the stack is a nameless element that holds the root; it is never closed.
fn close(open: &mut Vec<Tree>) {
    if open.len() > 1
        && let Some(done) = open.pop()
        && let Some(parent) = open.last_mut()
    {
        parent.children.push(Node::Tree(done));
    }
}

fn add_text(open: &mut [Tree], text: &str) {
    if let Some(parent) = open.last_mut() {
        match parent.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ => parent.children.push(Node::Text(text.to_owned())),
        }
    }
}

fn finish(mut open: Vec<Tree>) -> Result<Tree, String> {
    let bottom = open.remove(0);
    if !open.is_empty() {
        return Err(format!("<{}> is not closed", open[0].name));
    }
    let mut root = None;
    for child in bottom.children {
        match child {
            Node::Tree(tree) if root.is_none() => root = Some(tree),
            Node::Tree(tree) => return Err(format!("a second root <{}>", tree.name)),
            Node::Text(text) if text.trim().is_empty() => {}
            Node::Text(_) => return Err("text outside the root element".to_owned()),
        }
    }
    root.ok_or_else(|| "no root element".to_owned())
}

fn forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
