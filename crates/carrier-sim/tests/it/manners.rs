//! Bad manners of networks, and failures of servers.

use std::sync::atomic::{AtomicUsize, Ordering};

use carrier_sim::{Duplicate, Ended, Network, NetworkConfig, Script};

use crate::world::{Reply, World, listen, sound, xml};

fn status(code: u16) -> Reply {
    Reply::Full(code, vec![], vec![])
}

#[actix_web::test]
async fn a_failing_server_is_asked_for_its_fallback() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/voice/incoming/b" => status(500),
        "/voice/fallback/b" => xml("<Say>Sorry.</Say>"),
        _ => status(204),
    });
    let report = world.network(100.0).call(&Script::saying("b", &[])).await;
    let fallback = &world.asked("/voice/fallback/b")[0];
    assert_eq!(fallback.param("ErrorCode"), "11200");
    assert_eq!(
        fallback.param("ErrorUrl"),
        format!("{}/voice/incoming/b", world.base)
    );
    assert_eq!(report.turns[0].heard, "Sorry.");
    assert_eq!((report.ended, report.errors.len()), (Ended::Server, 1));
}

#[actix_web::test]
async fn without_a_way_out_the_call_fails_with_the_carriers_number() {
    for (reply, code) in [
        (status(404), 11200),
        (Reply::Full(200, vec![], b"<Response/>".to_vec()), 12300),
        (
            Reply::Full(
                200,
                vec![("Content-Type", "text/plain".into())],
                b"hi".to_vec(),
            ),
            12300,
        ),
        (Reply::Xml("<Response>".into()), 12100),
        (
            Reply::Xml(format!(
                "<Response><!--{}--></Response>",
                "x".repeat(70_000)
            )),
            11750,
        ),
        (
            Reply::Full(302, vec![("Location", "/again".into())], vec![]),
            11215,
        ),
        (Reply::Late(200, Box::new(xml(""))), 11205),
    ] {
        let world = World::start(move |_| reply.clone());
        let network = world.network_with(100.0, |c| {
            c.fallback_path.clear();
            c.status_path.clear();
            if code == 11205 {
                c.timeout_ms = 10_000;
            }
        });
        let report = network.call(&Script::saying("b", &[])).await;
        assert_eq!(report.ended, Ended::Failed { code }, "{:?}", report.errors);
        assert_eq!(report.errors.len(), 1);
    }
}

#[actix_web::test]
async fn nobody_at_home() {
    let config = NetworkConfig {
        base_url: "http://127.0.0.1:9".into(),
        speed: 100.0,
        ..NetworkConfig::default()
    };
    let network = Network::new(config).expect("a good configuration");
    let report = network.call(&Script::saying("b", &[])).await;
    assert_eq!(report.ended, Ended::Failed { code: 11205 });
}

#[actix_web::test]
async fn an_http_redirect_loses_the_form() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/voice/incoming/b" => Reply::Full(302, vec![("Location", "/moved".into())], vec![]),
        _ => xml("<Hangup/>"),
    });
    let report = world.network(100.0).call(&Script::saying("b", &[])).await;
    assert!(report.is_clean(), "{report:?}");
    let moved = &world.asked("/moved")[0];
    assert_eq!((moved.method.as_str(), moved.raw.as_str()), ("GET", ""));
    assert_eq!(moved.header("x-twilio-signature").len(), 28);
}

#[actix_web::test]
async fn media_must_be_wav_and_say_so() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/voice/incoming/b" => xml("<Play>/mp3</Play><Play>/junk</Play><Play>/gone</Play>"),
        "/mp3" => Reply::Full(200, vec![("Content-Type", "audio/mpeg".into())], vec![1]),
        "/junk" => Reply::Wav(b"RIFF".to_vec(), "no-store"),
        "/gone" => status(404),
        _ => status(204),
    });
    let report = world.network(100.0).call(&Script::saying("b", &[])).await;
    let codes: Vec<_> = report.errors.iter().map(|e| e.code).collect();
    assert_eq!(codes, [12300, 12300, 11200], "{:?}", report.errors);
    assert_eq!(report.ended, Ended::Server);
}

