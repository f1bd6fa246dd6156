//! Collaborators that do what a test wants: an agent on strings, a voice of hiss, and tokio's time as a clock.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use agent::{Agent, Ask, Delta, Memo, Profile, Then};
use audio::Pcm;
use events::{At, Clock};
use futures::{
    FutureExt, Stream, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use tokio::time::{Instant, sleep};
use tts::{ErrorKind, SpeakError, SpeechStream, Tts, Utterance, VoiceInfo, Wait};

/// Tuesday, 17 November 2026, 10:00 in New York.
pub const MORNING: At = At(1_794_927_600_000);

/// Tokio's time, which a test pauses, as a clock.
pub struct Paused(Instant);

impl Paused {
    pub fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for Paused {
    fn now(&self) -> At {
        MORNING + u64::try_from(self.0.elapsed().as_millis()).expect("a test is short")
    }
}

/// Tokio's timer, for the ladder of voices.
pub struct Timer;

impl Wait for Timer {
    fn after(&self, ms: u32) -> BoxFuture<'static, ()> {
        sleep(Duration::from_millis(ms.into())).boxed()
    }
}

/// Counts work that has begun and was neither finished nor dropped.
#[derive(Clone, Default)]
pub struct Gauge(Arc<AtomicUsize>);

struct Running(Gauge);

impl Gauge {
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn begin(&self) -> Running {
        self.0.fetch_add(1, Ordering::SeqCst);
        Running(self.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// One step of a puppet's reply.
#[derive(Clone, Debug)]
pub enum Step {
    Wait(u64),
    Say(String),
    Done(Then),
    Fail,
    Panic,
    Never,
}

/// Says this after so many ms, and listens.
pub fn answers(after: u64, words: &str) -> Vec<Step> {
    vec![
        Step::Wait(after),
        Step::Say(words.into()),
        Step::Done(Then::Listen(Profile::Speech)),
    ]
}

type Strings = Box<dyn Fn(&Ask) -> Vec<Step> + Send>;

/// An agent on strings.
pub struct Puppet {
    strings: Mutex<Strings>,
    pub asked: AtomicUsize,
    pub working: Gauge,
}

impl Puppet {
    pub fn new(strings: impl Fn(&Ask) -> Vec<Step> + Send + 'static) -> Self {
        Self {
            strings: Mutex::new(Box::new(strings)),
            asked: AtomicUsize::new(0),
            working: Gauge::default(),
        }
    }

    /// Changes what it does from the next turn on.
    pub fn pull(&self, strings: impl Fn(&Ask) -> Vec<Step> + Send + 'static) {
        *self.strings.lock().expect("no test panics in here") = Box::new(strings);
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// A stream that counts as running until it is dropped.
struct Counted(
    BoxStream<'static, Delta>,
    #[expect(dead_code, reason = "it works by being dropped")] Running,
);

impl Stream for Counted {
    type Item = Delta;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Delta>> {
        self.0.poll_next_unpin(context)
    }
}

impl Agent for Puppet {
    fn name(&self) -> &str {
        "puppet"
    }

    fn reply(&self, ask: Ask) -> BoxStream<'static, Delta> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let steps = (self.strings.lock().expect("no test panics in here"))(&ask);
        let deltas = stream::iter(steps).filter_map(|step| async move {
            match step {
                Step::Wait(ms) => sleep(Duration::from_millis(ms)).map(|()| None).await,
                Step::Say(words) => Some(Delta::Words(words)),
                Step::Done(then) => Some(Delta::Done {
                    then,
                    memo: Memo("a memo".into()),
                }),
                Step::Fail => Some(Delta::Failed("the puppet was told to".into())),
                Step::Panic => panic!("the puppet was told to"),
                Step::Never => std::future::pending().await,
            }
        });
        Counted(deltas.boxed(), self.working.begin()).boxed()
    }
}

/// A voice of hiss: as long as the words would be, and another hiss for other words.
#[derive(Default)]
pub struct Hiss {
    /// How long it takes for a sentence, ms.
    pub delay_ms: AtomicU64,
    pub broken: AtomicBool,
    /// Whether it speaks one sentence after the other, in the order in which it was asked.
    pub serial: AtomicBool,
    turn: Arc<tokio::sync::Mutex<()>>,
    pub spoken: AtomicUsize,
    pub working: Gauge,
}

impl Tts for Hiss {
    fn name(&self) -> &str {
        "embedded"
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        vec![VoiceInfo {
            id: "heart".into(),
            name: "Hiss".into(),
            language: "en-US".into(),
            rate: 8_000,
        }]
    }

    fn speak(&self, utterance: Utterance) -> SpeechStream {
        let (running, broken) = (self.working.begin(), self.broken.load(Ordering::SeqCst));
        let delay = Duration::from_millis(self.delay_ms.load(Ordering::SeqCst));
        self.spoken.fetch_add(1, Ordering::SeqCst);
        let turn = self.turn.clone();
        let serial = self.serial.load(Ordering::SeqCst);
        let speech = async move {
            let _running = running;
            let _turn = match serial {
                true => Some(turn.lock().await),
                false => None,
            };
            sleep(delay).await;
            if broken {
                let why = "it was told to be broken";
                return Err(SpeakError::new(ErrorKind::Broken, "embedded", why));
            }
            Ok(hiss(&utterance.text))
        };
        stream::once(speech).boxed()
    }
}

fn hiss(text: &str) -> Pcm {
    let seed = text.bytes().fold(7u64, |seed, byte| {
        seed.wrapping_mul(31).wrapping_add(byte.into())
    });
    let mut random = fastrand::Rng::with_seed(seed);
    let samples = text::speaking_ms(text) as usize * 8;
    Pcm::new(
        8_000,
        (0..samples).map(|_| random.f32() * 0.4 - 0.2).collect(),
    )
}
