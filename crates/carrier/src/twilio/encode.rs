//! [`Document`] to TwiML.
//!
//! Text is cleaned and cut, because it comes from models and callers; everything else is checked
//! and refused, because it comes from our own code and a wrong value is a bug.

use crate::document::{Document, DocumentError, Gather, GatherInput, SpeechTimeout, Verb};
use crate::webhook::is_e164;

use super::element::{Element, xml_text};

/// Largest document Twilio reads, in bytes (error 11750).
pub const DOCUMENT_LIMIT_BYTES: usize = 64 * 1024;
/// Longest text of one `<Say>`, in characters, for every voice family (error 13521).
pub const SAY_LIMIT_CHARS: usize = 3000;
/// Longest URL, in bytes.
const URL_LIMIT_BYTES: usize = 4000;
const HINTS_LIMIT: usize = 500;
const HINT_LIMIT_CHARS: usize = 100;

/// Writes a document as TwiML, with an XML declaration at byte 0.
///
/// # Errors
/// [`DocumentError`] when verbs are misplaced, unreachable, carry a value Twilio refuses, or when
/// the result is over 64 kB.
pub fn encode(document: &Document) -> Result<String, DocumentError> {
    check_order(&document.verbs)?;
    let mut response = Element::new("Response");
    for verb in &document.verbs {
        response = add(response, verb)?;
    }
    let xml = response.write();
    if xml.len() > DOCUMENT_LIMIT_BYTES {
        return Err(DocumentError::TooLarge {
            bytes: xml.len(),
            limit: DOCUMENT_LIMIT_BYTES,
        });
    }
    Ok(xml)
}

fn check_order(verbs: &[Verb]) -> Result<(), DocumentError> {
    for (index, verb) in verbs.iter().enumerate() {
        if matches!(verb, Verb::Reject { .. }) && verbs.len() > 1 {
            return Err(DocumentError::NotAlone { verb: "Reject" });
        }
        if let Some(before) = verbs[..index].iter().find(|v| v.is_final()) {
            return Err(DocumentError::Unreachable {
                index,
                verb: verb.name(),
                after: before.name(),
            });
        }
    }
    Ok(())
}

fn add(parent: Element, verb: &Verb) -> Result<Element, DocumentError> {
    Ok(match verb {
        Verb::Say {
            text,
            voice,
            language,
        } => {
            let voice = checked(voice, |v| token("Say", "voice", v))?;
            let language = checked(language, |v| token("Say", "language", v))?;
            add_say(parent, text, voice, language)
        }
        Verb::Play { url } => parent.child(Element::new("Play").text(link("Play", "url", url)?)),
        Verb::Pause { seconds } => {
            let length = within("Pause", "seconds", *seconds, 1..=600)?;
            parent.child(Element::new("Pause").attribute("length", length))
        }
        Verb::Gather { gather, children } => parent.child(gather_element(gather, children)?),
        Verb::Redirect { url } => {
            let element = Element::new("Redirect").attribute("method", "POST");
            parent.child(element.text(link("Redirect", "url", url)?))
        }
        Verb::Hangup => parent.child(Element::new("Hangup")),
        Verb::Reject { busy } => {
            let reason = if *busy { "busy" } else { "rejected" };
            parent.child(Element::new("Reject").attribute("reason", reason))
        }
        Verb::Dial {
            number,
            action,
            timeout_s,
            caller_id,
        } => parent.child(dial_element(number, action, *timeout_s, caller_id)?),
    })
}

fn add_say(parent: Element, text: &str, voice: Option<&str>, language: Option<&str>) -> Element {
    let text = xml_text(text);
    let pieces = cut_at_words(text.trim(), SAY_LIMIT_CHARS);
    pieces.into_iter().fold(parent, |parent, piece| {
        let say = Element::new("Say")
            .maybe("voice", voice)
            .maybe("language", language);
        parent.child(say.text(piece))
    })
}

/// Cuts text into pieces of at most `limit` characters, at white space where there is some.
fn cut_at_words(mut text: &str, limit: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    while let Some((end, _)) = text.char_indices().nth(limit) {
        let space = text[..end].rfind(char::is_whitespace).filter(|at| *at > 0);
        let (piece, rest) = text.split_at(space.unwrap_or(end));
        pieces.push(piece.trim_end());
        text = rest.trim_start();
    }
    if !text.is_empty() {
        pieces.push(text);
    }
    pieces
}

fn gather_element(gather: &Gather, children: &[Verb]) -> Result<Element, DocumentError> {
    let timeout = within("Gather", "timeout_s", gather.timeout_s, 1..=600)?;
    let language = checked(&gather.language, |v| token("Gather", "language", v))?;
    let model = checked(&gather.speech_model, |v| token("Gather", "speech_model", v))?;
    let finish = checked(&gather.finish_on_key, finish_key)?;
    let digits = match gather.num_digits {
        Some(n) => Some(within("Gather", "num_digits", n, 1..=100)?),
        None => None,
    };
    let mut element = Element::new("Gather")
        .attribute("input", input_words(gather.input))
        .attribute("action", link("Gather", "action", &gather.action)?)
        .attribute("method", "POST")
        .attribute("timeout", timeout)
        .maybe("speechTimeout", speech_timeout(gather)?)
        .maybe("numDigits", digits)
        .maybe("finishOnKey", finish)
        .maybe("hints", hints(&gather.hints))
        .maybe("language", language)
        .maybe("speechModel", model)
        .maybe("bargeIn", gather.barge_in.map(|b| b.to_string()))
        .maybe(
            "profanityFilter",
            gather.profanity_filter.map(|b| b.to_string()),
        );
    if gather.action_on_empty {
        element = element.attribute("actionOnEmptyResult", "true");
    }
    add_prompt(element, children)
}

