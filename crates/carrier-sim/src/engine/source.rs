//! Where the caller's deeds come from: a script that knows when it will do what, or a person.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use crate::phone::Input;
use crate::script::{Script, Step, Turn, When};

/// Most inputs of a person kept until the server listens.
const HELD: usize = 8;

/// What the carrier can hear at the moment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ears {
    pub speech: bool,
    pub keys: bool,
    /// Words that came too early count now.
    pub late: bool,
}

impl Ears {
    pub const DEAF: Ears = Ears {
        speech: false,
        keys: false,
        late: false,
    };

    pub fn take(self, input: &Input) -> bool {
        match input {
            Input::Speech { .. } | Input::Onset => self.speech,
            Input::Digits { .. } => self.keys,
            Input::Silence => self.late,
            Input::HangUp => true,
        }
    }
}

/// Where the caller's deeds come from.
pub(crate) enum Source {
    Planned(Planned),
    Live {
        inputs: mpsc::Receiver<Input>,
        held: VecDeque<Input>,
    },
}

/// A script being followed.
pub(crate) struct Planned {
    steps: VecDeque<Turn>,
    due: Option<(f64, Input)>,
    expectations: Expectations,
}

/// What the next turn must bring.
#[derive(Default)]
pub(crate) struct Expectations {
    pub some: Vec<String>,
    pub none: Vec<String>,
}

impl Source {
    pub fn planned(script: &Script) -> Self {
        Source::Planned(Planned {
            steps: script.turns.iter().cloned().collect(),
            due: None,
            expectations: Expectations {
                some: script.expect.clone(),
                none: Vec::new(),
            },
        })
    }

    pub fn live(inputs: mpsc::Receiver<Input>) -> Self {
        Source::Live {
            inputs,
            held: VecDeque::new(),
        }
    }

    /// Tells a script what is happening; it may decide to do something soon.
    pub fn moment(&mut self, when: When, now_ms: f64) {
        if let Source::Planned(planned) = self {
            planned.moment(when, now_ms);
        }
    }

    /// An answer that can be interrupted begins.
    pub fn interruptible(&mut self, now_ms: f64) {
        if let Source::Planned(planned) = self
            && planned.due.is_none()
            && let Some(Step::Barge(text)) = planned.steps.front().map(|t| &t.step)
        {
            planned.plan(speech(&text.clone()), now_ms);
        }
    }

    pub fn expectations(&mut self) -> Expectations {
        match self {
            Source::Planned(planned) => std::mem::take(&mut planned.expectations),
            Source::Live { .. } => Expectations::default(),
        }
    }

    /// The planned deed before `until_ms`.
    pub fn due(&mut self, until_ms: f64) -> Option<(f64, Input)> {
        match self {
            Source::Planned(planned) => planned.due.take_if(|(at, _)| *at <= until_ms),
            Source::Live { .. } => None,
        }
    }

    /// A deed that was due, but has not been done after all.
    pub fn put_back(&mut self, due: Option<(f64, Input)>) {
        if let Source::Planned(planned) = self
            && due.is_some()
        {
            planned.due = due;
        }
    }

    /// Something kept from before that counts now.
    pub fn held(&mut self, ears: Ears) -> Option<Input> {
        match self {
            Source::Live { held, .. } if ears.late => {
                let at = held.iter().position(|input| ears.take(input))?;
                held.remove(at)
            }
            _ => None,
        }
    }

    pub fn hold(&mut self, input: Input) {
        if let Source::Live { held, .. } = self
            && held.len() < HELD
            && matches!(input, Input::Speech { .. } | Input::Digits { .. })
        {
            held.push_back(input);
        }
    }

    /// The next deed of a person; never, for a script.
    pub async fn next(&mut self) -> Input {
        match self {
            Source::Live { inputs, .. } => inputs.recv().await.unwrap_or(Input::HangUp),
            Source::Planned(_) => std::future::pending().await,
        }
    }
}

fn speech(text: &str) -> Input {
    Input::Speech {
        text: text.to_owned(),
        spoken_ms: None,
    }
}

impl Planned {
    fn moment(&mut self, when: When, now_ms: f64) {
        if let Some((at_ms, input)) = &mut self.due {
            // A prompt shorter than the caller meant to wait before interrupting it.
            if when == When::Listening && matches!(input, Input::Speech { .. }) {
                *at_ms = now_ms;
            }
            return;
        }
        let Some(turn) = self.steps.front() else {
            if when == When::Listening {
                self.due = Some((now_ms, Input::HangUp));
            }
            return;
        };
        let listening = when == When::Listening;
        match turn.step.clone() {
            Step::HangUp(at) if at == when || listening => self.plan(Input::HangUp, now_ms),
            Step::Say(text) if listening => self.plan(speech(&text), now_ms),
            Step::Barge(text) if listening => {
                self.plan(speech(&text), now_ms);
                self.due = self.due.take().map(|(_, input)| (now_ms, input));
            }
            Step::Digits(digits) if listening => self.plan(Input::Digits { digits }, now_ms),
            Step::Silence if listening => self.step_done(),
            _ => {}
        }
    }

    fn plan(&mut self, input: Input, now_ms: f64) {
        if let Some(turn) = self.steps.front() {
            self.due = Some((now_ms + f64::from(turn.after_ms), input));
            self.step_done();
        }
    }

    fn step_done(&mut self) {
        if let Some(turn) = self.steps.pop_front() {
            self.expectations = Expectations {
                some: turn.expect,
                none: turn.expect_none,
            };
        }
    }
}
