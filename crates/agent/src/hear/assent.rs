//! Yes, no, and the other short things people say to a machine on the phone.

use super::words::{Token, line};

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

const YES: &[&str] = &[
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
    "please",
    "affirmative",
    "indeed",
    "aye",
    "certainly",
    "great",
    "fine",
    "totally",
    "uh huh",
    "mm hm",
    "mhm",
    "of course",
    "go ahead",
    "sounds good",
    "do it",
    "book it",
    "that works",
    "works for me",
    "by all means",
    "it is",
    "that's it",
    "i do",
    "i would",
    "why not",
    "all good",
    "good",
    "you bet",
    "si",
    "i think so",
    "cancel it",
    "that'll do",
    "let's do it",
    "yess",
];
const NO: &[&str] = &[
    "no",
    "nope",
    "nah",
    "not",
    "don't",
    "dont",
    "wrong",
    "incorrect",
    "never",
    "neither",
    "none",
    "negative",
    "isn't",
    "isnt",
    "can't",
    "cant",
    "doesn't",
    "doesnt",
    "wait",
    "hold on",
    "hang on",
    "stop",
    "won't",
    "nay",
    "rather not",
];
/// Phrases with a `no` in them that mean yes.
const YES_AFTER_ALL: &[&str] = &[
    "no problem",
    "no worries",
    "not a problem",
    "why not",
    "no that's right",
    "no that's fine",
    "no that's correct",
    "no it's right",
    "no that is right",
    "no that's good",
    "no that's perfect",
    "no it's fine",
    "don't see why not",
    "no changes",
    "nothing wrong",
];
const DOUBT: &[&str] = &[
    "maybe",
    "perhaps",
    "not sure",
    "let me think",
    "i guess",
    "if",
    "unless",
    "depends",
    "possibly",
    "what",
    "when",
    "where",
    "how",
    "who",
    "which",
    "why",
    "or",
];

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

const BYE: &[&str] = &[
    "bye",
    "goodbye",
    "good bye",
    "bye bye",
    "hang up",
    "have a good day",
    "have a nice day",
    "see you",
    "talk to you later",
    "good night",
];
const ALL_DONE: &[&str] = &[
    "that's all",
    "thats all",
    "that is all",
    "that's everything",
    "that will be all",
    "that'll be all",
    "nothing else",
    "i'm done",
    "im done",
    "we're done",
    "that's it",
    "no more",
    "i'm good",
    "im good",
    "all set",
    "i'm all set",
    "i'm fine",
];
const LEAVE: &[&str] = &[
    "never mind",
    "nevermind",
    "forget it",
    "forget about it",
    "forget that",
    "leave it",
    "changed my mind",
    "don't bother",
    "don't book",
    "not interested",
    "start over",
    "skip it",
    "drop it",
    "stop this",
];
const REPEAT: &[&str] = &[
    "say that again",
    "say it again",
    "repeat that",
    "repeat it",
    "repeat please",
    "please repeat",
    "can you repeat",
    "could you repeat",
    "come again",
    "what was that",
    "what did you say",
    "say again",
    "pardon",
    "pardon me",
    "one more time",
    "didn't hear you",
    "didn't hear that",
    "didn't catch that",
    "didn't get that",
    "excuse me what",
    "repeat",
    "i can't hear you",
];
const MESSAGE: &[&str] = &[
    "leave a message",
    "take a message",
    "leave message",
    "send a message",
    "pass on a message",
    "pass a message",
    "give them a message",
    "give him a message",
    "give her a message",
    "leave a note",
    "have someone call me",
    "have somebody call me",
    "call me back",
    "give me a call back",
    "leave a voicemail",
    "leave word",
    "get a call back",
    "get a callback",
];
const MACHINE: &[&str] = &[
    "human",
    "person",
    "robot",
    "bot",
    "machine",
    "computer",
    "ai",
    "recording",
    "automated",
    "real",
    "artificial",
    "chatbot",
    "voicemail",
    "program",
    "software",
    "living",
    "people",
    "somebody real",
    "alive",
    "chatgpt",
    "a.i",
];
const PEOPLE: &[&str] = &[
    "human",
    "person",
    "someone",
    "somebody",
    "operator",
    "representative",
    "agent",
    "people",
    "staff",
    "receptionist",
    "manager",
    "reception",
    "anyone",
    "anybody",
    "rep",
    "attendant",
    "owner",
    "boss",
];
const REACH: &[&str] = &[
    "speak to",
    "speak with",
    "talk to",
    "talk with",
    "transfer",
    "connect me",
    "put me through",
    "get me",
    "give me",
    "speaking to",
    "speaking with",
    "talking to",
    "talking with",
    "i want",
    "i need",
    "can i have",
    "can i get",
    "is there",
    "pass me to",
    "hand me",
    "reach",
];

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
    const ASKS: [&str; 18] = [
        " are you ",
        " are u ",
        " you are ",
        " you're ",
        " youre ",
        " is this ",
        " is that ",
        " this is ",
        " am i talking to ",
        " am i speaking to ",
        " am i speaking with ",
        " am i talking with ",
        " you a ",
        " you an ",
        " sound like ",
        " is it ",
        " aren't you ",
        " isn't this ",
    ];
    const OTHERS: [&str; 13] = [
        " talk ",
        " speak ",
        " transfer ",
        " connect ",
        " get ",
        " put ",
        " let ",
        " reach ",
        " able ",
        " going ",
        " take ",
        " open ",
        " book ",
    ];
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
