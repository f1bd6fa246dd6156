//! Calls that go well: what the server is asked, and what the caller hears.

use carrier_sim::{Ended, Script, Speaker, Step, Turn, When};

use crate::world::{Asked, Reply, World, listen, own_ms, sound, wav, xml};

/// The flow of the real server: greeting, filler and redirect, answer inside a gather.
fn receptionist(asked: &Asked) -> Reply {
    match asked.path.as_str() {
        "/voice/incoming/demo" => listen("<Play>/audio/hello.wav?k=greeting</Play>"),
        "/next" => xml(
            "<Play>/audio/moment.wav?k=filler</Play><Redirect method=\"POST\">/ready?n=1</Redirect>",
        ),
        "/ready" => listen("<Play>/audio/answer.wav?k=answer</Play>"),
        "/audio/hello.wav" => sound(0, 300, 0),
        "/audio/moment.wav" => sound(0, 200, 50),
        "/audio/answer.wav" => sound(100, 400, 0),
        "/voice/status/demo" => Reply::Full(204, vec![], vec![]),
        other => panic!("unexpected {other}"),
    }
}

#[actix_web::test]
async fn one_turn_from_ringing_to_the_end() {
    let world = World::start(receptionist);
    let script = Script::saying("demo", &["I would like a table"]);
    let report = world.network(5.0).call(&script).await;
    assert_eq!(report.errors, []);
    assert_eq!(report.ended, Ended::Caller);
    assert_eq!(
        (report.turns.len(), report.requests, report.media_requests),
        (2, 3, 3)
    );
    let turn = &report.turns[1];
    assert_eq!(turn.said, "I would like a table");
    assert_eq!(turn.requests, 2);
    let path = |urls: &[String]| {
        urls.iter()
            .map(|u| u.replace(&world.base, ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(path(&turn.fillers), ["/audio/moment.wav?k=filler"]);
    assert_eq!(path(&turn.clips), ["/audio/answer.wav?k=answer"]);
    assert!(turn.documents[0].contains("<Redirect"));
    let words: Vec<_> = report.transcript.iter().map(|l| l.who).collect();
    assert_eq!(
        words,
        [
            Speaker::Agent,
            Speaker::Caller,
            Speaker::Agent,
            Speaker::Agent
        ]
    );
}

#[actix_web::test]
async fn the_server_is_asked_as_a_carrier_asks() {
    let world = World::start(receptionist);
    let script = Script::saying("demo", &["It's 2 & 3: café"]);
    let report = world.network(20.0).call(&script).await;
    let first = &world.asked("/voice/incoming/demo")[0];
    assert_eq!(
        (first.method.as_str(), first.param("CallStatus")),
        ("POST", "ringing")
    );
    assert_eq!(first.param("CallSid"), report.call_sid);
    assert_eq!(first.param("From"), "+61412345678");
    assert_eq!(
        first.header("content-type"),
        "application/x-www-form-urlencoded; charset=UTF-8"
    );
    assert_eq!(first.header("x-twilio-signature").len(), 28);
    let said = &world.asked("/next")[0];
    assert_eq!(said.param("CallStatus"), "in-progress");
    assert_eq!(said.param("SpeechResult"), "It's 2 & 3: café");
    let confidence: f64 = said.param("Confidence").parse().expect("a figure");
    assert!((0.8..1.0).contains(&confidence));
    assert_eq!(world.asked("/ready")[0].query, "n=1");
    let status = &world.asked("/voice/status/demo")[0];
    assert_eq!(status.param("CallStatus"), "completed");
    let seconds: f64 = status.param("CallDuration").parse().expect("seconds");
    assert!((seconds - report.duration_ms / 1000.0).abs() <= 1.0);
}

#[actix_web::test]
async fn dead_air_is_exactly_what_server_and_clips_cost() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/next" => Reply::Late(30, Box::new(receptionist(asked))),
        "/ready" => Reply::Late(40, Box::new(receptionist(asked))),
        _ => receptionist(asked),
    });
    let network = world.network_with(2.0, |c| (c.rtt_ms, c.endpoint_ms) = (20, 50));
    let report = network.call(&Script::saying("demo", &["hi"])).await;
    let turn = &report.turns[1];
    let cost: f64 = turn.webhook_ms.iter().chain(&turn.fetch_ms).sum();
    assert!(
        turn.webhook_ms[0] >= 30.0 && turn.webhook_ms[1] >= 40.0,
        "{:?}",
        turn.webhook_ms
    );
    assert_eq!(turn.carrier_ms, 20.0 + 20.0 + 50.0);
    // 50 ms at the filler's tail and 100 ms at the answer's head are silence too.
    let expected = cost + turn.carrier_ms + 50.0 + 100.0;
    let dead = turn.sound.dead_air_ms;
    assert!((dead - expected).abs() <= 5.0, "{dead} is not {expected}");
    let silence = &turn.silence;
    for (part, expected, within) in [
        (silence.endpointing_ms, 50.0, 0.001),
        (silence.network_ms, 40.0, 0.001),
        (silence.webhook_ms, turn.webhook_ms[0], 0.001),
        (silence.redirect_ms, turn.webhook_ms[1], 0.001),
        (silence.fetch_ms, turn.fetch_ms.iter().sum(), 0.001),
        (silence.quiet_ms, 150.0, 5.0),
    ] {
        assert!((part - expected).abs() <= within, "{silence:?}: {expected}");
    }
    let sum = silence.endpointing_ms + silence.network_ms + silence.server_ms();
    assert!((sum - dead).abs() < 0.001, "{silence:?} is not {dead}");
    assert!(turn.sound.first_sound_ms < turn.sound.answer_ms);
    assert_eq!(turn.sound.gaps.len(), 1);
    assert!(turn.sound.longest_silence_ms >= turn.sound.gaps[0] - 0.1);
}

