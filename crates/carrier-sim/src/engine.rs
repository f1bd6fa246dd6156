//! One call: a cursor on a timeline, a caller who may do something at any point of it, and a book of
//! what happened. `exec` and `gather` say what documents do with it.

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
use crate::report::{CallReport, Ended, Speaker};
use crate::script::When;
use crate::sound::Clip;
use crate::trunk::Trunk;

mod book;
mod request;
mod source;

pub(crate) use book::{Book, Wait};
pub(crate) use source::{Ears, Expectations, Source};

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

    /// Time goes by on a quiet line, and has already gone by in reality.
    pub fn waited(&mut self, why: Wait, ms: f64) {
        let from_ms = self.clock.cursor_ms;
        self.clock.cursor_ms += ms;
        self.book.waited(why, from_ms, self.clock.cursor_ms);
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
}
