//! Yes, no, and the other short things people say to a machine on the phone.

use super::{
    phrases::{
        ALL_DONE, ASKS, BYE, DOUBT, LEAVE, MACHINE, MESSAGE, NO, OTHERS, PEOPLE, REACH, REPEAT,
        YES, YES_AFTER_ALL,
    },
    words::{Token, line},
};

/// An answer to a question that takes yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes, without doubt.
    Yes,
    /// No.
    No,
    /// Neither, or both.
    Unclear,
}

/// What the words answer. A doubt, a question or a long speech is unclear; a no beside a yes is a no.
pub fn answer(tokens: &[Token]) -> Answer {
    let mut text = line(tokens);
    let mut yes = false;
    for phrase in YES_AFTER_ALL {
        if let Some(at) = text.find(&format!(" {phrase} ")) {
            text.replace_range(at..at + phrase.len() + 1, " yes");
            yes = true;
        }
    }
    if any(&text, &["not sure", "don't know", "let me think"]) {
        return Answer::Unclear;
    }
    if any(&text, NO) {
        return Answer::No;
    }
    yes |= any(&text, YES);
    if any(&text, DOUBT) || tokens.len() > 12 {
        return Answer::Unclear;
    }
    if yes { Answer::Yes } else { Answer::Unclear }
}

fn any(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|p| text.contains(&format!(" {p} ")))
}

/// Something that can be said at any point of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// Is this a human?
    Human,
    /// Say that again.
    Repeat,
    /// Goodbye.
    Bye,
    /// There is nothing else.
    AllDone,
    /// Drop what we are doing.
    Leave,
    /// Give me a person.
    Person,
    /// I want to leave a message.
    Message,
}

/// The aside in these words, if there is one. The question for a human comes before everything else.
pub fn aside(tokens: &[Token]) -> Option<Aside> {
    let text = line(tokens);
    if asks_human(&text) {
        return Some(Aside::Human);
    }
    let short = tokens.len() <= 2;
    if any(&text, REPEAT)
        || (short
            && [" what ", " huh ", " sorry ", " sorry what ", " excuse me "]
                .contains(&text.as_str()))
    {
        return Some(Aside::Repeat);
    }
    if asks_person(&text, tokens.len()) {
        return Some(Aside::Person);
    }
    let table = [
        (MESSAGE, Aside::Message),
        (LEAVE, Aside::Leave),
        (BYE, Aside::Bye),
        (ALL_DONE, Aside::AllDone),
    ];
    table
        .into_iter()
        .find(|(phrases, _)| any(&text, phrases))
        .map(|(_, aside)| aside)
}

/// `are you a robot`, `is this a real person`, `am i talking to a machine`; but not `are you able to get me a person`.
fn asks_human(text: &str) -> bool {
    ASKS.iter().any(|ask| {
        text.match_indices(ask).any(|(at, _)| {
            let rest: Vec<&str> = text[at + ask.len()..].split(' ').take(7).collect();
            let near = format!(" {} ", rest.join(" "));
            let hit = MACHINE
                .iter()
                .filter_map(|m| near.find(&format!(" {m} ")))
                .min();
            hit.is_some_and(|hit| !OTHERS.iter().any(|o| near[..=hit].contains(o)))
        })
    })
}

fn asks_person(text: &str, len: usize) -> bool {
    let person = any(text, PEOPLE);
    (person && any(text, REACH))
        || (person
            && len <= 3
            && any(
                text,
                &[
                    "operator",
                    "representative",
                    "agent",
                    "human",
                    "person",
                    "receptionist",
                    "reception",
                    "someone",
                ],
            ))
        || any(
            text,
            &[
                "transfer me",
                "put me through",
                "connect me",
                "transfer this call",
                "transfer my call",
            ],
        )
}
