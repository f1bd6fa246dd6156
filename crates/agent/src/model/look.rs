//! Tools that only look: facts, free times, the caller's bookings.

use events::At;
use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};
use text::FillerClass;

use super::{
    args::{Refusal, refuse},
    who::own_phone,
};
use crate::{
    desk::{DeskError, Slot},
    facts,
    hear::{
        clock::Clock,
        words::{clean, tokens},
    },
    reply::Delta,
    say,
    scripted::{
        question::indefinite,
        slots::{self, Wish},
        state::{Form, Held},
        turn::Turn,
    },
};

/// What follows a tool call.
#[derive(Clone, Debug, PartialEq)]
pub enum After {
    /// The model gets this and goes on.
    Answer(Value),
    /// Our own words are in the turn, and it is the caller's turn then.
    Stop,
}

/// Tells the line that a tool without records is at work: the model will be asked once more, and that takes a while.
async fn note_tool(turn: &mut Turn, name: &str, class: FillerClass) {
    let name = name.to_owned();
    turn.send(Delta::Tool {
        name: name.clone(),
        class,
    })
    .await;
    turn.send(Delta::ToolDone {
        name,
        detail: "done".into(),
    })
    .await;
}

/// Answers from the business file.
pub async fn look_up(turn: &mut Turn, question: &str) -> Result<After, Refusal> {
    note_tool(turn, "facts.look_up", FillerClass::Lookup).await;
    let business = turn.business();
    let found = facts::answer(&business.facts, &tokens(&clean(question)));
    Ok(After::Answer(match found {
        Some((answer, _)) => json!({ "answer": answer }),
        None => json!({
            "answer": null,
            "hint": "Nothing is written down about it. Say that you do not know, and offer a message.",
        }),
    }))
}

/// The service by its name, or by a word for it.
pub fn service(turn: &Turn, name: &str) -> Result<(String, u32, u32), Refusal> {
    let wanted = name.trim().to_lowercase();
    let is = |text: &String| text.to_lowercase() == wanted;
    let found = turn.ask.business.services.iter();
    match found
        .clone()
        .find(|s| is(&s.name))
        .or_else(|| found.clone().find(|s| s.aliases.iter().any(is)))
    {
        Some(s) => Ok((s.name.clone(), s.minutes.clamp(1, 1440), s.parallel.max(1))),
        None => refuse("unknown_service", "Use a service of the list."),
    }
}

/// The slot on this day at this minute, or why nobody can have it.
pub fn slot(turn: &Turn, day: Date, minute: u16, minutes: u32) -> Result<Slot, Refusal> {
    if turn
        .today()
        .until(day)
        .map_or(true, |span| span.get_days() > 366)
    {
        return refuse("too_far", "Times can be booked up to a year ahead.");
    }
    let Some(slot) = turn.slot(day, minute, minutes) else {
        return refuse(
            "no_such_time",
            "The clocks change that night. Take another time.",
        );
    };
    if slot.start <= turn.ask.now {
        return refuse("in_the_past", "That time has passed.");
    }
    if turn.calendar.on(day).is_empty() {
        return refuse("closed", "The business is closed that day.");
    }
    if !turn.calendar.fits(day, minute, minutes) {
        let spans = say::spans(turn.calendar.on(day));
        return refuse(
            "outside_hours",
            format!("Open {spans}; it takes {minutes} minutes."),
        );
    }
    Ok(slot)
}

/// A form with this service and time, when it can be had at all.
pub fn form(turn: &Turn, name: &str, day: Date, minute: u16) -> Result<Form, Refusal> {
    let (name, minutes, _) = service(turn, name)?;
    slot(turn, day, minute, minutes)?;
    Ok(Form {
        service: Some(name),
        day: Some(day),
        clock: Some(Clock::at_minute(minute)),
        checked: true,
        ..Form::default()
    })
}

/// The records cannot be reached.
pub fn unreachable(_: DeskError) -> Refusal {
    Refusal {
        code: "unavailable",
        hint: "The calendar cannot be reached. Say so, and offer a message.".into(),
    }
}

/// Free times near to a wish.
pub async fn free_times(
    turn: &mut Turn,
    name: &str,
    day: Date,
    minute: Option<u16>,
) -> Result<After, Refusal> {
    let (_, minutes, parallel) = service(turn, name)?;
    let wanted = minute.map(|minute| slot(turn, day, minute, minutes));
    let mut wanted_is = None;
    match wanted {
        Some(Ok(slot)) => {
            let free = slots::is_free(turn, slot, parallel)
                .await
                .map_err(unreachable)?;
            wanted_is = Some(if free { "free" } else { "taken" });
        }
        Some(Err(why)) => wanted_is = Some(why.code),
        None => {}
    }
    let latest = turn.today().checked_add(366.days()).unwrap_or(day);
    let wish = Wish {
        from: day.clamp(turn.today(), latest),
        minute,
        part: None,
        minutes,
        parallel,
    };
    let near = slots::near(turn, wish).await.map_err(unreachable)?;
    let today = turn.today();
    let near: Vec<Value> = near
        .into_iter()
        .map(|(day, minute)| {
            json!({
                "day": day.to_string(),
                "time": format!("{:02}:{:02}", minute / 60, minute % 60),
                "say": format!("{} on {}", say::time(minute), say::day(day, today)),
            })
        })
        .collect();
    Ok(After::Answer(
        json!({ "wanted_time": wanted_is, "nearest_free": near }),
    ))
}

/// The bookings of the caller.
pub async fn bookings(turn: &mut Turn, phone: Option<String>) -> Result<Vec<Held>, Refusal> {
    let phone = own_phone(turn, phone)?;
    let desk = turn.desk.clone();
    let work = desk.find(turn.ask.business.id.clone(), phone, turn.ask.now);
    let found = turn
        .using("booking.find", FillerClass::Lookup, work)
        .await
        .map_err(unreachable)?;
    Ok(found.into_iter().map(Held::from).collect())
}

/// Bookings as data. Their names were typed by somebody once: they are cleaned, and cut.
pub fn listed(turn: &Turn, held: &[Held]) -> Vec<Value> {
    held.iter()
        .map(|held| {
            let (day, minute) = turn.local(At(held.start));
            json!({
                "booking": held.id,
                "service": held.service,
                "day": day.to_string(),
                "time": format!("{:02}:{:02}", minute / 60, minute % 60),
                "name": clean(&held.name).chars().take(60).collect::<String>(),
                "say": indefinite(turn, held),
            })
        })
        .collect()
}

/// A booking of the caller's, by its id: others do not exist for this call.
pub async fn one_booking(
    turn: &mut Turn,
    phone: Option<String>,
    id: &str,
) -> Result<Held, Refusal> {
    let held = bookings(turn, phone).await?;
    match held.into_iter().find(|held| held.id == id) {
        Some(held) => Ok(held),
        None => refuse(
            "unknown_booking",
            "Use an id that find_bookings gave for this number.",
        ),
    }
}
