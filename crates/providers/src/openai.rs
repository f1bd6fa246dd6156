//! OpenAI speech: `POST /v1/audio/speech` (API reference "Create speech"), and servers that copy it.
//!
//! It has no telephone format. 24 kHz in a WAV container is taken, to be resampled once by whoever needs another rate.

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture};
use serde_json::{Value, json};
use tts::{ErrorKind, SpeakError, SpeechStream, Tts, Utterance, VoiceInfo};

use crate::{
    Http, Limits, Price, Secret, SetupError,
    catalogue::Catalogue,
    decode::Decoder,
    refusal::Verdict,
    speech::{refused, speech},
    wire::{Wire, words},
};

/// The provider's name in voices, events and on the health page.
pub const NAME: &str = "openai";

/// The company charges for sound (12 dollars for a million audio tokens), so this is an estimate: text of 877 tokens in
/// 4,096 characters was measured to give six audio tokens for each.
pub const PRICE: Price = Price {
    usd_per_million_chars: 15.5,
    what: "gpt-4o-mini-tts, estimated: 12 dollars for a million audio tokens, some 5,250 of them for 4,096 characters",
    source: "https://developers.openai.com/api/docs/models/gpt-4o-mini-tts",
    as_of: "2026-07-16",
};

const RATE: u32 = 24_000;
const MOST_CHARS: usize = 4_096;
const PACE: std::ops::RangeInclusive<f32> = 0.25..=4.0;
/// The voices of the reference; the last four speak with the newest models only.
const VOICES: &[&str] = &[
    "coral", "alloy", "ash", "echo", "fable", "nova", "onyx", "sage", "shimmer", "ballad", "verse",
    "marin", "cedar",
];

/// What it needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// With the version: `https://api.openai.com/v1`.
    pub base_url: String,
    /// The API key of a project; servers that copy the API may need none.
    pub key: Secret,
    /// `gpt-4o-mini-tts`, `tts-1` or `tts-1-hd`.
    pub model: String,
    /// The voice that is its own choice.
    pub voice: String,
    /// How to speak, in words; models named `tts-1` do not take it.
    pub instructions: Option<String>,
    /// How long it may take.
    pub limits: Limits,
}

impl Config {
    /// The company's own address and its current model.
    pub fn new(key: Secret) -> Config {
        Config {
            base_url: "https://api.openai.com/v1".into(),
            key,
            model: "gpt-4o-mini-tts".into(),
            voice: VOICES[0].into(),
            instructions: None,
            limits: Limits::STREAMING,
        }
    }
}

/// The company as an engine.
pub struct OpenAi {
    inner: Arc<Inner>,
}

struct Inner {
    wire: Wire,
    catalogue: Catalogue,
    model: String,
    instructions: Option<String>,
}

impl OpenAi {
    /// The engine. Nothing is asked yet.
    pub fn new(config: Config, http: &Http) -> Result<OpenAi, SetupError> {
        let key = config.key.reveal();
        let key = (!key.is_empty()).then(|| ("authorization", format!("Bearer {key}")));
        let wire = Wire::new(NAME, http, &config.base_url, config.limits, key)?;
        let others = VOICES.iter().copied().filter(|id| *id != config.voice);
        let voices = std::iter::once(config.voice.as_str())
            .chain(others)
            .map(info);
        let takes_words = !config.model.starts_with("tts-1");
        let inner = Inner {
            wire,
            catalogue: Catalogue::new(voices.collect()),
            instructions: config.instructions.filter(|_| takes_words),
            model: config.model,
        };
        Ok(OpenAi {
            inner: Arc::new(inner),
        })
    }
}

impl Tts for OpenAi {
    fn name(&self) -> &str {
        NAME
    }

    fn model(&self) -> &str {
        &self.inner.model
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        self.inner.catalogue.list()
    }

    fn speak(&self, utterance: Utterance) -> SpeechStream {
        let inner = self.inner.clone();
        let text = match words(NAME, &utterance, MOST_CHARS) {
            Ok(text) => text,
            Err(error) => return refused(error),
        };
        let limits = inner.wire.limits;
        speech(NAME, limits, utterance.deadline_ms, async move {
            let voice = &utterance.voice;
            let mut body = json!({
                "model": inner.model,
                "input": text,
                "voice": voice.id,
                "response_format": "wav",
            });
            let pace = voice.speed.clamp(*PACE.start(), *PACE.end());
            if pace != 1.0 {
                body["speed"] = json!(pace);
            }
            if let Some(instructions) = &inner.instructions {
                body["instructions"] = json!(instructions);
            }
            let request = inner.wire.post("/audio/speech").json(&body);
            let response = inner.wire.send(request, judge).await;
            let response = response.map_err(|e| inner.catalogue.explain(e, &voice.id))?;
            inner.wire.sound(response, Decoder::wav())
        })
    }

    fn prewarm(&self) -> BoxFuture<'static, Result<(), SpeakError>> {
        let inner = self.inner.clone();
        async move {
            inner.wire.warm(inner.wire.get("/models"), judge).await?;
            Ok(())
        }
        .boxed()
    }
}

/// `{"error": {"message", "type", "param", "code"}}`.
fn judge(status: u16, body: &Value) -> Verdict {
    let error = &body["error"];
    let code = error
        .get("code")
        .filter(|code| code.is_string())
        .or(error.get("type"));
    let verdict = Verdict::by_status(status).coded(code);
    use ErrorKind::*;
    match code.and_then(Value::as_str).unwrap_or_default() {
        // Sent with 429, and waiting does not help.
        "insufficient_quota" | "billing_hard_limit_reached" => verdict.kind(Quota),
        "invalid_api_key" => verdict.kind(Auth),
        "model_not_found" | "voice_not_found" => verdict.kind(Unsupported),
        _ if status == 400 && about_the_voice(error) => verdict.kind(Unsupported),
        _ => verdict,
    }
}

/// Says which field is wrong in `param`, or in the words of its validator: `'loc': ('body', 'voice')`.
fn about_the_voice(error: &Value) -> bool {
    let said = error["message"].as_str().unwrap_or_default();
    error["param"] == "voice" || said.contains("('body', 'voice'")
}

fn info(id: &str) -> VoiceInfo {
    VoiceInfo {
        id: id.into(),
        name: id.into(),
        // It speaks the language of the text.
        language: "en-US".into(),
        rate: RATE,
    }
}
