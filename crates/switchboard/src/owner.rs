//! The owner of one call: the task that reads its inbox.
//!
//! The decision: it awaits its inbox, its deadline, its finished children, and the commit of what it is about to send;
//! never work. An answer leaves only after snapshot, events, request hash and bytes were committed together.

mod ahead;
mod answer;
mod begin;
mod timing;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use agent::{Ask, Business, Exchange, Memo};
use bytes::Bytes;
use call::{Call, Input, Order};
use events::{At, Event, Route, Stamped, TurnId};
use line::{Kind, Line, Markup, Request, Ticket};
use store::{Bytes32, CallRow};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::{AbortHandle, JoinSet},
};

use crate::{
    LiveCall,
    bus::{Moment, Step, Tap},
    mail::{Knock, Mail, Reply, Visit},
    policy::policy,
    room::{Place, Room},
    work,
};

pub(crate) use begin::first_view;
use timing::Timing;

/// How long a commit may take before the answer leaves without it: the caller must not wait for a sick disk.
const COMMIT: Duration = Duration::from_millis(800);

/// Answers that are kept in memory for repetitions; older ones are in the store.
const ANSWERS: usize = 32;

/// What a caller hears whose call was lost with its state.
const LOST: &str = "I'm sorry, I lost my place for a moment. What can I do for you?";

struct Waiting {
    knock: Knock,
    replies: Vec<oneshot::Sender<Reply>>,
    expected: bool,
}

struct Owner {
    room: Arc<Room>,
    business: Arc<Business>,
    inbox: mpsc::WeakSender<Mail>,
    view: watch::Sender<LiveCall>,
    call: Call,
    line: Markup,
    row: CallRow,
    epoch: u64,
    seq: u32,
    events: Vec<Stamped>,
    tickets: u64,
    waiting: HashMap<Ticket, Waiting>,
    answers: VecDeque<(Bytes32, Bytes)>,
    children: JoinSet<()>,
    turns: HashMap<TurnId, Vec<AbortHandle>>,
    /// The turn whose speed is being measured.
    timing: Option<Timing>,
    /// The agent's reply is complete and not stored yet.
    unsaved: bool,
    /// The sentence that was given to the voice last.
    voiced: Option<String>,
    fenced: bool,
}

/// Owns a call from its first request, or from where another owner left it, to its end.
pub(crate) async fn run(
    room: Arc<Room>,
    business: Arc<Business>,
    first: Knock,
    inbox: mpsc::WeakSender<Mail>,
    mail: mpsc::Receiver<Mail>,
    view: watch::Sender<LiveCall>,
) {
    let _place = Place {
        room: room.clone(),
        call: first.call.clone(),
    };
    // Dropped before the place: an entry is cleared when its inbox is closed.
    let mut mail = mail;
    let lease = begin::claim(&room, &first.call).await;
    if lease.snapshot.is_none() && lease.events > 0 {
        begin::after_the_end(&mut mail).await;
        return;
    }
    let clips = begin::clips(&room, &business.id).await;
    let mut policy = policy(
        &business,
        &first.call,
        &clips,
        &room.parts.settings,
        &room.parts.voicer,
    );
    if lease.snapshot.is_none() && !matches!(first.kind, Kind::Incoming | Kind::Over) {
        policy.greeting = LOST.to_owned();
    }
    let policy = Arc::new(policy);
    let mut owner = Owner::open(room, business, &first, lease, inbox, view, policy);
    owner.live(&mut mail).await;
}

impl Owner {
    async fn live(&mut self, mail: &mut mpsc::Receiver<Mail>) {
        let tasks = self.room.parts.tasks.clone();
        while !self.over() {
            let wake = self.wake();
            tokio::select! {
                biased;
                letter = mail.recv() => match letter {
                    Some(letter) => self.open_letter(letter),
                    None => break,
                },
                () = tokio::time::sleep(wake) => self.input(Input::Tick),
                Some(_) = self.children.join_next(), if !self.children.is_empty() => {}
                () = tasks.cancelled() => break,
            }
            self.settle().await;
        }
        self.settle().await;
        self.commit(None).await;
    }

    /// Nobody needs this owner any more.
    fn over(&self) -> bool {
        self.fenced || (self.call.ended() && self.waiting.is_empty())
    }

    fn wake(&self) -> Duration {
        let clock = &self.room.parts.clock;
        let due = [self.call.deadline(), self.line.deadline()]
            .into_iter()
            .flatten()
            .min();
        clock.real(due.map_or(60_000, |at| at.since(clock.now()).min(60_000)))
    }

    fn open_letter(&mut self, letter: Mail) {
        match letter {
            Mail::Visit(visit) => self.visit(*visit),
            Mail::Input(input) => {
                let complete = matches!(input, Input::ReplyDone { .. });
                self.unsaved |= complete;
                self.input(input);
                if complete {
                    self.look_ahead();
                }
            }
            Mail::Note(event) => self.note(event),
            Mail::HangUp => {
                self.obey(vec![Order::HangUp]);
                self.input(Input::HungUp("business.hung_up".into()));
            }
        }
    }

