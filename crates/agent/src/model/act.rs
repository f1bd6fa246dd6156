//! Carrying out what the model asked for, within what the caller and the operator allow.
//!
//! Every check is here and none in the prompt: a model that was talked into something gets a refusal, not an effect.

use events::At;
use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};
use text::FillerClass;

use super::{
    args::{Deed, Refusal, refuse},
    consent::{self, agrees, changes, terms},
    port::ToolCall,
    who::own_phone,
};
use crate::{
    desk::{DeskError, Slot},
    facts,
    greeting::{spoken_name, the},
    hear::{
        assent::{Answer, Aside, answer, aside},
        clock::Clock,
        words::{clean, line, tokens},
    },
    reply::{Delta, Then},
    say,
    scripted::{
        change, note,
        question::{indefinite, question},
        slots::{self, Wish},
        state::{Form, Held, Note, Open, Task},
        turn::Turn,
        write,
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
            let phone = match phone {
                None => turn.caller().unwrap_or_default().to_owned(),
                phone => own_phone(turn, phone)?,
            };
            let note = Note {
                text: Some(text),
                name: Some(name),
                phone: Some(phone),
                digits: String::new(),
            };
            propose(turn, standing, Task::Note(note)).await
        }
    }
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

async fn look_up(turn: &mut Turn, question: &str) -> Result<After, Refusal> {
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
fn service(turn: &Turn, name: &str) -> Result<(String, u32, u32), Refusal> {
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
fn slot(turn: &Turn, day: Date, minute: u16, minutes: u32) -> Result<Slot, Refusal> {
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

fn form(turn: &Turn, name: &str, day: Date, minute: u16) -> Result<Form, Refusal> {
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

fn unreachable(_: DeskError) -> Refusal {
    Refusal {
        code: "unavailable",
        hint: "The calendar cannot be reached. Say so, and offer a message.".into(),
    }
}

async fn free_times(
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

async fn bookings(turn: &mut Turn, phone: Option<String>) -> Result<Vec<Held>, Refusal> {
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
fn listed(turn: &Turn, held: &[Held]) -> Vec<Value> {
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
async fn one_booking(turn: &mut Turn, phone: Option<String>, id: &str) -> Result<Held, Refusal> {
    let held = bookings(turn, phone).await?;
    match held.into_iter().find(|held| held.id == id) {
        Some(held) => Ok(held),
        None => refuse(
            "unknown_booking",
            "Use an id that find_bookings gave for this number.",
        ),
    }
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
    if !asked && !(offered && agrees(&turn.heard)) {
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
