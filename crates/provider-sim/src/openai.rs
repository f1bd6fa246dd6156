//! OpenAI: `POST /v1/audio/speech` (API reference "Create speech"; openai/openai-openapi).

use audio::{Encoding, Format, Pcm};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::chat;
use crate::reply::Reply;
use crate::request::Request;
use crate::sound::{Length, in_pieces, speak, wav_head};

/// pcm and wav come at 24 kHz; the reference says so of pcm ("24kHz (16-bit signed, low-endian)").
const FORMAT: Format = Format {
    encoding: Encoding::Pcm16,
    rate: 24_000,
};
const LIMIT_CHARS: usize = 4096;
const MODELS: &[&str] = &[
    "tts-1",
    "tts-1-hd",
    "tts-1-1106",
    "tts-1-hd-1106",
    "gpt-4o-mini-tts",
    "gpt-4o-mini-tts-2025-03-20",
    "gpt-4o-mini-tts-2025-12-15",
];
/// The first nine are those of tts-1, too.
const VOICES: &[&str] = &[
    "nova", "shimmer", "echo", "onyx", "fable", "alloy", "ash", "sage", "coral", "ballad", "verse",
    "marin", "cedar",
];
const VOICES_OF_TTS_1: usize = 9;
/// The custom voice that the reference has for an example.
const CUSTOM_VOICE: &str = "voice_1234";
const FIELDS: &[&str] = &[
    "model",
    "input",
    "voice",
    "instructions",
    "response_format",
    "speed",
    "stream_format",
];

/// The answer to any request.
pub(crate) fn answer(request: &Request, key: &str) -> Reply {
    let reply = match request.target() {
        ("POST", "/v1/audio/speech") => authorized(request, key).and_then(|()| speech(request)),
        ("POST", "/v1/chat/completions") => {
            authorized(request, key).and_then(|()| chat::completions(request))
        }
        ("GET", "/v1/models") => authorized(request, key).map(|()| chat::models()),
        (method, "/v1/audio/speech") => Err(refusal(
            405,
            &format!(
                "Not allowed to {method} on /v1/audio/speech. (HINT: Perhaps you meant to use a different HTTP method?)"
            ),
            None,
            Some("method_not_supported"),
        )),
        (method, path) => Err(refusal(
            404,
            &format!("Invalid URL ({method} {path})"),
            None,
            None,
        )),
    };
    let reply = reply.unwrap_or_else(|refused| refused);
    reply
        .with("x-request-id", format!("req_{}", Uuid::new_v4().simple()))
        .with("openai-version", "2020-10-01")
}

/// The documented error of a status (guide "Error codes").
pub(crate) fn error(status: u16) -> Reply {
    let (message, kind, code) = match status {
        401 => (
            "Incorrect API key provided: sk-proj-****6789. You can find your API key at https://platform.openai.com/account/api-keys.",
            "invalid_request_error",
            Some("invalid_api_key"),
        ),
        403 => (
            "Country, region, or territory not supported",
            "request_forbidden",
            Some("unsupported_country_region_territory"),
        ),
        429 => (
            "Rate limit reached for gpt-4o-mini-tts in organization org-simulated on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 120ms. Visit https://platform.openai.com/account/rate-limits to learn more.",
            "requests",
            Some("rate_limit_exceeded"),
        ),
        503 => (
            "The engine is currently overloaded, please try again later.",
            "server_error",
            Some("server_overloaded"),
        ),
        500.. => (
            "The server had an error while processing your request. Sorry about that!",
            "server_error",
            None,
        ),
        _ => ("Invalid request.", "invalid_request_error", None),
    };
    worded(status, message, kind, None, code)
}