#[actix_web::test]
async fn repeated_deliveries_are_the_same_request_with_another_token() {
    let world = World::start(|_| xml("<Say>Hi.</Say>"));
    let network = world.network_with(100.0, |c| {
        c.duplicate = Duplicate {
            probability: 1.0,
            count: 4,
        };
    });
    let report = network.call(&Script::saying("b", &[])).await;
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(report.requests, 1);
    let asked = world.asked("/voice/incoming/b");
    assert_eq!(asked.len(), 5);
    assert!(asked.iter().all(|a| a.raw == asked[0].raw));
    let same = |a: &str| asked.iter().all(|b| b.header(a) == asked[0].header(a));
    assert!(same("x-twilio-signature"));
    assert!(!same("i-twilio-idempotency-token"));
}

#[actix_web::test]
async fn a_server_that_answers_a_repetition_otherwise_is_found_out() {
    let count = AtomicUsize::new(0);
    let world = World::start(move |_| {
        let n = count.fetch_add(1, Ordering::SeqCst);
        xml(&format!("<Say>{n}</Say>"))
    });
    let network = world.network_with(100.0, |c| {
        c.duplicate = Duplicate {
            probability: 1.0,
            count: 1,
        };
    });
    let report = network.call(&Script::saying("b", &[])).await;
    assert!(
        report.errors[0].problem.contains("another answer"),
        "{:?}",
        report.errors
    );
}

#[actix_web::test]
async fn stale_requests_overtake_and_lost_ones_are_tried_again() {
    let world = World::start(|asked| match asked.path.as_str() {
        "/voice/incoming/b" => listen("<Play>/a.wav</Play>"),
        "/a.wav" => sound(0, 50, 0),
        _ => xml("<Say>Bye.</Say>"),
    });
    let network = world.network_with(100.0, |c| c.reorder = 1.0);
    let report = network.call(&Script::saying("b", &["hello"])).await;
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(world.asked("/voice/incoming/b").len(), 2);

    let network = world.network_with(100.0, |c| (c.loss, c.retries, c.seed) = (0.5, 5, 4));
    let script = Script::saying("b", &["hello"]);
    let calls = (0..10).map(|_| network.call(&script));
    let mut waited = 0;
    for report in futures::future::join_all(calls).await {
        let lost = matches!(report.ended, Ended::Failed { code: 11205 });
        assert!(lost || report.errors.is_empty(), "{report:?}");
        waited += usize::from(report.turns[0].carrier_ms >= 5000.0);
    }
    assert!(
        waited > 0,
        "with half of all attempts lost somebody must have waited"
    );
}

#[actix_web::test]
async fn the_same_seed_brings_the_same_misfortunes() {
    let world = World::start(|_| xml("<Say>Bye.</Say>"));
    let mut seen = Vec::new();
    for _ in 0..2 {
        let network = world.network_with(1000.0, |c| (c.loss, c.retries, c.seed) = (0.5, 3, 9));
        let mut waits = Vec::new();
        for _ in 0..8 {
            let report = network.call(&Script::saying("b", &[])).await;
            waits.push(report.turns[0].carrier_ms);
        }
        seen.push(waits);
    }
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].iter().any(|w| *w > 0.0), "{seen:?}");
}

#[test]
fn a_wrong_configuration_says_what_is_wrong() {
    let why = |change: fn(&mut NetworkConfig)| {
        let mut config = NetworkConfig::default();
        change(&mut config);
        match Network::new(config) {
            Ok(_) => panic!("accepted"),
            Err(error) => error.to_string(),
        }
    };
    assert!(why(|c| c.base_url = "ftp://x".into()).contains("base_url"));
    assert!(why(|c| c.public_url = Some("https://x/y".into())).contains("only scheme"));
    assert!(why(|c| c.loss = 1.5).contains("loss must be between"));
    assert!(why(|c| c.speed = 0.0).contains("speed"));
    assert!(why(|c| c.retries = 9).contains("retries"));
}
