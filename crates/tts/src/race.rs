//! One utterance on its way down a ladder.
//!
//! The decision: engines are asked one after the other, and a second one beside the first when that is later than it
//! usually is; who begins to speak first speaks, and the others are let go. An engine that breaks off in the middle has
//! not spoken: nothing of it was heard yet, and the next one says all of it.

use std::collections::VecDeque;

use audio::Pcm;
use events::At;
use futures::{
    FutureExt, StreamExt,
    future::{BoxFuture, Either, pending, ready, select},
    stream::{self, FuturesUnordered},
};

use crate::{
    Changes, ErrorKind, Outcome, SpeakError, Urgency, Utterance, Voice, collect,
    rung::{Begun, Rungs, by, too_late},
};

/// More sound than this from one utterance is an engine gone wild.
const LONGEST_MS: u64 = 10 * 60 * 1000;

/// What a ladder made of an utterance.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// The sound.
    pub pcm: Pcm,
    /// Which rung spoke, 0 is the first.
    pub rung: usize,
    /// The name of the engine that spoke.
    pub provider: String,
    /// The voice in which it did.
    pub voice: Voice,
    /// From asking it to its first sound, ms.
    pub first_ms: u32,
    /// What the rungs before it said.
    pub failures: Vec<SpeakError>,
}

type Attempt = BoxFuture<'static, (usize, Result<Begun, SpeakError>)>;

/// The state of one utterance.
pub(crate) struct Race<'a> {
    inner: &'a Rungs,
    utterance: Utterance,
    start: At,
    /// Who is still to be asked, best first.
    waiting: VecDeque<usize>,
    running: FuturesUnordered<Attempt>,
    /// Who is being asked, and since when.
    asked: Vec<(usize, At)>,
    failures: Vec<SpeakError>,
}

/// What happened next.
enum Next {
    Begun(usize, Begun),
    Failed,
    Late,
}

impl<'a> Race<'a> {
    pub(crate) fn new(inner: &'a Rungs, utterance: Utterance) -> Race<'a> {
        let mut waiting = match utterance.elsewhere.changes {
            Changes::Allowed => inner.order(),
            Changes::Forbidden => inner.only(&utterance.voice),
        };
        if utterance.urgency == Urgency::Ahead {
            waiting.retain(|at| inner.rungs[*at].name() == utterance.voice.provider);
            waiting.truncate(1);
        }
        Race {
            start: inner.clock.now(),
            waiting,
            inner,
            utterance,
            running: FuturesUnordered::new(),
            asked: Vec::new(),
            failures: Vec::new(),
        }
    }

    pub(crate) async fn run(mut self) -> Result<Spoken, Vec<SpeakError>> {
        if !self.utterance.ssml && !self.utterance.text.contains(char::is_alphanumeric) {
            // No engine could say it, and none is to blame.
            let what = "there is no word to say";
            return Err(vec![SpeakError::new(
                ErrorKind::BadRequest,
                "the ladder",
                what,
            )]);
        }
        loop {
            if self.running.is_empty() && !self.ask_next() {
                break;
            }
            match self.next().await {
                Next::Begun(rung, begun) => {
                    let first_ms = self.since_asked(rung);
                    self.let_go(rung);
                    let voice = begun.voice.clone();
                    if let Some(pcm) = self.finish(rung, begun).await {
                        return Ok(Spoken {
                            pcm,
                            rung,
                            first_ms,
                            provider: self.inner.rungs[rung].name().to_owned(),
                            voice,
                            failures: self.failures,
                        });
                    }
                }
                Next::Failed => {}
                Next::Late => {
                    self.ask_next();
                }
            }
        }
        if self.failures.is_empty() {
            let error = SpeakError::new(ErrorKind::Unavailable, "the ladder", self.nobody());
            self.failures.push(error);
        }
        Err(self.failures)
    }

    /// Why nobody was asked.
    fn nobody(&self) -> String {
        let own = &self.utterance.voice.provider;
        let rung = self.inner.rungs.iter().find(|rung| rung.name() == own);
        match (self.utterance.elsewhere.changes, rung) {
            (Changes::Forbidden, Some(_)) => {
                format!("{own} is down, and no other voice may speak")
            }
            (Changes::Forbidden, None) => {
                format!("there is no engine {own}, and no other voice may speak")
            }
            (Changes::Allowed, _) if self.utterance.urgency == Urgency::Ahead => {
                format!("{own}, which has this voice, is down or not configured")
            }
            (Changes::Allowed, _) => "no engine is configured".to_owned(),
        }
    }

    /// Asks the next engine; false when there is none or no time.
    fn ask_next(&mut self) -> bool {
        let Some(at) = self.waiting.pop_front() else {
            return false;
        };
        let rung = &self.inner.rungs[at];
        let patience = self.patience(at);
        if patience == 0 {
            let late = "the deadline had passed before it was asked";
            let error = SpeakError::new(ErrorKind::Timeout, rung.name(), late);
            self.failures.push(error);
            self.waiting.clear();
            return false;
        }
        let now = self.inner.clock.now();
        rung.asked(now);
        self.asked.push((at, now));
        let begun = match self.inner.voice_at(at, &self.utterance) {
            Ok(voice) => rung.begin(&self.utterance, voice, patience, &*self.inner.wait),
            Err(error) => ready(Err(error)).boxed(),
        };
        self.running
            .push(begun.map(move |begun| (at, begun)).boxed());
        true
    }

    /// How long this engine may take from now on, ms.
    fn patience(&self, at: usize) -> u32 {
        let passed = self.inner.clock.now().since(self.start);
        let left = u64::from(self.utterance.deadline_ms).saturating_sub(passed);
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        self.inner.rungs[at].patience_ms.min(left)
    }

    async fn next(&mut self) -> Next {
        let late = self.late();
        match select(self.running.next(), late).await {
            Either::Left((Some((at, Ok(begun))), _)) => {
                self.inner.rungs[at].began(self.since_asked(at));
                Next::Begun(at, begun)
            }
            Either::Left((Some((at, Err(error))), _)) => {
                self.fail(at, error);
                self.asked.retain(|(asked, _)| *asked != at);
                Next::Failed
            }
            Either::Left((None, _)) => Next::Failed,
            Either::Right(((), _)) => Next::Late,
        }
    }

    /// When the engine that was asked last is later than it usually is, and another one may be asked beside it.
    fn late(&self) -> BoxFuture<'static, ()> {
        let alone = self.asked.len() == 1 && !self.waiting.is_empty();
        // The same engine is asked again when it failed, never beside itself.
        let other = |(at, _): &&(usize, At)| alone && self.waiting.front() != Some(at);
        let Some((at, _)) = self.asked.last().filter(other) else {
            return pending().boxed();
        };
        let rung = &self.inner.rungs[*at];
        match rung.hedge_after() {
            Some(ms) if ms < rung.patience_ms => {
                let spent = self.since_asked(*at);
                let wait = self.inner.wait.after(ms.saturating_sub(spent));
                let inner = self.inner.rungs.clone();
                let at = *at;
                async move {
                    wait.await;
                    if !inner[at].spend() {
                        pending::<()>().await;
                    }
                }
                .boxed()
            }
            _ => pending().boxed(),
        }
    }

