//! ElevenLabs: `POST /v1/text-to-speech/{voice}/stream` (API reference "Stream speech"), or a [WebSocket that stands
//! ready](Config::socket).
//!
//! Asked for bare 16-bit samples at the telephone's rate (`pcm_8000`): there is no container, so what speech cannot be is
//! judged by the sound itself. Models that cost a tenth of a second are the default.

mod live;

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tts::{ErrorKind, SpeakError, SpeechStream, Tts, Utterance, Voice, VoiceInfo};

use crate::{
    Http, Limits, Price, Secret, SetupError,
    catalogue::Catalogue,
    decode::Decoder,
    refusal::Verdict,
    speech::{refused, speech},
    wire::{Wire, words},
};

use live::Live;

/// The provider's name in voices, events and on the health page.
pub const NAME: &str = "elevenlabs";

/// List price: 0.05 dollars for a thousand characters of the model that is asked by default.
pub const PRICE: Price = Price {
    usd_per_million_chars: 50.0,
    what: "Flash and Turbo; the multilingual models cost twice as much",
    source: "https://elevenlabs.io/pricing/api",
    as_of: "2026-09-22",
};

/// The rates of `pcm_*`.
const RATES: &[u32] = &[8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
/// `voice_settings.speed`.
const PACE: std::ops::RangeInclusive<f32> = 0.7..=1.2;

/// What it needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Without a path: `https://api.elevenlabs.io`.
    pub base_url: String,
    /// The API key of an account.
    pub key: Secret,
    /// `eleven_flash_v2_5` speaks soonest.
    pub model: String,
    /// The id of the voice that is its own choice.
    pub voice: String,
    /// Samples per second; those above 22050 need a bigger plan.
    pub rate: u32,
    /// How steady and how like the original it speaks, 0 to 1 each; without, as the voice itself is set.
    pub settings: Option<VoiceSettings>,
    /// Whether to speak over WebSockets that stand ready, rather than one request per utterance.
    pub socket: bool,
    /// How long it may take.
    pub limits: Limits,
}

/// How a voice speaks, 0 to 1 each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VoiceSettings {
    /// Low is lively, high is even.
    pub stability: f32,
    /// How closely it keeps to the original.
    pub similarity_boost: f32,
}

impl Config {
    /// The company's own address, its quickest model and a voice that every account has.
    pub fn new(key: Secret) -> Config {
        Config {
            base_url: "https://api.elevenlabs.io".into(),
            key,
            model: "eleven_flash_v2_5".into(),
            voice: VOICES[0].0.into(),
            rate: 8_000,
            settings: None,
            socket: false,
            limits: Limits::STREAMING,
        }
    }
}

/// The company as an engine.
pub struct ElevenLabs {
    inner: Arc<Inner>,
}

struct Inner {
    wire: Wire,
    catalogue: Catalogue,
    model: String,
    rate: u32,
    settings: Option<VoiceSettings>,
    voice: String,
    live: Option<Live>,
}

impl ElevenLabs {
    /// The engine. Nothing is asked yet.
    pub fn new(config: Config, http: &Http) -> Result<ElevenLabs, SetupError> {
        let key = ("xi-api-key", config.key.reveal().to_owned());
        let wire = Wire::new(NAME, http, &config.base_url, config.limits, Some(key))?;
        let rate = config.rate;
        if !RATES.contains(&rate) {
            let what = format!("it has no rate of {rate} Hz; use one of {RATES:?}");
            return Err(SetupError::new(NAME, what));
        }
        // Both become parts of an address.
        if !is_id(&config.model) || !is_id(&config.voice) {
            let what =
                "model and voice are ids of letters, digits, _ and -; copy them from the account";
            return Err(SetupError::new(NAME, what));
        }
        let known = VOICES.iter().map(|(id, name)| info(id, name, rate));
        let (mut own, rest): (Vec<_>, Vec<_>) = known.partition(|voice| voice.id == config.voice);
        if own.is_empty() {
            own.push(info(&config.voice, &config.voice, rate));
        }
        let inner = Inner {
            wire,
            catalogue: Catalogue::new([own, rest].concat()),
            model: config.model,
            rate,
            settings: config.settings,
            voice: config.voice,
            live: config.socket.then(Live::new),
        };
        Ok(ElevenLabs {
            inner: Arc::new(inner),
        })
    }
}

