//! What is not shown to be our carrier's does nothing, and the operator learns why.

use carrier::{form, twilio};

use crate::{
    sample::{ACCOUNT, FORM, PUBLIC, Params, TOKEN, params, signature, spoken, with},
    wire::{Reply, request},
    world::{Plan, World},
};

const TARGET: &str = "/voice/incoming/bright-smile";

fn send(world: &World, params: &Params, signature: &str, headers: &[(&str, &str)]) -> Reply {
    let mut all = vec![FORM, ("X-Twilio-Signature", signature)];
    all.extend_from_slice(headers);
    let body = form::write(params);
    world.send(&request("POST", TARGET, &all, body.as_bytes()))
}

#[test]
fn the_url_may_be_signed_with_and_without_its_port() {
    for base in [PUBLIC, "https://frontdesk.example:443"] {
        let world = World::new();
        let signature = signature(&format!("{base}{TARGET}"), &params(1));
        spoken(&send(&world, &params(1), &signature, &[]));
    }
}

#[test]
fn either_token_of_a_rotation_is_believed() {
    let mut plan = Plan::default();
    plan.settings.tokens.insert(0, "the next one".into());
    let world = plan.open();
    spoken(&world.post(TARGET, &params(1)));
}

#[test]
fn a_forged_signature_does_nothing() {
    let world = World::new();
    let forged = twilio::sign("not the token", &format!("{PUBLIC}{TARGET}"), &params(1));
    for signature in [
        forged.as_str(),
        "",
        "AAAA",
        "not base64 at all \u{e9}",
        &"A".repeat(5_000),
    ] {
        let reply = send(&world, &params(1), signature, &[]);
        reply.is_problem(
            403,
            if signature.is_ascii() {
                "signature_invalid"
            } else {
                "signature_missing"
            },
        );
    }
    world.is_untouched();
}

#[test]
fn another_body_than_the_signed_one_does_nothing() {
    let world = World::new();
    let signature = signature(&format!("{PUBLIC}{TARGET}"), &params(1));
    for changed in [
        with(params(1), "From", "+12025550133"),
        with(params(1), "Extra", ""),
        params(2),
        params(1)[1..].to_vec(),
        Vec::new(),
    ] {
        send(&world, &changed, &signature, &[]).is_problem(403, "signature_invalid");
    }
    world.is_untouched();
}

#[test]
fn another_address_than_the_signed_one_does_nothing() {
    let world = World::new();
    let signature = signature(&format!("{PUBLIC}{TARGET}"), &params(1));
    let headers = [FORM, ("X-Twilio-Signature", signature.as_str())];
    let body = form::write(&params(1));
    for target in [
        "/voice/status/bright-smile",
        "/voice/fallback/bright-smile",
        "/voice/incoming/other",
        "/voice/incoming/bright-smile?x=1",
        "/voice/incoming/bright-smil%65",
    ] {
        let reply = world.send(&request("POST", target, &headers, body.as_bytes()));
        reply.is_problem(403, "signature_invalid");
    }
    world.is_untouched();
}

#[test]
fn a_missing_signature_is_refused_before_the_body_is_read() {
    let world = World::new();
    // The body never comes; the answer does not wait for it.
    let headers = [FORM, ("Content-Length", "60000")];
    let reply = world.send(&request("POST", TARGET, &headers, b""));
    let problem = reply.is_problem(403, "signature_missing");
    assert!(problem["hint"].is_string());
    world.is_untouched();
    let told = &world.app.mismatches.list()[0];
    assert_eq!(told.checked, format!("{PUBLIC}{TARGET}"));
    assert!(
        told.advice.contains("X-Twilio-Signature"),
        "{}",
        told.advice
    );
}

#[test]
fn without_a_token_nothing_is_believed() {
    let mut plan = Plan::default();
    plan.settings.tokens = vec![String::new()];
    let world = plan.open();
    let signature = twilio::sign("", &format!("{PUBLIC}{TARGET}"), &params(1));
    send(&world, &params(1), &signature, &[]).is_problem(403, "signature_invalid");
    world.is_untouched();
    let advice = &world.app.mismatches.list()[0].advice;
    assert!(advice.contains("twilio.auth_token"), "{advice}");
}

#[test]
fn a_wrong_public_url_is_explained_with_both_urls() {
    let world = World::new();
    let real = "https://phone.example";
    let signature = signature(&format!("{real}{TARGET}"), &params(1));
    for name in ["Host", "X-Forwarded-Host"] {
        send(&world, &params(1), &signature, &[(name, "phone.example")])
            .is_problem(403, "signature_invalid");
        let told = &world.app.mismatches.list()[0];
        assert_eq!(told.checked, format!("{PUBLIC}{TARGET}"));
        assert_eq!(told.signed.as_deref(), Some(&*format!("{real}{TARGET}")));
        assert!(
            told.advice
                .contains("public_url = \"https://phone.example\""),
            "{}",
            told.advice
        );
    }
    world.is_untouched();
    let seen = world.get("/admin/v1/webhooks").json();
    let first = &seen["turned_away"][0];
    assert_eq!(first["checked"], format!("{PUBLIC}{TARGET}"));
    assert_eq!(first["signed"], format!("{real}{TARGET}"));
}

