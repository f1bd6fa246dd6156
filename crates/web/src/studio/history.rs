//! The cache over time: what was added to the layers' figures in each minute and hour.

use std::collections::VecDeque;

use events::At;
use serde::Serialize;
use store::{LayerFigures, Times};

/// Three hours.
const MINUTES: usize = 180;
/// Seven days.
const HOURS: usize = 168;
const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 3_600_000;

/// What a layer did in a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Layers {
    /// Its name.
    pub layer: String,
    /// Reads of audio that found it here.
    pub hits: u64,
    /// Reads that did not.
    pub misses: u64,
    /// Reads and writes that failed or took too long.
    pub errors: u64,
    /// Bytes that were found here.
    pub read_bytes: u64,
    /// Bytes that were written here.
    pub written_bytes: u64,
    /// How long reads took.
    #[serde(skip)]
    pub reads: Times,
}

/// A stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Bucket {
    /// When it began, ms since 1970.
    pub from: u64,
    /// Sentences of calls that were found.
    pub found: u64,
    /// Sentences of calls that had to be spoken.
    pub spoken: u64,
    /// The layers, the fastest first.
    pub layers: Vec<Layers>,
}

/// A fold over looks at figures that only grow.
#[derive(Default)]
pub(super) struct History {
    last: Vec<LayerFigures>,
    sentences: (u64, u64),
    minutes: VecDeque<Bucket>,
    hours: VecDeque<Bucket>,
}

impl History {
    /// What the figures are at `now`; `sentences` are those that were found and those that were spoken.
    pub(super) fn note(&mut self, now: At, figures: Vec<LayerFigures>, sentences: (u64, u64)) {
        let added = Bucket {
            from: 0,
            found: sentences.0.saturating_sub(self.sentences.0),
            spoken: sentences.1.saturating_sub(self.sentences.1),
            layers: figures.iter().map(|now| self.added(now)).collect(),
        };
        add(
            &mut self.minutes,
            MINUTES,
            now.0 - now.0 % MINUTE_MS,
            &added,
        );
        add(&mut self.hours, HOURS, now.0 - now.0 % HOUR_MS, &added);
        (self.last, self.sentences) = (figures, sentences);
    }

    fn added(&self, now: &LayerFigures) -> Layers {
        let before = self.last.iter().find(|last| last.layer == now.layer);
        let before = before.map(|last| last.objects).unwrap_or_default();
        let now_objects = now.objects;
        let failed = |f: &store::Figures| f.errors + f.late;
        Layers {
            layer: now.layer.clone(),
            hits: now_objects.hits.saturating_sub(before.hits),
            misses: now_objects.misses.saturating_sub(before.misses),
            errors: failed(&now_objects).saturating_sub(failed(&before)),
            read_bytes: now_objects.read_bytes.saturating_sub(before.read_bytes),
            written_bytes: now_objects
                .written_bytes
                .saturating_sub(before.written_bytes),
            reads: now_objects.reads.since(&before.reads),
        }
    }

    pub(super) fn all(&self) -> (Vec<Bucket>, Vec<Bucket>) {
        let list = |ring: &VecDeque<Bucket>| ring.iter().cloned().collect();
        (list(&self.minutes), list(&self.hours))
    }
}

/// Adds to the stretch that begins at `from`, which is the last one or a new one.
fn add(ring: &mut VecDeque<Bucket>, most: usize, from: u64, added: &Bucket) {
    // A clock that went back adds to the last one.
    if ring.back().is_none_or(|last| last.from < from) {
        if ring.len() >= most {
            ring.pop_front();
        }
        ring.push_back(Bucket {
            from,
            ..added.clone()
        });
        return;
    }
    let Some(last) = ring.back_mut() else { return };
    last.found += added.found;
    last.spoken += added.spoken;
    for more in &added.layers {
        match last.layers.iter_mut().find(|l| l.layer == more.layer) {
            Some(layer) => {
                layer.hits += more.hits;
                layer.misses += more.misses;
                layer.errors += more.errors;
                layer.read_bytes += more.read_bytes;
                layer.written_bytes += more.written_bytes;
                for (sum, n) in layer.reads.0.iter_mut().zip(more.reads.0) {
                    *sum += n;
                }
            }
            None => last.layers.push(more.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use store::Figures;

    use super::*;

    fn figures(hits: u64, misses: u64) -> Vec<LayerFigures> {
        vec![LayerFigures {
            layer: "memory".into(),
            objects: Figures {
                hits,
                misses,
                late: misses,
                ..Figures::default()
            },
            ..LayerFigures::default()
        }]
    }

    #[test]
    fn each_minute_gets_what_was_added_in_it() {
        let mut history = History::default();
        history.note(At(1_000), figures(5, 1), (2, 1));
        history.note(At(59_000), figures(7, 1), (2, 1));
        history.note(At(61_000), figures(17, 4), (9, 3));
        let (minutes, hours) = history.all();
        let told = |b: &Bucket| {
            (
                b.from,
                b.found,
                b.spoken,
                b.layers[0].hits,
                b.layers[0].errors,
            )
        };
        let minutes: Vec<_> = minutes.iter().map(told).collect();
        assert_eq!(minutes, [(0, 2, 1, 7, 1), (60_000, 7, 2, 10, 3)]);
        let hours: Vec<_> = hours.iter().map(told).collect();
        assert_eq!(hours, [(0, 9, 3, 17, 4)]);
    }

    #[test]
    fn the_rings_have_an_end_and_a_clock_may_go_back() {
        let mut history = History::default();
        for minute in 0..20_000_u64 {
            history.note(At(minute * MINUTE_MS), figures(minute, 0), (minute, 0));
        }
        let (minutes, hours) = history.all();
        assert_eq!((minutes.len(), hours.len()), (MINUTES, HOURS));
        assert!(
            minutes.iter().all(|b| b.found == 1)
                && hours
                    .iter()
                    .all(|b| b.found == 60 || b == hours.last().unwrap())
        );
        history.note(At(0), figures(20_005, 0), (20_005, 0));
        assert_eq!(history.all().0.last().unwrap().found, 1 + 6);
    }

    #[test]
    fn a_layer_that_starts_again_from_nothing_takes_nothing_away() {
        let mut history = History::default();
        history.note(At(0), figures(10, 0), (0, 0));
        history.note(At(1), figures(2, 0), (0, 0));
        assert_eq!(history.all().0[0].layers[0].hits, 10);
    }
}
