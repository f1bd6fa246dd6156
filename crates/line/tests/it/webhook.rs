//! A tiny carrier that asks the webhook line and executes the documents that it gets: it plays, gathers, dials, follows
//! redirects, delivers some requests twice, and asks again when our process died over one.

use std::collections::{HashMap, VecDeque};

use call::{Order, Traits};
use carrier::{Document, Verb};
use events::{At, TurnId};
use fastrand::Rng;
use line::{Heard, Kind, Line, Markup, Paths, Request, Sent, Ticket};

use crate::world::{Act, Caller, Phone, Plan, What};

/// No carrier waits longer for an answer, ms.
const PATIENCE: u64 = 15_000;

/// Something to do on the call.
enum Step {
    Sound { label: String, ms: u64 },
    Gather { turn: TurnId, timeout_ms: u64 },
    Redirect(Kind),
    Dial,
    Hangup,
}

#[derive(Clone)]
struct Ask {
    kind: Kind,
    heard: Heard,
}

/// What the caller is doing on the carrier's side.
enum State {
    /// A request leaves at this moment.
    Asking(At, Ask),
    /// It was delivered then, under this ticket.
    Waiting(At, Ticket, Ask),
    /// Its answer arrives.
    Answered(At, Document),
    Playing(At),
    /// Until the gather gives up.
    Gathering(At),
    Dialling(At),
    Down,
}

/// The carrier, the caller and the line.
pub struct Webhook {
    line: Markup,
    caller: Caller,
    sloppy: bool,
    state: State,
    steps: VecDeque<Step>,
    /// The gather that is open, also while its prompt plays.
    gather: Option<(TurnId, u64)>,
    sounding: bool,
    twice: Vec<(At, Ask)>,
    over: Option<At>,
    tickets: u64,
    lengths: HashMap<String, u64>,
    acts: Vec<Act>,
    poked: bool,
}

/// Where everything is found.
pub fn paths() -> Paths {
    Paths {
        base: "https://desk.example".into(),
        business: "salon".into(),
        call: "CA1".into(),
        tag: "t".into(),
    }
}

impl Webhook {
    pub fn new(plan: &Plan) -> Self {
        let clips = plan.policy().fillers.clips;
        Self {
            line: Markup::new(paths()),
            caller: Caller::new(plan),
            sloppy: plan.sloppy,
            state: State::Asking(
                At(0),
                Ask {
                    kind: Kind::Incoming,
                    heard: Heard::default(),
                },
            ),
            steps: VecDeque::new(),
            gather: None,
            sounding: false,
            twice: Vec::new(),
            over: None,
            tickets: 0,
            lengths: clips
                .into_iter()
                .map(|clip| (clip.text, u64::from(clip.ms)))
                .collect(),
            acts: Vec::new(),
            poked: false,
        }
    }

    fn lag(&self, rng: &mut Rng) -> u64 {
        20 + if self.sloppy { rng.u64(..120) } else { 0 }
    }

