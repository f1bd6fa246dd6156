//! Classic speech programs as a last resort: a child process with a deadline, given plain words only.
//!
//! Markup never reaches them: one of them runs for ever on a slow `prosody`. Words go in through a
//! pipe, so that nobody sees a call in the list of processes.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio, id},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use audio::{Pcm, Wav};
use futures::{FutureExt, StreamExt, channel::oneshot, stream};
use text::{Normalizer, Spoken};
use tts::{ErrorKind, MAX_CHARS, SpeakError, SpeechStream, Tts, Utterance, VoiceInfo};

/// More at once than this would starve the machine.
const MAX_AT_ONCE: usize = 4;
/// Further ones wait for a place until their deadline; beyond these it is refused as busy.
const MAX_WAITING: usize = 32;
const POLL: Duration = Duration::from_millis(4);
/// How long a program may take to say that it exists.
const PROBE: Duration = Duration::from_secs(2);

/// A speech program.
#[derive(Clone, Debug)]
pub struct Program {
    /// The engine's name.
    pub name: &'static str,
    /// The command.
    pub command: PathBuf,
    /// Its voice.
    pub voice: &'static str,
    /// Samples per second that it writes.
    pub rate: u32,
    /// How many words a minute it says at its own pace, where that was measured.
    pub words_per_minute: Option<f32>,
    /// Arguments that make it answer and end at once.
    pub probe: &'static [&'static str],
    /// Arguments for speech, given pace in parts of 1, pitch in parts of 1, and the file to write.
    pub arguments: fn(f32, f32, &Path) -> Vec<String>,
}

impl Program {
    /// flite with its most intelligible voice.
    pub fn flite() -> Program {
        Program {
            name: "flite",
            command: "flite".into(),
            voice: "rms",
            rate: 16_000,
            // Of flite 2.2, by tests/it/pace.rs.
            words_per_minute: Some(192.0),
            probe: &["-lv"],
            arguments: |pace, _, file| {
                let stretch = format!("duration_stretch={:.3}", 1.0 / pace);
                [
                    "-voice",
                    "rms",
                    "--setf",
                    &stretch,
                    "-f",
                    "/dev/stdin",
                    "-o",
                ]
                .map(String::from)
                .into_iter()
                .chain([file.display().to_string()])
                .collect()
            },
        }
    }

    /// espeak-ng: over a telephone every third word is lost, but it speaks.
    pub fn espeak_ng() -> Program {
        Program {
            name: "espeak",
            command: "espeak-ng".into(),
            voice: "en-us",
            rate: 22_050,
            // Of espeak-ng 1.51, by tests/it/pace.rs.
            words_per_minute: Some(215.0),
            probe: &["--version"],
            arguments: |pace, pitch, file| {
                let (words, height) = ((165.0 * pace) as u32, (50.0 * pitch).min(99.0) as u32);
                [
                    "-v",
                    "en-us",
                    "--stdin",
                    "-s",
                    &words.to_string(),
                    "-p",
                    &height.to_string(),
                    "-w",
                ]
                .map(String::from)
                .into_iter()
                .chain([file.display().to_string()])
                .collect()
            },
        }
    }
}

/// A speech program as an engine.
pub struct ProcessTts {
    program: Program,
    scratch: PathBuf,
    places: Places,
}

impl ProcessTts {
    /// The engine, when `program` is on this machine. Sound passes through files in the folder `scratch`.
    pub fn find(program: Program, scratch: &Path) -> Option<ProcessTts> {
        let mut child = Command::new(&program.command)
            .args(program.probe)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let answered = wait(&mut child, Instant::now() + PROBE, || false).is_ok();
        answered.then(|| ProcessTts {
            program,
            scratch: scratch.to_owned(),
            places: Places::default(),
        })
    }
}

impl Tts for ProcessTts {
    fn name(&self) -> &str {
        self.program.name
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        vec![VoiceInfo {
            id: self.program.voice.into(),
            name: format!("{} {}", self.program.name, self.program.voice),
            language: "en-US".into(),
            rate: self.program.rate,
        }]
    }

    fn words_per_minute(&self, voice: &str) -> Option<f32> {
        self.program
            .words_per_minute
            .filter(|_| voice == self.program.voice)
    }

    fn speak(&self, utterance: Utterance) -> SpeechStream {
        let name = self.program.name;
        let failed =
            |(kind, what): Failure| stream::iter([Err(SpeakError::new(kind, name, what))]).boxed();
        if utterance.voice.id != self.program.voice {
            let what = format!("there is no voice {:?}", utterance.voice.id);
            return failed((ErrorKind::Unsupported, what));
        }
        let Ok(waiting) = Turn::take(&self.places.waiting, MAX_WAITING) else {
            let what = format!("{MAX_WAITING} utterances wait for it already");
            return failed((ErrorKind::RateLimited, what));
        };
        let (reply, speech) = oneshot::channel();
        let (program, scratch) = (self.program.clone(), self.scratch.clone());
        let running = self.places.running.clone();
        let deadline = Instant::now() + Duration::from_millis(u64::from(utterance.deadline_ms));
        let spawned = thread::Builder::new().name(name.into()).spawn(move || {
            let gone = || reply.is_canceled();
            let result = Turn::wait(&running, deadline, gone).and_then(|_turn| {
                drop(waiting);
                run(&program, &scratch, &utterance, deadline, gone)
            });
            let result = result.map_err(|(kind, what)| SpeakError::new(kind, name, what));
            // Whoever asked may have gone.
            let _ = reply.send(result);
        });
        match spawned {
            Ok(_) => speech
                .map(move |answer| {
                    answer.unwrap_or_else(|_| {
                        Err(SpeakError::new(ErrorKind::Broken, name, "its thread ended"))
                    })
                })
                .into_stream()
                .boxed(),
            Err(error) => failed((ErrorKind::Unavailable, error.to_string())),
        }
    }
}

