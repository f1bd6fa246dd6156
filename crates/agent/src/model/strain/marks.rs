//! What the held characters are, once that is certain.

/// Where the held characters stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Nothing was said on this line yet.
    pub line_start: bool,
    /// The last character that was said.
    pub last: Option<char>,
}

impl Place {
    fn in_word(self) -> bool {
        self.last.is_some_and(char::is_alphanumeric)
    }

    /// Where a stage direction stands: at the start, or after a sentence.
    fn at_boundary(self) -> bool {
        self.line_start || self.last.is_none_or(|c| ".!?,…:;\"".contains(c))
    }
}

/// What to do with the first so many bytes of what is held.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// It is not certain yet.
    Wait,
    /// Say this instead.
    Say(usize, String),
    /// The mark of a heading or a list.
    Item(usize),
    /// Look at this instead.
    Again(usize, String),
    /// The words of a link; its address follows.
    Link(usize, String),
    /// A block of code begins.
    Fence(usize),
    /// A block in braces begins.
    Braces(usize),
    /// An element of which nothing is said begins.
    Element(usize, String),
}

/// Longest inline code, emphasis or stage direction, characters.
const SHORT: usize = 80;

/// Elements whose content is not for the caller.
const SILENT: [&str; 9] = [
    "think",
    "thinking",
    "thought",
    "reasoning",
    "analysis",
    "script",
    "style",
    "tool_call",
    "function_call",
];

/// First words of what tells how, not what.
const STAGE: [&str; 46] = [
    "laugh",
    "laughs",
    "laughing",
    "chuckle",
    "chuckles",
    "chuckling",
    "sigh",
    "sighs",
    "sighing",
    "smile",
    "smiles",
    "smiling",
    "pause",
    "pauses",
    "pausing",
    "beat",
    "silence",
    "clears",
    "nods",
    "nodding",
    "whispers",
    "whispering",
    "coughs",
    "gasps",
    "giggles",
    "grins",
    "groans",
    "hums",
    "humming",
    "sniffs",
    "winks",
    "shrugs",
    "typing",
    "types",
    "inaudible",
    "crosstalk",
    "applause",
    "warmly",
    "cheerfully",
    "softly",
    "gently",
    "excitedly",
    "brightly",
    "cheerful",
    "thinking",
    "waits",
];

fn say(bytes: usize, words: impl Into<String>) -> Step {
    Step::Say(bytes, words.into())
}

/// What the start of `held`, which is not empty, is. `full` = nothing more may be waited for.
pub fn step(held: &str, place: Place, full: bool) -> Step {
    let Some(c) = held.chars().next() else {
        return Step::Wait;
    };
    let step = match c {
        '\n' | '\r' => say(1, "\n"),
        '`' => ticks(held, full),
        '*' | '_' => emphasis(held, c, place, full),
        '#' => heading(held, place, full),
        '-' | '+' | '•' | '‣' | '◦' | '▪' | '●' => bullet(held, c, place, full),
        '0'..='9' if place.line_start => numbered(held, full),
        '<' => tag(held, full),
        '[' => square(held, full),
        '(' => round(held, full),
        '{' => Step::Braces(1),
        '|' if place.line_start || place.last == Some(',') => say(1, " "),
        '|' => say(1, ","),
        ':' | ';' => smiley(held, full),
        'h' | 'H' | 'w' | 'W' => address(held, full),
        '}' | ']' | '>' | '~' | '\\' | '^' => say(c.len_utf8(), " "),
        c if is_invisible(c) => say(c.len_utf8(), ""),
        c if is_picture(c) || c.is_control() => say(c.len_utf8(), " "),
        c => say(c.len_utf8(), c),
    };
    match step {
        Step::Wait if full => say(
            c.len_utf8(),
            if c.is_alphanumeric() {
                c.to_string()
            } else {
                " ".into()
            },
        ),
        step => step,
    }
}

/// Where `close` stands behind the first `from` bytes, within reach and on the same line.
fn closing(held: &str, from: usize, close: char, reach: usize) -> Option<usize> {
    held[from..]
        .char_indices()
        .take(reach)
        .take_while(|(_, c)| *c != '\n')
        .find(|(_, c)| *c == close)
        .map(|(at, _)| from + at)
}

