//! Google Cloud Text-to-Speech: `POST /v1/text:synthesize`, `GET /v1/voices` (REST reference v1; google-cloud-texttospeech).

mod voices;

use audio::{Encoding, Format, Wav};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::reply::Reply;
use crate::request::Request;
use crate::sound::speak;

use voices::all_voices;

const LIMIT_BYTES: usize = 5000;
/// What the voices speak unless another rate is asked for, in hertz.
const NATURAL_RATE: u32 = 24_000;
/// The answer to any request.
pub(crate) fn answer(request: &Request, key: &str) -> Reply {
    let path = request.path.replace("%3A", ":").replace("%3a", ":");
    let reply = match (request.method.as_str(), path.as_str()) {
        ("POST", "/v1/text:synthesize" | "/v1beta1/text:synthesize") => {
            authorized(request, key).and_then(|()| synthesized(request))
        }
        ("GET", "/v1/voices" | "/v1beta1/voices") => {
            authorized(request, key).map(|()| voices(request))
        }
        _ => {
            let page = "<!DOCTYPE html>\n<html lang=en>\n  <title>Error 404 (Not Found)!!1</title>\n  <p><b>404.</b> <ins>That’s an error.</ins>\n";
            Err(Reply::whole(404, "text/html; charset=UTF-8", page))
        }
    };
    reply.unwrap_or_else(|refused| refused)
}

/// The documented error of a status (page "Errors": google.rpc.Code by HTTP status).
pub(crate) fn error(status: u16) -> Reply {
    let (name, message) = match status {
        401 => (
            "UNAUTHENTICATED",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        ),
        403 => (
            "PERMISSION_DENIED",
            "Cloud Text-to-Speech API has not been used in project 000000000000 before or it is disabled.",
        ),
        404 => ("NOT_FOUND", "Requested entity was not found."),
        429 => (
            "RESOURCE_EXHAUSTED",
            "Quota exceeded for quota metric 'All requests' and limit 'All requests per minute' of service 'texttospeech.googleapis.com' for consumer 'project_number:000000000000'.",
        ),
        500 => ("INTERNAL", "Internal error encountered."),
        503 => ("UNAVAILABLE", "The service is currently unavailable."),
        504 => ("DEADLINE_EXCEEDED", "Deadline exceeded."),
        501.. => ("UNKNOWN", "Unknown error."),
        _ => ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    };
    refusal(status, name, message)
}

fn refusal(status: u16, name: &str, message: &str) -> Reply {
    let error = json!({"code": status, "message": message, "status": name});
    answered(status, &json!({ "error": error }))
}

fn invalid(message: &str) -> Reply {
    refusal(400, "INVALID_ARGUMENT", message)
}

fn answered(status: u16, value: &Value) -> Reply {
    let text = format!("{value:#}\n");
    Reply::whole(status, "application/json; charset=UTF-8", text)
}

fn authorized(request: &Request, key: &str) -> Result<(), Reply> {
    if let Some(token) = request.authorization("Bearer") {
        return match token == key {
            true => Ok(()),
            false => Err(error(401)),
        };
    }
    let given = request
        .header("x-goog-api-key")
        .or_else(|| request.query("key"));
    match given {
        Some(given) if given == key => Ok(()),
        Some(_) => Err(no_such_key()),
        None => Err(refusal(
            403,
            "PERMISSION_DENIED",
            "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
        )),
    }
}

fn no_such_key() -> Reply {
    let error = json!({
        "code": 400,
        "message": "API key not valid. Please pass a valid API key.",
        "status": "INVALID_ARGUMENT",
        "details": [{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": "texttospeech.googleapis.com"},
        }],
    });
    answered(400, &json!({ "error": error }))
}

fn voices(request: &Request) -> Reply {
    let wanted = request
        .query("languageCode")
        .or(request.query("language_code"));
    let wanted = wanted.unwrap_or_default().to_ascii_lowercase();
    let voices: Vec<Value> = all_voices()
        .filter(|voice| voice.language.to_ascii_lowercase().starts_with(&wanted))
        .map(|voice| {
            json!({
                "languageCodes": [voice.language],
                "name": voice.name,
                "ssmlGender": voice.gender,
                "naturalSampleRateHertz": NATURAL_RATE,
            })
        })
        .collect();
    match voices.is_empty() {
        // An empty list is left out, as always in this JSON.
        true => answered(200, &json!({})),
        false => answered(200, &json!({ "voices": voices })),
    }
}

fn synthesized(request: &Request) -> Result<Reply, Reply> {
    let Some(body @ Value::Object(fields)) = &request.json else {
        return Err(invalid(
            "Invalid JSON payload received. Unexpected token.\n^",
        ));
    };
    let known = [
        "input",
        "voice",
        "audioConfig",
        "audio_config",
        "advancedVoiceOptions",
    ];
    if let Some(unknown) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(invalid(&format!(
            "Invalid JSON payload received. Unknown name \"{unknown}\": Cannot find field."
        )));
    }
    let voice = voice(get(body, "voice", "voice"))?;
    let text = text(get(body, "input", "input"), &voice)?;
    let config = Config::read(get(body, "audioConfig", "audio_config"), &voice)?;
    let pcm = speak(
        &text,
        &voice,
        config.speaking_rate,
        config.format.rate,
        request.voicing,
    );
    let sound = match config.wav {
        _ if pcm.is_empty() => Vec::new(),
        true => Wav::encode(&pcm, config.format),
        false => config.format.encode(&pcm),
    };
    let body = json!({ "audioContent": STANDARD.encode(sound) });
    Ok(answered(200, &body))
}

