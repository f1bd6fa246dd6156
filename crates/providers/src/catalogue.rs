//! The voices that a provider is known to have.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use strsim::jaro_winkler;
use tts::{ErrorKind, SpeakError, VoiceInfo};

/// More voices than this are not kept from one list.
const MOST: usize = 10_000;
/// How many near names an error offers.
const NEAREST: usize = 3;
/// Names longer than this are cut when they are shown.
const SHOWN: usize = 60;
/// A list is not asked for again within this time because of a name that it does not have.
const FRESH: Duration = Duration::from_secs(30);

/// Voices: those that come with the house, until the provider's own list replaces them.
pub(crate) struct Catalogue {
    known: Mutex<Known>,
}

struct Known {
    voices: Vec<VoiceInfo>,
    /// When the provider last said what it has.
    learned: Option<Instant>,
}

impl Catalogue {
    pub(crate) fn new(voices: Vec<VoiceInfo>) -> Catalogue {
        Catalogue {
            known: Mutex::new(Known {
                voices,
                learned: None,
            }),
        }
    }

    pub(crate) fn list(&self) -> Vec<VoiceInfo> {
        self.lock().voices.clone()
    }

    /// Takes the provider's list, unless it is empty. The engine's own choice stays first when it is still there.
    pub(crate) fn learn(&self, mut voices: Vec<VoiceInfo>) {
        voices.truncate(MOST);
        voices.retain(|voice| !voice.id.is_empty());
        let mut known = self.lock();
        known.learned = Some(Instant::now());
        if voices.is_empty() {
            return;
        }
        if let Some(own) = known.voices.first() {
            voices.sort_by_key(|voice| voice.id != own.id);
        }
        known.voices = voices;
    }

    /// Whether the provider has ever said what it has.
    pub(crate) fn is_learned(&self) -> bool {
        self.lock().learned.is_some()
    }

    /// Whether asking the provider again may bring something new.
    pub(crate) fn is_old(&self) -> bool {
        let learned = self.lock().learned;
        learned.is_none_or(|then| then.elapsed() > FRESH)
    }

    pub(crate) fn knows(&self, id: &str) -> bool {
        self.lock().voices.iter().any(|voice| voice.id == id)
    }

    /// "There is no such voice", with those that are named most like it.
    pub(crate) fn no_such_voice(&self, provider: &str, id: &str) -> SpeakError {
        let near = nearest(id, self.lock().voices.iter().map(|voice| voice.id.as_str()));
        let shown: String = id.chars().take(SHOWN).collect();
        let what = match near.is_empty() {
            true => format!("there is no voice {shown:?}"),
            false => format!(
                "there is no voice {shown:?}; the nearest are {}",
                near.join(", ")
            ),
        };
        SpeakError::new(ErrorKind::Unsupported, provider, what)
    }

    /// The provider's "unsupported", said better when it must be the voice: one that nobody has listed.
    pub(crate) fn explain(&self, error: SpeakError, id: &str) -> SpeakError {
        match error.kind == ErrorKind::Unsupported && !self.knows(id) {
            true => self.no_such_voice(&error.provider, id),
            false => error,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The names that are most like `name`, best first.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let name = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .map(|other| (jaro_winkler(&name, &other.to_lowercase()), other))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let best = scored.into_iter().take(NEAREST);
    best.map(|(_, other)| other.to_owned()).collect()
}
