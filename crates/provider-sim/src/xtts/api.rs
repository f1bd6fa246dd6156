//! xtts-api-server: speakers are WAV files in a folder of the server.

use audio::Wav;
use serde_json::{Value, json};

use super::{FORMAT, LANGUAGES};
use crate::fastapi;
use crate::reply::Reply;
use crate::request::Request;
use crate::sound::{Length, in_pieces, speak, wav_head};

const SPEAKERS: &[&str] = &["calm_female", "female", "male"];
const UNSUPPORTED: &str = "Language code sent is either unsupported or misspelled.";

/// The answer to any request.
pub(crate) fn answer(request: &Request) -> Reply {
    let reply = match request.target() {
        ("GET", "/tts_stream") => streamed(request),
        ("POST", "/tts_to_audio/") => whole(request),
        ("POST", "/tts_to_audio") => {
            Ok(Reply::whole(307, "text/plain", "").with("location", "/tts_to_audio/"))
        }
        ("GET", "/speakers_list") => Ok(Reply::json(200, &json!(SPEAKERS))),
        ("GET", "/speakers") => Ok(speakers()),
        ("GET", "/languages") => Ok(languages()),
        (_, "/tts_stream" | "/tts_to_audio/" | "/speakers_list" | "/speakers" | "/languages") => {
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
        422 => fastapi::unfit(
            "missing",
            &["query", "text"],
            "Field required",
            &Value::Null,
        ),
        500 => fastapi::detail(500, &json!("Error: CUDA out of memory.")),
        501.. => fastapi::raised(),
        _ => fastapi::detail(status, &json!("Error")),
    }
}

fn speakers() -> Reply {
    let speaker = |name: &&str| {
        json!({
            "name": name,
            "voice_id": name,
            "preview_url": format!("http://127.0.0.1:8020/sample/{name}.wav"),
        })
    };
    let all: Vec<Value> = SPEAKERS.iter().map(speaker).collect();
    Reply::json(200, &json!(all))
}

fn languages() -> Reply {
    let all = LANGUAGES.iter();
    let all: serde_json::Map<String, Value> = all
        .map(|(code, name)| ((*name).to_owned(), json!(code)))
        .collect();
    Reply::json(200, &json!({ "languages": all }))
}

fn known(language: &str) -> bool {
    let language = language.to_lowercase();
    LANGUAGES.iter().any(|(code, _)| *code == language)
}

fn speaker(wanted: &str) -> Option<&'static str> {
    let name = wanted.strip_suffix(".wav").unwrap_or(wanted);
    SPEAKERS.iter().find(|known| **known == name).copied()
}

fn streamed(request: &Request) -> Result<Reply, Reply> {
    let text = parameter(request, "text")?;
    let wanted = parameter(request, "speaker_wav")?;
    let language = parameter(request, "language")?;
    if !known(language) {
        return Err(fastapi::detail(400, &json!(UNSUPPORTED)));
    }
    let kind = "audio/x-wav";
    let Some(voice) = speaker(wanted) else {
        // The head has left when the generator raises.
        return Ok(Reply::torn(kind, Vec::new()));
    };
    let head = wav_head(FORMAT, Length::Zero);
    if text.trim().is_empty() {
        return Ok(Reply::torn(kind, vec![head]));
    }
    let pcm = speak(text, voice, 1.0, FORMAT.rate, request.voicing);
    let mut pieces = in_pieces(&pcm, FORMAT, request.pace.chunk_ms);
    pieces.insert(0, head);
    Ok(Reply::pieces(kind, pieces))
}

fn parameter<'a>(request: &'a Request, name: &str) -> Result<&'a str, Reply> {
    request
        .query(name)
        .ok_or_else(|| fastapi::unfit("missing", &["query", name], "Field required", &Value::Null))
}

fn whole(request: &Request) -> Result<Reply, Reply> {
    let body = fastapi::body(request)?;
    let text = fastapi::text(body, "text")?;
    let wanted = fastapi::text(body, "speaker_wav")?;
    let language = fastapi::text(body, "language")?;
    // The handler catches everything, its own refusals too, and calls it a 500.
    let caught = |text: String| fastapi::detail(500, &json!(format!("Error: {text}")));
    if !known(language) {
        return Err(caught(format!("400: {UNSUPPORTED}")));
    }
    let Some(voice) = speaker(wanted) else {
        return Err(caught(format!("Speaker {wanted} not found.")));
    };
    if text.trim().is_empty() {
        return Err(caught("no text".to_owned()));
    }
    let pcm = speak(text, voice, 1.0, FORMAT.rate, request.voicing);
    let file = "attachment; filename=\"output.wav\"";
    Ok(Reply::whole(200, "audio/wav", Wav::encode(&pcm, FORMAT)).with("content-disposition", file))
}
