//! Deepgram Aura: `POST /v1/speak` (pages "Text to Speech REST", "Media Output Settings", "Errors"; spec
//! deepgram/deepgram-api-specs).

mod live;
mod models;

use audio::{Encoding, Format};
use bytes::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::reply::Reply;
use crate::request::Request;
use crate::sound::{Length, in_pieces, speak, wav_head};

use models::MODELS;

const LIMIT_BYTES: usize = 2 * 1024 * 1024;
const LIMIT_CHARS: usize = 2400;
const PARAMETERS: &[&str] = &[
    "model",
    "encoding",
    "container",
    "sample_rate",
    "bit_rate",
    "speed",
    "callback",
    "callback_method",
    "mip_opt_out",
    "tag",
];

/// The answer to any request.
pub(crate) fn answer(request: &Request, key: &str) -> Reply {
    let reply = match request.target() {
        ("POST", "/v1/speak") => authorized(request, key).and_then(|()| spoken(request)),
        ("GET", "/v1/speak") if request.wants_socket() => {
            live::opened(request, key).map_err(|refused| {
                let code = refused.body()["err_code"].as_str().map(str::to_owned);
                refused.with("dg-error", code.unwrap_or_default())
            })
        }
        (_, "/v1/speak") => Err(refusal(405, "METHOD_NOT_ALLOWED", "Method not allowed.")),
        _ => Err(refusal(404, "NOT_FOUND", "Not found.")),
    };
    let reply = reply.unwrap_or_else(|refused| refused);
    reply.with("dg-request-id", Uuid::new_v4().to_string())
}

/// The documented error of a status.
pub(crate) fn error(status: u16) -> Reply {
    let (code, message) = match status {
        401 => ("INVALID_AUTH", "Invalid credentials."),
        402 => (
            "ASR_PAYMENT_REQUIRED",
            "Project does not have enough credits for an ASR request and does not have an overage agreement.",
        ),
        403 => (
            "INSUFFICIENT_PERMISSIONS",
            "Project does not have access to the requested model.",
        ),
        413 => ("PAYLOAD_TOO_LARGE", "Payload size exceeds limit of 2 MB."),
        422 => ("UNPROCESSABLE_ENTITY", "Failed to handle request."),
        429 => ("Too Many Requests", "Please try again later."),
        503 => {
            // This one is spelled `error_code` on the errors page.
            let body = json!({
                "error_code": "Service Unavailable",
                "err_msg": "Please try again later",
                "request_id": Uuid::new_v4(),
            });
            return Reply::json(503, &body);
        }
        500.. => ("INTERNAL_SERVER_ERROR", "Internal server error."),
        _ => ("Bad Request", "Bad Request"),
    };
    refusal(status, code, message)
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    let body = json!({"err_code": code, "err_msg": message, "request_id": Uuid::new_v4()});
    Reply::json(status, &body)
}

fn authorized(request: &Request, key: &str) -> Result<(), Reply> {
    let given = request
        .authorization("Token")
        .or_else(|| request.authorization("Bearer"));
    match given == Some(key) {
        true => Ok(()),
        false => Err(error(401)),
    }
}

fn spoken(request: &Request) -> Result<Reply, Reply> {
    let model = model(request)?;
    let output = Output::read(request)?;
    let speed = speed(request)?;
    let text = text(request)?;
    let pcm = speak(&text, model, speed, output.format.rate, request.voicing);
    let mut pieces: Vec<Bytes> = in_pieces(&pcm, output.format, request.pace.chunk_ms);
    if output.wav {
        pieces.insert(0, wav_head(output.format, Length::Endless));
    }
    Ok(Reply::pieces(output.content_type(), pieces)
        .with("dg-model-name", model)
        .with("dg-model-uuid", "ecb76e9d-f2db-4127-8060-79b05590d22f")
        .with("dg-char-count", text.chars().count().to_string()))
}

fn model(request: &Request) -> Result<&'static str, Reply> {
    let wanted = request.query("model").unwrap_or("aura-asteria-en");
    let found = MODELS.iter().find(|model| **model == wanted);
    found.copied().ok_or_else(|| {
        let text = "Bad Request: No such model/version combination found.";
        refusal(400, "Bad Request", text)
    })
}

/// The form of the sound, when the combination is one of the table's.
struct Output {
    format: Format,
    wav: bool,
}

