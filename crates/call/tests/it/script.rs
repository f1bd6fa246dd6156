//! A script is lines of `<time> <what happened>`; the answer is lines of `<time> <what to do>`.
//!
//! Between two lines the call gets its ticks exactly when it asked for them, as its driver would do it.

use std::sync::Arc;

use call::{
    Call, FillerClip, FillerMode, FillerPolicy, Forecast, Input, Order, Policy, Profile, Sound,
    Then, Traits,
};
use events::{At, CallId, ClipId, Event, TurnId};
use text::FillerClass;

/// A line that pushes events and can be interrupted.
pub const PUSH: Traits = Traits {
    barge_in: true,
    reports_silence: false,
    second_stage_ms: 1_200,
    brief_ms: 300,
};

/// A line that comes back for more and waits for the caller itself.
pub const VISITS: Traits = Traits {
    barge_in: false,
    reports_silence: true,
    second_stage_ms: 1_200,
    brief_ms: 300,
};

/// What a script runs against.
#[derive(Clone)]
pub struct World {
    pub policy: Policy,
    pub traits: Traits,
    pub seed: u64,
    /// Show every note, not only those that nothing else shows.
    pub notes: bool,
}

/// A business with short sentences and no fillers.
pub fn plain(traits: Traits) -> World {
    World {
        policy: Policy {
            greeting: "Hello there.".into(),
            nudges: vec!["Are you there?".into(), "Say something, please.".into()],
            farewell: "Goodbye then.".into(),
            apology: "Shall I take a message?".into(),
            unreached: "Nobody is there.".into(),
            fillers: FillerPolicy {
                mode: FillerMode::Off,
                ..FillerPolicy::default()
            },
            ..Policy::default()
        },
        traits,
        seed: 7,
        notes: false,
    }
}

/// The same with fillers: `(class, object, ms)`, the text made of the object; an object that begins with `=` is words
/// only.
pub fn with_fillers(traits: Traits, clips: &[(FillerClass, &str, u32)]) -> World {
    let mut world = plain(traits);
    world.policy.fillers = FillerPolicy {
        clips: clips
            .iter()
            .map(|(class, object, ms)| FillerClip {
                class: *class,
                text: format!("<{}>", object.trim_start_matches('=')),
                object: if object.starts_with('=') {
                    String::new()
                } else {
                    (*object).to_owned()
                },
                ms: *ms,
            })
            .collect(),
        ..FillerPolicy::default()
    };
    world
}

/// Runs the script and compares.
pub fn check(world: &World, script: &str, expected: expect_test::Expect) {
    expected.assert_eq(&run(world, script));
}

/// Runs the script; what was to be done, line by line.
pub fn run(world: &World, script: &str) -> String {
    let mut play = Play::new(world);
    for line in script.lines().map(str::trim).filter(|l| !l.is_empty()) {
        play.line(line);
    }
    play.said
}

/// A clip's id from `turn.index`.
pub fn clip(text: &str) -> ClipId {
    let (turn, index) = text.split_once('.').expect("a clip is turn.index");
    ClipId {
        turn: TurnId(turn.parse().expect("a turn is a number")),
        index: index.parse().expect("an index is a number"),
    }
}

/// The call that all scripts are about.
pub fn ring(world: &World) -> Call {
    let id = CallId::parse("CA1").expect("a call's name");
    Call::new(
        id,
        world.seed,
        world.traits,
        Arc::new(world.policy.clone()),
        At(0),
    )
}

struct Play<'a> {
    world: &'a World,
    call: Call,
    now: At,
    said: String,
}

impl<'a> Play<'a> {
    fn new(world: &'a World) -> Self {
        Self {
            world,
            call: ring(world),
            now: At(0),
            said: String::new(),
        }
    }