/// A document that asks for three seconds of listening on gets them, and they are not the server's.
#[actix_web::test]
async fn a_long_speech_timeout_is_the_carriers_silence() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/voice/incoming/demo" => xml(
            "<Gather input=\"speech\" action=\"/next\" speechTimeout=\"3\"><Say>Your number?</Say></Gather>",
        ),
        other => receptionist(&Asked {
            path: other.to_owned(),
            ..asked.clone()
        }),
    });
    let report = world
        .network(50.0)
        .call(&Script::saying("demo", &["six"]))
        .await;
    let turn = &report.turns[1];
    assert!((turn.silence.endpointing_ms - 3000.0).abs() < 0.001);
    let server = turn.sound.dead_air_ms - 3000.0;
    assert!((turn.silence.server_ms() - server).abs() < 0.001);
    assert!(
        turn.silence
            .to_string()
            .starts_with("carrier listening on 3000 ms, network 0 ms, ours")
    );
}

/// A caller waits for a clip that does not come in the end.
#[actix_web::test]
async fn media_that_fails_late_costs_its_time() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/voice/incoming/demo" => listen("<Play>/gone.wav</Play><Say>Hello</Say>"),
        "/gone.wav" => Reply::Late(40, Box::new(Reply::Full(404, vec![], vec![]))),
        _ => xml(""),
    });
    let report = world.network(2.0).call(&Script::saying("demo", &[])).await;
    let greeting = &report.turns[0];
    assert!(greeting.silence.fetch_ms >= 80.0, "{:?}", greeting.silence);
    assert!(greeting.sound.dead_air_ms >= 80.0);
}

