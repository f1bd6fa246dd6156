//! A call in the terminal: places it over the simulated network and prints what the caller hears.

use std::collections::VecDeque;

use carrier_sim::{CallReport, Input, Network, Phone, PhoneEvent, SoundKind, TurnReport};
use events::Event;
use switchboard::{Switchboard, Tap};
use tokio::sync::broadcast;

use crate::log::say;

/// Who decides what the caller says next.
pub trait Talker {
    /// The next thing to do, once the line listens; `None` hangs up.
    fn next(&mut self) -> impl Future<Output = Option<Input>>;
}

/// A caller with a list of sentences.
pub struct Scripted(pub VecDeque<Input>);

impl Talker for Scripted {
    async fn next(&mut self) -> Option<Input> {
        self.0.pop_front()
    }
}

/// What is printed beside the transcript.
#[derive(Clone, Copy, Debug, Default)]
pub struct Print {
    pub xml: bool,
    pub json: bool,
}

/// Places a call and prints it as it happens. `None` = the network lost the call.
pub async fn place(
    switchboard: &Switchboard,
    network: &Network,
    from: &str,
    business: &str,
    mut talker: impl Talker,
    print: Print,
) -> Option<CallReport> {
    let mut words = switchboard.parts().bus.tap();
    let mut phone = network.dial(from, "+15550100999", business);
    let mut transcript = Transcript {
        call: phone.call_sid.clone(),
        said: VecDeque::new(),
        print,
    };
    while let Some(event) = phone.events.recv().await {
        transcript.catch_up(&mut words);
        let over = matches!(event, PhoneEvent::Ended { .. });
        let listening = matches!(event, PhoneEvent::Listening { .. });
        transcript.show(&event);
        if over {
            break;
        }
        if listening {
            answer(&phone, &mut talker).await;
        }
    }
    phone.report().await
}

async fn answer(phone: &Phone, talker: &mut impl Talker) {
    let input = talker.next().await.unwrap_or(Input::HangUp);
    // A line that ended meanwhile says so with its next event.
    let _ = phone.inputs.send(input).await;
}

struct Transcript {
    call: String,
    /// Words that were handed to the line and not played yet, in order.
    said: VecDeque<String>,
    print: Print,
}

impl Transcript {
    fn catch_up(&mut self, words: &mut broadcast::Receiver<Tap>) {
        while let Ok(tap) = words.try_recv() {
            if tap.stamped.call.as_str() != self.call {
                continue;
            }
            match &tap.stamped.event {
                Event::Said { text, .. } | Event::Filler { text, .. } => {
                    self.said.push_back(text.clone())
                }
                _ => {}
            }
        }
    }

    fn show(&mut self, event: &PhoneEvent) {
        if self.print.json {
            say(serde_json::to_string(event).unwrap_or_default());
            return;
        }
        match event {
            PhoneEvent::Playing { kind, ms, .. } => {
                let text = self.said.pop_front().unwrap_or_default();
                let who = if *kind == SoundKind::Filler {
                    "filler"
                } else {
                    "agent "
                };
                say(format_args!("  {who} │ {text}  ({:.1} s)", ms / 1000.0));
            }
            PhoneEvent::Saying { text, .. } => {
                self.said.pop_front();
                say(format_args!("  <Say>  │ {text}"));
            }
            PhoneEvent::Said { text, .. } if text.is_empty() => say("  caller │ …"),
            PhoneEvent::Said { text, .. } => say(format_args!("  caller │ {text}")),
            PhoneEvent::Document { xml, .. } if self.print.xml => {
                say(format_args!("         │ {xml}"))
            }
            PhoneEvent::Fault { error } => say(format_args!("  FAULT  │ {error}")),
            PhoneEvent::Dialing { number } => {
                say(format_args!("         │ connecting to {number}"))
            }
            PhoneEvent::Turn { number, report } => {
                say(format_args!("         │ {}", line(*number, report)))
            }
            _ => {}
        }
    }
}

/// One turn in a line: what was heard, when, and whose the silence was.
fn line(number: usize, turn: &TurnReport) -> String {
    let seconds =
        |ms: Option<f64>| ms.map_or("never".to_owned(), |ms| format!("{:.2} s", ms / 1000.0));
    let fillers = match turn.fillers.len() {
        0 => "no filler".to_owned(),
        1 => "1 filler".to_owned(),
        count => format!("{count} fillers"),
    };
    format!(
        "turn {number}: {:.2} s of silence ({}) · first sound {} · answer {} · {fillers}",
        turn.sound.dead_air_ms / 1000.0,
        turn.silence,
        seconds(turn.sound.first_sound_ms),
        seconds(turn.sound.answer_ms),
    )
}

/// The call in a few lines.
pub fn summary(report: &CallReport) -> String {
    let turns: Vec<&TurnReport> = report
        .turns
        .iter()
        .skip(1)
        .filter(|turn| !turn.said.is_empty())
        .collect();
    let most = |of: fn(&TurnReport) -> f64| turns.iter().map(|turn| of(turn)).fold(0.0, f64::max);
    let (dead, ours) = (
        most(|turn| turn.sound.dead_air_ms),
        most(|turn| turn.silence.server_ms()),
    );
    let clipped: u32 = report.turns.iter().map(|turn| turn.sound.clipping).sum();
    format!(
        "{} turns, {:.1} s; silence: most {:.2} s, most of ours {:.2} s; clipped samples: {clipped}; faults: {}; ended: {:?}",
        turns.len(),
        report.duration_ms / 1000.0,
        dead / 1000.0,
        ours / 1000.0,
        report.errors.len(),
        report.ended,
    )
}
