//! The webhook line: the carrier asks, a document answers.
//!
//! The decision: one open request and one document being built. Whatever the call says goes into the document; as soon
//! as the call has said something the open request is answered with all of it. Carriers fetch every clip inside a gather
//! before the first one plays, so only the last sentence goes inside; all others stand before it.

use call::{Input, Listen, Order, Profile, Sound, Traits};
use carrier::{Document, Gather, SpeechTimeout, Verb};
use events::{At, ClipId, TurnId};
use serde::{Deserialize, Serialize};

use crate::{Line, Paths};

/// No request is held longer than this unless it is said otherwise, ms; carriers give up at 15 s.
const HOLD_MS: u32 = 10_500;

/// Seconds that a person's phone rings.
const RING_S: u32 = 25;

/// Names one request while it waits for its answer.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Ticket(pub u64);

/// Which address the carrier used, with what stood in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A new call.
    Incoming,
    /// What the caller did, for this turn.
    Process(TurnId),
    /// More of this turn's answer, for the n-th time.
    Ready(TurnId, u32),
    /// A transfer ended.
    Dialled { answered: bool },
    /// An answer of ours did not work; carry on.
    Resume,
    /// The call is over.
    Over,
}

/// What the caller did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Their words, if the carrier understood any.
    pub speech: Option<String>,
    /// The keys they pressed.
    pub digits: Option<String>,
}

/// A request of the carrier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its name.
    pub ticket: Ticket,
    /// What it is.
    pub kind: Kind,
    /// What the caller did.
    pub heard: Heard,
}

/// An answer to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// Which request.
    pub ticket: Ticket,
    /// The answer.
    pub document: Document,
    /// The turn it belongs to.
    pub turn: TurnId,
    /// The clips it plays, in order; fillers are among them even when they are read.
    pub clips: Vec<ClipId>,
    /// How many sentences of the answer the carrier reads.
    pub texts: u32,
    /// Whether it ends in the caller's turn.
    pub listens: bool,
    /// How long the request was held, ms.
    pub held_ms: u32,
}

/// What the carrier will ask next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Next {
    Incoming,
    Ready(TurnId, u32),
    Process(Listen),
    Dialled,
    Nothing,
}

/// How the document ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Ending {
    Listen(Listen),
    Transfer(String),
    HangUp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Piece {
    clip: ClipId,
    sound: Sound,
    filler: bool,
}

/// The webhook line of one call. Plain data: it is stored with the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Markup {
    paths: Paths,
    turn: TurnId,
    next: Next,
    pieces: Vec<Piece>,
    ending: Option<Ending>,
    hold_ms: u32,
    /// What the last answer plays; it was heard when the carrier comes back.
    playing: Vec<ClipId>,
    #[serde(skip)]
    open: Option<(Ticket, At)>,
    /// Requests that are answered from what we know, without the call.
    #[serde(skip)]
    aside: Vec<(Ticket, At)>,
}

impl Markup {
    /// The line of a call that has not been answered.
    pub fn new(paths: Paths) -> Self {
        Self {
            paths,
            turn: TurnId(0),
            next: Next::Incoming,
            pieces: Vec::new(),
            ending: None,
            hold_ms: HOLD_MS,
            playing: Vec::new(),
            open: None,
            aside: Vec::new(),
        }
    }

    /// The line of a call whose state was lost: it goes on with `turn` as if it began there.
    pub fn starting_at(paths: Paths, turn: TurnId) -> Self {
        Self {
            turn,
            ..Self::new(paths)
        }
    }

    /// The same line, which holds no request longer than `ms`.
    #[must_use]
    pub fn holding(mut self, ms: u32) -> Self {
        self.hold_ms = ms;
        self
    }

    /// Whether the carrier is expected to ask this. Anything else is old, or was never ours.
    pub fn expects(&self, kind: Kind) -> bool {
        match (&self.next, kind) {
            (_, Kind::Over) => true,
            // Also when its state was lost: the call goes on from whatever the carrier asks.
            (Next::Incoming, _) => true,
            (Next::Ready(turn, hop), Kind::Ready(t, h)) => (*turn, *hop) == (t, h),
            (Next::Process(listen), Kind::Process(turn)) => listen.turn == turn,
            (Next::Dialled, Kind::Dialled { .. }) => true,
            _ => false,
        }
    }

    fn take(&mut self, request: Request, now: At, inputs: &mut Vec<Input>) {
        inputs.extend(self.playing.drain(..).map(Input::Played));
        self.open = Some((request.ticket, now));
        if self.next == Next::Incoming {
            self.next = Next::Ready(self.turn, 0);
            inputs.push(Input::Answered);
            return;
        }
        match request.kind {
            Kind::Process(turn) => {
                self.turn = turn;
                self.next = Next::Ready(turn, 0);
                inputs.push(said(request.heard));
            }
            Kind::Dialled { answered } => {
                self.turn = self.turn.next();
                self.next = Next::Ready(self.turn, 0);
                inputs.push(Input::Returned { answered });
            }
            Kind::Incoming | Kind::Ready(..) | Kind::Resume | Kind::Over => {}
        }
    }

    fn verbs(&mut self) -> (Vec<Verb>, bool) {
        let mut verbs: Vec<Verb> = self.pieces.iter().map(|piece| self.verb(piece)).collect();
        let listens = match self.ending.take() {
            Some(Ending::Listen(listen)) => {
                let children = verbs.pop().into_iter().collect();
                verbs.push(Verb::Gather {
                    gather: self.gather(&listen),
                    children,
                });
                self.next = Next::Process(listen);
                true
            }
            Some(Ending::Transfer(number)) => {
                let action = Some(self.paths.dialled(self.turn.next()));
                verbs.push(Verb::Dial {
                    number,
                    action,
                    timeout_s: Some(RING_S),
                    caller_id: None,
                });
                self.next = Next::Dialled;
                false
            }
            Some(Ending::HangUp) => {
                verbs.push(Verb::Hangup);
                self.next = Next::Nothing;
                false
            }
            None => {
                verbs.push(self.redirect_onward());
                false
            }
        };
        (verbs, listens)
    }

