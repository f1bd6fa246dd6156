//! From an answer that comes in pieces to a stream of sound with limits.
//!
//! Whoever listens never gets silence that was sold as speech: sound is held back until something can be heard, and an
//! answer without it is an error.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use audio::Pcm;
use bytes::Bytes;
use futures::{FutureExt, StreamExt, future::BoxFuture, stream, stream::BoxStream};
use tokio::time::timeout_at;
use tts::{ErrorKind, SpeakError, SpeechStream};

use crate::{Limits, decode::Decoder, stretch::Stretch};

/// What is louder than this (-60 dB of full scale) can be heard.
const AUDIBLE: f32 = 0.001;
/// Nobody pauses longer than this before the first word.
const LONGEST_PAUSE_MS: u64 = 4_000;

/// An answer whose body is sound.
pub(crate) struct Sound {
    bytes: BoxStream<'static, Result<Bytes, SpeakError>>,
    decoder: Decoder,
    stretch: Stretch,
}

impl Sound {
    pub(crate) fn new(
        bytes: BoxStream<'static, Result<Bytes, SpeakError>>,
        decoder: Decoder,
    ) -> Sound {
        Sound {
            bytes,
            decoder,
            stretch: Stretch::by(1.0),
        }
    }

    /// The same sound at another pace, for engines that have only one.
    pub(crate) fn at_pace(self, pace: f32) -> Sound {
        Sound {
            stretch: Stretch::by(pace),
            ..self
        }
    }
}

/// Waits for `asking` and passes its sound on, within `limits` and `deadline_ms` from now.
pub(crate) fn speech(
    name: &'static str,
    limits: Limits,
    deadline_ms: u32,
    asking: impl Future<Output = Result<Sound, SpeakError>> + Send + 'static,
) -> SpeechStream {
    let now = Instant::now();
    let speech = Speech {
        name,
        limits,
        begun: now,
        deadline_ms,
        stage: Stage::Asking(asking.boxed()),
        gate: Gate::default(),
    };
    stream::unfold(Some(speech), |speech| async move {
        let mut speech = speech?;
        match speech.next().await {
            Ok(Some(pcm)) => Some((Ok(pcm), Some(speech))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    })
    .boxed()
}

/// A stream that only says why it has no sound.
pub(crate) fn refused(error: SpeakError) -> SpeechStream {
    stream::once(async move { Err(error) }).boxed()
}

struct Speech {
    name: &'static str,
    limits: Limits,
    begun: Instant,
    deadline_ms: u32,
    stage: Stage,
    gate: Gate,
}

enum Stage {
    Asking(BoxFuture<'static, Result<Sound, SpeakError>>),
    Hearing(Sound),
    Done,
}

impl Speech {
    async fn next(&mut self) -> Result<Option<Pcm>, SpeakError> {
        loop {
            let (until, late) = self.patience();
            let late = || SpeakError::new(ErrorKind::Timeout, self.name, late);
            // A timer rounds up, and an answer on this machine may be quicker than that.
            if Instant::now() >= until {
                return Err(late());
            }
            let broken = |what: String| SpeakError::new(ErrorKind::Broken, self.name, what);
            match &mut self.stage {
                Stage::Done => return Ok(None),
                Stage::Asking(asking) => {
                    let sound = timeout_at(until.into(), asking).await;
                    self.stage = Stage::Hearing(sound.map_err(|_| late())??);
                }
                Stage::Hearing(sound) => {
                    let chunk = timeout_at(until.into(), sound.bytes.next()).await;
                    let pcm = match chunk.map_err(|_| late())? {
                        Some(chunk) => {
                            let pcm = sound.decoder.feed(&chunk?).map_err(broken)?;
                            let pcm = sound.stretch.feed(pcm);
                            self.gate.pass(pcm, Instant::now()).map_err(broken)?
                        }
                        None => {
                            let pcm = sound.decoder.end().map_err(broken)?;
                            let pcm = sound.stretch.end(pcm);
                            let pcm = self.gate.end(pcm, Instant::now()).map_err(broken)?;
                            self.stage = Stage::Done;
                            pcm
                        }
                    };
                    if let Some(pcm) = pcm {
                        return Ok(Some(pcm));
                    }
                }
            }
        }
    }

    /// Until when to wait for the next piece, and what to say when it does not come.
    fn patience(&self) -> (Instant, String) {
        let ms = |ms: u32| Duration::from_millis(u64::from(ms));
        let Limits {
            first_byte_ms,
            idle_ms,
        } = self.limits;
        let deadline = self.begun + ms(self.deadline_ms);
        let (until, late) = match self.gate.plays_until {
            None => (
                self.begun + ms(first_byte_ms),
                format!("no sound within {first_byte_ms} ms"),
            ),
            Some(end) => (
                end + ms(idle_ms),
                format!("a gap of more than {idle_ms} ms in the middle of its speech"),
            ),
        };
        match until < deadline {
            true => (until, late),
            false => (
                deadline,
                format!("not done by the deadline of {} ms", self.deadline_ms),
            ),
        }
    }
}

/// Lets sound through from the first moment that can be heard, and knows how long a listener has something to hear.
#[derive(Default)]
struct Gate {
    held: Pcm,
    plays_until: Option<Instant>,
    heard: bool,
}

impl Gate {
    fn pass(&mut self, pcm: Pcm, now: Instant) -> Result<Option<Pcm>, String> {
        if pcm.is_empty() {
            return Ok(None);
        }
        let end = self.plays_until.map_or(now, |end| end);
        self.plays_until = Some(end + Duration::from_micros(micros(&pcm)));
        if self.heard {
            return Ok(Some(pcm));
        }
        self.heard = pcm.samples.iter().any(|s| s.abs() > AUDIBLE);
        self.held.append(&pcm);
        if self.heard {
            return Ok(Some(std::mem::take(&mut self.held)));
        }
        if self.held.duration_ms() > LONGEST_PAUSE_MS {
            return Err(format!(
                "nothing but silence for {LONGEST_PAUSE_MS} ms; is a voice installed there?"
            ));
        }
        Ok(None)
    }

    fn end(&mut self, pcm: Pcm, now: Instant) -> Result<Option<Pcm>, String> {
        let last = self.pass(pcm, now)?;
        match (self.heard, self.plays_until) {
            (true, _) => Ok(last),
            (false, Some(_)) => Err("its sound is nothing but silence".into()),
            (false, None) => Err("it answered without any sound".into()),
        }
    }
}

fn micros(pcm: &Pcm) -> u64 {
    match u64::from(pcm.rate) {
        0 => 0,
        rate => pcm.samples.len() as u64 * 1_000_000 / rate,
    }
}