impl Output {
    fn read(request: &Request) -> Result<Self, Reply> {
        let names = request.query.iter().map(|(name, _)| name.as_str());
        if let Some(unknown) = names.into_iter().find(|name| !PARAMETERS.contains(name)) {
            return Err(undeserialized(&format!("unknown field `{unknown}`")));
        }
        // "mp3 (default)", says the table of combinations.
        let encoding = request.query("encoding").unwrap_or("mp3");
        let (law, default, rates) = match encoding {
            "linear16" => (
                Encoding::Pcm16,
                24_000,
                &[8000, 16_000, 24_000, 32_000, 48_000][..],
            ),
            "mulaw" => (Encoding::Mulaw, 8000, &[8000, 16_000][..]),
            "alaw" => (Encoding::Alaw, 8000, &[8000, 16_000][..]),
            coded @ ("mp3" | "opus" | "flac" | "aac") => return Err(coded_only(request, coded)),
            other => {
                return Err(undeserialized(&format!(
                    "encoding: unknown variant `{other}`, expected one of `linear16`, `flac`, `mulaw`, `alaw`, `mp3`, `opus`, `aac`"
                )));
            }
        };
        if request.query("bit_rate").is_some() {
            return Err(unsupported(&format!(
                "`bit_rate` is not applicable when `encoding={encoding}`"
            )));
        }
        let wav = match request.query("container") {
            None | Some("wav") => true,
            Some("none") => false,
            Some(other) => return Err(no_container(encoding, other)),
        };
        let rate = match request.query("sample_rate") {
            None => default,
            Some(given) => whole(given)
                .filter(|rate| rates.contains(rate))
                .ok_or_else(|| {
                    let rates: Vec<String> = rates.iter().map(u32::to_string).collect();
                    let rates = rates.join(", ");
                    unsupported(&format!(
                        "`sample_rate` must be {rates} when `encoding={encoding}`"
                    ))
                })?,
        };
        let format = Format {
            encoding: law,
            rate,
        };
        Ok(Self { format, wav })
    }

    fn content_type(&self) -> String {
        let rate = self.format.rate;
        match self.format.encoding {
            _ if self.wav => "audio/wav".to_owned(),
            Encoding::Pcm16 => format!("audio/l16;rate={rate}"),
            Encoding::Mulaw => format!("audio/mulaw;rate={rate}"),
            Encoding::Alaw => format!("audio/alaw;rate={rate}"),
        }
    }
}

/// The answer to an encoding for which there is no coder here: wrong combinations are still refused.
fn coded_only(request: &Request, encoding: &str) -> Reply {
    if request.query("sample_rate").is_some() && encoding != "flac" {
        return unsupported(&format!(
            "`sample_rate` is not applicable when `encoding={encoding}`"
        ));
    }
    match request.query("container") {
        None => Reply::beyond_us(encoding),
        Some("ogg") if encoding == "opus" => Reply::beyond_us(encoding),
        Some(container) if encoding == "opus" => no_container(encoding, container),
        Some(_) => unsupported(&format!(
            "`container` is not applicable when `encoding={encoding}`"
        )),
    }
}

fn no_container(encoding: &str, container: &str) -> Reply {
    unsupported(&format!(
        "`container={container}` is invalid when `encoding={encoding}`"
    ))
}

/// Whole numbers, also written as the Python client writes them (`8000.0`).
fn whole(text: &str) -> Option<u32> {
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}

fn unsupported(message: &str) -> Reply {
    // The errors page says INVALID_QUERY_PARAMETER, the service this (pipecat-ai/pipecat#2764).
    let text = format!("Unsupported audio format: {message}");
    refusal(400, "UNSUPPORTED_AUDIO_FORMAT", &text)
}

fn undeserialized(message: &str) -> Reply {
    let text = format!("Failed to deserialize query parameters: {message}");
    refusal(400, "INVALID_QUERY_PARAMETER", &text)
}

/// 0.7 to 1.5 (page "Speaking rate").
fn speed(request: &Request) -> Result<f64, Reply> {
    match request.query("speed").map(str::parse) {
        None => Ok(1.0),
        Some(Ok(speed)) if (0.7..=1.5).contains(&speed) => Ok(speed),
        Some(_) => Err(undeserialized("speed: must be between 0.7 and 1.5")),
    }
}

fn text(request: &Request) -> Result<String, Reply> {
    if request.body.len() > LIMIT_BYTES {
        return Err(error(413));
    }
    let kind = request.header("content-type").unwrap_or_default();
    let text = match kind.split(';').next().map(str::trim) {
        Some("text/plain") => String::from_utf8(request.body.to_vec())
            .map_err(|_| refusal(400, "PAYLOAD_ERROR", "Failed to decode payload as UTF-8."))?,
        Some("application/json") => from_json(request)?,
        _ => {
            let text = "`Content-Type` header is not supported. `Content-Type` must be either `text/plain` or `application/json`.";
            return Err(refusal(415, "UNSUPPORTED_MEDIA_TYPE", text));
        }
    };
    if text.trim().is_empty() {
        return Err(refusal(
            400,
            "Bad Request",
            "Input text contains no characters.",
        ));
    }
    if text.chars().count() > LIMIT_CHARS {
        let message = format!("Input text exceeds maximum character limit of {LIMIT_CHARS}.");
        return Err(refusal(413, "Payload Too Large", &message));
    }
    Ok(text)
}

fn from_json(request: &Request) -> Result<String, Reply> {
    let text = request.field("text").and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| {
        let text = "Failed to deserialize JSON payload. Please specify exactly one of `text` or `url` in the JSON body.";
        refusal(400, "PAYLOAD_ERROR", text)
    })
}
