//! Times of day, as people say them.

use serde::{Deserialize, Serialize};

use super::{
    date::Found,
    number::{cardinal, digit},
    words::Token,
};

/// A stretch of a day, such as opening hours: from this minute of the day to that one; 1440 is midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First minute.
    pub from: u16,
    /// Minute after the last.
    pub to: u16,
}

/// Which half of the day was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Half {
    /// Before noon.
    Am,
    /// After noon.
    Pm,
    /// Not said.
    Unsaid,
    /// Said on a clock of 24 hours.
    Whole,
}

/// A part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Until noon.
    Morning,
    /// From noon to five.
    Afternoon,
    /// From five on.
    Evening,
}

impl Part {
    /// Its minutes of the day.
    pub fn minutes(self) -> std::ops::Range<u16> {
        match self {
            Part::Morning => 0..720,
            Part::Afternoon => 720..1020,
            Part::Evening => 1020..1440,
        }
    }

    /// The part that is named here; `good morning` names none.
    pub fn said(tokens: &[Token]) -> Option<Part> {
        tokens.iter().enumerate().find_map(|(i, t)| {
            if i > 0 && tokens[i - 1].word == "good" {
                return None;
            }
            match t.word.as_str() {
                "morning" | "mornings" => Some(Part::Morning),
                "afternoon" | "afternoons" => Some(Part::Afternoon),
                "evening" | "evenings" | "tonight" | "night" => Some(Part::Evening),
                _ => None,
            }
        })
    }
}

/// A time of day, perhaps without its half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// Which half.
    pub half: Half,
}

impl Clock {
    /// This minute of the day, without doubt.
    pub fn at_minute(minute: u16) -> Self {
        let minute = minute.min(1439);
        Self {
            hour: (minute / 60) as u8,
            minute: (minute % 60) as u8,
            half: Half::Whole,
        }
    }

    /// The minute of the day that is meant: as it was said, else by the part of the day, else the one that lies within
    /// the opening hours, else the likelier one (one to six are afternoon).
    pub fn resolve(self, part: Option<Part>, open: &[Span]) -> u16 {
        let said = u16::from(self.hour) * 60 + u16::from(self.minute);
        if self.hour > 12 || self.hour == 0 || self.half == Half::Whole {
            return said;
        }
        let am = u16::from(self.hour % 12) * 60 + u16::from(self.minute);
        let pm = am + 720;
        let inside = |m: u16| open.iter().any(|s| s.from <= m && m < s.to);
        match (self.half, part) {
            (Half::Am, _) => am,
            (Half::Pm, _) => pm,
            (_, Some(Part::Morning)) => am,
            (_, Some(_)) => pm,
            _ if inside(am) != inside(pm) => {
                if inside(am) {
                    am
                } else {
                    pm
                }
            }
            _ if (7..12).contains(&self.hour) => am,
            _ => pm,
        }
    }
}

/// Words before a bare number that make it a time.
const CUES: [&str; 14] = [
    "at", "around", "about", "by", "to", "after", "before", "until", "till", "it", "roughly", "no",
    "actually", "said",
];
/// Words after a bare number that make it a time.
const TAILS: [&str; 9] = [
    "ish", "works", "instead", "sharp", "would", "is", "then", "sounds", "o'clock",
];
/// Words after a number that make it an amount.
const UNITS: [&str; 24] = [
    "minutes",
    "minute",
    "hours",
    "hour",
    "days",
    "day",
    "weeks",
    "week",
    "months",
    "month",
    "people",
    "persons",
    "dollars",
    "bucks",
    "years",
    "year",
    "percent",
    "times",
    "of",
    "fillings",
    "kids",
    "children",
    "appointments",
    "things",
];
/// Words before `one` that make it a thing.
const THINGS: [&str; 16] = [
    "that", "this", "the", "first", "second", "later", "earlier", "other", "which", "any", "a",
    "another", "either", "new", "last", "next",
];

/// All times that are named by tokens that are not `used`, in order; with `bare`, a number alone is a time.
pub fn times(tokens: &[Token], used: &[bool], bare: bool) -> Vec<Found<Clock>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let free = |from: usize, len: usize| {
            (from..from + len).all(|i| !used.get(i).copied().unwrap_or(false))
        };
        match one(tokens, at, bare) {
            Some((value, len)) if free(at, len) => {
                out.push(Found { at, len, value });
                at += len;
            }
            _ => at += 1,
        }
    }
    out
}

fn one(tokens: &[Token], at: usize, bare: bool) -> Option<(Clock, usize)> {
    named(tokens, at)
        .or_else(|| relative(tokens, at))
        .or_else(|| colon(tokens, at))
        .or_else(|| hour(tokens, at, bare))
}

fn clock(hour: u32, minute: u32, half: Half) -> Option<Clock> {
    let half = if hour > 12 || (hour == 0 && half == Half::Unsaid) {
        Half::Whole
    } else {
        half
    };
    (hour < 24 && minute < 60).then_some(Clock {
        hour: hour as u8,
        minute: minute as u8,
        half,
    })
}

