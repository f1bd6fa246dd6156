//! Puts the pieces together: texts of one manner grow, pauses add up, white space is made single.

use super::{MAX_BREAK_MS, Prosody, Segment};
use crate::normalize::markup::clean;
use crate::normalize::spacing_within;

#[derive(Default)]
pub(super) struct Builder {
    /// The manner of what comes next.
    pub(super) prosody: Prosody,
    segments: Vec<Segment>,
}

impl Builder {
    pub(super) fn text(&mut self, added: &str) {
        let added = clean(added);
        if let Some(Segment::Text { text, prosody }) = self.segments.last_mut()
            && *prosody == self.prosody
        {
            text.push_str(&added);
        } else {
            self.segments.push(Segment::Text {
                text: added,
                prosody: self.prosody,
            });
        }
    }

    pub(super) fn phoneme(&mut self, ipa: String, words: &str) {
        let text = clean(words)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        self.segments.push(Segment::Phoneme {
            ipa: clean(&ipa),
            text,
            prosody: self.prosody,
        });
    }

    pub(super) fn pause(&mut self, ms: u32) {
        if ms > 0 {
            self.segments.push(Segment::Break { ms });
        }
    }

    /// Ends the sentence, if one is begun, and pauses.
    pub(super) fn end_sentence(&mut self, pause: u32) {
        let last = self
            .segments
            .iter()
            .rev()
            .find_map(|segment| match segment {
                Segment::Text { text, .. } if text.trim().is_empty() => None,
                Segment::Text { text, .. } => Some(text.trim_end()),
                Segment::Phoneme { .. } => Some("phoneme"),
                Segment::Break { .. } => None,
            });
        let Some(last) = last else { return };
        let bare = last.trim_end_matches(['"', '\'', ')', ']']);
        let open = !bare.ends_with(['.', '!', '?', '…', ':', ';', ',']);
        self.text(if open { ". " } else { " " });
        self.pause(pause);
    }

    /// The pieces: no empty text, pauses in a row as one.
    pub(super) fn finish(self) -> Vec<Segment> {
        let mut out: Vec<Segment> = Vec::new();
        for segment in self.segments {
            match (segment, out.last_mut()) {
                (Segment::Text { text, prosody }, last) => {
                    let text = spacing_within(&text);
                    let mark = !text.contains(char::is_alphanumeric);
                    match last {
                        _ if text.is_empty() => {}
                        // A mark of its own ends the words before it, in whatever manner.
                        Some(Segment::Text { text: before, .. }) if mark => before.push_str(&text),
                        Some(Segment::Text {
                            text: before,
                            prosody: same,
                        }) if *same == prosody => {
                            before.push(' ');
                            before.push_str(&text);
                        }
                        _ => out.push(Segment::Text { text, prosody }),
                    }
                }
                (Segment::Break { ms }, Some(Segment::Break { ms: sum })) => {
                    *sum = sum.saturating_add(ms).min(MAX_BREAK_MS);
                }
                (segment, _) => out.push(segment),
            }
        }
        out
    }
}