/// A field by either of its names: proto3 JSON takes both.
fn get<'a>(value: &'a Value, camel: &str, snake: &str) -> &'a Value {
    let found = value.get(camel).or_else(|| value.get(snake));
    found.unwrap_or(&Value::Null)
}

fn voice(wanted: &Value) -> Result<String, Reply> {
    let language = get(wanted, "languageCode", "language_code").as_str();
    let Some(language) = language.filter(|code| !code.is_empty()) else {
        return Err(invalid("Voice.language_code is empty"));
    };
    let Some(name) = get(wanted, "name", "name")
        .as_str()
        .filter(|n| !n.is_empty())
    else {
        let found = all_voices().find(|voice| voice.language.eq_ignore_ascii_case(language));
        return found.map(|voice| voice.name).ok_or_else(|| {
            invalid(&format!(
                "Voice '' does not exist. Is it misspelled? No voice speaks {language}."
            ))
        });
    };
    let Some(found) = all_voices().find(|voice| voice.name == name) else {
        return Err(invalid(&format!(
            "Voice '{name}' does not exist. Is it misspelled?"
        )));
    };
    if !found.language.eq_ignore_ascii_case(language) {
        return Err(invalid(&format!(
            "Requested language code '{language}' doesn't match the voice '{name}''s language code '{}'. Either omit the voice name or change the language code.",
            found.language
        )));
    }
    Ok(found.name)
}

fn text(input: &Value, voice: &str) -> Result<String, Reply> {
    let given: Vec<(&str, &str)> = ["text", "ssml", "markup"]
        .into_iter()
        .filter_map(|name| Some((name, input.get(name)?.as_str()?)))
        .collect();
    let [(kind, text)] = given.as_slice() else {
        return Err(invalid(
            "Invalid input: exactly one of `input.text`, `input.ssml` or `input.markup` must be set.",
        ));
    };
    if text.len() > LIMIT_BYTES {
        return Err(invalid(
            "Either `input.text` or `input.ssml` is longer than the limit of 5000 bytes. This limit is different from quotas. To fix, reduce the byte length of the characters in this request, or consider using the Long Audio API: https://cloud.google.com/text-to-speech/docs/create-audio-text-long-audio-synthesis.",
        ));
    }
    if text.trim().is_empty() {
        return Err(invalid("Invalid input: `input.text` is empty."));
    }
    if *kind == "ssml" {
        if voice.contains("Chirp") && !text.trim_start().starts_with("<speak") {
            return Err(invalid(
                "Invalid SSML. Newer voices like Chirp only support a subset of it.",
            ));
        }
        return Ok(without_tags(text));
    }
    Ok((*text).to_owned())
}

fn without_tags(ssml: &str) -> String {
    let mut depth = 0;
    let outside = |c: &char| {
        match c {
            '<' => depth += 1,
            '>' if depth > 0 => {
                depth -= 1;
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    ssml.chars().filter(outside).collect()
}

/// `audioConfig`, judged.
struct Config {
    format: Format,
    wav: bool,
    speaking_rate: f64,
}

impl Config {
    fn read(config: &Value, voice: &str) -> Result<Self, Reply> {
        let encoding = get(config, "audioEncoding", "audio_encoding");
        let (law, wav) = match encoding.as_str().unwrap_or("AUDIO_ENCODING_UNSPECIFIED") {
            "LINEAR16" => (Encoding::Pcm16, true),
            "PCM" => (Encoding::Pcm16, false),
            "MULAW" => (Encoding::Mulaw, true),
            "ALAW" => (Encoding::Alaw, true),
            coded @ ("MP3" | "OGG_OPUS" | "M4A") => return Err(Reply::beyond_us(coded)),
            "AUDIO_ENCODING_UNSPECIFIED" => {
                return Err(invalid(
                    "Invalid audio_config.audio_encoding: AUDIO_ENCODING_UNSPECIFIED.",
                ));
            }
            other => {
                return Err(invalid(&format!(
                    "Invalid value at 'audio_config.audio_encoding' (type.googleapis.com/google.cloud.texttospeech.v1.AudioEncoding), \"{other}\""
                )));
            }
        };
        let default = match law {
            Encoding::Pcm16 => NATURAL_RATE,
            Encoding::Mulaw | Encoding::Alaw => 8000,
        };
        let rate = get(config, "sampleRateHertz", "sample_rate_hertz").as_u64();
        let rate = rate.unwrap_or(u64::from(default));
        if !(8000..=48_000).contains(&rate) {
            return Err(invalid(&format!(
                "The sample rate {rate} is not supported."
            )));
        }
        if voice.contains("Chirp")
            && get(config, "pitch", "pitch")
                .as_f64()
                .is_some_and(|p| p != 0.0)
        {
            return Err(invalid(
                "This voice does not support pitch parameters at this time.",
            ));
        }
        within(config, ("pitch", "pitch"), -20.0, 20.0, 0.0)?;
        within(config, ("volumeGainDb", "volume_gain_db"), -96.0, 16.0, 0.0)?;
        let speaking_rate = within(config, ("speakingRate", "speaking_rate"), 0.25, 2.0, 1.0)?;
        let format = Format {
            encoding: law,
            rate: rate as u32,
        };
        Ok(Self {
            format,
            wav,
            speaking_rate,
        })
    }
}

fn within(
    config: &Value,
    (camel, snake): (&str, &str),
    least: f64,
    most: f64,
    default: f64,
) -> Result<f64, Reply> {
    match get(config, camel, snake).as_f64() {
        None => Ok(default),
        // 0 is what a field that was not set looks like.
        Some(0.0) => Ok(default),
        Some(value) if (least..=most).contains(&value) => Ok(value),
        Some(value) => Err(invalid(&format!(
            "Invalid {snake}: {value}. Must be between {least} and {most}."
        ))),
    }
}
