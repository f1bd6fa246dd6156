//! What a request for a chat completion must look like.

use serde_json::{Map, Value};

use crate::openai::refusal;
use crate::reply::Reply;
use crate::request::Request;

/// Models that it knows.
pub(crate) const MODELS: &[&str] = &[
    "gpt-4o-mini",
    "gpt-4o",
    "gpt-4.1-mini",
    "gpt-5-mini",
    "o4-mini",
];
const FIELDS: &[&str] = &[
    "model",
    "messages",
    "stream",
    "stream_options",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "temperature",
    "top_p",
    "max_tokens",
    "max_completion_tokens",
    "n",
    "stop",
    "seed",
    "user",
    "store",
    "metadata",
    "presence_penalty",
    "frequency_penalty",
    "response_format",
    "reasoning_effort",
    "service_tier",
];
const ROLES: &[&str] = &["system", "developer", "user", "assistant", "tool"];
const MOST_TOOLS: usize = 128;

/// A request whose every field has been judged.
pub(crate) struct Asked {
    pub(crate) model: String,
    pub(crate) stream: bool,
    pub(crate) usage: bool,
}

fn wrong(message: &str, param: &str, code: Option<&str>) -> Reply {
    refusal(400, message, Some(param), code)
}

fn bad_type(param: &str, wanted: &str) -> Reply {
    let message = format!("Invalid type for '{param}': expected {wanted}.");
    wrong(&message, param, Some("invalid_type"))
}

pub(crate) fn read(request: &Request) -> Result<Asked, Reply> {
    let Some(Value::Object(body)) = &request.json else {
        let text = "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)";
        return Err(refusal(400, text, None, None));
    };
    if let Some(unknown) = body.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        let message = format!("Unknown parameter: '{unknown}'.");
        return Err(wrong(&message, unknown, Some("unknown_parameter")));
    }
    let model = model(body)?;
    numbers(body, &model)?;
    messages(body)?;
    tools(body)?;
    let stream = flag(body, "stream")?;
    if !stream && body.contains_key("stream_options") {
        let message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
        return Err(wrong(message, "stream_options", None));
    }
    let usage = body
        .get("stream_options")
        .and_then(|o| o.get("include_usage"));
    Ok(Asked {
        model,
        stream,
        usage: usage == Some(&Value::Bool(true)),
    })
}

fn flag(body: &Map<String, Value>, name: &str) -> Result<bool, Reply> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(on)) => Ok(*on),
        Some(_) => Err(bad_type(name, "a boolean")),
    }
}

fn model(body: &Map<String, Value>) -> Result<String, Reply> {
    match body.get("model").and_then(Value::as_str) {
        None | Some("") => Err(refusal(
            400,
            "you must provide a model parameter",
            None,
            None,
        )),
        Some(model) if MODELS.contains(&model) => Ok(model.to_owned()),
        Some(model) => {
            let message =
                format!("The model `{model}` does not exist or you do not have access to it.");
            Err(refusal(404, &message, None, Some("model_not_found")))
        }
    }
}

fn numbers(body: &Map<String, Value>, model: &str) -> Result<(), Reply> {
    let reasons = model.starts_with('o') || model.starts_with("gpt-5");
    if let Some(value) = body.get("temperature").filter(|v| !v.is_null()) {
        let fits = value.as_f64().is_some_and(|t| (0.0..=2.0).contains(&t));
        if !fits {
            return Err(wrong(
                "Invalid 'temperature': expected a number between 0 and 2.",
                "temperature",
                Some("decimal_above_max_value"),
            ));
        }
        if reasons && value.as_f64() != Some(1.0) {
            let message = "Unsupported value: 'temperature' does not support this value with this model. Only the default (1) value is supported.";
            return Err(wrong(message, "temperature", Some("unsupported_value")));
        }
    }
    let (old, new) = (
        body.contains_key("max_tokens"),
        body.contains_key("max_completion_tokens"),
    );
    if old && new {
        let message =
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
        return Err(refusal(
            400,
            message,
            None,
            Some("invalid_parameter_combination"),
        ));
    }
    if old && reasons {
        let message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
        return Err(wrong(message, "max_tokens", Some("unsupported_parameter")));
    }
    for name in ["max_tokens", "max_completion_tokens"] {
        let value = body.get(name).filter(|v| !v.is_null());
        if value.is_some_and(|v| v.as_u64().is_none_or(|n| n == 0)) {
            return Err(wrong(
                &format!("Invalid '{name}': expected a positive integer."),
                name,
                Some("integer_below_min_value"),
            ));
        }
    }
    Ok(())
}

