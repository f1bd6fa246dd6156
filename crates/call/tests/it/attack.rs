//! Whatever comes in, in whatever order and at whatever time: the call never panics, always has a deadline that leads
//! somewhere, gives a bounded number of orders, stays small, and says nothing twice.

use std::{collections::HashSet, sync::Arc};

use call::{
    Call, FillerClip, FillerMode, FillerPolicy, Forecast, Input, Order, Policy, Profile, Then,
    Traits,
};
use events::{At, CallId, ClipId, TurnId};
use fastrand::Rng;
use text::FillerClass;

/// A text that is longer than anything that is kept comes now and then.
const HUGE: usize = 400_000;

/// Orders that one input may lead to: a reply of forty sentences, each noted, voiced and said, and what goes around it.
const ORDERS: usize = 200;

/// Ticks that may be wanted at one moment: what is to be read is read one by one.
const TICKS: usize = 200;

/// A stored call: forty exchanges of 4,000 characters of the caller and 2,000 of ours, and the turn that is going on.
const STORED: usize = 1_500_000;

fn pick<T: Clone>(rng: &mut Rng, all: &[T]) -> T {
    all[rng.usize(..all.len())].clone()
}

fn ms(rng: &mut Rng) -> u32 {
    pick(
        rng,
        &[0, 0, 1, 300, 1_200, 7_000, 900_000, u32::MAX - 1, u32::MAX],
    )
}

fn words(rng: &mut Rng) -> String {
    let huge = pick(rng, &[100, 5_000, 5_000, 5_000, HUGE]);
    match rng.u8(..12) {
        0 => String::new(),
        1 => " \u{0}\u{7f}\u{feff}\u{202e} \n".into(),
        2 => "a".repeat(huge),
        3 => "𝄞".repeat(huge / 4),
        4 => "One is here. ".repeat(huge / 13),
        5 => ". ! ? ... Dr. 3.5 e.g. ".repeat(huge / 23),
        6 => "yes".into(),
        7 => "thanks a lot and goodbye".into(),
        8 => "I would like to book a table for monday".into(),
        9 => "<speak>&amp;".into(),
        _ => "One is here. Two is here. Three".into(),
    }
}

fn some<T>(rng: &mut Rng, of: impl Fn(&mut Rng) -> T) -> Vec<T> {
    (0..rng.usize(..4)).map(|_| of(rng)).collect()
}

fn policy(rng: &mut Rng) -> Policy {
    let clip = |rng: &mut Rng| FillerClip {
        class: pick(rng, &FillerClass::ALL),
        text: pick(rng, &["", "One moment.", "Let me see."]).into(),
        object: pick(rng, &["", "object"]).into(),
        ms: ms(rng),
    };
    Policy {
        greeting: words(rng),
        nudges: some(rng, words),
        patience_ms: some(rng, ms),
        farewell: words(rng),
        apology: "Shall I take a message?".into(),
        unreached: words(rng),
        fillers: FillerPolicy {
            mode: pick(rng, &[FillerMode::On, FillerMode::Off, FillerMode::Control]),
            grace_ms: ms(rng),
            min_gap_ms: ms(rng),
            clips: some(rng, clip),
        },
        reply_within_ms: ms(rng),
        voice_within_ms: ms(rng),
        idle_ms: pick(rng, &[0, 60_000, 900_000, u32::MAX]),
        longest_ms: pick(rng, &[0, 3_600_000, 14_400_000, u32::MAX]),
    }
}

fn traits(rng: &mut Rng) -> Traits {
    Traits {
        barge_in: rng.bool(),
        reports_silence: rng.bool(),
        second_stage_ms: ms(rng),
        brief_ms: ms(rng),
    }
}

/// Mostly the turn that is going on, else an old one, a coming one, or one from nowhere.
fn turn(rng: &mut Rng, call: &Call) -> TurnId {
    let now = call.turn().0;
    TurnId(match rng.u8(..10) {
        0 => now.wrapping_sub(1),
        1 => now.saturating_add(1),
        2 => u32::MAX,
        3 => 0,
        _ => now,
    })
}

fn clip(rng: &mut Rng, call: &Call) -> ClipId {
    ClipId {
        turn: turn(rng, call),
        index: pick(rng, &[0, 0, 0, 1, 1, 2, 3, 4, 45, u32::MAX]),
    }
}

fn input(rng: &mut Rng, call: &Call) -> Input {
    let turn = turn(rng, call);
    let clip = clip(rng, call);
    let then = |rng: &mut Rng| match rng.u8(..8) {
        0 => Then::HangUp,
        1 => Then::Transfer {
            label: words(rng),
            number: String::new(),
        },
        2 => Then::Listen(Profile::Dictation),
        3 => Then::Listen(Profile::YesNo),
        _ => Then::Listen(Profile::Speech),
    };
    match rng.u8(..30) {
        0 => Input::Answered,
        1 => Input::Forecast(Forecast::of(some(rng, ms)).with_voice(some(rng, ms))),
        2..6 => Input::Words {
            text: words(rng),
            digits: rng.bool(),
        },
        6 => Input::Onset,
        7 => Input::Silence,
        8 => Input::Returned {
            answered: rng.u8(..4) == 0,
        },
        9 if rng.u8(..20) == 0 => Input::HungUp(words(rng)),
        9..13 => Input::Played(clip),
        13..18 => Input::Reply {
            turn,
            delta: words(rng),
        },
        18 => Input::Busy {
            turn,
            class: pick(rng, &FillerClass::ALL),
        },
        19..22 => Input::ReplyDone {
            turn,
            then: then(rng),
            memo: "memo".into(),
        },
        22 => Input::ReplyFailed {
            turn,
            why: words(rng),
        },
        23..27 => Input::Voiced {
            clip,
            object: "object".into(),
            ms: ms(rng),
        },
        27 => Input::VoiceFailed { clip },
        _ => Input::Tick,
    }
}

