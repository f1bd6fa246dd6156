//! Folds over events: the turn ledger and percentiles.
//!
//! The decision: latency is subtraction between events, never a timer in a handler. A turn's segments are contiguous
//! and sum to the time from the caller's last word, as the carrier reported it, to the first clip of the answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{At, ClipId, Event, Stage, Stamped, TurnId};

/// One turn, as the caller lived through it. All times are milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TurnRow {
    /// Which turn.
    pub turn: TurnId,
    /// When the carrier reported what the caller did.
    pub began: At,
    /// What the caller said, if anything.
    pub words: Option<String>,
    /// Contiguous stretches from `began` to the answer, `(stage, from, to)` relative to `began`.
    pub segments: Vec<(Stage, u32, u32)>,
    /// From `began` to the first sound of any kind, if there was one.
    pub first_sound_ms: Option<u32>,
    /// From `began` to the answer's first clip or text, if there was one.
    pub answer_ms: Option<u32>,
    /// Silence in that time: everything but fillers.
    pub dead_air_ms: u32,
    /// Fillers and hold phrases heard.
    pub fillers: u32,
    /// Marks of the work behind it, relative to `began`: first words, first sentence, first audio, reply complete.
    pub marks: BTreeMap<String, u32>,
    open: Option<At>,
    playing: Option<(At, u32)>,
}

impl TurnRow {
    fn rel(&self, at: At) -> u32 {
        u32::try_from(at.since(self.began)).unwrap_or(u32::MAX)
    }

    fn mark(&mut self, name: &str, at: At) {
        let rel = self.rel(at);
        self.marks.entry(name.to_owned()).or_insert(rel);
    }

    /// Adds a stretch; it begins where the one before it ended, so the sum has no holes.
    fn stretch(&mut self, stage: Stage, until: u32) {
        let from = self.segments.last().map_or(0, |s| s.2);
        if until > from {
            self.segments.push((stage, from, until));
            if stage != Stage::Filler {
                self.dead_air_ms += until - from;
            }
        }
    }
}

/// All turns of one call, built by feeding it the call's events in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// The turns, in order.
    pub turns: Vec<TurnRow>,
    fillers: BTreeMap<String, u32>,
}

impl Ledger {
    /// The ledger of these events.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Stamped>) -> Self {
        let mut ledger = Self::default();
        events.into_iter().for_each(|e| ledger.add(e));
        ledger
    }

    /// Takes one more event into account.
    pub fn add(&mut self, stamped: &Stamped) {
        let at = stamped.at;
        match &stamped.event {
            Event::Asked { turn, .. } => self.asked(*turn, at),
            Event::Answered {
                turn, clips, texts, ..
            } => self.answered(*turn, at, clips, *texts),
            Event::Heard { turn, text, .. } => {
                if let Some(row) = self.row(*turn) {
                    row.words = Some(text.clone());
                }
            }
            Event::Filler { clip, audio_ms, .. } => {
                self.fillers.insert(clip.to_string(), *audio_ms);
            }
            Event::FirstWords { turn } => self.mark(*turn, "first words", at),
            Event::Sentence { clip, .. } => self.mark(clip.turn, "first sentence", at),
            Event::Voiced { clip, .. } => self.mark(clip.turn, "first audio", at),
            Event::ReplyDone { turn } => self.mark(*turn, "reply complete", at),
            _ => {}
        }
    }

    fn row(&mut self, turn: TurnId) -> Option<&mut TurnRow> {
        self.turns.iter_mut().rev().find(|row| row.turn == turn)
    }

    fn mark(&mut self, turn: TurnId, name: &str, at: At) {
        if let Some(row) = self.row(turn) {
            row.mark(name, at);
        }
    }

    fn asked(&mut self, turn: TurnId, at: At) {
        if self.row(turn).is_none() {
            self.turns.push(TurnRow {
                turn,
                began: at,
                ..TurnRow::default()
            });
        }
        let Some(row) = self.row(turn) else { return };
        if row.answer_ms.is_some() {
            return;
        }
        if let Some((since, length)) = row.playing.take() {
            // What the carrier took beyond the clip's own length was its round trip and its fetch.
            let ended = row.rel(since + u64::from(length)).min(row.rel(at));
            row.stretch(Stage::Filler, ended);
            let until = row.rel(at);
            row.stretch(Stage::Carrier, until);
        }
        row.open = Some(at);
    }

    fn answered(&mut self, turn: TurnId, at: At, clips: &[ClipId], texts: u32) {
        let filler_ms: u32 = clips
            .iter()
            .filter_map(|c| self.fillers.get(&c.to_string()))
            .sum();
        let fillers = clips
            .iter()
            .filter(|c| self.fillers.contains_key(&c.to_string()))
            .count();
        let Some(row) = self.row(turn) else { return };
        if row.answer_ms.is_some() || row.open.take().is_none() {
            return;
        }
        let now = row.rel(at);
        row.stretch(Stage::Held, now);
        if !clips.is_empty() || texts > 0 {
            row.first_sound_ms.get_or_insert(now);
        }
        row.fillers += u32::try_from(fillers).unwrap_or(u32::MAX);
        if clips.len() > fillers || texts > 0 {
            row.stretch(Stage::Filler, now + filler_ms);
            row.answer_ms = Some(now + filler_ms);
        } else if fillers > 0 {
            row.playing = Some((at, filler_ms));
        }
    }
}

/// Percentiles of a set of samples, the nearest-rank way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
    sorted: Vec<u32>,
}

impl Percentiles {
    /// The percentiles of these samples.
    pub fn of(samples: impl IntoIterator<Item = u32>) -> Self {
        let mut sorted: Vec<u32> = samples.into_iter().collect();
        sorted.sort_unstable();
        Self { sorted }
    }

    /// How many samples there are.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The smallest sample that at least `percent` of all samples do not exceed; `None` without samples.
    pub fn at(&self, percent: u32) -> Option<u32> {
        let rank = (self.sorted.len() * percent.min(100) as usize)
            .div_ceil(100)
            .max(1);
        self.sorted.get(rank - 1).copied()
    }

    /// The largest sample.
    pub fn max(&self) -> Option<u32> {
        self.sorted.last().copied()
    }
}