impl Tts for ElevenLabs {
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
        let text = match words(NAME, &utterance, usize::MAX) {
            Ok(text) => text,
            Err(error) => return refused(error),
        };
        let voice = utterance.voice;
        // The id becomes a part of the path.
        if !is_id(&voice.id) {
            return refused(inner.catalogue.no_such_voice(NAME, &voice.id));
        }
        let limits = inner.wire.limits;
        speech(NAME, limits, utterance.deadline_ms, async move {
            if let Some(live) = &inner.live {
                let sound = inner.say_live(live, &text, &voice).await;
                return sound.map_err(|e| inner.catalogue.explain(e, &voice.id));
            }
            let request = inner
                .wire
                .post(&format!("/v1/text-to-speech/{}/stream", voice.id));
            let request = request.query(&[("output_format", format!("pcm_{}", inner.rate))]);
            let response = inner
                .wire
                .send(request.json(&inner.body(&text, &voice)), judge)
                .await;
            let response = response.map_err(|e| inner.catalogue.explain(e, &voice.id))?;
            inner.wire.sound(response, Decoder::pcm16(inner.rate))
        })
    }

    fn prewarm(&self) -> BoxFuture<'static, Result<(), SpeakError>> {
        let inner = self.inner.clone();
        async move {
            let list = inner.wire.warm(inner.wire.get("/v1/voices"), judge).await?;
            let list: Voices = serde_json::from_slice(&list).unwrap_or_default();
            let voices = list
                .voices
                .iter()
                .map(|v| info(&v.voice_id, &v.name, inner.rate));
            inner.catalogue.learn(voices.collect());
            match &inner.live {
                Some(live) => inner.warm_socket(live).await,
                None => Ok(()),
            }
        }
        .boxed()
    }
}

impl Inner {
    fn body(&self, text: &str, voice: &Voice) -> Value {
        let mut body = json!({ "text": text, "model_id": self.model });
        if let Some(settings) = self.voice_settings(voice) {
            body["voice_settings"] = settings;
        }
        body
    }

    /// `None` leaves everything as the voice itself is set.
    fn voice_settings(&self, voice: &Voice) -> Option<Value> {
        let mut settings = Map::new();
        if let Some(own) = self.settings {
            settings.insert("stability".into(), json!(own.stability));
            settings.insert("similarity_boost".into(), json!(own.similarity_boost));
        }
        let pace = voice.speed.clamp(*PACE.start(), *PACE.end());
        if pace != 1.0 {
            settings.insert("speed".into(), json!(pace));
        }
        (!settings.is_empty()).then_some(Value::Object(settings))
    }
}

/// `{"detail": {"status": …}}`, where newer answers have `code` beside it; a list of `detail` is a mistake in the body.
fn judge(status: u16, body: &Value) -> Verdict {
    let detail = &body["detail"];
    let code = detail.get("status").or(detail.get("code"));
    let verdict = Verdict::by_status(status).coded(code);
    use ErrorKind::*;
    let kind = match code.and_then(Value::as_str).unwrap_or_default() {
        // Sent with 401.
        "quota_exceeded" => Quota,
        "invalid_api_key"
        | "missing_permissions"
        | "needs_authorization"
        | "detected_unusual_activity" => Auth,
        "max_character_limit_exceeded" => BadRequest,
        "voice_not_found"
        | "model_not_found"
        | "model_can_not_do_text_to_speech"
        | "output_format_not_allowed" => Unsupported,
        _ => return verdict,
    };
    verdict.kind(kind)
}

fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
}

#[derive(Default, Deserialize)]
struct Voices {
    #[serde(default)]
    voices: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    voice_id: String,
    #[serde(default)]
    name: String,
}

fn info(id: &str, name: &str, rate: u32) -> VoiceInfo {
    VoiceInfo {
        id: id.into(),
        name: name.into(),
        // Its models speak the language of the text.
        language: "en-US".into(),
        rate,
    }
}

/// Voices that come with every account.
const VOICES: &[(&str, &str)] = &[
    ("EXAVITQu4vr4xnSDxMaL", "Sarah"),
    ("21m00Tcm4TlvDq8ikWAM", "Rachel"),
    ("JBFqnCBsd6RMkjVDRZzb", "George"),
    ("cgSgspJ2msm6clMCkdW9", "Jessica"),
    ("nPczCjzI2devNBz1zQrb", "Brian"),
];
