//! What the caller heard, measured on one timeline.
//!
//! Every figure is about audible frames, never about when a request was made: a clip with half a
//! second of silence at its head costs the caller half a second.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::report::Recording;
use crate::sound::{Clip, RATE};
use audio::Pcm;

/// Longest recording, in ms.
const RECORD_LIMIT_MS: f64 = 15.0 * 60.0 * 1000.0;

/// Why a sound is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundKind {
    /// Bridges a wait; not an answer.
    Filler,
    /// What the caller waits for.
    Answer,
}

struct Sound {
    turn: usize,
    at_ms: f64,
    /// How much of it was played before it was cut.
    heard_ms: f64,
    kind: SoundKind,
    clip: Arc<Clip>,
}

impl Sound {
    /// The audible part on the timeline.
    fn span(&self) -> Option<(f64, f64)> {
        let (from, to) = self.clip.audible?;
        let to = to.min(self.heard_ms);
        (from < to).then_some((self.at_ms + from, self.at_ms + to))
    }
}

/// What was heard in one turn. All times in ms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TurnSound {
    /// Silence between the end of the caller's speech and the first audible frame of the answer;
    /// the audible part of fillers is not silence. Without an answer: until the turn was over.
    pub dead_air_ms: f64,
    /// From the end of the caller's speech to the first audible frame of anything.
    pub first_sound_ms: Option<f64>,
    /// From the end of the caller's speech to the first audible frame of the answer.
    pub answer_ms: Option<f64>,
    /// Longest single silence until the last sound of the turn was over.
    pub longest_silence_ms: f64,
    /// Silences between one sound and the next, in order.
    pub gaps: Vec<f64>,
    /// Both sides audible at once.
    pub overlap_ms: f64,
    /// Samples at full scale.
    pub clipping: u32,
    /// Mean power of what was audible; `None` = nothing was.
    pub level_dbfs: Option<f64>,
}

/// Listens to both channels of one call.
#[derive(Default)]
pub struct Ear {
    agent: Vec<Sound>,
    caller: Vec<(f64, Arc<Clip>)>,
}

impl Ear {
    /// An ear that has heard nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The server's side played `clip` from `at_ms`, of which `heard_ms` before it was cut.
    pub fn agent(
        &mut self,
        turn: usize,
        at_ms: f64,
        clip: Arc<Clip>,
        kind: SoundKind,
        heard_ms: f64,
    ) {
        self.agent.push(Sound {
            turn,
            at_ms,
            heard_ms,
            kind,
            clip,
        });
    }

    /// The caller made this sound from `at_ms`.
    pub fn caller(&mut self, at_ms: f64, clip: Arc<Clip>) {
        self.caller.push((at_ms, clip));
    }

    /// Measures one turn: it began at `from_ms`, when the caller had spoken, and was over at
    /// `until_ms`.
    pub fn turn(&self, turn: usize, from_ms: f64, until_ms: f64) -> TurnSound {
        let sounds: Vec<&Sound> = self.agent.iter().filter(|s| s.turn == turn).collect();
        let spans: Vec<(f64, f64)> = sounds.iter().filter_map(|s| s.span()).collect();
        let answer = sounds.iter().filter(|s| s.kind == SoundKind::Answer);
        let answer = answer.filter_map(|s| s.span()).map(|span| span.0).next();
        let fillers = sounds.iter().filter(|s| s.kind == SoundKind::Filler);
        let waited_until = answer.unwrap_or(until_ms).max(from_ms);
        let covered: f64 = fillers
            .filter_map(|s| s.span())
            .map(|span| common((from_ms, waited_until), span))
            .sum();
        TurnSound {
            dead_air_ms: (waited_until - from_ms - covered).max(0.0),
            first_sound_ms: spans.first().map(|s| s.0 - from_ms),
            answer_ms: answer.map(|at| at - from_ms),
            longest_silence_ms: longest_silence(
                &spans,
                from_ms,
                answer.is_none().then_some(until_ms),
            ),
            gaps: spans
                .windows(2)
                .map(|w| (w[1].0 - w[0].1).max(0.0))
                .collect(),
            overlap_ms: self.overlap(&spans),
            clipping: sounds.iter().map(|s| s.clip.clipped).sum(),
            level_dbfs: level(&sounds),
        }
    }

    fn overlap(&self, spans: &[(f64, f64)]) -> f64 {
        let callers = self.caller.iter().filter_map(|(at, clip)| {
            let (from, to) = clip.audible?;
            Some((at + from, at + to))
        });
        callers
            .flat_map(|caller| spans.iter().map(move |agent| common(caller, *agent)))
            .sum()
    }

    /// Both channels as audio, as far as clips kept their samples.
    pub fn recording(&self) -> Recording {
        let caller = self.caller.iter().map(|(at, c)| (*at, c.duration_ms, c));
        let agent = self.agent.iter().map(|s| (s.at_ms, s.heard_ms, &s.clip));
        Recording {
            caller: mix(caller),
            agent: mix(agent),
        }
    }
}

fn common(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.1.min(b.1) - a.0.max(b.0)).max(0.0)
}

/// `until_ms` is given when the caller is still waiting at the end of the turn.
fn longest_silence(spans: &[(f64, f64)], from_ms: f64, until_ms: Option<f64>) -> f64 {
    let mut quiet_from = from_ms;
    let mut longest: f64 = 0.0;
    for (start, end) in spans {
        longest = longest.max(start - quiet_from);
        quiet_from = quiet_from.max(*end);
    }
    longest.max(until_ms.unwrap_or(quiet_from) - quiet_from)
}

/// Mean power over the audible time.
fn level(sounds: &[&Sound]) -> Option<f64> {
    let (mut power, mut time) = (0.0, 0.0);
    for sound in sounds {
        if let Some((from, to)) = sound.span() {
            power += 10f64.powf(sound.clip.level_dbfs / 10.0) * (to - from);
            time += to - from;
        }
    }
    (time > 0.0).then(|| 10.0 * (power / time).log10())
}

fn mix<'a>(sounds: impl Iterator<Item = (f64, f64, &'a Arc<Clip>)>) -> Pcm {
    let index = |ms: f64| (ms.min(RECORD_LIMIT_MS) * f64::from(RATE) / 1000.0) as usize;
    let mut track: Vec<f32> = Vec::new();
    for (at_ms, heard_ms, clip) in sounds {
        let Some(samples) = &clip.samples else {
            continue;
        };
        let start = index(at_ms);
        let count = samples.len().min(index(at_ms + heard_ms) - start);
        if track.len() < start + count {
            track.resize(start + count, 0.0);
        }
        for (slot, sample) in track[start..].iter_mut().zip(&samples[..count]) {
            *slot += sample;
        }
    }
    Pcm::new(RATE, track)
}