/// Who asks. Shared by everything under `/v1`.
pub(crate) fn authorized(request: &Request, key: &str) -> Result<(), Reply> {
    match request.authorization("Bearer") {
        Some(given) if given == key => Ok(()),
        Some(given) => Err(refusal(
            401,
            &format!(
                "Incorrect API key provided: {}. You can find your API key at https://platform.openai.com/account/api-keys.",
                masked(given)
            ),
            None,
            Some("invalid_api_key"),
        )),
        None => Err(refusal(
            401,
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.",
            None,
            None,
        )),
    }
}

/// A refusal in the company's form, of type `invalid_request_error`.
pub(crate) fn refusal(
    status: u16,
    message: &str,
    param: Option<&str>,
    code: Option<&str>,
) -> Reply {
    worded(status, message, "invalid_request_error", param, code)
}

fn worded(
    status: u16,
    message: &str,
    kind: &str,
    param: Option<&str>,
    code: Option<&str>,
) -> Reply {
    let error = json!({"message": message, "type": kind, "param": param, "code": code});
    Reply::json(status, &json!({ "error": error }))
}

fn masked(key: &str) -> String {
    let tail: Vec<char> = key.chars().rev().take(4).collect();
    format!("****{}", tail.into_iter().rev().collect::<String>())
}

/// A request for speech whose every field has been judged.
struct Speech {
    input: String,
    voice: String,
    speed: f64,
    format: String,
    sse: bool,
}

fn speech(request: &Request) -> Result<Reply, Reply> {
    let wanted = read(request)?;
    let pcm = speak(
        &wanted.input,
        &wanted.voice,
        wanted.speed,
        FORMAT.rate,
        request.voicing,
    );
    let mut pieces = in_pieces(&pcm, FORMAT, request.pace.chunk_ms);
    let kind = match wanted.format.as_str() {
        "pcm" => "audio/pcm",
        "wav" => {
            pieces.insert(0, wav_head(FORMAT, Length::Piped));
            "audio/wav"
        }
        other => return Err(Reply::beyond_us(other)),
    };
    if wanted.sse {
        return Ok(Reply::pieces(
            "text/event-stream; charset=utf-8",
            events(&pieces, &wanted.input, &pcm),
        ));
    }
    Ok(Reply::pieces(kind, pieces))
}

fn events(pieces: &[Bytes], input: &str, pcm: &Pcm) -> Vec<Bytes> {
    let event = |value: Value| Bytes::from(format!("data: {value}\n\n"));
    let mut events: Vec<Bytes> = pieces
        .iter()
        .map(|piece| event(json!({"type": "speech.audio.delta", "audio": STANDARD.encode(piece)})))
        .collect();
    let read = input.chars().count().div_ceil(4);
    let said = pcm.duration_ms() / 50;
    events.push(event(json!({
        "type": "speech.audio.done",
        "usage": {"input_tokens": read, "output_tokens": said, "total_tokens": read as u64 + said},
    })));
    events
}

fn read(request: &Request) -> Result<Speech, Reply> {
    let Some(Value::Object(body)) = &request.json else {
        let text = "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)";
        return Err(refusal(400, text, None, None));
    };
    if let Some(unknown) = body.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        let detail = format!(
            "'msg': 'Extra inputs are not permitted', 'input': {}",
            body[unknown]
        );
        return Err(invalid("extra_forbidden", unknown, &detail));
    }
    let model = model(request)?;
    let old = model.starts_with("tts-1");
    let format = one_of(
        request,
        "response_format",
        &["mp3", "opus", "aac", "flac", "wav", "pcm"],
    )?;
    let sse = one_of(request, "stream_format", &["audio", "sse"])? == "sse";
    if sse && old {
        let text = format!("stream_format 'sse' is not supported for model '{model}'.");
        return Err(refusal(400, &text, Some("stream_format"), None));
    }
    Ok(Speech {
        input: input(request)?,
        voice: voice(request, old)?,
        speed: speed(request)?,
        format,
        sse,
    })
}

