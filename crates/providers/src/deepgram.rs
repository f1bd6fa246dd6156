//! Deepgram Aura: `POST /v1/speak` (pages "Text to Speech REST", "Media Output Settings" and "Errors"), or a [WebSocket
//! that stands ready](Config::socket).
//!
//! Asked for 16-bit samples at the telephone's rate in a WAV container: nothing is resampled here, and the header tells
//! sound from what a proxy may send instead. Its WAV header comes before the length is known.

mod live;

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture};
use serde::Deserialize;
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

use live::Live;

/// The provider's name in voices, events and on the health page.
pub const NAME: &str = "deepgram";

/// List price: 0.030 dollars for a thousand characters.
pub const PRICE: Price = Price {
    usd_per_million_chars: 30.0,
    what: "Aura-2, pay as you go",
    source: "https://deepgram.com/pricing",
    as_of: "2026-09-30",
};

/// Its documents say 2000 characters in one place and 2400 in another.
const MOST_CHARS: usize = 2_000;
/// Page "Speaking rate".
const PACE: std::ops::RangeInclusive<f32> = 0.7..=1.5;

/// What it needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Without a path: `https://api.deepgram.com`.
    pub base_url: String,
    /// The API key of a project.
    pub key: Secret,
    /// The model that is its own choice of voice, such as `aura-2-thalia-en`.
    pub voice: String,
    /// Samples per second: 8000, 16000, 24000, 32000 or 48000.
    pub rate: u32,
    /// Whether to speak over WebSockets that stand ready, rather than one request per utterance.
    pub socket: bool,
    /// How long it may take.
    pub limits: Limits,
}

impl Config {
    /// The company's own address, with a voice for the telephone.
    pub fn new(key: Secret) -> Config {
        Config {
            base_url: "https://api.deepgram.com".into(),
            key,
            voice: "aura-2-thalia-en".into(),
            rate: 8_000,
            socket: false,
            limits: Limits::STREAMING,
        }
    }
}

/// The company as an engine.
pub struct Deepgram {
    inner: Arc<Inner>,
}

struct Inner {
    wire: Wire,
    catalogue: Catalogue,
    voice: String,
    rate: u32,
    live: Option<Live>,
}

impl Deepgram {
    /// The engine. Nothing is asked yet.
    pub fn new(config: Config, http: &Http) -> Result<Deepgram, SetupError> {
        let key = ("authorization", format!("Token {}", config.key.reveal()));
        let wire = Wire::new(NAME, http, &config.base_url, config.limits, Some(key))?;
        if ![8_000, 16_000, 24_000, 32_000, 48_000].contains(&config.rate) {
            let what = format!("it has no rate of {} Hz; use 8000", config.rate);
            return Err(SetupError::new(NAME, what));
        }
        let own = info(&config.voice, config.rate);
        let known = models().map(|id| info(&id, config.rate));
        let known = known.filter(|voice| voice.id != own.id);
        let catalogue = Catalogue::new(std::iter::once(own.clone()).chain(known).collect());
        let inner = Inner {
            wire,
            catalogue,
            voice: config.voice,
            rate: config.rate,
            live: config.socket.then(Live::new),
        };
        Ok(Deepgram {
            inner: Arc::new(inner),
        })
    }
}

impl Tts for Deepgram {
    fn name(&self) -> &str {
        NAME
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
            let model = &utterance.voice.id;
            let pace = utterance.voice.speed.clamp(*PACE.start(), *PACE.end());
            if inner.live.is_some() {
                let sound = inner.clone().say_live(&text, model, pace).await;
                return sound.map_err(|e| inner.catalogue.explain(e, model));
            }
            let mut request = inner.wire.post("/v1/speak").query(&[
                ("model", model.as_str()),
                ("encoding", "linear16"),
                ("container", "wav"),
                ("sample_rate", &inner.rate.to_string()),
            ]);
            if pace != 1.0 {
                // Not every language has it: left out, it is never refused.
                request = request.query(&[("speed", pace)]);
            }
            let request = request.json(&json!({ "text": text }));
            let response = inner.wire.send(request, judge).await;
            let response = response.map_err(|e| inner.catalogue.explain(e, model))?;
            inner.wire.sound(response, Decoder::wav())
        })
    }

    fn prewarm(&self) -> BoxFuture<'static, Result<(), SpeakError>> {
        let inner = self.inner.clone();
        async move {
            let list = inner.wire.warm(inner.wire.get("/v1/models"), judge).await?;
            let list: Models = serde_json::from_slice(&list).unwrap_or_default();
            let voices = list
                .tts
                .iter()
                .map(|model| info(&model.canonical_name, inner.rate));
            inner.catalogue.learn(voices.collect());
            match &inner.live {
                Some(live) => inner.warm_socket(live, &inner.voice).await,
                None => Ok(()),
            }
        }
        .boxed()
    }
}

/// Two forms are documented: `err_code` with `err_msg`, and `category` with `message`.
fn judge(status: u16, body: &Value) -> Verdict {
    let verdict = Verdict::by_status(status).coded(body.get("err_code").or(body.get("category")));
    let said = body.get("err_msg").or(body.get("message"));
    let said = said.and_then(Value::as_str).unwrap_or_default();
    match status {
        400 if said.contains("No such model") => verdict.kind(ErrorKind::Unsupported),
        _ => verdict,
    }
}

#[derive(Default, Deserialize)]
struct Models {
    #[serde(default)]
    tts: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    #[serde(default)]
    canonical_name: String,
}

/// `aura-2-thalia-en` is Thalia, and speaks English.
fn info(model: &str, rate: u32) -> VoiceInfo {
    let mut parts = model.rsplit('-');
    let language = parts.next().unwrap_or_default().to_owned();
    let name = parts.next().unwrap_or(model);
    let mut letters = name.chars();
    let name = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect());
    VoiceInfo {
        id: model.into(),
        name: name.unwrap_or_default(),
        language,
        rate,
    }
}

/// The models of the specification (openapi.yml of deepgram/deepgram-api-specs), newest generation first.
fn models() -> impl Iterator<Item = String> {
    let second = AURA_2.iter().flat_map(|(language, names)| {
        names
            .split(' ')
            .map(move |name| format!("aura-2-{name}-{language}"))
    });
    second.chain(AURA_1.split(' ').map(|name| format!("aura-{name}-en")))
}

const AURA_1: &str =
    "angus arcas asteria athena helios hera luna orion orpheus perseus stella zeus";
const AURA_2: &[(&str, &str)] = &[
    (
        "en",
        "thalia amalthea andromeda apollo arcas aries asteria athena atlas aurora callista cora cordelia delia draco \
electra harmonia helena hera hermes hyperion iris janus juno jupiter luna mars minerva neptune odysseus ophelia orion \
orpheus pandora phoebe pluto saturn selene theia vesta zeus",
    ),
    ("de", "aurelia elara fabian julius kara lara viktoria"),
    (
        "es",
        "agustina alvaro antonia aquila carina celeste diana estrella gloria javier luciano nestor olivia selena silvia \
sirio valerio",
    ),
    ("fr", "agathe hector"),
    (
        "it",
        "cesare cinzia demetra dionisio elio flavio livia maia melia perseo",
    ),
    ("ja", "ama ebisu fujin izanami uzume"),
    (
        "nl",
        "beatrix cornelia daphne hestia lars leda rhea roman sander",
    ),
];