/// What the caller hears while we listen.
fn add_prompt(mut element: Element, children: &[Verb]) -> Result<Element, DocumentError> {
    for child in children {
        if !matches!(
            child,
            Verb::Say { .. } | Verb::Play { .. } | Verb::Pause { .. }
        ) {
            return Err(DocumentError::Nesting {
                parent: "Gather",
                child: child.name(),
            });
        }
        element = add(element, child)?;
    }
    Ok(element)
}

fn input_words(input: GatherInput) -> &'static str {
    match input {
        GatherInput::Speech => "speech",
        GatherInput::Digits => "dtmf",
        GatherInput::Both => "dtmf speech",
    }
}

fn speech_timeout(gather: &Gather) -> Result<Option<String>, DocumentError> {
    match (gather.speech_timeout, gather.input) {
        (_, GatherInput::Digits) => Ok(None),
        (SpeechTimeout::Seconds(s), _) => Ok(Some(within("Gather", "speech_timeout", s, 1..=60)?)),
        (SpeechTimeout::Auto, _) if gather.speech_model.is_some() => Err(bad(
            "Gather",
            "speech_timeout",
            "must be a number of seconds when a speech model is named",
            "auto",
        )),
        (SpeechTimeout::Auto, _) => Ok(Some("auto".to_owned())),
    }
}

/// Hints are advice, so they are cut to Twilio's limits instead of refused.
fn hints(hints: &[String]) -> Option<String> {
    let clean = hints.iter().take(HINTS_LIMIT).filter_map(|hint| {
        let words = hint.replace(|c: char| c == ',' || c.is_control(), " ");
        let cut: String = words.trim().chars().take(HINT_LIMIT_CHARS).collect();
        (!cut.is_empty()).then_some(cut)
    });
    let list = clean.collect::<Vec<_>>().join(",");
    (!list.is_empty()).then_some(list)
}

fn dial_element(
    number: &str,
    action: &Option<String>,
    timeout_s: Option<u32>,
    caller_id: &Option<String>,
) -> Result<Element, DocumentError> {
    let timeout = match timeout_s {
        Some(s) => Some(within("Dial", "timeout_s", s, 1..=600)?),
        None => None,
    };
    let action = checked(action, |url| link("Dial", "action", url))?;
    let dial = Element::new("Dial")
        .maybe("action", action)
        .maybe("method", action.map(|_| "POST"))
        .maybe("timeout", timeout)
        .maybe(
            "callerId",
            checked(caller_id, |n| e164("Dial", "caller_id", n))?,
        );
    Ok(dial.child(Element::new("Number").text(e164("Dial", "number", number)?)))
}

fn checked<'a, F>(value: &'a Option<String>, check: F) -> Result<Option<&'a str>, DocumentError>
where
    F: Fn(&'a str) -> Result<&'a str, DocumentError>,
{
    value.as_deref().map(check).transpose()
}

fn within(
    verb: &'static str,
    field: &'static str,
    value: u32,
    range: std::ops::RangeInclusive<u32>,
) -> Result<String, DocumentError> {
    if range.contains(&value) {
        return Ok(value.to_string());
    }
    let problem = "outside the range the carrier accepts";
    Err(bad(verb, field, problem, &value.to_string()))
}

fn link<'a>(
    verb: &'static str,
    field: &'static str,
    url: &'a str,
) -> Result<&'a str, DocumentError> {
    let rooted = url.starts_with('/') && !url.starts_with("//");
    let absolute = url.starts_with("https://") || url.starts_with("http://");
    let problem = if !rooted && !absolute {
        "must start with https://, http:// or /"
    } else if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        "holds white space or control characters"
    } else if url.len() > URL_LIMIT_BYTES {
        "is longer than 4000 bytes"
    } else {
        return Ok(url);
    };
    Err(bad(verb, field, problem, url))
}

fn token<'a>(
    verb: &'static str,
    field: &'static str,
    v: &'a str,
) -> Result<&'a str, DocumentError> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.:".contains(&b);
    if !v.is_empty() && v.len() <= 100 && v.bytes().all(fits) {
        return Ok(v);
    }
    let problem = "must be 1 to 100 letters, digits or -_.:";
    Err(bad(verb, field, problem, v))
}

fn e164<'a>(verb: &'static str, field: &'static str, v: &'a str) -> Result<&'a str, DocumentError> {
    if is_e164(v) {
        return Ok(v);
    }
    let problem = "must be an E.164 number such as +61255501234";
    Err(bad(verb, field, problem, v))
}

fn finish_key(key: &str) -> Result<&str, DocumentError> {
    if key.is_empty() || (key.len() == 1 && key.bytes().all(|b| b"0123456789*#".contains(&b))) {
        return Ok(key);
    }
    let problem = "must be one of 0-9 * # or empty";
    Err(bad("Gather", "finish_on_key", problem, key))
}

fn bad(verb: &'static str, field: &'static str, problem: &'static str, got: &str) -> DocumentError {
    DocumentError::Value {
        verb,
        field,
        problem,
        got: got.chars().take(80).collect(),
    }
}