    /// The way to the next visit; moves the hop on.
    fn redirect_onward(&mut self) -> Verb {
        let hop = match self.next {
            Next::Ready(_, hop) => hop + 1,
            _ => 1,
        };
        self.next = Next::Ready(self.turn, hop);
        Verb::Redirect {
            url: self.paths.ready(self.turn, hop),
        }
    }

    fn verb(&self, piece: &Piece) -> Verb {
        match &piece.sound {
            Sound::Clip { object, .. } => Verb::Play {
                url: self.paths.audio(object, piece.filler),
            },
            Sound::Text(text) => Verb::Say {
                text: text.clone(),
                voice: None,
                language: None,
            },
        }
    }

    fn gather(&self, listen: &Listen) -> Gather {
        let mut gather = Gather::new(self.paths.process(listen.turn));
        gather.timeout_s = listen.patience_ms.div_ceil(1000).max(1);
        match listen.profile {
            // Every answer comes after this much silence, so it is the shorter end of what groups of digits need.
            Profile::Dictation => gather.speech_timeout = SpeechTimeout::Seconds(2),
            Profile::Speech | Profile::YesNo => gather.num_digits = Some(1),
        }
        gather
    }

    /// What a request gets that the call has no part in: the way back to where the call is.
    fn signpost(&self) -> Vec<Verb> {
        match &self.next {
            Next::Process(listen) => vec![Verb::Gather {
                gather: self.gather(listen),
                children: Vec::new(),
            }],
            Next::Ready(turn, hop) => vec![Verb::Redirect {
                url: self.paths.ready(*turn, *hop),
            }],
            // A second caller of the first address, or one who comes after the end.
            Next::Incoming | Next::Nothing => vec![Verb::Hangup],
            Next::Dialled => vec![Verb::Pause { seconds: 1 }, Verb::Hangup],
        }
    }

    fn sent(&self, ticket: Ticket, since: At, now: At, verbs: Vec<Verb>) -> Sent {
        let held_ms = u32::try_from(now.since(since)).unwrap_or(u32::MAX);
        Sent {
            ticket,
            document: verbs.into(),
            turn: self.turn,
            clips: Vec::new(),
            texts: 0,
            listens: false,
            held_ms,
        }
    }
}

impl Line for Markup {
    type Wire = Request;
    type Sent = Sent;

    fn traits(&self) -> Traits {
        Traits {
            barge_in: false,
            reports_silence: true,
            second_stage_ms: 1_200,
            brief_ms: 300,
        }
    }

    fn hear(&mut self, request: Request, now: At, inputs: &mut Vec<Input>) {
        if request.kind == Kind::Over {
            inputs.push(Input::HungUp("caller.hung_up".into()));
            // Whoever still waits for words is told now that there will be none.
            self.aside.extend(self.open.take());
            self.aside.push((request.ticket, now));
            self.pieces.clear();
            self.ending = None;
            self.next = Next::Nothing;
        } else if self.expects(request.kind) && self.open.is_none() {
            self.take(request, now, inputs);
        } else {
            if request.kind == Kind::Resume {
                // A carrier does one thing at a time: it gave up on the request that is still held.
                self.aside.extend(self.open.take());
            }
            self.aside.push((request.ticket, now));
        }
    }

    fn obey(&mut self, order: &Order, _now: At) {
        match order {
            Order::Say {
                clip,
                sound,
                filler,
            } => {
                self.pieces.push(Piece {
                    clip: *clip,
                    sound: sound.clone(),
                    filler: *filler,
                });
            }
            Order::Listen(listen) => self.ending = Some(Ending::Listen(listen.clone())),
            Order::Transfer { number, .. } => self.ending = Some(Ending::Transfer(number.clone())),
            Order::HangUp => self.ending = Some(Ending::HangUp),
            Order::Hush => self.pieces.clear(),
            Order::Think { .. } | Order::Forget { .. } | Order::Voice { .. } | Order::Note(_) => {}
        }
    }

    fn flush(&mut self, now: At, sent: &mut Vec<Sent>) {
        if let Some((ticket, since)) = self.open {
            let something = !self.pieces.is_empty() || self.ending.is_some();
            if something || since + u64::from(self.hold_ms) <= now {
                self.open = None;
                let (verbs, listens) = self.verbs();
                let mut answer = self.sent(ticket, since, now, verbs);
                answer.listens = listens;
                for piece in self.pieces.drain(..) {
                    match piece.sound {
                        Sound::Text(_) if !piece.filler => answer.texts += 1,
                        _ => answer.clips.push(piece.clip),
                    }
                    self.playing.push(piece.clip);
                }
                sent.push(answer);
            }
        }
        for (ticket, since) in std::mem::take(&mut self.aside) {
            sent.push(self.sent(ticket, since, now, self.signpost()));
        }
    }

    fn deadline(&self) -> Option<At> {
        self.open.map(|(_, since)| since + u64::from(self.hold_ms))
    }
}

fn said(heard: Heard) -> Input {
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    match (filled(heard.digits), filled(heard.speech)) {
        (Some(text), _) => Input::Words { text, digits: true },
        (None, Some(text)) => Input::Words {
            text,
            digits: false,
        },
        (None, None) => Input::Silence,
    }
}
