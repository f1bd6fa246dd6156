//! Asks every voice, one request at a time, and writes down what came.
//!
//! The decision: voices take turns sentence by sentence, so that whatever else this machine does meanwhile meets all of
//! them alike.

use std::time::{Duration, Instant};

use ::bench::{
    Header,
    speech::{Failure, Mode, Sample, SpeechReport, SpeechSetup, Target, Turn, Words},
};
use audio::{Format, Loudness, Pcm, Wav};
use futures::StreamExt;
use text::Normalizer;
use tts::{ErrorKind, SpeakError, Utterance, Voice, phone_clip};

use super::{engines::Asked, plan::Plan};

/// How long one request may take, ms.
const PATIENCE_MS: u32 = 30_000;

/// More sound than this is no sentence, ms.
const LONGEST_MS: u64 = 300_000;

/// A voice that failed so often in a row is not asked any more.
const FAILURES: usize = 3;

/// From here on a sample is at full scale.
const FULL_SCALE: f32 = 0.999;

/// What this run may rely on.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Nothing else runs in this process, so its processor time is the voice's.
    pub own_process: bool,
    /// The clips of the last round are wanted.
    pub keep_clips: bool,
}

/// How far it has come.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Requests in all.
    pub total: usize,
    /// Requests that were made, or will not be.
    pub done: usize,
    /// Requests that failed, and why the first did.
    pub failed: usize,
    /// The first failure, in words.
    pub first_failure: Option<String>,
    /// Whether this is still for nothing.
    pub warming: bool,
    /// Times to the end that count, ms, in order.
    times: Vec<f64>,
}

impl Progress {
    /// In a line: warm-up or figures so far.
    pub fn told(&self) -> String {
        let failed = self.failed;
        if self.warming || self.times.is_empty() {
            return format!("warm-up · {failed} failed");
        }
        let spread = ::bench::Spread::of(self.times.iter().copied());
        format!(
            "p50 {:.0} ms · p95 {:.0} ms · n {} · {failed} failed",
            spread.p50, spread.p95, spread.count
        )
    }
}

/// A clip that was kept, for a listener.
pub struct Clip {
    /// Which voice, by its place.
    pub target: usize,
    /// Which sentence, by its place.
    pub sentence: usize,
    /// 16-bit WAV at the telephone's rate.
    pub wav: Vec<u8>,
}

/// What came of a run.
pub struct Outcome {
    setup: SpeechSetup,
    targets: Vec<Target>,
    samples: Vec<Sample>,
    took: Duration,
}

impl Outcome {
    /// The report of it.
    pub fn report(self, id: String, mut header: Header, words: Words) -> SpeechReport {
        header.after(self.took.as_secs_f64());
        SpeechReport::new(id, header, self.setup, self.targets, self.samples, words)
    }
}

/// Asks them all. Dropping it ends the request that is under way.
pub async fn run(
    plan: &Plan,
    timing: Timing,
    mut tell: impl FnMut(&Progress),
) -> (Outcome, Vec<Clip>) {
    let began = Instant::now();
    let mut run = Run::new(plan, timing);
    let setup = &plan.setup;
    let first = setup.modes.first().copied().unwrap_or(Mode::Batch);
    for target in 0..plan.asked.len() {
        run.ask(target, 0, first, Turn::Cold).await;
        tell(&run.progress);
    }
    for round in 0..setup.warm_up + setup.rounds {
        let turn = match round < setup.warm_up {
            true => Turn::WarmUp,
            false => Turn::Counted,
        };
        run.last = round + 1 == setup.warm_up + setup.rounds;
        for sentence in 0..setup.sentences.len() {
            for target in 0..plan.asked.len() {
                for mode in &setup.modes {
                    run.ask(target, sentence, *mode, turn).await;
                    tell(&run.progress);
                }
            }
        }
    }
    let outcome = Outcome {
        setup: setup.clone(),
        targets: run.targets,
        samples: run.samples,
        took: began.elapsed(),
    };
    (outcome, run.clips)
}

struct Run<'a> {
    plan: &'a Plan,
    timing: Timing,
    targets: Vec<Target>,
    /// Failures in a row, for each voice.
    failures: Vec<usize>,
    samples: Vec<Sample>,
    clips: Vec<Clip>,
    progress: Progress,
    /// The last round is running.
    last: bool,
}

impl<'a> Run<'a> {
    fn new(plan: &'a Plan, timing: Timing) -> Self {
        Self {
            plan,
            timing,
            targets: plan
                .asked
                .iter()
                .map(|asked| asked.target.clone())
                .collect(),
            failures: vec![0; plan.asked.len()],
            samples: Vec::new(),
            clips: Vec::new(),
            progress: Progress {
                total: plan.estimate().requests,
                warming: true,
                ..Progress::default()
            },
            last: false,
        }
    }

