//! Taking a message: what, who, and which number; kept once.

use text::FillerClass;

use super::{
    contact::{Number, number},
    question::question,
    state::{Note, Open, Task},
    turn::Turn,
};
use crate::{
    desk::Message,
    hear::{
        assent::{Answer, answer},
        name::correction,
    },
};

/// Longest message, characters.
const MAX_TEXT: usize = 600;

/// Begins a message with what was said in this turn.
pub async fn start(turn: &mut Turn) {
    let note = Note {
        text: told(&turn.heard.text),
        name: turn.heard.name.clone().or_else(|| turn.state.name.clone()),
        phone: turn.state.phone.clone(),
        digits: String::new(),
    };
    turn.say("Of course.");
    turn.state.task = Task::Note(note);
    advance(turn).await;
}

/// `tell them that I'm running late`: the message itself, when it was said at once.
fn told(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let cues = [
        "tell them ",
        "tell him ",
        "tell her ",
        "let them know ",
        "the message is ",
        "message is ",
        "saying ",
    ];
    let (at, cue) = cues
        .iter()
        .find_map(|cue| lower.find(cue).map(|at| (at, *cue)))?;
    let rest = text.get(at + cue.len()..)?.trim();
    let rest = rest.strip_prefix("that ").unwrap_or(rest);
    (rest.split_whitespace().count() >= 2).then(|| cut(rest))
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

async fn advance(turn: &mut Turn) {
    let caller = turn.caller().is_some();
    let Task::Note(note) = &turn.state.task else {
        return;
    };
    let open = if note.text.is_none() {
        Open::Text
    } else if note.name.is_none() {
        Open::Name
    } else if note.phone.is_none() {
        if caller {
            Open::CallerPhone
        } else {
            Open::Phone
        }
    } else {
        return send(turn).await;
    };
    turn.state.open = open;
    let question = question(turn);
    turn.say(question);
}

/// Goes on with a message. False when the words say nothing about it.
pub async fn hear(turn: &mut Turn) -> bool {
    let Task::Note(mut note) = turn.state.task.clone() else {
        return false;
    };
    let understood = match turn.state.open {
        Open::Text => text(turn, &mut note),
        Open::Name => name(turn, &mut note),
        Open::CallerPhone | Open::Phone => phone(turn, &mut note),
        Open::Confirm => match answer(&turn.heard.tokens) {
            Answer::Yes => true,
            Answer::No => {
                note.text = None;
                true
            }
            Answer::Unclear => false,
        },
        _ => false,
    };
    let asks_number = turn.state.open == Open::Phone && note.phone.is_none();
    turn.state.task = Task::Note(note);
    if !understood {
        return false;
    }
    if asks_number {
        let question = question(turn);
        turn.say(question);
    } else {
        advance(turn).await;
    }
    true
}

fn text(turn: &Turn, note: &mut Note) -> bool {
    let text = turn.heard.text.trim();
    if turn.heard.tokens.is_empty() {
        return false;
    }
    note.text = Some(cut(text));
    // "It's Sam Lee, please call me" answers the next question too.
    if note.name.is_none() {
        note.name.clone_from(&turn.heard.name);
    }
    if let Some(Number::Whole(whole)) = number(turn, "") {
        note.phone = Some(whole);
    }
    true
}

fn name(turn: &Turn, note: &mut Note) -> bool {
    let corrected = correction(&turn.heard.tokens).map(|(_, right)| right);
    let Some(name) = corrected.or_else(|| turn.heard.name.clone()) else {
        return false;
    };
    note.name = Some(name);
    if let Some(Number::Whole(whole)) = number(turn, "") {
        note.phone = Some(whole);
    }
    true
}

fn phone(turn: &mut Turn, note: &mut Note) -> bool {
    match number(turn, &note.digits) {
        Some(Number::Whole(whole)) => note.phone = Some(whole),
        Some(Number::Part(part)) => note.digits = part,
        Some(Number::Bad) => {
            note.digits.clear();
            turn.say("That doesn't sound like a whole number.");
        }
        None => match (turn.state.open, answer(&turn.heard.tokens)) {
            (Open::CallerPhone, Answer::Yes) => note.phone = turn.caller().map(str::to_owned),
            (Open::CallerPhone, Answer::No) => turn.state.open = Open::Phone,
            // Who does not want to be called back leaves a message all the same.
            (Open::Phone, Answer::No) => note.phone = Some(String::new()),
            _ => return false,
        },
    }
    true
}

/// Keeps the message, and says so.
pub async fn send(turn: &mut Turn) {
    let Task::Note(note) = turn.state.task.clone() else {
        return;
    };
    let name = note.name.unwrap_or_default();
    let message = Message {
        business: turn.ask.business.id.clone(),
        name: name.clone(),
        phone: note.phone.clone().unwrap_or_default(),
        text: note.text.unwrap_or_default(),
    };
    let (desk, key) = (turn.desk.clone(), turn.key());
    match turn
        .using(
            "message.keep",
            FillerClass::Note,
            desk.message(key, message),
        )
        .await
    {
        Ok(()) => {
            turn.say(format!(
                "Thank you, {name}. I've written that down and will pass it on."
            ));
            turn.state.name = Some(name);
            turn.state.phone = note.phone.filter(|p| !p.is_empty());
        }
        Err(_) => {
            turn.say("I'm sorry, I can't write anything down right now. Please call again later.")
        }
    }
    turn.state.rest(Open::Anything);
    let question = question(turn);
    turn.say(question);
}
