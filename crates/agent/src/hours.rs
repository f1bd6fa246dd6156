//! Opening hours, compiled from the business file: dates before feasts before single days before ranges of days.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use crate::{
    business::Hours,
    feast::Feast,
    hear::{clock::Span, date::weekday},
};

/// What an entry is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// Weekdays, by their distance from Monday; a range when there are several.
    Days(Vec<usize>),
    /// One date.
    On(Date),
    /// A day that has a name, every year.
    Feast(&'static Feast),
}

/// The compiled hours. Entries that cannot be read are left out; [`crate::Business::lint`] names them.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    week: [Vec<Span>; 7],
    dates: BTreeMap<Date, Vec<Span>>,
    feasts: Vec<(&'static Feast, Vec<Span>)>,
    known: bool,
}

impl Calendar {
    /// Compiles the hours of a business file.
    pub fn of(hours: &Hours) -> Self {
        let mut calendar = Self::default();
        let read = hours
            .entries
            .iter()
            .filter_map(|(k, v)| Some((key(k).ok()?, spans(v).ok()?)));
        let mut entries: Vec<(Key, Vec<Span>)> = read.collect();
        // A single day overrules the range that it lies in.
        entries.sort_by_key(|(key, _)| match key {
            Key::Days(days) => usize::MAX - days.len(),
            _ => usize::MAX,
        });
        for (key, spans) in entries {
            calendar.known = true;
            match key {
                Key::Days(days) => days
                    .into_iter()
                    .for_each(|d| calendar.week[d].clone_from(&spans)),
                Key::On(date) => drop(calendar.dates.insert(date, spans)),
                Key::Feast(feast) => calendar.feasts.push((feast, spans)),
            }
        }
        calendar
    }

    /// False when the business file says nothing about hours.
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// When it is open on this date, in order; empty = closed.
    pub fn on(&self, date: Date) -> &[Span] {
        if let Some(spans) = self.dates.get(&date) {
            return spans;
        }
        let feast = self
            .feasts
            .iter()
            .find(|(f, _)| f.on(date.year()) == Some(date));
        feast.map_or_else(|| self.usual(date.weekday()), |(_, spans)| spans)
    }

    /// When it is open on this weekday, holidays aside.
    pub fn usual(&self, day: Weekday) -> &[Span] {
        &self.week[usize::from(day.to_monday_zero_offset().unsigned_abs()) % 7]
    }

    /// True when an appointment of `minutes` that begins at this minute lies within the opening hours.
    pub fn fits(&self, date: Date, minute: u16, minutes: u32) -> bool {
        let end = u32::from(minute) + minutes;
        self.on(date)
            .iter()
            .any(|s| s.from <= minute && end <= u32::from(s.to))
    }

    /// The first open date on or after `from`, within 60 days.
    pub fn next_open(&self, from: Date) -> Option<Date> {
        from.series(jiff::Span::new().days(1))
            .take(60)
            .find(|d| !self.on(*d).is_empty())
    }
}

/// Reads a key: `mon`, `mon-fri`, `2026-12-25`, `christmas`.
pub fn key(text: &str) -> Result<Key, String> {
    let text = text.trim().to_lowercase();
    let day = |name: &str| {
        weekday(name.trim()).map(|d| usize::from(d.to_monday_zero_offset().unsigned_abs()))
    };
    if let Some(one) = day(&text) {
        return Ok(Key::Days(vec![one]));
    }
    if let Some((a, b)) = text.split_once('-')
        && let (Some(a), Some(b)) = (day(a), day(b))
    {
        let length = (b + 7 - a) % 7;
        return Ok(Key::Days((0..=length).map(|i| (a + i) % 7).collect()));
    }
    if text.len() == 10
        && let Ok(date) = text.parse::<Date>()
    {
        return Ok(Key::On(date));
    }
    Feast::named(&text)
        .map(Key::Feast)
        .ok_or_else(|| format!("`{text}` is not a day (`mon`), a range (`mon-fri`), a date (`2026-12-25`) or a holiday we know (`christmas`)"))
}

/// Reads a value: `08:30-17:30`, several with commas, or `closed`. The spans come back in order and do not overlap.
pub fn spans(text: &str) -> Result<Vec<Span>, String> {
    let text = text.trim().to_lowercase();
    if text == "closed" {
        return Ok(Vec::new());
    }
    let mut out = text.split(',').map(span).collect::<Result<Vec<_>, _>>()?;
    out.sort_unstable();
    if out.windows(2).any(|w| w[1].from < w[0].to) {
        return Err(format!("the times in `{text}` overlap"));
    }
    Ok(out)
}

fn span(text: &str) -> Result<Span, String> {
    let text = text.trim();
    let bad = || format!("`{text}` is not `HH:MM-HH:MM` or `closed`");
    let (from, to) = text.split_once('-').ok_or_else(bad)?;
    let (from, to) = (minute(from).ok_or_else(bad)?, minute(to).ok_or_else(bad)?);
    if from >= to {
        return Err(format!(
            "`{text}` ends before it begins; split a night at midnight"
        ));
    }
    Ok(Span { from, to })
}

fn minute(text: &str) -> Option<u16> {
    let (h, m) = text.trim().split_once(':')?;
    let digits = |s: &str| s.len() <= 2 && !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(h) || m.len() != 2 || !digits(m) {
        return None;
    }
    let (h, m): (u16, u16) = (h.parse().ok()?, m.parse().ok()?);
    (m < 60 && h * 60 + m <= 1440).then_some(h * 60 + m)
}
