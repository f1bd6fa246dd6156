//! Small talk, farewells, and saying that we did not understand.

use super::{
    cues,
    question::question,
    state::{Open, Task},
    turn::Turn,
};
use crate::{
    greeting::{greeting, spoken_name, the},
    hear::pick::{STOP, pick},
    reply::Then,
    say,
};

/// Says the open question again.
pub fn reask(turn: &mut Turn) {
    let question = question(turn);
    turn.say(question);
}

/// The truth, whenever somebody asks whether this is a human.
pub fn machine(turn: &mut Turn) {
    let name = spoken_name(&turn.business()).to_owned();
    turn.say(format!(
        "I'm the automated assistant of {name}, not a human."
    ));
    match (turn.state.open, turn.business().transfer.first()) {
        (Open::Nothing | Open::Anything, Some(person)) => turn.say(format!(
            "I can help you here, or put you through to {}.",
            the(&person.label)
        )),
        (Open::Nothing | Open::Anything, None) => {
            turn.say("I can help you here, or take a message.")
        }
        _ => reask(turn),
    }
}

/// Says the last reply again.
pub fn repeat(turn: &mut Turn) {
    let last = turn
        .ask
        .history
        .iter()
        .rev()
        .map(|e| e.agent.trim())
        .find(|a| !a.is_empty())
        .map(str::to_owned);
    let last = last.unwrap_or_else(|| greeting(&turn.business()));
    turn.say(last);
}

/// Says goodbye and ends the call.
pub fn farewell(turn: &mut Turn) {
    let name = spoken_name(&turn.business()).to_owned();
    let unfinished = match &turn.state.task {
        Task::Book(form) if turn.state.open != Open::OfferBook => Some(if form.moving.is_some() {
            "Okay, I haven't changed anything."
        } else {
            "Okay, I haven't booked anything."
        }),
        Task::Cancel(_) => Some("Okay, I haven't cancelled anything."),
        _ => None,
    };
    if let Some(unfinished) = unfinished {
        turn.say(unfinished);
    }
    turn.say(format!("Thank you for calling {name}. Goodbye!"));
    turn.state.rest(Open::Nothing);
    turn.then = Some(Then::HangUp);
}

/// Drops what is being done.
pub fn leave(turn: &mut Turn) {
    turn.say(match &turn.state.task {
        Task::Book(form) if form.moving.is_some() => "Okay, I'll leave it as it is.",
        Task::Book(_) => "Okay, I won't book anything.",
        Task::Cancel(_) => "Okay, I'll leave it as it is.",
        Task::Note(_) => "Okay, no message.",
        _ => "No problem.",
    });
    turn.state.rest(Open::Anything);
    reask(turn);
}

/// Hands the caller to a person: the one they name, else the first of the list; with an empty list, a message.
pub fn person(turn: &mut Turn) {
    let business = turn.business();
    let names = business.transfer.iter().map(|t| {
        std::iter::once(t.label.as_str())
            .chain(t.aliases.iter().map(String::as_str))
            .collect()
    });
    let named = pick(&turn.heard.tokens, names, false).and_then(|i| business.transfer.get(i));
    let Some(person) = named.or(business.transfer.first()) else {
        turn.say("I can't put you through to anybody right now.");
        turn.state.rest(Open::OfferMessage);
        return reask(turn);
    };
    turn.say(format!(
        "One moment, I'm putting you through to {}.",
        the(&person.label)
    ));
    turn.state.rest(Open::Nothing);
    turn.then = Some(Then::Transfer(person.label.clone()));
}

/// The place in the list of people of the one that was asked for by name; `Some(None)` when it is nobody on the list.
pub fn names_person(turn: &Turn) -> Option<Option<usize>> {
    if !turn.heard.says(&[
        "speak to",
        "speak with",
        "talk to",
        "talk with",
        "transfer",
        "put me through",
        "connect me",
        "reach",
    ]) {
        return None;
    }
    let business = &turn.ask.business;
    let names = business.transfer.iter().map(|t| {
        std::iter::once(t.label.as_str())
            .chain(t.aliases.iter().map(String::as_str))
            .collect()
    });
    Some(pick(&turn.heard.tokens, names, false))
}

