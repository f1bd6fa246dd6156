//! The built-in voice as an engine: a bounded queue and a few threads that each speak one utterance.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use audio::Pcm;
use futures::{StreamExt, channel::mpsc, stream};
use tts::{ErrorKind, MAX_CHARS, SpeakError, SpeechStream, Tts, Urgency, Utterance, VoiceInfo};

use crate::{
    VoiceError,
    dsp::RATE,
    plan::{Refusal, plan},
    queue::Queue,
    speaker::{NAME, Shared, Speaker},
};

/// Its one voice.
const VOICE: &str = "heart";

/// How many words a minute it says at its own pace, by tests/it/pace.rs.
const WORDS_PER_MINUTE: f32 = 249.0;

/// How much of the machine the voice may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Threads; each speaks about a hundred times faster than real time.
    pub workers: usize,
    /// Utterances that may wait for a thread; further ones are refused as busy.
    pub waiting: usize,
}

impl Default for Settings {
    /// A thread for each core, four at most, and 64 places to wait.
    fn default() -> Settings {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Settings {
            workers: cores.min(4),
            waiting: 64,
        }
    }
}

/// The built-in voice.
///
/// Dropping it ends its threads, after the breath that each is at.
pub struct EmbeddedTts {
    queue: Arc<Queue<Job>>,
    workers: Vec<JoinHandle<()>>,
}

type Reply = mpsc::Sender<Result<Pcm, SpeakError>>;

struct Job {
    utterance: Utterance,
    deadline: Instant,
    reply: Reply,
}

impl EmbeddedTts {
    /// [`Tts::words_per_minute`], for whoever has not opened it yet.
    pub fn pace(voice: &str) -> Option<f32> {
        (voice == VOICE).then_some(WORDS_PER_MINUTE)
    }

    /// Opens the voice whose files are below `models`; see [`crate::models::install`].
    pub fn open(models: &Path) -> Result<EmbeddedTts, VoiceError> {
        EmbeddedTts::open_with(models, Settings::default())
    }

    /// Opens the voice with a say in how much of the machine it uses.
    pub fn open_with(models: &Path, settings: Settings) -> Result<EmbeddedTts, VoiceError> {
        let shared = Arc::new(Shared::open(models)?);
        let workers = settings.workers.max(1);
        let mut tts = EmbeddedTts {
            queue: Arc::new(Queue::new(settings.waiting.max(1), workers)),
            workers: Vec::new(),
        };
        for i in 0..workers {
            let (shared, queue) = (shared.clone(), tts.queue.clone());
            let worker = thread::Builder::new()
                .name(format!("voice-{i}"))
                .spawn(move || {
                    tts::behind_requests();
                    work(&queue, &Speaker::new(shared))
                })
                .map_err(|e| VoiceError::Thread(e.to_string()))?;
            tts.workers.push(worker);
        }
        Ok(tts)
    }
}

impl Drop for EmbeddedTts {
    fn drop(&mut self) {
        self.queue.close();
        for worker in self.workers.drain(..) {
            // A worker cannot panic outside a job, and jobs catch theirs.
            let _ = worker.join();
        }
    }
}

impl Tts for EmbeddedTts {
    fn name(&self) -> &str {
        NAME
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        vec![VoiceInfo {
            id: VOICE.into(),
            name: "Heart".into(),
            language: "en-US".into(),
            rate: RATE,
        }]
    }

    fn words_per_minute(&self, voice: &str) -> Option<f32> {
        Self::pace(voice)
    }

    fn speak(&self, utterance: Utterance) -> SpeechStream {
        if utterance.voice.id != VOICE {
            let what = format!("there is no voice {:?}, only {VOICE:?}", utterance.voice.id);
            return failed(ErrorKind::Unsupported, &what);
        }
        // There is at least one character to a breath, so the channel is never full.
        let (reply, stream) = mpsc::channel(MAX_CHARS);
        let deadline = Instant::now() + Duration::from_millis(u64::from(utterance.deadline_ms));
        let urgency = utterance.urgency;
        let job = Job {
            utterance,
            deadline,
            reply,
        };
        let gone = |waiting: &Job| waiting.reply.is_closed();
        match self.queue.put(job, urgency, gone) {
            Ok(()) => stream.boxed(),
            Err(_) => failed(
                ErrorKind::RateLimited,
                "all its threads are busy and its queue is full",
            ),
        }
    }
}

fn failed(kind: ErrorKind, what: &str) -> SpeechStream {
    stream::iter([Err(SpeakError::new(kind, NAME, what))]).boxed()
}

fn work(queue: &Queue<Job>, speaker: &Speaker) {
    while let Some(job) = queue.take() {
        serve(job, queue, speaker);
    }
}

fn serve(mut job: Job, queue: &Queue<Job>, speaker: &Speaker) {
    let Job {
        utterance,
        deadline,
        reply,
    } = &mut job;
    // Between two breaths of work ahead, callers whom no other worker is free for are served.
    let ahead = utterance.urgency == Urgency::Ahead;
    let give_way = || {
        while let Some(live) = ahead.then(|| queue.take_live()).flatten() {
            serve(live, queue, speaker);
        }
    };
    // A text that trips a library must cost its own call a clip, and nobody else anything.
    let result = catch_unwind(AssertUnwindSafe(|| {
        speak(speaker, utterance, *deadline, reply, give_way)
    }));
    let error = match result {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error,
        Err(_) => SpeakError::new(ErrorKind::Broken, NAME, "a defect: this text made it panic"),
    };
    // Whoever asked may have gone.
    let _ = reply.try_send(Err(error));
}

fn speak(
    speaker: &Speaker,
    utterance: &Utterance,
    deadline: Instant,
    reply: &mut Reply,
    give_way: impl Fn(),
) -> Result<(), SpeakError> {
    let error = |(kind, what): Refusal| SpeakError::new(kind, NAME, what);
    let mut spoke = false;
    if reply.is_closed() {
        return Ok(());
    }
    for step in plan(utterance).map_err(error)? {
        give_way();
        if Instant::now() >= deadline {
            let late = format!("not done after {} ms", utterance.deadline_ms);
            return Err(error((ErrorKind::Timeout, late)));
        }
        if let Some(pcm) = speaker.speak(&step)? {
            spoke = true;
            if reply.try_send(Ok(pcm)).is_err() {
                return Ok(());
            }
        }
    }
    if !spoke {
        let what = "nothing in the text has a sound in this voice";
        return Err(error((ErrorKind::BadRequest, what.into())));
    }
    Ok(())
}