#[actix_web::test]
async fn a_filler_needs_its_mark_and_a_redirect() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/voice/incoming/demo" => listen("<Play>/a.wav?k=filler</Play>"),
        "/next" => xml("<Play>/a.wav</Play><Redirect>/last</Redirect>"),
        "/last" => xml("<Play>/a.wav?k=hold</Play><Redirect>/end</Redirect>"),
        "/a.wav" => sound(0, 100, 0),
        _ => xml(""),
    });
    let report = world
        .network(20.0)
        .call(&Script::saying("demo", &["hi"]))
        .await;
    assert_eq!(
        (report.turns[0].fillers.len(), report.turns[0].clips.len()),
        (0, 1)
    );
    assert_eq!(
        (report.turns[1].fillers.len(), report.turns[1].clips.len()),
        (1, 1)
    );
    assert_eq!(report.ended, Ended::Server);
}

#[actix_web::test]
async fn media_is_fetched_once_while_it_is_fresh_and_asked_about_when_it_is_not() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/fresh.wav" => sound(0, 50, 0),
        "/etag.wav" if asked.header("if-none-match") == "\"v1\"" => {
            Reply::Full(304, vec![], vec![])
        }
        "/etag.wav" => Reply::Full(
            200,
            vec![
                ("Content-Type", "audio/wav".into()),
                ("ETag", "\"v1\"".into()),
            ],
            wav(0, 50, 0),
        ),
        _ => xml("<Play>/fresh.wav</Play><Play>/etag.wav</Play><Play>/fresh.wav</Play><Hangup/>"),
    });
    let network = world.network(20.0);
    for _ in 0..3 {
        let report = network.call(&Script::saying("demo", &[])).await;
        assert!(report.is_clean(), "{report:?}");
    }
    assert_eq!(world.asked("/fresh.wav").len(), 1);
    let asked = world.asked("/etag.wav");
    let about: Vec<_> = asked.iter().map(|a| a.header("if-none-match")).collect();
    assert_eq!(about, ["", "\"v1\"", "\"v1\""]);
}

/// Keys pressed at a gather with these attributes, and what the server is told.
async fn told(attributes: &'static str, keys: &str) -> (String, f64) {
    let world = World::start(move |asked| match asked.path.as_str() {
        "/voice/incoming/demo" => xml(&format!("<Gather action=\"/next\" {attributes}/>")),
        _ => xml(""),
    });
    let mut script = Script::saying("demo", &[]);
    script.turns = vec![Turn::new(Step::Digits(keys.into())).after(0)];
    let report = world.network(200.0).call(&script).await;
    assert_eq!(report.errors, []);
    let asked = world.asked("/next");
    (asked[0].param("Digits").to_owned(), own_ms(&report))
}

#[actix_web::test]
async fn keys_end_at_their_number_the_finish_key_or_the_timeout() {
    let (digits, ms) = told("numDigits=\"2\" timeout=\"9\"", "123").await;
    assert!(digits == "12" && ms < 4000.0, "{digits} {ms}");
    let (digits, ms) = told("timeout=\"9\"", "12#4").await;
    assert!(digits == "12" && ms < 4000.0, "{digits} {ms}");
    let (digits, ms) = told("timeout=\"9\" finishOnKey=\"\"", "12#").await;
    assert!(digits == "12#" && ms > 9000.0, "{digits} {ms}");
    let (digits, ms) = told("timeout=\"3\" finishOnKey=\"*\"", "7").await;
    assert!(digits == "7" && ms > 3000.0, "{digits} {ms}");
}

#[actix_web::test]
async fn silence_is_told_only_when_the_document_wants_it() {
    for (attributes, told) in [("actionOnEmptyResult=\"true\" ", 1), ("", 0)] {
        let world = World::start(move |asked| match asked.path.as_str() {
            "/voice/incoming/demo" => xml(&format!(
                "<Gather input=\"speech\" action=\"/next\" {attributes}timeout=\"2\"/>\
                 <Say>Are you still there?</Say>"
            )),
            _ => xml("<Hangup/>"),
        });
        let mut script = Script::saying("demo", &[]);
        let expect = if told == 1 {
            vec![]
        } else {
            vec!["STILL there".to_owned()]
        };
        script.turns = vec![Turn {
            expect,
            ..Turn::new(Step::Silence)
        }];
        let report = world.network(100.0).call(&script).await;
        assert!(report.is_clean(), "{report:?}");
        assert_eq!(world.asked("/next").len(), told);
        assert_eq!(report.ended, Ended::Server);
        assert!(report.duration_ms >= 2000.0);
    }
}

