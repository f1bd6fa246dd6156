//! What is written for eyes only: control characters, Markdown, HTML tags, stage directions, emoji.

use super::scan::{Here, rewrite};

/// Nested brackets are undone from the inside, at most this many layers.
const LAYERS: usize = 4;

/// First words of stage directions that no receptionist says aloud.
const STAGE: &[&str] = &[
    "laughs",
    "laughing",
    "laugh",
    "chuckles",
    "chuckling",
    "sighs",
    "sigh",
    "sighing",
    "smiles",
    "smile",
    "smiling",
    "pause",
    "pauses",
    "pausing",
    "beat",
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
];

/// Removes what no voice and no XML document may hold, and makes quotes plain.
pub(crate) fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\n' => Some(c),
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => Some(' '),
            '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{fffe}' | '\u{ffff}' => None,
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
            '‘' | '’' | '‛' | '′' => Some('\''),
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' => Some('"'),
            '‑' | '‐' | '−' => Some('-'),
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// Removes markup and stage directions; keeps the words. Lines stay lines.
pub(crate) fn strip(text: &str) -> String {
    let mut text = emphasis(&pictures(&entities(text)));
    for _ in 0..LAYERS {
        let next = brackets(&text);
        if next == text {
            break;
        }
        text = next;
    }
    text.split('\n')
        .filter_map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

/// True for words in brackets or asterisks that tell how, not what.
fn is_stage(words: &str) -> bool {
    let words = words.trim().trim_end_matches('.').to_lowercase();
    let first = words
        .split(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or("");
    words.split_whitespace().count() <= 5 && STAGE.contains(&first)
}

fn entities(text: &str) -> String {
    const NAMES: [(&str, &str); 8] = [
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&nbsp;", " "),
        ("&hellip;", "…"),
    ];
    rewrite(text, |here| {
        let (name, c) = NAMES.iter().find(|(name, _)| here.rest.starts_with(name))?;
        Some((name.len(), (*c).to_owned()))
    })
}

/// Emoji, arrows and other small pictures become spaces.
fn pictures(text: &str) -> String {
    let mut after_picture = false;
    let spoken = |c: char| {
        let joins = matches!(c, '\u{fe0f}' | '\u{20e3}') || after_picture && c == '\u{200d}';
        let bullet = matches!(c, '•' | '‣' | '◦' | '▪' | '●' | '■');
        let picture = matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}'
            | '\u{2190}'..='\u{21ff}' | '\u{2b00}'..='\u{2bff}' | '\u{25a0}'..='\u{25ff}'
            | '\u{e0000}'..='\u{e007f}' | '™' | '®' | '©');
        after_picture = picture || joins;
        match c {
            _ if bullet => '•',
            _ if picture || joins => ' ',
            c => c,
        }
    };
    text.chars().map(spoken).collect()
}

/// Removes the marks of bold, italic, code and strike-through, and `*stage directions*`.
fn emphasis(text: &str) -> String {
    rewrite(text, |here| {
        let c = here.rest.chars().next()?;
        let next = here.rest[c.len_utf8()..].chars().next();
        match c {
            '*' => star(here, next),
            '`' => Some((1, String::new())),
            '_' => edge(here, next).then(|| (1, String::new())),
            '~' if next == Some('~') => Some((2, String::new())),
            '\\' if next.is_some_and(|c| c.is_ascii_punctuation()) => Some((1, String::new())),
            _ => None,
        }
    })
}

