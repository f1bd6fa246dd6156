//! What a monitor sees.

use std::sync::Arc;

use events::{BusinessId, CallId, ClipId, Event, FillerReason, Stamped, TurnId};
use switchboard::Tap;

use crate::{
    sample::{Caller, params, sid, spoken, with},
    world::{Plan, World},
};

#[test]
fn a_healthy_house_is_alive_and_ready() {
    let world = World::new();
    let live = world.get("/livez");
    assert_eq!((live.status, live.text().as_str()), (200, "ok\n"));
    let ready = world.get("/readyz");
    assert_eq!((ready.status, ready.text().as_str()), (200, "ready\n"));
    let _caller = Caller::ring(&world, 1);
    for query in ["?verbose", "?verbose=1"] {
        let told = world.get(&format!("/readyz{query}")).json();
        assert_eq!((&told["ready"], &told["calls"]), (&true.into(), &1.into()));
        let checks = told["checks"].as_array().expect("checks");
        let names: Vec<&str> = checks.iter().filter_map(|c| c["name"].as_str()).collect();
        assert_eq!(names, ["records", "objects", "voice", "configuration"]);
        assert!(checks.iter().all(|c| c["ok"] == true), "{told}");
    }
}

#[test]
fn a_broken_part_is_named_and_calls_are_still_taken() {
    let world = Plan {
        complaint: Some("frontdesk.toml:3: `prot` is not a key; did you mean `port`?".into()),
        ..Plan::default()
    }
    .open();
    world.mute();
    // The same words fail once for all who want them now; it takes five failures to call an engine down.
    for said in ["One.", "Two.", "Three."] {
        world.speak(said);
    }
    for call in 1..3 {
        spoken(&world.post("/voice/incoming/bright-smile", &params(call)));
    }
    let reply = world.get("/readyz?verbose");
    assert_eq!(reply.status, 200);
    let told = reply.json();
    let check = |name: &str| {
        let checks = told["checks"].as_array().expect("checks");
        checks
            .iter()
            .find(|c| c["name"] == name)
            .expect("it is checked")
            .clone()
    };
    assert_eq!(check("configuration")["ok"], false);
    assert!(
        check("configuration")["detail"]
            .as_str()
            .is_some_and(|d| d.contains("did you mean"))
    );
    assert_eq!(check("voice")["ok"], false);
    assert!(
        check("voice")["detail"]
            .as_str()
            .is_some_and(|d| d.contains("frontdesk models install"))
    );
    let metrics = world.get("/metrics").text();
    assert!(
        metrics.contains("frontdesk_breaker_state{provider=\"tone\"} 1"),
        "{metrics}"
    );
}

#[test]
fn the_metrics_have_the_names_of_the_operators_page() {
    let world = World::new();
    let mut caller = Caller::ring(&world, 1);
    caller.say("Are you open on Saturday?");
    caller.say("No thanks, bye.");
    spoken(&world.post(
        "/voice/status/bright-smile",
        &with(params(1), "CallStatus", "completed"),
    ));
    let call = CallId::parse(&sid(1)).expect("an id");
    let records = &world.app.switchboard.parts().records;
    let mut events = world.wait(records.events(&call)).expect("the records work");
    assert!(matches!(
        events.last().map(|s| &s.event),
        Some(Event::Ended { .. })
    ));
    // What this call had no reason for.
    let clip = ClipId {
        turn: TurnId(1),
        index: 90,
    };
    let end = events.pop().expect("an end");
    let rest = [
        Event::Filler {
            clip,
            class: "lookup".into(),
            text: "Let me see.".into(),
            audio_ms: 900,
            reason: FillerReason::StillWaiting,
            predicted_ms: None,
        },
        Event::NoFiller {
            turn: TurnId(1),
            reason: FillerReason::Off,
        },
        Event::Said {
            clip,
            text: "Hello.".into(),
            plain: true,
        },
        Event::VoiceFailed {
            clip,
            why: "it was told to".into(),
        },
    ];
    let at = end.at;
    let rest = rest.into_iter().map(|event| Stamped {
        call: call.clone(),
        seq: 0,
        at,
        event,
    });
    for stamped in events.into_iter().chain(rest).chain([end]) {
        world.app.meter.observe(&Tap {
            business: BusinessId::parse("bright-smile").expect("an id"),
            stamped: Arc::new(stamped),
        });
    }
    world.admin("/admin/v1/config/reload", "");
    let reply = world.get("/metrics");
    assert_eq!(
        reply.header("content-type"),
        Some("text/plain; version=0.0.4")
    );
    let metrics = reply.text();
    for part in [
        "frontdesk_turn_dead_air_seconds_bucket{le=\"0.3\"}",
        "frontdesk_turn_first_audio_seconds_count{kind=\"answer\",transport=\"webhook\"}",
        "frontdesk_filler_total{outcome=\"extended\",reason=\"still_waiting\"} 1",
        "frontdesk_filler_total{outcome=\"skipped_policy\",reason=\"off\"} 1",
        "frontdesk_say_fallback_total 1",
        "frontdesk_tts_requests_total{provider=\"tone\",result=\"ok\"}",
        "frontdesk_tts_requests_total{provider=\"all\",result=\"failed\"} 1",
        "frontdesk_tts_first_byte_seconds_count{provider=\"tone\"}",
        "frontdesk_cache_requests_total{layer=\"memory\",result=\"miss\"}",
        "frontdesk_breaker_state{provider=\"tone\"} 0",
        "frontdesk_calls_active ",
        "frontdesk_calls_total{outcome=",
        "frontdesk_webhook_seconds_count{route=\"process\",code=\"200\"} 2",
        "frontdesk_config_reload_success 1",
        "frontdesk_build_info{version=\"1.2.3\"} 1",
    ] {
        assert!(metrics.contains(part), "{part} is not in\n{metrics}");
    }
    for secret in ["+12025550132", "Saturday", &sid(1), "bright-smile"] {
        assert!(!metrics.contains(secret), "{secret} is in the metrics");
    }
}
