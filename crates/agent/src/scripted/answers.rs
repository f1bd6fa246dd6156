//! Answers from the business file: hours, prices, what is offered, where it is, and facts.

use jiff::civil::{Date, Weekday};

use super::{
    cues,
    state::{Form, Open, Task},
    turn::Turn,
};
use crate::{
    business::Offer,
    facts,
    hear::{Heard, pick::pick},
    say,
};

/// Answers what was asked, if the business file can. Changes no task.
pub fn answer(turn: &mut Turn) -> bool {
    let known = fact(turn, facts::SURE)
        .or_else(|| hours(turn))
        .or_else(|| duration(turn))
        .or_else(|| price(turn))
        .or_else(|| address(turn))
        .or_else(|| {
            fact(
                turn,
                if turn.heard.is_question() {
                    facts::ENOUGH
                } else {
                    facts::LIKELY
                },
            )
            .filter(|_| asks(&turn.heard))
        })
        .or_else(|| prices(turn));
    match known {
        Some(text) => {
            turn.say(text);
            true
        }
        None => false,
    }
}

/// Questions, and short words that are one (`parking?`).
fn asks(heard: &Heard) -> bool {
    heard.is_question() || (heard.day.is_none() && heard.clock.is_none() && heard.service.is_none())
}

fn fact(turn: &Turn, least: f32) -> Option<String> {
    if turn.state.open == Open::Name && !turn.heard.is_question() {
        return None;
    }
    let (text, score) = facts::answer(&turn.ask.business.facts, &turn.heard.tokens)?;
    (score >= least).then(|| text.to_owned())
}

/// True when the words ask about opening hours, and not for an opening.
pub fn asks_hours(heard: &Heard) -> bool {
    let openings = heard.says(&[
        "any opening",
        "any openings",
        "an opening",
        "openings",
        "next opening",
    ]);
    !openings
        && heard.says(&[
            "open",
            "opened",
            "close",
            "closed",
            "closes",
            "closing",
            "hours",
            "how late",
            "how early",
            "opening hours",
            "opening times",
            "opening time",
            "opens",
        ])
}

/// `and on Saturday?`, after an answer about hours.
fn goes_on(turn: &Turn) -> bool {
    let heard = &turn.heard;
    let bare = heard.day.is_some() && heard.clock.is_none() && heard.service.is_none();
    let asks = heard.says(&["what about", "how about", "and", "and on"]) && heard.tokens.len() <= 8;
    let about_hours = |said: &str| {
        ["we're open", "we're closed", "We're open", "We're closed"]
            .iter()
            .any(|w| said.contains(w))
    };
    let last = turn
        .ask
        .history
        .last()
        .is_some_and(|e| about_hours(&e.agent));
    turn.state.task == Task::Idle && bare && asks && last
}

fn hours(turn: &Turn) -> Option<String> {
    let heard = &turn.heard;
    if !turn.calendar.is_known() || !(asks_hours(heard) || goes_on(turn)) {
        return None;
    }
    if let Some(day) = heard.day {
        return Some(on_day(
            turn,
            day,
            heard
                .clock
                .map(|c| c.resolve(heard.part, turn.calendar.on(day))),
        ));
    }
    if heard.says(&["weekend", "weekends", "the weekend"]) {
        return Some(weekend(turn));
    }
    let now = heard.says(&[
        "now",
        "right now",
        "currently",
        "still open",
        "at the moment",
        "already open",
    ]);
    if now || heard.line.trim() == "are you open" {
        return Some(at_present(turn));
    }
    let closing = heard.says(&["close", "closing", "how late", "closes"]) && heard.days.is_empty();
    if closing && !heard.says(&["hours"]) {
        return Some(on_day(turn, turn.today(), None));
    }
    Some(say::week(&turn.calendar))
}

/// The hours of a day, or that it is closed and when it opens again; with a minute, whether it is open then.
fn on_day(turn: &Turn, day: Date, minute: Option<u16>) -> String {
    let today = turn.today();
    let spans = turn.calendar.on(day);
    let name = say::near_day(day, today);
    let lead = if name.starts_with(['t']) {
        format!("T{}", &name[1..])
    } else {
        format!("On {name}")
    };
    if spans.is_empty() {
        let next = day.tomorrow().ok().and_then(|d| turn.calendar.next_open(d));
        let next = next.map_or_else(String::new, |d| {
            format!(
                " We're open again on {} {}.",
                say::day(d, today),
                say::spans(turn.calendar.on(d))
            )
        });
        return format!("{lead}, we're closed.{next}");
    }
    let inside = minute.map(|m| spans.iter().any(|s| s.from <= m && m < s.to));
    let yes = match inside {
        Some(true) => "Yes. ",
        Some(false) => "No. ",
        None => "",
    };
    format!("{yes}{lead}, we're open {}.", say::spans(spans))
}

fn weekend(turn: &Turn) -> String {
    let day = |d| turn.calendar.usual(d);
    let part = |d: Weekday| match day(d) {
        [] => format!("closed on {}", say::weekday(d)),
        spans => format!("open on {} {}", say::weekday(d), say::spans(spans)),
    };
    format!(
        "We're {}, and {}.",
        part(Weekday::Saturday),
        part(Weekday::Sunday)
    )
}

