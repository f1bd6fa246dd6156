//! What FastAPI says when a request does not fit, for the servers that are built on it.

use serde_json::{Value, json};

use crate::reply::Reply;
use crate::request::Request;

/// 422 with one entry of pydantic's list.
pub(crate) fn unfit(kind: &str, place: &[&str], message: &str, input: &Value) -> Reply {
    let entry = json!({"type": kind, "loc": place, "msg": message, "input": input});
    Reply::json(422, &json!({ "detail": [entry] }))
}

/// An HTTPException: `{"detail": …}`.
pub(crate) fn detail(status: u16, detail: &Value) -> Reply {
    Reply::json(status, &json!({ "detail": detail }))
}

/// No such path.
pub(crate) fn not_found() -> Reply {
    detail(404, &json!("Not Found"))
}

/// The path is there, the method is not.
pub(crate) fn not_allowed() -> Reply {
    detail(405, &json!("Method Not Allowed"))
}

/// What Starlette answers when a handler raised.
pub(crate) fn raised() -> Reply {
    Reply::whole(500, "text/plain; charset=utf-8", "Internal Server Error")
}

/// The JSON object of the body.
pub(crate) fn body(request: &Request) -> Result<&Value, Reply> {
    match &request.json {
        Some(body @ Value::Object(_)) => Ok(body),
        Some(other) => Err(unfit(
            "model_attributes_type",
            &["body"],
            "Input should be a valid dictionary or object to extract fields from",
            other,
        )),
        None if request.body.is_empty() => {
            Err(unfit("missing", &["body"], "Field required", &Value::Null))
        }
        None => Err(unfit(
            "json_invalid",
            &["body", "0"],
            "JSON decode error",
            &json!({}),
        )),
    }
}

/// A field that has to be there and be a string.
pub(crate) fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str, Reply> {
    match body.get(name) {
        None => Err(unfit("missing", &["body", name], "Field required", body)),
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(unfit(
            "string_type",
            &["body", name],
            "Input should be a valid string",
            other,
        )),
    }
}

/// A number within limits, or its default.
pub(crate) fn number(
    body: &Value,
    name: &str,
    (least, most): (f64, f64),
    default: f64,
) -> Result<f64, Reply> {
    let Some(value) = body.get(name) else {
        return Ok(default);
    };
    let place = &["body", name];
    match value.as_f64() {
        None => Err(unfit(
            "float_type",
            place,
            "Input should be a valid number",
            value,
        )),
        Some(low) if low < least => {
            let text = format!("Input should be greater than or equal to {least}");
            Err(unfit("greater_than_equal", place, &text, value))
        }
        Some(high) if high > most => {
            let text = format!("Input should be less than or equal to {most}");
            Err(unfit("less_than_equal", place, &text, value))
        }
        Some(number) => Ok(number),
    }
}

/// One of these strings, or the first of them.
pub(crate) fn one_of<'a>(
    value: Option<&'a str>,
    place: &[&str],
    known: &[&'a str],
) -> Result<&'a str, Reply> {
    match value {
        None => Ok(known[0]),
        Some(given) if known.contains(&given) => Ok(given),
        Some(given) => {
            let quoted: Vec<String> = known.iter().map(|value| format!("'{value}'")).collect();
            let text = match quoted.split_last() {
                Some((last, rest)) if !rest.is_empty() => {
                    format!("Input should be {} or {last}", rest.join(", "))
                }
                _ => format!("Input should be {}", quoted.join("")),
            };
            Err(unfit("enum", place, &text, &json!(given)))
        }
    }
}
