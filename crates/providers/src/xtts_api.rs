//! XTTS by daswer123/xtts-api-server: `GET /tts_stream`, or `POST /tts_to_audio/` where it does not stream.
//!
//! It streams only with a model of its own disk; the first refusal is remembered. Its voices are the recordings in its
//! speakers folder, and it fails in strange ways for others, so its list is read before a voice is believed. In its own
//! "streaming mode" it plays to its own loudspeaker and answers with a second of silence, which is no speech. One pace.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use futures::{FutureExt, future::BoxFuture};
use serde_json::{Value, json};
use tts::{SpeakError, SpeechStream, Tts, Utterance, VoiceInfo};

use crate::{
    Http, Limits, SetupError,
    catalogue::Catalogue,
    decode::Decoder,
    refusal::Verdict,
    speech::{Sound, refused, speech},
    wire::{Wire, words},
};

/// The provider's name in voices, events and on the health page.
pub const NAME: &str = "xtts_api";

/// The text goes into the address when it streams, and servers take only so long a one.
const MOST_STREAMED: usize = 1_500;
const RATE: u32 = 24_000;

/// What it needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Such as `http://localhost:8020`.
    pub base_url: String,
    /// The recording that is its own choice, as its list names it.
    pub voice: String,
    /// What it speaks, such as `en`.
    pub language: String,
    /// Whether to stream where it can. Its log then holds the words, which are a part of the address.
    pub stream: bool,
    /// How long it may take.
    pub limits: Limits,
}

impl Config {
    /// A server at `base_url` that has a recording named `voice`.
    pub fn new(base_url: impl Into<String>, voice: impl Into<String>) -> Config {
        Config {
            base_url: base_url.into(),
            voice: voice.into(),
            language: "en".into(),
            stream: true,
            limits: Limits::WHOLE,
        }
    }
}

/// The server as an engine.
pub struct XttsApi {
    inner: Arc<Inner>,
}

struct Inner {
    wire: Wire,
    catalogue: Catalogue,
    language: String,
    streams: AtomicBool,
}

impl XttsApi {
    /// The engine. Nothing is asked yet.
    pub fn new(config: Config, http: &Http) -> Result<XttsApi, SetupError> {
        let wire = Wire::new(NAME, http, &config.base_url, config.limits, None)?;
        let inner = Inner {
            wire,
            catalogue: Catalogue::new(vec![info(&config.voice, &config.language)]),
            language: config.language,
            streams: AtomicBool::new(config.stream),
        };
        Ok(XttsApi {
            inner: Arc::new(inner),
        })
    }
}

impl Tts for XttsApi {
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
            inner.know(&utterance.voice.id).await?;
            let sound = inner.say(&text, &utterance.voice.id).await?;
            Ok(sound.at_pace(utterance.voice.speed))
        })
    }

    fn prewarm(&self) -> BoxFuture<'static, Result<(), SpeakError>> {
        let inner = self.inner.clone();
        async move { inner.learn().await }.boxed()
    }
}

impl Inner {
    async fn say(&self, text: &str, voice: &str) -> Result<Sound, SpeakError> {
        if self.streams.load(Relaxed) && text.len() <= MOST_STREAMED {
            let request = self.wire.get("/tts_stream").query(&[
                ("text", text),
                ("speaker_wav", voice),
                ("language", &self.language),
            ]);
            let response = self.wire.attempt(request).await?;
            // "HTTP Streaming is only supported for local models."
            if !matches!(response.status().as_u16(), 400 | 404 | 405) {
                let response = self.wire.accept(response, judge).await?;
                return self.wire.sound(response, Decoder::wav());
            }
            self.streams.store(false, Relaxed);
        }
        let body = json!({ "text": text, "speaker_wav": voice, "language": self.language });
        let response = self
            .wire
            .send(self.wire.post("/tts_to_audio/").json(&body), judge)
            .await?;
        self.wire.sound(response, Decoder::wav())
    }

    /// Refuses a voice that it does not list; names are given with or without `.wav`.
    async fn know(&self, voice: &str) -> Result<(), SpeakError> {
        let bare = voice.strip_suffix(".wav").unwrap_or(voice);
        let known = self.catalogue.is_learned() && self.catalogue.knows(bare);
        if !known && self.catalogue.is_old() {
            self.learn().await?;
        }
        match self.catalogue.knows(bare) {
            true => Ok(()),
            false => Err(self.catalogue.no_such_voice(NAME, voice)),
        }
    }

    async fn learn(&self) -> Result<(), SpeakError> {
        let list = self
            .wire
            .warm(self.wire.get("/speakers_list"), judge)
            .await?;
        let list: Vec<String> = serde_json::from_slice(&list).unwrap_or_default();
        let voices = list.iter().map(|id| info(id, &self.language));
        self.catalogue.learn(voices.collect());
        Ok(())
    }
}

/// `{"detail": "…"}`, a text: what it says may hold the words.
fn judge(status: u16, _: &Value) -> Verdict {
    Verdict::by_status(status)
}

fn info(id: &str, language: &str) -> VoiceInfo {
    VoiceInfo {
        id: id.into(),
        name: id.into(),
        language: language.into(),
        rate: RATE,
    }
}
