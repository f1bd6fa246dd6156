//! The language model over the wire, and the scripted agent that stands by.

use std::{
    io,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use agent::{
    Agent, Ask, Business, Delta, Desk, Exchange, Line, Memo, MemoryDesk, Model, ModelError,
    ModelFault, Patience, Piece, Prompt, Scripted, Sleeper, Standby,
};
use events::{At, CallId, SystemClock, TurnId};
use futures::{FutureExt, StreamExt};
use provider_sim::{ChatScript, Company, Fault, Pace, Sim};
use providers::{ChatAgent, ChatLimits, ChatModel, ChatSettings, Http, Secret};
use serde_json::{Value, json};

/// Short limits, so that a test of slowness is quick.
const LIMITS: ChatLimits = ChatLimits {
    first_ms: 400,
    idle_ms: 400,
    whole_ms: 3_000,
};

/// Within the limits, on a machine that does much else; far from what a server asks us to wait.
const SOON: Duration = Duration::from_millis(3_000);

fn settings(sim: &Sim) -> ChatSettings {
    ChatSettings {
        base_url: format!("{}/v1", sim.url()),
        model: "gpt-4o-mini".into(),
        key: Some(Secret::new(sim.key())),
        temperature: None,
        limits: LIMITS,
    }
}

fn http() -> Http {
    Http::new(500).expect("a client can be built")
}

async fn sim() -> Sim {
    Sim::start(Company::OpenAi).await.expect("a free port")
}

fn model(sim: &Sim) -> ChatModel {
    ChatModel::new(&settings(sim), &http()).expect("good settings")
}

fn prompt() -> Prompt {
    Prompt {
        lines: vec![
            Line::System("Be brief.".into()),
            Line::Caller("Hello".into()),
        ],
        tools: Vec::new(),
        most_tokens: 100,
        now: At(0),
    }
}

/// Everything that the model answers.
async fn answer(model: &ChatModel) -> (String, Vec<(u32, String, String)>, Option<ModelError>) {
    let (mut words, mut calls, mut error) = (String::new(), Vec::new(), None);
    let mut pieces = model.answer(prompt());
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(Piece::Words(more)) => words.push_str(&more),
            Ok(Piece::Call {
                index,
                name: Some(name),
                arguments,
                ..
            }) => calls.push((index, name, arguments)),
            Ok(Piece::Call {
                index, arguments, ..
            }) => {
                let call = calls
                    .iter_mut()
                    .find(|c| c.0 == index)
                    .expect("a call begins with its name");
                call.2.push_str(&arguments);
            }
            Err(why) => error = Some(why),
        }
    }
    (words, calls, error)
}

fn golden(name: &str) -> String {
    let all: Value = serde_json::from_str(include_str!(
        "../../../../fixtures/vectors/provider_messages.json"
    ))
    .expect("a fixture");
    all["providers"]["openai_chat_stream"][name]
        .as_str()
        .expect("a recorded stream")
        .to_owned()
}

