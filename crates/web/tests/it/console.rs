//! The console: what a person is shown, who is let in, and what hostile words can do to it (nothing).

use crate::{
    sample::{Caller, params, sid, with},
    wire::{Reply, request},
    world::{Plan, World},
};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const PAGES: [&str; 9] = [
    "/console/",
    "/console/live",
    "/console/calls",
    "/console/call",
    "/console/fillers/bright-smile",
    "/console/providers",
    "/console/voices",
    "/console/cache",
    "/console/nowhere",
];

fn guarded() -> World {
    let mut plan = Plan::default();
    plan.settings.admin_token = Some("a-long-token".into());
    plan.open()
}

fn page(world: &World, path: &str) -> String {
    let reply = world.get(path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    assert_eq!(
        reply.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    reply.text()
}

fn sign_in(world: &World, body: &str) -> Reply {
    world.send(&request(
        "POST",
        "/console/signin",
        &[FORM],
        body.as_bytes(),
    ))
}

#[test]
fn every_page_forbids_what_it_does_not_need() {
    let world = World::new();
    for path in PAGES {
        let reply = world.get(path);
        let policy = reply.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.starts_with("default-src 'self';"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        let text = reply.text();
        assert!(
            !text.contains("<script>") && !text.contains(" style="),
            "{path}"
        );
        assert!(text.contains("· Frontdesk</title>"), "{path}");
    }
}

#[test]
fn nobody_gets_in_without_the_token() {
    let world = guarded();
    for path in PAGES
        .into_iter()
        .chain(["/console/calls/CA1", "/console/calls/CA1/audio.wav"])
        .chain(["/console/benchmarks", "/console/benchmarks/1/report.html"])
    {
        let reply = world.get(path);
        assert_eq!(reply.status, 303, "{path}");
        let to = reply.header("location").unwrap_or_default();
        assert_eq!(to, format!("/console/signin?next={path}"));
    }
    for path in [
        "/console/fillers/bright-smile",
        "/console/calls/CA1/hangup",
        "/console/benchmarks",
        "/console/benchmarks/stop",
    ] {
        let reply = world.send(&request("POST", path, &[FORM], b""));
        assert_eq!(reply.status, 303, "{path}");
        assert!(
            reply
                .header("location")
                .unwrap_or_default()
                .starts_with("/console/signin"),
            "{path}"
        );
    }
    assert_eq!(
        sign_in(&world, "token=a-wrong-token&next=%2Fconsole%2Flive").status,
        401
    );
}

#[test]
fn the_token_opens_the_console_and_goes_no_further() {
    let world = guarded();
    let reply = sign_in(&world, "token=a-long-token&next=%2Fconsole%2Flive");
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, Some("/console/live"))
    );
    let cookie = reply.header("set-cookie").expect("a cookie").to_owned();
    for word in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    let shown = cookie.split(';').next().expect("a pair");
    assert_eq!(
        world.get_with("/console/", &[("Cookie", shown)]).status,
        200
    );
    let elsewhere = sign_in(&world, "token=a-long-token&next=https%3A%2F%2Fevil.example");
    assert_eq!(elsewhere.header("location"), Some("/console/"));
}

#[test]
fn hostile_words_stay_words() {
    let world = World::new();
    let mut caller = Caller::ring(&world, 1);
    caller.say("</p><script>alert(1)</script><img src=x onerror=alert(2)> \u{202e}abc \u{1f600} \"' &amp; \u{7}");
    let html = page(&world, &format!("/console/calls/{}", sid(1)));
    let body = html.split("<main").nth(1).expect("a main part");
    assert!(
        !body.contains("<script>alert") && !body.contains("<img src=x"),
        "{body}"
    );
    assert!(body.contains("&lt;script&gt;alert(1)"), "{body}");
    assert!(
        body.contains('\u{1f600}') && !body.contains('\u{7}'),
        "{body}"
    );
    let part = page(&world, &format!("/console/calls/{}/progress", sid(1)));
    assert!(
        part.contains("&lt;script&gt;alert(1)") && !part.contains("<script>"),
        "{part}"
    );
}

#[test]
fn a_hostile_number_is_hidden_or_escaped_everywhere() {
    let world = World::new();
    for (call, from) in (1..).zip(["<script>alert(1)</script>", "anonymous", "+1\"><u>", ""]) {
        world.post(
            "/voice/incoming/bright-smile",
            &with(params(call), "From", from),
        );
        for path in [
            "/console/",
            "/console/calls",
            "/console/live",
            &format!("/console/calls/{}", sid(call)),
        ] {
            let html = page(&world, path);
            assert!(
                !html.contains("<script>alert") && !html.contains("\"><u>"),
                "{path} {from}"
            );
        }
    }
}

#[test]
fn a_call_tells_what_was_heard_and_what_each_turn_waited_for() {
    let world = World::new();
    let mut caller = Caller::ring(&world, 1);
    caller.say("Are you open on Saturday?");
    let path = format!("/console/calls/{}", sid(1));
    let going_on = page(&world, &path);
    assert!(
        going_on.contains("On the line") && going_on.contains("data-live"),
        "{going_on}"
    );
    world.post(
        "/voice/status/bright-smile",
        &with(params(1), "CallStatus", "completed"),
    );
    world.post(
        "/voice/status/bright-smile",
        &with(params(1), "CallStatus", "completed"),
    );
    let over = page(&world, &path);
    assert!(
        over.contains("The caller hung up") && over.contains("caller.hung_up"),
        "{over}"
    );
    assert!(
        over.contains("Are you open on Saturday?") && over.contains("<b>Turn 1</b>"),
        "{over}"
    );
    assert!(over.matches("class=\"wave agent\"").count() >= 2, "{over}");
    assert!(
        over.contains("&lt;Response&gt;") && over.contains("k=…"),
        "{over}"
    );
    let sound = world.get_with(&format!("{path}/audio.wav"), &[("Range", "bytes=0-43")]);
    assert_eq!((sound.status, sound.body.len()), (206, 44));
    assert!(sound.body.starts_with(b"RIFF"));
    let list = page(&world, "/console/calls");
    assert!(
        list.contains(&sid(1)) && list.contains("class=\"bars\""),
        "{list}"
    );
    let home = page(&world, "/console/");
    assert!(
        home.contains("<dt>p95</dt>") && home.contains("voice&#x2f;incoming&#x2f;bright-smile"),
        "{home}"
    );
}

#[test]
fn what_is_not_there_is_a_page_too() {
    let world = World::new();
    for path in [
        "/console/calls/CA404",
        "/console/calls/..%2F..%2Fetc",
        "/console/calls/CA404/audio.wav",
        "/console/fillers/nobody",
        "/console/a/b/c",
    ] {
        let reply = world.get(path);
        assert_eq!(reply.status, 404, "{path}");
        assert!(reply.text().contains("</html>"), "{path}");
    }
}

#[test]
fn fillers_are_made_by_a_form_and_listed_with_their_measures() {
    let world = World::new();
    let empty = page(&world, "/console/fillers/bright-smile");
    assert!(
        empty.contains("not made") && empty.contains("0 of "),
        "{empty}"
    );
    let reply = world.send(&request(
        "POST",
        "/console/fillers/bright-smile",
        &[FORM],
        b"",
    ));
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, Some("/console/fillers/bright-smile"))
    );
    // Asking for the same work by the seed's route waits for its end.
    assert_eq!(
        world.admin("/api/v1/tts/filler/bright-smile", "").status,
        200
    );
    let made = page(&world, "/console/fillers/bright-smile");
    assert!(
        !made.contains("not made") && made.contains("dBFS"),
        "{made}"
    );
}

#[test]
fn assets_change_their_address_with_their_bytes_and_are_sent_once() {
    let world = World::new();
    let html = page(&world, "/console/");
    let style = html
        .split('"')
        .find(|part| part.ends_with("/console.css"))
        .expect("a style");
    let reply = world.get(style);
    assert_eq!(
        reply.header("content-type"),
        Some("text/css; charset=utf-8")
    );
    assert!(
        reply
            .header("cache-control")
            .unwrap_or_default()
            .contains("immutable")
    );
    let etag = reply.header("etag").expect("an etag").to_owned();
    assert_eq!(
        world.get_with(style, &[("If-None-Match", &etag)]).status,
        304
    );
    let old = world.get("/console/assets/000000000000/console.css");
    assert_eq!(
        (old.status, old.header("cache-control")),
        (200, Some("no-cache"))
    );
    assert_eq!(world.get("/console/assets/0/..%2Fhome.html").status, 404);
}
