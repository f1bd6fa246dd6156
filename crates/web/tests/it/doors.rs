//! The five doors of the carrier.

use crate::{
    sample::{Caller, clips, next, params, sid, signed, spoken, with},
    wire::request,
    world::{Plan, World},
};

#[test]
fn a_call_goes_from_ringing_to_goodbye() {
    let world = World::new();
    let mut caller = Caller::ring(&world, 1);
    assert!(caller.next.starts_with("/voice/process/bright-smile/"));
    let answer = caller.say("Are you open on Saturday?");
    assert!(!clips(&answer).is_empty(), "{answer}");
    assert_eq!(world.asked(), 1);
    let goodbye = caller.say("No thanks, bye.");
    assert!(goodbye.contains("<Hangup"), "{goodbye}");
    let over = with(params(1), "CallStatus", "completed");
    let end = spoken(&world.post("/voice/status/bright-smile", &over));
    assert_eq!(next(&end), None);
}

#[test]
fn the_clips_are_there_before_they_are_named() {
    let world = World::new();
    let xml = spoken(&world.post("/voice/incoming/bright-smile", &params(1)));
    let named = clips(&xml);
    assert!(!named.is_empty(), "{xml}");
    for clip in named {
        assert_eq!(world.get(&clip).status, 200, "{clip}");
    }
}

#[test]
fn without_a_voice_the_carrier_reads_the_words() {
    let world = World::new();
    world.mute();
    let xml = spoken(&world.post("/voice/incoming/bright-smile", &params(1)));
    let mut caller = Caller {
        world: &world,
        call: 1,
        next: String::new(),
    };
    let heard = xml.clone() + &caller.follow(xml);
    assert!(heard.contains("<Say>"), "{heard}");
    assert!(heard.contains("Bright Smile Dental"), "{heard}");
}

#[test]
fn progress_without_an_end_is_taken_note_of_and_no_more() {
    let world = World::new();
    for status in ["queued", "ringing", "in-progress", "something-new"] {
        let form = with(params(1), "CallStatus", status);
        let xml = spoken(&world.post("/voice/status/bright-smile", &form));
        assert!(
            xml.ends_with("<Response/>\n") || xml.ends_with("<Response/>"),
            "{xml}"
        );
    }
    world.is_untouched();
}

#[test]
fn hanging_up_ends_the_call_for_us_too() {
    let world = World::new();
    let caller = Caller::ring(&world, 1);
    let over = with(params(1), "CallStatus", "completed");
    spoken(&world.post("/voice/status/bright-smile", &over));
    // Whatever still comes for it is answered, and does nothing.
    let late = spoken(&world.post(&caller.next, &caller.words("Are you open?")));
    assert_eq!(next(&late), None, "{late}");
    assert_eq!(world.asked(), 0);
}

#[test]
fn the_fallback_goes_on_where_the_call_is() {
    let world = World::new();
    let caller = Caller::ring(&world, 1);
    let broken = with(params(1), "ErrorCode", "11200");
    let broken = with(
        broken,
        "ErrorUrl",
        "https://frontdesk.example/voice/x?k=secret",
    );
    let xml = spoken(&world.post("/voice/fallback/bright-smile", &broken));
    assert_eq!(next(&xml), Some(caller.next), "{xml}");
}

#[test]
fn the_end_of_a_transfer_is_the_callers_next_turn() {
    let world = World::new();
    let mut caller = Caller::ring(&world, 1);
    let xml = caller.say("Can I talk to reception please?");
    let (_, rest) = xml
        .split_once("<Dial action=\"")
        .unwrap_or_else(|| panic!("no transfer: {xml}"));
    let action = rest.split('"').next().expect("an action");
    let action = action.replace("&amp;", "&");
    let back = action
        .strip_prefix(crate::sample::PUBLIC)
        .expect("our own URL");
    let missed = with(params(1), "DialCallStatus", "no-answer");
    let xml = spoken(&world.post(back, &missed));
    assert!(next(&xml).is_some(), "the call went on: {xml}");
}

#[test]
fn an_unknown_business_is_told_apart_by_words() {
    let world = World::new();
    for target in ["/voice/incoming/nobody", "/voice/incoming/no%20body"] {
        let xml = spoken(&world.post(target, &params(1)));
        assert!(xml.contains("has not been set up"), "{xml}");
    }
    world.is_untouched();
}

#[test]
fn one_call_too_many_hears_that_the_lines_are_busy() {
    let world = Plan {
        calls: 1,
        ..Plan::default()
    }
    .open();
    let mut first = Caller::ring(&world, 1);
    let xml = spoken(&world.post("/voice/incoming/bright-smile", &params(2)));
    assert!(xml.contains("lines are busy"), "{xml}");
    assert!(!first.say("Where are you?").is_empty());
}

#[test]
fn a_get_is_told_what_to_choose() {
    let world = World::new();
    for target in [
        "/voice/incoming/bright-smile",
        "/voice/status/bright-smile",
        "/voice/fallback/bright-smile",
        "/voice/process/bright-smile/CA1/1",
        "/voice/tts-ready/bright-smile/CA1/1",
    ] {
        let problem = world.get(target).is_problem(405, "wrong_method");
        let hint = problem["hint"].as_str().expect("a hint");
        assert!(hint.contains("POST"), "{hint}");
    }
    assert_eq!(world.app.mismatches.list(), [], "anybody can send a GET");
    let carrier = [("X-Twilio-Signature", "AAAA")];
    world.get_with("/voice/incoming/bright-smile", &carrier);
    let advice = &world.app.mismatches.list()[0].advice;
    assert!(advice.contains("POST"), "{advice}");
}

#[test]
fn an_address_that_is_not_there_is_a_problem_with_a_hint() {
    let world = World::new();
    for target in [
        "/voice",
        "/voice/incoming",
        "/nowhere",
        "/voice/incoming/a/b",
    ] {
        let problem = world.get(target).is_problem(404, "not_found");
        assert!(problem["hint"].is_string());
    }
    let reply = world.send(&request("DELETE", "/audio/x.wav", &[], b""));
    assert!((400..500).contains(&reply.status), "{}", reply.status);
}

#[test]
fn what_the_carrier_said_can_be_looked_up() {
    let world = World::new();
    let mut caller = Caller::ring(&world, 7);
    caller.say("Where are you?");
    let call = world.get(&format!("/admin/v1/calls/{}", sid(7))).json();
    let exchanges = call["webhooks"].as_array().expect("a list");
    assert!(exchanges.len() >= 2, "{call}");
    assert!(exchanges.iter().all(|e| {
        let xml = e["xml"].as_str().expect("a document");
        xml.contains("<Response")
    }));
    assert!(
        exchanges
            .iter()
            .any(|e| e["heard"]["speech"] == "Where are you?")
    );
}

#[test]
fn headers_that_claim_another_host_change_nothing() {
    let world = World::new();
    let lies = [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "http"),
        ("Forwarded", "host=evil.example;proto=http"),
    ];
    let request = signed("/voice/incoming/bright-smile", &params(1), &lies);
    let xml = spoken(&world.send(&request));
    assert!(!xml.contains("evil"), "{xml}");
}