type Failure = (ErrorKind, String);

/// How many wait, and how many run.
#[derive(Default)]
struct Places {
    waiting: Arc<AtomicUsize>,
    running: Arc<AtomicUsize>,
}

/// One of a few places; free again when dropped.
struct Turn(Arc<AtomicUsize>);

impl Turn {
    fn take(places: &Arc<AtomicUsize>, limit: usize) -> Result<Turn, ()> {
        let turn = Turn(places.clone());
        match places.fetch_add(1, Ordering::SeqCst) < limit {
            true => Ok(turn),
            false => Err(()),
        }
    }

    /// Waits for a place to run in.
    fn wait(
        running: &Arc<AtomicUsize>,
        deadline: Instant,
        gone: impl Fn() -> bool,
    ) -> Result<Turn, Failure> {
        loop {
            if let Ok(turn) = Turn::take(running, MAX_AT_ONCE) {
                return Ok(turn);
            }
            if Instant::now() >= deadline {
                let late = format!("{MAX_AT_ONCE} of them were running all the time");
                return Err((ErrorKind::Timeout, late));
            }
            if gone() {
                return Err((ErrorKind::Cancelled, "nobody listens".to_owned()));
            }
            thread::sleep(POLL);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn run(
    program: &Program,
    scratch: &Path,
    utterance: &Utterance,
    deadline: Instant,
    gone: impl Fn() -> bool,
) -> Result<Pcm, Failure> {
    let words = words(utterance)?;
    let file = SoundFile::new(scratch);
    let own = |factor: f32| {
        if factor.is_finite() {
            factor.clamp(0.7, 1.3)
        } else {
            1.0
        }
    };
    let (pace, pitch) = (own(utterance.voice.speed), own(utterance.voice.pitch));
    let unavailable = |e: io::Error| (ErrorKind::Unavailable, e.to_string());
    fs::create_dir_all(scratch).map_err(unavailable)?;
    let mut child = Command::new(&program.command)
        .args((program.arguments)(pace, pitch, &file.0))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(unavailable)?;
    if let Some(mut input) = child.stdin.take() {
        // A few kilobytes at most, which a pipe holds; a program that will not read them is found out below.
        let _ = input.write_all(words.as_bytes());
    }
    wait(&mut child, deadline, gone)?;
    let broken = |e: &dyn std::fmt::Display| (ErrorKind::Broken, e.to_string());
    let bytes = fs::read(&file.0).map_err(|e| broken(&e))?;
    let pcm = Wav::decode(&bytes).map_err(|e| broken(&e))?;
    match pcm.is_empty() {
        true => Err((ErrorKind::BadRequest, "it found nothing to say".into())),
        false => Ok(pcm),
    }
}

/// The bare words, whatever was marked up.
fn words(utterance: &Utterance) -> Result<String, Failure> {
    let refused = |what: String| (ErrorKind::BadRequest, what);
    if utterance.text.chars().count() > MAX_CHARS {
        return Err(refused(format!(
            "more than {MAX_CHARS} characters: split the text"
        )));
    }
    let spoken = match utterance.ssml {
        true => Spoken::ssml(&utterance.text).map_err(|e| refused(e.to_string()))?,
        false => Spoken::text(&utterance.text),
    };
    let spoken = spoken.normalized(&Normalizer::default());
    // No sign that any program could take for markup or a command is left.
    let plain: String = spoken
        .plain
        .chars()
        .filter(|c| c.is_alphanumeric() || " .,!?;:'-".contains(*c))
        .collect();
    match plain.chars().any(char::is_alphanumeric) {
        true => Ok(plain),
        false => Err(refused("there is no word to say".into())),
    }
}

/// Waits for the end of a child, and kills it when that is too late or nobody listens any more.
fn wait(child: &mut Child, deadline: Instant, gone: impl Fn() -> bool) -> Result<(), Failure> {
    let stop = loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err((ErrorKind::Broken, format!("it ended with {status}"))),
            Ok(None) if Instant::now() >= deadline => {
                break (
                    ErrorKind::Timeout,
                    "it was killed at the deadline".to_owned(),
                );
            }
            Ok(None) if gone() => break (ErrorKind::Cancelled, "nobody listens".to_owned()),
            Ok(None) => thread::sleep(POLL),
            Err(error) => break (ErrorKind::Unavailable, error.to_string()),
        }
    };
    let _ = child.kill();
    let _ = child.wait();
    Err(stop)
}

/// A file name of our own, gone when dropped.
struct SoundFile(PathBuf);

impl SoundFile {
    fn new(scratch: &Path) -> SoundFile {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        SoundFile(scratch.join(format!("speech-{}-{count}.wav", id())))
    }
}

impl Drop for SoundFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
