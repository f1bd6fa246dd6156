//! The booking dialogue: a form that is filled in any order, checked, read back, and written once.

use jiff::civil::Date;

use super::{
    contact::{Number, number},
    fill::{choose_offer, fill, shifted},
    offer,
    question::question,
    state::{Form, Open, Task},
    turn::Turn,
    write,
};
use crate::{
    desk::Slot,
    hear::{
        assent::{Answer, answer},
        clock::Clock,
    },
    say,
};

/// Begins a booking with what was said in this turn.
pub async fn start(turn: &mut Turn) {
    if turn.ask.business.services.is_empty() || !turn.calendar.is_known() {
        turn.say("I'm afraid I can't book that myself.");
        turn.state.rest(Open::OfferMessage);
        let question = question(turn);
        return turn.say(question);
    }
    let mut form = Form {
        name: turn.state.name.clone(),
        phone: turn.state.phone.clone(),
        ..Form::default()
    };
    turn.state.open = Open::Nothing;
    fill(turn, &mut form);
    keep(turn, form);
    advance(turn).await;
}

/// Goes on with a booking. False when the words say nothing about it.
pub async fn hear(turn: &mut Turn) -> bool {
    let Task::Book(mut form) = turn.state.task.clone() else {
        return false;
    };
    let said = answer(&turn.heard.tokens);
    if turn.state.open == Open::Phone && digits(turn, &mut form) {
        return true;
    }
    if let Some((day, minute)) = shifted(turn, &form) {
        offer::offer(turn, day, Some(minute)).await;
        return true;
    }
    let changed = fill(turn, &mut form);
    keep(turn, form);
    if changed {
        advance(turn).await;
        return true;
    }
    reply(turn, said).await
}

/// Takes an answer that fills no field.
async fn reply(turn: &mut Turn, said: Answer) -> bool {
    match (turn.state.open, said) {
        (Open::Confirm, Answer::Yes) => {
            if !write::commit(turn).await {
                advance(turn).await;
            }
        }
        (Open::Confirm, said) if names_field(turn, said) && change(turn, Answer::No) => {}
        (Open::Confirm, Answer::No) => {
            turn.state.open = Open::Change;
            turn.say("Okay.");
            ask(turn);
        }
        (Open::Change, said) => return change(turn, said),
        (Open::OfferBook, Answer::Yes) => advance(turn).await,
        (Open::OfferBook, Answer::No) => {
            turn.say("Okay.");
            turn.state.rest(Open::Anything);
            ask(turn);
        }
        (Open::CallerPhone, Answer::Yes) => {
            let caller = turn.caller().map(str::to_owned);
            with_form(turn, |form| form.phone = caller);
            advance(turn).await;
        }
        (Open::CallerPhone, Answer::No) => {
            turn.state.open = Open::Phone;
            ask(turn);
        }
        (Open::Pick, said) => return pick(turn, said).await,
        _ => return false,
    }
    true
}

async fn pick(turn: &mut Turn, said: Answer) -> bool {
    let Task::Book(mut form) = turn.state.task.clone() else {
        return false;
    };
    match said {
        Answer::Yes if form.offers.len() == 1 => {
            choose_offer(&mut form, 0);
            keep(turn, form);
            advance(turn).await;
        }
        Answer::Yes => ask(turn),
        Answer::No => {
            form.offers.clear();
            form.clear_slot();
            keep(turn, form);
            turn.say("Okay.");
            ask(turn);
        }
        Answer::Unclear => return false,
    }
    true
}

/// After "what should I change?": the field that is named is asked for again.
fn change(turn: &mut Turn, said: Answer) -> bool {
    let heard = &turn.heard;
    let has = |words: &[&str]| heard.says(words);
    let open = if has(&["nothing", "all good", "it's fine", "it's right"]) || said == Answer::Yes {
        Open::Confirm
    } else if has(&["time", "hour"]) {
        Open::Time
    } else if has(&["day", "date"]) {
        Open::Day
    } else if has(&["name"]) {
        Open::Name
    } else if has(&["number", "phone", "telephone"]) {
        Open::Phone
    } else if has(&["service", "treatment"]) {
        Open::Service
    } else {
        return false;
    };
    turn.state.open = open;
    ask(turn);
    true
}

/// `no, the name is wrong`, `change the day`: a field is named together with the wish to change it.
fn names_field(turn: &Turn, said: Answer) -> bool {
    said == Answer::No
        || turn
            .heard
            .says(&["change", "wrong", "different", "another", "incorrect"])
}

/// Digits in answer to "what number?".
fn digits(turn: &mut Turn, form: &mut Form) -> bool {
    match number(turn, &form.digits) {
        Some(Number::Part(part)) => form.digits = part,
        Some(Number::Bad) => {
            form.digits.clear();
            turn.say("That doesn't sound like a whole number.");
        }
        _ => return false,
    }
    keep(turn, form.clone());
    ask(turn);
    true
}

fn keep(turn: &mut Turn, form: Form) {
    turn.state.task = Task::Book(form);
}

fn with_form(turn: &mut Turn, change: impl FnOnce(&mut Form)) {
    if let Task::Book(form) = &mut turn.state.task {
        change(form);
    }
}

fn ask(turn: &mut Turn) {
    let question = question(turn);
    turn.say(question);
}

