//! Ready before needed: sentences that are spoken before a caller needs them.
//!
//! The decision: after each of our turns a job looks ahead. It asks the agent what it will probably say next and the
//! recorded flow of calls what usually followed, and queues the first few sentences that nobody has spoken yet, at low
//! priority. What a turn needs now is cancelled here and spoken there. What came of it is counted: a foretold sentence
//! that a call asked for first is a hit.

mod flows;
mod known;

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc, Mutex, OnceLock, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use agent::{Business, Standing, VoiceChoice};
use events::BusinessId;
use futures::FutureExt;
use serde::Serialize;

use self::{flows::Flows, known::Known};
use crate::{
    Backlog, Failure, Job, JobSettings, Jobs, Outcome, Parts, Priority, Refused, Whose, calm::Calm,
};

/// Businesses that are remembered.
const BUSINESSES: usize = 10_000;

/// What a million characters cost, and who says so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Price {
    /// US dollars for a million characters.
    pub usd_per_million: f64,
    /// Where that was read.
    pub source: String,
    /// When, such as `2026-06`.
    pub date: String,
}

/// How far ahead is looked.
#[derive(Clone, Debug, Default)]
pub struct AheadSettings {
    /// Sentences that are queued after one turn at most; 0 = none is foretold.
    pub per_turn: usize,
    /// What the engines cost, by their names; one that is not here costs nothing.
    pub prices: BTreeMap<String, Price>,
}

/// What came of looking ahead, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Foresight {
    /// Sentences that were foretold and queued.
    pub queued: u64,
    /// Of these, spoken because they were foretold.
    pub made: u64,
    /// Of these, asked for by a call afterwards.
    pub hits: u64,
    /// Foretold sentences that a call asked for before they were spoken.
    pub late: u64,
}

/// A sentence in a voice, and whose words it is.
#[derive(Clone)]
pub(crate) struct Line {
    pub text: String,
    pub voice: VoiceChoice,
    /// The business whose callers hear it; none for the operator's own phrases.
    pub business: Option<BusinessId>,
}

impl Line {
    pub fn of(business: &Business, text: &str) -> Self {
        Self {
            text: text.to_owned(),
            voice: business.voice.clone(),
            business: Some(business.id.clone()),
        }
    }

    pub fn whose(&self) -> Whose<'_> {
        self.business
            .as_ref()
            .map_or(Whose::Operator, Whose::Business)
    }

    /// Its name as a job.
    fn key(&self) -> String {
        let VoiceChoice {
            provider,
            id,
            speed,
            pitch,
            ..
        } = &self.voice;
        let whose = self.business.as_ref().map_or("", BusinessId::as_str);
        format!(
            "{whose}|{provider}|{id}|{speed:.3}|{pitch:.3}|{}",
            self.text
        )
    }
}

/// One thing to do ahead of need.
#[derive(Clone)]
pub(crate) enum Task {
    /// Look ahead from where a call stands, after it said this.
    Look(Box<Standing>, Option<String>),
    /// Speak a sentence.
    Speak { line: Line, foretold: bool },
}

#[derive(Default)]
struct Counters {
    queued: AtomicU64,
    made: AtomicU64,
    hits: AtomicU64,
    late: AtomicU64,
}

