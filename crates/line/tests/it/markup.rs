//! What the webhook line answers, as tables: requests and orders go in, documents come out.

use call::{Input, Listen, Order, Profile, Sound};
use carrier::{Gather, SpeechTimeout, Verb};
use events::{At, ClipId, TurnId};
use expect_test::{Expect, expect};
use line::{Heard, Kind, Line, Markup, Paths, Request, Sent, Ticket};

/// A line and what came out of it so far.
struct Desk {
    line: Markup,
    now: At,
    tickets: u64,
    told: String,
}

fn paths() -> Paths {
    Paths {
        base: "https://desk.example".into(),
        business: "salon".into(),
        call: "CA1".into(),
        tag: "tag".into(),
    }
}

impl Desk {
    fn new() -> Self {
        Self::of(Markup::new(paths()))
    }

    fn of(line: Markup) -> Self {
        Self {
            line,
            now: At(0),
            tickets: 0,
            told: String::new(),
        }
    }

    /// A call that was greeted and whose caller may speak; turn 1 is theirs.
    fn greeted() -> Self {
        let mut desk = Self::new();
        desk.asks(Kind::Incoming);
        desk.says("0.0", "hello")
            .listens(1, Profile::Speech)
            .sends();
        desk.told.clear();
        desk
    }

    fn at(&mut self, ms: u64) -> &mut Self {
        self.now = At(ms);
        self
    }

    fn asks(&mut self, kind: Kind) -> &mut Self {
        self.hears(kind, None, None)
    }

    fn hears(&mut self, kind: Kind, speech: Option<&str>, digits: Option<&str>) -> &mut Self {
        self.tickets += 1;
        let request = Request {
            ticket: Ticket(self.tickets),
            kind,
            heard: Heard {
                speech: speech.map(str::to_owned),
                digits: digits.map(str::to_owned),
            },
        };
        let mut inputs = Vec::new();
        self.line.hear(request, self.now, &mut inputs);
        self.told += &format!("{} {} {kind:?}\n", self.now.0, self.tickets);
        for input in inputs {
            self.told += &format!("    {}\n", shown(&input));
        }
        self
    }

    fn obeys(&mut self, order: Order) -> &mut Self {
        self.line.obey(&order, self.now);
        self
    }

    fn says(&mut self, clip: &str, object: &str) -> &mut Self {
        let object = object.to_owned();
        self.sounds(clip, Sound::Clip { object, ms: 900 }, false)
    }

    fn reads(&mut self, clip: &str, words: &str) -> &mut Self {
        self.sounds(clip, Sound::Text(words.into()), false)
    }

    fn fills(&mut self, clip: &str, sound: Sound) -> &mut Self {
        self.sounds(clip, sound, true)
    }

    fn sounds(&mut self, clip: &str, sound: Sound, filler: bool) -> &mut Self {
        let (turn, index) = clip.split_once('.').expect("a clip is turn.index");
        let clip = ClipId {
            turn: TurnId(turn.parse().expect("a turn")),
            index: index.parse().expect("an index"),
        };
        self.obeys(Order::Say {
            clip,
            sound,
            filler,
        })
    }

    fn listens(&mut self, turn: u32, profile: Profile) -> &mut Self {
        self.waits(turn, profile, 7_000)
    }

    fn waits(&mut self, turn: u32, profile: Profile, patience_ms: u32) -> &mut Self {
        let turn = TurnId(turn);
        self.obeys(Order::Listen(Listen {
            turn,
            profile,
            patience_ms,
        }))
    }

    /// Sends what is ready; says so when nothing is.
    fn sends(&mut self) -> &mut Self {
        let mut sent = Vec::new();
        self.line.flush(self.now, &mut sent);
        if sent.is_empty() {
            self.told += &format!("{} nothing is sent\n", self.now.0);
        }
        for answer in sent {
            self.told += &format!("{} {}", self.now.0, answered(&answer));
        }
        self
    }

    fn check(&self, expected: Expect) {
        expected.assert_eq(&self.told);
    }
}

fn shown(input: &Input) -> String {
    match input {
        Input::Played(clip) => format!("played {clip}"),
        Input::Words { text, digits: true } => format!("keys {text:?}"),
        Input::Words { text, .. } => format!("words {text:?}"),
        other => format!("{other:?}"),
    }
}

