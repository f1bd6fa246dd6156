//! Bodies: too large, compressed, slow, broken off.

use std::time::{Duration, Instant};

use carrier::form;

use crate::{
    sample::{FORM, params, spoken, with},
    wire::{exchange_until_closed, request},
    world::{Plan, World},
};

const TARGET: &str = "/voice/incoming/bright-smile";
const LIMIT: usize = 64 * 1024;

/// A form of exactly so many bytes.
fn form_of(bytes: usize) -> crate::sample::Params {
    let short = form::write(&with(params(1), "Filling", ""));
    let form = with(params(1), "Filling", &"x".repeat(bytes - short.len()));
    assert_eq!(form::write(&form).len(), bytes);
    form
}

#[test]
fn a_body_at_the_limit_is_read_and_one_byte_more_is_not() {
    let world = World::new();
    for bytes in [LIMIT - 1, LIMIT] {
        spoken(&world.post(TARGET, &form_of(bytes)));
    }
    // It says its length and sends nothing: the answer comes without a byte of it.
    let length = (LIMIT + 1).to_string();
    let headers = [
        FORM,
        ("X-Twilio-Signature", "AAAA"),
        ("Content-Length", &length),
    ];
    let reply = world.send(&request("POST", TARGET, &headers, b""));
    reply.is_problem(413, "body_too_large");
}

#[test]
fn a_body_that_does_not_say_its_length_is_cut_at_the_limit() {
    let world = World::new();
    let headers = [
        FORM,
        ("X-Twilio-Signature", "AAAA"),
        ("Transfer-Encoding", "chunked"),
    ];
    let mut body = format!("{:x}\r\n", LIMIT + 1).into_bytes();
    body.extend(std::iter::repeat_n(b'x', LIMIT + 1));
    let reply = world.send(&request("POST", TARGET, &headers, &body));
    reply.is_problem(413, "body_too_large");
    world.is_untouched();
}

#[test]
fn a_body_without_a_length_is_read_like_any_other() {
    let world = World::new();
    let form = params(1);
    let signature = crate::sample::signature(&format!("{}{TARGET}", crate::sample::PUBLIC), &form);
    let headers = [
        FORM,
        ("X-Twilio-Signature", signature.as_str()),
        ("Transfer-Encoding", "chunked"),
    ];
    let text = form::write(&form);
    let (head, tail) = text.split_at(17);
    let body = format!(
        "{:x}\r\n{head}\r\n{:x}\r\n{tail}\r\n0\r\n\r\n",
        head.len(),
        tail.len()
    );
    spoken(&world.send(&request("POST", TARGET, &headers, body.as_bytes())));
}

#[test]
fn a_body_without_a_length_or_an_end_holds_no_connection() {
    let mut plan = Plan::default();
    plan.settings.request = Duration::from_secs(1);
    let world = plan.open();
    let headers = [FORM, ("Transfer-Encoding", "chunked")];
    // Also where nobody wants a body, and nobody would read it.
    let places = [
        ("POST", TARGET),
        ("POST", "/nowhere"),
        ("GET", "/livez"),
        ("POST", "/admin/v1/sim/calls"),
    ];
    std::thread::scope(|scope| {
        for (method, target) in places {
            let endless = request(method, target, &headers, b"5\r\nabcde\r\n5\r\nab");
            let to = world.address;
            scope.spawn(move || {
                let reply = exchange_until_closed(to, &endless);
                reply.is_problem(408, "slow_body");
            });
        }
    });
}

#[test]
fn compressed_bodies_are_refused_unread() {
    let world = World::new();
    for encoding in ["gzip", "br", "zstd", "deflate", "identity, gzip"] {
        let headers = [
            FORM,
            ("X-Twilio-Signature", "AAAA"),
            ("Content-Encoding", encoding),
            ("Content-Length", "60000"),
        ];
        let reply = world.send(&request("POST", TARGET, &headers, b""));
        let problem = reply.is_problem(415, "unsupported_encoding");
        assert!(problem["hint"].is_string());
    }
    let headers = [("Content-Encoding", "gzip"), ("Content-Length", "60000")];
    let reply = world.send(&request("POST", "/admin/v1/sim/calls", &headers, b""));
    reply.is_problem(415, "unsupported_encoding");
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let mut plan = Plan::default();
    plan.settings.request = Duration::from_secs(1);
    let world = plan.open();
    let signed = [
        FORM,
        ("X-Twilio-Signature", "AAAA"),
        ("Content-Length", "100"),
    ];
    let plain = [FORM, ("Content-Length", "100")];
    let requests = [
        request("POST", TARGET, &signed, b"AccountSid="),
        request("POST", "/admin/v1/sim/calls", &plain, b"{"),
    ];
    std::thread::scope(|scope| {
        for request in &requests {
            scope.spawn(|| {
                let began = Instant::now();
                let problem = world.send(request).is_problem(408, "slow_body");
                assert_eq!(problem["detail"], "the body took longer than 1000 ms");
                assert!(began.elapsed() >= Duration::from_secs(1));
            });
        }
    });
}

#[test]
fn a_request_line_that_does_not_end_is_not_waited_for() {
    let mut plan = Plan::default();
    plan.settings.request = Duration::from_millis(200);
    let world = plan.open();
    assert_eq!(world.send(b"POST /voice/incoming/").status, 408);
}

#[test]
fn a_length_that_is_said_twice_is_refused() {
    let world = World::new();
    let twice = b"POST /voice/incoming/bright-smile HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\na=bc";
    let both = b"POST /voice/incoming/bright-smile HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    for request in [&twice[..], &both[..]] {
        assert_eq!(world.send(request).status, 400);
    }
}

#[test]
fn other_types_than_forms_are_not_signed_by_anybody() {
    let world = World::new();
    for kind in [
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/json",
    ] {
        let headers = [("Content-Type", kind), ("X-Twilio-Signature", "AAAA")];
        let body = form::write(&params(1));
        let reply = world.send(&request("POST", TARGET, &headers, body.as_bytes()));
        reply.is_problem(403, "signature_invalid");
    }
    world.is_untouched();
}
