//! Words and the pieces they are looked up by: "re-book" is two words and a hyphen, "iPhone" two
//! words without one.

/// Signs inside words that are never spoken.
pub(super) const JUNK: &str = "',-._‘’/";

/// A piece of a word.
pub(super) struct Piece {
    /// As written.
    pub(super) text: String,
    /// Part of speech of the token it belongs to, in the Penn Treebank's letters.
    pub(super) tag: String,
    /// Whether a space follows.
    pub(super) space: bool,
    /// How it is spoken, once that is known.
    pub(super) spoken: Option<String>,
}

/// Groups what is written without a space between into words; punctuation stands by itself.
pub(super) fn words(tokens: Vec<(String, String, bool)>) -> Vec<Vec<Piece>> {
    let mut words: Vec<Vec<Piece>> = Vec::new();
    let mut open = false;
    for (text, tag, space) in tokens {
        let parts = split(&text);
        let last = parts.len().saturating_sub(1);
        for (i, part) in parts.into_iter().enumerate() {
            let spoken = punctuation(&part, &tag);
            let alone = spoken.is_some();
            let space = space && i == last;
            let piece = Piece {
                text: part,
                tag: tag.clone(),
                space,
                spoken,
            };
            match words.last_mut() {
                Some(word) if open && !alone => word.push(piece),
                _ => words.push(vec![piece]),
            }
            open = !alone && !space;
        }
    }
    words
}

/// The text of adjacent pieces, and the part of speech of the weightiest; capitals weigh double.
pub(super) fn text_of(pieces: &[Piece]) -> (String, String) {
    let text = pieces.iter().map(|p| p.text.as_str()).collect();
    let weight = |piece: &Piece| -> usize {
        piece
            .text
            .chars()
            .map(|c| 1 + usize::from(c.is_uppercase()))
            .sum()
    };
    // The first of equals.
    let heaviest = pieces.iter().rev().max_by_key(|piece| weight(piece));
    (text, heaviest.map(|p| p.tag.clone()).unwrap_or_default())
}

/// As the word list is keyed: with straight apostrophes.
pub(super) fn key(text: &str) -> String {
    text.replace(['‘', '’'], "'")
}

/// Whether nothing of it is spoken.
pub(super) fn is_junk(text: &str) -> bool {
    text.chars().all(|c| JUNK.contains(c))
}

/// How punctuation is "spoken": the marks that the voice phrases by, which quotes are not. `None` for
/// what is not punctuation.
fn punctuation(text: &str, tag: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| ";:,.!?—…".contains(*c)).collect();
    match tag {
        _ if text.chars().all(char::is_alphabetic) => None,
        ":" if text == "-" || text == "–" => Some("—".into()),
        "-LRB-" => Some("(".into()),
        "-RRB-" => Some(")".into()),
        "``" | "''" | "\"\"" | "." | "," | ":" | "$" | "#" | "NFP" => Some(kept),
        _ if !kept.is_empty() && kept == text => Some(kept),
        _ => None,
    }
}

fn split(token: &str) -> Vec<String> {
    let letters: Vec<char> = token.chars().collect();
    let mut parts = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let length = piece_length(&letters[at..], at == 0);
        parts.push(letters[at..at + length].iter().collect());
        at += length;
    }
    parts
}

/// How many characters the first piece has; at least one.
fn piece_length(text: &[char], first: bool) -> usize {
    let run = |test: fn(char) -> bool| text.iter().take_while(|c| test(**c)).count();
    match text[0] {
        c if is_apostrophe(c) && first => run(is_apostrophe),
        '-' | '_' => run(|c| c == '-' || c == '_'),
        c if c.is_ascii_digit() => figures(text),
        c if c.is_alphabetic() => letters(text),
        _ => 1,
    }
}

fn figures(text: &[char]) -> usize {
    let digit = |i: usize| text.get(i).is_some_and(char::is_ascii_digit);
    let mut end = 1;
    while digit(end) || (matches!(text.get(end), Some(',' | '.')) && digit(end + 1)) {
        end += 1;
    }
    end
}

/// Letters, with apostrophes between them, up to where a capital begins another word.
fn letters(text: &[char]) -> usize {
    let at = |i: usize| text.get(i).copied().unwrap_or(' ');
    if at(0).is_uppercase() && at(1).is_uppercase() && at(2).is_lowercase() {
        return 1;
    }
    let mut end = 1;
    loop {
        if at(end - 1).is_lowercase() && at(end).is_uppercase() {
            return end;
        }
        if at(end).is_alphabetic() {
            end += 1;
        } else if is_apostrophe(at(end)) && at(end + 1).is_alphabetic() {
            end += 2;
        } else {
            return end;
        }
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '‘' | '’')
}