    fn broken(&mut self, why: impl Into<String>) {
        self.acts.push(Act::Broken(why.into()));
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    fn ask(&mut self, at: At, kind: Kind, heard: Heard, rng: &mut Rng) {
        let ask = Ask { kind, heard };
        if self.sloppy && rng.u8(..12) == 0 {
            self.twice.push((at + rng.u64(..3_000), ask.clone()));
        }
        self.gather = None;
        self.steps.clear();
        self.state = State::Asking(at, ask);
    }

    /// Delivers one request to our side.
    fn deliver(&mut self, ticket: Ticket, ask: &Ask, now: At) -> usize {
        let request = Request {
            ticket,
            kind: ask.kind,
            heard: ask.heard.clone(),
        };
        let mut inputs = Vec::new();
        self.line.hear(request, now, &mut inputs);
        let count = inputs.len();
        self.acts.extend(inputs.into_iter().map(Act::Input));
        count
    }

    /// Copies of requests that were answered already change nothing.
    fn repeat(&mut self, now: At) {
        self.twice.sort_by_key(|(at, _)| *at);
        let due = self.twice.partition_point(|(at, _)| *at <= now);
        for (_, ask) in self.twice.drain(..due).collect::<Vec<_>>() {
            if let State::Asking(_, asking) = &self.state
                && asking.kind == ask.kind
            {
                continue;
            }
            let ticket = self.ticket();
            if self.deliver(ticket, &ask, now) > 0 {
                self.broken(format!("a repeated {:?} had an effect", ask.kind));
            }
        }
    }

    /// Executes what is due. Returns whether there may be more to do at once.
    fn go(&mut self, now: At, rng: &mut Rng) -> bool {
        match &self.state {
            State::Asking(at, ask) if *at <= now => {
                let ask = ask.clone();
                let ticket = self.ticket();
                self.state = State::Waiting(now, ticket, ask.clone());
                self.deliver(ticket, &ask, now);
                false
            }
            State::Waiting(since, ..) if since.0 + PATIENCE <= now.0 => {
                self.broken("no answer within the carrier's patience");
                false
            }
            State::Answered(at, document) if *at <= now => {
                let document = document.clone();
                self.read(document);
                self.next(now, rng);
                true
            }
            State::Playing(until) if *until <= now => {
                self.next(now, rng);
                true
            }
            State::Gathering(until) if *until <= now => {
                self.caller.wait();
                self.gathered(now, Heard::default(), rng);
                true
            }
            State::Dialling(until) if *until <= now => {
                let kind = Kind::Dialled {
                    answered: rng.bool(),
                };
                let at = now + self.lag(rng);
                self.ask(at, kind, Heard::default(), rng);
                true
            }
            _ => false,
        }
    }

    /// The next step of the document.
    fn next(&mut self, now: At, rng: &mut Rng) {
        match self.steps.pop_front() {
            Some(Step::Sound { label, ms }) => {
                self.acts.push(Act::Heard(label));
                self.sounding = true;
                // The gather around the last prompt is open while it plays.
                if let Some(Step::Gather { turn, timeout_ms }) = self.steps.front() {
                    self.gather = Some((*turn, *timeout_ms));
                }
                self.state = State::Playing(now + ms);
                return;
            }
            Some(Step::Gather { turn, timeout_ms }) => {
                self.gather = Some((turn, timeout_ms));
                self.caller.spoken_to();
                self.acts.push(Act::Yours);
                self.state = State::Gathering(now + timeout_ms);
            }
            Some(Step::Redirect(kind)) => {
                let at = now + self.lag(rng);
                self.ask(at, kind, Heard::default(), rng);
            }
            Some(Step::Dial) => self.state = State::Dialling(now + rng.u64(2_000..40_000)),
            Some(Step::Hangup) | None => self.down(now, rng),
        }
        if std::mem::take(&mut self.sounding) {
            self.acts.push(Act::Quiet);
        }
    }

    fn down(&mut self, now: At, rng: &mut Rng) {
        self.state = State::Down;
        self.steps.clear();
        self.twice.clear();
        self.acts.push(Act::Gone);
        self.over = Some(now + self.lag(rng));
    }

    fn gathered(&mut self, at: At, heard: Heard, rng: &mut Rng) {
        if let Some((turn, _)) = self.gather.take() {
            let at = at + self.lag(rng);
            self.ask(at, Kind::Process(turn), heard, rng);
        }
    }

    fn speak(&mut self, now: At, rng: &mut Rng) {
        let open = self.gather.is_some();
        let gathering = matches!(self.state, State::Gathering(_));
        self.caller.think(now, gathering, open && self.sounding);
        if !open {
            return self.caller.wait();
        }
        let ms = rng.u64(100..1_200);
        let heard = match self.caller.act(now, ms) {
            Some(What::Says(text)) => Heard {
                speech: Some(text.into()),
                digits: None,
            },
            Some(What::Keys(text)) => Heard {
                speech: None,
                digits: Some(text.into()),
            },
            _ => return,
        };
        if std::mem::take(&mut self.sounding) {
            self.acts.push(Act::Quiet);
        }
        self.gathered(now + ms, heard, rng);
    }

    /// Turns the document into steps; says so when it is not one that a carrier could follow.
    fn read(&mut self, document: Document) {
        let count = document.verbs.len();
        for (n, verb) in document.verbs.into_iter().enumerate() {
            let ends = verb.is_final() || matches!(verb, Verb::Gather { .. });
            if ends != (n + 1 == count) {
                self.broken(format!("{} at {n} of {count}", verb.name()));
            }
            match verb {
                Verb::Gather { gather, children } => {
                    if children.len() > 1 {
                        self.broken("more than one prompt inside a gather");
                    }
                    children.into_iter().for_each(|child| self.sound(child));
                    let timeout_ms = u64::from(gather.timeout_s) * 1_000;
                    match kind(&gather.action) {
                        Some(Kind::Process(turn)) => {
                            self.steps.push_back(Step::Gather { turn, timeout_ms });
                        }
                        other => self.broken(format!("a gather leads to {other:?}")),
                    }
                }
                Verb::Redirect { url } => match kind(&url) {
                    Some(kind) => self.steps.push_back(Step::Redirect(kind)),
                    None => self.broken(format!("a redirect to {url}")),
                },
                Verb::Hangup => self.steps.push_back(Step::Hangup),
                Verb::Dial { .. } => self.steps.push_back(Step::Dial),
                other => self.sound(other),
            }
        }
    }

    fn sound(&mut self, verb: Verb) {
        let label = match verb {
            Verb::Say { text, .. } => text,
            Verb::Play { url } => {
                let object = url.strip_prefix("https://desk.example/audio/");
                let object = object.and_then(|rest| rest.split_once(".wav?k="));
                object.map_or(url.clone(), |(object, _)| object.to_owned())
            }
            other => return self.broken(format!("{} is no sound", other.name())),
        };
        let own = 400 + 10 * label.len() as u64;
        let ms = self.lengths.get(&label).copied().unwrap_or(own);
        self.steps.push_back(Step::Sound { label, ms });
    }
}

/// Which request an address leads to.
fn kind(url: &str) -> Option<Kind> {
    let path = url.strip_prefix("https://desk.example/voice/")?;
    let (path, query) = path.split_once('?')?;
    let turn = TurnId(path.rsplit('/').next()?.parse().ok()?);
    let hop = query.split('&').find_map(|pair| pair.strip_prefix("hop="));
    match path.split('/').next()? {
        "process" if !query.contains("dial=1") => Some(Kind::Process(turn)),
        "tts-ready" => Some(Kind::Ready(turn, hop?.parse().ok()?)),
        _ => None,
    }
}

impl Phone for Webhook {
    fn traits(&self) -> Traits {
        self.line.traits()
    }