fn answered(sent: &Sent) -> String {
    let clips: Vec<String> = sent.clips.iter().map(ToString::to_string).collect();
    let listens = if sent.listens { ", listens" } else { "" };
    let mut told = format!(
        "=> {} of turn {} after {} ms: clips [{}], {} read{listens}\n",
        sent.ticket.0,
        sent.turn,
        sent.held_ms,
        clips.join(" "),
        sent.texts
    );
    for verb in &sent.document.verbs {
        told += &format!("    {}\n", written(verb));
    }
    told
}

fn written(verb: &Verb) -> String {
    let short = |url: &str| url.replace("https://desk.example", "");
    match verb {
        Verb::Play { url } => format!("play {}", short(url)),
        Verb::Say { text, .. } => format!("say {text:?}"),
        Verb::Pause { seconds } => format!("pause {seconds}"),
        Verb::Redirect { url } => format!("redirect {}", short(url)),
        Verb::Hangup => "hang up".into(),
        Verb::Reject { .. } => "reject".into(),
        Verb::Dial {
            number,
            action,
            timeout_s,
            ..
        } => {
            let action = action.as_deref().map(short);
            format!("dial {number} for {timeout_s:?} s, then {action:?}")
        }
        Verb::Gather { gather, children } => {
            let children: Vec<String> = children.iter().map(written).collect();
            format!("gather {} [{}]", gathered(gather), children.join(", "))
        }
    }
}

fn gathered(gather: &Gather) -> String {
    let ends = match gather.speech_timeout {
        SpeechTimeout::Auto => "at the first pause".to_owned(),
        SpeechTimeout::Seconds(s) => format!("after {s} s of silence"),
    };
    let action = gather.action.replace("https://desk.example", "");
    format!(
        "for {action}, waits {} s, ends {ends}, keys {:?}",
        gather.timeout_s, gather.num_digits
    )
}