#[actix_web::test]
async fn speaking_into_a_nested_prompt_stops_it_unless_it_may_not() {
    for (attribute, stopped) in [("", true), (" bargeIn=\"false\"", false)] {
        let world = World::start(move |asked| match asked.path.as_str() {
            "/voice/incoming/demo" => xml(&format!(
                "<Gather input=\"speech\" action=\"/next\" speechTimeout=\"auto\"{attribute}>\
                 <Play>/long.wav</Play></Gather>"
            )),
            "/long.wav" => sound(0, 2000, 0),
            _ => xml(""),
        });
        let mut script = Script::saying("demo", &[]);
        script.turns = vec![Turn::new(Step::Barge("stop please".into())).after(500)];
        let report = world.network(20.0).call(&script).await;
        assert!(report.is_clean(), "{report:?}");
        assert_eq!(world.asked("/next")[0].param("SpeechResult"), "stop please");
        let ms = own_ms(&report);
        assert_eq!(ms < 1900.0, stopped, "{ms}");
    }
}

#[actix_web::test]
async fn every_nested_clip_is_fetched_before_the_first_one_starts() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/voice/incoming/demo" => listen("<Play>/one.wav</Play><Play>/two.wav</Play>"),
        "/two.wav" => Reply::Late(60, Box::new(sound(0, 50, 0))),
        _ => sound(0, 50, 0),
    });
    let report = world.network(1.0).call(&Script::saying("demo", &[])).await;
    let first = report.turns[0].sound.first_sound_ms.expect("a clip");
    assert!(first >= 60.0, "{first}");
}

#[actix_web::test]
async fn transfers_rejections_and_dead_ends() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/voice/incoming/dial" => {
            xml("<Dial action=\"/done\"><Number>+61400000000</Number></Dial>")
        }
        "/done" => xml("<Say>They are gone.</Say>"),
        "/voice/incoming/reject" => xml("<Reject reason=\"busy\"/>"),
        "/voice/incoming/stream" => xml("<Connect><Stream url=\"wss://x.example/\"/></Connect>"),
        _ => xml(""),
    });
    let network = world.network_with(100.0, |c| c.dial.status = "no-answer".into());
    let mut script = Script::saying("dial", &[]);
    script.expect = vec!["they are gone".into()];
    assert!(network.call(&script).await.is_clean());
    assert_eq!(world.asked("/done")[0].param("DialCallStatus"), "no-answer");
    let rejected = network.call(&Script::saying("reject", &[])).await;
    assert_eq!(rejected.ended, Ended::Rejected);
    assert_eq!(
        world.asked("/voice/status/reject")[0].param("CallStatus"),
        "no-answer"
    );
    let stream = network.call(&Script::saying("stream", &[])).await;
    assert!(
        stream.errors[0].problem.contains("not simulated"),
        "{:?}",
        stream.errors
    );
}

#[actix_web::test]
async fn expectations_that_are_not_met_are_reported() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/voice/incoming/demo" => listen("<Play>/hello.wav</Play>"),
        "/hello.wav" => Reply::Full(
            200,
            vec![
                ("Content-Type", "audio/wav".into()),
                ("x-spoken-text", "Welcome%20to%20Caf%C3%A9%201+1=2".into()),
            ],
            wav(0, 50, 0),
        ),
        _ => listen("<Say>What time?</Say>"),
    });
    let mut script = Script::saying("demo", &[]);
    script.expect = vec!["café 1+1=2".into(), "goodbye".into()];
    let mut turn = Turn::say("a table").expect("what time");
    turn.expect_none = vec!["time".into()];
    script.turns = vec![turn];
    let report = world.network(50.0).call(&script).await;
    assert_eq!(report.turns[0].heard, "Welcome to Café 1+1=2");
    assert_eq!(report.missed.len(), 2, "{:?}", report.missed);
    assert!(report.missed[0].starts_with("turn 0: expected \"goodbye\""));
    assert!(report.missed[1].starts_with("turn 1: unexpected \"time\""));
}

