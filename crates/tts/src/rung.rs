//! One engine of a ladder: its voice, its patience, and what is known of it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use audio::Pcm;
use events::{At, Clock};
use futures::{
    FutureExt, StreamExt,
    future::{BoxFuture, Either, select},
};

use crate::{
    EngineReport, ErrorKind, Health, Outcome, SpeakError, SpeechStream, Tts, Utterance, Voice,
    pace::Pace, record::Record,
};

/// Waiting, given by whoever has a timer.
pub trait Wait: Send + Sync {
    /// Done after `ms` milliseconds.
    fn after(&self, ms: u32) -> BoxFuture<'static, ()>;
}

/// One engine of a ladder.
pub struct Rung {
    pub(crate) tts: Arc<dyn Tts>,
    pub(crate) patience_ms: u32,
    voices: Vec<Voice>,
    known: Mutex<Known>,
}

/// All engines of a ladder, best first, and the time they live in.
pub(crate) struct Rungs {
    pub(crate) rungs: Arc<[Arc<Rung>]>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) wait: Arc<dyn Wait>,
}

impl Rungs {
    /// Those that take requests now, in order; all of them when none does.
    pub(crate) fn order(&self) -> VecDeque<usize> {
        let now = self.clock.now();
        let all = 0..self.rungs.len();
        let up = |i: &usize| self.rungs[*i].health().admits(now);
        let admitted: VecDeque<usize> = all.clone().filter(up).collect();
        if admitted.is_empty() {
            all.collect()
        } else {
            admitted
        }
    }

    /// The engine that has `voice`, once more after a failure; nobody while it is down, as there is a voice below.
    pub(crate) fn only(&self, voice: &Voice) -> VecDeque<usize> {
        let now = self.clock.now();
        let own = self.rungs.iter().position(|r| r.name() == voice.provider);
        own.filter(|at| self.rungs[*at].health().admits(now))
            .map_or_else(VecDeque::new, |at| [at, at].into())
    }

    /// The voice in which an engine would say `utterance`.
    pub(crate) fn voice_at(&self, at: usize, utterance: &Utterance) -> Result<Voice, SpeakError> {
        let (rung, own) = (&self.rungs[at], &utterance.voice);
        let pace = |name: &str, voice: &str| {
            let rung = self.rungs.iter().find(|rung| rung.name() == name)?;
            rung.tts.words_per_minute(voice)
        };
        let voice = utterance
            .elsewhere
            .voice_at(own, rung.name(), || rung.stand_in(), pace);
        voice.ok_or_else(|| {
            let what = "it has no voice";
            SpeakError::new(ErrorKind::Unavailable, rung.name(), what)
        })
    }
}

/// What is known of an engine.
#[derive(Clone, Debug, Default)]
struct Known {
    health: Health,
    pace: Pace,
    record: Record,
}

/// An engine that has begun to speak.
pub(crate) struct Begun {
    pub(crate) voice: Voice,
    pub(crate) first: Pcm,
    pub(crate) rest: SpeechStream,
}

impl Rung {
    /// An engine that has `patience_ms` to finish an utterance before the next one is asked.
    pub fn new(tts: Arc<dyn Tts>, patience_ms: u32) -> Rung {
        Rung {
            tts,
            patience_ms,
            voices: Vec::new(),
            known: Mutex::default(),
        }
    }

    /// The voice that stands in when an utterance asks for another engine's and its persona has none here.
    pub fn standing_in(mut self, voice: Voice) -> Rung {
        self.voices = vec![voice];
        self
    }

    pub(crate) fn name(&self) -> &str {
        self.tts.name()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // What a panicking thread left is still a fold over outcomes.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn health(&self) -> Health {
        self.known().health.clone()
    }

    pub(crate) fn p95(&self) -> Option<u32> {
        self.known().pace.p95()
    }

    pub(crate) fn hedge_after(&self) -> Option<u32> {
        self.known().pace.hedge_after()
    }

    /// Takes one second request out of what may be spent beside this engine.
    pub(crate) fn spend(&self) -> bool {
        self.known().pace.spend()
    }

    pub(crate) fn asked(&self, now: At) {
        let mut known = self.known();
        known.health = std::mem::take(&mut known.health).asked(now);
        known.pace.asked();
    }

    /// Its first sound came after `ms`, or another one's was taken then.
    pub(crate) fn began(&self, ms: u32) {
        self.known().pace.began(ms);
    }

    pub(crate) fn learn(&self, outcome: Outcome, now: At) {
        let mut known = self.known();
        let was_up = known.health.is_up();
        known.health = std::mem::take(&mut known.health).after(outcome.clone(), now);
        let up = (was_up, known.health.is_up());
        known.record.note(&outcome, now, up);
    }

    pub(crate) fn report(&self, now: At) -> EngineReport {
        let known = self.known().clone();
        let (minutes, incidents) = known.record.last_hour(now);
        EngineReport {
            name: self.name().to_owned(),
            health: known.health,
            first_sound_p50: known.pace.p50(),
            first_sound_p95: known.pace.p95(),
            first_sounds: known.pace.known(),
            patience_ms: self.patience_ms,
            minutes,
            incidents,
            voices: self.tts.voices(),
        }
    }

    /// The first sound of `utterance` in `voice`, one of this engine's, at most `patience_ms` from now.
    pub(crate) fn begin(
        &self,
        utterance: &Utterance,
        voice: Voice,
        patience_ms: u32,
        wait: &dyn Wait,
    ) -> BoxFuture<'static, Result<Begun, SpeakError>> {
        let name = self.name().to_owned();
        let utterance = Utterance {
            voice: voice.clone(),
            ..utterance.clone().within(patience_ms)
        };
        let (speech, late) = (self.tts.speak(utterance), wait.after(patience_ms));
        async move {
            match select(first(speech).boxed(), late).await {
                Either::Left((begun, _)) => begun
                    .map(|(first, rest)| Begun { voice, first, rest })
                    .map_err(|e| by(&name, e)),
                Either::Right(((), _)) => Err(too_late(&name, patience_ms)),
            }
        }
        .boxed()
    }

    /// The voice in which it stands in for one that nobody named: the operator's choice, else its first.
    fn stand_in(&self) -> Option<String> {
        let named = self.voices.first().map(|voice| voice.id.clone());
        named.or_else(|| self.tts.voices().into_iter().next().map(|info| info.id))
    }
}

/// The error as this engine's.
pub(crate) fn by(name: &str, error: SpeakError) -> SpeakError {
    SpeakError {
        provider: name.to_owned(),
        ..error
    }
}

pub(crate) fn too_late(name: &str, patience_ms: u32) -> SpeakError {
    let late = format!("nothing within {patience_ms} ms");
    SpeakError::new(ErrorKind::Timeout, name, late)
}

/// Waits for the first sound.
async fn first(mut speech: SpeechStream) -> Result<(Pcm, SpeechStream), SpeakError> {
    while let Some(chunk) = speech.next().await {
        let first = chunk?;
        if !first.is_empty() {
            return Ok((first, speech));
        }
    }
    Err(SpeakError::new(
        ErrorKind::Broken,
        "the engine",
        "it gave no sound",
    ))
}
