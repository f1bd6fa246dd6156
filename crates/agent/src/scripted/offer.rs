//! Offering other times, and saying that the calendar cannot be read.

use jiff::civil::Date;

use super::{
    question::question,
    slots::{Wish, near},
    state::{Form, Open, Task},
    turn::Turn,
};
use crate::{desk::DeskError, say};

/// Length in minutes and places of what the form is about.
pub fn length(turn: &Turn, form: &Form) -> (u32, u32) {
    let service = form.service.as_deref().and_then(|name| turn.service(name));
    let parallel = service.map_or(1, |s| s.parallel.max(1));
    let minutes = service.map_or(30, |s| s.minutes.clamp(1, 1440));
    (
        form.moving
            .as_ref()
            .map_or(minutes, |held| held.minutes.clamp(1, 1440)),
        parallel,
    )
}

/// Offers two free times near to this day and minute.
pub async fn offer(turn: &mut Turn, from: Date, minute: Option<u16>) {
    let from = from.max(turn.today());
    let Ok(offers) = look(turn, from, minute).await else {
        return unavailable(turn);
    };
    let spoken = say::day(from, turn.today());
    let Task::Book(form) = &turn.state.task else {
        return;
    };
    if offers.is_empty() {
        turn.say(format!(
            "I don't see anything free in the two weeks from {spoken}."
        ));
    } else if turn.text().is_empty() && form.day.is_some_and(|day| day != offers[0].0) {
        turn.say(format!("I have nothing like that on {spoken}."));
    }
    let short = short(turn, from, &offers);
    if let Task::Book(form) = &mut turn.state.task {
        form.checked = false;
        if offers.is_empty() {
            form.clear_slot();
        }
        form.offers = offers;
    }
    turn.state.open = Open::Pick;
    let question = short.unwrap_or_else(|| question(turn));
    turn.say(question);
}

/// Free times in the part of the day that was wanted, or in any when it has none.
async fn look(
    turn: &mut Turn,
    from: Date,
    minute: Option<u16>,
) -> Result<Vec<(Date, u16)>, DeskError> {
    let Task::Book(form) = turn.state.task.clone() else {
        return Ok(Vec::new());
    };
    let (minutes, parallel) = length(turn, &form);
    let wish = Wish {
        from,
        minute,
        part: form.part,
        minutes,
        parallel,
    };
    let offers = near(turn, wish).await?;
    if offers.is_empty() && form.part.is_some() {
        return near(turn, Wish { part: None, ..wish }).await;
    }
    Ok(offers)
}

/// After "ten is taken" the day need not be said again.
fn short(turn: &Turn, from: Date, offers: &[(Date, u16)]) -> Option<String> {
    match *offers {
        [(a, first), (b, second)] if a == b && a == from && !turn.text().is_empty() => {
            Some(format!(
                "I have {} or {} free. Which would you like?",
                say::time(first),
                say::time(second)
            ))
        }
        _ => None,
    }
}

/// The records cannot be reached: nothing was written, and a message may be all that is left.
pub fn unavailable(turn: &mut Turn) {
    turn.say("I'm sorry, I can't reach the calendar right now.");
    turn.state.rest(Open::OfferMessage);
    let question = question(turn);
    turn.say(question);
}
