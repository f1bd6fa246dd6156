//! XTTS by coqui-ai/xtts-streaming-server: `POST /tts_stream`, with voices cloned from reference audio.
//!
//! The server keeps no voices: every request carries the speaker as numbers. They are made once, by `POST /clone_speaker`
//! from a recording or from the studio speakers that the model has, and sent again as they came. It has one pace.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use audio::Wav;
use futures::{FutureExt, future::BoxFuture};
use reqwest::multipart::{Form, Part};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use tokio::sync::OnceCell;
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
pub const NAME: &str = "xtts";

const RATE: u32 = 24_000;
/// A speaker is some 34 000 numbers.
const SPEAKER_BYTES: usize = 4 * 1024 * 1024;
/// The studio has some sixty of them.
const STUDIO_BYTES: usize = 128 * 1024 * 1024;
/// Studio speakers that are kept at a time.
const MOST_KEPT: usize = 16;
const MOST_REFERENCES: usize = 64;
const REFERENCE_BYTES: usize = 10 * 1024 * 1024;
/// The model wants to hear at least this much.
const SHORTEST_REFERENCE_MS: u64 = 2_000;
/// Tokens per piece of sound: small is soon, and the page's own choice.
const CHUNK: &str = "20";

/// A recording to speak like.
#[derive(Clone)]
pub struct Reference {
    /// The name of the voice.
    pub voice: String,
    /// A WAV file of one person speaking, six seconds or more.
    pub wav: Vec<u8>,
}

impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reference({:?}, {} bytes)", self.voice, self.wav.len())
    }
}

/// What it needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Such as `http://localhost:8000`.
    pub base_url: String,
    /// The voice that is its own choice: a reference's or a studio speaker's name.
    pub voice: String,
    /// Recordings to clone.
    pub references: Vec<Reference>,
    /// What it speaks, such as `en`.
    pub language: String,
    /// How long it may take.
    pub limits: Limits,
}

impl Config {
    /// A server at `base_url` with a studio speaker.
    pub fn new(base_url: impl Into<String>) -> Config {
        Config {
            base_url: base_url.into(),
            voice: "Claribel Dervla".into(),
            references: Vec::new(),
            language: "en".into(),
            limits: Limits::STREAMING,
        }
    }
}

/// The server as an engine.
pub struct XttsStreaming {
    inner: Arc<Inner>,
}

struct Inner {
    wire: Wire,
    catalogue: Catalogue,
    voice: String,
    language: String,
    clones: BTreeMap<String, Likeness>,
    studio: Mutex<BTreeMap<String, Arc<Speaker>>>,
}

/// A reference and, once asked for, what the server made of it.
struct Likeness {
    wav: Vec<u8>,
    made: OnceCell<Arc<Speaker>>,
}

/// A speaker as the server wants it back: two lists of numbers that nobody here reads.
#[derive(Deserialize, Serialize)]
struct Speaker {
    gpt_cond_latent: Box<RawValue>,
    speaker_embedding: Box<RawValue>,
}

impl XttsStreaming {
    /// The engine. Nothing is asked yet; the references are checked.
    pub fn new(config: Config, http: &Http) -> Result<XttsStreaming, SetupError> {
        let wire = Wire::new(NAME, http, &config.base_url, config.limits, None)?;
        if config.references.len() > MOST_REFERENCES {
            let what = format!(
                "{} references are more than {MOST_REFERENCES}",
                config.references.len()
            );
            return Err(SetupError::new(NAME, what));
        }
        let mut clones = BTreeMap::new();
        for reference in config.references {
            check(&reference)?;
            let made = OnceCell::new();
            let wav = reference.wav;
            clones.insert(reference.voice, Likeness { wav, made });
        }
        let own = std::iter::once(config.voice.as_str());
        let others = clones
            .keys()
            .map(String::as_str)
            .filter(|id| *id != config.voice);
        let voices = own
            .chain(others)
            .map(|id| info(id, &config.language))
            .collect();
        let inner = Inner {
            wire,
            catalogue: Catalogue::new(voices),
            voice: config.voice,
            language: config.language,
            clones,
            studio: Mutex::default(),
        };
        Ok(XttsStreaming {
            inner: Arc::new(inner),
        })
    }
}

