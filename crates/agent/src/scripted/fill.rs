//! Filling the form: what was understood goes into the fields it is about, and only those.

use jiff::civil::Date;

use super::{
    contact::{Number, number},
    state::{Form, Open},
    turn::Turn,
};
use crate::hear::{
    Heard,
    clock::{Clock, Half},
    name::correction,
};

/// Puts what was heard into the form. True when something changed or was said again.
pub fn fill(turn: &Turn, form: &mut Form) -> bool {
    let before = form.clone();
    if turn.state.open == Open::Pick
        && let Some(at) = chosen(&turn.heard, form)
    {
        choose_offer(form, at);
        return true;
    }
    let heard = &turn.heard;
    if form.moving.is_none() {
        service(turn, form);
        name(turn, form);
        phone(turn, form);
    }
    day(heard, form, turn.state.open);
    time(heard, form, turn.state.open);
    let answered = match turn.state.open {
        Open::Service => heard.service.is_some(),
        Open::Day => heard.day.is_some() || heard.week.is_some(),
        Open::Time => heard.clock.is_some(),
        Open::Name => heard.name.is_some() && form.moving.is_none(),
        _ => false,
    };
    answered || *form != before
}

/// Takes the offer at this place; it was free a moment ago, and the desk decides when it is written.
pub fn choose_offer(form: &mut Form, at: usize) {
    if let Some(&(day, minute)) = form.offers.get(at) {
        form.day = Some(day);
        form.clock = Some(Clock::at_minute(minute));
        form.part = None;
        form.checked = true;
        form.offers.clear();
    }
}

/// Which of the offers was meant.
fn chosen(heard: &Heard, form: &Form) -> Option<usize> {
    let offers = &form.offers;
    if offers.is_empty() || heard.says(&["neither", "none", "not"]) {
        return None;
    }
    if heard.clock.is_none() && !heard.says(&["anything", "something", "any", "much"]) {
        if heard.says(&[
            "first",
            "1st",
            "former",
            "earlier",
            "sooner",
            "either",
            "whichever",
            "you choose",
            "doesn't matter",
        ]) {
            return Some(0);
        }
        if heard.says(&["second", "2nd", "latter", "later", "last"]) {
            return (offers.len() > 1).then_some(1);
        }
    }
    if heard.any {
        return Some(0);
    }
    let named = named_day(heard, form, Open::Pick);
    let fits = |&(day, minute): &(Date, u16)| {
        named.is_none_or(|d| d == day) && heard.clock.is_none_or(|c| matches(c, minute, heard))
    };
    if heard.day.is_none() && heard.clock.is_none() {
        return None;
    }
    let mut hits = offers
        .iter()
        .enumerate()
        .filter(|(_, o)| fits(o))
        .map(|(i, _)| i);
    let hit = hits.next()?;
    hits.next().is_none().then_some(hit)
}

fn matches(clock: Clock, minute: u16, heard: &Heard) -> bool {
    if clock.half == Half::Unsaid && heard.part.is_none() {
        return clock.resolve(None, &[]) % 720 == minute % 720;
    }
    clock.resolve(heard.part, &[]) == minute
}

/// `anything later?`: the day and minute that offers are looked for around, past those that were made.
pub fn shifted(turn: &Turn, form: &Form) -> Option<(Date, u16)> {
    let heard = &turn.heard;
    let (first, last) = (form.offers.first()?, form.offers.last()?);
    let vague = heard.day.is_none() && heard.clock.is_none();
    let wanted = vague
        && turn.state.open == Open::Pick
        && heard.says(&["anything", "something", "any", "much", "little", "bit"]);
    if wanted && heard.says(&["later"]) {
        return Some((last.0, last.1.saturating_add(60)));
    }
    (wanted && heard.says(&["earlier", "sooner"])).then(|| (first.0, first.1.saturating_sub(60)))
}

