//! What callers of speech rely on.

mod clip;
mod health;
mod hedge;
mod ladder;
mod record;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use audio::Pcm;
use futures::{StreamExt, future::BoxFuture, stream};
use tts::{ErrorKind, MAX_CHARS, SpeakError, SpeechStream, Tts, Utterance, Voice, VoiceInfo, Wait};

/// An engine whose words are tones, and whose behaviour is a parameter.
pub struct Fake {
    pub name: &'static str,
    pub mood: Mood,
    pub asked: AtomicUsize,
}

#[derive(Clone, Copy)]
pub enum Mood {
    Speaks,
    Fails(ErrorKind),
    Hangs,
}

impl Fake {
    pub fn new(name: &'static str, mood: Mood) -> Arc<Fake> {
        let asked = AtomicUsize::new(0);
        Arc::new(Fake { name, mood, asked })
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
        match (self.mood, self.refuse(&u)) {
            (_, Some((kind, why))) => failed(kind, why),
            (Mood::Fails(kind), None) => failed(kind, "as it was told to"),
            (Mood::Hangs, None) => stream::pending().boxed(),
            (Mood::Speaks, None) => {
                let count = u.text.split_whitespace().count() as f32 * 5000.0 / u.voice.speed;
                let samples = (0..count as usize)
                    .map(|i| 0.2 * (i as f32 * 0.2).sin())
                    .collect();
                stream::iter([Ok(Pcm::new(16_000, samples))]).boxed()
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
