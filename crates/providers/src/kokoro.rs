//! Kokoro-FastAPI (remsky/Kokoro-FastAPI): `POST /v1/audio/speech` on a machine of one's own.
//!
//! It streams a piece per sentence. Bare 16-bit samples at its own 24 kHz are taken: a header that is written before the
//! length is known is only a source of clicks there.

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use serde_json::{Value, json};
use tts::{ErrorKind, SpeakError, SpeechStream, Tts, Utterance, VoiceInfo};

use crate::{
    Http, Limits, SetupError,
    catalogue::Catalogue,
    decode::Decoder,
    refusal::Verdict,
    speech::{refused, speech},
    wire::{Wire, words},
};

/// The provider's name in voices, events and on the health page.
pub const NAME: &str = "kokoro";

const RATE: u32 = 24_000;
const PACE: std::ops::RangeInclusive<f32> = 0.25..=4.0;

/// What it needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Such as `http://localhost:8880`, with or without `/v1`.
    pub base_url: String,
    /// The voice that is its own choice; a mix such as `af_bella(2)+af_sky` is one, too.
    pub voice: String,
    /// How long it may take.
    pub limits: Limits,
}

impl Config {
    /// A server at `base_url` with its best voice.
    pub fn new(base_url: impl Into<String>) -> Config {
        Config {
            base_url: base_url.into(),
            voice: "af_heart".into(),
            limits: Limits::STREAMING,
        }
    }
}

/// The server as an engine.
pub struct Kokoro {
    inner: Arc<Inner>,
}

struct Inner {
    wire: Wire,
    catalogue: Catalogue,
}

impl Kokoro {
    /// The engine. Nothing is asked yet.
    pub fn new(config: Config, http: &Http) -> Result<Kokoro, SetupError> {
        let base = config.base_url.trim().trim_end_matches('/');
        let base = base.strip_suffix("/v1").unwrap_or(base);
        let wire = Wire::new(NAME, http, base, config.limits, None)?;
        let inner = Inner {
            wire,
            catalogue: Catalogue::new(vec![info(&config.voice)]),
        };
        Ok(Kokoro {
            inner: Arc::new(inner),
        })
    }
}

impl Tts for Kokoro {
    fn name(&self) -> &str {
        NAME
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        self.inner.catalogue.list()
    }

    fn speak(&self, utterance: Utterance) -> SpeechStream {
        let inner = self.inner.clone();
        let text = match words(NAME, &utterance, usize::MAX) {
            Ok(text) => text,
            Err(error) => return refused(error),
        };
        let limits = inner.wire.limits;
        speech(NAME, limits, utterance.deadline_ms, async move {
            let voice = &utterance.voice;
            let body = json!({
                "model": NAME,
                "input": text,
                "voice": voice.id,
                "response_format": "pcm",
                "speed": voice.speed.clamp(*PACE.start(), *PACE.end()),
                "stream": true,
            });
            let request = inner.wire.post("/v1/audio/speech").json(&body);
            let response = inner.wire.send(request, judge).await;
            let response = response.map_err(|e| inner.catalogue.explain(e, &voice.id))?;
            inner.wire.sound(response, Decoder::pcm16(RATE))
        })
    }

    fn prewarm(&self) -> BoxFuture<'static, Result<(), SpeakError>> {
        let inner = self.inner.clone();
        async move {
            let list = inner
                .wire
                .warm(inner.wire.get("/v1/audio/voices"), judge)
                .await?;
            let list: Voices = serde_json::from_slice(&list).unwrap_or_default();
            let voices = list.voices.iter().map(|voice| match voice {
                Listed::Bare(id) | Listed::Named { id } => info(id),
            });
            inner.catalogue.learn(voices.collect());
            Ok(())
        }
        .boxed()
    }
}

/// `{"detail": {"error", "message", "type"}}`; an unknown voice is told only by the message.
fn judge(status: u16, body: &Value) -> Verdict {
    let detail = &body["detail"];
    let verdict = Verdict::by_status(status).coded(detail.get("error"));
    let said = detail["message"].as_str().unwrap_or_default();
    match status {
        400 if said.starts_with("Voice '") => verdict.kind(ErrorKind::Unsupported),
        _ => verdict,
    }
}

#[derive(Default, Deserialize)]
struct Voices {
    #[serde(default)]
    voices: Vec<Listed>,
}

/// Names with an id since version 0.3, bare names before.
#[derive(Deserialize)]
#[serde(untagged)]
enum Listed {
    Bare(String),
    Named { id: String },
}

/// `af_heart` is a female voice of American English; the first letter is the language.
fn info(id: &str) -> VoiceInfo {
    let language = match id.as_bytes().first() {
        Some(b'b') => "en-GB",
        Some(b'e') => "es",
        Some(b'f') => "fr-FR",
        Some(b'h') => "hi",
        Some(b'i') => "it",
        Some(b'j') => "ja",
        Some(b'p') => "pt-BR",
        Some(b'z') => "zh",
        _ => "en-US",
    };
    VoiceInfo {
        id: id.into(),
        name: id.split_once('_').map_or(id, |(_, name)| name).into(),
        language: language.into(),
        rate: RATE,
    }
}
