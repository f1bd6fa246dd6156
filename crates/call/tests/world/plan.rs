//! What will happen in one call, as data that can be made smaller while it still shows the same mistake.

use call::{FillerClip, FillerMode, FillerPolicy, Policy, Profile, Then};
use fastrand::Rng;
use text::FillerClass;

/// How a reply of the agent goes.
#[derive(Clone, Debug)]
pub struct Reply {
    pub sentences: usize,
    pub then: Then,
    pub fate: Fate,
    /// Until the first words, ms.
    pub first_ms: u64,
    /// Between two pieces, at most, ms.
    pub gap_ms: u64,
    pub tool: bool,
}

/// How a reply ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Done,
    /// After so many pieces.
    Fails(usize),
    Hangs(usize),
}

/// What the caller does next.
#[derive(Clone, Debug)]
pub struct Move {
    pub what: What,
    /// Into our sound, rather than after it is their turn.
    pub rude: bool,
    pub after_ms: u64,
}

/// What a caller can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Says(&'static str),
    Keys(&'static str),
    /// A noise without words.
    Coughs,
    /// Nothing, until they are spoken to again.
    Nothing,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub mode: FillerMode,
    pub clips: usize,
    pub grace_ms: u32,
    pub forecast_ms: Option<u32>,
    pub greeting: usize,
    pub nudges: usize,
    pub moves: Vec<Move>,
    pub slams_at: Option<u64>,
    pub replies: Vec<Reply>,
    /// The step after which the process dies.
    pub crash: Option<u64>,
    /// Late ticks, double reports, work that goes on after it was forgotten.
    pub sloppy: bool,
    /// Of a hundred clips so many fail, and so many never come.
    pub voice_fails: u8,
    pub voice_hangs: u8,
    pub voice_ms: u64,
}

const WORDS: [&str; 6] = [
    "where can I park my car",
    "I would like to book a table for monday",
    "yes",
    "yes please do that",
    "my name is Alexandra Okafor",
    "thanks a lot and goodbye",
];

const CLASSES: [FillerClass; 3] = [FillerClass::Lookup, FillerClass::Hold, FillerClass::Think];

impl Plan {
    /// The call of this seed.
    pub fn of(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let moves = (0..rng.usize(..8)).map(|_| Move::any(&mut rng)).collect();
        let replies = (0..7).map(|_| Reply::any(&mut rng)).collect();
        Self {
            seed,
            mode: [
                FillerMode::On,
                FillerMode::On,
                FillerMode::On,
                FillerMode::Off,
                FillerMode::Control,
            ][rng.usize(..5)],
            clips: [0, 1, 6, 9, 9, 9][rng.usize(..6)],
            grace_ms: [0, 400, 400, 700][rng.usize(..4)],
            forecast_ms: rng.bool().then(|| rng.u32(100..4_000)),
            greeting: rng.usize(..3),
            nudges: rng.usize(..3),
            moves,
            slams_at: (rng.u8(..3) == 0).then(|| rng.u64(..40_000)),
            replies,
            crash: (rng.u8(..16) == 0).then(|| rng.u64(1..60)),
            sloppy: rng.u8(..4) > 0,
            voice_fails: [0, 0, 5, 40][rng.usize(..4)],
            voice_hangs: [0, 0, 5, 40][rng.usize(..4)],
            voice_ms: [30, 300, 1_000, 5_000][rng.usize(..4)],
        }
    }

