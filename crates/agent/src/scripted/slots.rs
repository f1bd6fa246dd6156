//! Free times: which can be offered, and which of them are near to what the caller wanted.

use jiff::{ToSpan, civil::Date};
use text::FillerClass;

use super::turn::Turn;
use crate::{
    desk::{DeskError, Slot},
    hear::clock::Part,
};

/// How many days ahead of a wish an alternative may lie.
const DAYS: usize = 14;
/// Most times that are asked for at once.
const MOST: usize = 500;

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// The first day that is looked at.
    pub from: Date,
    /// The best minute of the day; alternatives are the nearest to it.
    pub minute: Option<u16>,
    /// The part of the day.
    pub part: Option<Part>,
    /// Length, minutes.
    pub minutes: u32,
    /// Places.
    pub parallel: u32,
}

/// True when this time is free.
pub async fn is_free(turn: &mut Turn, slot: Slot, parallel: u32) -> Result<bool, DeskError> {
    let desk = turn.desk.clone();
    let work = desk.free(turn.ask.business.id.clone(), vec![slot], parallel);
    Ok(!turn
        .using("calendar.check", FillerClass::Calendar, work)
        .await?
        .is_empty())
}

/// At most two free times near to the wish, in order; on its day if there are any, else on the first day that has some.
pub async fn near(turn: &mut Turn, wish: Wish) -> Result<Vec<(Date, u16)>, DeskError> {
    let candidates = candidates(turn, wish);
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let desk = turn.desk.clone();
    let slots = candidates.iter().map(|c| c.2.clone()).collect();
    let work = desk.free(turn.ask.business.id.clone(), slots, wish.parallel);
    let free = turn
        .using("calendar.search", FillerClass::Calendar, work)
        .await?;
    let free: std::collections::BTreeSet<u64> = free.iter().map(|s| s.start.0).collect();
    let open = candidates
        .into_iter()
        .filter(|c| free.contains(&c.2.start.0))
        .map(|(d, m, _)| (d, m));
    Ok(nearest(open.collect(), wish.minute))
}

/// Every time on the grid that lies within the hours, in the part of the day, and not in the past.
fn candidates(turn: &Turn, wish: Wish) -> Vec<(Date, u16, Slot)> {
    let step = if wish.minutes < 30 { 15 } else { 30 };
    let part = wish.part.map_or(0..1440, Part::minutes);
    let mut out = Vec::new();
    for day in wish.from.series(1.days()).take(DAYS) {
        for span in turn.calendar.on(day) {
            let starts = (span.from..span.to)
                .step_by(step)
                .filter(|m| part.contains(m));
            for minute in starts.filter(|m| turn.calendar.fits(day, *m, wish.minutes)) {
                let slot = turn
                    .slot(day, minute, wish.minutes)
                    .filter(|s| s.start > turn.ask.now);
                if let Some(slot) = slot
                    && out.len() < MOST
                {
                    out.push((day, minute, slot));
                }
            }
        }
    }
    out
}

/// The two nearest on the first day that has any, in order; one there and one on the next day when it has only one.
fn nearest(free: Vec<(Date, u16)>, minute: Option<u16>) -> Vec<(Date, u16)> {
    let Some(&(first, _)) = free.first() else {
        return Vec::new();
    };
    let far = |m: u16| minute.map_or(0, |want| want.abs_diff(m));
    let on = |day: Date| {
        let mut times: Vec<(Date, u16)> = free.iter().copied().filter(|t| t.0 == day).collect();
        times.sort_by_key(|t| (far(t.1), t.1));
        times
    };
    let mut out: Vec<(Date, u16)> = on(first).into_iter().take(2).collect();
    if out.len() == 1
        && let Some(&(next, _)) = free.iter().find(|t| t.0 > first)
    {
        out.extend(on(next).into_iter().take(1));
    }
    out.sort_unstable();
    out
}
