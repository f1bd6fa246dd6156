//! ElevenLabs: `POST /v1/text-to-speech/{voice}` and `…/stream`, `GET /v1/voices` (API reference; elevenlabs-python).

mod live;

use audio::{Encoding, Format, Pcm};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fastapi;
use crate::reply::Reply;
use crate::request::Request;
use crate::sound::{Length, in_pieces, speak, wav_head};

/// Default voices of every account: id, name, accent, gender.
const VOICES: &[[&str; 4]] = &[
    ["EXAVITQu4vr4xnSDxMaL", "Sarah", "american", "female"],
    ["JBFqnCBsd6RMkjVDRZzb", "George", "british", "male"],
    ["IKne3meq5aSn9XLyUdCD", "Charlie", "australian", "male"],
    ["XB0fDUnXU5powFXDhCwa", "Charlotte", "swedish", "female"],
    ["nPczCjzI2devNBz1zQrb", "Brian", "american", "male"],
    ["21m00Tcm4TlvDq8ikWAM", "Rachel", "american", "female"],
];
/// Models with their limits in characters (page "Models").
const MODELS: &[(&str, usize)] = &[
    ("eleven_multilingual_v2", 10_000),
    ("eleven_flash_v2_5", 40_000),
    ("eleven_flash_v2", 30_000),
    ("eleven_turbo_v2_5", 40_000),
    ("eleven_turbo_v2", 30_000),
    ("eleven_multilingual_v1", 10_000),
    ("eleven_monolingual_v1", 10_000),
    ("eleven_v3", 3000),
];
const FORMATS: &[&str] = &[
    "mp3_44100_128",
    "mp3_22050_32",
    "mp3_24000_48",
    "mp3_44100_32",
    "mp3_44100_64",
    "mp3_44100_96",
    "mp3_44100_192",
    "pcm_8000",
    "pcm_16000",
    "pcm_22050",
    "pcm_24000",
    "pcm_32000",
    "pcm_44100",
    "pcm_48000",
    "wav_8000",
    "wav_16000",
    "wav_22050",
    "wav_24000",
    "wav_32000",
    "wav_44100",
    "wav_48000",
    "ulaw_8000",
    "alaw_8000",
    "opus_48000_32",
    "opus_48000_64",
    "opus_48000_96",
    "opus_48000_128",
    "opus_48000_192",
];
/// Requests that a paying account may have open at once; said in every answer.
const CONCURRENT: &str = "10";

/// The answer to any request.
pub(crate) fn answer(request: &Request, key: &str) -> Reply {
    let parts: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
    let reply = match (request.method.as_str(), parts.as_slice()) {
        (method, ["v1", "voices"]) => get(method, request, key, || voices(None)),
        (method, ["v2", "voices"]) => get(method, request, key, || voices(Some(()))),
        (method, ["v1", "models"]) => get(method, request, key, models),
        ("POST", ["v1", "text-to-speech", voice]) => {
            authorized(request, key).and_then(|()| spoken(request, voice, Shape::Bytes))
        }
        ("POST", ["v1", "text-to-speech", voice, "stream"]) => {
            authorized(request, key).and_then(|()| spoken(request, voice, Shape::Bytes))
        }
        ("POST", ["v1", "text-to-speech", voice, "stream", "with-timestamps"]) => {
            authorized(request, key).and_then(|()| spoken(request, voice, Shape::Lines))
        }
        ("GET", ["v1", "text-to-speech", voice, "stream-input"]) if request.wants_socket() => {
            live::opened(request, key, voice)
        }
        (_, ["v1", "text-to-speech", ..]) => Err(fastapi::not_allowed()),
        _ => Err(fastapi::not_found()),
    };
    let reply = reply.unwrap_or_else(|refused| refused);
    reply
        .with("server", "uvicorn")
        .with("request-id", Uuid::new_v4().simple().to_string())
}

