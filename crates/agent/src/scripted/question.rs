//! The question that is open, as it is asked, and asked again after a digression.

use events::At;

use super::{
    state::{Form, Held, Note, Open, Task},
    turn::Turn,
};
use crate::{reply::Profile, say};

/// The question that is open; empty when there is none.
pub fn question(turn: &Turn) -> String {
    let form = match &turn.state.task {
        Task::Book(form) => Some(form),
        _ => None,
    };
    match turn.state.open {
        Open::Nothing => String::new(),
        Open::Anything => "Is there anything else I can help with?".into(),
        Open::OfferMessage => "Shall I take a message?".into(),
        Open::OfferBook => match form.and_then(|f| f.service.as_deref()) {
            Some(service) => format!("Would you like to book {}?", say::a(service)),
            None => "Would you like to book?".into(),
        },
        Open::Service => format!("What would you like to book? I can do {}.", services(turn)),
        Open::Day if form.is_some_and(|f| f.week.is_some()) => {
            "What day next week would suit you?".into()
        }
        Open::Day => "What day would suit you?".into(),
        Open::Time => form.map_or_else(|| "What time would suit you?".into(), |f| time(turn, f)),
        Open::Pick => form.map_or_else(String::new, |f| pick(turn, f)),
        Open::Name if form.is_some() => "What name should I put it under?".into(),
        Open::Name => "What's your name?".into(),
        Open::CallerPhone => "Is the number you're calling from the best one to reach you?".into(),
        Open::Phone => phone(&turn.state.task).into(),
        Open::Confirm => confirm(turn),
        Open::Change => {
            "What should I change: the service, the day, the time, the name or the number?".into()
        }
        Open::Which => which(turn),
        Open::Text => "What's your message?".into(),
    }
}

/// How long the line should wait for the end of the answer.
pub fn profile(open: Open) -> Profile {
    match open {
        // A name is said in one breath: a longer pause would be silence for every caller.
        Open::Phone | Open::Text => Profile::Dictation,
        // After "anything else?" people say what else.
        Open::Anything => Profile::Speech,
        open if open.is_yes_no() => Profile::YesNo,
        _ => Profile::Speech,
    }
}

/// The names of what can be booked, at most six.
pub fn services(turn: &Turn) -> String {
    let names: Vec<String> = turn
        .ask
        .business
        .services
        .iter()
        .take(6)
        .map(|s| say::a(&s.name))
        .collect();
    say::list(&names, "or")
}

fn time(turn: &Turn, form: &Form) -> String {
    let Some(day) = form.day else {
        return "What time would suit you?".into();
    };
    format!("What time on {}?", say::day(day, turn.today()))
}

fn pick(turn: &Turn, form: &Form) -> String {
    let today = turn.today();
    match form.offers[..] {
        [] => "What other day or time would suit you?".into(),
        [(day, minute)] => format!(
            "I have {} on {}. Would that work?",
            say::time(minute),
            say::day(day, today)
        ),
        [(a, first), (b, second), ..] if a == b => format!(
            "On {} I have {} or {} free. Which would you like?",
            say::day(a, today),
            say::time(first),
            say::time(second)
        ),
        [(a, first), (b, second), ..] => format!(
            "I have {} on {}, or {} on {}. Which would you like?",
            say::time(first),
            say::day(a, today),
            say::time(second),
            say::day(b, today)
        ),
    }
}

fn phone(task: &Task) -> &'static str {
    let (digits, searching) = match task {
        Task::Book(form) => (&form.digits, false),
        Task::Find(search) => (&search.digits, true),
        Task::Note(note) => (&note.digits, false),
        _ => return "What's the best number to reach you?",
    };
    match (digits.is_empty(), searching) {
        (false, _) => "What's the rest of the number?",
        (true, true) => "What number was it booked with?",
        (true, false) => "What's the best number to reach you?",
    }
}

/// Reads everything back.
fn confirm(turn: &Turn) -> String {
    let today = turn.today();
    match &turn.state.task {
        Task::Book(form) => {
            let (Some(day), Some(clock)) = (form.day, form.clock) else {
                return String::new();
            };
            let minute = clock.resolve(form.part, turn.calendar.on(day));
            let when = format!("{} on {}", say::time(minute), say::day(day, today));
            if let Some(held) = &form.moving {
                return format!(
                    "I'll move {} to {when}. Is that right?",
                    described(turn, held)
                );
            }
            let service = say::a(form.service.as_deref().unwrap_or("visit"));
            let name = form.name.as_deref().unwrap_or_default();
            let phone = say::phone(form.phone.as_deref().unwrap_or_default());
            format!(
                "Let me read that back: {service} at {when}, for {name}. Your number is {phone}. Is that right?"
            )
        }
        Task::Cancel(held) => format!("You have {}. Shall I cancel it?", indefinite(turn, held)),
        Task::Note(note) => message(note),
        Task::Idle | Task::Find(_) => String::new(),
    }
}

fn message(note: &Note) -> String {
    let text = note.text.as_deref().unwrap_or_default();
    let text = text.trim_end_matches(['.', '!', '?', ' ']);
    let name = note.name.as_deref().unwrap_or_default();
    let number = match note.phone.as_deref().filter(|p| !p.is_empty()) {
        Some(phone) => format!(" Your number is {}.", say::phone(phone)),
        None => String::new(),
    };
    format!("Let me read that back: {text}. From {name}.{number} Shall I pass that on?")
}

fn which(turn: &Turn) -> String {
    let Task::Find(search) = &turn.state.task else {
        return String::new();
    };
    let list: Vec<String> = search.found.iter().map(|h| indefinite(turn, h)).collect();
    format!(
        "You have {}. Which one do you mean?",
        say::list(&list, "and")
    )
}

/// `your cleaning from 10 a.m. on Thursday, November 26th`
pub fn described(turn: &Turn, held: &Held) -> String {
    format!("your {} from {}", held.service, when(turn, held))
}

/// `a cleaning at 10 a.m. on Thursday, November 26th`
pub fn indefinite(turn: &Turn, held: &Held) -> String {
    format!("{} at {}", say::a(&held.service), when(turn, held))
}

fn when(turn: &Turn, held: &Held) -> String {
    let (day, minute) = turn.local(At(held.start));
    format!("{} on {}", say::time(minute), say::day(day, turn.today()))
}
