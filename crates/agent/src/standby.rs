//! An agent that may fail, and one that does not, behind one name.
//!
//! The decision: the second takes the turn over as if it had been asked first, with the same question, history and memo,
//! as long as nothing was said. Whole sentences are passed on as they come; the beginning of one is held back, since the
//! line does not speak it before its end either. So what was said is never taken back and never said twice.

use std::sync::{Arc, Mutex, PoisonError};

use events::{At, Clock};
use futures::{
    FutureExt, SinkExt, StreamExt,
    channel::mpsc::{self, Sender},
    future::{BoxFuture, Either, ready, select},
    stream::{self, BoxStream, FuturesUnordered},
};
use text::Sentences;

use crate::{
    breaker::{Breaker, Pass},
    greeting,
    reply::{Agent, Ask, Delta, Memo, Profile, Standing, Then},
    scripted::{
        Sleeper,
        state::{Open, State},
    },
};

/// Most deltas that wait for the listener.
const WAITING: usize = 8;

/// Time between two pings of a first agent that is not asked, ms.
const PING_EVERY_MS: u64 = 500;

/// Most pings under way: one that takes a second does not keep its successors waiting.
const PINGS_AT_ONCE: usize = 3;

/// How long the first agent may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Until its first sentence is whole, ms; its tools are part of it.
    pub first_ms: u64,
    /// Until its reply is complete, ms.
    pub whole_ms: u64,
}

impl Default for Patience {
    /// An answer must begin within 4 s of the caller's last word (CALLER §2.1).
    fn default() -> Self {
        Self {
            first_ms: 3_500,
            whole_ms: 20_000,
        }
    }
}

/// Asks whether the first agent is there again, without a turn; true = it answers. It must end by itself.
pub type Ping = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

/// Two agents: the first is asked while it is well, the second in its place.
#[derive(Clone)]
pub struct Standby {
    inner: Arc<Inner>,
}

struct Inner {
    primary: Arc<dyn Agent>,
    fallback: Arc<dyn Agent>,
    patience: Patience,
    clock: Arc<dyn Clock>,
    sleeper: Sleeper,
    breaker: Mutex<Breaker>,
}

/// How the first agent's turn went.
enum Went {
    /// It is complete.
    Well,
    /// It failed before it said anything.
    Silent(String),
    /// It failed after it had said something.
    BrokeOff(String),
    /// Nobody listens any more.
    Left,
}

impl Standby {
    /// `fallback` should be one that cannot fail, such as [`crate::Scripted`].
    pub fn new(
        primary: Arc<dyn Agent>,
        fallback: Arc<dyn Agent>,
        patience: Patience,
        clock: Arc<dyn Clock>,
        sleeper: Sleeper,
    ) -> Self {
        let breaker = Mutex::new(Breaker::default());
        Self {
            inner: Arc::new(Inner {
                primary,
                fallback,
                patience,
                clock,
                sleeper,
                breaker,
            }),
        }
    }

    /// What is known of the first agent.
    pub fn health(&self) -> Breaker {
        self.inner.known(|b| b)
    }

    /// Pings the first agent twice a second while it is not asked, so that no caller has to find out that it is back.
    /// Never ends; its owner drops it.
    pub async fn watch(&self, ping: Ping) {
        let mut pings = FuturesUnordered::new();
        let (mut begun, mut newest) = (0_u64, 0);
        loop {
            // One that hangs neither puts off the next nor has a say after it.
            let mut pause = (self.inner.sleeper)(PING_EVERY_MS);
            while let Some((number, answered)) = before(&mut pause, &mut pings).await {
                if number > newest {
                    newest = number;
                    let now = self.inner.clock.now();
                    self.inner.known(|b| b.pinged(answered, now));
                }
            }
            if self.health().open_until.is_some() {
                begun += 1;
                let (number, answer) = (begun, ping());
                pings.push(async move { (number, answer.await) });
            }
        }
    }
}

/// The next that is finished, or `None` when the pause is over first. The pause is not over while as many
/// are under way as may be.
async fn before<P: Future>(
    pause: &mut BoxFuture<'static, ()>,
    pings: &mut FuturesUnordered<P>,
) -> Option<P::Output> {
    if pings.len() == PINGS_AT_ONCE {
        return pings.next().await;
    }
    if pings.is_empty() {
        // An empty set would be finished at once, again and again.
        pause.await;
        return None;
    }
    match select(pings.next(), pause).await {
        Either::Left((done, _)) => done,
        Either::Right(((), _)) => None,
    }
}

impl Agent for Standby {
    fn name(&self) -> &str {
        self.inner.primary.name()
    }

    fn reply(&self, ask: Ask) -> BoxStream<'static, Delta> {
        let (out, deltas) = mpsc::channel(WAITING);
        let work = Arc::clone(&self.inner).converse(ask, out);
        // The work runs only while the stream is polled, so dropping the stream drops the work.
        let work = stream::once(work.boxed()).filter_map(|()| ready(None));
        stream::select(deltas, work).boxed()
    }

    fn likely_next(&self, standing: &Standing) -> Vec<String> {
        self.inner.primary.likely_next(standing)
    }
}

