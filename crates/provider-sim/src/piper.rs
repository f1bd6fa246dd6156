//! The Piper HTTP servers: that of piper-tts 1.x (OHF-Voice/piper1-gpl) and that of rhasspy/piper, both on Flask.

use audio::{Encoding, Format, Wav};
use serde_json::{Value, json};

use crate::reply::Reply;
use crate::request::Request;
use crate::sound::speak;

/// The voices that are on the server: name, rate in hertz, language. The first is the default.
const VOICES: &[(&str, u32, &str)] = &[
    ("en_US-lessac-medium", 22_050, "en-us"),
    ("en_GB-alan-low", 16_000, "en-gb"),
    ("en_AU-example-high", 22_050, "en-gb"),
];
const DEFAULT: (&str, u32, &str) = VOICES[0];

/// The answer of the current generation.
pub(crate) fn answer(request: &Request) -> Reply {
    let reply = match request.target() {
        ("POST", "/synthesize") => synthesized(request),
        ("GET", "/voices") => voices(),
        ("GET", "/info") => Reply::json(
            200,
            &json!({"voice": {"name": DEFAULT.0, "language": DEFAULT.2, "num_speakers": 1}, "last": null}),
        ),
        ("GET", "/") => page(200, "<!doctype html>\n<title>Piper</title>\n"),
        (_, "/synthesize" | "/voices" | "/info" | "/") => error(405),
        _ => error(404),
    };
    reply.with("server", "Werkzeug/3.1.3 Python/3.12.3")
}

/// The answer of the older generation: one path, and the voice that it was started with.
pub(crate) fn legacy(request: &Request) -> Reply {
    let reply = match request.target() {
        ("POST", "/") => match std::str::from_utf8(&request.body) {
            Ok(text) => said(request, text, DEFAULT, 1.0),
            Err(_) => error(500),
        },
        ("GET", "/") => said(
            request,
            request.query("text").unwrap_or_default(),
            DEFAULT,
            1.0,
        ),
        (_, "/") => error(405),
        _ => error(404),
    };
    reply.with("server", "Werkzeug/2.3.7 Python/3.9.2")
}

/// Flask's pages. Whatever a handler raised is a 500.
pub(crate) fn error(status: u16) -> Reply {
    let (title, text) = match status {
        400 => (
            "Bad Request",
            "The browser (or proxy) sent a request that this server could not understand.",
        ),
        404 => (
            "Not Found",
            "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.",
        ),
        405 => (
            "Method Not Allowed",
            "The method is not allowed for the requested URL.",
        ),
        429 => (
            "Too Many Requests",
            "This user has exceeded an allotted request count. Try again later.",
        ),
        503 => (
            "Service Unavailable",
            "The server is temporarily unable to service your request due to maintenance downtime or capacity problems. Please try again later.",
        ),
        _ => (
            "Internal Server Error",
            "The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.",
        ),
    };
    page(
        status,
        &format!(
            "<!doctype html>\n<html lang=en>\n<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n"
        ),
    )
}

fn page(status: u16, text: &str) -> Reply {
    Reply::whole(status, "text/html; charset=utf-8", text.to_owned())
}

fn voices() -> Reply {
    let config = |(name, rate, language): &(&str, u32, &str)| {
        let config = json!({
            "audio": {"sample_rate": rate, "quality": name.rsplit('-').next()},
            "espeak": {"voice": language},
            "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
            "language": {"code": name.split('-').next()},
            "num_speakers": 1,
            "speaker_id_map": {},
            "dataset": name.split('-').nth(1),
        });
        ((*name).to_owned(), config)
    };
    let voices: serde_json::Map<String, Value> = VOICES.iter().map(config).collect();
    Reply::json(200, &Value::Object(voices))
}

fn synthesized(request: &Request) -> Reply {
    // Every mistake raises, and whatever raises is a 500.
    let Some(body @ Value::Object(_)) = &request.json else {
        return error(500);
    };
    let text = match body.get("text") {
        None => "",
        Some(Value::String(text)) => text,
        Some(_) => return error(500),
    };
    let scale = match body.get("length_scale") {
        None => 1.0,
        Some(scale) => match scale.as_f64() {
            Some(scale) if scale > 0.0 => scale,
            _ => return error(500),
        },
    };
    let name = body.get("voice").and_then(Value::as_str);
    let voice = VOICES.iter().find(|(known, ..)| Some(*known) == name);
    // A voice that is not there is replaced by the default, and only the log says so.
    said(
        request,
        text,
        voice.copied().unwrap_or(DEFAULT),
        1.0 / scale,
    )
}

fn said(request: &Request, text: &str, (voice, rate, _): (&str, u32, &str), speed: f64) -> Reply {
    let text = text.trim();
    if text.is_empty() {
        return error(500);
    }
    let format = Format {
        encoding: Encoding::Pcm16,
        rate,
    };
    let pcm = speak(text, voice, speed, rate, request.voicing);
    // Flask calls bytes a page unless it is told otherwise, and the server does not tell it.
    Reply::whole(200, "text/html; charset=utf-8", Wav::encode(&pcm, format))
}
