//! Kokoro-FastAPI: the speech endpoint of another company, with differences (remsky/Kokoro-FastAPI, routers and schemas).

use audio::{Encoding, Format};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::fastapi;
use crate::reply::Reply;
use crate::request::Request;
use crate::sound::{Length, speak, wav_head};

const FORMAT: Format = Format {
    encoding: Encoding::Pcm16,
    rate: 24_000,
};
const MODELS: &[&str] = &["tts-1", "tts-1-hd", "kokoro", "gpt-4o-mini-tts"];
const VOICES: &[&str] = &[
    "af_alloy",
    "af_aoede",
    "af_bella",
    "af_heart",
    "af_jadzia",
    "af_jessica",
    "af_kore",
    "af_nicole",
    "af_nova",
    "af_river",
    "af_sarah",
    "af_sky",
    "am_adam",
    "am_echo",
    "am_eric",
    "am_fenrir",
    "am_liam",
    "am_michael",
    "am_onyx",
    "am_puck",
    "am_santa",
    "bf_alice",
    "bf_emma",
    "bf_isabella",
    "bf_lily",
    "bm_daniel",
    "bm_fable",
    "bm_george",
    "bm_lewis",
    "ef_dora",
    "em_alex",
    "ff_siwis",
    "hf_alpha",
    "if_sara",
    "jf_alpha",
    "jm_kumo",
    "pf_dora",
    "zf_xiaobei",
    "zm_yunxi",
];
/// The other company's names for some of them (openai_mappings.json).
const ALIASES: &[(&str, &str)] = &[
    ("alloy", "am_adam"),
    ("ash", "af_nicole"),
    ("coral", "bf_emma"),
    ("echo", "af_bella"),
    ("fable", "af_sarah"),
    ("onyx", "bm_george"),
    ("nova", "bf_isabella"),
    ("sage", "am_michael"),
    ("shimmer", "af_sky"),
];

/// The answer to any request.
pub(crate) fn answer(request: &Request) -> Reply {
    let reply = match request.target() {
        ("POST", "/v1/audio/speech") => speech(request),
        ("GET", "/v1/audio/voices") => Ok(voices(request)),
        ("GET", "/v1/models") => Ok(models()),
        ("GET", "/health") => Ok(Reply::json(200, &json!({"status": "healthy"}))),
        (_, "/v1/audio/speech" | "/v1/audio/voices" | "/v1/models") => Err(fastapi::not_allowed()),
        _ => Err(fastapi::not_found()),
    };
    let reply = reply.unwrap_or_else(|refused| refused);
    reply.with("server", "uvicorn")
}

/// What its handlers raise.
pub(crate) fn error(status: u16) -> Reply {
    match status {
        400 => refusal(
            400,
            "validation_error",
            "Invalid request",
            "invalid_request_error",
        ),
        422 => fastapi::unfit(
            "missing",
            &["body", "input"],
            "Field required",
            &Value::Null,
        ),
        500.. => refusal(
            status,
            "processing_error",
            "Audio conversion failed",
            "server_error",
        ),
        _ => fastapi::detail(status, &json!("Error")),
    }
}

fn refusal(status: u16, error: &str, message: &str, kind: &str) -> Reply {
    let detail = json!({"error": error, "message": message, "type": kind});
    fastapi::detail(status, &detail)
}

fn voices(request: &Request) -> Reply {
    let voices: Value = match request.query("legacy") {
        Some("true" | "1" | "yes" | "on") => json!(VOICES),
        _ => VOICES.iter().map(|v| json!({"id": v, "name": v})).collect(),
    };
    Reply::json(200, &json!({ "voices": voices }))
}

fn models() -> Reply {
    let model = |id: &&str| json!({"id": id, "object": "model", "created": 1_686_935_002, "owned_by": "kokoro"});
    let data: Vec<Value> = MODELS.iter().map(model).collect();
    Reply::json(200, &json!({"object": "list", "data": data}))
}

fn speech(request: &Request) -> Result<Reply, Reply> {
    let body = fastapi::body(request)?;
    let text = fastapi::text(body, "input")?;
    let format = fastapi::one_of(
        body.get("response_format").and_then(Value::as_str),
        &["body", "response_format"],
        &["mp3", "opus", "aac", "flac", "wav", "pcm"],
    )?;
    let speed = fastapi::number(body, "speed", (0.25, 4.0), 1.0)?;
    let model = body
        .get("model")
        .and_then(Value::as_str)
        .unwrap_or("kokoro");
    if !MODELS.contains(&model) {
        let text = format!("Unsupported model: {model}");
        return Err(refusal(
            400,
            "invalid_model",
            &text,
            "invalid_request_error",
        ));
    }
    let voice = voice(
        body.get("voice")
            .and_then(Value::as_str)
            .unwrap_or("af_heart"),
    )?;
    if !matches!(format, "wav" | "pcm") {
        return Err(Reply::beyond_us(format));
    }
    let mut pieces: Vec<Bytes> = sentences(text)
        .map(|sentence| speak(sentence, &voice, speed, FORMAT.rate, request.voicing))
        .map(|pcm| Bytes::from(FORMAT.encode(&pcm)))
        .filter(|piece| !piece.is_empty())
        .collect();
    let kind = format!("audio/{format}");
    if format == "wav" && !pieces.is_empty() {
        pieces.insert(0, wav_head(FORMAT, Length::Piped));
    }
    let reply = match body.get("stream").and_then(Value::as_bool) {
        Some(false) => Reply::whole(200, kind, pieces.concat()),
        _ => Reply::pieces(kind, pieces).with("x-accel-buffering", "no"),
    };
    let file = format!("attachment; filename=speech.{format}");
    Ok(reply
        .with("content-disposition", file)
        .with("cache-control", "no-cache"))
}

/// One voice, or a mix such as `af_bella(2)+af_sky`.
fn voice(wanted: &str) -> Result<String, Reply> {
    let refused = |text: &str| refusal(400, "validation_error", text, "invalid_request_error");
    let mix = wanted.replace(' ', "");
    if mix.is_empty() {
        return Err(refused("Voice name cannot be empty"));
    }
    for item in mix.split(['+', '-']) {
        if item.is_empty() {
            return Err(refused("Voice combination contains empty combine items"));
        }
        let (name, weight) = match item.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')')),
            None => (item, Some("1")),
        };
        let weight = weight.and_then(|weight| weight.parse::<f64>().ok());
        if weight.is_none_or(|weight| !weight.is_finite() || weight <= 0.0) {
            return Err(refused(&format!(
                "Voice '{item}' must use a positive weight"
            )));
        }
        let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
        let name = alias.map_or(name, |(_, voice)| voice);
        if !VOICES.contains(&name) {
            let known = VOICES.join(", ");
            return Err(refused(&format!(
                "Voice '{name}' not found. Available voices: {known}"
            )));
        }
    }
    Ok(mix)
}

/// The server speaks sentence by sentence, each one a chunk.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split_inclusive(['.', '?', '!', '\n']);
    parts.filter(|part| !part.trim().is_empty())
}
