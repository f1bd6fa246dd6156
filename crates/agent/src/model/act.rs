//! Carrying out what the model asked for, within what the caller and the operator allow.
//!
//! Every check is here and none in the prompt: a model that was talked into something gets a refusal, not an effect.

use serde_json::json;

use super::{
    args::{Deed, Refusal, refuse},
    consent::{self, agrees, changes, terms},
    look::{
        After, bookings, form, free_times, listed, look_up, one_booking, service, slot, unreachable,
    },
    port::ToolCall,
    who::own_phone,
};
use crate::{
    greeting::{spoken_name, the},
    hear::{
        assent::{Answer, Aside, answer, aside},
        words::{clean, line, tokens},
    },
    reply::{Delta, Then},
    scripted::{
        change, note,
        question::question,
        slots,
        state::{Form, Note, Open, Task},
        turn::Turn,
        write,
    },
};

/// The proposal that stands in this turn.
#[derive(Debug)]
pub struct Standing {
    /// What the caller was asked about in the turn before.
    pub task: Option<Task>,
    /// Whether the caller agreed to it in this turn.
    pub agreed: bool,
}

impl Standing {
    /// Takes the proposal out of the turn's memory: whatever becomes of it, it is only good for this turn.
    pub fn take(turn: &mut Turn) -> Self {
        let task = consent::proposal(turn);
        let agreed = task
            .as_ref()
            .is_some_and(|task| agrees(&turn.heard) && !changes(&turn.heard, turn, task));
        turn.state.rest(Open::Nothing);
        Self { task, agreed }
    }
}

/// Carries out one call, and tells the operator how it went.
pub async fn act(turn: &mut Turn, standing: &mut Standing, call: &ToolCall) -> After {
    let done = match Deed::read(call) {
        Ok(deed) => carry_out(turn, standing, deed).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(after) => after,
        Err(refusal) => {
            let name = known_name(&call.name).to_owned();
            let detail = format!("refused: {}", refusal.code);
            turn.send(Delta::ToolDone { name, detail }).await;
            After::Answer(refusal.json())
        }
    }
}

/// The tool's name for the records: one of ours, since a model may write anything.
fn known_name(name: &str) -> &'static str {
    const OURS: [&str; 9] = [
        "look_up",
        "find_free_times",
        "book",
        "find_bookings",
        "move_booking",
        "cancel_booking",
        "take_message",
        "transfer",
        "end_call",
    ];
    OURS.into_iter()
        .find(|own| *own == name)
        .unwrap_or("unknown")
}

async fn carry_out(turn: &mut Turn, standing: &mut Standing, deed: Deed) -> Result<After, Refusal> {
    match deed {
        Deed::LookUp { question } => look_up(turn, &question).await,
        Deed::FindFreeTimes {
            service,
            day,
            minute,
        } => free_times(turn, &service, day, minute).await,
        Deed::FindBookings { phone } => {
            let held = bookings(turn, phone).await?;
            Ok(After::Answer(json!({ "bookings": listed(turn, &held) })))
        }
        Deed::Transfer { to } => transfer(turn, &to),
        Deed::EndCall => end_call(turn),
        Deed::Book {
            service,
            day,
            minute,
            name,
            phone,
        } => {
            let phone = own_phone(turn, phone)?;
            let form = Form {
                name: Some(name),
                phone: Some(phone),
                ..form(turn, &service, day, minute)?
            };
            propose(turn, standing, Task::Book(form)).await
        }
        Deed::Move {
            booking,
            day,
            minute,
            phone,
        } => {
            let held = one_booking(turn, phone, &booking).await?;
            let form = Form {
                moving: Some(held.clone()),
                ..form(turn, &held.service, day, minute)?
            };
            propose(turn, standing, Task::Book(form)).await
        }
        Deed::Cancel { booking, phone } => {
            let held = one_booking(turn, phone, &booking).await?;
            propose(turn, standing, Task::Cancel(held)).await
        }
        Deed::TakeMessage { text, name, phone } => {
            let note = message(turn, text, name, phone)?;
            propose(turn, standing, Task::Note(note)).await
        }
    }
}

/// A message; who hides their number and gives none leaves one all the same.
fn message(
    turn: &Turn,
    text: String,
    name: String,
    phone: Option<String>,
) -> Result<Note, Refusal> {
    let phone = match phone {
        None => turn.caller().unwrap_or_default().to_owned(),
        phone => own_phone(turn, phone)?,
    };
    Ok(Note {
        text: Some(text),
        name: Some(name),
        phone: Some(phone),
        digits: String::new(),
    })
}

