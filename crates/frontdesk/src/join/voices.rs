//! A company's name in `speech.chain` becomes an engine.

use std::{ffi::OsStr, path::Path, sync::Arc};

use anyhow::Context;
use providers::{
    Http, Secret, deepgram, elevenlabs, google, kokoro, openai, piper, xtts_api,
    xtts_streaming::{self, Reference},
};
use tts::{Tts, Voice};

use crate::config::Vendor;

/// How long connecting may take, ms.
pub const CONNECT_MS: u32 = 2_000;

/// The largest recording of a voice, bytes.
const LARGEST_RECORDING: u64 = 10 << 20;

/// The most recordings of one folder.
const MOST_RECORDINGS: usize = 64;

/// An engine, and the voice in which it stands in for another one.
pub struct Company {
    /// The engine.
    pub tts: Arc<dyn Tts>,
    /// Its voice; without one, its first.
    pub voice: Option<Voice>,
}

/// The company of this name; `None` when there is none of it.
///
/// # Errors
/// Which setting cannot work.
pub fn company(name: &str, vendor: &Vendor, http: &Http) -> anyhow::Result<Option<Company>> {
    let key = Secret::new(vendor.api_key.as_ref().map_or("", |key| key.reveal()));
    let url = vendor.base_url.clone();
    let voice = vendor.voice.clone();
    let model = vendor.model.clone();
    let tts: Arc<dyn Tts> = match name {
        "deepgram" => {
            let mut config = deepgram::Config::new(key);
            set(&mut config.base_url, url);
            set(&mut config.voice, voice);
            config.socket = vendor.socket;
            Arc::new(deepgram::Deepgram::new(config, http)?)
        }
        "elevenlabs" => {
            let mut config = elevenlabs::Config::new(key);
            set(&mut config.base_url, url);
            set(&mut config.voice, voice);
            set(&mut config.model, model);
            config.socket = vendor.socket;
            Arc::new(elevenlabs::ElevenLabs::new(config, http)?)
        }
        "openai" => {
            let mut config = openai::Config::new(key);
            set(&mut config.base_url, url);
            set(&mut config.voice, voice);
            set(&mut config.model, model);
            Arc::new(openai::OpenAi::new(config, http)?)
        }
        "google" => {
            let mut config = google::Config::new(key);
            set(&mut config.base_url, url);
            set(&mut config.voice, voice);
            Arc::new(google::Google::new(config, http)?)
        }
        _ => match self_hosted(name, url.unwrap_or_default(), vendor, http)? {
            Some(tts) => tts,
            None => return Ok(None),
        },
    };
    let voice = vendor.voice.as_ref();
    let voice = voice.map(|voice| Voice::new(tts.name(), voice));
    Ok(Some(Company { tts, voice }))
}

/// Servers that the operator runs: they have an address and no key.
fn self_hosted(
    name: &str,
    url: String,
    vendor: &Vendor,
    http: &Http,
) -> anyhow::Result<Option<Arc<dyn Tts>>> {
    let voice = vendor.voice.clone();
    let named = voice.clone().unwrap_or_default();
    let tts: Arc<dyn Tts> = match name {
        "kokoro" => {
            let mut config = kokoro::Config::new(url);
            set(&mut config.voice, voice);
            Arc::new(kokoro::Kokoro::new(config, http)?)
        }
        "piper" => Arc::new(piper::Piper::new(piper::Config::new(url, named), http)?),
        "xtts" => {
            let mut config = xtts_streaming::Config::new(url);
            set(&mut config.voice, voice);
            if let Some(folder) = &vendor.recordings {
                config.references = recordings(folder)?;
            }
            Arc::new(xtts_streaming::XttsStreaming::new(config, http)?)
        }
        "xtts_api" => Arc::new(xtts_api::XttsApi::new(
            xtts_api::Config::new(url, named),
            http,
        )?),
        _ => return Ok(None),
    };
    Ok(Some(tts))
}

/// The WAV files of a folder, by their names.
fn recordings(folder: &Path) -> anyhow::Result<Vec<Reference>> {
    let cannot = || format!("cannot read the recordings in {}", folder.display());
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let is_wav = |end: &OsStr| end.eq_ignore_ascii_case("wav");
        if !path.extension().is_some_and(is_wav) {
            continue;
        }
        let size = path.metadata().with_context(cannot)?.len();
        anyhow::ensure!(
            size <= LARGEST_RECORDING && all.len() < MOST_RECORDINGS,
            "{}: at most {MOST_RECORDINGS} recordings of {} MB each are taken",
            path.display(),
            LARGEST_RECORDING >> 20
        );
        let voice = path.file_stem().unwrap_or_default();
        all.push(Reference {
            voice: voice.to_string_lossy().into_owned(),
            wav: std::fs::read(&path).with_context(cannot)?,
        });
    }
    all.sort_by(|a, b| a.voice.cmp(&b.voice));
    Ok(all)
}

fn set(field: &mut String, value: Option<String>) {
    if let Some(value) = value {
        *field = value;
    }
}
