//! The lines that are spoken without being asked: the greeting, the nudges, the apologies.

use crate::{
    business::Business,
    hear::words::{line, tokens},
};

/// Words that say that this is a machine.
const DISCLOSES: [&str; 14] = [
    "automated",
    "automatic",
    "virtual assistant",
    "virtual receptionist",
    "virtual agent",
    "ai",
    "a.i",
    "artificial",
    "robot",
    "bot",
    "digital assistant",
    "machine",
    "computer",
    "chatbot",
];
/// Words before one of those that take it back.
const DENIES: [&str; 6] = ["not", "no", "never", "isn't", "aren't", "without"];

/// What the caller hears first. It says in one utterance that this is a machine, unless `disclosure` is off for a reason;
/// a custom greeting that does not say so gets our words in front.
pub fn greeting(business: &Business) -> String {
    let name = spoken_name(business);
    let custom = business.greeting.trim();
    let off = is_off(business);
    match (custom.is_empty(), off) {
        (true, true) => format!("Hello, this is {name}. How can I help you?"),
        (true, false) => {
            format!("Hello, this is the automated assistant of {name}. How can I help you?")
        }
        (false, true) => custom.to_owned(),
        (false, false) if discloses(custom) => custom.to_owned(),
        (false, false) => format!(
            "Hello, this is the automated assistant of {name}. {}",
            without_hello(custom)
        ),
    }
}

/// True when the text says that a machine is speaking.
pub fn discloses(text: &str) -> bool {
    let tokens = tokens(&text.replace("A.I.", "AI"));
    let text = line(&tokens);
    DISCLOSES.iter().any(|phrase| {
        text.match_indices(&format!(" {phrase} ")).any(|(at, _)| {
            let before: Vec<&str> = text[..at].split_whitespace().rev().take(4).collect();
            !before.iter().any(|w| DENIES.contains(w))
        })
    })
}

/// True when saying so was turned off, and a reason was given; without one it stays on.
pub fn is_off(business: &Business) -> bool {
    business.disclosure.mode == "off" && !business.disclosure.reason.trim().is_empty()
}

/// The name as it is spoken; never empty.
pub fn spoken_name(business: &Business) -> &str {
    let name = business.name.trim();
    if name.is_empty() {
        "the front desk"
    } else {
        name
    }
}

/// The custom greeting without its own hello, which ours already said.
fn without_hello(text: &str) -> String {
    let lower = text.to_lowercase();
    for hello in ["hello", "hi there", "hi", "hey", "good day"] {
        if let Some(rest) = lower.strip_prefix(hello)
            && rest.starts_with([',', '!', '.', ' '])
            && text.is_char_boundary(hello.len())
        {
            let rest = text[hello.len()..].trim_start_matches([',', '!', '.', ' ']);
            return crate::say::capital(rest);
        }
    }
    text.to_owned()
}

/// What is said into a caller's silence (CALLER §2.4), in order: a repeat of what was asked or whether they are there, then
/// the same with a key to press, then the goodbye. Always three lines; the last one ends the call.
pub fn nudges(business: &Business, last_question: Option<&str>) -> Vec<String> {
    let key = match business.transfer.first() {
        Some(person) => format!("press zero to reach {}", the(&person.label)),
        None => "press zero to leave a message".to_owned(),
    };
    let (first, second) = match last_question.map(str::trim).filter(|q| !q.is_empty()) {
        Some(question) => (
            question.to_owned(),
            format!("{question} You can also {key}."),
        ),
        None => (
            "Are you still there?".to_owned(),
            "How can I help you?".to_owned()
                + &format!(" You can say it in your own words, or {key}."),
        ),
    };
    vec![
        first,
        format!("I can't hear you. {second}"),
        format!(
            "I still can't hear anything, so I'll hang up now. Thank you for calling {}. Goodbye!",
            spoken_name(business)
        ),
    ]
}

/// `the reception`, unless the label already has an article or is a name.
pub fn the(label: &str) -> String {
    let label = label.trim();
    let named = label.starts_with(char::is_uppercase);
    let article = ["the ", "a ", "an ", "our "]
        .iter()
        .any(|a| label.starts_with(a));
    if named || article || label == "reception" {
        label.to_owned()
    } else {
        format!("the {label}")
    }
}

/// Said when a reply failed.
pub fn apology() -> &'static str {
    "I'm sorry, something went wrong on my side. Could you say that again?"
}

/// Said when a reply broke off after its first sentences.
pub fn lost_thread() -> &'static str {
    "I'm sorry, I lost my thread there. What else can I do for you?"
}

/// Said when a reply takes longer than anyone should wait.
pub fn hold_fallback() -> &'static str {
    "I'm sorry, this is taking longer than it should. Shall I take a message?"
}
