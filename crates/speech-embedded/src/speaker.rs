//! One voice, opened: what all workers share, and what each has for itself.

use std::{path::Path, sync::Arc};

use audio::Pcm;
use rten::{RunOptions, ThreadPool};
use tts::{ErrorKind, SpeakError, Utterance, Voice};

use crate::{
    VoiceError,
    acoustic::{Acoustic, MAX_PHONEMES},
    dsp::{RATE, Synth},
    models::{self, DICTIONARY, PACKAGES},
    phonemes::Reader,
    plan::{Bit, Manner, Step, plan},
};

/// The engine's name.
pub(crate) const NAME: &str = "embedded";

/// The nets and tables; read only, shared by all workers.
pub(crate) struct Shared {
    reader: Reader,
    acoustic: Acoustic,
}

impl Shared {
    pub(crate) fn open(dir: &Path) -> Result<Shared, VoiceError> {
        let missing = models::missing(dir);
        if !missing.is_empty() {
            return Err(VoiceError::Missing {
                what: missing.join(", "),
                dir: dir.display().to_string(),
            });
        }
        let file = |name: &str| PACKAGES[0].file(dir, name);
        Ok(Shared {
            reader: Reader::open(&dir.join(DICTIONARY), &file("oov.onnx"), &file("oov.json"))?,
            acoustic: Acoustic::open(&file("hibari.onnx"), &file("vocab.json"))?,
        })
    }
}

/// One worker's hands: it speaks one breath at a time, on one thread.
pub(crate) struct Speaker {
    shared: Arc<Shared>,
    synth: Synth,
    options: RunOptions,
}

impl Speaker {
    pub(crate) fn new(shared: Arc<Shared>) -> Speaker {
        // The nets are too small for more threads to help; more calls at once is what cores are for.
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        Speaker {
            shared,
            synth: Synth::new(),
            options: RunOptions::default().with_thread_pool(Some(pool)),
        }
    }

    /// The phonemes of a breath.
    pub(crate) fn phonemes(&self, bits: &[Bit]) -> String {
        let read = |bit: &Bit| match bit {
            Bit::Words(words) => self.shared.reader.phonemes(words, &self.options),
            Bit::Sounds(sounds) => sounds.clone(),
        };
        let mut phonemes = String::new();
        for part in bits.iter().map(read).filter(|part| !part.is_empty()) {
            if !phonemes.is_empty() && !part.starts_with([',', '.', ';', ':', '!', '?']) {
                phonemes.push(' ');
            }
            phonemes.push_str(&part);
        }
        phonemes
    }

    /// The sound of a step; `None` when it has nothing that the voice can say.
    pub(crate) fn speak(&self, step: &Step) -> Result<Option<Pcm>, SpeakError> {
        let (bits, manner) = match step {
            Step::Pause(ms) => return Ok(Some(Pcm::silence(RATE, *ms))),
            Step::Say { bits, manner } => (bits, *manner),
        };
        let phonemes = self.phonemes(bits);
        let mut sound = Pcm::default();
        for breath in breaths(&phonemes) {
            if self.shared.acoustic.knows(&breath) {
                sound.append(&self.breath(&breath, manner)?);
            }
        }
        Ok((!sound.is_empty()).then_some(sound))
    }

    fn breath(&self, phonemes: &str, manner: Manner) -> Result<Pcm, SpeakError> {
        let planes = self
            .shared
            .acoustic
            .planes(phonemes, manner.speed, &self.options);
        let planes = planes.map_err(|e| SpeakError::new(ErrorKind::Broken, NAME, e))?;
        let mut sound = self
            .synth
            .speak(&planes, manner.pitch, fingerprint(phonemes));
        if manner.gain != 1.0 {
            let louder = |s: &mut f32| *s = (*s * manner.gain).clamp(-1.0, 1.0);
            sound.samples.iter_mut().for_each(louder);
        }
        Ok(sound)
    }
}

/// Cuts what is too long for one breath, at a comma where there is one.
fn breaths(phonemes: &str) -> Vec<String> {
    let mut rest: Vec<char> = phonemes.chars().collect();
    let mut breaths = Vec::new();
    while rest.len() > MAX_PHONEMES {
        let window = &rest[..MAX_PHONEMES];
        let cut = window
            .iter()
            .rposition(|c| ",;:—".contains(*c))
            .or_else(|| window.iter().rposition(|c| *c == ' '))
            .map_or(MAX_PHONEMES, |at| at + 1);
        breaths.push(rest.drain(..cut).collect());
    }
    breaths.push(rest.into_iter().collect());
    breaths
}

/// The same words get the same noise, so that a clip made twice is one clip (FNV-1a).
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    })
}

/// How the built-in voice would pronounce a text: for an operator's preview, and for judging it.
pub struct Pronunciation(Speaker);

impl Pronunciation {
    /// Opens the voice whose files are below `models`.
    pub fn open(models: &Path) -> Result<Pronunciation, VoiceError> {
        Ok(Pronunciation(Speaker::new(Arc::new(Shared::open(models)?))))
    }

    /// The phonemes of each breath of a plain text, in the voice's letters (those of misaki).
    pub fn of(&self, text: &str) -> Result<Vec<String>, SpeakError> {
        let utterance = Utterance::plain(text, Voice::new(NAME, ""));
        let steps = plan(&utterance);
        let steps = steps.map_err(|(kind, what)| SpeakError::new(kind, NAME, what))?;
        let breath = |step: &Step| match step {
            Step::Say { bits, .. } => Some(self.0.phonemes(bits)),
            Step::Pause(_) => None,
        };
        Ok(steps.iter().filter_map(breath).collect())
    }
}
