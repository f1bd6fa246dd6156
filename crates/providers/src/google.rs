//! Google Cloud Text-to-Speech: `POST /v1/text:synthesize` (REST reference; page "Chirp 3: HD voices").
//!
//! The answer is JSON with the whole sound in base64, so the first sound comes with the last. The rate is the telephone's:
//! the company resamples, and nobody does it again. A voice name that does not exist is refused before it is asked.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::{FutureExt, future::BoxFuture};
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};
use tts::{ErrorKind, SpeakError, SpeechStream, Tts, Utterance, Voice, VoiceInfo};

use crate::{
    Http, Limits, Price, Secret, SetupError,
    catalogue::Catalogue,
    decode::Decoder,
    refusal::Verdict,
    speech::{Sound, refused, speech},
    wire::{Wire, once, words},
};

/// The provider's name in voices, events and on the health page.
pub const NAME: &str = "google";

/// List price; the older voices cost less.
pub const PRICE: Price = Price {
    usd_per_million_chars: 30.0,
    what: "Chirp 3 HD voices, after a free million a month",
    source: "https://cloud.google.com/text-to-speech/pricing",
    as_of: "2026-06-24",
};

/// The limit of the text, in bytes of UTF-8.
const MOST_BYTES: usize = 5_000;
/// Ten minutes at 8 kHz in base64.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;
const PACE: std::ops::RangeInclusive<f32> = 0.25..=2.0;

/// What lets us in.
#[derive(Clone, Debug)]
pub enum Credential {
    /// An API key of a project that has the API enabled.
    ApiKey(Secret),
    /// An OAuth access token, which somebody else renews, and the project to bill.
    Bearer {
        /// The token.
        token: Secret,
        /// The project for quota and billing.
        project: Option<String>,
    },
}

/// What it needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Without a path: `https://texttospeech.googleapis.com`.
    pub base_url: String,
    /// What lets us in.
    pub credential: Credential,
    /// The voice that is its own choice, such as `en-US-Chirp3-HD-Kore`.
    pub voice: String,
    /// Samples per second.
    pub rate: u32,
    /// How long it may take.
    pub limits: Limits,
}

impl Config {
    /// The company's own address and a voice for the telephone.
    pub fn new(key: Secret) -> Config {
        Config {
            base_url: "https://texttospeech.googleapis.com".into(),
            credential: Credential::ApiKey(key),
            voice: "en-US-Chirp3-HD-Kore".into(),
            rate: 8_000,
            limits: Limits::WHOLE,
        }
    }
}

/// The company as an engine.
pub struct Google {
    inner: Arc<Inner>,
}

struct Inner {
    wire: Wire,
    catalogue: Catalogue,
    rate: u32,
    project: Option<String>,
}

impl Google {
    /// The engine. Nothing is asked yet.
    pub fn new(config: Config, http: &Http) -> Result<Google, SetupError> {
        let (key, project) = match &config.credential {
            Credential::ApiKey(key) => (("x-goog-api-key", key.reveal().to_owned()), None),
            Credential::Bearer { token, project } => {
                let value = format!("Bearer {}", token.reveal());
                (("authorization", value), project.clone())
            }
        };
        let wire = Wire::new(NAME, http, &config.base_url, config.limits, Some(key))?;
        if !(8_000..=48_000).contains(&config.rate) {
            let what = format!("it has no rate of {} Hz; use 8000", config.rate);
            return Err(SetupError::new(NAME, what));
        }
        let known = LOCALES.iter().flat_map(|locale| {
            CHIRP_3
                .split(' ')
                .map(move |name| format!("{locale}-Chirp3-HD-{name}"))
        });
        let mut voices: Vec<VoiceInfo> = known.map(|id| info(&id, config.rate)).collect();
        voices.sort_by_key(|voice| voice.id != config.voice);
        let inner = Inner {
            wire,
            catalogue: Catalogue::new(voices),
            rate: config.rate,
            project,
        };
        Ok(Google {
            inner: Arc::new(inner),
        })
    }
}

impl Tts for Google {
    fn name(&self) -> &str {
        NAME
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        self.inner.catalogue.list()
    }

    fn speak(&self, utterance: Utterance) -> SpeechStream {
        let inner = self.inner.clone();
        let input = match input(&utterance) {
            Ok(input) => input,
            Err(error) => return refused(error),
        };
        let limits = inner.wire.limits;
        speech(NAME, limits, utterance.deadline_ms, async move {
            inner.know(&utterance.voice.id).await?;
            let pace = utterance.voice.speed.clamp(*PACE.start(), *PACE.end());
            let mut audio = json!({ "audioEncoding": "LINEAR16", "sampleRateHertz": inner.rate });
            if pace != 1.0 {
                audio["speakingRate"] = json!(pace);
            }
            let body =
                json!({ "input": input, "voice": chosen(&utterance.voice), "audioConfig": audio });
            let request = inner.billed(inner.wire.post("/v1/text:synthesize"));
            let response = inner.wire.send(request.json(&body), judge).await;
            let response = response.map_err(|e| inner.catalogue.explain(e, &utterance.voice.id))?;
            inner.decode(response).await
        })
    }

