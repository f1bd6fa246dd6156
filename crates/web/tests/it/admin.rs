//! Who may administer, and what they get.

use std::sync::{Arc, Mutex};

use events::BusinessId;
use tokio::sync::mpsc;
use web::{PhoneEvent, PhoneInput, PhoneNetwork, PhoneOptions, PhoneSession};

use crate::{
    sample::{Caller, sid, spoken},
    wire::request,
    world::{Plan, World},
};

const TOKEN: &str = "an-admin-token";

fn guarded() -> World {
    let mut plan = Plan::default();
    plan.settings.admin_token = Some(TOKEN.into());
    plan.open()
}

/// Every route that is the admin's.
const ROUTES: [(&str, &str); 23] = [
    ("POST", "/admin/v1/prewarm"),
    ("GET", "/admin/v1/ahead"),
    ("GET", "/admin/v1/businesses"),
    ("GET", "/admin/v1/webhooks"),
    ("POST", "/admin/v1/config/reload"),
    ("GET", "/admin/v1/businesses/bright-smile/fillers"),
    ("POST", "/admin/v1/businesses/bright-smile/fillers:generate"),
    ("POST", "/api/v1/tts/filler/bright-smile"),
    ("GET", "/admin/v1/jobs/1"),
    ("GET", "/admin/v1/jobs/1/events"),
    ("GET", "/admin/v1/calls"),
    ("GET", "/admin/v1/calls/CA1"),
    ("POST", "/admin/v1/calls/CA1:hangup"),
    ("DELETE", "/admin/v1/callers/+12025550132"),
    ("GET", "/admin/v1/live"),
    ("GET", "/admin/v1/providers"),
    ("POST", "/admin/v1/providers/tone:test"),
    ("GET", "/admin/v1/samples/1.wav"),
    ("GET", "/admin/v1/voices"),
    ("POST", "/admin/v1/voices:sample"),
    ("GET", "/admin/v1/cache"),
    ("POST", "/admin/v1/cache:purge"),
    ("POST", "/admin/v1/sim/calls"),
];

#[test]
fn without_the_right_token_nothing_is_shown_or_done() {
    let world = guarded();
    let cookie = format!("other=1; frontdesk_admin={TOKEN}x");
    let wrong: [&[(&str, &str)]; 8] = [
        &[],
        &[("Authorization", "Bearer wrong")],
        &[("Authorization", "Bearer an-admin-toke")],
        &[("Authorization", "Bearer an-admin-token-and-more")],
        &[("Authorization", "Bearer")],
        &[("Authorization", "Basic an-admin-token")],
        &[("Authorization", "an-admin-token")],
        &[("Cookie", &cookie)],
    ];
    for (method, route) in ROUTES {
        for headers in wrong {
            let reply = world.send(&request(method, route, headers, b""));
            let problem = reply.is_problem(401, "unauthorized");
            assert!(problem["hint"].is_string());
            assert!(!reply.text().contains(TOKEN));
        }
    }
    assert!(world.get(&format!("/admin/v1/calls?token={TOKEN}")).status == 401);
}

#[test]
fn the_right_token_opens_in_a_header_and_in_a_cookie() {
    let world = guarded();
    let cookie = format!("a=b; frontdesk_admin={TOKEN}");
    let headers = [
        ("Authorization", format!("Bearer {TOKEN}")),
        ("Authorization", format!("bearer {TOKEN}")),
        ("Cookie", cookie),
    ];
    for (name, value) in &headers {
        let reply = world.get_with("/admin/v1/businesses", &[(name, value)]);
        assert_eq!(reply.status, 200, "{name}: {value}");
        assert_eq!(reply.json()[0]["name"], "Bright Smile Dental");
        assert_eq!(reply.json()[0]["source"], "bright-smile.toml");
    }
}

