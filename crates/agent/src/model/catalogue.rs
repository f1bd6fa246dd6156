//! The tools, as the model is told about them. What they may do is decided in [`super::act`], not here.

use serde_json::{Value, json};

use super::port::Tool;
use crate::business::Business;

/// Most names that are listed in a schema.
const NAMES: usize = 40;

/// The tools of this business: none that it has no use for.
pub fn tools(business: &Business, books: bool) -> Vec<Tool> {
    let mut tools = vec![look_up()];
    if books {
        tools.extend([
            find_free_times(business),
            book(business),
            find_bookings(),
            move_booking(),
            cancel_booking(),
        ]);
    }
    tools.push(take_message());
    if !business.transfer.is_empty() {
        tools.push(transfer(business));
    }
    tools.push(end_call());
    tools
}

fn tool(name: &'static str, about: &str, properties: Value, required: &[&str]) -> Tool {
    Tool {
        name,
        about: about.to_owned(),
        arguments: json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        }),
    }
}

fn text(about: &str) -> Value {
    json!({"type": "string", "description": about})
}

fn day() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": "The day, YYYY-MM-DD."})
}

fn time() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$", "description": "The time at the business, HH:MM, 24 hours."})
}

fn phone() -> Value {
    text(
        "A telephone number that the caller said. Leave it out to use the number they are calling from.",
    )
}

fn service(business: &Business) -> Value {
    let names: Vec<&str> = business
        .services
        .iter()
        .take(NAMES)
        .map(|s| s.name.as_str())
        .collect();
    json!({"type": "string", "enum": names})
}

fn look_up() -> Tool {
    tool(
        "look_up",
        "Looks up what the business has written down about a question of the caller.",
        json!({"question": text("The question in a few words.")}),
        &["question"],
    )
}

fn find_free_times(business: &Business) -> Tool {
    tool(
        "find_free_times",
        "Free times for a service: whether the wanted time is free, and the nearest that are.",
        json!({"service": service(business), "day": day(), "time": time()}),
        &["service", "day"],
    )
}

fn book(business: &Business) -> Tool {
    tool(
        "book",
        "Asks to book. The first call reads everything back to the caller and ends your turn. It is booked when they say yes.",
        json!({
            "service": service(business), "day": day(), "time": time(),
            "name": text("The caller's name, as they said it."), "phone": phone(),
        }),
        &["service", "day", "time", "name"],
    )
}

fn find_bookings() -> Tool {
    tool(
        "find_bookings",
        "The caller's bookings, by the number they are calling from or one that they said.",
        json!({"phone": phone()}),
        &[],
    )
}

fn move_booking() -> Tool {
    tool(
        "move_booking",
        "Asks to move a booking of find_bookings. The first call reads it back and ends your turn. It is moved when the caller says yes.",
        json!({"booking": text("Its id."), "day": day(), "time": time(), "phone": phone()}),
        &["booking", "day", "time"],
    )
}

fn cancel_booking() -> Tool {
    tool(
        "cancel_booking",
        "Asks to cancel a booking of find_bookings. The first call reads it back and ends your turn. It is cancelled when the caller says yes.",
        json!({"booking": text("Its id."), "phone": phone()}),
        &["booking"],
    )
}

fn take_message() -> Tool {
    tool(
        "take_message",
        "Asks to keep a message for the business. The first call reads it back and ends your turn. It is kept when the caller says yes.",
        json!({"text": text("The message."), "name": text("Who it is from."), "phone": phone()}),
        &["text", "name"],
    )
}

fn transfer(business: &Business) -> Tool {
    let labels: Vec<&str> = business
        .transfer
        .iter()
        .take(NAMES)
        .map(|t| t.label.as_str())
        .collect();
    tool(
        "transfer",
        "Hands the caller to a person, when they asked for one or said yes when you offered it.",
        json!({"to": {"type": "string", "enum": labels}}),
        &["to"],
    )
}

fn end_call() -> Tool {
    tool(
        "end_call",
        "Ends the call after what you said, when the caller said goodbye or needs nothing else.",
        json!({}),
        &[],
    )
}
