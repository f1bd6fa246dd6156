//! One turn in numbers: what the ear heard beside what the server wrote down.
//!
//! The decision: the carrier's own share (waiting for the end of speech, simulated round trips) is taken out of every
//! figure and shown beside it, for no server can do anything about it.

use carrier_sim::{CallReport, TurnReport};
use events::{Event, Ledger, Route, Stage, Stamped, TurnId, TurnRow};
use serde::{Deserialize, Serialize};

/// Holds shorter than this are no decision but the clock's own grain: they count as the server's time, ms.
const GRAIN_MS: u32 = 2;

/// A filler or hold phrase that was heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FillerFigure {
    /// Its class.
    pub class: String,
    /// Its words.
    pub text: String,
    /// Its length, ms.
    pub ms: u32,
    /// Why it was played.
    pub reason: String,
    /// The wait that was predicted, ms.
    pub predicted_ms: Option<u32>,
}

/// One document of a turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeldDocument {
    /// From the request to its answer, as the client measured, ms.
    pub total_ms: f64,
    /// How long the server held it on purpose, by its own event, ms.
    pub held_ms: u32,
}

impl HeldDocument {
    /// What the server took beside holding on purpose, ms.
    pub fn took_ms(&self) -> f64 {
        let held = if self.held_ms < GRAIN_MS {
            0
        } else {
            self.held_ms
        };
        (self.total_ms - f64::from(held)).max(0.0)
    }
}

/// One turn. Times in ms, without the carrier's own share; `None` = it did not happen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TurnFigure {
    /// The call's id.
    pub call: String,
    /// The turn's number; 0 is the greeting.
    pub turn: u32,
    /// What the caller said.
    pub said: String,
    /// The answer to what the caller did.
    pub webhook: HeldDocument,
    /// The documents after it, in order.
    pub ready: Vec<HeldDocument>,
    /// Silence until the answer began.
    pub dead_air_ms: f64,
    /// The carrier's own share of the silence, which is in no other figure.
    pub carrier_ms: f64,
    /// From the webhook to the first sound.
    pub first_sound_ms: Option<f64>,
    /// From the webhook to the answer.
    pub answer_ms: Option<f64>,
    /// The longest silence between two sounds.
    pub longest_gap_ms: f64,
    /// Fillers and hold phrases, in order.
    pub fillers: Vec<FillerFigure>,
    /// Why there was no filler, if somebody decided so.
    pub no_filler: Option<String>,
    /// Sentences that the carrier's own voice read.
    pub read: u32,
    /// Whether the agent was given up.
    pub gave_up: bool,
    /// The server's ledger: silence until the answer.
    pub ledger_dead_air_ms: Option<u32>,
    /// The server's ledger: from the webhook to the answer, the sum of its segments.
    pub ledger_answer_ms: Option<u32>,
    /// The ledger's segments.
    pub segments: Vec<(Stage, u32, u32)>,
    /// The ledger's marks of the work behind: name and ms.
    pub marks: Vec<(String, u32)>,
}

impl TurnFigure {
    /// How far the ledger's silence is from what the ear heard, ms.
    pub fn disagreement_ms(&self) -> Option<f64> {
        let ledger = self.ledger_dead_air_ms?;
        self.answer_ms?;
        Some(self.dead_air_ms - f64::from(ledger))
    }
}

/// All turns of one call. `first_rtt_ms` is the simulated round trip of each request.
pub fn figures(report: &CallReport, events: &[Stamped], rtt_ms: f64) -> Vec<TurnFigure> {
    let ledger = Ledger::of(events);
    let turns = report.turns.iter().zip(0u32..);
    turns
        .map(|(heard, number)| {
            let row = ledger.turns.get(number as usize);
            let mut figure = heard_only(report, heard, number, rtt_ms);
            if let Some(row) = row {
                figure.write_down(row, heard, events);
            }
            figure
        })
        .collect()
}

/// What the ear and the client know.
fn heard_only(report: &CallReport, heard: &TurnReport, number: u32, rtt_ms: f64) -> TurnFigure {
    // The redirects' round trips are in the ledger, as its `carrier` stretches; the end of speech and the first round trip
    // came before it began.
    let hops = heard.webhook_ms.len().saturating_sub(1) as f64;
    let before_ms = heard.carrier_ms - rtt_ms * hops;
    let sound = &heard.sound;
    let mut documents = heard.webhook_ms.iter().map(|ms| HeldDocument {
        total_ms: *ms,
        held_ms: 0,
    });
    TurnFigure {
        call: report.call_sid.clone(),
        turn: number,
        said: heard.said.clone(),
        webhook: documents.next().unwrap_or_default(),
        ready: documents.collect(),
        dead_air_ms: (sound.dead_air_ms - before_ms).max(0.0),
        carrier_ms: before_ms,
        first_sound_ms: sound.first_sound_ms.map(|ms| (ms - before_ms).max(0.0)),
        answer_ms: sound.answer_ms.map(|ms| (ms - before_ms).max(0.0)),
        longest_gap_ms: sound.gaps.iter().copied().fold(0.0, f64::max),
        ..TurnFigure::default()
    }
}

impl TurnFigure {
    /// Adds what the server knows.
    fn write_down(&mut self, row: &TurnRow, heard: &TurnReport, events: &[Stamped]) {
        let own: Vec<&Event> = of_turn(events, row.turn).collect();
        let held: Vec<u32> = own
            .iter()
            .filter_map(|event| match event {
                Event::Answered { route, held_ms, .. } if *route != Route::Status => Some(*held_ms),
                _ => None,
            })
            .collect();
        // A request that a caller gave up by hanging up has an event here and no document there, or the reverse.
        if held.len() == heard.webhook_ms.len() {
            let mut held = held.into_iter();
            self.webhook.held_ms = held.next().unwrap_or_default();
            for (document, held_ms) in self.ready.iter_mut().zip(held) {
                document.held_ms = held_ms;
            }
        }
        for event in own {
            self.add(event);
        }
        self.ledger_dead_air_ms = row.answer_ms.map(|_| row.dead_air_ms);
        self.ledger_answer_ms = row.answer_ms;
        self.segments.clone_from(&row.segments);
        self.marks = row
            .marks
            .iter()
            .map(|(name, ms)| (name.clone(), *ms))
            .collect();
    }

    fn add(&mut self, event: &Event) {
        match event {
            Event::Filler {
                class,
                text,
                audio_ms,
                reason,
                predicted_ms,
                ..
            } => self.fillers.push(FillerFigure {
                class: class.clone(),
                text: text.clone(),
                ms: *audio_ms,
                reason: reason.name().to_owned(),
                predicted_ms: *predicted_ms,
            }),
            Event::NoFiller { reason, .. } => self.no_filler = Some(reason.name().to_owned()),
            Event::Said { plain: true, .. } => self.read += 1,
            Event::ReplyFailed { .. } => self.gave_up = true,
            _ => {}
        }
    }
}

fn of_turn(events: &[Stamped], turn: TurnId) -> impl Iterator<Item = &Event> {
    events
        .iter()
        .map(|stamped| &stamped.event)
        .filter(move |event| event.turn() == Some(turn))
}
