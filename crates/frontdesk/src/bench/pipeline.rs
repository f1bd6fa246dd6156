//! Work that takes exactly as long as it is told: an agent whose words come like a model's, and a voice.

use std::{
    f32::consts::TAU,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use agent::{Agent, Ask, Delta, Memo, Profile, Then};
use audio::Pcm;
use events::Clock;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::time::Instant;
use tts::{SpeechStream, Tts, Utterance, VoiceInfo};

use super::Pipeline;

/// Share of the delay that the voice takes, and the most it takes, ms.
const VOICE: (f64, f64) = (0.35, 1_500.0);

/// Between two words after the first sentence, ms.
const WORD_MS: f64 = 25.0;

/// Samples a second that the voice gives, as most engines do.
const RATE: u32 = 24_000;

/// The longest clip, ms.
const LONGEST_MS: u32 = 20_000;

/// How the delay is shared out, ms.
#[derive(Clone, Copy, Debug)]
pub struct Shares {
    /// Until the agent's first sentence is complete.
    agent: f64,
    /// From there until its audio is ready.
    voice: f64,
    jitter: f64,
}

impl From<&Pipeline> for Shares {
    fn from(pipeline: &Pipeline) -> Self {
        let whole = f64::from(pipeline.pipeline_ms);
        let voice = (whole * VOICE.0).min(VOICE.1);
        Self {
            agent: whole - voice,
            voice,
            jitter: f64::from(pipeline.jitter_ms),
        }
    }
}

/// The agent: two sentences, the first complete when it is due.
pub struct Talker {
    pub shares: Shares,
    pub clock: Arc<dyn Clock>,
    pub said: AtomicU64,
}

impl Agent for Talker {
    fn name(&self) -> &str {
        "bench"
    }

    fn reply(&self, _: Ask) -> BoxStream<'static, Delta> {
        // No two replies are alike, so no cache answers for the voice.
        let number = self.said.fetch_add(1, Ordering::Relaxed);
        let first = [
            "About",
            " request",
            &format!(" {number}"),
            ",",
            " yes",
            ",",
            " that",
            " is",
            " possible",
            " on",
            " Tuesday",
            ".",
        ];
        let second = [
            " Shall",
            " I",
            " put",
            " down",
            " request",
            &format!(" {number}"),
            " for",
            " you",
            "?",
        ];
        let agent = (self.shares.agent + self.shares.jitter * stray(number)).max(0.0);
        let pace = agent / 2.0 / (first.len() - 1) as f64;
        let mut words: Vec<(f64, Delta)> = Vec::new();
        for (n, word) in first.iter().enumerate() {
            words.push((
                agent / 2.0 + pace * n as f64,
                Delta::Words((*word).to_owned()),
            ));
        }
        for (n, word) in second.iter().enumerate() {
            words.push((
                agent + WORD_MS * (n + 1) as f64,
                Delta::Words((*word).to_owned()),
            ));
        }
        let (then, memo) = (Then::Listen(Profile::Speech), Memo::default());
        words.push((
            agent + WORD_MS * second.len() as f64,
            Delta::Done { then, memo },
        ));
        let (began, clock) = (Instant::now(), self.clock.clone());
        stream::iter(words)
            .then(move |(at, delta)| {
                let due = began + real(&*clock, at);
                async move {
                    tokio::time::sleep_until(due).await;
                    delta
                }
            })
            .boxed()
    }
}

/// Between −1 and 1, as good as random, the same for the same number.
fn stray(number: u64) -> f64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as f64 / f64::from(1u32 << 23) - 1.0
}

fn real(clock: &dyn Clock, ms: f64) -> Duration {
    // The clock's own unit is too coarse for the words of a fast agent.
    clock.real(1_000_000).mul_f64(ms / 1_000_000.0)
}

/// The voice: a sound like speech, as long as the words would take.
pub struct Hummer {
    name: String,
    delay: f64,
    clock: Arc<dyn Clock>,
    /// Off while fillers are made.
    pub slow: Arc<AtomicBool>,
    sound: Arc<Vec<f32>>,
}

impl Hummer {
    pub fn new(name: &str, shares: Shares, clock: Arc<dyn Clock>) -> Self {
        let count = RATE / 1000 * (LONGEST_MS + 1000);
        let at = |n: u32| {
            let t = n as f32 / RATE as f32;
            let voice = (TAU * 210.0 * t).sin() + 0.6 * (TAU * 870.0 * t).sin();
            0.1 * voice * (0.7 + 0.3 * (TAU * 4.0 * t).cos())
        };
        Self {
            name: name.to_owned(),
            delay: shares.voice,
            clock,
            slow: Arc::default(),
            sound: Arc::new((0..count).map(at).collect()),
        }
    }
}

impl Tts for Hummer {
    fn name(&self) -> &str {
        &self.name
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        vec![VoiceInfo {
            id: "hum".into(),
            name: "Hum".into(),
            language: "en-US".into(),
            rate: RATE,
        }]
    }

    fn speak(&self, utterance: Utterance) -> SpeechStream {
        let ms = text::speaking_ms(&utterance.text).min(LONGEST_MS) as usize;
        // Other words begin elsewhere in the hum, so that they are another clip.
        let hash = utterance
            .text
            .bytes()
            .fold(7usize, |h, b| h.wrapping_mul(31) ^ usize::from(b));
        let from = hash % RATE as usize;
        let samples = self.sound.get(from..from + ms * RATE as usize / 1000);
        let pcm = Pcm::new(RATE, samples.unwrap_or_default().to_vec());
        let delay = match self.slow.load(Ordering::Relaxed) {
            true => real(&*self.clock, self.delay),
            false => Duration::ZERO,
        };
        stream::once(async move {
            tokio::time::sleep(delay).await;
            Ok(pcm)
        })
        .boxed()
    }
}
