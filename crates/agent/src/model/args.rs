//! The arguments of a tool call, read into types that cannot be wrong, or refused.
//!
//! The decision: nothing about whose call it is comes in here. Business, call, turn and the caller's number are the
//! call's own; an argument that nobody asked for is refused, not ignored.

use jiff::civil::Date;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::port::ToolCall;
use crate::hear::words::clean;

/// Longest name, characters.
const NAME: usize = 60;
/// Longest message or question, characters.
const TEXT: usize = 600;

/// Why a call was not carried out: a code for the model, and a hint that holds no words of the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code, such as `bad_arguments`.
    pub code: &'static str,
    /// What to do about it.
    pub hint: String,
}

/// A refusal with this code and hint.
pub fn refuse<T>(code: &'static str, hint: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal {
        code,
        hint: hint.into(),
    })
}

impl Refusal {
    /// As it goes back to the model.
    pub fn json(&self) -> Value {
        json!({"error": self.code, "hint": self.hint})
    }
}

/// A tool call whose arguments have the right types.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// What does the business say about this?
    LookUp { question: String },
    /// Which times are free?
    FindFreeTimes {
        service: String,
        day: Date,
        minute: Option<u16>,
    },
    /// Book.
    Book {
        service: String,
        day: Date,
        minute: u16,
        name: String,
        phone: Option<String>,
    },
    /// Which bookings has the caller?
    FindBookings { phone: Option<String> },
    /// Move a booking.
    Move {
        booking: String,
        day: Date,
        minute: u16,
        phone: Option<String>,
    },
    /// Cancel a booking.
    Cancel {
        booking: String,
        phone: Option<String>,
    },
    /// Keep a message.
    TakeMessage {
        text: String,
        name: String,
        phone: Option<String>,
    },
    /// Hand the caller over.
    Transfer { to: String },
    /// Hang up.
    EndCall,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    question: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    service: String,
    day: String,
    time: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Booking {
    service: String,
    day: String,
    time: String,
    name: String,
    phone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    phone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shift {
    booking: String,
    day: String,
    time: String,
    phone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    booking: String,
    phone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    text: String,
    name: String,
    phone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl Deed {
    /// Reads a call.
    pub fn read(call: &ToolCall) -> Result<Deed, Refusal> {
        let raw = call.arguments.as_str();
        match call.name.as_str() {
            "look_up" => {
                let Question { question } = typed(raw)?;
                let question = short("question", &question, TEXT)?;
                Ok(Deed::LookUp { question })
            }
            "find_free_times" => {
                let When { service, day, time } = typed(raw)?;
                Ok(Deed::FindFreeTimes {
                    service,
                    day: date(&day)?,
                    minute: time
                        .as_deref()
                        .filter(|t| !t.is_empty())
                        .map(clock)
                        .transpose()?,
                })
            }
            "find_bookings" => {
                let Whose { phone } = typed(raw)?;
                Ok(Deed::FindBookings {
                    phone: given(phone),
                })
            }
            "transfer" => {
                let Person { to } = typed(raw)?;
                Ok(Deed::Transfer { to })
            }
            "end_call" => typed::<Nothing>(raw).map(|Nothing {}| Deed::EndCall),
            _ => Self::write(call),
        }
    }

    /// Reads a call that changes something.
    fn write(call: &ToolCall) -> Result<Deed, Refusal> {
        let raw = call.arguments.as_str();
        match call.name.as_str() {
            "book" => {
                let Booking {
                    service,
                    day,
                    time,
                    name,
                    phone,
                } = typed(raw)?;
                Ok(Deed::Book {
                    service,
                    day: date(&day)?,
                    minute: clock(&time)?,
                    name: person(&name)?,
                    phone: given(phone),
                })
            }
            "move_booking" => {
                let Shift {
                    booking,
                    day,
                    time,
                    phone,
                } = typed(raw)?;
                Ok(Deed::Move {
                    booking,
                    day: date(&day)?,
                    minute: clock(&time)?,
                    phone: given(phone),
                })
            }
            "cancel_booking" => {
                let Which { booking, phone } = typed(raw)?;
                Ok(Deed::Cancel {
                    booking,
                    phone: given(phone),
                })
            }
            "take_message" => {
                let Note { text, name, phone } = typed(raw)?;
                Ok(Deed::TakeMessage {
                    text: short("text", &text, TEXT)?,
                    name: person(&name)?,
                    phone: given(phone),
                })
            }
            _ => refuse("unknown_tool", "Call only the tools that you were given."),
        }
    }
}

/// No arguments at all are an empty object; anything else must be an object with the right fields.
fn typed<T: DeserializeOwned>(raw: &str) -> Result<T, Refusal> {
    let raw = if raw.trim().is_empty() { "{}" } else { raw };
    serde_json::from_str(raw).or_else(|why| {
        let why = match why.classify() {
            serde_json::error::Category::Data => "a field is missing, unknown or of the wrong type",
            _ => "they are not one JSON object",
        };
        refuse("bad_arguments", format!("{why}; see the tool's schema."))
    })
}

fn given(phone: Option<String>) -> Option<String> {
    phone.filter(|p| !p.trim().is_empty())
}

fn date(text: &str) -> Result<Date, Refusal> {
    let shaped = text.len() == 10 && text.as_bytes().get(4) == Some(&b'-');
    match text.parse() {
        Ok(date) if shaped => Ok(date),
        _ => refuse("bad_day", "Write the day as YYYY-MM-DD."),
    }
}

fn clock(text: &str) -> Result<u16, Refusal> {
    let digits = |s: &str| s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit());
    let parts = text.split_once(':').filter(|(h, m)| digits(h) && digits(m));
    let minute = parts.and_then(|(h, m)| Some((h.parse::<u16>().ok()?, m.parse::<u16>().ok()?)));
    match minute {
        Some((h, m)) if h < 24 && m < 60 => Ok(h * 60 + m),
        _ => refuse("bad_time", "Write the time as HH:MM, 24 hours."),
    }
}

/// A name is letters, blanks, hyphens, apostrophes and full stops.
fn person(text: &str) -> Result<String, Refusal> {
    let name = clean(text);
    let fits = name.chars().count() <= NAME
        && name.chars().any(char::is_alphabetic)
        && name
            .chars()
            .all(|c| c.is_alphabetic() || " -'.".contains(c));
    if fits {
        Ok(name)
    } else {
        refuse(
            "bad_name",
            "Ask the caller for their name and write it in letters.",
        )
    }
}

fn short(field: &str, text: &str, most: usize) -> Result<String, Refusal> {
    let text = clean(text);
    if text.chars().count() > most || !text.chars().any(char::is_alphanumeric) {
        return refuse(
            "bad_text",
            format!("`{field}` must be 1 to {most} characters of plain words."),
        );
    }
    Ok(text)
}
