//! Engines in order of preference: the next one is asked when one fails or is too slow.

use std::sync::Arc;

use events::Clock;
use futures::{
    FutureExt, StreamExt,
    future::{BoxFuture, join_all},
    stream,
};

use crate::{
    Changes, EngineReport, ErrorKind, Health, SpeakError, SpeechStream, Tts, Utterance, Voice,
    VoiceInfo,
    race::{Race, Spoken},
    rung::{Rung, Rungs, Wait},
};

/// Engines in order of preference. A clone is the same ladder, with the same memory of who failed.
#[derive(Clone)]
pub struct Ladder {
    inner: Arc<Rungs>,
}

impl Ladder {
    /// A ladder of `rungs`, best first.
    pub fn new(rungs: Vec<Rung>, clock: Arc<dyn Clock>, wait: Arc<dyn Wait>) -> Ladder {
        let rungs = rungs.into_iter().map(Arc::new).collect();
        let inner = Arc::new(Rungs { rungs, clock, wait });
        Ladder { inner }
    }

    /// The engines' names and what is known of them, best first.
    pub fn health(&self) -> Vec<(String, Health)> {
        let rungs = self.inner.rungs.iter();
        rungs.map(|r| (r.name().to_owned(), r.health())).collect()
    }

    /// The engines' names and the time within which 19 of 20 first sounds came, ms, where that is known.
    pub fn first_sound_p95(&self) -> Vec<(String, Option<u32>)> {
        let rungs = self.inner.rungs.iter();
        rungs.map(|r| (r.name().to_owned(), r.p95())).collect()
    }

    /// Every engine as people want to know it, best first.
    pub fn report(&self) -> Vec<EngineReport> {
        let now = self.inner.clock.now();
        let rungs = self.inner.rungs.iter();
        rungs.map(|rung| rung.report(now)).collect()
    }

    /// A ladder of this one engine, with the same memory of whether it failed; `None` when there is none of this name.
    pub fn only(&self, name: &str) -> Option<Ladder> {
        let rung = self.inner.rungs.iter().find(|rung| rung.name() == name)?;
        let inner = Arc::new(Rungs {
            rungs: [rung.clone()].into(),
            clock: self.inner.clock.clone(),
            wait: self.inner.wait.clone(),
        });
        Some(Ladder { inner })
    }

    /// The voices in which `utterance` could be said, best first: the persona's own, then its voice at each other engine,
    /// unless it may not change.
    pub fn cast(&self, utterance: &Utterance) -> Vec<Voice> {
        let rungs = &self.inner.rungs;
        let allowed = |at: &usize| match utterance.elsewhere.changes {
            Changes::Allowed => rungs[*at].name() != utterance.voice.provider,
            Changes::Forbidden => false,
        };
        let others = (0..rungs.len()).filter(allowed);
        let others = others.filter_map(|at| self.inner.voice_at(at, utterance).ok());
        [utterance.voice.clone()]
            .into_iter()
            .chain(others)
            .collect()
    }

    /// Whether a request now goes to this engine; while it is down, one in a while does. One that is unknown gets none.
    pub fn admits(&self, engine: &str) -> bool {
        let now = self.inner.clock.now();
        let rung = self.inner.rungs.iter().find(|rung| rung.name() == engine);
        rung.is_some_and(|rung| rung.health().admits(now))
    }

    /// The model of the engine of this name; empty when it has none, or there is no such engine.
    pub fn model(&self, name: &str) -> &str {
        let mut rungs = self.inner.rungs.iter();
        rungs
            .find(|rung| rung.name() == name)
            .map_or("", |rung| rung.tts.model())
    }

    /// Asks one engine after the other until one speaks, within the utterance's deadline; a second one beside the first
    /// when that is later than it usually is.
    ///
    /// Engines that are down are passed over, but for a request now and then; when all are, they are asked all the same.
    /// On failure every engine's reason is given, in the order in which they came.
    pub async fn say(&self, utterance: Utterance) -> Result<Spoken, Vec<SpeakError>> {
        Race::new(&self.inner, utterance).run().await
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
                failures.pop().unwrap_or_else(|| {
                    SpeakError::new(ErrorKind::Unavailable, "the ladder", "nobody answered")
                })
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
