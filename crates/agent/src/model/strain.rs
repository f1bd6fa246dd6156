//! Keeps what is written for eyes from the voice: Markdown, lists, addresses, stage directions, pictures, code.
//!
//! The decision: one character at a time. What may begin a mark is held until it is certain what it is, at most
//! [`Strainer::LONGEST`] characters, so the words are the same however the stream was cut into deltas.

mod marks;

use marks::{Place, Step};

/// A part of the stream of which nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Skip {
    #[default]
    Nothing,
    /// Between two lines of back-quotes.
    Fence { ticks: u8 },
    /// Between `<name>` and `</name>`: a model's thoughts, a script.
    Element { close: String, tail: String },
    /// Within braces.
    Braces { depth: u16 },
    /// The address of a link, to its bracket or a blank.
    Target,
}

/// Takes the words of a model and gives what a voice may say.
///
/// What it gives holds no asterisk, back-quote, brace, square bracket, angle bracket, vertical line, address with its
/// scheme, emoji or control character, and every line of a list ends like a sentence.
#[derive(Clone, Debug)]
pub struct Strainer {
    held: String,
    skip: Skip,
    place: Place,
    /// The line is an item of a list or a heading, so it ends like a sentence.
    item: bool,
    blank: bool,
}

impl Default for Strainer {
    fn default() -> Self {
        Self {
            held: String::new(),
            skip: Skip::Nothing,
            place: Place {
                line_start: true,
                last: None,
            },
            item: false,
            blank: false,
        }
    }
}

impl Strainer {
    /// Most characters that are held back.
    pub const LONGEST: usize = 300;

    /// Takes the next piece, of any size, and appends to `out` what may be said of it.
    pub fn push(&mut self, delta: &str, out: &mut String) {
        for c in delta.chars() {
            if self.skip == Skip::Nothing {
                self.held.push(c);
                self.settle(false, out);
            } else {
                self.pass(c, out);
            }
        }
    }

    /// Says that nothing more comes: what is held is decided, and the next text begins on a new line.
    pub fn finish(&mut self, out: &mut String) {
        self.settle(true, out);
        self.held.clear();
        self.skip = Skip::Nothing;
        self.emit('\n', out);
    }

    /// Says that somebody else spoke in between: the next text begins a new line.
    pub fn told(&mut self) {
        self.place = Place {
            line_start: true,
            last: Some('.'),
        };
        self.blank = true;
    }

    fn settle(&mut self, ended: bool, out: &mut String) {
        while !self.held.is_empty() && self.skip == Skip::Nothing {
            let full = ended || self.held.chars().count() >= Self::LONGEST;
            match marks::step(&self.held, self.place, full) {
                Step::Wait => return,
                Step::Say(bytes, words) => {
                    self.held.drain(..bytes);
                    words.chars().for_each(|c| self.emit(c, out));
                }
                Step::Item(bytes) => {
                    self.held.drain(..bytes);
                    self.item = true;
                }
                Step::Again(bytes, words) => {
                    self.held.replace_range(..bytes, &words);
                }
                Step::Link(bytes, words) => {
                    // What follows the bracket is the address; the words may hold marks of their own.
                    let rest = self.held.split_off(bytes);
                    let mut inner = words;
                    std::mem::swap(&mut self.held, &mut inner);
                    self.settle(true, out);
                    self.held.clear();
                    self.skip = Skip::Target;
                    self.refeed(&rest, out);
                    return;
                }
                Step::Fence(bytes) => self.leap(bytes, Skip::Fence { ticks: 0 }, out),
                Step::Braces(bytes) => self.leap(bytes, Skip::Braces { depth: 1 }, out),
                Step::Element(bytes, name) => {
                    let (close, tail) = (format!("</{name}>"), String::new());
                    self.leap(bytes, Skip::Element { close, tail }, out);
                }
            }
        }
    }

    fn leap(&mut self, bytes: usize, skip: Skip, out: &mut String) {
        let rest = self.held.split_off(bytes);
        self.held.clear();
        self.skip = skip;
        self.refeed(&rest, out);
    }

    fn refeed(&mut self, rest: &str, out: &mut String) {
        if !rest.is_empty() {
            self.push(rest, out);
        }
    }

    /// One character of a part of which nothing is said.
    fn pass(&mut self, c: char, out: &mut String) {
        let over = match &mut self.skip {
            Skip::Nothing => true,
            Skip::Fence { ticks } => {
                *ticks = if c == '`' { *ticks + 1 } else { 0 };
                *ticks == 3
            }
            Skip::Element { close, tail } => {
                tail.push(c.to_ascii_lowercase());
                let extra = tail.chars().count().saturating_sub(close.len());
                let cut: usize = tail.chars().take(extra).map(char::len_utf8).sum();
                tail.drain(..cut);
                tail == close
            }
            Skip::Braces { depth } => {
                match c {
                    '{' => *depth = depth.saturating_add(1),
                    '}' => *depth -= 1,
                    _ => {}
                }
                *depth == 0
            }
            Skip::Target => c == ')' || c.is_whitespace(),
        };
        if over {
            let target = self.skip == Skip::Target;
            self.skip = Skip::Nothing;
            if !target || c != ')' {
                self.emit(' ', out);
            }
        }
    }

    fn emit(&mut self, c: char, out: &mut String) {
        if c == '\n' {
            let ends = self.item || self.place.line_start;
            if ends && self.place.last.is_some_and(char::is_alphanumeric) {
                out.push('.');
                self.place.last = Some('.');
            }
            self.item = false;
            self.place.line_start = true;
            self.blank = true;
        } else if c.is_whitespace() {
            self.blank = true;
        } else {
            // A dropped mark leaves its blank; a comma or full stop does not stand behind one.
            let glued = matches!(c, ',' | '.' | '!' | '?' | ';' | ':');
            if self.blank && self.place.last.is_some() && !glued {
                out.push(' ');
            }
            self.blank = false;
            out.push(c);
            self.place.last = Some(c);
            self.place.line_start = false;
        }
    }
}
