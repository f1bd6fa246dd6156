//! What a voice is asked to say.

use crate::normalize::{Normalizer, address, markup, rewrite, spacing};
use crate::ssml::{self, Prosody, Segment, SsmlError, SsmlWarning};
use serde::{Deserialize, Serialize};

/// What a voice is asked to say: pieces with their manner for voices that can follow it, and the
/// same words as plain text for those that cannot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spoken {
    /// The pieces, in order.
    pub segments: Vec<Segment>,
    /// All words in order, without manner or pauses.
    pub plain: String,
    /// What was in the markup and is not followed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<SsmlWarning>,
}

impl Spoken {
    /// Plain words, said in the usual manner.
    pub fn text(text: &str) -> Self {
        let text = markup::clean(text).trim().to_owned();
        if text.is_empty() {
            return Self::default();
        }
        let segments = vec![Segment::Text {
            text: text.clone(),
            prosody: Prosody::default(),
        }];
        Self {
            segments,
            plain: text,
            warnings: Vec::new(),
        }
    }

    /// Reads SSML; see [`ssml::read`].
    pub fn ssml(input: &str) -> Result<Self, SsmlError> {
        let document = ssml::read(input)?;
        Ok(Self {
            plain: joined(&document.segments),
            segments: document.segments,
            warnings: document.warnings,
        })
    }

    /// The same with every text written out as words. Only the last gets a sentence mark, so that
    /// a change of manner inside a sentence does not end it.
    pub fn normalized(mut self, normalizer: &Normalizer) -> Self {
        let last = self
            .segments
            .iter()
            .rposition(|segment| matches!(segment, Segment::Text { .. }));
        let tail = self.segments.len().saturating_sub(1);
        for (at, segment) in self.segments.iter_mut().enumerate() {
            if let Segment::Text { text, .. } = segment {
                let ends = Some(at) == last && at == tail;
                *text = if ends {
                    normalizer.last(text)
                } else {
                    normalizer.inner(text)
                };
            }
        }
        self.segments
            .retain(|segment| !matches!(segment, Segment::Text { text, .. } if text.is_empty()));
        self.plain = joined(&self.segments);
        self
    }

    /// True when there is no word to say.
    pub fn is_empty(&self) -> bool {
        !self.plain.chars().any(char::is_alphanumeric)
    }
}

fn joined(segments: &[Segment]) -> String {
    let mut out = String::new();
    for segment in segments {
        let (Segment::Text { text, .. } | Segment::Phoneme { text, .. }) = segment else {
            continue;
        };
        let glued = text.starts_with([',', '.', '!', '?', ';', ':', '\'']);
        if !out.is_empty() && !glued {
            out.push(' ');
        }
        out.push_str(text);
    }
    out
}

/// What a carrier's own voice may read when ours cannot: words without Markdown, tags, stage
/// directions, emoji and control characters; links by their words, web addresses by their host.
/// Digits and symbols stay as written, since those voices know them. Texts longer than
/// [`Normalizer::MAX_BYTES`] are cut at a word.
pub fn plain(text: &str) -> String {
    let stripped = markup::strip(&markup::clean(crate::normalize::cap(text)));
    let linked = rewrite(&stripped, |here| {
        let web = here.rest.starts_with("http") || here.rest.starts_with("www.");
        if !web || !here.starts_token() {
            return None;
        }
        let (length, host, _) = address(here.rest)?;
        Some((length, host.to_owned()))
    });
    spacing(&linked)
}