#[actix_web::test]
async fn both_sides_are_recorded_on_one_timeline() {
    let world = World::start(receptionist);
    let network = world.network_with(10.0, |c| c.record = true);
    let report = network
        .call(&Script::saying("demo", &["one two three"]))
        .await;
    let recording = report.recording.expect("asked for");
    let rms = |samples: &[f32]| {
        (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
    };
    let said = &report.transcript[1];
    let end = (said.at_ms * 8.0) as usize;
    assert!(rms(&recording.caller.samples[end - 4000..end]) > 0.02);
    assert!(rms(&recording.agent.samples[end - 4000..end]) < 0.001);
    assert!(recording.agent.samples.len() > end);
    assert!(recording.to_wav().starts_with(b"RIFF"));
}

#[actix_web::test]
async fn time_scales() {
    let world = World::start(receptionist);
    let script = Script::saying("demo", &["I would like a table"]);
    let (slow, fast) = (world.network(4.0), world.network(16.0));
    let (slow, fast) = futures::join!(slow.call(&script), fast.call(&script));
    // 300 + 300 + 1,875 + 250 + 500 ms of sound and thought.
    for report in [slow, fast] {
        let ms = own_ms(&report);
        assert!((ms - 3225.0).abs() < 5.0, "{ms}");
    }
}

#[actix_web::test]
async fn many_calls_at_once() {
    let world = World::start(receptionist);
    let network = world.network(8.0);
    let script = Script::saying("demo", &["I would like a table"]);
    let calls = (0..100).map(|_| network.call(&script));
    let reports = futures::future::join_all(calls).await;
    let bad: Vec<_> = reports
        .iter()
        .filter(|r| !r.is_clean() || r.turns.len() != 2)
        .collect();
    assert!(bad.is_empty(), "{:?}", bad[0]);
    let mut sids: Vec<_> = reports.iter().map(|r| &r.call_sid).collect();
    sids.sort();
    sids.dedup();
    assert_eq!(sids.len(), 100);
}

async fn hanging_up(when: When, after_ms: u32, documents: usize) {
    let world = World::start(|asked| match asked.path.as_str() {
        "/next" => Reply::Late(300, Box::new(receptionist(asked))),
        _ => receptionist(asked),
    });
    let mut script = Script::saying("demo", &["a table"]);
    let hang_up = Turn::new(Step::HangUp(when)).after(after_ms);
    match when {
        When::Turn => script.turns = vec![hang_up],
        _ => script.turns.push(hang_up),
    }
    let report = world.network(4.0).call(&script).await;
    assert_eq!(report.ended, Ended::Caller, "{when:?}");
    assert_eq!(report.errors, [], "{when:?}");
    assert_eq!(world.asked("/voice/status").len(), 1, "{when:?}");
    let asked = world.log().into_iter();
    let asked = asked.filter(|a| a.method == "POST" && !a.path.starts_with("/voice/status"));
    assert!(asked.count() <= documents, "{when:?}");
    assert_eq!(report.requests as usize, documents, "{when:?}");
}

#[actix_web::test]
async fn a_caller_can_hang_up_at_any_moment() {
    futures::join!(
        hanging_up(When::Turn, 0, 1),
        hanging_up(When::Request, 80, 2),
        hanging_up(When::Filler, 100, 2),
        hanging_up(When::Answer, 200, 3),
        hanging_up(When::Listening, 500, 3),
    );
}
