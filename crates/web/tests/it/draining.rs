//! Closing: no new calls, while those that are going on are served.

use crate::{
    sample::{Caller, params, spoken, with},
    world::World,
};

#[test]
fn readiness_goes_at_once_and_life_stays() {
    let world = World::new();
    assert_eq!(world.get("/readyz").status, 200);
    world.app.draining.begin();
    let ready = world.get("/readyz");
    assert_eq!((ready.status, ready.text().as_str()), (503, "draining\n"));
    assert_eq!(world.get("/livez").status, 200);
}

#[test]
fn a_new_call_hears_that_the_lines_are_busy_and_does_nothing() {
    let world = World::new();
    world.app.draining.begin();
    let reply = world.post("/voice/incoming/bright-smile", &params(1));
    let xml = spoken(&reply);
    assert!(xml.contains("lines are busy"), "{xml}");
    assert_eq!(reply.header("x-frontdesk-refused"), Some("draining"));
    world.is_untouched();
}

#[test]
fn a_running_call_goes_on_to_its_end() {
    let world = World::new();
    let incoming = spoken(&world.post("/voice/incoming/bright-smile", &params(1)));
    let mut caller = Caller {
        world: &world,
        call: 1,
        next: String::new(),
    };
    caller.follow(incoming.clone());
    world.app.draining.begin();
    // Also when the carrier repeats its first request.
    let again = spoken(&world.post("/voice/incoming/bright-smile", &params(1)));
    assert_eq!(again, incoming);
    assert!(!caller.say("Where are you?").is_empty());
    assert!(caller.say("No thanks, bye.").contains("<Hangup"));
    assert_eq!(world.asked(), 2);
    let over = with(params(1), "CallStatus", "completed");
    spoken(&world.post("/voice/status/bright-smile", &over));
    // Its first request still gets the same bytes, although nothing new is taken.
    let again = spoken(&world.post("/voice/incoming/bright-smile", &params(1)));
    assert_eq!(again, incoming);
}