/// Refuses a recording that cannot be cloned, before a server says "500".
fn check(reference: &Reference) -> Result<(), SetupError> {
    let Reference { voice, wav } = reference;
    let refuse = |what: String| {
        Err(SetupError::new(
            NAME,
            format!("the reference of voice {voice:?} {what}"),
        ))
    };
    if wav.len() > REFERENCE_BYTES {
        return refuse(format!(
            "has {} bytes, more than {REFERENCE_BYTES}; cut it to half a minute",
            wav.len()
        ));
    }
    match Wav::decode(wav) {
        Err(error) => refuse(format!("cannot be read: {error}")),
        Ok(pcm) if pcm.duration_ms() < SHORTEST_REFERENCE_MS => {
            let ms = pcm.duration_ms();
            refuse(format!(
                "lasts {ms} ms; use six seconds or more of one person speaking"
            ))
        }
        Ok(_) => Ok(()),
    }
}

impl Tts for XttsStreaming {
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
            let speaker = inner.speaker(&utterance.voice.id).await?;
            let sound = inner.say(&text, &speaker).await?;
            Ok(sound.at_pace(utterance.voice.speed))
        })
    }

    /// Opens a connection and makes the speaker of its own voice and of every reference.
    fn prewarm(&self) -> BoxFuture<'static, Result<(), SpeakError>> {
        let inner = self.inner.clone();
        async move {
            for id in inner.clones.keys().chain([&inner.voice]) {
                inner.speaker(id).await?;
            }
            inner.wire.warm(inner.wire.get("/languages"), judge).await?;
            Ok(())
        }
        .boxed()
    }
}

#[derive(Serialize)]
struct Wanted<'a> {
    #[serde(flatten)]
    speaker: &'a Speaker,
    text: &'a str,
    language: &'a str,
    add_wav_header: bool,
    stream_chunk_size: &'a str,
}

impl Inner {
    async fn say(&self, text: &str, speaker: &Speaker) -> Result<Sound, SpeakError> {
        let wanted = Wanted {
            speaker,
            text,
            language: &self.language,
            add_wav_header: true,
            stream_chunk_size: CHUNK,
        };
        let request = self.wire.post("/tts_stream").json(&wanted);
        let response = self.wire.send(request, judge).await?;
        self.wire.sound(response, Decoder::wav())
    }

    async fn speaker(&self, id: &str) -> Result<Arc<Speaker>, SpeakError> {
        match self.clones.get(id) {
            Some(clone) => clone
                .made
                .get_or_try_init(|| self.clone_from(&clone.wav))
                .await
                .cloned(),
            None => self.studio_speaker(id).await,
        }
    }

    async fn clone_from(&self, wav: &[u8]) -> Result<Arc<Speaker>, SpeakError> {
        let file = Part::bytes(wav.to_vec())
            .file_name("reference.wav")
            .mime_str("audio/wav");
        let file = file.map_err(|_| {
            self.wire
                .broken("the type of the reference cannot be written")
        })?;
        let form = Form::new().part("wav_file", file);
        let response = self
            .wire
            .send(self.wire.post("/clone_speaker").multipart(form), judge)
            .await?;
        let speaker: Speaker = self.wire.json(response, SPEAKER_BYTES).await?;
        Ok(Arc::new(self.sane(speaker)?))
    }

    /// The speaker that the model has under this name. The whole list is long; only what is asked for is kept.
    async fn studio_speaker(&self, id: &str) -> Result<Arc<Speaker>, SpeakError> {
        if let Some(kept) = self.kept().get(id) {
            return Ok(kept.clone());
        }
        let unknown = self.catalogue.is_learned() && !self.catalogue.knows(id);
        if unknown && !self.catalogue.is_old() {
            return Err(self.catalogue.no_such_voice(NAME, id));
        }
        let response = self
            .wire
            .send(self.wire.get("/studio_speakers"), judge)
            .await?;
        let mut studio: BTreeMap<String, Speaker> = self.wire.json(response, STUDIO_BYTES).await?;
        let names = self.clones.keys().chain(studio.keys());
        self.catalogue
            .learn(names.map(|name| info(name, &self.language)).collect());
        let Some(speaker) = studio.remove(id) else {
            return Err(self.catalogue.no_such_voice(NAME, id));
        };
        let speaker = Arc::new(self.sane(speaker)?);
        let mut kept = self.kept();
        if kept.len() >= MOST_KEPT {
            kept.pop_first();
        }
        kept.insert(id.to_owned(), speaker.clone());
        Ok(speaker)
    }

    fn sane(&self, speaker: Speaker) -> Result<Speaker, SpeakError> {
        let list = |value: &RawValue| value.get().starts_with('[') && value.get().len() > 2;
        match list(&speaker.gpt_cond_latent) && list(&speaker.speaker_embedding) {
            true => Ok(speaker),
            false => Err(self
                .wire
                .broken("the speaker that it made is empty; is the reference speech?")),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Speaker>>> {
        self.studio.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refusals are those of its framework: a status and a text.
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
