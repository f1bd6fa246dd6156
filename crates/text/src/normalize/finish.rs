//! New lines as pauses, spaces where they belong, and a mark at the end.

/// Each new line becomes a space where punctuation or a small letter shows that nothing is
/// missing, and a full stop elsewhere.
pub(crate) fn newlines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        if !out.is_empty() {
            let wrapped = line.starts_with(char::is_lowercase);
            let ended = !out.ends_with(|c: char| c.is_alphanumeric() || closes(c)) || marked(&out);
            out.push_str(if wrapped || ended { " " } else { ". " });
        }
        out.push_str(line);
    }
    out
}

fn closes(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | ']' | '%')
}

/// A sentence mark stands at the end, before any closing quotes and brackets.
fn marked(text: &str) -> bool {
    text.trim_end_matches(closes)
        .ends_with(['.', '!', '?', '…', '。', '！', '？'])
}

/// One space between words, none before a comma or at the ends.
pub(crate) fn spacing(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let bare = word
            .chars()
            .all(|c| matches!(c, ',' | '.' | ';' | ':' | '!' | '?'));
        if bare {
            // A lone mark belongs to the word before it, once.
            let mark = word.chars().next();
            let wanted = out.ends_with(|c: char| c.is_alphanumeric() || closes(c));
            out.extend(mark.filter(|_| wanted));
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The same for a part of a sentence, which may begin with the mark that ends the part before it.
pub(crate) fn spacing_within(text: &str) -> String {
    let text = text.trim_start();
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if first.is_empty() || !is_mark(first) {
        return spacing(text);
    }
    let rest = spacing(rest);
    let gap = if rest.is_empty() { "" } else { " " };
    format!("{}{gap}{rest}", &first[..1])
}

fn is_mark(word: &str) -> bool {
    word.chars()
        .all(|c| matches!(c, ',' | '.' | ';' | ':' | '!' | '?'))
}

/// Makes the text end in a sentence mark. A comma, colon or dash at the end gives way to it.
pub(crate) fn sentence_mark(text: &str) -> String {
    let text = text.trim_end();
    if !text.chars().any(char::is_alphanumeric) {
        return String::new();
    }
    if marked(text) {
        return text.to_owned();
    }
    let body = text.trim_end_matches(|c: char| {
        matches!(c, ',' | ';' | ':' | '-' | '–' | '—') || c.is_whitespace()
    });
    if marked(body) {
        body.to_owned()
    } else {
        format!("{body}.")
    }
}