#[test]
fn a_page_of_another_site_changes_nothing_with_the_operators_cookie() {
    let world = guarded();
    let cookie = format!("frontdesk_admin={TOKEN}");
    let post = |origin: &str| {
        let headers = [
            ("Cookie", cookie.as_str()),
            ("Origin", origin),
            ("Host", "localhost:8080"),
        ];
        world.send(&request("POST", "/admin/v1/config/reload", &headers, b""))
    };
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost:8081",
        "http://localhost:8080.evil.example",
    ] {
        post(origin).is_problem(403, "other_origin");
    }
    for origin in [
        "http://localhost:8080",
        "https://localhost:8080",
        "https://frontdesk.example",
    ] {
        assert_eq!(post(origin).status, 200, "{origin}");
    }
}

#[test]
fn without_a_token_only_this_machine_is_let_in() {
    let world = World::new();
    for host in ["127.0.0.1", "localhost:8080", "[::1]:8080"] {
        let reply = world.get_with("/admin/v1/businesses", &[("Host", host)]);
        assert_eq!(reply.status, 200, "{host}");
    }
    // A name that somebody else's DNS points at us, and a page of another site.
    for headers in [
        [("Host", "evil.example"), ("Accept", "*/*")],
        [("Host", "127.0.0.1.evil.example"), ("Accept", "*/*")],
        [
            ("Host", "localhost:8080"),
            ("Origin", "https://evil.example"),
        ],
        [("Host", "localhost:8080"), ("Origin", "null")],
    ] {
        let reply = world.get_with("/admin/v1/businesses", &headers);
        let problem = reply.is_problem(403, "local_only");
        let hint = problem["hint"].as_str().expect("a hint");
        assert!(hint.contains("FRONTDESK_ADMIN_TOKEN"), "{hint}");
    }
}

#[test]
fn fillers_are_made_once_and_listed_with_what_was_measured() {
    let world = World::new();
    let list = || {
        world
            .get("/admin/v1/businesses/bright-smile/fillers")
            .json()
    };
    let before = list();
    let rows = before.as_array().expect("a list");
    assert!(
        rows.len() > 5 && rows.iter().all(|r| r["state"] == "missing"),
        "{before}"
    );
    let started = world.admin("/admin/v1/businesses/bright-smile/fillers:generate", "");
    assert_eq!(started.status, 202);
    let job = started
        .header("location")
        .expect("where it can be watched")
        .to_owned();
    let watched = world.get(&format!("{job}/events"));
    assert_eq!(watched.header("content-type"), Some("text/event-stream"));
    let text = watched.text();
    let last = text.rsplit("data: ").next().expect("an event");
    let last: serde_json::Value = serde_json::from_str(last.trim()).expect("JSON");
    assert_eq!(last["finished"], true, "{last}");
    assert_eq!(last["progress"]["done"], rows.len(), "{last}");
    assert_eq!(world.get(&job).json(), last);
    let after = list();
    for row in after.as_array().expect("a list") {
        assert_eq!(row["state"], "ready", "{row}");
        assert!(row["ms"].as_u64().is_some_and(|ms| ms > 0), "{row}");
        assert!(row["level_dbfs"].is_f64(), "{row}");
        let clip = row["url"].as_str().expect("an address");
        assert_eq!(world.get(clip).status, 200);
    }
    // What a filler says is known also to a process that did not speak it.
    let row = &after[0];
    let reply = world.get(row["url"].as_str().expect("an address"));
    assert!(reply.header("x-spoken-text").is_some());
}

#[test]
fn the_short_route_waits_and_names_a_clip() {
    let world = World::new();
    for _ in 0..2 {
        let reply = world.admin("/api/v1/tts/filler/bright-smile", "");
        assert_eq!(reply.status, 200, "{}", reply.text());
        let json = reply.json();
        assert_eq!(json["business_id"], "bright-smile");
        assert_eq!(json["failed"], serde_json::json!([]));
        let url = json["filler_audio_url"].as_str().expect("a URL");
        let path = url
            .strip_prefix(crate::sample::PUBLIC)
            .expect("our own URL");
        assert_eq!(world.get(path).header("content-type"), Some("audio/wav"));
    }
    world
        .admin("/api/v1/tts/filler/nobody", "")
        .is_problem(404, "not_found");
}