/// Small talk. False when it was none.
pub fn small_talk(turn: &mut Turn) -> bool {
    if turn.heard.says(cues::WAIT) {
        turn.say("Take your time.");
        return true;
    }
    let Some(text) = pleasantry(turn) else {
        return false;
    };
    turn.say(text);
    if turn.state.task == Task::Idle && turn.heard.says(cues::THANKS) {
        turn.state.open = Open::Anything;
    }
    if turn.state.open == Open::Nothing {
        turn.say("How can I help you?");
    } else {
        reask(turn);
    }
    true
}

fn pleasantry(turn: &Turn) -> Option<String> {
    let says = |cue| turn.heard.says(cue);
    let fixed = if says(cues::THERE) {
        "Yes, I can hear you."
    } else if says(cues::HOW_ARE_YOU) {
        "I'm doing well, thank you."
    } else if says(cues::WHO) {
        return Some(format!(
            "I'm the automated assistant of {}.",
            spoken_name(&turn.ask.business)
        ));
    } else if says(cues::HELP) {
        "I can answer questions, book, move or cancel an appointment, and take a message."
    } else if says(cues::NOW) {
        return Some(present(turn));
    } else if says(cues::THANKS) {
        "You're welcome."
    } else if says(cues::HELLO) {
        "Hello!"
    } else {
        return None;
    };
    Some(fixed.to_owned())
}

fn present(turn: &Turn) -> String {
    let minute =
        u16::try_from(i32::from(turn.now.hour()) * 60 + i32::from(turn.now.minute())).unwrap_or(0);
    format!(
        "It's {} here, on {}.",
        say::time(minute),
        say::day(turn.today(), turn.today())
    )
}

/// Not understood: a question that we cannot answer leads to a message; noise is asked for again, and twice in a row
/// leads to a message or the keypad.
pub fn lost(turn: &mut Turn) {
    if is_sentence(turn) {
        turn.state.misses = 0;
        turn.say("I'm sorry, I don't know that.");
        if turn.state.task == Task::Idle {
            turn.state.open = Open::OfferMessage;
        }
        return reask(turn);
    }
    turn.state.misses = turn.state.misses.saturating_add(1);
    if turn.state.misses < 2 {
        let known = turn.state.open == Open::Service && !turn.heard.is_noise();
        turn.say(if known {
            "Sorry, that's nothing I can book."
        } else {
            "Sorry, I didn't catch that."
        });
        return reask(turn);
    }
    turn.say("I'm sorry, I still didn't catch that.");
    let person = turn.business().transfer.first().map(|p| the(&p.label));
    let zero = person.map_or_else(
        || "press zero to leave a message".to_owned(),
        |p| format!("press zero to reach {p}"),
    );
    match turn.state.open {
        Open::Nothing | Open::Anything | Open::OfferMessage => {
            turn.state.rest(Open::OfferMessage);
            turn.say(format!("You can {zero}."));
        }
        Open::Phone => turn.say(format!(
            "You can type the number on your keypad, or {zero}."
        )),
        open if open.is_yes_no() => {
            turn.say(format!("You can press one for yes, two for no, or {zero}."))
        }
        _ => turn.say(format!("You can also {zero}.")),
    }
    reask(turn);
}

/// True for what sounds like a sentence of English: a question with a word of meaning, or several words of glue.
fn is_sentence(turn: &Turn) -> bool {
    let tokens = &turn.heard.tokens;
    if tokens.len() > 60 || turn.heard.is_noise() {
        return false;
    }
    let glue = tokens.iter().filter(|t| t.is(STOP)).count();
    let asked = tokens.first().is_some_and(|_| turn.heard.is_question()) && glue >= 1;
    let meant = tokens.len() > glue;
    meant
        && ((asked && tokens.len() >= 3)
            || (glue >= 2 && tokens.len() >= 4 && glue * 4 >= tokens.len()))
}
