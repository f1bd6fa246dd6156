//! Writing a booking, new or moved, exactly once per turn.

use text::FillerClass;

use super::{
    offer,
    question::question,
    state::{Form, Open, Task},
    turn::Turn,
};
use crate::{
    desk::{BookingAsk, DeskError, Slot},
    say,
};

/// Writes the booking, after a yes to everything that was read back. False when something is missing after all.
pub async fn commit(turn: &mut Turn) -> bool {
    let Task::Book(form) = turn.state.task.clone() else {
        return false;
    };
    let (Some(day), Some(clock)) = (form.day, form.clock) else {
        return false;
    };
    let (minutes, parallel) = offer::length(turn, &form);
    let minute = clock.resolve(form.part, turn.calendar.on(day));
    let Some(slot) = turn.slot(day, minute, minutes) else {
        return false;
    };
    let when = format!("{} on {}", say::time(minute), say::day(day, turn.today()));
    match write(turn, &form, slot, parallel).await {
        Ok(()) => {
            turn.state.name = form.name.or(turn.state.name.take());
            turn.state.phone = form.phone.or(turn.state.phone.take());
            match form.moving {
                Some(held) => turn.say(format!("Done. Your {} is now at {when}.", held.service)),
                None => turn.say(format!(
                    "You're booked: {} at {when}.",
                    say::a(form.service.as_deref().unwrap_or("visit"))
                )),
            }
            turn.state.rest(Open::Anything);
            let question = question(turn);
            turn.say(question);
        }
        Err(DeskError::Taken) => {
            turn.say("I'm sorry, somebody else took that time just now.");
            offer::offer(turn, day, Some(minute)).await;
        }
        Err(DeskError::NotFound) => {
            turn.say("I'm sorry, I can't find that booking any more.");
            turn.state.rest(Open::Anything);
            let question = question(turn);
            turn.say(question);
        }
        Err(DeskError::Unavailable(_)) => offer::unavailable(turn),
    }
    true
}

async fn write(turn: &mut Turn, form: &Form, slot: Slot, parallel: u32) -> Result<(), DeskError> {
    let (desk, key) = (turn.desk.clone(), turn.key());
    if let Some(held) = &form.moving {
        let work = desk.reschedule(key, held.id.clone(), slot, parallel);
        return turn
            .using("booking.move", FillerClass::Calendar, work)
            .await
            .map(drop);
    }
    let ask = BookingAsk {
        business: turn.ask.business.id.clone(),
        service: form.service.clone().unwrap_or_default(),
        slot,
        parallel,
        name: form.name.clone().unwrap_or_default(),
        phone: form.phone.clone().unwrap_or_default(),
    };
    let work = desk.book(key, ask);
    turn.using("booking.book", FillerClass::Calendar, work)
        .await
        .map(drop)
}
