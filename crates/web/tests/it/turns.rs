//! Stale turns, other calls' turns, and addresses that were not given out by us.

use crate::{
    sample::{Caller, next, params, sid, spoken, with},
    world::World,
};

/// What a signed request got that cannot be worked on: words, and the reason in a header.
#[track_caller]
fn apology(world: &World, target: &str, form: &crate::sample::Params, code: &str) {
    let reply = world.post(target, form);
    let xml = spoken(&reply);
    assert_eq!(reply.header("x-frontdesk-refused"), Some(code), "{target}");
    assert!(xml.contains("<Say>"), "{xml}");
    let counted = format!("frontdesk_webhook_refused_total{{reason=\"{code}\"}}");
    assert!(world.get("/metrics").text().contains(&counted));
}

#[test]
fn an_old_turn_with_other_words_never_runs() {
    let world = World::new();
    let mut caller = Caller::ring(&world, 1);
    let first = caller.next.clone();
    caller.say("Are you open on Saturday?");
    caller.say("Where are you?");
    assert_eq!(world.asked(), 2);
    // Signed, well-formed, and of a turn that is over: it shows the way to where the call is.
    let xml = spoken(&world.post(&first, &caller.words("Book me in at once.")));
    assert_eq!(next(&xml), Some(caller.next.clone()), "{xml}");
    assert_eq!(world.asked(), 2);
    caller.say("What is the address?");
    assert_eq!(world.asked(), 3);
}

#[test]
fn a_turn_that_has_not_come_yet_never_runs() {
    let world = World::new();
    let caller = Caller::ring(&world, 1);
    let (head, tail) = caller.next.rsplit_once('/').expect("a turn");
    let (_, tag) = tail.split_once('?').expect("a tag");
    for turn in ["7", "4294967295"] {
        let xml = spoken(&world.post(&format!("{head}/{turn}?{tag}"), &caller.words("Hello?")));
        assert_eq!(next(&xml), Some(caller.next.clone()), "{xml}");
    }
    assert_eq!(world.asked(), 0);
}

#[test]
fn a_turn_of_another_call_never_runs() {
    let world = World::new();
    let (one, two) = (Caller::ring(&world, 1), Caller::ring(&world, 2));
    let form = two.words("Book me in.");
    world.post(&one.next, &form).is_problem(403, "other_call");
    // With its own call in the path and the other call's tag it is not one of our addresses either.
    let path = two.next.split('?').next().expect("a path");
    let tag = one.next.split('?').nth(1).expect("a tag");
    apology(&world, &format!("{path}?{tag}"), &form, "bad_tag");
    assert_eq!(world.asked(), 0);
}

#[test]
fn the_tag_is_not_optional() {
    let world = World::new();
    let caller = Caller::ring(&world, 1);
    let path = caller.next.split('?').next().expect("a path");
    let whole = caller.next.clone();
    for target in [
        path.to_owned(),
        format!("{path}?k="),
        format!("{path}?k"),
        format!("{path}?K{}", &whole[path.len() + 2..]),
        whole[..whole.len() - 1].to_owned(),
        format!("{whole}0"),
        format!("{path}?k=%00&{}", &whole[path.len() + 1..]),
    ] {
        apology(&world, &target, &caller.words("Hello?"), "bad_tag");
    }
    assert_eq!(world.asked(), 0);
}

#[test]
fn a_turn_in_another_business_stays_in_its_own() {
    let world = World::new();
    let caller = Caller::ring(&world, 1);
    let target = caller.next.replace("bright-smile", "somebody-else");
    spoken(&world.post(&target, &caller.words("Are you open?")));
    let call = world.get(&format!("/admin/v1/calls/{}", sid(1))).json();
    assert_eq!(call["call"]["business"], "bright-smile");
}