/// True when it is no use to wait for a closing mark any more.
fn too_late(held: &str, from: usize, reach: usize) -> bool {
    held[from..].contains('\n') || held[from..].chars().count() >= reach
}

/// Letters, digits and blanks only: words that happen to be marked.
fn is_plain(words: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || " ',.:-".contains(c);
    words.chars().all(plain) && words.chars().any(char::is_alphabetic)
}

fn ticks(held: &str, full: bool) -> Step {
    let run = held.len() - held.trim_start_matches('`').len();
    if run >= 3 {
        return Step::Fence(3);
    }
    if run == held.len() && !full {
        return Step::Wait;
    }
    match closing(held, run, '`', SHORT) {
        Some(end) => {
            let inner = &held[run..end];
            let words = if is_plain(inner) { inner } else { " " };
            say(end + 1, words)
        }
        None if full || too_late(held, run, SHORT) => say(run, ""),
        None => Step::Wait,
    }
}

fn emphasis(held: &str, mark: char, place: Place, full: bool) -> Step {
    let run = held.len() - held.trim_start_matches(mark).len();
    let Some(next) = held[run..].chars().next() else {
        return if full { say(run, "") } else { Step::Wait };
    };
    if mark == '*' && run == 1 && next == ' ' && place.line_start {
        return Step::Item(2);
    }
    if mark == '_' && place.in_word() && next.is_alphanumeric() {
        return say(run, " ");
    }
    if next.is_whitespace() || place.in_word() {
        return say(run, "");
    }
    let rest = &held[run..];
    let lead: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
    if lead.len() < rest.len() && !tells_how(&lead, place.at_boundary()) {
        return say(run, "");
    }
    match closing(held, run, mark, SHORT) {
        Some(end) if is_stage(&held[run..end], place.at_boundary()) => {
            let end = end + held[end..].len() - held[end..].trim_start_matches(mark).len();
            if end == held.len() && !full {
                return Step::Wait;
            }
            say(end, " ")
        }
        None if !full && !too_late(held, run, SHORT) => Step::Wait,
        _ => say(run, ""),
    }
}

/// Whether a direction may begin with this word: one we know, or, where directions stand, a verb or a manner.
fn tells_how(first: &str, boundary: bool) -> bool {
    let first = first.to_lowercase();
    let verb = first.len() > 3
        && (first.ends_with("ing")
            || first.ends_with("ly")
            || (first.ends_with('s') && !first.ends_with("ss")));
    STAGE.contains(&first.as_str()) || (boundary && verb)
}

fn is_stage(inner: &str, boundary: bool) -> bool {
    let lead: String = inner.chars().take_while(|c| c.is_alphabetic()).collect();
    inner.split_whitespace().count() <= 8 && tells_how(&lead, boundary)
}

fn heading(held: &str, place: Place, full: bool) -> Step {
    let run = held.len() - held.trim_start_matches('#').len();
    match held[run..].chars().next() {
        None if !full => Step::Wait,
        Some(' ') if place.line_start => Step::Item(run + 1),
        Some(c) if c.is_ascii_digit() => say(run, "number "),
        _ => say(run, ""),
    }
}

fn bullet(held: &str, mark: char, place: Place, full: bool) -> Step {
    let size = mark.len_utf8();
    if !mark.is_ascii() {
        return if place.line_start {
            Step::Item(size)
        } else {
            say(size, ", ")
        };
    }
    let run = held.len() - held.trim_start_matches(mark).len();
    match held[run..].chars().next() {
        None if !full => Step::Wait,
        // A rule across the page, or the line below the head of a table.
        _ if run >= 3 => say(run, " "),
        Some(' ') if run == 1 && place.line_start => Step::Item(2),
        _ => say(run, &held[..run]),
    }
}

fn numbered(held: &str, full: bool) -> Step {
    let digits = held.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = held[digits..].chars();
    match (rest.next(), rest.next()) {
        (None, _) if digits <= 2 && !full => Step::Wait,
        (Some('.' | ')'), Some(' ' | '\t')) if digits <= 2 => Step::Item(digits + 2),
        (Some('.' | ')'), None) if digits <= 2 && !full => Step::Wait,
        _ => say(digits, &held[..digits]),
    }
}