fn at_present(turn: &Turn) -> String {
    let today = turn.today();
    let minute =
        u16::try_from(i32::from(turn.now.hour()) * 60 + i32::from(turn.now.minute())).unwrap_or(0);
    let spans = turn.calendar.on(today);
    if let Some(span) = spans.iter().find(|s| s.from <= minute && minute < s.to) {
        return format!("Yes, we're open now, until {}.", say::time(span.to));
    }
    if let Some(span) = spans.iter().find(|s| s.from > minute) {
        return format!(
            "Not right now. We open again today at {}.",
            say::time(span.from)
        );
    }
    let next = today
        .tomorrow()
        .ok()
        .and_then(|d| turn.calendar.next_open(d));
    match next.and_then(|d| Some((d, turn.calendar.on(d).first()?))) {
        Some((day, span)) => format!(
            "We're closed right now. We open again {} at {}.",
            on(say::near_day(day, today)),
            say::time(span.from)
        ),
        None => "We're closed right now.".into(),
    }
}

fn on(day: String) -> String {
    if day.starts_with("to") {
        day
    } else {
        format!("on {day}")
    }
}

fn service_said(turn: &Turn) -> Option<usize> {
    let services = &turn.ask.business.services;
    let names = services.iter().map(|s| {
        std::iter::once(s.name.as_str())
            .chain(s.aliases.iter().map(String::as_str))
            .collect()
    });
    turn.heard
        .service
        .or_else(|| pick(&turn.heard.tokens, names, true))
        .or_else(|| {
            let Task::Book(Form {
                service: Some(name),
                ..
            }) = &turn.state.task
            else {
                return None;
            };
            services.iter().position(|s| s.name == *name)
        })
}

fn duration(turn: &Turn) -> Option<String> {
    if !turn
        .heard
        .says(&["how long", "how much time", "how many minutes"])
    {
        return None;
    }
    let service = &turn.ask.business.services[service_said(turn)?];
    Some(format!(
        "{} takes about {} minutes.",
        say::capital(&say::a(&service.name)),
        service.minutes
    ))
}

/// True when the words ask what something costs.
fn asks_price(heard: &Heard) -> bool {
    heard.says(&[
        "how much",
        "price",
        "prices",
        "pricing",
        "cost",
        "costs",
        "charge",
        "rate",
        "rates",
        "expensive",
    ])
}

/// The price of the thing that was named.
fn price(turn: &Turn) -> Option<String> {
    if !asks_price(&turn.heard) {
        return None;
    }
    let business = &turn.ask.business;
    let items = business.prices.iter().map(|p| vec![p.item.as_str()]);
    if let (Some(i), None) = (pick(&turn.heard.tokens, items, true), turn.heard.service) {
        let price = &business.prices[i];
        return Some(format!("{} is {}.", say::capital(&price.item), price.price));
    }
    let text = told(&business.services[service_said(turn)?])?;
    Some(format!("{}.", say::capital(&text)))
}

/// All prices, at most four, when none was named.
fn prices(turn: &Turn) -> Option<String> {
    let list: Vec<String> = turn
        .ask
        .business
        .services
        .iter()
        .filter_map(told)
        .take(4)
        .collect();
    let fits = asks_price(&turn.heard) && !list.is_empty() && turn.heard.tokens.len() <= 9;
    fits.then(|| format!("{}.", say::capital(&say::list(&list, "and"))))
}

fn told(service: &Offer) -> Option<String> {
    (!service.price.is_empty()).then(|| format!("{} is {}", say::a(&service.name), service.price))
}

fn address(turn: &Turn) -> Option<String> {
    let asked = turn.heard.says(&[
        "address",
        "where are you",
        "where you are",
        "located",
        "location",
        "directions",
        "find you",
        "where is the office",
        "where's the office",
        "where is your office",
        "get there",
        "where's your office",
        "where are you guys",
        "what street",
    ]);
    let address = turn.ask.business.address.trim();
    (asked && !address.is_empty()).then(|| format!("We're at {}.", address.trim_end_matches('.')))
}

/// `do you do whitening?`, `what do you offer?`; the former also offers to book it.
pub fn offers(turn: &mut Turn) -> bool {
    let list = turn.heard.says(cues::OFFER);
    if list && !turn.ask.business.services.is_empty() {
        let names = super::question::services(turn);
        turn.say(format!("You can book {names}."));
        return true;
    }
    let asked = turn.heard.says(cues::DO_YOU);
    let Some(service) = turn
        .heard
        .service
        .filter(|_| asked && turn.heard.day.is_none() && turn.heard.clock.is_none())
    else {
        return false;
    };
    let service = turn.ask.business.services[service].clone();
    let name = say::capital(&say::a(&service.name));
    let price = if service.price.is_empty() {
        String::new()
    } else {
        format!(" and is {}", service.price)
    };
    turn.say(format!(
        "Yes, we do. {name} takes about {} minutes{price}.",
        service.minutes
    ));
    turn.state.task = Task::Book(Form {
        service: Some(service.name),
        ..Form::default()
    });
    turn.state.open = Open::OfferBook;
    true
}
