//! What the caller agreed to.
//!
//! The rule: an irreversible call never acts on its own. Its first time it becomes a *proposal*: our code, not the model,
//! reads its arguments back as the last words of the turn, and it is kept in the memo as the scripted agent's own open
//! question. Only a yes in the very next turn counts, said by the caller (never written by the model), with nothing in the
//! same words that takes it back or changes it. A plain yes is carried out by our code without asking the model. A yes
//! with more around it goes to the model, whose call is then carried out if it says exactly what was read back, and
//! refused if anything in it is different. A proposal that got no yes in its turn is gone.

use jiff::civil::Date;

use crate::{
    hear::{
        Heard,
        assent::{Answer, answer},
    },
    scripted::{
        state::{Open, Task},
        turn::Turn,
    },
};

/// Words with which a yes begins. `please` alone is none: "please tell me the price" agrees to nothing.
const YES: [&str; 22] = [
    "yes",
    "yeah",
    "yep",
    "yup",
    "yea",
    "ya",
    "sure",
    "correct",
    "right",
    "absolutely",
    "definitely",
    "exactly",
    "ok",
    "okay",
    "perfect",
    "affirmative",
    "certainly",
    "mhm",
    "aye",
    "indeed",
    "great",
    "totally",
];
/// Phrases that are a yes as a whole.
const WHOLE: [&str; 14] = [
    "uh huh",
    "mm hm",
    "please do",
    "go ahead",
    "sounds good",
    "of course",
    "do it",
    "book it",
    "that works",
    "that's right",
    "that's correct",
    "that is correct",
    "that is right",
    "it is",
];
/// Words that make a yes something else.
const CHANGES: [&str; 17] = [
    "but",
    "actually",
    "instead",
    "except",
    "change",
    "different",
    "another",
    "rather",
    "only",
    "wait",
    "later",
    "earlier",
    "also",
    "both",
    "cancel",
    "move",
    "first",
];

/// What a proposal says, for comparing: two that say the same are the same.
#[derive(Clone, Debug, PartialEq)]
pub enum Terms {
    /// A booking, or a booking that moves.
    Book {
        service: Option<String>,
        day: Option<Date>,
        minute: Option<u16>,
        name: Option<String>,
        phone: Option<String>,
        moving: Option<String>,
    },
    /// A cancellation.
    Cancel { booking: String },
    /// A message.
    Note {
        text: Option<String>,
        name: Option<String>,
        phone: Option<String>,
    },
}

/// The terms of a task; `None` when it proposes nothing.
pub fn terms(turn: &Turn, task: &Task) -> Option<Terms> {
    match task {
        Task::Book(form) => {
            let open = form.day.map_or(&[][..], |day| turn.calendar.on(day));
            Some(Terms::Book {
                service: form.service.clone(),
                day: form.day,
                minute: form.clock.map(|c| c.resolve(form.part, open)),
                // A booking that moves keeps its name and number.
                name: form.name.clone().filter(|_| form.moving.is_none()),
                phone: form.phone.clone().filter(|_| form.moving.is_none()),
                moving: form.moving.as_ref().map(|held| held.id.clone()),
            })
        }
        Task::Cancel(held) => Some(Terms::Cancel {
            booking: held.id.clone(),
        }),
        Task::Note(note) => Some(Terms::Note {
            text: note.text.clone(),
            name: note.name.clone(),
            phone: note.phone.clone(),
        }),
        Task::Idle | Task::Find(_) => None,
    }
}

/// The proposal that the caller was asked about last, if there is one.
pub fn proposal(turn: &Turn) -> Option<Task> {
    let asked = turn.state.open == Open::Confirm && terms(turn, &turn.state.task).is_some();
    asked.then(|| turn.state.task.clone())
}

/// Whether these words agree: a yes at their start, and nothing that takes it back.
pub fn agrees(heard: &Heard) -> bool {
    if heard.tokens.iter().any(|t| t.is(&CHANGES)) {
        return false;
    }
    if heard.is_question() {
        return asks_too(heard);
    }
    let first = heard.tokens.iter().take(3).any(|t| t.is(&YES));
    let please = matches!(heard.line.trim(), "please" | "yes please");
    (first || please || heard.says(&WHOLE)) && answer(&heard.tokens) == Answer::Yes
}

/// `yes, and where can I park?` is a yes and a question: the yes is a word of its own in front.
fn asks_too(heard: &Heard) -> bool {
    let lead = heard.tokens.first();
    let own = lead.is_some_and(|t| t.brk && t.is(&["yes", "yeah", "yep", "yup"]));
    own && !heard
        .tokens
        .iter()
        .any(|t| t.is(&["no", "not", "don't", "stop", "never"]))
}

/// Whether the words change anything that was read back.
pub fn changes(heard: &Heard, turn: &Turn, task: &Task) -> bool {
    let Task::Book(form) = task else {
        return heard.day.is_some() || heard.clock.is_some();
    };
    let open = form.day.map_or(&[][..], |day| turn.calendar.on(day));
    let same = |a: Option<u16>| a == form.clock.map(|c| c.resolve(form.part, open));
    let service = heard
        .service
        .and_then(|i| turn.ask.business.services.get(i));
    heard.day.is_some_and(|day| Some(day) != form.day)
        || heard
            .clock
            .is_some_and(|c| !same(Some(c.resolve(heard.part, open))))
        || heard.phone.as_deref().is_some_and(|said| {
            let kept: String = form
                .phone
                .iter()
                .flat_map(|p| p.chars())
                .filter(char::is_ascii_digit)
                .collect();
            !kept.ends_with(said.trim_start_matches('+'))
        })
        || heard
            .name
            .as_ref()
            .is_some_and(|said| Some(said) != form.name.as_ref())
        || service.is_some_and(|s| Some(&s.name) != form.service.as_ref())
}

/// A yes with nothing around it.
pub fn is_plain(heard: &Heard) -> bool {
    heard.tokens.len() <= 6
        && !heard.is_question()
        && answer(&heard.tokens) == Answer::Yes
        && heard.day.is_none()
        && heard.clock.is_none()
        && heard.phone.is_none()
        && heard.name.is_none()
        && heard.service.is_none()
}