#[test]
fn a_voice_that_fails_is_said_so() {
    let world = World::new();
    world.mute();
    let problem = world
        .admin("/api/v1/tts/filler/bright-smile", "")
        .is_problem(502, "no_voice");
    assert!(
        problem["hint"]
            .as_str()
            .is_some_and(|h| h.contains("models install"))
    );
}

#[test]
fn calls_are_listed_looked_at_and_ended() {
    let world = World::new();
    let mut caller = Caller::ring(&world, 1);
    caller.say("Where are you?");
    let list = |query: &str| {
        let reply = world.get(&format!("/admin/v1/calls{query}"));
        assert_eq!(reply.status, 200, "{query}");
        reply.json().as_array().expect("a list").len()
    };
    assert_eq!(
        (
            list(""),
            list("?state=live"),
            list("?business=bright-smile")
        ),
        (1, 1, 1)
    );
    assert_eq!(list("?business=other"), 0);
    assert_eq!(list("?limit=0"), 1);
    let call = world.get(&format!("/admin/v1/calls/{}", sid(1))).json();
    assert_eq!(call["call"]["turns"], 1, "{call}");
    assert!(call["turns"].as_array().is_some_and(|t| !t.is_empty()));
    let end = format!("/admin/v1/calls/{}:hangup", sid(1));
    assert_eq!(world.admin(&end, "").status, 204);
    let xml = spoken(&world.post(&caller.next, &caller.words("Hello?")));
    assert!(xml.contains("<Hangup"), "{xml}");
    let never = format!("/admin/v1/calls/{}:hangup", sid(9));
    world.admin(&never, "").is_problem(404, "not_found");
    let unknown = format!("/admin/v1/calls/{}", sid(9));
    world.get(&unknown).is_problem(404, "not_found");
}

#[test]
fn a_callers_data_can_be_removed() {
    let world = World::new();
    let mut caller = Caller::ring(&world, 1);
    caller.say("Where are you?");
    world.admin(&format!("/admin/v1/calls/{}:hangup", sid(1)), "");
    let forget = |number: &str| {
        let target = format!("/admin/v1/callers/{number}");
        world.send(&request("DELETE", &target, &[], b""))
    };
    for number in ["12025550132", "+", "+1x", "+1234567890123456", "%2B1'--"] {
        let problem = forget(number).is_problem(400, "bad_number");
        assert!(problem["hint"].is_string());
    }
    let receipt = forget("+12025550132");
    assert_eq!(receipt.status, 200);
    assert_eq!(receipt.json()["calls"], 1, "{}", receipt.text());
    assert_eq!(forget("%2B12025550132").json()["calls"], 0);
    world
        .get(&format!("/admin/v1/calls/{}", sid(1)))
        .is_problem(404, "not_found");
}

#[test]
fn what_cannot_be_read_is_a_problem_that_says_where() {
    let world = World::new();
    for query in ["?limit=x", "?before=-1"] {
        world
            .get(&format!("/admin/v1/calls{query}"))
            .is_problem(400, "bad_query");
    }
    world
        .admin("/admin/v1/sim/calls", "{\"business\":")
        .is_problem(400, "bad_json");
    world
        .admin("/admin/v1/sim/calls", "{}")
        .is_problem(400, "bad_json");
    let large = "x".repeat(256 * 1024 + 1);
    let length = large.len().to_string();
    let headers = [("Content-Length", length.as_str())];
    let reply = world.send(&request("POST", "/admin/v1/sim/calls", &headers, b""));
    reply.is_problem(413, "body_too_large");
}