/// The documented error of a status (pages "API error code 400 or 401" and "429"; "Errors").
pub(crate) fn error(status: u16) -> Reply {
    let (code, message) = match status {
        400 => ("invalid_request", "The request is invalid."),
        401 => ("invalid_api_key", "Invalid API key"),
        402 => (
            "payment_required",
            "Your subscription does not include this. Please upgrade.",
        ),
        403 => (
            "only_for_creator+",
            "Your current subscription does not allow this. Please upgrade.",
        ),
        422 => {
            return fastapi::unfit("missing", &["body", "text"], "Field required", &Value::Null);
        }
        429 => (
            "too_many_concurrent_requests",
            "Too many concurrent requests. Your current subscription is associated with a maximum of 10 concurrent requests (running in parallel). Please upgrade your subscription or contact sales if you want to increase this limit.",
        ),
        503 => (
            "system_busy",
            "The system is experiencing heavy traffic, please try again.",
        ),
        500.. => return fastapi::raised(),
        _ => ("error", "Something went wrong."),
    };
    refusal(status, code, message)
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    fastapi::detail(status, &json!({"status": code, "message": message}))
}

fn get(
    method: &str,
    request: &Request,
    key: &str,
    answer: impl Fn() -> Reply,
) -> Result<Reply, Reply> {
    authorized(request, key)?;
    match method {
        "GET" => Ok(answer()),
        _ => Err(fastapi::not_allowed()),
    }
}

pub(crate) fn authorized(request: &Request, key: &str) -> Result<(), Reply> {
    match request.header("xi-api-key") {
        Some(given) if given == key => Ok(()),
        Some(_) => Err(error(401)),
        None => Err(refusal(
            401,
            "needs_authorization",
            "Neither authorization header nor xi-api-key received, please provide one.",
        )),
    }
}

fn voices(searched: Option<()>) -> Reply {
    let voices: Vec<Value> = VOICES
        .iter()
        .map(|[id, name, accent, gender]| {
            json!({
                "voice_id": id,
                "name": name,
                "samples": null,
                "category": "premade",
                "labels": {"accent": accent, "gender": gender, "use_case": "conversational"},
                "description": null,
                "preview_url": null,
                "available_for_tiers": [],
                "settings": null,
                "high_quality_base_model_ids": ["eleven_multilingual_v2", "eleven_flash_v2_5"],
                "is_legacy": false,
                "is_mixed": false,
            })
        })
        .collect();
    let list = match searched {
        None => json!({ "voices": voices }),
        Some(()) => json!({
            "voices": voices,
            "has_more": false,
            "total_count": VOICES.len(),
            "next_page_token": null,
        }),
    };
    Reply::json(200, &list)
}

fn models() -> Reply {
    let model = |(id, limit): &(&str, usize)| {
        json!({
            "model_id": id,
            "name": id,
            "can_do_text_to_speech": true,
            "can_do_voice_conversion": false,
            "can_use_style": true,
            "can_use_speaker_boost": true,
            "maximum_text_length_per_request": limit,
            "languages": [{"language_id": "en", "name": "English"}],
        })
    };
    let models: Vec<Value> = MODELS.iter().map(model).collect();
    Reply::json(200, &json!(models))
}

/// How the sound comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Bytes,
    /// JSON lines with base64 and the time of each character.
    Lines,
}

fn spoken(request: &Request, voice: &str, shape: Shape) -> Result<Reply, Reply> {
    let body = fastapi::body(request)?;
    let text = fastapi::text(body, "text")?;
    let output = output(request.query("output_format"))?;
    known_voice(voice)?;
    let model = body.get("model_id").and_then(Value::as_str);
    check(text, model.unwrap_or("eleven_multilingual_v2"))?;
    let speed = settings(body.get("voice_settings").unwrap_or(&Value::Null))?;
    let Output::Plain { format, wav, kind } = output else {
        return Err(Reply::beyond_us("mp3 and opus"));
    };
    let pcm = speak(text, voice, speed, format.rate, request.voicing);
    let mut pieces = in_pieces(&pcm, format, request.pace.chunk_ms);
    if wav {
        pieces.insert(0, wav_head(format, Length::Endless));
    }
    let reply = match shape {
        Shape::Bytes => Reply::pieces(kind, pieces),
        Shape::Lines => Reply::pieces("application/json", lines(&pieces, text, &pcm)),
    };
    Ok(reply
        .with("character-cost", text.chars().count().to_string())
        .with("current-concurrent-requests", "1")
        .with("maximum-concurrent-requests", CONCURRENT))
}

