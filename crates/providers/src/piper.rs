//! Piper over HTTP, both servers: `POST /synthesize` of OHF-Voice/piper1-gpl, and the older `POST /` of rhasspy/piper.
//!
//! Both answer with a whole WAV file at the voice's rate, labelled as a page. The newer one speaks an unknown voice with
//! its default and says nothing, so its list is read before a voice is believed. The older one has one voice and one pace.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use futures::{FutureExt, future::BoxFuture};
use reqwest::{Response, header::CONTENT_TYPE};
use serde::Deserialize;
use serde_json::{Value, json};
use tts::{SpeakError, SpeechStream, Tts, Utterance, Voice, VoiceInfo};

use crate::{
    Http, Limits, SetupError,
    catalogue::Catalogue,
    decode::Decoder,
    refusal::Verdict,
    speech::{Sound, refused, speech},
    wire::{Wire, words},
};

/// The provider's name in voices, events and on the health page.
pub const NAME: &str = "piper";

/// Slower or faster is no speech any more.
const PACE: std::ops::RangeInclusive<f32> = 0.5..=2.0;

/// What it needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Such as `http://localhost:5000`.
    pub base_url: String,
    /// The voice that is its own choice. The older server does not say which one it has: it is this one.
    pub voice: String,
    /// How long it may take.
    pub limits: Limits,
}

impl Config {
    /// A server at `base_url` that has `voice`, such as `en_US-lessac-medium`.
    pub fn new(base_url: impl Into<String>, voice: impl Into<String>) -> Config {
        Config {
            base_url: base_url.into(),
            voice: voice.into(),
            limits: Limits::WHOLE,
        }
    }
}

/// The server as an engine.
pub struct Piper {
    inner: Arc<Inner>,
}

struct Inner {
    wire: Wire,
    catalogue: Catalogue,
    /// Whether it turned out to be the older server.
    older: AtomicBool,
}

impl Piper {
    /// The engine. Nothing is asked yet.
    pub fn new(config: Config, http: &Http) -> Result<Piper, SetupError> {
        if config.voice.trim().is_empty() {
            return Err(SetupError::new(
                NAME,
                "name the voice that is installed there, such as en_US-lessac-medium",
            ));
        }
        let wire = Wire::new(NAME, http, &config.base_url, config.limits, None)?;
        let inner = Inner {
            wire,
            catalogue: Catalogue::new(vec![info(config.voice.trim(), 22_050)]),
            older: AtomicBool::new(false),
        };
        Ok(Piper {
            inner: Arc::new(inner),
        })
    }
}

impl Tts for Piper {
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
            inner.say(text, &utterance.voice).await
        })
    }

    fn prewarm(&self) -> BoxFuture<'static, Result<(), SpeakError>> {
        let inner = self.inner.clone();
        async move { inner.learn().await }.boxed()
    }
}

impl Inner {
    async fn say(&self, text: String, voice: &Voice) -> Result<Sound, SpeakError> {
        self.know(&voice.id).await?;
        let pace = voice.speed.clamp(*PACE.start(), *PACE.end());
        if !self.older.load(Relaxed) {
            let mut body = json!({ "text": text, "voice": voice.id });
            if pace != 1.0 {
                body["length_scale"] = json!(1.0 / pace);
            }
            let request = self.wire.post("/synthesize").json(&body);
            let response = self.wire.attempt(request).await?;
            if !is_elsewhere(&response) {
                return self.sound(self.wire.accept(response, judge).await?);
            }
            self.older.store(true, Relaxed);
            self.wire.pass_by(response).await;
        }
        let request = self
            .wire
            .post("/")
            .header(CONTENT_TYPE, "text/plain; charset=utf-8");
        let response = self.wire.send(request.body(text), judge).await?;
        Ok(self.sound(response)?.at_pace(pace))
    }

    /// Both servers call their WAV files a page.
    fn sound(&self, response: Response) -> Result<Sound, SpeakError> {
        self.wire.sound_or(response, "text/html", Decoder::wav())
    }

    /// Refuses a voice that is not installed.
    async fn know(&self, voice: &str) -> Result<(), SpeakError> {
        let has = || self.catalogue.knows(voice) || self.catalogue.knows(listed(voice));
        let sure = self.catalogue.is_learned() && has();
        if !sure && self.catalogue.is_old() {
            self.learn().await?;
        }
        match has() {
            true => Ok(()),
            false => Err(self.catalogue.no_such_voice(NAME, voice)),
        }
    }

    async fn learn(&self) -> Result<(), SpeakError> {
        let list = self.wire.warm(self.wire.get("/voices"), judge).await?;
        // The older server has no list, and a page in its place is not one.
        let list: BTreeMap<String, Listed> = serde_json::from_slice(&list).unwrap_or_default();
        let voices = list
            .iter()
            .map(|(id, voice)| info(id, voice.audio.sample_rate));
        self.catalogue.learn(voices.collect());
        Ok(())
    }
}

/// The path does not exist there, or does not take this method.
fn is_elsewhere(response: &Response) -> bool {
    matches!(response.status().as_u16(), 404 | 405)
}

/// Refusals have no documented body: bad input is a 500 with a page.
fn judge(status: u16, _: &Value) -> Verdict {
    Verdict::by_status(status)
}

/// A name as the newer server lists it: it strips the letters of `.onnx.json` from the end, one by one.
fn listed(id: &str) -> &str {
    id.trim_end_matches(['.', 'o', 'n', 'x', 'j', 's'])
}

#[derive(Deserialize)]
struct Listed {
    audio: ListedAudio,
}

#[derive(Deserialize)]
struct ListedAudio {
    sample_rate: u32,
}

/// `en_US-lessac-medium` speaks American English.
fn info(id: &str, rate: u32) -> VoiceInfo {
    let mut parts = id.split('-');
    let language = parts.next().unwrap_or_default().replace('_', "-");
    VoiceInfo {
        id: id.into(),
        name: parts.next().unwrap_or(id).into(),
        language,
        rate,
    }
}