    /// How this business conducts its calls.
    pub fn policy(&self) -> Policy {
        let numbered = |name: &str, n: usize| {
            (0..n)
                .map(|i| format!("{name} {i} is told. "))
                .collect::<String>()
        };
        let clip = |n: usize| {
            let class = CLASSES[n % CLASSES.len()];
            let text = format!("Filler {n} is told.");
            let object = if n % 5 == 4 {
                String::new()
            } else {
                text.clone()
            };
            let ms = [600, 1_500, 2_600][n / CLASSES.len() % 3];
            FillerClip {
                class,
                text,
                object,
                ms,
            }
        };
        Policy {
            greeting: numbered("Greeting", self.greeting),
            nudges: (0..self.nudges)
                .map(|n| format!("Nudge {n} is told."))
                .collect(),
            patience_ms: vec![5_000, 6_000],
            farewell: "Farewell is told.".into(),
            apology: "Apology is told.".into(),
            unreached: "Nobody is there.".into(),
            fillers: FillerPolicy {
                mode: self.mode,
                grace_ms: self.grace_ms,
                min_gap_ms: 8_000,
                clips: (0..self.clips).map(clip).collect(),
            },
            reply_within_ms: 12_000,
            voice_within_ms: 4_000,
            idle_ms: 15 * 60_000,
            longest_ms: 3_600_000,
        }
    }

    fn smaller(&self) -> Vec<Self> {
        let mut all = Vec::new();
        let mut put = |change: &dyn Fn(&mut Self)| {
            let mut plan = self.clone();
            change(&mut plan);
            all.push(plan);
        };
        put(&|p| p.sloppy = false);
        put(&|p| p.crash = None);
        put(&|p| p.slams_at = None);
        put(&|p| p.mode = FillerMode::Off);
        put(&|p| p.clips = 0);
        put(&|p| p.greeting = 0);
        put(&|p| p.nudges = 0);
        put(&|p| p.forecast_ms = None);
        put(&|p| (p.voice_fails, p.voice_hangs) = (0, 0));
        put(&|p| p.voice_ms = 30);
        for n in 0..self.moves.len() {
            put(&|p| {
                p.moves.remove(n);
            });
            put(&|p| p.moves[n].rude = false);
        }
        for n in 0..self.replies.len() {
            put(&|p| p.replies[n] = Reply::plain());
            put(&|p| p.replies[n].sentences = p.replies[n].sentences.min(1));
        }
        all.retain(|plan| format!("{plan:?}") != format!("{self:?}"));
        all
    }
}

/// The smallest plan found that still fails.
pub fn shrink(plan: &Plan, fails: impl Fn(&Plan) -> bool) -> Plan {
    let mut plan = plan.clone();
    for _ in 0..200 {
        match plan.smaller().into_iter().find(|smaller| fails(smaller)) {
            Some(smaller) => plan = smaller,
            None => break,
        }
    }
    plan
}

impl Move {
    fn any(rng: &mut Rng) -> Self {
        let words = WORDS[rng.usize(..WORDS.len())];
        let what = match rng.u8(..16) {
            0..13 => What::Says(words),
            13 => What::Keys("4"),
            14 => What::Coughs,
            _ => What::Nothing,
        };
        let rude = rng.u8(..3) == 0;
        let after_ms = [0, 300, 1_500, 4_900, 20_000][rng.usize(..5)];
        Self {
            what,
            rude,
            after_ms,
        }
    }
}

impl Reply {
    fn plain() -> Self {
        Self {
            sentences: 1,
            then: Then::Listen(Profile::Speech),
            fate: Fate::Done,
            first_ms: 300,
            gap_ms: 10,
            tool: false,
        }
    }

    fn any(rng: &mut Rng) -> Self {
        let then = match rng.u8(..10) {
            0 => Then::HangUp,
            1 => Then::Transfer {
                label: "desk".into(),
                number: "+15550100".into(),
            },
            2 => Then::Listen(Profile::Dictation),
            _ => Then::Listen(Profile::Speech),
        };
        let fate = match rng.u8(..8) {
            0 => Fate::Fails(rng.usize(..6)),
            1 => Fate::Hangs(rng.usize(..6)),
            _ => Fate::Done,
        };
        Self {
            sentences: [0, 1, 1, 2, 3, 5][rng.usize(..6)],
            then,
            fate,
            first_ms: [50, 300, 900, 2_500, 8_000][rng.usize(..5)],
            gap_ms: [5, 50, 600, 3_000][rng.usize(..4)],
            tool: rng.u8(..6) == 0,
        }
    }
}