fn tag(held: &str, full: bool) -> Step {
    let Some(next) = held[1..].chars().next() else {
        return if full { say(1, " ") } else { Step::Wait };
    };
    if !next.is_ascii_alphabetic() && !"/!|?".contains(next) {
        return say(1, " ");
    }
    let Some(end) = held.find('>') else {
        return if full {
            say(held.len(), " ")
        } else {
            Step::Wait
        };
    };
    let inside = held[1..end].trim();
    let name: String = inside
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect::<String>()
        .to_ascii_lowercase();
    if SILENT.contains(&name.as_str()) && !inside.ends_with('/') {
        return Step::Element(end + 1, name);
    }
    if inside.starts_with("http") || inside.starts_with("www.") {
        return Step::Again(end + 1, format!("{inside} "));
    }
    let breaks = ["br", "p", "li", "div", "tr", "ul", "ol"].contains(&name.as_str());
    say(end + 1, if breaks { "\n" } else { " " })
}

fn square(held: &str, full: bool) -> Step {
    let Some(end) = held.find(']') else {
        return if full { say(1, " ") } else { Step::Wait };
    };
    match held[end + 1..].chars().next() {
        None if !full => Step::Wait,
        Some('(') => Step::Link(end + 2, held[1..end].replace(['[', ']'], "")),
        _ => say(end + 1, " "),
    }
}

fn round(held: &str, full: bool) -> Step {
    let lead: String = held[1..]
        .chars()
        .take_while(|c| c.is_alphabetic())
        .collect();
    let whole = 1 + lead.len() < held.len();
    if whole && !tells_how(&lead, false) {
        return say(1, "(");
    }
    match closing(held, 1, ')', SHORT) {
        Some(end) if is_stage(&held[1..end], false) => say(end + 1, " "),
        None if !full && !too_late(held, 1, SHORT) => Step::Wait,
        _ => say(1, "("),
    }
}

fn smiley(held: &str, full: bool) -> Step {
    let mut rest = held[1..].chars();
    match (rest.next(), rest.next()) {
        (None, _) if !full => Step::Wait,
        (Some(')' | '(' | '*'), _) => say(2, " "),
        (Some('-' | '/'), None) if !full => Step::Wait,
        // The scheme of an address that is none of the web's.
        (Some('/'), Some('/')) => say(3, " "),
        (Some('-'), Some(')' | '(' | 'D' | 'P')) => say(3, " "),
        _ => say(1, &held[..1]),
    }
}

/// A web address becomes the name of its host.
fn address(held: &str, full: bool) -> Step {
    let lower: String = held.chars().take(8).collect::<String>().to_lowercase();
    let schemes = ["http://", "https://", "www."];
    let Some(scheme) = schemes.iter().find(|s| lower.starts_with(**s)) else {
        let open = schemes.iter().any(|s| s.starts_with(&lower));
        let first = held.chars().next().map_or(1, char::len_utf8);
        return if open && !full {
            Step::Wait
        } else {
            say(first, &held[..first])
        };
    };
    let ends = |c: char| c.is_whitespace() || ")>]}\"'<`*|".contains(c);
    let end = held.find(ends);
    if end.is_none() && !full {
        return Step::Wait;
    }
    let end = end.unwrap_or(held.len());
    let whole = held[..end].trim_end_matches(['.', ',', '!', '?', ';', ':']);
    let tail = &held[whole.len()..end];
    let rest = whole.get(scheme.len()..).unwrap_or("");
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or("");
    let host = host.rsplit('@').next().unwrap_or("");
    let host = host.strip_prefix("www.").unwrap_or(host);
    let spoken = !host.is_empty()
        && host.len() <= 40
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
        && host.chars().any(|c| c.is_ascii_alphabetic());
    let words = if spoken { host } else { "our website" };
    say(end, format!("{words}{tail}"))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{e0000}'..='\u{e01ef}')
}

fn is_picture(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2190}'..='\u{21ff}'
        | '\u{2b00}'..='\u{2bff}' | '\u{2300}'..='\u{23ff}' | '\u{2500}'..='\u{25ff}' | '™' | '®' | '©'
        | '\u{e000}'..='\u{f8ff}' | '\u{fffd}')
}
