//! Generated phone calls in virtual time, judged by a reference model.
//!
//! A [`Plan`] is everything that will go wrong and right in one call; [`play`] lives through it. Collaborators are sloppy:
//! late, reordered, failing, hanging, reporting twice and after they were told to stop. Ticks come early and late, the
//! process dies in the middle, and the caller speaks and hangs up whenever they like.

mod judge;
mod mind;
mod phone;
mod plan;

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

use call::{Call, Input, Order, Traits};
use events::{At, CallId};
use fastrand::Rng;

pub use judge::Judge;
#[allow(unused_imports)]
pub use phone::{Caller, Manner, Simple};
#[allow(unused_imports)]
pub use plan::{Fate, Move, Plan, Reply, What, shrink};

/// What a phone reports.
#[derive(Debug)]
pub enum Act {
    /// This comes to the call.
    Input(Input),
    /// The caller begins to hear this.
    Heard(String),
    /// The caller hears nothing any more.
    Quiet,
    /// The caller left.
    Gone,
    /// The line did what no line may.
    #[allow(dead_code)]
    Broken(String),
    /// The caller was told that it is their turn, and everything was heard.
    Yours,
}

/// A phone line with a caller at its other end, as a simulation.
pub trait Phone {
    fn traits(&self) -> Traits;
    /// Does one order.
    fn obey(&mut self, order: &Order, now: At);
    /// All orders of the inputs so far were done.
    fn settle(&mut self, now: At, rng: &mut Rng);
    /// When it wants to be asked next.
    fn due(&self) -> Option<At>;
    /// Tells what has happened up to now.
    fn advance(&mut self, now: At, rng: &mut Rng, acts: &mut Vec<Act>);
    /// The process on our side died and another took over.
    fn crash(&mut self, now: At);
}

/// What was lived through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub steps: u64,
    pub virtual_ms: u64,
    pub sentences: u64,
    pub fillers: u64,
    pub turns: u64,
}

/// Work that reports later.
#[derive(Debug)]
struct Job {
    at: At,
    order: u64,
    input: Input,
}

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}
impl Eq for Job {}
impl PartialOrd for Job {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Job {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

/// One call being lived through.
pub struct World<'a, P> {
    plan: &'a Plan,
    phone: P,
    call: Call,
    judge: Judge,
    rng: Rng,
    now: At,
    jobs: BinaryHeap<Reverse<Job>>,
    made: u64,
    /// The deadline that a tick was set for, and when the tick comes.
    tick: Option<(At, At)>,
    tally: Tally,
    trace: Option<Vec<String>>,
    out: Vec<Order>,
}

/// Steps after which a call that has not ended counts as stuck.
const STUCK: u64 = 4_000;

/// Lives through the plan; a violation comes with the trace if one was asked for.
pub fn play<P: Phone>(plan: &Plan, phone: P, trace: bool) -> Result<Tally, (String, Vec<String>)> {
    let id = CallId::parse("CA1").expect("a call's name");
    let policy = Arc::new(plan.policy());
    let traits = phone.traits();
    let mut world = World {
        plan,
        call: Call::new(id, plan.seed, traits, policy, At(0)),
        judge: Judge::new(plan.policy(), traits),
        phone,
        rng: Rng::with_seed(plan.seed),
        now: At(0),
        jobs: BinaryHeap::new(),
        made: 0,
        tick: None,
        tally: Tally::default(),
        trace: trace.then(Vec::new),
        out: Vec::new(),
    };
    match world.live() {
        Ok(()) => Ok(world.tally),
        Err(why) => Err((why, world.trace.unwrap_or_default())),
    }
}

impl<P: Phone> World<'_, P> {
    fn live(&mut self) -> Result<(), String> {
        let mut acts = Vec::new();
        while !self.call.ended() {
            if self.tally.steps > STUCK {
                return Err(format!("stuck after {} steps", self.tally.steps));
            }
            self.set_tick();
            let job = self.jobs.peek().map(|Reverse(job)| job.at);
            let tick = self.tick.map(|(_, at)| at);
            let next = [self.phone.due(), job, tick].into_iter().flatten().min();
            let Some(next) = next else {
                return Err("nothing will ever happen again".into());
            };
            self.now = self.now.max(next);
            self.judge.time(self.now)?;
            self.step(&mut acts)?;
            if self.plan.crash == Some(self.tally.steps) && !self.call.ended() {
                self.crash()?;
            }
        }
        self.tally.virtual_ms = self.now.0;
        self.afterwards()
    }

