//! Thousands of requests that no carrier sends, in process: nothing panics, nothing runs, and whatever is signed is
//! answered with a document that a carrier can carry out.

use actix_web::{
    App,
    http::StatusCode,
    rt::System,
    test::{self, TestRequest},
    web::Data,
};
use carrier::form;
use fastrand::Rng;

use crate::{
    sample::{Caller, FORM, PUBLIC, Params, document, params, signature, with},
    world::World,
};

/// Bits of text that have hurt somebody.
const NASTY: [&str; 24] = [
    "",
    "\0",
    "\u{1b}",
    "\u{b}",
    "\u{fffe}",
    "\u{feff}",
    "\r\n",
    "%00",
    "%",
    "..",
    "../../etc/passwd",
    "..;/",
    "<Say>",
    "]]>",
    "&amp;&#0;",
    "'\" or 1=1",
    "{{7*7}}",
    "{% raw %}",
    "$(id)",
    "\u{202e}",
    "🦷",
    "é",
    "+12025550132",
    "CA",
];

fn nasty(rng: &mut Rng) -> String {
    let pieces = rng.usize(0..5);
    let mut text: String = (0..pieces)
        .map(|_| NASTY[rng.usize(0..NASTY.len())])
        .collect();
    if rng.u8(..) < 4 {
        text = text.repeat(200);
    }
    text.chars().take(400).collect()
}

/// A form that is almost a carrier's.
fn form_like(rng: &mut Rng) -> Params {
    const NAMES: [&str; 10] = [
        "CallSid",
        "AccountSid",
        "CallStatus",
        "SpeechResult",
        "Digits",
        "From",
        "DialCallStatus",
        "ErrorCode",
        "Confidence",
        "CallDuration",
    ];
    const STATES: [&str; 4] = ["in-progress", "completed", "busy", "never-heard-of"];
    let mut form = params(1);
    for _ in 0..rng.usize(0..4) {
        let name = NAMES[rng.usize(0..NAMES.len())];
        form = match rng.u8(0..6) {
            0 => with(form, "CallStatus", STATES[rng.usize(0..STATES.len())]),
            1 => {
                form.push((name.to_owned(), nasty(rng)));
                form
            }
            2 => {
                form.retain(|(n, _)| n != name);
                form
            }
            3 => with(form, &format!("N{}", nasty(rng)), &nasty(rng)),
            _ => with(form, name, &nasty(rng)),
        };
    }
    form
}

/// A path that is almost one of ours.
fn path_like(rng: &mut Rng, known: &str) -> String {
    const DOORS: [&str; 6] = [
        "incoming",
        "process",
        "tts-ready",
        "status",
        "fallback",
        "nowhere",
    ];
    let escaped = |rng: &mut Rng| form::write(&[("x", nasty(rng))])[2..].replace('+', "%20");
    match rng.u8(0..4) {
        0 => known.to_owned(),
        1 => {
            let mut text = known.to_owned().into_bytes();
            let at = rng.usize(1..text.len());
            text[at] = b"abz019/?&=%;.-_~"[rng.usize(0..16)];
            String::from_utf8(text).expect("ASCII stays ASCII")
        }
        _ => {
            let mut path = format!("/voice/{}", DOORS[rng.usize(0..DOORS.len())]);
            for part in ["bright-smile", "CA00000000000000000000000000000001", "1"] {
                match rng.u8(0..6) {
                    0 => break,
                    1 => path.push_str(&format!("/{}", escaped(rng))),
                    _ => path.push_str(&format!("/{part}")),
                }
            }
            if rng.bool() {
                path.push_str(&format!("?k={}&hop={}", escaped(rng), escaped(rng)));
            }
            path
        }
    }
}

#[derive(Default, Debug)]
struct Tally {
    spoken: usize,
    refused: usize,
    elsewhere: usize,
}

#[test]
fn signed_nonsense_is_answered_in_words_and_unsigned_nonsense_with_an_error() {
    let world = World::new();
    let caller = Caller::ring(&world, 1);
    let data = Data::from(world.app.clone());
    let tally = System::new().block_on(async {
        let app = App::new().app_data(data).configure(web::routes);
        let service = test::init_service(app).await;
        let mut tally = Tally::default();
        for seed in 0..2_500 {
            let mut rng = Rng::with_seed(seed);
            let (path, form) = (path_like(&mut rng, &caller.next), form_like(&mut rng));
            if path.parse::<actix_web::http::Uri>().is_err() {
                continue;
            }
            let signed = rng.u8(0..5) > 0;
            let mut signature = signature(&format!("{PUBLIC}{path}"), &form);
            let mut body = form::write(&form).into_bytes();
            if !signed && rng.bool() && !body.is_empty() {
                let at = rng.usize(0..body.len());
                body[at] = rng.u8(..);
                body.truncate(rng.usize(0..=body.len()));
            } else if !signed {
                signature = nasty(&mut rng)
                    .chars()
                    .filter(|c| c.is_ascii_graphic())
                    .collect();
            }
            let request = TestRequest::post()
                .uri(&path)
                .insert_header(FORM)
                .insert_header(("X-Twilio-Signature", signature))
                .set_payload(body);
            let reply = test::call_service(&service, request.to_request()).await;
            let status = reply.status();
            let kind = reply.headers().get("content-type").cloned();
            let body = test::read_body(reply).await;
            let text = String::from_utf8(body.to_vec()).expect("UTF-8");
            let is = |wanted: &str| kind.as_ref().is_some_and(|k| k == wanted);
            match status {
                StatusCode::OK => {
                    assert!(is("text/xml; charset=utf-8"), "seed {seed}: {path}: {text}");
                    document(&text);
                    tally.spoken += 1;
                }
                StatusCode::FORBIDDEN => {
                    let theirs = ["other_call", "other_account"]
                        .iter()
                        .any(|c| text.contains(c));
                    assert!(!signed || theirs, "seed {seed}: {path}: {text}");
                    assert!(is("application/problem+json"));
                    tally.refused += 1;
                }
                StatusCode::NOT_FOUND => {
                    assert!(
                        is("application/problem+json"),
                        "seed {seed}: {path}: {kind:?}"
                    );
                    tally.elsewhere += 1;
                }
                other => panic!("seed {seed}: {path}: {other} {text}"),
            }
        }
        tally
    });
    // The mixture is worth something only while it reaches everything.
    assert!(
        tally.spoken > 500 && tally.refused > 300 && tally.elsewhere > 300,
        "{tally:?}"
    );
}
