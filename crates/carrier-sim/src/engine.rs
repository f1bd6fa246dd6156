//! One call: a cursor on a timeline, a caller who may do something at any point of it, and a book of
//! what happened. `exec` and `gather` say what documents do with it.

use std::collections::VecDeque;
use std::sync::Arc;

use fastrand::Rng;
use tokio::sync::mpsc;
use tokio::time::Instant;
use url::Url;

use crate::account::{Identity, Params};
use crate::clock::Clock;
use crate::ear::{Ear, SoundKind};
use crate::network::Inner;
use crate::phone::{Input, PhoneEvent};
use crate::report::{CallReport, Ended, SchemaError, Speaker};
use crate::script::{Script, Step, Turn, When};
use crate::sound::Clip;
use crate::trunk::Trunk;

mod book;

pub(crate) use book::Book;

/// Most inputs of a person kept until the server listens.
const HELD: usize = 8;

/// What the REST interface does to a call.
pub(crate) enum Command {
    HangUp,
    Redirect(String),
    Document(String),
}

/// Why a document is not executed any further.
pub(crate) enum Stop {
    End(Ended),
    Go(Next),
}

/// What to execute next.
pub(crate) enum Next {
    Ask {
        url: Url,
        method: String,
        extra: Params,
    },
    Run {
        url: Url,
        xml: String,
    },
}

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

    fn take(self, input: &Input) -> bool {
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
    fn due(&mut self, until_ms: f64) -> Option<(f64, Input)> {
        match self {
            Source::Planned(planned) => planned.due.take_if(|(at, _)| *at <= until_ms),
            Source::Live { .. } => None,
        }
    }

    /// Something kept from before that counts now.
    fn held(&mut self, ears: Ears) -> Option<Input> {
        match self {
            Source::Live { held, .. } if ears.late => {
                let at = held.iter().position(|input| ears.take(input))?;
                held.remove(at)
            }
            _ => None,
        }
    }

    fn hold(&mut self, input: Input) {
        if let Source::Live { held, .. } = self
            && held.len() < HELD
            && matches!(input, Input::Speech { .. } | Input::Digits { .. })
        {
            held.push_back(input);
        }
    }

    /// The next deed of a person; never, for a script.
    async fn next(&mut self) -> Input {
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

/// Removes the call from the network's list when it is over, or dropped.
struct Registration {
    net: Arc<Inner>,
    call_sid: String,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.net.forget(&self.call_sid);
    }
}

pub(crate) struct Engine {
    pub net: Arc<Inner>,
    pub who: Identity,
    pub business: String,
    pub clock: Clock,
    pub source: Source,
    pub ear: Ear,
    pub book: Book,
    pub rng: Rng,
    pub answered: bool,
    trunk: Trunk,
    commands: mpsc::Receiver<Command>,
    _registration: Registration,
}

impl Engine {
    pub fn new(
        net: Arc<Inner>,
        who: Identity,
        business: &str,
        source: Source,
        commands: mpsc::Receiver<Command>,
        shown: Option<mpsc::Sender<PhoneEvent>>,
        mut rng: Rng,
    ) -> Self {
        Self {
            clock: Clock::new(net.config.speed),
            trunk: Trunk::new(net.clone(), rng.fork()),
            _registration: Registration {
                net: net.clone(),
                call_sid: who.call_sid.clone(),
            },
            business: business.to_owned(),
            ear: Ear::new(),
            book: Book::new(shown),
            answered: false,
            net,
            who,
            source,
            rng,
            commands,
        }
    }

    pub async fn run(mut self) -> CallReport {
        let call_sid = self.who.call_sid.clone();
        self.book.show(PhoneEvent::Ringing {
            call_sid: call_sid.clone(),
        });
        let expectations = self.source.expectations();
        self.book
            .begin_turn(&self.ear, String::new(), 0.0, expectations);
        self.source.moment(When::Turn, 0.0);
        let ended = self.conversation().await;
        let now_ms = self.clock.cursor_ms;
        self.book.end_turn(&self.ear, now_ms);
        self.tell_the_end().await;
        for error in self.trunk.finish().await {
            self.book.fault(error);
        }
        self.book.show(PhoneEvent::Ended { how: ended.clone() });
        let recording = self.net.config.record.then(|| self.ear.recording());
        self.book.report(call_sid, ended, now_ms, recording)
    }

    /// Tells the status address how long the call was. Its answer is ignored.
    async fn tell_the_end(&mut self) {
        let Some(url) = self.net.path(&self.net.config.status_path, &self.business) else {
            return;
        };
        let seconds = (self.clock.cursor_ms / 1000.0).ceil();
        let status = if self.answered {
            "completed"
        } else {
            "no-answer"
        };
        let mut params = self.who.params(status);
        params.push(("CallDuration".into(), format!("{seconds}")));
        params.push(("SequenceNumber".into(), "0".into()));
        params.push(("CallbackSource".into(), "call-progress-events".into()));
        if let Err(failed) = self.trunk.send(&url, "POST", params).await
            && failed.error.code != 12300
        {
            self.book.fault(failed.error);
        }
    }

    /// Lets time pass on the line. Returns early with what the caller does, if the carrier can hear
    /// it.
    pub async fn pass(&mut self, ms: f64, ears: Ears) -> Result<Option<Input>, Stop> {
        let end_ms = self.clock.cursor_ms + ms;
        loop {
            if let Some(input) = self.source.held(ears) {
                return Ok(Some(input));
            }
            let from_ms = self.clock.cursor_ms;
            let due = self.source.due(end_ms);
            let until_ms = due.as_ref().map_or(end_ms, |(at, _)| at.max(from_ms));
            let start = Instant::now();
            let input = tokio::select! {
                biased;
                command = self.commands.recv() => {
                    self.clock.cursor_ms = until_ms.min(from_ms + self.clock.since(start));
                    return Err(self.obey(command));
                }
                input = self.source.next() => {
                    self.clock.cursor_ms = until_ms.min(from_ms + self.clock.since(start));
                    input
                }
                () = tokio::time::sleep(self.clock.real(until_ms - from_ms)) => {
                    self.clock.cursor_ms = until_ms;
                    match due {
                        Some((_, input)) => input,
                        None => return Ok(None),
                    }
                }
            };
            match input {
                Input::HangUp => return Err(Stop::End(Ended::Caller)),
                input if ears.take(&input) => return Ok(Some(input)),
                input => self.source.hold(input),
            }
        }
    }

    /// Asks for a document, while the caller may lose patience.
    pub async fn ask(&mut self, url: &Url, method: &str, extra: Params) -> Result<Next, Stop> {
        let status = if self.answered {
            "in-progress"
        } else {
            "ringing"
        };
        let mut params = self.who.params(status);
        params.extend(extra);
        let from_ms = self.clock.cursor_ms;
        self.source.moment(When::Request, from_ms);
        let due = self.source.due(f64::INFINITY);
        let patience = due.as_ref().map_or(1e9, |(at, _)| at - from_ms);
        let patience = tokio::time::sleep(self.clock.real(patience));
        let start = Instant::now();
        self.book.turn().requests += 1;
        let answer = {
            let send = self.trunk.send(url, method, params);
            tokio::pin!(send, patience);
            loop {
                tokio::select! {
                    biased;
                    answer = &mut send => break answer,
                    input = self.source.next() => match input {
                        Input::HangUp => {
                            self.clock.cursor_ms += self.clock.since(start);
                            return Err(Stop::End(Ended::Caller));
                        }
                        input => self.source.hold(input),
                    },
                    () = &mut patience => {
                        self.clock.cursor_ms = due.map_or(from_ms, |(at, _)| at);
                        return Err(Stop::End(Ended::Caller));
                    }
                }
            }
        };
        if let (Source::Planned(planned), Some(due)) = (&mut self.source, due) {
            planned.due = Some(due);
        }
        match answer {
            Ok(delivery) => {
                self.clock.cursor_ms += delivery.total_ms;
                let turn = self.book.turn();
                turn.webhook_ms.push(delivery.server_ms);
                turn.carrier_ms += delivery.total_ms - delivery.server_ms;
                turn.documents.push(delivery.xml.clone());
                self.book.show(PhoneEvent::Document {
                    url: delivery.url.to_string(),
                    xml: delivery.xml.clone(),
                    server_ms: delivery.server_ms,
                });
                Ok(Next::Run {
                    url: delivery.url,
                    xml: delivery.xml,
                })
            }
            Err(failed) => {
                self.clock.cursor_ms += failed.total_ms;
                Err(self.fall_back(failed.error))
            }
        }
    }

    /// The fallback address gets one chance per failure; when it fails itself the call is over.
    pub fn fall_back(&mut self, error: SchemaError) -> Stop {
        let code = error.code;
        let fallback = self
            .net
            .path(&self.net.config.fallback_path, &self.business);
        let failed_url = error.url.clone();
        self.book.fault(error);
        match fallback {
            Some(url) if failed_url != url.as_str() => Stop::Go(Next::Ask {
                url,
                method: "POST".into(),
                extra: vec![
                    ("ErrorCode".into(), code.to_string()),
                    ("ErrorUrl".into(), failed_url),
                ],
            }),
            _ => Stop::End(Ended::Failed { code }),
        }
    }

    /// Plays a sound. Returns what the caller did meanwhile, if that stopped it.
    pub async fn sound(
        &mut self,
        clip: Arc<Clip>,
        kind: SoundKind,
        ears: Ears,
    ) -> Result<Option<Input>, Stop> {
        let at_ms = self.clock.cursor_ms;
        let when = match kind {
            SoundKind::Filler => When::Filler,
            SoundKind::Answer => When::Answer,
        };
        self.source.moment(when, at_ms);
        if ears.speech && kind == SoundKind::Answer {
            self.source.interruptible(at_ms);
        }
        let played = self.pass(clip.duration_ms, ears).await;
        let heard_ms = self.clock.cursor_ms - at_ms;
        let turn = self.book.number();
        self.ear.agent(turn, at_ms, clip, kind, heard_ms);
        if !matches!(played, Ok(None)) {
            let at_ms = self.clock.cursor_ms;
            self.book.show(PhoneEvent::Stopped { at_ms });
        }
        played
    }

    /// The caller has given something (or nothing): the next turn begins now.
    pub fn turn(&mut self, said: &str) {
        let now_ms = self.clock.cursor_ms;
        if !said.is_empty() {
            self.book.line(now_ms, Speaker::Caller, said.to_owned());
        }
        self.book.show(PhoneEvent::Said {
            at_ms: now_ms,
            text: said.to_owned(),
        });
        let expectations = self.source.expectations();
        self.book
            .begin_turn(&self.ear, said.to_owned(), now_ms, expectations);
        self.source.moment(When::Turn, now_ms);
    }

    fn obey(&mut self, command: Option<Command>) -> Stop {
        let base = self.net.path("/", "");
        match command {
            Some(Command::Redirect(to)) => match base.and_then(|base| base.join(&to).ok()) {
                Some(url) => Stop::Go(Next::Ask {
                    url,
                    method: "POST".into(),
                    extra: Vec::new(),
                }),
                None => Stop::End(Ended::Failed { code: 11100 }),
            },
            Some(Command::Document(xml)) => match base {
                Some(url) => Stop::Go(Next::Run { url, xml }),
                None => Stop::End(Ended::Failed { code: 11100 }),
            },
            Some(Command::HangUp) | None => Stop::End(Ended::Command),
        }
    }
}
