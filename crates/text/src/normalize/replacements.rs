//! The user's own words, applied last.

use super::options::NormalizerOptions;
use super::scan::rewrite;

/// Replaces whole words, in any case (ASCII), in the order of the list.
pub(crate) fn apply(text: &str, replacements: &[(String, String)]) -> String {
    let mut text = text.to_owned();
    let limit = text.len().max(256) * 16;
    for (written, said) in replacements
        .iter()
        .take(NormalizerOptions::MAX_REPLACEMENTS)
    {
        let written = written.trim();
        if !written.is_empty() && text.len() < limit {
            text = replace(&text, written, said);
        }
    }
    text
}

fn replace(text: &str, written: &str, said: &str) -> String {
    let starts_word = written.starts_with(char::is_alphanumeric);
    let ends_word = written.ends_with(char::is_alphanumeric);
    rewrite(text, |here| {
        let found = here.rest.get(..written.len())?;
        let whole = (!starts_word || here.starts_token())
            && !(ends_word && here.rest[written.len()..].starts_with(char::is_alphanumeric));
        (whole && found.eq_ignore_ascii_case(written)).then(|| (written.len(), said.to_owned()))
    })
}