    async fn ask(&mut self, target: usize, sentence: usize, mode: Mode, turn: Turn) {
        self.progress.done += 1;
        self.progress.warming = turn != Turn::Counted;
        if self.targets[target].given_up.is_some() {
            return;
        }
        let asked = &self.plan.asked[target];
        let text = &self.plan.setup.sentences[sentence];
        let cpu = self.timing.own_process && asked.in_process;
        let heard = hear(asked, text, mode, cpu).await;
        let keep = self.timing.keep_clips && self.last && mode == self.plan.setup.modes[0];
        let mut sample = Sample {
            target,
            mode,
            sentence,
            turn,
            first_ms: None,
            total_ms: None,
            cpu_ms: None,
            audio_ms: None,
            starved_ms: None,
            level_dbfs: None,
            clipped: 0,
            error: None,
        };
        match heard {
            Ok(heard) => {
                self.failures[target] = 0;
                if turn == Turn::Counted {
                    self.progress.times.push(heard.total_ms);
                }
                let wav = heard.judge(&mut sample, keep).await;
                self.clips.extend(wav.map(|wav| Clip {
                    target,
                    sentence,
                    wav,
                }));
            }
            Err(error) => {
                self.fail(target, &error);
                sample.error = Some(Failure {
                    kind: kind(error.kind),
                    message: error.to_string(),
                });
            }
        }
        self.samples.push(sample);
    }

    fn fail(&mut self, target: usize, error: &SpeakError) {
        self.progress.failed += 1;
        let told = error.to_string();
        self.progress
            .first_failure
            .get_or_insert_with(|| told.clone());
        self.failures[target] += 1;
        if self.failures[target] >= FAILURES && !error.heals {
            self.targets[target].given_up = Some(format!(
                "{FAILURES} failures in a row that waiting does not mend; the last: {told}"
            ));
        }
    }
}

/// What came back, with its times.
struct Heard {
    first_ms: f64,
    total_ms: f64,
    cpu_ms: Option<f64>,
    starved_ms: f64,
    pcm: Pcm,
}

/// One request, from the words as an agent writes them on.
async fn hear(asked: &Asked, text: &str, mode: Mode, cpu: bool) -> Result<Heard, SpeakError> {
    let voice = Voice::new(&asked.target.provider, &asked.target.voice);
    let spent = ::bench::own_cpu_ms();
    let began = Instant::now();
    // Engines are given words only, as in a call.
    let words = Normalizer::default().normalize(text);
    let mut stream = asked
        .tts
        .speak(Utterance::plain(words, voice).within(PATIENCE_MS));
    let broken = |what: &str| SpeakError::new(ErrorKind::Broken, &asked.target.provider, what);
    let (mut pcm, mut first, mut starved_ms) = (Pcm::default(), None, 0f64);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        if chunk.is_empty() {
            continue;
        }
        let now = millis(began);
        let since = *first.get_or_insert(now);
        starved_ms = starved_ms.max(now - since - pcm.duration_ms() as f64);
        if pcm.is_empty() {
            pcm = chunk;
        } else if chunk.rate == pcm.rate {
            pcm.append(&chunk);
        } else {
            return Err(broken("its rate changed in the middle"));
        }
        if pcm.duration_ms() > LONGEST_MS {
            return Err(broken("it does not end"));
        }
    }
    let Some(first_ms) = first else {
        return Err(broken("it gave no sound"));
    };
    if mode == Mode::Batch {
        pcm = blocking(move || {
            let clip = Wav::encode(&phone_clip(pcm.clone()), Format::PHONE);
            std::hint::black_box(clip);
            pcm
        })
        .await
        .ok_or_else(|| broken("its sound cannot be made into a clip"))?;
    }
    Ok(Heard {
        first_ms,
        total_ms: millis(began),
        cpu_ms: cpu.then(|| ::bench::own_cpu_ms() - spent),
        starved_ms,
        pcm,
    })
}

impl Heard {
    /// Writes it down, and gives the telephone clip if that is wanted. None of this is in any time.
    async fn judge(self, sample: &mut Sample, keep: bool) -> Option<Vec<u8>> {
        sample.first_ms = Some(rounded(self.first_ms));
        sample.total_ms = Some(rounded(self.total_ms));
        sample.cpu_ms = self.cpu_ms.map(rounded);
        sample.starved_ms = Some(rounded(self.starved_ms));
        sample.audio_ms = Some(self.pcm.duration_ms() as f64);
        let pcm = self.pcm;
        let judged = blocking(move || {
            let loud = |s: &&f32| s.abs() >= FULL_SCALE;
            let clipped = pcm.samples.iter().filter(loud).count() as u64;
            let level = Loudness::measure(&pcm).active_rms_dbfs;
            let linear = Format {
                encoding: audio::Encoding::Pcm16,
                ..Format::PHONE
            };
            let wav = keep.then(|| Wav::encode(&phone_clip(pcm), linear));
            (clipped, level, wav)
        });
        let (clipped, level, wav) = judged.await?;
        sample.clipped = clipped;
        sample.level_dbfs = Some(rounded(f64::from(level)));
        wav
    }
}

/// Arithmetic for some milliseconds, off the threads that answer.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// To hundredths: more would only fill the report.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// The kind's name, as it stands in JSON.
fn kind(kind: ErrorKind) -> String {
    let value = serde_json::to_value(kind).ok();
    let name = value.as_ref().and_then(|value| value.as_str());
    name.unwrap_or("unknown").to_owned()
}