#[test]
fn a_turn_that_is_no_number_is_apologised_for() {
    let world = World::new();
    let caller = Caller::ring(&world, 1);
    let (head, tail) = caller.next.rsplit_once('/').expect("a turn");
    let (_, tag) = tail.split_once('?').expect("a tag");
    for turn in ["x", "-1", "1.5", "99999999999", "1%00", "%C3%A9"] {
        let target = format!("{head}/{turn}?{tag}");
        apology(&world, &target, &caller.words("Hello?"), "bad_turn");
    }
    assert_eq!(world.asked(), 0);
}

#[test]
fn a_form_that_names_no_call_is_apologised_for() {
    let world = World::new();
    let target = "/voice/incoming/bright-smile";
    let without = |name: &str| {
        let mut form = params(1);
        form.retain(|(n, _)| n != name);
        form
    };
    for form in [
        without("CallSid"),
        without("AccountSid"),
        Vec::new(),
        with(params(1), "CallSid", "CA1"),
        with(params(1), "CallSid", "../../etc/passwd"),
        with(params(1), "CallSid", "CA0123456789ABCDEF0123456789ABCDEF"),
        with(params(1), "CallSid", &format!("CA{}", "é".repeat(16))),
    ] {
        apology(&world, target, &form, "malformed_webhook");
    }
    world.is_untouched();
}

#[test]
fn a_parameter_that_is_read_may_come_once_only() {
    let world = World::new();
    let target = "/voice/incoming/bright-smile";
    for (name, value) in [
        ("CallSid", sid(2)),
        ("From", "+12025550199".into()),
        ("Digits", "1".into()),
    ] {
        let mut form = with(params(1), "Digits", "2");
        form.push((name.to_owned(), value));
        apology(&world, target, &form, "malformed_webhook");
    }
    world.is_untouched();
    // What nobody reads may come as often as the carrier likes, and in any order.
    let mut form = params(1);
    form.push(("Tag".into(), "b".into()));
    form.push(("Tag".into(), "a".into()));
    form.push(("Tag".into(), "b".into()));
    spoken(&world.post(target, &form));
}

#[test]
fn hostile_ids_in_a_path_name_nothing() {
    let world = World::new();
    let caller = Caller::ring(&world, 1);
    let tag = caller.next.split('?').nth(1).expect("a tag").to_owned();
    let sid = sid(1);
    let long = "a".repeat(300);
    let ids = [
        "%2F",
        "..%2F..%2Fetc%2Fpasswd",
        "%2e%2e",
        "%00",
        "CA%00",
        "..;",
        "%",
        "%zz",
        "%ff",
        "%C3%A9",
        "%F0%9F%93%9E",
        "*",
        "'",
        "%22",
        "%3Cscript%3E",
        "%0d%0aSet-Cookie:x=y",
        "%252F",
        long.as_str(),
    ];
    for id in ids {
        for target in [
            format!("/voice/process/bright-smile/{id}/1?{tag}"),
            format!("/voice/tts-ready/bright-smile/{sid}{id}/1?{tag}"),
            format!("/voice/process/bright-smile/{sid}/{id}?{tag}"),
            format!("/voice/process/{id}/{sid}/9?{tag}"),
            format!("/voice/incoming/{id}"),
            format!("/voice/status/{id}"),
        ] {
            let reply = world.post(&target, &caller.words("Hello?"));
            assert!(
                matches!(reply.status, 200 | 400 | 403 | 404),
                "{target}: {} {}",
                reply.status,
                reply.text()
            );
            if reply.status == 200 {
                spoken(&reply);
            }
            assert_eq!(reply.header("set-cookie"), None);
        }
        for target in [
            format!("/audio/{id}"),
            format!("/audio/{id}.wav"),
            format!("/admin/v1/calls/{id}"),
            format!("/admin/v1/businesses/{id}/fillers"),
            format!("/admin/v1/jobs/{id}"),
            format!("/admin/v1/sim/calls/{id}/events"),
        ] {
            let reply = world.get(&target);
            assert!(
                matches!(reply.status, 400 | 404),
                "{target}: {}",
                reply.status
            );
        }
    }
    assert_eq!(world.asked(), 0);
    assert_eq!(world.app.switchboard.count(), 1);
}