#[test]
fn a_reload_says_what_it_found() {
    let world = World::new();
    let reply = world.admin("/admin/v1/config/reload", "");
    assert_eq!(
        reply.json(),
        serde_json::json!({ "reloaded": true, "detail": "revision 2" })
    );
    let world = Plan {
        complaint: Some("frontdesk.toml:3: `prot` is not a key".into()),
        ..Plan::default()
    }
    .open();
    let problem = world
        .admin("/admin/v1/config/reload", "")
        .is_problem(422, "config_invalid");
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|d| d.contains("frontdesk.toml:3"))
    );
    assert!(
        world
            .get("/metrics")
            .text()
            .contains("frontdesk_config_reload_success 0")
    );
}

/// A network that puts every call through and does nothing more.
#[derive(Default)]
struct Exchange(Mutex<Vec<mpsc::Receiver<PhoneInput>>>);

impl PhoneNetwork for Exchange {
    fn dial(&self, _: &BusinessId, options: PhoneOptions) -> Result<PhoneSession, String> {
        if options.from == "+10" {
            return Err("this number cannot call".into());
        }
        let (tell, events) = mpsc::channel(4);
        let (inputs, acts) = mpsc::channel(1);
        for event in [
            PhoneEvent::Listening,
            PhoneEvent::Ended {
                reason: "done".into(),
            },
        ] {
            tell.try_send(event).map_err(|error| error.to_string())?;
        }
        self.0.lock().expect("one test").push(acts);
        Ok(PhoneSession { events, inputs })
    }
}

#[test]
fn the_browser_phone_dials_acts_and_listens() {
    let network = Arc::new(Exchange::default());
    let world = Plan {
        phones: Some(network.clone()),
        ..Plan::default()
    }
    .open();
    let dial = |body: &str| world.admin("/admin/v1/sim/calls", body);
    dial("{\"business\":\"nobody\"}").is_problem(404, "not_found");
    dial("{\"business\":\"bright-smile\",\"from\":\"+10\"}").is_problem(503, "no_network");
    let reply = dial("{\"business\":\"bright-smile\"}");
    assert_eq!(reply.status, 201, "{}", reply.text());
    let id = reply.json()["id"].as_str().expect("an id").to_owned();
    let act = |body: &str| world.admin(&format!("/admin/v1/sim/calls/{id}"), body);
    assert_eq!(act("{\"do\":\"say\",\"text\":\"Hello\"}").status, 204);
    act("{\"do\":\"hang_up\"}").is_problem(429, "too_fast");
    act("{\"do\":\"dance\"}").is_problem(400, "bad_json");
    let heard = world
        .get(&format!("/admin/v1/sim/calls/{id}/events"))
        .text();
    assert!(
        heard.contains("\"event\":\"listening\"") && heard.contains("\"event\":\"ended\""),
        "{heard}"
    );
    world
        .get(&format!("/admin/v1/sim/calls/{id}/events"))
        .is_problem(404, "not_found");
    network.0.lock().expect("one test").clear();
    act("{\"do\":\"silence\"}").is_problem(409, "call_over");
    world
        .admin("/admin/v1/sim/calls/none", "{\"do\":\"silence\"}")
        .is_problem(404, "not_found");
}

#[test]
fn only_so_many_browser_phones_may_be_off_the_hook() {
    let world = Plan {
        phones: Some(Arc::new(Exchange::default())),
        ..Plan::default()
    }
    .open();
    let dial = || world.admin("/admin/v1/sim/calls", "{\"business\":\"bright-smile\"}");
    for _ in 0..32 {
        assert_eq!(dial().status, 201);
    }
    dial().is_problem(429, "too_many_phones");
}

#[test]
fn without_a_network_there_is_no_browser_phone() {
    World::new()
        .admin("/admin/v1/sim/calls", "{\"business\":\"bright-smile\"}")
        .is_problem(404, "no_network");
}
