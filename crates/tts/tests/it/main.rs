//! What callers of speech rely on.

mod ahead;
mod clip;
mod health;
mod hedge;
mod ladder;
mod persona;
mod record;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use audio::Pcm;
use futures::{StreamExt, future::BoxFuture, stream};
use tts::{ErrorKind, MAX_CHARS, SpeakError, SpeechStream, Tts, Utterance, Voice, VoiceInfo, Wait};

/// An engine whose words are tones, and whose behaviour is a parameter.
pub struct Fake {
    pub name: &'static str,
    mood: Mutex<Mood>,
    pub asked: AtomicUsize,
}

#[derive(Clone, Copy)]
pub enum Mood {
    Speaks,
    Fails(ErrorKind),
    Hangs,
    /// Half of it, then an error.
    BreaksOff,
}

impl Fake {
    pub fn new(name: &'static str, mood: Mood) -> Arc<Fake> {
        let asked = AtomicUsize::new(0);
        let mood = Mutex::new(mood);
        Arc::new(Fake { name, mood, asked })
    }

    pub fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn refuse(&self, u: &Utterance) -> Option<(ErrorKind, &'static str)> {
        match () {
            () if u.voice.id != "tone" => Some((ErrorKind::Unsupported, "no such voice")),
            () if u.deadline_ms == 0 => Some((ErrorKind::Timeout, "no time")),
            () if u.text.len() > MAX_CHARS => Some((ErrorKind::BadRequest, "too long")),
            () if !u.text.contains(char::is_alphanumeric) => {
                Some((ErrorKind::BadRequest, "no words"))
            }
            () => None,
        }
    }
}

impl Tts for Fake {
    fn name(&self) -> &str {
        self.name
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        let (id, name, language) = ("tone".into(), "Tone".into(), "en-US".into());
        vec![VoiceInfo {
            id,
            name,
            language,
            rate: 16_000,
        }]
    }

    fn speak(&self, u: Utterance) -> SpeechStream {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let failed = |kind, why| stream::iter([Err(SpeakError::new(kind, self.name, why))]).boxed();
        let mood = *self.mood.lock().unwrap_or_else(PoisonError::into_inner);
        match (mood, self.refuse(&u)) {
            (_, Some((kind, why))) => failed(kind, why),
            (Mood::Fails(kind), None) => failed(kind, "as it was told to"),
            (Mood::Hangs, None) => stream::pending().boxed(),
            (Mood::Speaks | Mood::BreaksOff, None) => {
                let count = u.text.split_whitespace().count() as f32 * 5000.0 / u.voice.speed;
                let wave = |i: usize| 0.2 * (i as f32 * 0.2).sin();
                let sound = |n: usize| Ok(Pcm::new(16_000, (0..n).map(wave).collect()));
                if let Mood::BreaksOff = mood {
                    let cut = SpeakError::new(ErrorKind::Broken, self.name, "it was cut");
                    return stream::iter([sound(count as usize / 2), Err(cut)]).boxed();
                }
                stream::iter([sound(count as usize)]).boxed()
            }
        }
    }
}

/// A timer that has always just run out, behind whatever is ready at once.
pub struct NoPatience;

impl Wait for NoPatience {
    fn after(&self, _ms: u32) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

pub fn tone() -> Voice {
    Voice::new("fake", "tone")
}