    fn prewarm(&self) -> BoxFuture<'static, Result<(), SpeakError>> {
        let inner = self.inner.clone();
        async move { inner.learn().await }.boxed()
    }
}

impl Inner {
    /// Refuses a voice that the company does not list; a name that is new to us is looked for there first.
    async fn know(&self, voice: &str) -> Result<(), SpeakError> {
        if !self.catalogue.knows(voice) && self.catalogue.is_old() {
            self.learn().await?;
        }
        match self.catalogue.knows(voice) {
            true => Ok(()),
            false => Err(self.catalogue.no_such_voice(NAME, voice)),
        }
    }

    async fn learn(&self) -> Result<(), SpeakError> {
        let list = self
            .wire
            .warm(self.billed(self.wire.get("/v1/voices")), judge)
            .await?;
        let list: Voices = serde_json::from_slice(&list).unwrap_or_default();
        let voices = list.voices.iter().map(|voice| info(&voice.name, self.rate));
        self.catalogue.learn(voices.collect());
        Ok(())
    }

    fn billed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.project {
            Some(project) => request.header("x-goog-user-project", project),
            None => request,
        }
    }

    async fn decode(&self, response: reqwest::Response) -> Result<Sound, SpeakError> {
        let kind = response.headers().get(CONTENT_TYPE);
        if kind.is_some_and(|kind| !kind.as_bytes().starts_with(b"application/json")) {
            return Err(self.wire.broken(
                "it answered with something else than JSON; is the base URL that of its API?",
            ));
        }
        let answer: Answer = self.wire.json(response, ANSWER_BYTES).await?;
        if answer.audio.is_empty() {
            return Err(self.wire.broken("it answered without any sound"));
        }
        let sound = STANDARD.decode(answer.audio.as_bytes());
        let sound = sound.map_err(|_| self.wire.broken("its sound is not base64"))?;
        Ok(Sound::new(once(sound), Decoder::wav()))
    }
}

/// Markup where the voice takes it, which the Chirp voices do not; else the words.
fn input(utterance: &Utterance) -> Result<Value, SpeakError> {
    let text = words(NAME, utterance, usize::MAX)?;
    let marked = utterance.ssml && !utterance.voice.id.contains("Chirp");
    let input = match marked {
        true => utterance.text.clone(),
        false => text,
    };
    if input.len() > MOST_BYTES {
        let what = format!(
            "{} bytes are more than the {MOST_BYTES} that it takes at once; split the text",
            input.len()
        );
        return Err(SpeakError::new(ErrorKind::BadRequest, NAME, what));
    }
    Ok(match marked {
        true => json!({ "ssml": input }),
        false => json!({ "text": input }),
    })
}

fn chosen(voice: &Voice) -> Value {
    json!({ "languageCode": locale(&voice.id), "name": voice.id })
}

/// The first two parts of a name: `en-AU-Chirp3-HD-Kore` speaks `en-AU`.
fn locale(id: &str) -> String {
    id.split('-').take(2).collect::<Vec<_>>().join("-")
}

/// `{"error": {"code", "message", "status", "details": [{"reason"}]}}`. A key that is not one is a 400.
fn judge(status: u16, body: &Value) -> Verdict {
    let error = &body["error"];
    let verdict = Verdict::by_status(status).coded(error.get("status"));
    let details = error["details"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let reason = |wanted: &str| details.iter().any(|detail| detail["reason"] == wanted);
    let said = error["message"].as_str().unwrap_or_default();
    let about_key = reason("API_KEY_INVALID") || said.starts_with("API key");
    match status {
        400 if about_key => verdict.kind(ErrorKind::Auth),
        400 if said.starts_with("Voice '") => verdict.kind(ErrorKind::Unsupported),
        403 if reason("BILLING_DISABLED") => verdict.kind(ErrorKind::Quota),
        _ => verdict,
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "audioContent", default)]
    audio: String,
}

#[derive(Default, Deserialize)]
struct Voices {
    #[serde(default)]
    voices: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
}

fn info(id: &str, rate: u32) -> VoiceInfo {
    VoiceInfo {
        id: id.into(),
        name: id.rsplit('-').next().unwrap_or(id).into(),
        language: locale(id),
        rate,
    }
}

/// English as the page lists it; other languages come with the company's own list.
const LOCALES: &[&str] = &["en-US", "en-GB", "en-AU", "en-IN"];
const CHIRP_3: &str = "Kore Achernar Achird Algenib Algieba Alnilam Aoede Autonoe Callirrhoe Charon Despina Enceladus \
Erinome Fenrir Gacrux Iapetus Laomedeia Leda Orus Pulcherrima Puck Rasalgethi Sadachbia Sadaltager Schedar Sulafat \
Umbriel Vindemiatrix Zephyr Zubenelgenubi";