    fn visit(&mut self, visit: Visit) {
        let Visit {
            knock,
            checked,
            reply,
        } = visit;
        if let Some((_, body)) = self.answers.iter().find(|(key, _)| *key == knock.key) {
            let _ = reply.send(Reply::Body(body.clone()));
            return;
        }
        if let Some(waiting) = self
            .waiting
            .values_mut()
            .find(|waiting| waiting.knock.key == knock.key)
        {
            waiting.replies.push(reply);
            return;
        }
        let expected = self.line.expects(knock.kind);
        if !expected && !checked {
            let _ = reply.send(Reply::AskStore);
            return;
        }
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let request = Request {
            ticket,
            kind: knock.kind,
            heard: knock.heard.clone(),
        };
        if expected && let Some((route, turn, hop)) = self.place(knock.kind) {
            self.note(Event::Asked { route, turn, hop });
        }
        self.waiting.insert(
            ticket,
            Waiting {
                knock,
                replies: vec![reply],
                expected,
            },
        );
        self.input(Input::Forecast(self.room.forecasts.of(&self.business.id)));
        let mut inputs = Vec::new();
        self.line.hear(request, self.now(), &mut inputs);
        inputs.into_iter().for_each(|input| self.input(input));
    }

    /// Where in the call a request belongs, for the ledger.
    fn place(&self, kind: Kind) -> Option<(Route, TurnId, u32)> {
        match kind {
            Kind::Incoming => Some((Route::Incoming, self.call.turn(), 0)),
            Kind::Process(turn) => Some((Route::Process, turn, 0)),
            Kind::Ready(turn, hop) => Some((Route::Ready, turn, hop)),
            Kind::Dialled { .. } => Some((Route::Process, self.call.turn(), 0)),
            Kind::Resume | Kind::Over => None,
        }
    }

    fn input(&mut self, input: Input) {
        let mut orders = Vec::new();
        let now = self.now();
        let bus = &self.room.parts.bus;
        let recorded = bus.is_recorded().then(|| input.clone());
        self.call.handle(input, now, &mut orders);
        if let Some(input) = recorded {
            let orders = orders.clone();
            bus.record(Step {
                call: self.call.id().clone(),
                at: now,
                what: Arc::new(Moment::Took { input, orders }),
            });
        }
        self.obey(orders);
    }

    fn obey(&mut self, orders: Vec<Order>) {
        let now = self.now();
        for order in orders {
            match order {
                Order::Think {
                    turn,
                    words,
                    digits,
                } => self.think(turn, words, digits),
                Order::Voice { clip, text } => {
                    self.needed(&text);
                    if let Some(inbox) = self.inbox.upgrade() {
                        let (parts, business) = (self.room.parts.clone(), self.business.clone());
                        self.child(clip.turn, work::voice(parts, business, clip, text, inbox));
                    }
                }
                Order::Forget { turn } => {
                    self.turns
                        .remove(&turn)
                        .into_iter()
                        .flatten()
                        .for_each(|child| child.abort());
                }
                Order::Note(event) => self.note(event),
                other => self.line.obey(&other, now),
            }
        }
    }

    fn think(&mut self, turn: TurnId, words: String, digits: bool) {
        let Some(inbox) = self.inbox.upgrade() else {
            return;
        };
        // The last exchange is the one that is being answered.
        let mut history: Vec<Exchange> = self
            .call
            .history()
            .map(|e| Exchange {
                caller: e.caller.clone(),
                agent: e.agent.clone(),
            })
            .collect();
        history.pop();
        let ask = Ask {
            call: self.call.id().clone(),
            turn,
            business: self.business.clone(),
            history,
            words,
            digits,
            caller: self.row.from.clone(),
            now: self.now(),
            memo: Memo(self.call.memo().to_owned()),
        };
        self.child(turn, work::think(self.room.parts.clone(), ask, inbox));
    }

    fn child(&mut self, turn: TurnId, work: impl Future<Output = ()> + Send + 'static) {
        let counted = self.room.calm.disturb();
        let child = self.children.spawn(async move {
            let _counted = counted;
            work.await;
        });
        let children = self.turns.entry(turn).or_default();
        children.retain(|child| !child.is_finished());
        children.push(child);
        self.turns.retain(|id, _| id.0 + 1 >= turn.0);
    }

    fn note(&mut self, event: Event) {
        self.time(&event);
        match &event {
            Event::Heard { .. } => self.row.turns += 1,
            Event::Ended { outcome } => {
                self.row.ended = Some(self.now());
                self.row.outcome = Some(outcome.clone());
            }
            _ => {}
        }
        let stamped = Stamped {
            call: self.call.id().clone(),
            seq: self.seq,
            at: self.now(),
            event,
        };
        self.seq += 1;
        self.room.parts.bus.tell(Tap {
            business: self.business.id.clone(),
            stamped: Arc::new(stamped.clone()),
        });
        self.events.push(stamped);
    }

    fn now(&self) -> At {
        self.room.parts.clock.now()
    }
}