    fn obey(&mut self, order: &Order, now: At) {
        self.line.obey(order, now);
        self.poked = true;
    }

    fn settle(&mut self, now: At, rng: &mut Rng) {
        let mut sent: Vec<Sent> = Vec::new();
        self.line.flush(now, &mut sent);
        for answer in sent {
            self.poked = true;
            match &self.state {
                State::Waiting(_, ticket, _) if *ticket == answer.ticket => {
                    self.state = State::Answered(now + self.lag(rng), answer.document);
                }
                // The caller left over it.
                State::Down => {}
                _ if answer.clips.is_empty() && answer.texts == 0 => {}
                _ => self.broken("words went to a repeated request"),
            }
        }
    }

    fn due(&self) -> Option<At> {
        let state = match &self.state {
            State::Asking(at, _) | State::Answered(at, _) => Some(*at),
            State::Waiting(since, ..) => Some(*since + PATIENCE),
            State::Playing(at) | State::Gathering(at) | State::Dialling(at) => Some(*at),
            State::Down => None,
        };
        let caller = self
            .caller
            .due()
            .filter(|_| !matches!(self.state, State::Down));
        let poked = (self.poked || !self.acts.is_empty()).then_some(At(0));
        let twice = self.twice.iter().map(|(at, _)| *at).min();
        let all = [state, caller, poked, twice, self.over, self.line.deadline()];
        all.into_iter().flatten().min()
    }

    fn advance(&mut self, now: At, rng: &mut Rng, acts: &mut Vec<Act>) {
        self.poked = false;
        let slams = self.caller.slams_at.is_some_and(|at| at <= now);
        if slams && !matches!(self.state, State::Down) {
            self.down(now, rng);
        }
        if self.over.take_if(|at| *at <= now).is_some() {
            let ask = Ask {
                kind: Kind::Over,
                heard: Heard::default(),
            };
            let ticket = self.ticket();
            self.deliver(ticket, &ask, now);
        }
        while self.go(now, rng) {}
        if !matches!(self.state, State::Down) {
            self.speak(now, rng);
            // Only when ours is answered or on its way can a copy be told from it.
            self.repeat(now);
        }
        acts.append(&mut self.acts);
    }

    fn crash(&mut self, now: At) {
        let stored = serde_json::to_string(&self.line).expect("a line can be stored");
        self.line = serde_json::from_str(&stored).expect("a stored line can be read");
        self.twice.clear();
        if let State::Waiting(_, _, ask) = &self.state {
            self.state = State::Asking(now + 500, ask.clone());
        }
    }
}