#[tokio::test]
async fn recorded_streams_are_read() {
    let sim = sim().await;
    sim.chat(vec![
        ChatScript::recorded(golden("text_sse")),
        ChatScript::recorded(golden("tool_sse")),
    ]);
    let model = model(&sim);
    assert_eq!(
        answer(&model).await,
        ("Sure, for how many?".into(), vec![], None)
    );
    let calls = vec![
        (0, "book_table".into(), r#"{"party":2}"#.into()),
        (1, "send_sms".into(), "{}".into()),
    ];
    assert_eq!(answer(&model).await, (String::new(), calls, None));
}

#[tokio::test]
async fn text_and_parallel_tools_come_from_any_server_that_copies_the_api() {
    let sim = sim().await;
    let said = || {
        ChatScript::words("One moment, please. ")
            .call("look_up", r#"{"question":"Fußweg"}"#)
            .call("end_call", "{}")
    };
    sim.chat(vec![
        said(),
        said().bare(),
        said().endless(),
        said().bare().endless(),
    ]);
    let model = model(&sim);
    for _ in 0..4 {
        let (words, calls, error) = answer(&model).await;
        assert_eq!((words.as_str(), error), ("One moment, please. ", None));
        assert_eq!(
            calls,
            [
                (
                    0,
                    "look_up".to_owned(),
                    r#"{"question":"Fußweg"}"#.to_owned()
                ),
                (1, "end_call".into(), "{}".into())
            ]
        );
    }
    let asked = &sim.seen()[0];
    assert_eq!(asked.path, "/v1/chat/completions");
    let body = asked.json.as_ref().expect("JSON");
    assert_eq!(body["stream_options"], json!({"include_usage": true}));
    assert_eq!(body["max_tokens"], 100);
    assert_eq!(
        body["messages"][1],
        json!({"role": "user", "content": "Hello"})
    );
    assert_eq!(sim.connects(), 1, "one connection is kept for all");
}

#[tokio::test]
async fn words_come_as_they_are_said() {
    let sim = sim().await;
    sim.pace(Pace {
        every_ms: 40,
        ..Pace::default()
    });
    sim.chat(vec![ChatScript::words(
        "one two three four five six seven eight nine ten",
    )]);
    let begun = Instant::now();
    let model = model(&sim);
    let mut pieces = model.answer(prompt());
    let first = pieces.next().await;
    let early = begun.elapsed();
    assert!(matches!(first, Some(Ok(Piece::Words(_)))), "{first:?}");
    while pieces.next().await.is_some() {}
    assert!(
        early * 2 < begun.elapsed(),
        "the first word after {early:?}, all after {:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn whoever_drops_the_answer_hangs_up() {
    let sim = sim().await;
    sim.pace(Pace {
        every_ms: 60_000,
        ..Pace::default()
    });
    let model = model(&sim);
    // Once while the server is silent in the middle, once before its head.
    for fault in [Fault::None, Fault::BlackHole] {
        sim.fault(fault);
        let count = sim.seen().len();
        let mut pieces = model.answer(prompt());
        drop(tokio::time::timeout(Duration::from_millis(200), pieces.next()).await);
        drop(pieces);
        let dropped = Instant::now();
        while !sim.seen().get(count).is_some_and(|seen| seen.hung_up) {
            assert!(
                dropped.elapsed() < Duration::from_millis(500),
                "{fault:?}: still connected"
            );
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn every_fault_has_its_name_and_nothing_is_tried_twice() {
    use ModelFault::*;
    let status = |code, retry_after_s| Fault::Status {
        code,
        retry_after_s,
    };
    let cases = [
        (Fault::Refuse, Down),
        (Fault::BlackHole, Late),
        (Fault::Reset, Down),
        (Fault::Slow { first_ms: 5_000 }, Late),
        (Fault::Cut { after_bytes: 10 }, Down),
        (Fault::Garbage, Empty),
        (Fault::LyingType, Garbage),
        (Fault::Empty, Empty),
        (status(401, None), Refused),
        (status(403, None), Refused),
        (status(429, Some(30)), Busy),
        (status(500, None), Down),
        (status(503, Some(30)), Down),
    ];
    for (fault, expected) in cases {
        let sim = sim().await;
        sim.fault(fault);
        let model = model(&sim);
        let begun = Instant::now();
        let (words, _, error) = answer(&model).await;
        let error = error.unwrap_or_else(|| panic!("{fault:?} was no error"));
        assert_eq!(
            (error.fault, words.as_str()),
            (expected, ""),
            "{fault:?}: {error}"
        );
        assert!(
            begun.elapsed() < SOON,
            "{fault:?} took {:?}",
            begun.elapsed()
        );
        assert!(sim.seen().len() <= 1, "{fault:?} was tried again");
    }
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_is_an_error_after_its_words() {
    let sim = sim().await;
    let script = || ChatScript::words("We are open today until five in the afternoon.");
    let model = model(&sim);
    sim.chat(vec![script(); 3]);
    sim.fault(Fault::Cut { after_bytes: 1_200 });
    let (words, _, error) = answer(&model).await;
    assert!(words.starts_with("We"), "{words:?}");
    assert_eq!(error.map(|e| e.fault), Some(ModelFault::Cut));
    sim.fault(Fault::None);
    let unfinished: String = golden("text_sse").split_inclusive("\n\n").take(3).collect();
    sim.chat(vec![
        ChatScript::recorded(unfinished),
        ChatScript::words("").finish("content_filter"),
        ChatScript::recorded("data: {\"choi\n\n"),
        ChatScript::recorded("data: {\"choices\": 7}\n\n"),
        ChatScript::recorded("data: {\"error\": {\"message\": \"x\"}}\n\n"),
    ]);
    let (words, _, error) = answer(&model).await;
    assert_eq!(
        (words.as_str(), error.map(|e| e.fault)),
        ("Sure, for how many?", Some(ModelFault::Cut))
    );
    for expected in [
        ModelFault::Declined,
        ModelFault::Garbage,
        ModelFault::Garbage,
        ModelFault::Down,
    ] {
        let (_, _, error) = answer(&model).await;
        assert_eq!(error.map(|e| e.fault), Some(expected));
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut() {
    let sim = sim().await;
    sim.chat(vec![ChatScript::recorded(
        "data: ".to_owned() + &"x".repeat(3_000_000),
    )]);
    let (_, _, error) = answer(&model(&sim)).await;
    assert!(error.is_some());
    let chunk = format!(
        "data: {}\n\n",
        json!({"choices": [{"index": 0, "delta": {"content": "y".repeat(100_000)}}]})
    );
    sim.chat(vec![ChatScript::recorded(chunk.repeat(30))]);
    let (words, _, error) = answer(&model(&sim)).await;
    assert_eq!(error.map(|e| e.fault), Some(ModelFault::Cut));
    assert!(words.len() < 2 * 1024 * 1024, "{}", words.len());
}

/// One call through the whole stack: standby, model, wire, simulated company.
struct Phone {
    sim: Sim,
    desk: Arc<MemoryDesk>,
    standby: Standby,
    memo: Memo,
    history: Vec<Exchange>,
    turn: u32,
}

impl Phone {
    async fn new() -> Self {
        let sim = sim().await;
        let desk = Arc::new(MemoryDesk::new());
        let dynamic: Arc<dyn Desk> = desk.clone();
        let primary =
            ChatAgent::new(&settings(&sim), &http(), dynamic.clone()).expect("good settings");
        let sleeper: Sleeper = Arc::new(|ms| tokio::time::sleep(Duration::from_millis(ms)).boxed());
        let standby = Standby::new(
            Arc::new(primary),
            Arc::new(Scripted::at_once(dynamic)),
            Patience {
                first_ms: 1_000,
                whole_ms: 4_000,
            },
            Arc::new(SystemClock::new()),
            sleeper,
        );
        Self {
            sim,
            desk,
            standby,
            memo: Memo::default(),
            history: Vec::new(),
            turn: 0,
        }
    }

    fn ask(&mut self, words: &str) -> Ask {
        self.turn += 1;
        Ask {
            call: CallId::parse("c1").expect("an id"),
            turn: TurnId(self.turn),
            business: Arc::new(Business::demo()),
            history: self.history.clone(),
            words: words.into(),
            digits: false,
            caller: Some("+12025550132".into()),
            // Tuesday, 17 November 2026, 10:00 in New York.
            now: At(1_794_927_600_000),
            memo: self.memo.clone(),
        }
    }

    async fn say(&mut self, words: &str) -> String {
        let ask = self.ask(words);
        let mut deltas = self.standby.reply(ask);
        let (mut text, mut ended) = (String::new(), false);
        while let Some(delta) = deltas.next().await {
            match delta {
                Delta::Words(more) => text.push_str(&more),
                Delta::Done { memo, .. } => {
                    self.memo = memo;
                    ended = true;
                }
                Delta::Failed(why) => panic!("the turn failed: {why}"),
                Delta::Tool { .. } | Delta::ToolDone { .. } => {}
            }
        }
        assert!(ended, "the turn has an end");
        self.history.push(Exchange {
            caller: words.into(),
            agent: text.clone(),
        });
        text.trim().to_owned()
    }
}

const PARKING: &str = "There is free parking behind the building.";

#[tokio::test]
async fn a_booking_is_made_once_over_the_wire() {
    let mut phone = Phone::new().await;
    let book =
        json!({"service": "cleaning", "day": "2026-11-19", "time": "10:00", "name": "Sam Lee"})
            .to_string();
    phone.sim.chat(vec![
        ChatScript::words("Let me look. ")
            .call(
                "find_free_times",
                r#"{"service":"cleaning","day":"2026-11-19","time":"10:00"}"#,
            )
            .call("look_up", r#"{"question":"parking"}"#),
        ChatScript::words("Ten is free on **Thursday**. What's your name?"),
        ChatScript::words("").call("book", &book),
        ChatScript::words("").call("book", &book),
        ChatScript::words("There is parking behind the building."),
    ]);
    assert_eq!(
        phone.say("a cleaning on thursday at ten").await,
        "Let me look. Ten is free on Thursday. What's your name?"
    );
    let asked = phone.say("Sam Lee").await;
    assert!(
        asked.starts_with(
            "Let me read that back: a cleaning at 10 a.m. on Thursday, November 19th, for Sam Lee."
        ),
        "{asked}"
    );
    assert!(phone.desk.bookings().is_empty());
    assert_eq!(
        phone.say("yes, and is there parking?").await,
        "You're booked: a cleaning at 10 a.m. on Thursday, November 19th. There is parking behind the building."
    );
    assert_eq!(phone.desk.bookings().len(), 1);
    assert!(
        phone
            .sim
            .seen()
            .iter()
            .all(|seen| !String::from_utf8_lossy(&seen.body).contains("2025550132")),
        "the caller's number stays here"
    );
    assert_eq!(phone.sim.seen().len(), 5);
}

#[tokio::test]
async fn whatever_ails_the_model_the_scripted_agent_answers_in_time() {
    let faults = [
        Fault::Refuse,
        Fault::BlackHole,
        Fault::Reset,
        Fault::Slow { first_ms: 10_000 },
        Fault::Cut { after_bytes: 0 },
        Fault::Cut { after_bytes: 700 },
        Fault::Garbage,
        Fault::LyingType,
        Fault::Empty,
        Fault::Status {
            code: 401,
            retry_after_s: None,
        },
        Fault::Status {
            code: 429,
            retry_after_s: Some(30),
        },
        Fault::Status {
            code: 500,
            retry_after_s: None,
        },
    ];
    for fault in faults {
        let mut phone = Phone::new().await;
        phone.sim.chat(vec![
            ChatScript::words(
                "You can park wherever you like, said somebody who does not know."
            );
            9
        ]);
        phone.sim.fault(fault);
        for _ in 0..6 {
            let begun = Instant::now();
            assert_eq!(phone.say("where can I park?").await, PARKING, "{fault:?}");
            assert!(
                begun.elapsed() < SOON,
                "{fault:?} took {:?}",
                begun.elapsed()
            );
        }
        assert!(
            phone.sim.seen().len() <= 3,
            "{fault:?}: asked {} times in 6 turns",
            phone.sim.seen().len()
        );
    }
}

#[tokio::test]
async fn a_model_that_breaks_off_after_a_sentence_has_said_it() {
    let mut phone = Phone::new().await;
    let head: String = golden("text_sse").split_inclusive("\n\n").take(1).collect();
    let chunk = |words: &str| {
        format!(
            "data: {}\n\n",
            json!({"choices": [{"index": 0, "delta": {"content": words}}]})
        )
    };
    phone.sim.chat(vec![ChatScript::recorded(
        head + &chunk("You can park behind the house. ") + &chunk("It is fr"),
    )]);
    assert_eq!(
        phone.say("where can I park?").await,
        "You can park behind the house. I'm sorry, I lost my thread there. What else can I do for you?"
    );
}

#[tokio::test]
async fn a_server_that_is_there_answers_a_ping() {
    let sim = sim().await;
    let ping = model(&sim).ping();
    assert!(ping().await);
    for fault in [
        Fault::Refuse,
        Fault::BlackHole,
        Fault::Status {
            code: 500,
            retry_after_s: None,
        },
        Fault::Status {
            code: 401,
            retry_after_s: None,
        },
    ] {
        sim.fault(fault);
        assert!(!ping().await, "{fault:?}");
    }
}

#[tokio::test]
async fn settings_that_cannot_work_are_named() {
    let sim = sim().await;
    let with = |change: &dyn Fn(&mut ChatSettings)| {
        let mut settings = settings(&sim);
        change(&mut settings);
        ChatModel::new(&settings, &http())
            .err()
            .map(|e| e.to_string())
            .unwrap_or_default()
    };
    assert!(with(&|s| s.base_url = "localhost:8000".into()).contains("not a web address"));
    assert!(with(&|s| s.base_url = "http://me:secret@host/v1".into()).contains("a password"));
    assert!(with(&|s| s.model = " ".into()).contains("no model"));
    assert!(with(&|s| s.temperature = Some(3.0)).contains("temperature"));
    assert!(with(&|s| s.key = Some(Secret::new("a\nb"))).contains("characters"));
    assert_eq!(with(&|s| s.base_url.push('/')), "");
}

/// A log that a test reads.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("one test").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_holds_numbers_and_no_words() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // The test's runtime has one thread, so this sees everything that happens in it.
    let _guard = tracing::subscriber::set_default(subscriber);
    let sim = sim().await;
    let model = model(&sim);
    sim.chat(vec![
        ChatScript::words("Pineapple today."),
        ChatScript::words(""),
    ]);
    answer(&model).await;
    sim.fault(Fault::Status {
        code: 500,
        retry_after_s: None,
    });
    answer(&model).await;
    sim.fault(Fault::Status {
        code: 401,
        retry_after_s: None,
    });
    answer(&model).await;
    let text = String::from_utf8(log.0.lock().expect("one test").clone()).expect("text");
    for number in [
        "prompt_tokens=",
        "completion_tokens=2",
        "first_ms=",
        "fault=Down",
        "fault=Refused",
        "invalid_api_key",
    ] {
        assert!(text.contains(number), "{number} is missing:\n{text}");
    }
    for word in [
        "Pineapple",
        "Hello",
        "Be brief",
        "sk-proj",
        "Sorry about that",
    ] {
        assert!(!text.contains(word), "{word} was written:\n{text}");
    }
}