fn edge(here: &Here, next: Option<char>) -> bool {
    here.starts_token() || !next.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

fn star(here: &Here, next: Option<char>) -> Option<(usize, String)> {
    let close = here.rest[1..]
        .char_indices()
        .take(48)
        .find(|(_, c)| *c == '*');
    if let Some((at, _)) = close
        && is_stage(&here.rest[1..=at])
    {
        return Some((at + 2, " ".to_owned()));
    }
    let head = here.before.trim_end_matches(' ');
    let bullet = next == Some(' ') && (head.is_empty() || head.ends_with('\n'));
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let times = digit(here.before.trim_end_matches(' ').chars().next_back())
        && digit(here.rest[1..].trim_start_matches(' ').chars().next());
    let said = if bullet {
        "•"
    } else if times {
        " times "
    } else {
        ""
    };
    Some((1, said.to_owned()))
}

/// Links, images, footnotes, tags and stage directions in brackets.
fn brackets(text: &str) -> String {
    rewrite(text, |here| match here.rest.chars().next()? {
        '<' => tag(here.rest),
        '!' if here.rest.starts_with("![") => {
            let (length, words) = link(&here.rest[1..])?;
            Some((length + 1, apart(here, length + 1, words)))
        }
        '[' => match link(here.rest) {
            Some((length, words)) => Some((length, apart(here, length, words))),
            None => stage(here.rest, ']').or(Some((1, " ".to_owned()))),
        },
        ']' => Some((1, " ".to_owned())),
        '(' => stage(here.rest, ')'),
        _ => None,
    })
}

/// Keeps a replaced text from growing together with its neighbours.
fn apart(here: &Here, length: usize, words: &str) -> String {
    let front = if here.starts_token() { "" } else { " " };
    let glued = here.rest[length..].starts_with(char::is_alphanumeric);
    format!("{front}{words}{}", if glued { " " } else { "" })
}

/// `[words](address)` and `[^1]`, as length and words.
fn link(rest: &str) -> Option<(usize, &str)> {
    let close = find(rest, ']', 400)?;
    let words = &rest[1..close];
    if words.contains('[') {
        return None;
    }
    if words.starts_with('^') {
        return Some((close + 1, ""));
    }
    let address = rest[close + 1..].strip_prefix('(')?;
    let end = find(address, ')', 2048)?;
    let ok = !address[..end].contains(['\n', '(']);
    ok.then_some((close + 1 + end + 2, words))
}

/// Where `c` first stands within the next `limit` bytes.
fn find(rest: &str, c: char, limit: usize) -> Option<usize> {
    rest[..rest.floor_char_boundary(limit)].find(c)
}

fn stage(rest: &str, close: char) -> Option<(usize, String)> {
    let end = find(rest, close, 64)?;
    is_stage(&rest[1..end]).then(|| (end + 1, " ".to_owned()))
}

/// An HTML tag or comment, or an address in angle brackets.
fn tag(rest: &str) -> Option<(usize, String)> {
    let first = rest[1..].chars().next()?;
    if !first.is_ascii_alphabetic() && first != '/' && first != '!' {
        return None;
    }
    let end = find(rest, '>', 300)?;
    let inside = &rest[1..end];
    let address = inside.contains('@') || inside.starts_with("http") && inside.contains("://");
    let name = inside
        .trim_start_matches('/')
        .split(|c: char| !c.is_alphanumeric())
        .next();
    let said = match name.map(str::to_ascii_lowercase).as_deref() {
        _ if address && !inside.contains(['<', ' ']) => inside.trim_start_matches("mailto:"),
        Some("br" | "p" | "li" | "div" | "tr" | "ul" | "ol") => "\n",
        _ => " ",
    };
    Some((end + 1, said.to_owned()))
}

/// One line without its heading, quote, list or table marks; `None` for a line that is only marks.
fn line(whole: &str) -> Option<String> {
    let mut text = whole.trim();
    let rule = text.chars().count() > 2 && text.chars().all(|c| "-=*_|:+• ".contains(c));
    if rule {
        return None;
    }
    let mut item = false;
    let mut number = "";
    while let Some((rest, found)) = prefix(text) {
        text = rest.trim_start();
        item = true;
        number = found;
    }
    let mut said = if number.is_empty() {
        String::new()
    } else {
        format!("{number}, ")
    };
    if text.len() > 1 && text.starts_with('|') && text.ends_with('|') {
        let cells = text
            .split('|')
            .map(str::trim)
            .filter(|cell| !cell.is_empty());
        said.push_str(&cells.collect::<Vec<_>>().join(", "));
        item = true;
    } else {
        said.push_str(text);
    }
    if item && said.ends_with(|c: char| c.is_alphanumeric() || c == ')') {
        said.push('.');
    }
    Some(said)
}

/// One block mark at the front: what follows it, and its number if it is a numbered item.
fn prefix(text: &str) -> Option<(&str, &str)> {
    let after = text.trim_start_matches(['#', '>', '-', '+', '•']);
    let marks = &text[..text.len() - after.len()];
    let heading = marks.starts_with('#') && marks.len() <= 6;
    let simple = marks.starts_with('>') || heading || marks.chars().count() == 1;
    if !marks.is_empty() && simple && (after.is_empty() || after.starts_with(' ')) {
        return Some((after, ""));
    }
    if let Some(rest) = text.strip_prefix('•') {
        return Some((rest, ""));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text[digits..].strip_prefix(['.', ')'])?;
    let numbered = (1..=3).contains(&digits) && rest.starts_with(' ') && !rest.trim().is_empty();
    numbered.then(|| (rest, &text[..digits]))
}