/// The voice, when the account has it.
pub(crate) fn known_voice(voice: &str) -> Result<(), Reply> {
    match VOICES.iter().any(|[id, ..]| *id == voice) {
        true => Ok(()),
        false => {
            let text = format!("A voice with the voice_id {voice} was not found.");
            Err(refusal(404, "voice_not_found", &text))
        }
    }
}

/// Text and model together.
pub(crate) fn check(text: &str, model: &str) -> Result<(), Reply> {
    let Some((_, limit)) = MODELS.iter().find(|(id, _)| *id == model) else {
        let text = format!("A model with model ID {model} does not exist.");
        return Err(refusal(400, "model_not_found", &text));
    };
    let count = text.chars().count();
    if count > *limit {
        let text = format!(
            "This request's text has {count} characters and exceeds the character limit of {limit} characters for model {model}."
        );
        return Err(refusal(400, "max_character_limit_exceeded", &text));
    }
    if text.trim().is_empty() {
        let text = "Input text is empty. Please provide a text to convert to speech.";
        return Err(refusal(400, "input_text_empty", text));
    }
    Ok(())
}

/// The speed of the voice settings, when all of them lie within their limits.
pub(crate) fn settings(settings: &Value) -> Result<f64, Reply> {
    for (name, least, most) in [
        ("stability", 0.0, 1.0),
        ("similarity_boost", 0.0, 1.0),
        ("style", 0.0, 1.0),
        ("speed", 0.7, 1.2),
    ] {
        let given = settings.get(name).and_then(Value::as_f64);
        if given.is_some_and(|value| !(least..=most).contains(&value)) {
            let given = given.unwrap_or_default();
            let text = format!(
                "Invalid setting for {name} received, expected to be greater or equal to {least:.1} and less or equal to {most:.1}, received {given:?}"
            );
            return Err(refusal(400, "invalid_voice_settings", &text));
        }
    }
    let speed = settings.get("speed").and_then(Value::as_f64);
    Ok(speed.unwrap_or(1.0))
}

/// What `output_format` asks for.
pub(crate) enum Output {
    Plain {
        format: Format,
        wav: bool,
        kind: &'static str,
    },
    /// There is no coder for it here.
    Coded,
}

/// The form of the sound.
pub(crate) fn output(wanted: Option<&str>) -> Result<Output, Reply> {
    let name = fastapi::one_of(wanted, &["query", "output_format"], FORMATS)?;
    let mut parts = name.split('_');
    let coding = parts.next().unwrap_or_default();
    let rate = parts.next().and_then(|rate| rate.parse().ok()).unwrap_or(0);
    let (encoding, wav, kind) = match coding {
        "pcm" => (Encoding::Pcm16, false, "audio/pcm"),
        "wav" => (Encoding::Pcm16, true, "audio/wav"),
        "ulaw" => (Encoding::Mulaw, false, "audio/basic"),
        "alaw" => (Encoding::Alaw, false, "audio/x-alaw-basic"),
        _ => return Ok(Output::Coded),
    };
    let format = Format { encoding, rate };
    Ok(Output::Plain { format, wav, kind })
}

fn lines(pieces: &[Bytes], text: &str, pcm: &Pcm) -> Vec<Bytes> {
    let timed = alignment(text, pcm);
    let line = |(n, piece): (usize, &Bytes)| {
        let timed = if n == 0 { &timed } else { &Value::Null };
        let line = json!({
            "audio_base64": STANDARD.encode(piece),
            "alignment": timed,
            "normalized_alignment": timed,
        });
        Bytes::from(format!("{line}\n"))
    };
    pieces.iter().enumerate().map(line).collect()
}

/// When each character is said, in seconds.
fn alignment(text: &str, pcm: &Pcm) -> Value {
    let count = text.chars().count().max(1) as f64;
    let each = pcm.duration_ms() as f64 / 1000.0 / count;
    let at = |n: usize| (n as f64 * each * 1000.0).round() / 1000.0;
    let indices = || text.chars().enumerate();
    json!({
        "characters": text.chars().map(String::from).collect::<Vec<_>>(),
        "character_start_times_seconds": indices().map(|(n, _)| at(n)).collect::<Vec<_>>(),
        "character_end_times_seconds": indices().map(|(n, _)| at(n + 1)).collect::<Vec<_>>(),
    })
}
