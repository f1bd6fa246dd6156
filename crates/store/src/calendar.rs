//! Who overlaps whom, as arithmetic.
//!
//! The decision: a reservation fits when at no moment of it `parallel` others are in place. The check is exact to the
//! millisecond. Stores that keep a unique key per place additionally sample the calendar every five minutes: a
//! reservation holds one lane at each sample instant inside it, and a lane can be held once. Neighbours that only touch
//! never share an instant, so the samples never refuse what the exact check allows.

use events::At;

/// Five minutes, the distance between two sample instants, ms.
const CELL: u64 = 5 * 60 * 1000;

/// A stretch of time, `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first moment, epoch ms.
    pub start: u64,
    /// The first moment after it, epoch ms.
    pub end: u64,
}

impl Span {
    /// So many minutes from `start`.
    pub fn new(start: At, minutes: u32) -> Self {
        Self {
            start: start.0,
            end: (start + u64::from(minutes) * 60_000).0,
        }
    }

    /// Whether the two share a moment.
    pub(crate) fn meets(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The sample instants inside, by number: cell `n` stands for the last millisecond before `(n + 1) * CELL`.
    pub(crate) fn cells(self) -> std::ops::Range<u64> {
        self.start / CELL..self.end / CELL
    }
}

/// The number of the cell that a moment falls into.
pub(crate) fn cell(at: At) -> u64 {
    at.0 / CELL
}

/// The most of `others` that are in place at one moment of `span`.
pub(crate) fn most_at_once(span: Span, others: &[Span]) -> usize {
    let mut steps: Vec<(u64, i32)> = Vec::with_capacity(others.len() * 2);
    for other in others.iter().filter(|o| o.meets(span)) {
        steps.push((other.start.max(span.start), 1));
        steps.push((other.end, -1));
    }
    // Leaving sorts before arriving at the same moment: neighbours that touch do not overlap.
    steps.sort_unstable();
    let (mut now, mut most) = (0_i32, 0_i32);
    for (_, step) in steps {
        now += step;
        most = most.max(now);
    }
    usize::try_from(most).unwrap_or(0)
}

/// Whether `span` fits: at no moment of it `parallel` of `others` are in place.
pub fn fits(span: Span, others: &[Span], parallel: u32) -> bool {
    most_at_once(span, others) < usize::try_from(parallel).unwrap_or(usize::MAX)
}

/// The lowest lane that is free in each cell of `span`, given the lanes that are held as `(cell, lane)`.
pub(crate) fn free_lanes(span: Span, held: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let held: std::collections::HashSet<_> = held.iter().copied().collect();
    span.cells()
        .map(|cell| {
            let lane = (0..).find(|lane| !held.contains(&(cell, *lane)));
            (cell, lane.unwrap_or(u64::MAX))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIN: u64 = 60_000;

    fn span(from: u64, until: u64) -> Span {
        Span {
            start: from * MIN,
            end: until * MIN,
        }
    }

    #[test]
    fn neighbours_that_touch_do_not_overlap() {
        let others = [span(0, 30), span(60, 90)];
        assert_eq!(most_at_once(span(30, 60), &others), 0);
        assert!(fits(span(30, 60), &others, 1));
    }

    #[test]
    fn two_that_follow_each_other_count_once() {
        let others = [span(0, 30), span(30, 60)];
        assert_eq!(most_at_once(span(0, 60), &others), 1);
        assert!(fits(span(0, 60), &others, 2));
        assert!(!fits(span(0, 60), &others, 1));
    }

    #[test]
    fn nobody_fits_where_nobody_may_overlap() {
        assert!(!fits(span(0, 30), &[], 0));
    }

    #[test]
    fn the_samples_allow_all_that_the_exact_check_allows() {
        let mut random = 7_u64;
        let mut next = move |below: u64| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (random >> 33) % below
        };
        for parallel in 1..4_u32 {
            let (mut taken, mut held) = (Vec::new(), Vec::new());
            for _ in 0..400 {
                let start = next(600);
                let span = span(start, start + 1 + next(40));
                if !fits(span, &taken, parallel) {
                    continue;
                }
                let lanes = free_lanes(span, &held);
                assert!(lanes.iter().all(|(_, lane)| *lane < u64::from(parallel)));
                taken.push(span);
                held.extend(lanes);
            }
            assert!(taken.len() > 20);
        }
    }
}
