//! A caller with a script, and the transcript of what happens.

use std::sync::Arc;

use agent::{Agent, Ask, Business, Delta, Desk, Exchange, Memo, MemoryDesk, Scripted, Then};
use events::{At, CallId, TurnId};
use expect_test::Expect;
use futures::{StreamExt, executor::block_on};

/// One call.
pub struct World {
    pub desk: Arc<MemoryDesk>,
    pub agent: Scripted,
    pub business: Arc<Business>,
    pub now: At,
    pub caller: Option<String>,
    pub call: CallId,
    pub turn: u32,
    pub memo: Memo,
    pub history: Vec<Exchange>,
    pub transcript: String,
}

/// This moment at the business in New York.
pub fn at(text: &str) -> At {
    let zoned: jiff::Zoned = format!("{text}[America/New_York]")
        .parse()
        .expect("a test's moment");
    At(u64::try_from(zoned.timestamp().as_millisecond()).expect("after 1970"))
}

impl World {
    /// A call to the demo business on Tuesday, 17 November 2026, at 10:00, from a number that the carrier shows.
    pub fn new() -> Self {
        Self::on(Arc::new(MemoryDesk::new()), "c1")
    }

    /// Another call to the same desk.
    pub fn on(desk: Arc<MemoryDesk>, call: &str) -> Self {
        let dynamic: Arc<dyn Desk> = desk.clone();
        Self {
            agent: Scripted::at_once(dynamic),
            desk,
            business: Arc::new(Business::demo()),
            now: at("2026-11-17T10:00"),
            caller: Some("+12025550132".into()),
            call: CallId::parse(call).expect("a test's id"),
            turn: 1,
            memo: Memo::default(),
            history: vec![Exchange {
                caller: String::new(),
                agent: agent::greeting::greeting(&Business::demo()),
            }],
            transcript: String::new(),
        }
    }

    /// The same call at another moment.
    pub fn at(mut self, text: &str) -> Self {
        self.now = at(text);
        self
    }

    /// The same call from a hidden number.
    pub fn hidden(mut self) -> Self {
        self.caller = None;
        self
    }

    pub fn ask(&self, line: &str) -> Ask {
        let digits = line.strip_prefix('#');
        Ask {
            call: self.call.clone(),
            turn: TurnId(self.turn),
            business: self.business.clone(),
            history: self.history.clone(),
            words: digits.unwrap_or(line).to_owned(),
            digits: digits.is_some(),
            caller: self.caller.clone(),
            now: self.now,
            memo: self.memo.clone(),
        }
    }

    /// Says one line (keys with `#` in front), and writes down what happens.
    pub fn say(&mut self, line: &str) -> String {
        let deltas = block_on(self.agent.reply(self.ask(line)).collect::<Vec<_>>());
        self.take(line, &deltas)
    }

    /// Takes the deltas of a turn into the call; exactly one ends it.
    pub fn take(&mut self, line: &str, deltas: &[Delta]) -> String {
        let ends = |d: &Delta| matches!(d, Delta::Done { .. } | Delta::Failed(_));
        assert_eq!(
            deltas.iter().filter(|d| ends(d)).count(),
            1,
            "{line:?} ends once: {deltas:?}"
        );
        assert!(
            deltas.last().is_some_and(ends),
            "nothing follows the end of {line:?}"
        );
        let (mut words, mut tools, mut mark) = (String::new(), String::new(), String::new());
        for delta in deltas {
            match delta {
                Delta::Words(w) => words.push_str(w),
                Delta::Tool { name, .. } => tools.push_str(&format!("<{name}")),
                Delta::ToolDone { detail, .. } if detail == "done" => tools.push_str("> "),
                Delta::ToolDone { detail, .. } => tools.push_str(&format!(": {detail}> ")),
                Delta::Done { then, memo } => {
                    assert!(memo.0.len() <= 16_000, "the memo stays small");
                    self.memo = memo.clone();
                    mark = match then {
                        Then::Listen(profile) => format!("{profile:?}"),
                        other => format!("{other:?}"),
                    };
                }
                Delta::Failed(why) => mark = format!("failed: {why}"),
            }
        }
        self.transcript
            .push_str(&format!("> {line}\n{tools}{words} [{mark}]\n"));
        self.history.push(Exchange {
            caller: line.to_owned(),
            agent: words.clone(),
        });
        self.turn += 1;
        words
    }

    /// Says all lines and compares the transcript.
    pub fn check(&mut self, lines: &[&str], expect: Expect) {
        self.transcript.clear();
        for line in lines {
            self.say(line);
        }
        expect.assert_eq(&self.transcript);
    }

    /// What is written at the desk, one line each.
    pub fn written(&self) -> String {
        let mut out = String::new();
        for b in self.desk.bookings() {
            let start =
                jiff::Timestamp::from_millisecond(b.ask.slot.start.0.try_into().expect("small"))
                    .expect("in range");
            let start = start
                .in_tz("America/New_York")
                .expect("a zone")
                .strftime("%a %F %H:%M");
            let gone = if b.cancelled { " (cancelled)" } else { "" };
            out.push_str(&format!(
                "{} {start} {} {}{gone}\n",
                b.ask.service, b.ask.name, b.ask.phone
            ));
        }
        for m in self.desk.messages() {
            out.push_str(&format!(
                "message from {} {}: {}\n",
                m.name, m.phone, m.text
            ));
        }
        out
    }

    /// Books this for somebody else, so that it is taken.
    pub fn taken(self, start: &str, minutes: u32) -> Self {
        self.booked("checkup", start, minutes, "+12025550199")
    }

    /// A booking that exists.
    pub fn booked(self, service: &str, start: &str, minutes: u32, phone: &str) -> Self {
        let count = self.desk.bookings().len();
        let key = agent::EffectKey {
            call: CallId::parse(&format!("other{count}")).expect("an id"),
            turn: TurnId(1),
            ordinal: 0,
        };
        let ask = agent::BookingAsk {
            business: self.business.id.clone(),
            service: service.into(),
            slot: agent::Slot {
                start: at(start),
                minutes,
            },
            parallel: 9,
            name: "Sam Lee".into(),
            phone: phone.into(),
        };
        block_on(self.desk.book(key, ask)).expect("there is room");
        self
    }
}

/// A whole call from its first line.
pub fn check(lines: &[&str], expect: Expect) {
    World::new().check(lines, expect);
}