/// The time of the next input: usually a little later, sometimes much, sometimes earlier.
fn later(rng: &mut Rng, now: At) -> At {
    match rng.u8(..24) {
        0 => now - rng.u64(..100_000),
        1 => At(0),
        2 => now + 1_000_000,
        3..8 => now,
        _ => now + rng.u64(..3_000),
    }
}

/// One call under attack, and what must hold of it.
struct Attack {
    rng: Rng,
    call: Call,
    policy: Arc<Policy>,
    now: At,
    said: HashSet<ClipId>,
}

impl Attack {
    fn of(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let policy = Arc::new(policy(&mut rng));
        let id = CallId::parse("CA1").expect("a call's name");
        let now = At(rng.u64(..1_000_000));
        let from = TurnId(pick(&mut rng, &[0, 0, 0, 7, u32::MAX - 2]));
        let call = Call::new(id, seed, traits(&mut rng), policy.clone(), now).starting_at(from);
        Self {
            rng,
            call,
            policy,
            now,
            said: HashSet::new(),
        }
    }

    fn gives(&mut self, input: &Input) {
        let over = self.call.ended();
        let mut out = Vec::new();
        self.call.handle(input.clone(), self.now, &mut out);
        assert!(!over || out.is_empty(), "after the end: {out:?}");
        self.judges(&out);
    }

    fn judges(&mut self, out: &[Order]) {
        assert!(out.len() <= ORDERS, "{} orders at once", out.len());
        for order in out {
            // The last turn that can be counted is used again and again.
            if let Order::Say { clip, .. } = order
                && clip.turn != TurnId(u32::MAX)
            {
                assert!(self.said.insert(*clip), "{clip} is said twice");
            }
        }
        let waits = !self.call.ended() && self.call.doing() != "ringing";
        assert_eq!(
            self.call.deadline().is_some(),
            waits,
            "{}",
            self.call.doing()
        );
    }

    /// Ticks until nothing is due any more.
    fn ticks(&mut self) {
        let mut ticks = 0;
        while self.call.deadline().is_some_and(|due| due <= self.now) {
            self.gives(&Input::Tick);
            ticks += 1;
            assert!(
                ticks < TICKS,
                "it wants ticks for ever: {}",
                self.call.doing()
            );
        }
    }

    fn restarts(&mut self) {
        let stored = serde_json::to_string(&self.call).expect("a call can be stored");
        assert!(stored.len() <= STORED, "{} bytes", stored.len());
        self.call = serde_json::from_str(&stored).expect("a stored call can be read");
        let mut out = Vec::new();
        self.call.resume(self.policy.clone(), self.now, &mut out);
        self.judges(&out);
    }
}

fn attack(seed: u64, steps: usize) {
    let mut attack = Attack::of(seed);
    if attack.rng.u8(..8) > 0 {
        attack.gives(&Input::Answered);
    }
    for _ in 0..steps {
        attack.now = later(&mut attack.rng, attack.now);
        let input = input(&mut attack.rng, &attack.call);
        attack.gives(&input);
        if attack.rng.bool() {
            attack.ticks();
        }
        if attack.rng.u8(..40) == 0 {
            attack.restarts();
        }
    }
    attack.restarts();
    // Left alone, it ends.
    attack.gives(&Input::Answered);
    for _ in 0..2_000 {
        let Some(due) = attack.call.deadline() else {
            break;
        };
        attack.now = due.max(attack.now);
        attack.ticks();
    }
    assert!(
        attack.call.ended(),
        "left alone it is {}",
        attack.call.doing()
    );
}

#[test]
fn nothing_that_comes_in_breaks_a_call() {
    for seed in 0..120 {
        if let Err(why) = std::panic::catch_unwind(|| attack(seed, 60)) {
            eprintln!("seed {seed}");
            std::panic::resume_unwind(why);
        }
    }
}

#[test]
fn more_clips_than_can_be_counted_are_no_harm() {
    let clip = FillerClip {
        class: FillerClass::Lookup,
        text: "One moment.".into(),
        object: String::new(),
        ms: u32::MAX,
    };
    let policy = Policy {
        fillers: FillerPolicy {
            grace_ms: 0,
            clips: vec![clip; 70_000],
            ..FillerPolicy::default()
        },
        greeting: String::new(),
        ..Policy::default()
    };
    let id = CallId::parse("CA1").expect("a call's name");
    let mut call = Call::new(id, 1, crate::script::VISITS, Arc::new(policy), At(0));
    let mut out = Vec::new();
    call.handle(Input::Answered, At(0), &mut out);
    let words = Input::Words {
        text: "where can I park my car".into(),
        digits: false,
    };
    call.handle(words, At(0), &mut out);
    let filled = |order: &Order| matches!(order, Order::Say { filler: true, .. });
    assert_eq!(out.iter().filter(|order| filled(order)).count(), 1);
}