    fn since_asked(&self, at: usize) -> u32 {
        let asked = self.asked.iter().find(|(rung, _)| *rung == at);
        let since = asked.map_or(0, |(_, then)| self.inner.clock.now().since(*then));
        u32::try_from(since).unwrap_or(u32::MAX)
    }

    /// Those that another one was faster than took at least so long.
    fn let_go(&mut self, winner: usize) {
        self.running.clear();
        for (at, _) in &self.asked {
            if *at != winner {
                self.inner.rungs[*at].began(self.since_asked(*at));
            }
        }
    }

    /// The rest of what an engine began to say.
    async fn finish(&mut self, at: usize, begun: Begun) -> Option<Pcm> {
        let patience = self.inner.rungs[at].patience_ms;
        let left = patience.saturating_sub(self.since_asked(at));
        let whole = stream::iter([Ok(begun.first)]).chain(begun.rest);
        let speech = collect(whole.boxed(), LONGEST_MS).boxed();
        let name = self.inner.rungs[at].name().to_owned();
        let result = match select(speech, self.inner.wait.after(left)).await {
            Either::Left((result, _)) => result.map_err(|e| by(&name, e)),
            Either::Right(((), _)) => Err(too_late(&name, patience)),
        };
        self.asked.clear();
        match result {
            Ok(pcm) => {
                let now = self.inner.clock.now();
                self.inner.rungs[at].learn(Outcome::Spoke, now);
                Some(pcm)
            }
            Err(error) => {
                self.fail(at, error);
                None
            }
        }
    }

    fn fail(&mut self, at: usize, error: SpeakError) {
        let again = error.kind.heals() && error.kind != ErrorKind::Timeout;
        if !again && self.waiting.front() == Some(&at) {
            // Asked once more it would say the same, or the caller would wait as long again.
            self.waiting.pop_front();
        }
        let now = self.inner.clock.now();
        self.inner.rungs[at].learn(Outcome::Failed(error.clone()), now);
        self.failures.push(error);
    }
}