fn word(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |t| t.word.as_str())
}

fn named(tokens: &[Token], at: usize) -> Option<(Clock, usize)> {
    match word(tokens, at) {
        "noon" | "midday" | "noontime" => Some((clock(12, 0, Half::Pm)?, 1)),
        "midnight" => Some((clock(0, 0, Half::Whole)?, 1)),
        _ => None,
    }
}

/// `half past ten`, `quarter to five`, `ten after four`.
fn relative(tokens: &[Token], at: usize) -> Option<(Clock, usize)> {
    let lead = usize::from(word(tokens, at) == "a");
    let (minutes, took) = match word(tokens, at + lead) {
        "half" => (30, 1),
        "quarter" => (15, 1),
        _ => {
            let (n, took) = cardinal(tokens, at).filter(|(n, _)| matches!(n, 5 | 10 | 20 | 25))?;
            (n, took + usize::from(word(tokens, at + took) == "minutes"))
        }
    };
    let side = at + lead + took;
    let (hour, len) = cardinal(tokens, side + 1).filter(|(h, _)| (1..=12).contains(h))?;
    let (half, more) = half_after(tokens, side + 1 + len);
    let end = side + 1 + len + more;
    let value = match word(tokens, side) {
        "past" | "after" => clock(hour, minutes, half)?,
        "to" | "of" | "till" | "before" if minutes != 30 => {
            let hour = if hour == 1 { 12 } else { hour - 1 };
            clock(hour, 60 - minutes, half)?
        }
        _ => return None,
    };
    Some((value, end - at))
}

fn colon(tokens: &[Token], at: usize) -> Option<(Clock, usize)> {
    let (h, m) = word(tokens, at).split_once(':')?;
    if m.len() != 2 {
        return None;
    }
    let (half, more) = half_after(tokens, at + 1);
    let leading_zero = h.len() == 2 && h.starts_with('0') && half == Half::Unsaid;
    let half = if leading_zero { Half::Whole } else { half };
    Some((clock(h.parse().ok()?, m.parse().ok()?, half)?, 1 + more))
}

/// `am`, `in the morning`, `at night`, and how many tokens that takes.
fn half_after(tokens: &[Token], at: usize) -> (Half, usize) {
    let skip = match (word(tokens, at), word(tokens, at + 1)) {
        ("in", "the") => 2,
        ("at", "night") | ("tomorrow", _) | ("this", _) => 1,
        _ => 0,
    };
    match word(tokens, at + skip) {
        "am" => (Half::Am, skip + 1),
        "pm" => (Half::Pm, skip + 1),
        "morning" => (Half::Am, if skip == 1 { 0 } else { skip + 1 }),
        "afternoon" | "evening" | "tonight" | "night" => {
            (Half::Pm, if skip == 1 { 0 } else { skip + 1 })
        }
        _ => (Half::Unsaid, 0),
    }
}

/// `three thirty pm`, `ten oh five`, `4 o'clock`, `330 pm`, and a bare `ten` where something makes it a time.
fn hour(tokens: &[Token], at: usize, bare: bool) -> Option<(Clock, usize)> {
    let (number, took) = cardinal(tokens, at)?;
    if (100..2400).contains(&number) {
        let (half, more) = half_after(tokens, at + took);
        let sure = half != Half::Unsaid || bare || is_cued(tokens, at);
        return sure.then(|| Some((clock(number / 100, number % 100, half)?, took + more)))?;
    }
    if number > 23 || is_thing(tokens, at) {
        return None;
    }
    let mut end = at + took;
    let mut sure = false;
    if ["o'clock", "oclock"].contains(&word(tokens, end)) {
        end += 1;
        sure = true;
    }
    let minute =
        match minutes_after(tokens, end).filter(|_| !sure && !tokens[end - 1].brk && number > 0) {
            Some((minute, len)) => {
                end += len;
                sure = true;
                minute
            }
            None => 0,
        };
    let (half, more) = half_after(tokens, end);
    end += more;
    let named = sure || half != Half::Unsaid;
    let amount = UNITS.contains(&word(tokens, end));
    let cued = !amount && (is_cued(tokens, at) || TAILS.contains(&word(tokens, end)) || bare);
    (named || (cued && number > 0)).then(|| Some((clock(number, minute, half)?, end - at)))?
}

fn is_cued(tokens: &[Token], at: usize) -> bool {
    at > 0 && tokens[at - 1].is(&CUES)
}

fn is_thing(tokens: &[Token], at: usize) -> bool {
    tokens[at].word == "one" && at > 0 && tokens[at - 1].is(&THINGS)
}

/// `thirty`, `oh five`, `15` after an hour.
fn minutes_after(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    if ["oh", "o"].contains(&word(tokens, at)) {
        return Some((digit(word(tokens, at + 1)).filter(|d| *d > 0)?, 2));
    }
    let (minute, took) = cardinal(tokens, at)?;
    let amount = UNITS.contains(&word(tokens, at + took));
    ((10..60).contains(&minute) && !amount).then_some((minute, took))
}
