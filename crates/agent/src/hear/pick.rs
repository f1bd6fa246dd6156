//! Choosing from a short list by the words people use for its entries.

use super::words::{Token, tokens};

/// Words that say nothing about what is meant.
pub const STOP: &[&str] = &[
    "a",
    "an",
    "the",
    "is",
    "are",
    "was",
    "be",
    "am",
    "do",
    "does",
    "did",
    "you",
    "your",
    "i",
    "me",
    "my",
    "we",
    "our",
    "us",
    "it",
    "its",
    "it's",
    "to",
    "of",
    "in",
    "on",
    "at",
    "for",
    "and",
    "or",
    "with",
    "that",
    "this",
    "there",
    "can",
    "could",
    "would",
    "will",
    "have",
    "has",
    "had",
    "get",
    "got",
    "please",
    "um",
    "uh",
    "so",
    "just",
    "like",
    "want",
    "need",
    "i'd",
    "i'm",
    "if",
    "what",
    "what's",
    "whats",
    "any",
    "some",
    "hi",
    "hello",
    "hey",
    "okay",
    "ok",
    "well",
    "oh",
    "know",
    "tell",
    "about",
    "yes",
    "no",
    "not",
    "guys",
    "they",
    "them",
    "be",
    "been",
    "don't",
    "should",
    "by",
    "as",
    "from",
    "how's",
    "where's",
    "when's",
    "who's",
    "wondering",
    "how",
    "when",
    "where",
    "who",
    "which",
    "why",
    "then",
    "also",
    "much",
    "one",
];

/// The word without its common endings, so that `cleanings` and `clean` meet.
pub fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word);
    for (ending, left) in [
        ("lations", 4),
        ("lation", 4),
        ("lling", 4),
        ("lled", 4),
        ("ings", 3),
        ("ing", 3),
        ("ies", 2),
        ("ers", 4),
        ("ed", 3),
        ("es", 4),
        ("s", 3),
        ("e", 3),
    ] {
        if let Some(root) = word.strip_suffix(ending)
            && root.chars().count() >= left
            && !root.ends_with('s')
        {
            let root = if ending == "ies" {
                format!("{root}y")
            } else {
                root.to_owned()
            };
            // `parking` and `park`, `visiting` and `visit`, but also `whitening` and `whiten`.
            return root.strip_suffix('e').map(str::to_owned).unwrap_or(root);
        }
    }
    word.to_owned()
}

/// True when two stems are the same but for a slip of the ear or the finger.
pub fn near(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let len = a.chars().count().min(b.chars().count());
    let allowed = match len {
        0..5 => return false,
        5..8 => 1,
        _ => 2,
    };
    a.chars().next() == b.chars().next() && strsim::damerau_levenshtein(a, b) <= allowed
}

/// The entry whose name or alias is said, by its place; the one with most words said wins, and a tie is `None`.
pub fn pick<'a>(
    heard: &[Token],
    entries: impl Iterator<Item = Vec<&'a str>>,
    partly: bool,
) -> Option<usize> {
    let said: Vec<String> = heard.iter().map(|t| stem(&t.word)).collect();
    let mut scores: Vec<(usize, usize)> = entries
        .enumerate()
        .map(|(i, names)| {
            (
                names
                    .iter()
                    .map(|n| score(&said, n, partly))
                    .max()
                    .unwrap_or(0),
                i,
            )
        })
        .filter(|(score, _)| *score > 0)
        .collect();
    scores.sort_unstable_by(|a, b| b.cmp(a));
    match scores[..] {
        [] => None,
        [only] => Some(only.1),
        [first, second, ..] => (first.0 > second.0).then_some(first.1),
    }
}

/// Words of this name that were said: all of them, or with `partly` at least one that means something.
fn score(said: &[String], name: &str, partly: bool) -> usize {
    let words: Vec<String> = tokens(name)
        .iter()
        .filter(|t| !t.is(STOP))
        .map(|t| stem(&t.word))
        .collect();
    let hits: Vec<&String> = words
        .iter()
        .filter(|w| said.iter().any(|s| near(s, w)))
        .collect();
    let enough = if partly {
        !hits.is_empty()
    } else {
        !words.is_empty() && hits.len() == words.len()
    };
    if enough { hits.len() } else { 0 }
}

/// Which tokens belong to this name.
pub fn marks(heard: &[Token], names: &[&str]) -> Vec<usize> {
    let words: Vec<String> = names
        .iter()
        .flat_map(|n| tokens(n))
        .filter(|t| !t.is(STOP))
        .map(|t| stem(&t.word))
        .collect();
    (0..heard.len())
        .filter(|&i| words.iter().any(|w| near(&stem(&heard[i].word), w)))
        .collect()
}