/// The day that was named; after an offer, `friday` is the Friday on offer.
fn named_day(heard: &Heard, form: &Form, open: Open) -> Option<Date> {
    let day = heard.day?;
    let offered = form
        .offers
        .iter()
        .map(|o| o.0)
        .find(|d| d.weekday() == day.weekday());
    let bare = open == Open::Pick && !heard.says(&["next", "this"]);
    let nearer = offered.filter(|o| bare && *o > day);
    Some(nearer.unwrap_or(day))
}

fn service(turn: &Turn, form: &mut Form) {
    let Some(service) = turn
        .heard
        .service
        .and_then(|i| turn.ask.business.services.get(i))
    else {
        return;
    };
    if form.service.as_deref() != Some(&service.name) {
        form.service = Some(service.name.clone());
        // Another service has another length.
        form.checked = false;
    }
}

fn name(turn: &Turn, form: &mut Form) {
    if let Some(old) = &form.name
        && let Some((wrong, right)) = correction(&turn.heard.tokens)
    {
        let mut parts: Vec<&str> = old.split(' ').collect();
        if let Some(part) = parts.iter_mut().find(|p| p.eq_ignore_ascii_case(&wrong)) {
            *part = &right;
            form.name = Some(parts.join(" "));
            return;
        }
    }
    if let Some(name) = &turn.heard.name {
        form.name = Some(name.clone());
    }
}

fn phone(turn: &Turn, form: &mut Form) {
    if let Some(Number::Whole(whole)) = number(turn, &form.digits) {
        form.phone = Some(whole);
        form.digits.clear();
    }
}

fn day(heard: &Heard, form: &mut Form, open: Open) {
    if let Some(day) = named_day(heard, form, open) {
        if form.day != Some(day) {
            form.day = Some(day);
            form.checked = false;
        }
    } else if heard.week.is_some() && (form.day.is_none() || open == Open::Day) {
        form.week = heard.week;
        form.day = None;
        form.checked = false;
    }
}

fn time(heard: &Heard, form: &mut Form, open: Open) {
    if let Some(clock) = moved(heard, form) {
        form.clock = Some(clock);
        form.part = None;
        form.checked = false;
        return;
    }
    if let Some(clock) = heard.clock {
        form.clock = Some(clock);
        form.part = heard.part;
        form.any = false;
        form.checked = false;
    } else if let Some(part) = heard.part {
        // "In the morning" settles a time whose half was not said, and replaces one that was settled.
        if form.clock.is_some_and(|c| c.half != Half::Unsaid) {
            form.clock = None;
        }
        form.part = Some(part);
        form.checked = false;
    }
    let asks = heard.says(&[
        "what do you have",
        "what times",
        "what's available",
        "what is available",
        "when are you free",
        "what days",
        "what have you got",
        "anything available",
        "any openings",
        "any opening",
        "which times",
        "what's open",
        "what's free",
        "next opening",
        "do you have anything",
        "have anything",
        "any availability",
    ]);
    let unknown = form.day.is_none() || form.clock.is_none();
    if unknown
        && (heard.any || (asks && (form.day.is_some() || matches!(open, Open::Day | Open::Time))))
    {
        form.any = true;
    }
}

/// `an hour later`, `half an hour earlier`: the time that was settled, moved by so much.
fn moved(heard: &Heard, form: &Form) -> Option<Clock> {
    let clock = form.clock.filter(|_| form.checked && heard.day.is_none())?;
    let by = if heard.says(&["half an hour", "half hour", "thirty minutes", "30 minutes"]) {
        30
    } else if heard.says(&["hour"]) {
        60
    } else {
        return None;
    };
    let minute = clock.resolve(None, &[]);
    if heard.says(&["later"]) {
        return Some(Clock::at_minute(minute + by));
    }
    heard
        .says(&["earlier", "sooner"])
        .then(|| Clock::at_minute(minute.saturating_sub(by)))
}