impl Inner {
    /// Changes what is known, and tells it.
    fn known(&self, change: impl FnOnce(Breaker) -> Breaker) -> Breaker {
        // A breaker is a value: a panic elsewhere left the old one or the new one.
        let mut breaker = self.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        *breaker = change(*breaker);
        *breaker
    }

    fn admit(&self, now: At) -> Option<Pass> {
        let mut pass = None;
        self.known(|b| {
            let (given, after) = b.admit(now);
            pass = given;
            after
        });
        pass
    }

    async fn converse(self: Arc<Self>, ask: Ask, mut out: Sender<Delta>) {
        let why = match self.admit(self.clock.now()) {
            None => "it is resting after failures".to_owned(),
            Some(pass) => {
                let went = self.first(&ask, pass, &mut out).await;
                let now = self.clock.now();
                match went {
                    Went::Left => return,
                    Went::Well => {
                        self.known(Breaker::spoke);
                        return;
                    }
                    Went::BrokeOff(why) => {
                        self.known(|b| b.failed(pass, now));
                        return go_on(&ask, &why, &mut out).await;
                    }
                    Went::Silent(why) => {
                        self.known(|b| b.failed(pass, now));
                        why
                    }
                }
            }
        };
        let detail = format!("{} takes over: {why}", self.fallback.name());
        let name = "standby".to_owned();
        if out.send(Delta::ToolDone { name, detail }).await.is_err() {
            return;
        }
        let mut deltas = self.fallback.reply(ask);
        while let Some(delta) = deltas.next().await {
            if out.send(delta).await.is_err() {
                return;
            }
        }
    }

    /// Asks the first agent, and passes on what it says, sentence by sentence, within its time.
    async fn first(&self, ask: &Ask, pass: Pass, out: &mut Sender<Delta>) -> Went {
        let mut deltas = self.primary.reply(ask.clone());
        let mut words = Words::default();
        let mut whole = (self.sleeper)(self.patience.whole_ms);
        let mut begin = (self.sleeper)(self.patience.first_ms);
        loop {
            let clock = match words.spoken {
                true => &mut whole,
                false => &mut begin,
            };
            let delta = match select(deltas.next(), clock).await {
                Either::Left((Some(delta), _)) => delta,
                Either::Left((None, _)) => return words.failed("it stopped in the middle".into()),
                Either::Right(((), _)) => return words.failed("it was too slow".into()),
            };
            match delta {
                Delta::Words(delta) => {
                    for sentence in words.push(&delta) {
                        if pass == Pass::Trial {
                            self.known(Breaker::spoke);
                        }
                        if out.send(Delta::Words(sentence)).await.is_err() {
                            return Went::Left;
                        }
                    }
                }
                Delta::Failed(why) => return words.failed(why),
                Delta::Done { .. } => {
                    let rest = words.finish();
                    if !words.spoken && rest.is_empty() {
                        return words.failed("it said nothing".into());
                    }
                    for sentence in rest {
                        if out.send(Delta::Words(sentence)).await.is_err() {
                            return Went::Left;
                        }
                    }
                    return match out.send(delta).await {
                        Ok(()) => Went::Well,
                        Err(_) => Went::Left,
                    };
                }
                other => {
                    if out.send(other).await.is_err() {
                        return Went::Left;
                    }
                }
            }
        }
    }
}

/// The words that came, and how far they were passed on.
#[derive(Default)]
struct Words {
    sentences: Sentences,
    spoken: bool,
}

impl Words {
    /// The sentences that are whole now, each with a blank behind it.
    fn push(&mut self, delta: &str) -> Vec<String> {
        let mut whole = Vec::new();
        self.sentences.push(delta, &mut whole);
        self.pass(whole)
    }

    /// What is left at the end of the reply.
    fn finish(&mut self) -> Vec<String> {
        let mut rest = Vec::new();
        self.sentences.finish(&mut rest);
        self.pass(rest)
    }

    fn pass(&mut self, whole: Vec<String>) -> Vec<String> {
        self.spoken |= !whole.is_empty();
        whole.into_iter().map(|s| s + " ").collect()
    }

    fn failed(&self, why: String) -> Went {
        if self.spoken {
            Went::BrokeOff(why)
        } else {
            Went::Silent(why)
        }
    }
}

/// After a break in the middle: what was said stands, the caller is asked on, and nothing is left to agree to.
async fn go_on(ask: &Ask, why: &str, out: &mut Sender<Delta>) {
    let detail = format!("broke off: {why}");
    let name = "standby".to_owned();
    let deltas = [
        Delta::ToolDone { name, detail },
        Delta::Words(greeting::lost_thread().to_owned()),
        Delta::Done {
            then: Then::Listen(Profile::Speech),
            memo: at_rest(&ask.memo),
        },
    ];
    for delta in deltas {
        if out.send(delta).await.is_err() {
            return;
        }
    }
}

/// The memo with no task at hand and no question open.
fn at_rest(memo: &Memo) -> Memo {
    let mut state = State::read(memo);
    state.rest(Open::Nothing);
    state.write()
}