fn model(request: &Request) -> Result<String, Reply> {
    let Some(model) = request.field("model").and_then(Value::as_str) else {
        return Err(refusal(
            400,
            "you must provide a model parameter",
            None,
            None,
        ));
    };
    if !MODELS.contains(&model) {
        let text = format!("The model `{model}` does not exist or you do not have access to it.");
        return Err(refusal(404, &text, None, Some("model_not_found")));
    }
    Ok(model.to_owned())
}

fn input(request: &Request) -> Result<String, Reply> {
    let Some(value) = request.field("input") else {
        return Err(invalid("missing", "input", "'msg': 'Field required'"));
    };
    let Some(text) = value.as_str() else {
        return Err(invalid(
            "string_type",
            "input",
            "'msg': 'Input should be a valid string'",
        ));
    };
    if text.is_empty() {
        let detail = "'msg': 'String should have at least 1 character', 'input': '', 'ctx': {'min_length': 1}";
        return Err(invalid("string_too_short", "input", detail));
    }
    if text.chars().count() > LIMIT_CHARS {
        let detail = format!(
            "'msg': 'String should have at most {LIMIT_CHARS} characters', 'ctx': {{'max_length': {LIMIT_CHARS}}}"
        );
        return Err(invalid("string_too_long", "input", &detail));
    }
    Ok(text.to_owned())
}

fn voice(request: &Request, old: bool) -> Result<String, Reply> {
    let known = &VOICES[..if old { VOICES_OF_TTS_1 } else { VOICES.len() }];
    let Some(value) = request.field("voice") else {
        return Err(invalid("missing", "voice", "'msg': 'Field required'"));
    };
    if let Some(id) = value.get("id").and_then(Value::as_str) {
        return match id == CUSTOM_VOICE {
            true => Ok(id.to_owned()),
            false => Err(refusal(
                404,
                &format!("Voice '{id}' not found."),
                Some("voice"),
                None,
            )),
        };
    }
    match value.as_str() {
        Some(name) if known.contains(&name) => Ok(name.to_owned()),
        _ => Err(not_in("voice", known, value)),
    }
}

fn speed(request: &Request) -> Result<f64, Reply> {
    let Some(value) = request.field("speed") else {
        return Ok(1.0);
    };
    match value.as_f64() {
        None => Err(invalid(
            "float_type",
            "speed",
            "'msg': 'Input should be a valid number'",
        )),
        Some(low) if low < 0.25 => {
            let detail = format!(
                "'msg': 'Input should be greater than or equal to 0.25', 'input': {low}, 'ctx': {{'ge': 0.25}}"
            );
            Err(invalid("greater_than_equal", "speed", &detail))
        }
        Some(high) if high > 4.0 => {
            let detail = format!(
                "'msg': 'Input should be less than or equal to 4', 'input': {high}, 'ctx': {{'le': 4.0}}"
            );
            Err(invalid("less_than_equal", "speed", &detail))
        }
        Some(speed) => Ok(speed),
    }
}

/// A field of few values, the first of which is the default.
fn one_of(request: &Request, name: &str, known: &[&str]) -> Result<String, Reply> {
    match request.field(name) {
        None => Ok(known[0].to_owned()),
        Some(value) => match value.as_str() {
            Some(given) if known.contains(&given) => Ok(given.to_owned()),
            _ => Err(not_in(name, known, value)),
        },
    }
}

fn not_in(name: &str, known: &[&str], given: &Value) -> Reply {
    let quoted: Vec<String> = known.iter().map(|value| format!("'{value}'")).collect();
    let expected = match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.join(""),
    };
    let given = given.to_string().replace('"', "'");
    let detail = format!(
        "'msg': \"Input should be {expected}\", 'input': {given}, 'ctx': {{'expected': \"{expected}\"}}"
    );
    invalid("enum", name, &detail)
}

/// What the service's validator says of a field, printed as it prints it.
fn invalid(kind: &str, field: &str, detail: &str) -> Reply {
    let text = format!("[{{'type': '{kind}', 'loc': ('body', '{field}'), {detail}}}]");
    refusal(400, &text, None, None)
}