fn ask_for(turn: &mut Turn, open: Open) {
    turn.state.open = open;
    ask(turn);
}

/// Asks for the first thing that is missing; with nothing missing, reads back.
pub async fn advance(turn: &mut Turn) {
    let Task::Book(form) = &mut turn.state.task else {
        return;
    };
    if let [only] = &turn.ask.business.services[..] {
        form.service.get_or_insert_with(|| only.name.clone());
    }
    if form.service.is_none() {
        return ask_for(turn, Open::Service);
    }
    if !form.checked && !settle(turn).await {
        return;
    }
    let caller = turn.caller().is_some();
    let Task::Book(form) = &turn.state.task else {
        return;
    };
    let missing = if form.moving.is_some() {
        Open::Confirm
    } else if form.name.is_none() {
        Open::Name
    } else if form.phone.is_none() {
        if caller {
            Open::CallerPhone
        } else {
            Open::Phone
        }
    } else {
        Open::Confirm
    };
    ask_for(turn, missing);
}

/// Finds out whether the wanted time can be had. False when something had to be asked.
async fn settle(turn: &mut Turn) -> bool {
    let Task::Book(form) = turn.state.task.clone() else {
        return false;
    };
    let today = turn.today();
    let Some(day) = form.day else {
        if form.any {
            offer::offer(turn, form.week.unwrap_or(today), None).await;
        } else {
            ask_for(turn, Open::Day);
        }
        return false;
    };
    if let Some(problem) = day_problem(turn, day) {
        turn.say(problem);
        with_form(turn, Form::clear_slot);
        ask_for(turn, Open::Day);
        return false;
    }
    if turn.calendar.on(day).is_empty() {
        turn.say(format!("Sorry, we're closed on {}.", say::day(day, today)));
        let minute = form.clock.map(|c| c.resolve(form.part, &[]));
        offer::offer(turn, day, minute).await;
        return false;
    }
    let Some(clock) = form.clock else {
        if form.any || form.part.is_some() {
            offer::offer(turn, day, None).await;
        } else {
            let hours = say::spans(turn.calendar.on(day));
            turn.say(format!("On {} we're open {hours}.", say::day(day, today)));
            turn.state.open = Open::Time;
            turn.say("What time would you like?");
        }
        return false;
    };
    let minute = clock.resolve(form.part, turn.calendar.on(day));
    time_is_free(turn, &form, minute).await
}

fn day_problem(turn: &Turn, day: Date) -> Option<&'static str> {
    let today = turn.today();
    if day < today {
        return Some("That day has already passed.");
    }
    let far = today.until(day).is_ok_and(|span| span.get_days() > 366);
    far.then_some("I can only book up to a year ahead.")
}

async fn time_is_free(turn: &mut Turn, form: &Form, minute: u16) -> bool {
    let Some(day) = form.day else { return false };
    let (minutes, parallel) = offer::length(turn, form);
    let when = format!("{} on {}", say::time(minute), say::day(day, turn.today()));
    let slot = match wanted(turn, form, day, minute) {
        Ok(slot) => slot,
        Err(problem) => {
            turn.say(problem);
            offer::offer(turn, day, Some(minute)).await;
            return false;
        }
    };
    let own = form.moving.as_ref().is_some_and(|held| {
        let end = |start: u64, minutes: u32| start.saturating_add(u64::from(minutes) * 60_000);
        held.start < end(slot.start.0, minutes) && slot.start.0 < end(held.start, held.minutes)
    });
    // A booking that is moved does not stand in its own way; the desk decides when it is written.
    let free = if own {
        Ok(true)
    } else {
        super::slots::is_free(turn, slot, parallel).await
    };
    match free {
        Ok(true) => settled(turn, minute, &when),
        Ok(false) => {
            turn.say(format!("Sorry, {when} is taken."));
            offer::offer(turn, day, Some(minute)).await;
        }
        Err(_) => offer::unavailable(turn),
    }
    free == Ok(true)
}

/// The slot that is wanted, or why it cannot be had, whoever else comes.
fn wanted(turn: &Turn, form: &Form, day: Date, minute: u16) -> Result<Slot, String> {
    let (minutes, _) = offer::length(turn, form);
    let (at, on) = (say::time(minute), say::day(day, turn.today()));
    let skipped = || format!("There is no {at} that day, because the clocks change.");
    let slot = turn.slot(day, minute, minutes).ok_or_else(skipped)?;
    if slot.start <= turn.ask.now {
        return Err(say::capital(&format!("{at} on {on} has already passed.")));
    }
    if !turn.calendar.fits(day, minute, minutes) {
        let spans = say::spans(turn.calendar.on(day));
        return Err(format!(
            "On {on} we're open {spans}, and that takes {minutes} minutes."
        ));
    }
    Ok(slot)
}

fn settled(turn: &mut Turn, minute: u16, when: &str) {
    let mut asks = false;
    with_form(turn, |form| {
        form.checked = true;
        form.clock = Some(Clock::at_minute(minute));
        asks = form.moving.is_none() && (form.name.is_none() || form.phone.is_none());
    });
    // When the read-back is next, it says so itself.
    if asks {
        turn.say(say::capital(&format!("{when} is free.")));
    }
}