fn messages(body: &Map<String, Value>) -> Result<(), Reply> {
    let Some(value) = body.get("messages") else {
        return Err(wrong(
            "Missing required parameter: 'messages'.",
            "messages",
            Some("missing_required_parameter"),
        ));
    };
    let Some(list) = value.as_array() else {
        return Err(bad_type("messages", "an array of objects"));
    };
    if list.is_empty() {
        let message = "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.";
        return Err(wrong(message, "messages", Some("empty_array")));
    }
    // The ids of calls that still need their answers.
    let mut open: Vec<String> = Vec::new();
    for (at, message) in list.iter().enumerate() {
        let role = message
            .get("role")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !ROLES.contains(&role) {
            let param = format!("messages[{at}].role");
            let text = format!(
                "Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'."
            );
            return Err(wrong(&text, &param, Some("invalid_value")));
        }
        if role == "tool" {
            answered(message, at, &mut open)?;
            continue;
        }
        unanswered(&open, at)?;
        open = calls(message, at)?;
        content(message, at, role == "assistant" && !open.is_empty())?;
    }
    unanswered(&open, list.len())
}

fn answered(message: &Value, at: usize, open: &mut Vec<String>) -> Result<(), Reply> {
    let id = message
        .get("tool_call_id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let Some(place) = open.iter().position(|known| known == id) else {
        let param = format!("messages.[{at}].role");
        let text = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
        return Err(wrong(text, &param, None));
    };
    open.remove(place);
    content(message, at, false)
}

fn unanswered(open: &[String], at: usize) -> Result<(), Reply> {
    if open.is_empty() {
        return Ok(());
    }
    let param = format!("messages.[{at}].role");
    let text = format!(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {}",
        open.join(", ")
    );
    Err(wrong(&text, &param, None))
}

fn calls(message: &Value, at: usize) -> Result<Vec<String>, Reply> {
    let Some(list) = message.get("tool_calls").filter(|v| !v.is_null()) else {
        return Ok(Vec::new());
    };
    let param = format!("messages[{at}].tool_calls");
    let Some(list) = list.as_array().filter(|l| !l.is_empty()) else {
        return Err(wrong(
            &format!("Invalid '{param}': empty array. Expected an array with minimum length 1."),
            &param,
            Some("empty_array"),
        ));
    };
    let read = |call: &Value| -> Option<String> {
        let function = call.get("function")?;
        function.get("name")?.as_str().filter(|n| is_name(n))?;
        function.get("arguments")?.as_str()?;
        (call.get("type")? == "function").then_some(())?;
        call.get("id")?.as_str().map(str::to_owned)
    };
    list.iter()
        .map(|call| {
            read(call)
                .ok_or_else(|| bad_type(&param, "tool calls with id, type, name and arguments"))
        })
        .collect()
}

fn content(message: &Value, at: usize, may_miss: bool) -> Result<(), Reply> {
    let param = format!("messages[{at}].content");
    match message.get("content") {
        Some(Value::String(_)) => Ok(()),
        Some(Value::Array(parts)) if !parts.is_empty() => Ok(()),
        None | Some(Value::Null) if may_miss => Ok(()),
        None => Err(wrong(
            &format!("Missing required parameter: '{param}'."),
            &param,
            Some("missing_required_parameter"),
        )),
        Some(_) => Err(bad_type(&param, "one of a string or array of objects")),
    }
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
}

fn tools(body: &Map<String, Value>) -> Result<(), Reply> {
    let Some(list) = body.get("tools").filter(|v| !v.is_null()) else {
        for name in ["tool_choice", "parallel_tool_calls"] {
            if body.get(name).is_some_and(|v| !v.is_null() && v != "none") {
                let text = format!(
                    "Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified."
                );
                return Err(wrong(&text, name, None));
            }
        }
        return Ok(());
    };
    let Some(list) = list.as_array() else {
        return Err(bad_type("tools", "an array of objects"));
    };
    if list.is_empty() || list.len() > MOST_TOOLS {
        return Err(wrong(
            "Invalid 'tools': expected an array of 1 to 128 tools.",
            "tools",
            Some("empty_array"),
        ));
    }
    list.iter()
        .enumerate()
        .try_for_each(|(at, tool)| named(tool, at))
}

fn named(tool: &Value, at: usize) -> Result<(), Reply> {
    let param = format!("tools[{at}].function");
    let function = tool
        .get("function")
        .filter(|_| tool.get("type").is_some_and(|t| t == "function"));
    let Some(function) = function else {
        let text = format!("Missing required parameter: '{param}'.");
        return Err(wrong(&text, &param, Some("missing_required_parameter")));
    };
    let name = function
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !is_name(name) {
        let text = format!(
            "Invalid '{param}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
        );
        return Err(wrong(
            &text,
            &format!("{param}.name"),
            Some("invalid_value"),
        ));
    }
    let schema = function.get("parameters").filter(|v| !v.is_null());
    if schema.is_some_and(|s| s.get("type").is_none_or(|t| t != "object")) {
        let text = format!(
            "Invalid schema for function '{name}': schema must be a JSON Schema of 'type: \"object\"'."
        );
        return Err(wrong(
            &text,
            &format!("{param}.parameters"),
            Some("invalid_function_parameters"),
        ));
    }
    Ok(())
}