#[test]
fn a_path_that_a_proxy_changes_is_explained() {
    let world = World::new();
    let signature = signature(&format!("{PUBLIC}{TARGET}/"), &params(1));
    send(&world, &params(1), &signature, &[]).is_problem(403, "signature_invalid");
    let told = &world.app.mismatches.list()[0];
    assert_eq!(told.signed.as_deref(), Some(&*format!("{PUBLIC}{TARGET}/")));
    assert!(told.advice.contains("proxy"), "{}", told.advice);
}

#[test]
fn a_body_that_a_proxy_drops_is_explained() {
    let world = World::new();
    let signature = signature(&format!("{PUBLIC}{TARGET}"), &Vec::new());
    send(&world, &params(1), &signature, &[]).is_problem(403, "signature_invalid");
    let advice = &world.app.mismatches.list()[0].advice;
    assert!(advice.contains("form"), "{advice}");
}

#[test]
fn strangers_cannot_make_the_explanation_name_their_url() {
    let world = World::new();
    let forged = twilio::sign(
        "guess",
        &format!("https://evil.example{TARGET}"),
        &params(1),
    );
    send(&world, &params(1), &forged, &[("Host", "evil.example")])
        .is_problem(403, "signature_invalid");
    assert_eq!(world.app.mismatches.list()[0].signed, None);
}

#[test]
fn a_flood_of_forgeries_fills_nothing() {
    let world = World::new();
    let target = format!("{TARGET}?x={}", "y".repeat(4_000));
    let headers = [FORM, ("X-Twilio-Signature", "AAAA")];
    for _ in 0..30 {
        world.send(&request("POST", &target, &headers, b"a=b"));
    }
    let kept = world.app.mismatches.list();
    assert_eq!(kept.len(), 20);
    assert!(kept.iter().all(|m| m.checked.len() < 500));
}

#[test]
fn a_webhook_of_another_account_is_refused_and_both_accounts_are_named() {
    let world = World::new();
    let other = "ACffffffffffffffffffffffffffffffff";
    let form = with(params(1), "AccountSid", other);
    world.post(TARGET, &form).is_problem(403, "other_account");
    world.is_untouched();
    let advice = &world.app.mismatches.list()[0].advice;
    assert!(
        advice.contains(other) && advice.contains(ACCOUNT) && advice.contains("twilio.account_sid"),
        "{advice}"
    );
}

#[test]
fn without_a_configured_account_the_signature_decides() {
    let mut plan = Plan::default();
    plan.settings.accounts.clear();
    let world = plan.open();
    let form = with(
        params(1),
        "AccountSid",
        "ACffffffffffffffffffffffffffffffff",
    );
    spoken(&world.post(TARGET, &form));
}

#[test]
fn skipping_is_for_this_machine_and_skips_nothing_else() {
    let mut plan = Plan::default();
    plan.settings.skip_signatures = true;
    let world = plan.open();
    let body = form::write(&params(1));
    let reply = world.send(&request("POST", TARGET, &[FORM], body.as_bytes()));
    spoken(&reply);
    let other = form::write(&with(
        params(2),
        "AccountSid",
        "ACffffffffffffffffffffffffffffffff",
    ));
    world
        .send(&request("POST", TARGET, &[FORM], other.as_bytes()))
        .is_problem(403, "other_account");
}

#[test]
fn refused_signatures_are_counted_by_reason() {
    let world = World::new();
    send(&world, &params(1), "AAAA", &[]);
    world.send(&request("POST", TARGET, &[FORM], b""));
    let metrics = world.get("/metrics").text();
    for reason in ["invalid", "missing"] {
        let line = format!("frontdesk_signature_failures_total{{reason=\"{reason}\"}} 1");
        assert!(metrics.contains(&line), "{metrics}");
    }
    assert!(metrics.contains("code=\"403\""), "{metrics}");
}

#[test]
fn the_token_is_in_no_answer() {
    let world = World::new();
    let replies = [
        send(&world, &params(1), "AAAA", &[]),
        world.post(TARGET, &params(1)),
        world.get("/readyz?verbose"),
        world.get("/metrics"),
        world.get("/admin/v1/webhooks"),
    ];
    assert!(replies.iter().all(|r| !r.text().contains(TOKEN)));
}
