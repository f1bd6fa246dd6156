//! The voices, best first.

use std::path::PathBuf;

use super::{
    errors::{listed, nearest},
    keys::{Fault, Key, Kind, any},
    reader::Reader,
    vendors::Vendors,
};

/// The voices that are built in or called as programs.
pub const ENGINES: &[&str] = &["embedded", "flite", "espeak"];

/// How words become sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Speech {
    /// Which engines speak, the first that can does.
    pub chain: Vec<String>,
    /// The folder with the models; none = beside the data.
    pub models_dir: Option<PathBuf>,
    /// True when models must not be fetched.
    pub offline: bool,
    /// Threads that speak; 0 = one for each core.
    pub workers: u32,
}

const CHAIN: Key = Key::new(
    "speech.chain",
    &["FRONTDESK__SPEECH__CHAIN", "FRONTDESK_VOICES"],
    Kind::List(engine),
    "embedded,flite,espeak",
    "Which engines speak: the first that can does. Known are embedded, flite, espeak, deepgram, elevenlabs, openai, \
     google, kokoro, piper, xtts and xtts_api.",
);
const MODELS_DIR: Key = Key::new(
    "speech.models_dir",
    &["FRONTDESK__SPEECH__MODELS_DIR", "FRONTDESK_MODELS"],
    Kind::Text(any),
    "",
    "The folder with the speech models; not set = the folder `models` in the data folder.",
);
const OFFLINE: Key = Key::new(
    "speech.offline",
    &["FRONTDESK__SPEECH__OFFLINE", "FRONTDESK_OFFLINE"],
    Kind::Switch,
    "false",
    "Never fetch models that are missing.",
);
const WORKERS: Key = Key::new(
    "speech.workers",
    &["FRONTDESK__SPEECH__WORKERS"],
    Kind::Number(0, 64),
    "0",
    "Threads that speak; 0 = one for each core.",
);

impl Speech {
    /// Its settings.
    pub const KEYS: &[&Key] = &[&CHAIN, &MODELS_DIR, &OFFLINE, &WORKERS];

    /// Reads and checks them.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        let speech = Self {
            chain: reader.list(&CHAIN),
            models_dir: reader.optional(&MODELS_DIR).map(PathBuf::from),
            offline: reader.switch(&OFFLINE),
            workers: reader.number(&WORKERS),
        };
        let twice = |nth: usize, name: &String| speech.chain[..nth].contains(name);
        if speech.chain.is_empty() {
            reader.refuse(
                &CHAIN,
                "`speech.chain` is empty: nobody would speak",
                "write `chain = [\"embedded\", \"flite\", \"espeak\"]`",
            );
        }
        for (_, name) in speech
            .chain
            .iter()
            .enumerate()
            .filter(|(nth, name)| twice(*nth, name))
        {
            reader.refuse(
                &CHAIN,
                format!("`speech.chain` names `{name}` twice"),
                "keep the first",
            );
        }
        speech
    }
}

/// Whether there is an engine of this name; the hint tells the nearest one.
pub(super) fn engine(name: &str) -> Result<(), Fault> {
    let known = ENGINES.iter().copied().chain(Vendors::names());
    if known.clone().any(|engine| engine == name) {
        return Ok(());
    }
    let hint = match nearest(name, known.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known are {}", listed(known)),
    };
    Err(Fault::new(
        format!("has `{name}`, which is no engine"),
        hint,
    ))
}
