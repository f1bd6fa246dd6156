//! However often a webhook comes, it happens once.

use std::{collections::BTreeSet, thread};

use crate::{
    sample::{Caller, params, signed, spoken},
    wire::exchange,
    world::{Plan, World},
};

/// Sends 50 copies at once, each with a header of its own that the signature does not cover, and gives their one answer.
fn fifty(world: &World, target: &str, form: &crate::sample::Params) -> String {
    let answers: BTreeSet<Vec<u8>> = thread::scope(|scope| {
        let copies: Vec<_> = (0..50)
            .map(|n| {
                let token = format!("token-{n}");
                let copy = signed(target, form, &[("I-Twilio-Idempotency-Token", &token)]);
                let to = world.address;
                scope.spawn(move || {
                    let reply = exchange(to, &copy);
                    assert_eq!(reply.status, 200);
                    reply.body
                })
            })
            .collect();
        copies
            .into_iter()
            .map(|copy| copy.join().expect("an answer"))
            .collect()
    });
    assert_eq!(answers.len(), 1, "{answers:?}");
    let body = answers.into_iter().next().expect("one");
    String::from_utf8(body).expect("UTF-8")
}

#[test]
fn fifty_copies_of_every_webhook_are_one_call_with_one_booking() {
    for sqlite in [false, true] {
        let world = Plan {
            sqlite,
            ..Plan::default()
        }
        .open();
        let xml = fifty(&world, "/voice/incoming/bright-smile", &params(1));
        let mut caller = Caller {
            world: &world,
            call: 1,
            next: String::new(),
        };
        caller.follow(xml);
        let said = [
            "I'd like a cleaning tomorrow at ten for Sam Lee",
            "yes",
            "yes that's right",
        ];
        for (n, words) in said.into_iter().enumerate() {
            let xml = fifty(&world, &caller.next, &caller.words(words));
            caller.follow(xml);
            assert_eq!(world.asked(), n + 1, "after {words:?}");
        }
        let booked = world.booked();
        assert_eq!(booked.len(), 1, "{booked:?}");
        assert_eq!(booked[0].ask.name, "Sam Lee");
        assert_eq!(world.app.switchboard.count(), 1);
    }
}

#[test]
fn a_copy_that_comes_much_later_gets_what_the_first_one_got() {
    let world = World::new();
    let mut caller = Caller::ring(&world, 1);
    let target = caller.next.clone();
    let form = caller.words("Where are you?");
    let first = spoken(&world.post(&target, &form));
    caller.follow(first.clone());
    for n in 0..12 {
        caller.say(["Are you open on Saturday?", "Where can I park?"][n % 2]);
    }
    let asked = world.asked();
    assert_eq!(spoken(&world.post(&target, &form)), first);
    // Also when the call is over and its owner is gone.
    let over = crate::sample::with(params(1), "CallStatus", "completed");
    spoken(&world.post("/voice/status/bright-smile", &over));
    assert_eq!(spoken(&world.post(&target, &form)), first);
    assert_eq!(world.asked(), asked);
}

#[test]
fn the_order_of_parameters_makes_no_other_request() {
    let world = World::new();
    let caller = Caller::ring(&world, 1);
    let form = caller.words("Where are you?");
    let first = spoken(&world.post(&caller.next, &form));
    let mut turned = form.clone();
    turned.reverse();
    assert_eq!(spoken(&world.post(&caller.next, &turned)), first);
    assert_eq!(world.asked(), 1);
}