    fn line(&mut self, line: &str) {
        let (time, rest) = line.split_once(' ').expect("a time and what happened");
        let (what, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        self.advance(At(time.parse().expect("a time in ms")));
        match what {
            "history" => self.history(),
            "doing" => self.said += &format!("{:<6} is {}\n", self.now.0, self.call.doing()),
            "memo" => self.said += &format!("{:<6} memo {:?}\n", self.now.0, self.call.memo()),
            "deadline" => {
                let at = self.call.deadline().map(|at| at.0);
                self.said += &format!("{:<6} due {at:?}\n", self.now.0);
            }
            "restart" => self.restart(),
            "until" => {}
            _ => self.input(read(what, rest)),
        }
    }

    /// Ticks at every moment that the call asks for, up to and including `until`.
    fn advance(&mut self, until: At) {
        assert!(until >= self.now, "a script goes forward in time");
        let mut ticks = 0;
        while let Some(due) = self.call.deadline().filter(|due| *due <= until) {
            self.now = due.max(self.now);
            self.input(Input::Tick);
            ticks += 1;
            assert!(ticks < 1_000, "ticks without end at {:?}", self.now);
        }
        self.now = until;
    }

    fn input(&mut self, input: Input) {
        let mut out = Vec::new();
        self.call.handle(input, self.now, &mut out);
        self.show(out);
    }

    /// Another process takes the stored call up.
    fn restart(&mut self) {
        let stored = serde_json::to_string(&self.call).expect("a call can be stored");
        self.call = serde_json::from_str(&stored).expect("a stored call can be read");
        let mut out = Vec::new();
        self.call
            .resume(Arc::new(self.world.policy.clone()), self.now, &mut out);
        self.show(out);
    }

    fn history(&mut self) {
        for exchange in self.call.history() {
            self.said += &format!("history {:?} -> {:?}\n", exchange.caller, exchange.agent);
        }
    }

    fn show(&mut self, out: Vec<Order>) {
        for order in out {
            if let Some(words) = show(&order, self.world.notes) {
                self.said += &format!("{:<6} {words}\n", self.now.0);
            }
        }
    }
}

fn read(what: &str, rest: &str) -> Input {
    let (first, more) = rest.split_once(' ').unwrap_or((rest, ""));
    let turn = || TurnId(first.parse().expect("a turn"));
    match what {
        "answered" => Input::Answered,
        "forecast" => Input::Forecast(forecast(rest)),
        "words" | "keys" => Input::Words {
            text: rest.into(),
            digits: what == "keys",
        },
        "onset" => Input::Onset,
        "silence" => Input::Silence,
        "returned" => Input::Returned {
            answered: first == "answered",
        },
        "hungup" => Input::HungUp(first.into()),
        "played" => Input::Played(clip(first)),
        "reply" => Input::Reply {
            turn: turn(),
            delta: format!("{more} "),
        },
        "busy" => Input::Busy {
            turn: turn(),
            class: more.parse().expect("a class"),
        },
        "done" => Input::ReplyDone {
            turn: turn(),
            then: then(more),
            memo: format!("memo of {first}"),
        },
        "failed" => Input::ReplyFailed {
            turn: turn(),
            why: more.into(),
        },
        "voiced" => Input::Voiced {
            clip: clip(first),
            object: format!("a{first}"),
            ms: more.parse().unwrap_or(1_000),
        },
        "voiceless" => Input::VoiceFailed { clip: clip(first) },
        "tick" => Input::Tick,
        other => panic!("no such happening: {other}"),
    }
}

/// Samples of the whole wait, and after a slash of the voice alone; nothing at all is no samples.
fn forecast(samples: &str) -> Forecast {
    let of = |samples: &str| -> Vec<u32> {
        let samples = samples.split(',').filter(|ms| !ms.is_empty());
        samples.map(|ms| ms.parse().expect("ms")).collect()
    };
    let (whole, voice) = samples.split_once('/').unwrap_or((samples, ""));
    Forecast::of(of(whole)).with_voice(of(voice))
}

fn then(words: &str) -> Then {
    match words {
        "" => Then::Listen(Profile::Speech),
        "yesno" => Then::Listen(Profile::YesNo),
        "dictation" => Then::Listen(Profile::Dictation),
        "hangup" => Then::HangUp,
        "transfer" => Then::Transfer {
            label: "desk".into(),
            number: "+61255501234".into(),
        },
        other => panic!("no such ending: {other}"),
    }
}

fn show(order: &Order, all: bool) -> Option<String> {
    Some(match order {
        Order::Think {
            turn,
            words,
            digits,
        } => {
            let keys = if *digits { " (keys)" } else { "" };
            format!("think {turn} {words:?}{keys}")
        }
        Order::Forget { turn } => format!("forget {turn}"),
        Order::Voice { clip, text } => format!("voice {clip} {text:?}"),
        Order::Say {
            clip,
            sound,
            filler,
        } => {
            let kind = if *filler { "filler" } else { "say" };
            match sound {
                Sound::Clip { object, ms } => format!("{kind} {clip} {object} {ms} ms"),
                Sound::Text(text) => format!("{kind} {clip} reading {text:?}"),
            }
        }
        Order::Listen(listen) => format!(
            "listen {} {:?} {} ms",
            listen.turn, listen.profile, listen.patience_ms
        ),
        Order::Hush => "hush".into(),
        Order::Transfer { label, number } => format!("transfer {label} {number}"),
        Order::HangUp => "hang up".into(),
        Order::Note(event) => return note(event, all),
    })
}

fn note(event: &Event, all: bool) -> Option<String> {
    Some(match event {
        Event::Filler {
            clip,
            class,
            text,
            audio_ms,
            reason,
            predicted_ms,
        } => format!(
            "- filler {clip} {class} {text} {audio_ms} ms, {}, predicted {predicted_ms:?}",
            reason.name()
        ),
        Event::NoFiller { turn, reason } => format!("- no filler {turn}: {}", reason.name()),
        Event::ReplyFailed { turn, why } => format!("- reply {turn} failed: {why}"),
        Event::VoiceFailed { clip, why } => format!("- voice {clip} failed: {why}"),
        Event::Silent { turn } => format!("- silent {turn}"),
        Event::Transferred { turn, label } => format!("- transferred {turn} to {label}"),
        Event::Ended { outcome } => format!("- ended {outcome}"),
        other if all => format!("- {other:?}"),
        _ => return None,
    })
}