fn one(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// What is done ahead of need in this process.
pub(crate) struct Ahead {
    parts: Arc<Parts>,
    jobs: Jobs<Task>,
    settings: OnceLock<AheadSettings>,
    flows: Flows,
    known: Known,
    /// Businesses whose past calls were learnt from.
    taught: Mutex<HashSet<BusinessId>>,
    counters: Counters,
}

impl Ahead {
    pub fn new(parts: Arc<Parts>, calm: Arc<Calm>) -> Arc<Self> {
        Arc::new_cyclic(|me: &Weak<Self>| {
            let me = me.clone();
            let settings = JobSettings {
                seed: fastrand::u64(..),
                ..JobSettings::default()
            };
            let (tasks, clock) = (parts.tasks.clone(), parts.clock.clone());
            let jobs = Jobs::new(settings, tasks, clock, calm, move |task| {
                let me = me.upgrade();
                async move {
                    match me {
                        Some(me) => me.work(task).await,
                        None => Err(Failure::Never("nobody is left to do it".into())),
                    }
                }
                .boxed()
            });
            Self {
                parts,
                jobs,
                settings: OnceLock::new(),
                flows: Flows::default(),
                known: Known::default(),
                taught: Mutex::default(),
                counters: Counters::default(),
            }
        })
    }

    /// Looks ahead from now on; only the first settings count.
    pub fn set(&self, settings: AheadSettings) {
        let _ = self.settings.set(settings);
    }

    fn per_turn(&self) -> usize {
        self.settings.get().map_or(0, |settings| settings.per_turn)
    }

    pub fn price(&self, provider: &str) -> Option<&Price> {
        self.settings.get()?.prices.get(provider)
    }

    pub fn backlog(&self) -> Backlog {
        self.jobs.backlog()
    }

    pub fn foresight(&self) -> Foresight {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Counters {
            queued,
            made,
            hits,
            late,
        } = &self.counters;
        Foresight {
            queued: read(queued),
            made: read(made),
            hits: read(hits),
            late: read(late),
        }
    }

    /// The flow of calls, to be told of past ones.
    pub fn flows(&self) -> &Flows {
        &self.flows
    }

    /// True the first time: the past of this business is to be learnt.
    pub fn teach(&self, business: &BusinessId) -> bool {
        let mut taught = self.taught.lock().unwrap_or_else(PoisonError::into_inner);
        if taught.len() >= BUSINESSES {
            taught.clear();
        }
        taught.insert(business.clone())
    }

    /// A call needs this sentence now, and said `before` before it.
    pub fn needed(&self, business: &Business, caller: u64, before: Option<&str>, text: &str) {
        if self.per_turn() == 0 {
            return;
        }
        if let Some(before) = before {
            self.flows.learn(&business.id, caller, before, text);
        }
        let key = Line::of(business, text).key();
        match self.known.need(&key, self.parts.clock.now()) {
            Some(true) => one(&self.counters.hits),
            Some(false) => {
                one(&self.counters.late);
                self.jobs.cancel_waiting(&key);
            }
            None => {
                self.jobs.cancel_waiting(&key);
            }
        }
    }

    /// A turn of ours is complete: what comes next?
    pub fn look(&self, call: &str, standing: Standing, last: Option<String>) {
        if self.per_turn() == 0 {
            return;
        }
        let job = Job {
            key: format!("look|{call}"),
            priority: Priority::Normal,
            work: Task::Look(Box::new(standing), last),
        };
        // A backlog that is full has better things to do.
        let _ = self.jobs.push(job);
    }

    /// Speaks a sentence when there is time, and waits for it.
    pub async fn speak(&self, line: Line, priority: Priority) -> Result<Outcome, Refused> {
        let job = Job {
            key: line.key(),
            priority,
            work: Task::Speak {
                line,
                foretold: false,
            },
        };
        self.jobs.done(job).await
    }

    async fn work(&self, task: Task) -> Result<(), Failure> {
        match task {
            Task::Look(standing, last) => self.foretell(&standing, last.as_deref()),
            Task::Speak { line, foretold } => {
                let Line { text, voice, .. } = &line;
                let voicer = &self.parts.voicer;
                let spoken = voicer.speak_ahead(text, voice, line.whose()).await;
                let found = spoken.map_err(Failure::Again)?;
                let now = self.parts.clock.now();
                if foretold && found {
                    self.known.was_there(&line.key(), now);
                } else if foretold {
                    one(&self.counters.made);
                    self.known.made(&line.key(), now);
                }
            }
        }
        Ok(())
    }

    fn foretell(&self, standing: &Standing, last: Option<&str>) {
        let business = &standing.business;
        let mut next = self.parts.agent.likely_next(standing);
        next.extend(last.map_or_else(Vec::new, |last| self.flows.after(&business.id, last)));
        let now = self.parts.clock.now();
        let lines = next.iter().map(|text| Line::of(business, text));
        let news = lines.filter(|line| self.known.foretell(&line.key(), now));
        for line in news.take(self.per_turn()) {
            let job = Job {
                key: line.key(),
                priority: Priority::Low,
                work: Task::Speak {
                    line,
                    foretold: true,
                },
            };
            if self.jobs.push(job).is_ok() {
                one(&self.counters.queued);
            }
        }
    }
}

/// The same business and sentence, as a number.
pub(crate) fn place(business: &BusinessId, text: &str) -> u64 {
    crate::policy::stable_hash(&format!("{business}|{text}"))
}