#[test]
fn a_new_call_waits_for_the_greeting_and_gets_it_inside_the_gather() {
    let mut desk = Desk::new();
    desk.asks(Kind::Incoming).sends();
    desk.at(600)
        .says("0.0", "hello")
        .listens(1, Profile::Speech)
        .sends();
    desk.at(700).sends();
    desk.check(expect![[r#"
        0 1 Incoming
            Answered
        0 nothing is sent
        600 => 1 of turn 0 after 600 ms: clips [0.0], 0 read, listens
            gather for /voice/process/salon/CA1/1?k=tag, waits 7 s, ends at the first pause, keys Some(1) [play /audio/hello.wav?k=answer]
        700 nothing is sent
    "#]]);
}

#[test]
fn all_sentences_but_the_last_stand_before_the_gather() {
    let mut desk = Desk::greeted();
    desk.hears(Kind::Process(TurnId(1)), Some("when do you open"), None);
    desk.at(300).says("1.0", "one").reads("1.1", "Two is read.");
    desk.says("1.2", "three").listens(2, Profile::YesNo).sends();
    desk.check(expect![[r#"
        0 2 Process(TurnId(1))
            played 0.0
            words "when do you open"
        300 => 2 of turn 1 after 300 ms: clips [1.0 1.2], 1 read, listens
            play /audio/one.wav?k=answer
            say "Two is read."
            gather for /voice/process/salon/CA1/2?k=tag, waits 7 s, ends at the first pause, keys Some(1) [play /audio/three.wav?k=answer]
    "#]]);
}

#[test]
fn what_is_ready_is_played_and_the_carrier_comes_back_for_the_rest() {
    let mut desk = Desk::greeted();
    desk.hears(Kind::Process(TurnId(1)), Some("when do you open"), None);
    let object = "moment".to_owned();
    desk.fills("1.0", Sound::Clip { object, ms: 900 }).sends();
    desk.at(1_000).asks(Kind::Ready(TurnId(1), 1)).sends();
    desk.at(1_200).says("1.1", "one").says("1.2", "two").sends();
    desk.at(3_000).asks(Kind::Ready(TurnId(1), 2)).sends();
    desk.listens(2, Profile::Speech).sends();
    desk.at(9_000).asks(Kind::Process(TurnId(2))).sends();
    desk.check(expect![[r#"
        0 2 Process(TurnId(1))
            played 0.0
            words "when do you open"
        0 => 2 of turn 1 after 0 ms: clips [1.0], 0 read
            play /audio/moment.wav?k=filler
            redirect /voice/tts-ready/salon/CA1/1?hop=1&k=tag
        1000 3 Ready(TurnId(1), 1)
            played 1.0
        1000 nothing is sent
        1200 => 3 of turn 1 after 200 ms: clips [1.1 1.2], 0 read
            play /audio/one.wav?k=answer
            play /audio/two.wav?k=answer
            redirect /voice/tts-ready/salon/CA1/1?hop=2&k=tag
        3000 4 Ready(TurnId(1), 2)
            played 1.1
            played 1.2
        3000 nothing is sent
        3000 => 4 of turn 1 after 0 ms: clips [], 0 read, listens
            gather for /voice/process/salon/CA1/2?k=tag, waits 7 s, ends at the first pause, keys Some(1) []
        9000 5 Process(TurnId(2))
            Silence
        9000 nothing is sent
    "#]]);
}

#[test]
fn a_filler_that_is_read_counts_as_a_clip_and_a_read_sentence_as_text() {
    let mut desk = Desk::greeted();
    desk.hears(Kind::Process(TurnId(1)), Some("when do you open"), None);
    desk.fills("1.0", Sound::Text("One moment.".into()));
    desk.reads("1.1", "At nine.").sends();
    desk.at(2_000).asks(Kind::Ready(TurnId(1), 1));
    desk.check(expect![[r#"
        0 2 Process(TurnId(1))
            played 0.0
            words "when do you open"
        0 => 2 of turn 1 after 0 ms: clips [1.0], 1 read
            say "One moment."
            say "At nine."
            redirect /voice/tts-ready/salon/CA1/1?hop=1&k=tag
        2000 3 Ready(TurnId(1), 1)
            played 1.0
            played 1.1
    "#]]);
}

#[test]
fn keys_win_over_speech_and_blank_is_silence() {
    let cases = [
        (Some("nine"), Some("9")),
        (Some("nine"), Some(" ")),
        (Some("nine"), None),
        (None, Some("9")),
        (Some(" \n"), Some("")),
        (None, None),
    ];
    let mut table = String::new();
    for (speech, digits) in cases {
        let mut desk = Desk::greeted();
        desk.hears(Kind::Process(TurnId(1)), speech, digits);
        let heard = desk.told.lines().last().unwrap_or_default().trim();
        table += &format!("{speech:?} {digits:?}: {heard}\n");
    }
    expect![[r#"
        Some("nine") Some("9"): keys "9"
        Some("nine") Some(" "): words "nine"
        Some("nine") None: words "nine"
        None Some("9"): keys "9"
        Some(" \n") Some(""): Silence
        None None: Silence
    "#]]
    .assert_eq(&table);
}

#[test]
fn dictation_waits_for_a_longer_pause_and_takes_any_number_of_keys() {
    let mut table = String::new();
    let cases = [
        (Profile::Speech, 7_000),
        (Profile::YesNo, 7_001),
        (Profile::Dictation, 15_000),
        (Profile::Speech, 0),
    ];
    for (profile, patience_ms) in cases {
        let mut desk = Desk::greeted();
        desk.asks(Kind::Process(TurnId(1)));
        desk.told.clear();
        desk.waits(2, profile, patience_ms).sends();
        table += desk.told.lines().last().unwrap_or_default().trim();
        table += "\n";
    }
    expect![[r#"
        gather for /voice/process/salon/CA1/2?k=tag, waits 7 s, ends at the first pause, keys Some(1) []
        gather for /voice/process/salon/CA1/2?k=tag, waits 8 s, ends at the first pause, keys Some(1) []
        gather for /voice/process/salon/CA1/2?k=tag, waits 15 s, ends after 2 s of silence, keys None []
        gather for /voice/process/salon/CA1/2?k=tag, waits 1 s, ends at the first pause, keys Some(1) []
    "#]].assert_eq(&table);
}

#[test]
fn no_request_is_held_longer_than_the_limit() {
    let mut desk = Desk::greeted();
    assert_eq!(desk.line.deadline(), None, "nobody waits");
    desk.at(50).asks(Kind::Process(TurnId(1))).sends();
    assert_eq!(desk.line.deadline(), Some(At(10_550)));
    desk.at(10_549).sends();
    desk.at(10_550).sends();
    assert_eq!(desk.line.deadline(), None, "it was answered");
    desk.at(10_600).asks(Kind::Ready(TurnId(1), 1)).sends();
    desk.says("1.0", "one").sends();
    desk.check(expect![[r#"
        50 2 Process(TurnId(1))
            played 0.0
            Silence
        50 nothing is sent
        10549 nothing is sent
        10550 => 2 of turn 1 after 10500 ms: clips [], 0 read
            redirect /voice/tts-ready/salon/CA1/1?hop=1&k=tag
        10600 3 Ready(TurnId(1), 1)
        10600 nothing is sent
        10600 => 3 of turn 1 after 0 ms: clips [1.0], 0 read
            play /audio/one.wav?k=answer
            redirect /voice/tts-ready/salon/CA1/1?hop=2&k=tag
    "#]]);

    let mut desk = Desk::of(Markup::new(paths()).holding(3_000));
    desk.at(50).asks(Kind::Incoming);
    assert_eq!(desk.line.deadline(), Some(At(3_050)));
}

#[test]
fn a_transfer_dials_and_its_end_begins_the_next_turn() {
    let mut desk = Desk::greeted();
    desk.hears(Kind::Process(TurnId(1)), Some("a person please"), None);
    desk.says("1.0", "one").obeys(Order::Transfer {
        label: "desk".into(),
        number: "+61255501234".into(),
    });
    desk.sends();
    desk.at(30_000).asks(Kind::Ready(TurnId(1), 1)).sends();
    desk.at(31_000)
        .asks(Kind::Dialled { answered: false })
        .says("2.0", "nobody")
        .listens(3, Profile::YesNo)
        .sends();
    desk.check(expect![[r#"
        0 2 Process(TurnId(1))
            played 0.0
            words "a person please"
        0 => 2 of turn 1 after 0 ms: clips [1.0], 0 read
            play /audio/one.wav?k=answer
            dial +61255501234 for Some(25) s, then Some("/voice/process/salon/CA1/2?dial=1&k=tag")
        30000 3 Ready(TurnId(1), 1)
        30000 => 3 of turn 1 after 0 ms: clips [], 0 read
            pause 1
            hang up
        31000 4 Dialled { answered: false }
            played 1.0
            Returned { answered: false }
        31000 => 4 of turn 2 after 0 ms: clips [2.0], 0 read, listens
            gather for /voice/process/salon/CA1/3?k=tag, waits 7 s, ends at the first pause, keys Some(1) [play /audio/nobody.wav?k=answer]
    "#]]);
}

#[test]
fn a_goodbye_ends_the_document_and_whoever_comes_later_is_hung_up_on() {
    let mut desk = Desk::greeted();
    desk.hears(Kind::Process(TurnId(1)), Some("bye"), None);
    desk.says("1.0", "bye").obeys(Order::HangUp).sends();
    desk.at(900).asks(Kind::Ready(TurnId(1), 1)).sends();
    desk.at(950).asks(Kind::Over).sends();
    desk.check(expect![[r#"
        0 2 Process(TurnId(1))
            played 0.0
            words "bye"
        0 => 2 of turn 1 after 0 ms: clips [1.0], 0 read
            play /audio/bye.wav?k=answer
            hang up
        900 3 Ready(TurnId(1), 1)
        900 => 3 of turn 1 after 0 ms: clips [], 0 read
            hang up
        950 4 Over
            HungUp("caller.hung_up")
        950 => 4 of turn 1 after 0 ms: clips [], 0 read
            hang up
    "#]]);
}

#[test]
fn old_repeated_and_foreign_requests_are_shown_the_way_and_change_nothing() {
    let mut desk = Desk::greeted();
    assert!(desk.line.expects(Kind::Over), "it may end at any time");
    assert!(desk.line.expects(Kind::Process(TurnId(1))));
    for kind in [
        Kind::Incoming,
        Kind::Process(TurnId(0)),
        Kind::Process(TurnId(2)),
        Kind::Ready(TurnId(0), 0),
        Kind::Ready(TurnId(1), 0),
        Kind::Dialled { answered: true },
        Kind::Resume,
    ] {
        assert!(!desk.line.expects(kind), "{kind:?}");
        desk.asks(kind).sends();
    }
    desk.check(expect![[r#"
        0 2 Incoming
        0 => 2 of turn 0 after 0 ms: clips [], 0 read
            gather for /voice/process/salon/CA1/1?k=tag, waits 7 s, ends at the first pause, keys Some(1) []
        0 3 Process(TurnId(0))
        0 => 3 of turn 0 after 0 ms: clips [], 0 read
            gather for /voice/process/salon/CA1/1?k=tag, waits 7 s, ends at the first pause, keys Some(1) []
        0 4 Process(TurnId(2))
        0 => 4 of turn 0 after 0 ms: clips [], 0 read
            gather for /voice/process/salon/CA1/1?k=tag, waits 7 s, ends at the first pause, keys Some(1) []
        0 5 Ready(TurnId(0), 0)
        0 => 5 of turn 0 after 0 ms: clips [], 0 read
            gather for /voice/process/salon/CA1/1?k=tag, waits 7 s, ends at the first pause, keys Some(1) []
        0 6 Ready(TurnId(1), 0)
        0 => 6 of turn 0 after 0 ms: clips [], 0 read
            gather for /voice/process/salon/CA1/1?k=tag, waits 7 s, ends at the first pause, keys Some(1) []
        0 7 Dialled { answered: true }
        0 => 7 of turn 0 after 0 ms: clips [], 0 read
            gather for /voice/process/salon/CA1/1?k=tag, waits 7 s, ends at the first pause, keys Some(1) []
        0 8 Resume
        0 => 8 of turn 0 after 0 ms: clips [], 0 read
            gather for /voice/process/salon/CA1/1?k=tag, waits 7 s, ends at the first pause, keys Some(1) []
    "#]]);
}

#[test]
fn while_one_request_waits_another_is_sent_back_at_once() {
    let mut desk = Desk::greeted();
    desk.hears(Kind::Process(TurnId(1)), Some("when do you open"), None)
        .sends();
    desk.at(10);
    desk.hears(Kind::Process(TurnId(1)), Some("when do you open"), None);
    desk.sends();
    assert!(desk.line.expects(Kind::Ready(TurnId(1), 0)));
    assert!(!desk.line.expects(Kind::Ready(TurnId(1), 1)), "another hop");
    assert!(
        !desk.line.expects(Kind::Ready(TurnId(2), 0)),
        "another turn"
    );
    desk.at(20).asks(Kind::Ready(TurnId(1), 0)).sends();
    desk.at(300).says("1.0", "one").sends();
    desk.check(expect![[r#"
        0 2 Process(TurnId(1))
            played 0.0
            words "when do you open"
        0 nothing is sent
        10 3 Process(TurnId(1))
        10 => 3 of turn 1 after 0 ms: clips [], 0 read
            redirect /voice/tts-ready/salon/CA1/1?hop=0&k=tag
        20 4 Ready(TurnId(1), 0)
        20 => 4 of turn 1 after 0 ms: clips [], 0 read
            redirect /voice/tts-ready/salon/CA1/1?hop=0&k=tag
        300 => 2 of turn 1 after 300 ms: clips [1.0], 0 read
            play /audio/one.wav?k=answer
            redirect /voice/tts-ready/salon/CA1/1?hop=1&k=tag
    "#]]);
}

#[test]
fn a_carrier_that_gave_up_on_a_request_gets_the_words_with_the_next() {
    let mut desk = Desk::greeted();
    desk.hears(Kind::Process(TurnId(1)), Some("when do you open"), None);
    desk.at(5_000).asks(Kind::Resume).sends();
    desk.at(5_100).asks(Kind::Ready(TurnId(1), 0)).sends();
    desk.at(5_300).says("1.0", "one").sends();
    desk.check(expect![[r#"
        0 2 Process(TurnId(1))
            played 0.0
            words "when do you open"
        5000 3 Resume
        5000 => 2 of turn 1 after 5000 ms: clips [], 0 read
            redirect /voice/tts-ready/salon/CA1/1?hop=0&k=tag
        5000 => 3 of turn 1 after 0 ms: clips [], 0 read
            redirect /voice/tts-ready/salon/CA1/1?hop=0&k=tag
        5100 4 Ready(TurnId(1), 0)
        5100 nothing is sent
        5300 => 4 of turn 1 after 200 ms: clips [1.0], 0 read
            play /audio/one.wav?k=answer
            redirect /voice/tts-ready/salon/CA1/1?hop=1&k=tag
    "#]]);
}

#[test]
fn when_the_caller_is_gone_all_who_wait_are_told_and_what_was_to_be_said_is_dropped() {
    let mut desk = Desk::greeted();
    desk.asks(Kind::Process(TurnId(1))).says("1.0", "one");
    desk.listens(2, Profile::Speech);
    desk.at(500).asks(Kind::Over).sends();
    assert_eq!(desk.line.deadline(), None);
    desk.check(expect![[r#"
        0 2 Process(TurnId(1))
            played 0.0
            Silence
        500 3 Over
            HungUp("caller.hung_up")
        500 => 2 of turn 1 after 500 ms: clips [], 0 read
            hang up
        500 => 3 of turn 1 after 0 ms: clips [], 0 read
            hang up
    "#]]);
}

#[test]
fn hush_drops_what_was_not_sent() {
    let mut desk = Desk::greeted();
    desk.asks(Kind::Process(TurnId(1))).says("1.0", "one");
    desk.obeys(Order::Hush).sends();
    desk.says("1.1", "two").sends();
    desk.check(expect![[r#"
        0 2 Process(TurnId(1))
            played 0.0
            Silence
        0 nothing is sent
        0 => 2 of turn 1 after 0 ms: clips [1.1], 0 read
            play /audio/two.wav?k=answer
            redirect /voice/tts-ready/salon/CA1/1?hop=1&k=tag
    "#]]);
}

#[test]
fn a_line_whose_state_was_lost_goes_on_where_the_carrier_asks() {
    let line = Markup::starting_at(paths(), TurnId(4));
    assert!(line.expects(Kind::Ready(TurnId(9), 9)), "it knows nothing");
    let mut desk = Desk::of(line);
    desk.hears(Kind::Process(TurnId(3)), Some("hello"), None);
    desk.says("4.0", "one").listens(5, Profile::Speech).sends();
    desk.asks(Kind::Process(TurnId(5)));
    desk.check(expect![[r#"
        0 1 Process(TurnId(3))
            Answered
        0 => 1 of turn 4 after 0 ms: clips [4.0], 0 read, listens
            gather for /voice/process/salon/CA1/5?k=tag, waits 7 s, ends at the first pause, keys Some(1) [play /audio/one.wav?k=answer]
        0 2 Process(TurnId(5))
            played 4.0
            Silence
    "#]]);
}

#[test]
fn a_stored_line_goes_on_without_the_requests_that_the_dead_process_held() {
    let mut desk = Desk::greeted();
    desk.asks(Kind::Process(TurnId(1))).says("1.0", "one");
    let stored = serde_json::to_string(&desk.line).expect("a line can be stored");
    desk.line = serde_json::from_str(&stored).expect("a stored line can be read");
    assert_eq!(desk.line.deadline(), None, "nobody waits here");
    desk.sends();
    desk.at(900).asks(Kind::Ready(TurnId(1), 0)).sends();
    desk.check(expect![[r#"
        0 2 Process(TurnId(1))
            played 0.0
            Silence
        0 nothing is sent
        900 3 Ready(TurnId(1), 0)
        900 => 3 of turn 1 after 0 ms: clips [1.0], 0 read
            play /audio/one.wav?k=answer
            redirect /voice/tts-ready/salon/CA1/1?hop=1&k=tag
    "#]]);
}

#[test]
fn what_a_webhook_line_can_do() {
    let traits = Markup::new(paths()).traits();
    assert!(!traits.barge_in, "what the carrier has, it plays");
    assert!(traits.reports_silence, "a gather without words is reported");
    assert_eq!((traits.second_stage_ms, traits.brief_ms), (1_200, 300));
}
