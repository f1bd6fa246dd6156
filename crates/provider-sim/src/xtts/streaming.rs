//! xtts-streaming-server: the client sends the speaker's numbers with every request.

use audio::Wav;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{FORMAT, LANGUAGES};
use crate::fastapi;
use crate::reply::Reply;
use crate::request::Request;
use crate::sound::{Length, in_pieces, speak, wav_head};

const SPEAKERS: &[&str] = &[
    "Claribel Dervla",
    "Daisy Studious",
    "Andrew Chipper",
    "Damien Black",
];
const EMBEDDING: usize = 512;
const LATENT: usize = 1024;

/// The answer to any request.
pub(crate) fn answer(request: &Request) -> Reply {
    let reply = match request.target() {
        ("POST", "/clone_speaker") => cloned(request),
        ("POST", "/tts_stream") => streamed(request),
        ("POST", "/tts") => whole(request),
        ("GET", "/studio_speakers") => Ok(speakers()),
        ("GET", "/languages") => {
            let codes: Vec<&str> = LANGUAGES.iter().map(|(code, _)| *code).collect();
            Ok(Reply::json(200, &json!(codes)))
        }
        (_, "/clone_speaker" | "/tts_stream" | "/tts" | "/studio_speakers" | "/languages") => {
            Err(fastapi::not_allowed())
        }
        _ => Err(fastapi::not_found()),
    };
    let reply = reply.unwrap_or_else(|refused| refused);
    reply.with("server", "uvicorn")
}

/// What uvicorn answers when something raised.
pub(crate) fn error(status: u16) -> Reply {
    match status {
        422 => fastapi::unfit("missing", &["body", "text"], "Field required", &Value::Null),
        500.. => fastapi::raised(),
        _ => fastapi::detail(status, &json!("Error")),
    }
}

/// The numbers of a speaker; the seed makes them tell speakers apart.
fn latents(seed: u32) -> Value {
    let at = |n: usize| f64::from((seed.wrapping_mul(31) ^ n as u32) % 1000) / 4096.0;
    let row = |from: usize| (0..LATENT).map(|n| at(from + n)).collect::<Vec<f64>>();
    json!({
        "speaker_embedding": (0..EMBEDDING).map(at).collect::<Vec<f64>>(),
        "gpt_cond_latent": [row(1), row(2)],
    })
}

fn speakers() -> Reply {
    let all = SPEAKERS.iter().zip(1..);
    let all: serde_json::Map<String, Value> = all
        .map(|(name, seed)| ((*name).to_owned(), latents(seed)))
        .collect();
    Reply::json(200, &Value::Object(all))
}

/// A multipart form with the file `wav_file`.
fn cloned(request: &Request) -> Result<Reply, Reply> {
    let kind = request.header("content-type").unwrap_or_default();
    let named = find(&request.body, b"name=\"wav_file\"");
    if !kind.starts_with("multipart/form-data") || named.is_none() {
        return Err(fastapi::unfit(
            "missing",
            &["body", "wav_file"],
            "Field required",
            &Value::Null,
        ));
    }
    let sound = find(&request.body, b"RIFF").map(|at| &request.body[at..]);
    match sound {
        Some(sound) if sound.get(8..12) == Some(b"WAVE") => {
            let seed = sound
                .iter()
                .fold(7u32, |sum, byte| sum.wrapping_mul(31) ^ u32::from(*byte));
            Ok(Reply::json(200, &latents(seed)))
        }
        // torchaudio cannot read it, and nobody catches that.
        _ => Err(fastapi::raised()),
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// What both ways of speaking take.
struct Inputs<'a> {
    text: &'a str,
    speaker: String,
}

fn inputs(request: &Request) -> Result<Inputs<'_>, Reply> {
    let body = fastapi::body(request)?;
    let embedding = numbers(body, "speaker_embedding")?;
    let rows = list(body, "gpt_cond_latent")?;
    let sizes = rows.iter().map(|row| row.as_array().map_or(0, Vec::len));
    let text = fastapi::text(body, "text")?;
    let language = fastapi::text(body, "language")?;
    let shaped = sizes.sum::<usize>().is_multiple_of(LATENT) && embedding.len() == EMBEDDING;
    let spoken = LANGUAGES.iter().any(|(code, _)| *code == language);
    if !shaped || rows.is_empty() || !spoken || text.trim().is_empty() {
        return Err(fastapi::raised());
    }
    let speaker = embedding.iter().take(4).map(f64::to_string).collect();
    Ok(Inputs { text, speaker })
}

fn list<'a>(body: &'a Value, name: &str) -> Result<&'a Vec<Value>, Reply> {
    match body.get(name) {
        None => Err(fastapi::unfit(
            "missing",
            &["body", name],
            "Field required",
            body,
        )),
        Some(Value::Array(values)) => Ok(values),
        Some(other) => Err(fastapi::unfit(
            "list_type",
            &["body", name],
            "Input should be a valid list",
            other,
        )),
    }
}

fn numbers(body: &Value, name: &str) -> Result<Vec<f64>, Reply> {
    let wrong = |value: &Value| {
        fastapi::unfit(
            "float_type",
            &["body", name, "0"],
            "Input should be a valid number",
            value,
        )
    };
    let values = list(body, name)?.iter();
    values
        .map(|value| value.as_f64().ok_or_else(|| wrong(value)))
        .collect()
}

fn streamed(request: &Request) -> Result<Reply, Reply> {
    let body = fastapi::body(request)?;
    if let Some(size) = body.get("stream_chunk_size") {
        let Some(size) = size.as_str() else {
            return Err(fastapi::unfit(
                "string_type",
                &["body", "stream_chunk_size"],
                "Input should be a valid string",
                size,
            ));
        };
        if size.parse::<u32>().is_err() {
            return Err(fastapi::raised());
        }
    }
    let inputs = inputs(request)?;
    let pcm = speak(
        inputs.text,
        &inputs.speaker,
        1.0,
        FORMAT.rate,
        request.voicing,
    );
    let mut pieces = in_pieces(&pcm, FORMAT, request.pace.chunk_ms);
    let headed = body.get("add_wav_header").and_then(Value::as_bool);
    if headed.unwrap_or(true) && !pieces.is_empty() {
        pieces.insert(0, wav_head(FORMAT, Length::Zero));
    }
    Ok(Reply::pieces("audio/wav", pieces))
}

fn whole(request: &Request) -> Result<Reply, Reply> {
    let inputs = inputs(request)?;
    let pcm = speak(
        inputs.text,
        &inputs.speaker,
        1.0,
        FORMAT.rate,
        request.voicing,
    );
    let file = Wav::encode(&pcm, FORMAT);
    Ok(Reply::json(200, &json!(STANDARD.encode(file))))
}