/// Reads a proposal back, or carries it out when the caller agreed to exactly this.
async fn propose(turn: &mut Turn, standing: &mut Standing, task: Task) -> Result<After, Refusal> {
    if standing.agreed
        && let Some(asked) = standing.task.clone()
    {
        if terms(turn, &asked) != terms(turn, &task) {
            return refuse(
                "not_what_was_agreed",
                "The caller said yes to other arguments. Call again with exactly those that were read back.",
            );
        }
        standing.task = None;
        standing.agreed = false;
        return Ok(commit(turn, asked).await);
    }
    if let Task::Book(form) = &task {
        is_free(turn, form).await?;
    }
    turn.state.task = task;
    turn.state.open = Open::Confirm;
    let question = question(turn);
    turn.say(question);
    Ok(After::Stop)
}

async fn is_free(turn: &mut Turn, form: &Form) -> Result<(), Refusal> {
    let (Some(day), Some(clock), Some(name)) = (form.day, form.clock, form.service.as_deref())
    else {
        return refuse("bad_arguments", "Day, time and service are needed.");
    };
    let (_, minutes, parallel) = service(turn, name)?;
    // A booking that moves may overlap its old time: the desk decides when it is written.
    if form.moving.is_some() {
        return Ok(());
    }
    let minute = clock.resolve(form.part, turn.calendar.on(day));
    let slot = slot(turn, day, minute, minutes)?;
    match slots::is_free(turn, slot, parallel).await {
        Ok(true) => Ok(()),
        Ok(false) => refuse(
            "taken",
            "Somebody has that time. Look for free times and offer them.",
        ),
        Err(why) => Err(unreachable(why)),
    }
}

/// Writes what was agreed, once, and says how it went in words of our own.
async fn commit(turn: &mut Turn, task: Task) -> After {
    turn.state.task = task.clone();
    turn.state.open = Open::Confirm;
    match task {
        Task::Cancel(held) => change::remove(turn, held).await,
        Task::Note(_) => note::send(turn).await,
        _ => drop(write::commit(turn).await),
    }
    if turn.state.open != Open::Anything {
        return After::Stop;
    }
    turn.unsay(&question(turn));
    turn.state.rest(Open::Nothing);
    let said = turn.text().to_owned();
    After::Answer(json!({
        "the_caller_was_told": said,
        "hint": "Do not repeat it. Answer what else the caller asked, or ask whether there is anything else.",
    }))
}

/// To a label of the operator's list, when the caller asked for a person or said yes to being put through to this one.
fn transfer(turn: &mut Turn, to: &str) -> Result<After, Refusal> {
    let wanted = to.trim().to_lowercase();
    let business = turn.business();
    let is = |text: &String| text.to_lowercase() == wanted;
    let Some(person) = business
        .transfer
        .iter()
        .find(|t| is(&t.label) || t.aliases.iter().any(is))
    else {
        return refuse("unknown_label", "Transfer only to a label of the list.");
    };
    let names: Vec<String> = std::iter::once(&person.label)
        .chain(&person.aliases)
        .map(|name| line(&tokens(&clean(name))))
        .collect();
    let asked = aside(&turn.heard.tokens) == Some(Aside::Person)
        || names
            .iter()
            .any(|name| turn.heard.line.contains(name.as_str()));
    let offered = turn.ask.history.last().is_some_and(|last| {
        let said = line(&tokens(&clean(&last.agent)));
        names.iter().any(|name| said.contains(name.as_str()))
    });
    let agreed = offered && agrees(&turn.heard);
    if !asked && !agreed {
        return refuse(
            "ask_first",
            "Ask the caller whether to put them through to this label, and wait for a yes.",
        );
    }
    turn.say(format!(
        "One moment, I'm putting you through to {}.",
        the(&person.label)
    ));
    turn.then = Some(Then::Transfer(person.label.clone()));
    Ok(After::Stop)
}

/// Only a caller who is done is hung up on.
fn end_call(turn: &mut Turn) -> Result<After, Refusal> {
    let said = aside(&turn.heard.tokens);
    let last = turn
        .ask
        .history
        .last()
        .map_or("", |e| e.agent.as_str())
        .to_lowercase();
    let nothing_else = answer(&turn.heard.tokens) == Answer::No
        && turn.heard.tokens.len() <= 8
        && ["else", "anything more", "help you with"]
            .iter()
            .any(|w| last.contains(w));
    if !matches!(said, Some(Aside::Bye | Aside::AllDone)) && !nothing_else {
        return refuse(
            "not_done",
            "The caller has not said goodbye. Ask whether there is anything else.",
        );
    }
    let name = spoken_name(&turn.business()).to_owned();
    turn.say(format!("Thank you for calling {name}. Goodbye!"));
    turn.then = Some(Then::HangUp);
    Ok(After::Stop)
}