    /// Ticks come when they were asked for, or a little later.
    fn set_tick(&mut self) {
        let due = self.call.deadline();
        if self.tick.map(|(due, _)| due) != due {
            self.tick = due.map(|due| {
                let late = match self.rng.u8(..4) {
                    0 if self.plan.sloppy => self.rng.u64(..120),
                    _ => 0,
                };
                (due, due.max(self.now) + late)
            });
        }
    }

    fn step(&mut self, acts: &mut Vec<Act>) -> Result<(), String> {
        self.phone.advance(self.now, &mut self.rng, acts);
        for act in acts.drain(..) {
            match act {
                Act::Input(input) => self.input(input)?,
                Act::Heard(what) => {
                    self.write(|| format!("          caller hears {what:?}"));
                    self.judge.heard(&what)?;
                }
                Act::Quiet => self.judge.quiet(self.now),
                Act::Gone => self.judge.gone(),
                Act::Broken(why) => return Err(why),
                Act::Yours => {
                    self.write(|| "          it is the caller's turn".into());
                    self.judge.yours()?;
                }
            }
        }
        while let Some(Reverse(job)) = self.jobs.peek()
            && job.at <= self.now
        {
            let Some(Reverse(job)) = self.jobs.pop() else {
                break;
            };
            self.input(job.input)?;
        }
        let early = self.plan.sloppy && self.rng.u8(..32) == 0;
        if early || self.tick.is_some_and(|(_, at)| at <= self.now) {
            self.tick = None;
            self.input(Input::Tick)?;
        }
        self.phone.settle(self.now, &mut self.rng);
        self.tally.steps += 1;
        Ok(())
    }

    fn input(&mut self, input: Input) -> Result<(), String> {
        self.write(|| format!("{input:?}"));
        self.judge.before(&input, self.now);
        let mut out = std::mem::take(&mut self.out);
        self.call.handle(input.clone(), self.now, &mut out);
        let told = self.orders(&mut out);
        self.out = out;
        told?;
        self.judge.after(&input, &self.call, self.now)
    }

    fn orders(&mut self, out: &mut Vec<Order>) -> Result<(), String> {
        for order in out.drain(..) {
            self.write(|| format!("      -> {order:?}"));
            match &order {
                Order::Think { turn, .. } => self.think(*turn),
                Order::Voice { clip, text } => self.voice(*clip, text),
                Order::Forget { turn } => self.forget(*turn),
                Order::Say { filler: true, .. } => self.tally.fillers += 1,
                Order::Say { .. } => self.tally.sentences += 1,
                _ => {}
            }
            self.judge.order(&order, self.now)?;
            self.phone.obey(&order, self.now);
        }
        Ok(())
    }

    /// The process dies; another reads what was stored. Work of the dead reports to nobody.
    fn crash(&mut self) -> Result<(), String> {
        self.write(|| "THE PROCESS DIES AND ANOTHER TAKES OVER".into());
        let text = serde_json::to_string(&self.call).map_err(|e| e.to_string())?;
        self.call = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        self.jobs.clear();
        self.tick = None;
        self.phone.crash(self.now);
        self.judge.crashed(self.now);
        let mut out = Vec::new();
        self.call
            .resume(Arc::new(self.plan.policy()), self.now, &mut out);
        self.orders(&mut out)?;
        self.judge.after(&Input::Tick, &self.call, self.now)?;
        self.phone.settle(self.now, &mut self.rng);
        Ok(())
    }

    /// A call that ended takes everything and does nothing.
    fn afterwards(&mut self) -> Result<(), String> {
        let mut out = Vec::new();
        let late = std::mem::take(&mut self.jobs);
        let late = late
            .into_sorted_vec()
            .into_iter()
            .map(|Reverse(job)| job.input);
        let more = [Input::Answered, Input::Silence, Input::Onset, Input::Tick];
        for input in late.take(6).chain(more) {
            self.call.handle(input.clone(), self.now, &mut out);
            if !out.is_empty() || self.call.deadline().is_some() || !self.call.ended() {
                return Err(format!("after the end, {input:?} gave {out:?}"));
            }
        }
        self.judge.end()
    }

    fn write(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>9} {}", self.now.0, line()));
        }
    }

    fn job(&mut self, at: At, input: Input) {
        self.made += 1;
        self.jobs.push(Reverse(Job {
            at,
            order: self.made,
            input,
        }));
    }
}
