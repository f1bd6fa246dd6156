//! Engines in order of preference: the next one is asked when one fails or is too slow.

use std::sync::{Arc, Mutex, PoisonError};

use audio::Pcm;
use events::Clock;
use futures::{
    FutureExt, StreamExt,
    future::{BoxFuture, Either, join_all, select},
    stream,
};

use crate::{
    ErrorKind, Health, Outcome, SpeakError, SpeechStream, Tts, Utterance, Voice, VoiceInfo, collect,
};

/// More sound than this from one utterance is an engine gone wild.
const LONGEST_MS: u64 = 10 * 60 * 1000;

/// Waiting, given by whoever has a timer.
pub trait Wait: Send + Sync {
    /// Done after `ms` milliseconds.
    fn after(&self, ms: u32) -> BoxFuture<'static, ()>;
}

/// One engine of a ladder.
pub struct Rung {
    tts: Arc<dyn Tts>,
    patience_ms: u32,
    voice: Option<Voice>,
    health: Mutex<Health>,
}

impl Rung {
    /// An engine that has `patience_ms` to finish an utterance before the next one is asked.
    pub fn new(tts: Arc<dyn Tts>, patience_ms: u32) -> Rung {
        Rung {
            tts,
            patience_ms,
            voice: None,
            health: Mutex::default(),
        }
    }

    /// The voice that stands in when an utterance asks for another engine's; its pace and pitch are kept.
    pub fn standing_in(self, voice: Voice) -> Rung {
        Rung {
            voice: Some(voice),
            ..self
        }
    }

    fn health(&self) -> Health {
        *self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn(&self, outcome: Outcome, clock: &dyn Clock) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        *health = health.after(outcome, clock.now());
    }

    fn voice_for(&self, wanted: &Voice) -> Result<Voice, SpeakError> {
        let name = self.tts.name();
        if wanted.provider == name {
            return Ok(wanted.clone());
        }
        let own = match &self.voice {
            Some(voice) => voice.clone(),
            None => match self.tts.voices().into_iter().next() {
                Some(info) => Voice::new(name, info.id),
                None => return Err(unavailable(name, "it has no voice")),
            },
        };
        Ok(Voice {
            speed: wanted.speed,
            pitch: wanted.pitch,
            ..own
        })
    }
}

/// What a ladder made of an utterance.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// The sound.
    pub pcm: Pcm,
    /// Which rung spoke, 0 is the first.
    pub rung: usize,
    /// The name of the engine that spoke.
    pub provider: String,
    /// What the rungs before it said.
    pub failures: Vec<SpeakError>,
}

/// Engines in order of preference. A clone is the same ladder, with the same memory of who failed.
#[derive(Clone)]
pub struct Ladder {
    inner: Arc<Inner>,
}

struct Inner {
    rungs: Vec<Rung>,
    clock: Arc<dyn Clock>,
    wait: Arc<dyn Wait>,
}

impl Ladder {
    /// A ladder of `rungs`, best first.
    pub fn new(rungs: Vec<Rung>, clock: Arc<dyn Clock>, wait: Arc<dyn Wait>) -> Ladder {
        let inner = Arc::new(Inner { rungs, clock, wait });
        Ladder { inner }
    }

    /// The engines' names and what is known of them, best first.
    pub fn health(&self) -> Vec<(String, Health)> {
        let rungs = self.inner.rungs.iter();
        rungs
            .map(|r| (r.tts.name().to_owned(), r.health()))
            .collect()
    }

    /// Asks one engine after the other until one speaks, within the utterance's deadline.
    ///
    /// Engines that just failed are passed over; when all of them did, they are asked all the same. On
    /// failure every engine's reason is given, in the order in which they were asked.
    pub async fn say(&self, utterance: Utterance) -> Result<Spoken, Vec<SpeakError>> {
        let start = self.inner.clock.now();
        let mut failures = Vec::new();
        for rung in self.order() {
            let passed = self.inner.clock.now().since(start);
            let left = u64::from(utterance.deadline_ms).saturating_sub(passed);
            let patience = self.inner.rungs[rung]
                .patience_ms
                .min(u32::try_from(left).unwrap_or(u32::MAX));
            if patience == 0 {
                let late = "the deadline had passed before it was asked";
                failures.push(SpeakError::new(
                    ErrorKind::Timeout,
                    self.name_of(rung),
                    late,
                ));
                break;
            }
            match self
                .inner
                .ask(rung, utterance.clone().within(patience))
                .await
            {
                Ok(pcm) => {
                    let provider = self.name_of(rung);
                    return Ok(Spoken {
                        pcm,
                        rung,
                        provider,
                        failures,
                    });
                }
                Err(error) => failures.push(error),
            }
        }
        if failures.is_empty() {
            failures.push(unavailable("the ladder", "no engine is configured"));
        }
        Err(failures)
    }

    /// Those that are up, in order; all of them when none is.
    fn order(&self) -> Vec<usize> {
        let now = self.inner.clock.now();
        let all = 0..self.inner.rungs.len();
        let up: Vec<usize> = all
            .clone()
            .filter(|i| self.inner.rungs[*i].health().is_up(now))
            .collect();
        if up.is_empty() { all.collect() } else { up }
    }

    fn name_of(&self, rung: usize) -> String {
        self.inner.rungs[rung].tts.name().to_owned()
    }
}

impl Inner {
    async fn ask(&self, rung: usize, mut utterance: Utterance) -> Result<Pcm, SpeakError> {
        let rung = &self.rungs[rung];
        utterance.voice = rung.voice_for(&utterance.voice)?;
        let patience = utterance.deadline_ms;
        let speech = collect(rung.tts.speak(utterance), LONGEST_MS).boxed();
        let result = match select(speech, self.wait.after(patience)).await {
            Either::Left((result, _)) => result,
            Either::Right(((), _)) => {
                let late = format!("nothing within {patience} ms");
                Err(SpeakError::new(ErrorKind::Timeout, rung.tts.name(), late))
            }
        };
        let result = result.map_err(|e| SpeakError {
            provider: rung.tts.name().to_owned(),
            ..e
        });
        let outcome = match &result {
            Ok(_) => Outcome::Spoke,
            Err(error) => Outcome::Failed(error.kind),
        };
        rung.learn(outcome, &*self.clock);
        result
    }
}

impl Tts for Ladder {
    fn name(&self) -> &str {
        "ladder"
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        self.inner
            .rungs
            .iter()
            .flat_map(|r| r.tts.voices())
            .collect()
    }

    fn speak(&self, utterance: Utterance) -> SpeechStream {
        let ladder = self.clone();
        let speech = async move {
            let spoken = ladder.say(utterance).await;
            spoken.map(|s| s.pcm).map_err(|mut failures| {
                failures
                    .pop()
                    .unwrap_or_else(|| unavailable("the ladder", "no engine is configured"))
            })
        };
        stream::once(speech).boxed()
    }

    /// All of them at once; a ladder can be reached while one of its rungs can.
    fn prewarm(&self) -> BoxFuture<'static, Result<(), SpeakError>> {
        let all = join_all(self.inner.rungs.iter().map(|rung| rung.tts.prewarm()));
        all.map(|mut results| {
            results.sort_by_key(Result::is_err);
            results.into_iter().next().unwrap_or(Ok(()))
        })
        .boxed()
    }
}

fn unavailable(provider: &str, message: &str) -> SpeakError {
    SpeakError::new(ErrorKind::Unavailable, provider, message)
}
