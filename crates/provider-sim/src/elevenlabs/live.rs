//! Speech over a WebSocket: `GET /v1/text-to-speech/{voice}/stream-input` (asyncapi.yml; guide "WebSockets").

use std::time::Duration;

use audio::Format;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;
use serde_json::{Value, json};

use super::{Output, check, known_voice, output, settings};
use crate::fault::Pace;
use crate::reply::Reply;
use crate::request::Request;
use crate::socket::{Heard, Socket};
use crate::sound::{Voicing, in_pieces, speak};

/// Characters that are waited for before each generation, unless the client says otherwise.
const SCHEDULE: &[usize] = &[120, 160, 250, 290];
/// `try_trigger_generation` wants at least so many.
const TRIGGER: usize = 50;

/// The answer to the handshake. What is wrong with the request is said over the socket, as the service does.
pub(super) fn opened(request: &Request, key: &str, voice: &str) -> Result<Reply, Reply> {
    let output = output(request.query("output_format"))?;
    let Output::Plain { format, .. } = output else {
        return Err(Reply::beyond_us("mp3 and opus"));
    };
    let seconds = request
        .query("inactivity_timeout")
        .and_then(|s| s.parse().ok());
    let stream = Stream {
        voice: voice.to_owned(),
        key: key.to_owned(),
        credential: request.header("xi-api-key").map(str::to_owned),
        model: request
            .query("model_id")
            .unwrap_or("eleven_multilingual_v2")
            .to_owned(),
        format,
        speed: 1.0,
        auto: request.query("auto_mode") == Some("true"),
        patience: Duration::from_secs(seconds.unwrap_or(20).min(180)),
        voicing: request.voicing,
        pace: request.pace,
        schedule: SCHEDULE.to_vec(),
        step: 0,
        buffer: String::new(),
        begun: false,
    };
    Ok(Reply::socket(Box::new(move |socket| {
        stream.run(socket).boxed()
    })))
}

struct Stream {
    voice: String,
    key: String,
    /// May also come in the first message.
    credential: Option<String>,
    model: String,
    format: Format,
    speed: f64,
    auto: bool,
    patience: Duration,
    voicing: Voicing,
    pace: Pace,
    schedule: Vec<usize>,
    /// Which entry of the schedule is next.
    step: usize,
    buffer: String,
    begun: bool,
}

/// Why the service ends a conversation: its name for it, and its words.
struct Refused(String, String);

impl Stream {
    async fn run(mut self, mut socket: Socket) {
        loop {
            let heard = tokio::time::timeout(self.patience, socket.heard()).await;
            let done = match heard {
                Ok(Heard::Json(message)) => self.obey(&message, &mut socket),
                Ok(Heard::Done) => return socket.close(1000, "").await,
                Ok(Heard::Gone) => return,
                Ok(Heard::Nonsense | Heard::Binary) => Err(Refused(
                    "invalid_message".to_owned(),
                    "Message is not valid JSON.".to_owned(),
                )),
                Err(_) => Err(Refused(
                    "input_timeout_exceeded".to_owned(),
                    format!(
                        "No new text was sent for {} seconds.",
                        self.patience.as_secs()
                    ),
                )),
            };
            if let Err(Refused(name, text)) = done {
                socket.forget();
                socket.say(&json!({"message": text, "error": name, "code": 1008}));
                socket.finish();
                while let Heard::Json(_) | Heard::Nonsense | Heard::Binary = socket.heard().await {}
                return socket.close(1008, &text).await;
            }
        }
    }

    fn obey(&mut self, message: &Value, socket: &mut Socket) -> Result<(), Refused> {
        let Some(text) = message["text"].as_str() else {
            return Err(Refused(
                "invalid_message".to_owned(),
                "Field `text` is required.".to_owned(),
            ));
        };
        if !self.begun {
            self.begin(message)?;
        }
        if text.is_empty() {
            self.speak(socket)?;
            socket.say(&json!({"isFinal": true}));
            socket.finish();
            return Ok(());
        }
        // A single space opens the conversation or keeps it open.
        if text != " " {
            self.buffer.push_str(text);
        }
        let flush = message["flush"].as_bool() == Some(true);
        let asked = message["try_trigger_generation"].as_bool() == Some(true);
        let count = self.buffer.chars().count();
        let enough = self.schedule.get(self.step).or(self.schedule.last());
        let full = enough.is_some_and(|enough| count >= *enough);
        if flush || full || (asked && count >= TRIGGER) || (self.auto && count > 0) {
            self.step += 1;
            self.speak(socket)?;
        }
        Ok(())
    }

    /// The first message: who it is, and how the voice is set.
    fn begin(&mut self, message: &Value) -> Result<(), Refused> {
        self.begun = true;
        let given = message["xi_api_key"].as_str().map(str::to_owned);
        match given.or(self.credential.take()) {
            Some(key) if key == self.key => {}
            _ => {
                return Err(Refused(
                    "invalid_api_key".to_owned(),
                    "Invalid API key".to_owned(),
                ));
            }
        }
        known_voice(&self.voice).map_err(|reply| refused(&reply))?;
        check("a", &self.model).map_err(|reply| refused(&reply))?;
        self.speed = settings(&message["voice_settings"]).map_err(|reply| refused(&reply))?;
        if let Some(schedule) = message["generation_config"]["chunk_length_schedule"].as_array() {
            let sizes = schedule.iter().filter_map(Value::as_u64);
            self.schedule = sizes.map(|size| size as usize).collect();
        }
        Ok(())
    }

    fn speak(&mut self, socket: &mut Socket) -> Result<(), Refused> {
        let text = std::mem::take(&mut self.buffer);
        if text.trim().is_empty() {
            return Ok(());
        }
        check(&text, &self.model).map_err(|reply| refused(&reply))?;
        let pcm = speak(
            &text,
            &self.voice,
            self.speed,
            self.format.rate,
            self.voicing,
        );
        let mut timed = alignment(&text, pcm.duration_ms());
        for piece in in_pieces(&pcm, self.format, self.pace.chunk_ms) {
            let message = json!({
                "audio": STANDARD.encode(&piece),
                "isFinal": null,
                "normalizedAlignment": timed,
                "alignment": timed,
            });
            socket.sound_within(&message, piece.len());
            timed = Value::Null;
        }
        Ok(())
    }
}

/// What would be the body of the answer over HTTP.
fn refused(reply: &Reply) -> Refused {
    let body = reply.body();
    let detail = |name: &str| body["detail"][name].as_str().unwrap_or_default().to_owned();
    Refused(detail("status"), detail("message"))
}

/// When each character is said, in milliseconds.
fn alignment(text: &str, length_ms: u64) -> Value {
    let count = text.chars().count().max(1) as u64;
    let at = |n: usize| n as u64 * length_ms / count;
    let indices = || text.chars().enumerate();
    json!({
        "chars": text.chars().map(String::from).collect::<Vec<_>>(),
        "charStartTimesMs": indices().map(|(n, _)| at(n)).collect::<Vec<_>>(),
        "charsDurationsMs": indices().map(|(n, _)| at(n + 1) - at(n)).collect::<Vec<_>>(),
    })
}
