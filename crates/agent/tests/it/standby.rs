//! An agent that fails, and the one that takes its place.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use agent::{
    Agent, Ask, Breaker, Delta, Memo, ModelAgent, ModelFault, Pass, Patience, Ping, Profile,
    Scripted, Sleeper, Standby, Then,
};
use events::{At, ManualClock};
use futures::{FutureExt, StreamExt, executor::block_on, future, stream, stream::BoxStream};
use proptest::prelude::*;
use serde_json::json;

use crate::{
    model::{Answer, Puppet, calls, says},
    world::World,
};

/// An agent whose turns are written down; after the last it is silent for ever.
struct Primary {
    turns: Mutex<Vec<Vec<Delta>>>,
    asked: AtomicUsize,
    /// Whether a turn ends where its deltas end, or hangs there.
    hangs: bool,
}

impl Primary {
    fn new(turns: Vec<Vec<Delta>>, hangs: bool) -> Arc<Self> {
        Arc::new(Self {
            turns: Mutex::new(turns),
            asked: AtomicUsize::new(0),
            hangs,
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Agent for Primary {
    fn name(&self) -> &str {
        "primary"
    }

    fn reply(&self, _: Ask) -> BoxStream<'static, Delta> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut turns = self.turns.lock().expect("one test");
        let deltas = if turns.is_empty() {
            Vec::new()
        } else {
            turns.remove(0)
        };
        let deltas = stream::iter(deltas);
        if self.hangs {
            deltas.chain(stream::pending()).boxed()
        } else {
            deltas.boxed()
        }
    }
}

fn words(text: &str) -> Delta {
    Delta::Words(text.into())
}

fn failed() -> Vec<Delta> {
    vec![Delta::Failed("down".into())]
}

fn done() -> Delta {
    Delta::Done {
        then: Then::Listen(Profile::Speech),
        memo: Memo::default(),
    }
}

struct Bench {
    world: World,
    clock: Arc<ManualClock>,
    standby: Standby,
}

fn bench(primary: Arc<dyn Agent>, sleeper: Sleeper) -> Bench {
    bench_on(World::new(), primary, sleeper)
}

fn bench_on(world: World, primary: Arc<dyn Agent>, sleeper: Sleeper) -> Bench {
    let clock = Arc::new(ManualClock::at(At(1_000_000)));
    let fallback = Arc::new(Scripted::at_once(world.desk.clone()));
    let standby = Standby::new(
        primary,
        fallback,
        Patience::default(),
        clock.clone(),
        sleeper,
    );
    Bench {
        world,
        clock,
        standby,
    }
}

/// Time that passes only where nothing else can happen.
fn at_once() -> Sleeper {
    Arc::new(|_| future::ready(()).boxed())
}

fn never() -> Sleeper {
    Arc::new(|_| future::pending().boxed())
}

impl Bench {
    fn say(&mut self, line: &str) -> String {
        let deltas = block_on(self.standby.reply(self.world.ask(line)).collect::<Vec<_>>());
        self.world.take(line, &deltas).trim().to_owned()
    }
}

const PARKING: &str = "There is free parking behind the building.";

#[test]
fn a_healthy_agent_is_heard_in_whole_sentences() {
    let turn = vec![
        words("We open"),
        words(" at nine. And we cl"),
        words("ose at five."),
        done(),
    ];
    let primary = Primary::new(vec![turn], false);
    let bench = bench(primary, never());
    let deltas = block_on(
        bench
            .standby
            .reply(bench.world.ask("hello"))
            .collect::<Vec<_>>(),
    );
    assert_eq!(
        deltas,
        [
            words("We open at nine. "),
            words("And we close at five. "),
            done()
        ]
    );
    assert_eq!(bench.standby.health(), Breaker::default());
}

#[test]
fn whatever_happens_before_the_first_sentence_the_other_answers() {
    let cases: [(&str, Vec<Delta>, bool); 6] = [
        ("refused", failed(), false),
        ("empty", vec![], false),
        ("nothing said", vec![done()], false),
        (
            "cut in the first sentence",
            vec![words("There is a big")],
            false,
        ),
        ("black hole", vec![], true),
        ("hangs in the first sentence", vec![words("There is")], true),
    ];
    for (case, deltas, hangs) in cases {
        let sleeper = if hangs { at_once() } else { never() };
        let mut bench = bench(Primary::new(vec![deltas], hangs), sleeper);
        assert_eq!(bench.say("where can I park"), PARKING, "{case}");
    }
}

#[test]
fn after_a_sentence_the_rest_is_dropped_and_the_caller_is_asked_on() {
    for hangs in [false, true] {
        let turn = vec![words("You can park behind the house. It is f")];
        let sleeper = if hangs { at_once() } else { never() };
        let mut bench = bench(Primary::new(vec![turn], hangs), sleeper);
        assert_eq!(
            bench.say("where can I park"),
            "You can park behind the house. I'm sorry, I lost my thread there. What else can I do for you?"
        );
    }
}

#[test]
fn an_agent_that_is_down_is_not_asked_at_every_turn_and_comes_back() {
    let mut turns: Vec<Vec<Delta>> = std::iter::repeat_with(failed).take(3).collect();
    turns.push(vec![words("I am back. "), done()]);
    turns.push(vec![words("Still here. "), done()]);
    let primary = Primary::new(turns, false);
    let mut bench = bench(primary.clone(), never());
    for _ in 0..20 {
        assert_eq!(bench.say("where can I park"), PARKING);
    }
    assert_eq!(primary.asked(), 2, "two failures in a row open the breaker");
    bench.clock.advance(Breaker::PAUSE_MS);
    bench.say("where can I park");
    bench.say("where can I park");
    assert_eq!(primary.asked(), 3, "one try after a pause");
    bench.clock.advance(2 * Breaker::PAUSE_MS);
    assert_eq!(bench.say("where can I park"), "I am back.");
    assert_eq!(bench.say("where can I park"), "Still here.");
}

#[test]
fn pings_spare_the_callers_the_tries() {
    let primary = Primary::new(vec![failed(), failed()], false);
    let mut bench = bench(primary.clone(), at_once());
    bench.say("hello");
    bench.say("hello");
    let pings = Arc::new(AtomicUsize::new(0));
    let ping = |answers: bool, until: usize| -> Ping {
        let (pings, clock) = (pings.clone(), bench.clock.clone());
        Arc::new(move || {
            if pings.fetch_add(1, Ordering::SeqCst) >= until {
                return future::pending().boxed();
            }
            clock.advance(Breaker::PAUSE_MS);
            future::ready(answers).boxed()
        })
    };
    assert!(
        bench
            .standby
            .watch(ping(false, 60))
            .now_or_never()
            .is_none()
    );
    assert_eq!(pings.load(Ordering::SeqCst), 63, "three at once hang");
    let open = bench.standby.health().open_until.expect("it is still open");
    let left = |b: &Bench| open.0.saturating_sub(events::Clock::now(&*b.clock).0);
    assert!(left(&bench) > 0, "no turn may try while pings fail");
    assert!(
        left(&bench) <= 2_000,
        "and soon after they do not: {}",
        left(&bench)
    );
    pings.store(0, Ordering::SeqCst);
    assert!(bench.standby.watch(ping(true, 2)).now_or_never().is_none());
    *primary.turns.lock().expect("one test") = vec![vec![words("I am back. "), done()]];
    assert_eq!(bench.say("hello"), "I am back.");
    assert_eq!(bench.standby.health(), Breaker::default());
}

#[test]
fn a_ping_that_hangs_puts_off_nothing() {
    let primary = Primary::new(vec![failed(), failed()], false);
    let mut bench = bench(primary.clone(), at_once());
    bench.say("hello");
    bench.say("hello");
    let pings = AtomicUsize::new(0);
    // The first hangs, the second says no, the third hangs, the fourth says yes.
    let ping: Ping = Arc::new(move || match pings.fetch_add(1, Ordering::SeqCst) {
        1 => future::ready(false).boxed(),
        3 => future::ready(true).boxed(),
        _ => future::pending().boxed(),
    });
    assert!(bench.standby.watch(ping).now_or_never().is_none());
    *primary.turns.lock().expect("one test") = vec![vec![words("I am back. "), done()]];
    assert_eq!(bench.say("hello"), "I am back.");
}

/// A call in which the model proposed a booking, and then answers like this.
fn proposed(answers: Vec<Answer>) -> Bench {
    let desk = Arc::new(agent::MemoryDesk::new());
    let mut all = vec![calls("book", cleaning())];
    all.extend(answers);
    let primary = Arc::new(ModelAgent::new(Puppet::new(all), desk.clone()));
    let mut bench = bench_on(World::on(desk, "c1"), primary, never());
    bench.say("a cleaning on thursday at ten, Sam Lee");
    bench
}

fn cleaning() -> serde_json::Value {
    json!({"service": "cleaning", "day": "2026-11-19", "time": "10:00", "name": "Sam Lee"})
}

#[test]
fn the_other_goes_on_with_what_the_model_had_proposed() {
    let mut bench = proposed(vec![Answer::default().fails(ModelFault::Down)]);
    let heard = bench.say("yes, and can I park?");
    assert!(
        heard.starts_with(PARKING) && heard.ends_with("Is that right?"),
        "{heard}"
    );
    assert!(bench.say("yes").starts_with("You're booked"));
    assert_eq!(bench.world.desk.bookings().len(), 1);
}

#[test]
fn a_booking_that_was_made_and_told_is_not_made_again() {
    let answers = vec![
        calls("book", cleaning()),
        says("There is ").fails(ModelFault::Cut),
    ];
    let mut bench = proposed(answers);
    assert_eq!(
        bench.say("yes, and can I park?"),
        "You're booked: a cleaning at 10 a.m. on Thursday, November 19th. I'm sorry, I lost my thread there. What else can I do for you?"
    );
    bench.say("yes");
    assert_eq!(bench.world.desk.bookings().len(), 1);
}

#[test]
fn a_panic_free_fold_opens_at_five_in_ten_seconds() {
    let mut breaker = Breaker::default();
    for i in 0..5u64 {
        assert_eq!(breaker.open_until, None);
        breaker = breaker.failed(Pass::Usual, At(1_000_000 + i * 2_000));
        // Others succeed in between, so it is never two in a row.
        breaker.failures = 0;
    }
    assert!(breaker.open_until.is_some());
    let old = breaker.failed(Pass::Usual, At(1_008_001));
    assert_eq!(
        old, breaker,
        "turns that began before it opened change nothing"
    );
}

proptest! {
    #[test]
    fn an_open_breaker_lets_one_try_a_second_and_always_ends(steps in prop::collection::vec((0u64..3_000, prop::bool::ANY), 1..200)) {
        let (mut breaker, mut now, mut last) = (Breaker::default(), At(1_000_000), None::<At>);
        for (wait, ok) in steps {
            now = now + wait;
            let was_open = breaker.open_until.is_some();
            let (pass, after) = breaker.admit(now);
            breaker = after;
            if let Some(pass) = pass {
                prop_assert_eq!(pass == Pass::Trial, was_open);
                if pass == Pass::Trial {
                    prop_assert!(last.is_none_or(|l| now.since(l) >= Breaker::PAUSE_MS));
                    last = Some(now);
                }
                breaker = if ok { last = None; breaker.spoke() } else { breaker.failed(pass, now) };
            }
            prop_assert!(breaker.open_until.is_none_or(|u| u.since(now) <= Breaker::LONGEST_MS));
        }
    }
}

/// 200 calls with a turn every eight seconds each; the model is away for the second minute of four.
fn outage(pinged: bool, fails_after: u64) -> (u64, u64, u64) {
    const CALLS: u64 = 200;
    const EVERY: u64 = 8_000;
    let away = 60_000..120_000;
    let start = 1_000_000;
    let (mut breaker, mut pending) = (Breaker::default(), Vec::<(u64, Pass)>::new());
    let (mut turns, mut asked, mut back) = (0, 0, 0);
    for now in (0..240_000u64).step_by(10) {
        let at = |ms: u64| At(start + ms);
        pending.retain(|(due, pass)| {
            if *due <= now {
                breaker = breaker.failed(*pass, at(now));
            }
            *due > now
        });
        if pinged && now % Breaker::PAUSE_MS == 0 && breaker.open_until.is_some() {
            asked += u64::from(away.contains(&now));
            breaker = breaker.pinged(!away.contains(&now), at(now));
        }
        for _ in (0..CALLS).filter(|call| (now + call * EVERY / CALLS).is_multiple_of(EVERY)) {
            let (pass, after) = breaker.admit(at(now));
            breaker = after;
            turns += u64::from(away.contains(&now));
            let Some(pass) = pass else { continue };
            if away.contains(&now) {
                asked += 1;
                pending.push((now + fails_after, pass));
            } else {
                breaker = breaker.spoke();
                if now >= away.end && back == 0 {
                    back = now - away.end;
                }
            }
        }
    }
    (turns, asked, back)
}

#[test]
fn an_outage_costs_few_requests_and_ends_soon() {
    for fails_after in [10, 500, 3_500] {
        let (turns, asked, back) = outage(true, fails_after);
        assert_eq!(turns, 1_500);
        assert!(
            asked * 10 <= turns * 12,
            "{asked} requests in {turns} turns"
        );
        assert!(
            asked <= 200,
            "{asked} requests, failing after {fails_after} ms"
        );
        assert!(
            back <= 2_000,
            "back {back} ms after the model, failing after {fails_after} ms"
        );
        let (_, asked, back) = outage(false, fails_after);
        assert!(
            asked <= 120 && back <= Breaker::LONGEST_MS,
            "without pings: {asked} requests, back after {back} ms"
        );
    }
}
