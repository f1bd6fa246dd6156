//! Words: what a recogniser wrote down, or a mischievous caller sent, as a short list of plain tokens.

/// Longest text that is looked at, bytes; the rest of a longer one is dropped.
const MAX_TEXT: usize = 2_000;
/// Most tokens that are looked at.
const MAX_TOKENS: usize = 240;

/// One word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// In lower case, without punctuation.
    pub word: String,
    /// As it was written.
    pub raw: String,
    /// True when a comma, full stop or the like follows.
    pub brk: bool,
}

impl Token {
    /// True when the word is one of these.
    pub fn is(&self, any: &[&str]) -> bool {
        any.contains(&self.word.as_str())
    }
}

/// The text without markup, control characters and excess length, on one line.
pub fn clean(text: &str) -> String {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut out = String::with_capacity(end);
    let text = &text[..end];
    let mut skip = 0;
    for (at, c) in text.char_indices() {
        if at < skip {
            continue;
        }
        match c {
            // Markup, and what a recogniser notes in brackets: `<break/>`, `[inaudible]`.
            '<' | '[' => {
                skip = closer(&text[at..], c).map_or(at, |length| at + length);
                out.push(' ');
            }
            '’' | '‘' | '`' => out.push('\''),
            '>' | '{' | '}' | ']' | '|' | '\\' | '_' | '*' | '~' | '^' | '&' => out.push(' '),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How long the bracket at the start is, when it closes within reason.
fn closer(text: &str, open: char) -> Option<usize> {
    let close = if open == '<' { '>' } else { ']' };
    text.char_indices()
        .take(200)
        .find(|(_, c)| *c == close)
        .map(|(at, _)| at + 1)
}

/// The words of a text that was cleaned.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    for chunk in text.split_whitespace() {
        if out.len() >= MAX_TOKENS {
            break;
        }
        push_chunk(&mut out, chunk);
    }
    join_half_days(out)
}

/// Splits one run of non-blanks into tokens and appends them.
fn push_chunk(out: &mut Vec<Token>, chunk: &str) {
    let brk = chunk.ends_with([',', '.', ';', ':', '!', '?', '—', '…']);
    let core = chunk.trim_matches(|c: char| !(c.is_alphanumeric() || c == '+'));
    if core.is_empty() {
        if brk || chunk.starts_with(['-', '–', '—']) {
            pause(out);
        }
        return;
    }
    let lower = core.to_lowercase();
    if ["a.m", "p.m"].contains(&lower.as_str()) {
        return push(out, &lower.replace('.', ""), core, brk);
    }
    if is_iso_date(&lower) {
        return push(out, &lower, core, brk);
    }
    if is_double_name(core) {
        return push(out, &lower, core, brk);
    }
    let parts: Vec<&str> = core.split(splits(core)).filter(|p| !p.is_empty()).collect();
    let last = parts.len().saturating_sub(1);
    for (i, part) in parts.iter().enumerate() {
        push_glued(out, part, brk && i == last);
    }
}

/// Where a run is split: at hyphens always, at dots between digits and letters, at a slash unless it stands in `11/24`.
fn splits(core: &str) -> impl Fn(char) -> bool + use<> {
    let slash = !core.chars().all(|c| c.is_ascii_digit() || c == '/');
    move |c| {
        matches!(
            c,
            '-' | '–' | '—' | '.' | '(' | ')' | ',' | '"' | '!' | '?' | ';'
        ) || (c == '/' && slash)
    }
}

/// Separates `3pm` into `3 pm`; `24th` and `3:30` stay whole.
fn push_glued(out: &mut Vec<Token>, part: &str, brk: bool) {
    let digits = part
        .find(|c: char| !(c.is_ascii_digit() || c == ':'))
        .unwrap_or(part.len());
    let (head, tail) = part.split_at(digits);
    let tail_lower = tail.to_lowercase();
    if !head.is_empty() && ["am", "pm", "ish"].contains(&tail_lower.as_str()) {
        push(out, head, head, false);
        return push(out, &tail_lower, tail, brk);
    }
    push(out, &part.to_lowercase(), part, brk);
}

/// `Anne-Marie`: capitals on both sides of the hyphen.
fn is_double_name(core: &str) -> bool {
    core.split_once('-').is_some_and(|(a, b)| {
        let name = |part: &str| {
            part.starts_with(char::is_uppercase)
                && part.chars().count() > 1
                && part.chars().skip(1).all(|c| c.is_lowercase())
        };
        name(a) && name(b)
    })
}

fn push(out: &mut Vec<Token>, word: &str, raw: &str, brk: bool) {
    let word = word.trim_matches('\'');
    if !word.is_empty() && word.len() <= 40 {
        out.push(Token {
            word: word.to_owned(),
            raw: raw.to_owned(),
            brk,
        });
    }
}

fn pause(out: &mut [Token]) {
    if let Some(last) = out.last_mut() {
        last.brk = true;
    }
}

fn is_iso_date(word: &str) -> bool {
    word.len() == 10 && word.parse::<jiff::civil::Date>().is_ok()
}

/// `ten a m` is `ten am`.
fn join_half_days(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let glue = token.word == "m"
            && out.len() >= 2
            && out.last().is_some_and(|t| t.is(&["a", "p"]) && !t.brk)
            && !is_letter(&out[out.len() - 2]);
        match out.last_mut() {
            Some(last) if glue => {
                last.word.push('m');
                last.raw.push('m');
                last.brk = token.brk;
            }
            _ => out.push(token),
        }
    }
    out
}

/// True for a single letter, as when a name is spelled.
pub fn is_letter(token: &Token) -> bool {
    let mut chars = token.word.chars();
    chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
}

/// The words joined by blanks, with a blank at both ends, so that ` phrase ` can be searched for.
pub fn line(tokens: &[Token]) -> String {
    let mut out = String::from(" ");
    for token in tokens {
        out.push_str(&token.word);
        out.push(' ');
    }
    out
}
