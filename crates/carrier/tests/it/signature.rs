//! A signature is accepted exactly when its owner made it over this content at this URL.

use carrier::form;
use carrier::twilio::{SignatureCheck, Verdict, body_sha256, explain, sign, verify};
use serde_json::Value;

use crate::vectors::{list, load, text};

const FILE: &str = include_str!("../../../../fixtures/vectors/twilio_signature.json");
const FORM: &str = "application/x-www-form-urlencoded";

struct Case {
    id: String,
    token: String,
    method: String,
    url: String,
    content_type: String,
    body: Vec<u8>,
    signature: String,
    valid: bool,
    signed_url: String,
}

impl Case {
    fn all() -> Vec<Case> {
        let file = load(FILE);
        list(&file).iter().map(Case::read).collect()
    }

    fn read(entry: &Value) -> Case {
        Case {
            id: text(entry, "id").to_owned(),
            token: text(entry, "auth_token").to_owned(),
            method: text(entry, "method").to_owned(),
            url: text(entry, "url").to_owned(),
            content_type: text(entry, "content_type").to_owned(),
            body: entry["raw_body"].as_str().unwrap_or_default().into(),
            signature: text(entry, "signature").to_owned(),
            valid: entry["expect_valid"].as_bool().expect("a verdict"),
            signed_url: text(entry, "url_actually_signed").to_owned(),
        }
    }

    fn verdict(&self) -> Verdict {
        self.with(&self.url, &self.body, &self.signature)
    }

    fn with(&self, url: &str, body: &[u8], signature: &str) -> Verdict {
        verify(&SignatureCheck {
            tokens: &[&self.token],
            method: &self.method,
            public_url: url,
            content_type: Some(&self.content_type),
            raw_body: body,
            signature: Some(signature),
        })
    }
}

#[test]
fn every_vector_gets_the_verdict_of_its_file() {
    let cases = Case::all();
    assert_eq!(cases.len(), list(&load(FILE)).len());
    assert!(cases.iter().any(|c| c.valid) && cases.iter().any(|c| !c.valid));
    for case in cases {
        assert_eq!(case.verdict().is_valid(), case.valid, "{}", case.id);
    }
}

#[test]
fn our_own_signatures_are_those_of_the_vectors() {
    let mut made = 0;
    for case in Case::all().iter().filter(|c| c.valid) {
        let is_form = case.method == "POST" && case.content_type == FORM;
        let params = match is_form {
            true => form::parse(&case.body).expect("a form"),
            false => Vec::new(),
        };
        assert_eq!(
            sign(&case.token, &case.signed_url, &params),
            case.signature,
            "{}",
            case.id
        );
        made += 1;
    }
    assert!(made >= 12, "only {made} positive vectors");
}

/// The other bytes tried in place of each byte: every single bit, and what URLs and forms are
/// made of.
fn other_bytes(byte: u8) -> impl Iterator<Item = u8> {
    let bits = (0..8).map(move |bit| byte ^ 1 << bit);
    bits.chain(*b"&=+%/:?#' ;0Aa").filter(move |b| *b != byte)
}

fn replacements(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    let each = bytes.iter().enumerate();
    each.flat_map(move |(at, byte)| {
        other_bytes(*byte).map(move |other| {
            let mut changed = bytes.to_vec();
            changed[at] = other;
            (at, changed)
        })
    })
}

fn cuts(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..bytes.len()).map(|at| {
        let mut shorter = bytes.to_vec();
        shorter.remove(at);
        (at, shorter)
    })
}

#[test]
fn changing_or_removing_any_byte_of_a_url_is_refused() {
    for case in Case::all().iter().filter(|c| c.valid) {
        // The documented exception: a port that was not signed may be any port.
        let authority = case.url.find("://").expect("a scheme") + 3;
        let path = authority + case.url[authority..].find('/').expect("a path");
        let port = case.url[authority..path]
            .rfind(':')
            .map(|at| authority + at);
        let unsigned_port = port.filter(|_| !case.signed_url.contains(&case.url[..path]));
        for (at, changed) in replacements(case.url.as_bytes()).chain(cuts(case.url.as_bytes())) {
            let Ok(url) = std::str::from_utf8(&changed) else {
                continue;
            };
            if unsigned_port.is_some_and(|port| port < at && at < path) {
                continue;
            }
            assert!(
                !case.with(url, &case.body, &case.signature).is_valid(),
                "{} {url}",
                case.id
            );
        }
    }
}

#[test]
fn changing_or_removing_any_byte_of_a_signature_is_refused() {
    for case in Case::all().iter().filter(|c| c.valid) {
        for (at, changed) in
            replacements(case.signature.as_bytes()).chain(cuts(case.signature.as_bytes()))
        {
            let Ok(signature) = std::str::from_utf8(&changed) else {
                continue;
            };
            assert!(
                !case.with(&case.url, &case.body, signature).is_valid(),
                "{} at {at}",
                case.id
            );
        }
    }
}

#[test]
fn changing_or_removing_any_byte_of_a_body_is_refused() {
    let mut exceptions = 0;
    for case in Case::all().iter().filter(|c| c.valid) {
        for (at, changed) in replacements(&case.body).chain(cuts(&case.body)) {
            // The documented exception: the case of hexadecimal digits in an escape.
            let in_escape = at
                .checked_sub(2)
                .is_some_and(|from| case.body[from..at].contains(&b'%'))
                || at == 1 && case.body[0] == b'%';
            let same_digit = changed.len() == case.body.len()
                && changed[at].eq_ignore_ascii_case(&case.body[at]);
            let accepted = case.with(&case.url, &changed, &case.signature).is_valid();
            if accepted && in_escape && same_digit && case.content_type == FORM {
                exceptions += 1;
                continue;
            }
            assert!(
                !accepted,
                "{} at {at}: {}",
                case.id,
                String::from_utf8_lossy(&changed)
            );
        }
    }
    assert!(
        exceptions > 0,
        "the exception is documented, so it must exist"
    );
}

const URL: &str = "https://frontdesk.example.com/voice/process/biz?turn=1";
const BODY: &[u8] = b"CallSid=CA1&SpeechResult=hi";

fn signed(token: &str, url: &str, body: &[u8]) -> String {
    sign(token, url, &form::parse(body).expect("a form"))
}

fn check<'a>(
    tokens: &'a [&'a str],
    url: &'a str,
    signature: Option<&'a str>,
) -> SignatureCheck<'a> {
    SignatureCheck {
        tokens,
        method: "POST",
        public_url: url,
        content_type: Some("application/x-www-form-urlencoded; charset=UTF-8"),
        raw_body: BODY,
        signature,
    }
}

#[test]
fn it_fails_closed() {
    let good = signed("t", URL, BODY);
    assert_eq!(verify(&check(&["t"], URL, Some(&good))), Verdict::Valid);
    assert_eq!(verify(&check(&["t"], URL, None)), Verdict::Missing);
    assert_eq!(verify(&check(&[], URL, Some(&good))), Verdict::Unconfigured);
    let empty_key = signed("", URL, BODY);
    assert_eq!(
        verify(&check(&[""], URL, Some(&empty_key))),
        Verdict::Unconfigured
    );
    assert!(matches!(
        verify(&check(&["t"], URL, Some(""))),
        Verdict::Invalid { .. }
    ));
    assert_eq!(
        verify(&check(&["t"], "ftp://h/p", Some(&good))),
        Verdict::Invalid { tried: vec![] }
    );
}

#[test]
fn both_tokens_are_good_during_a_rotation() {
    for token in ["old", "new"] {
        let signature = signed(token, URL, BODY);
        assert!(verify(&check(&["old", "new"], URL, Some(&signature))).is_valid());
    }
    let stranger = signed("other", URL, BODY);
    assert!(!verify(&check(&["old", "new"], URL, Some(&stranger))).is_valid());
}

#[test]
fn bodies_that_no_signature_covers_are_refused() {
    let good = sign("t", URL, &[]);
    let base = check(&["t"], URL, Some(&good));
    let malformed = |check: &SignatureCheck<'_>| matches!(verify(check), Verdict::Malformed { .. });
    assert!(malformed(&SignatureCheck {
        method: "GET",
        ..base
    }));
    assert!(malformed(&SignatureCheck {
        method: "PUT",
        ..base
    }));
    assert!(malformed(&SignatureCheck {
        content_type: Some("text/plain"),
        ..base
    }));
    assert!(malformed(&SignatureCheck {
        content_type: None,
        ..base
    }));
    assert!(malformed(&SignatureCheck {
        content_type: Some("application/json"),
        ..base
    }));
    for body in [
        &b"CallSid"[..],
        b"a=1&&b=2",
        b"a=%zz",
        b"a=%ff",
        b"=1",
        b"a=\xff",
        b"a=1&",
    ] {
        assert!(
            malformed(&SignatureCheck {
                raw_body: body,
                ..base
            }),
            "{body:?}"
        );
    }
    let huge = [b"a=".as_slice(), &vec![b'x'; form::LIMIT_BYTES]].concat();
    assert!(malformed(&SignatureCheck {
        raw_body: &huge,
        ..base
    }));
}

#[test]
fn a_json_body_is_checked_by_its_hash() {
    let body = br#"{"a":1}"#;
    let url = format!("https://h.example/x?bodySHA256={}", body_sha256(body));
    let signature = sign("t", &url, &[]);
    let good = SignatureCheck {
        content_type: Some("application/json"),
        raw_body: body,
        ..check(&["t"], &url, Some(&signature))
    };
    assert!(verify(&good).is_valid());
    let other = SignatureCheck {
        raw_body: br#"{"a":2}"#,
        ..good
    };
    assert!(matches!(verify(&other), Verdict::Malformed { .. }));
    let twice = format!("{url}&bodySHA256=0");
    let signature = sign("t", &twice, &[]);
    let two_hashes = SignatureCheck {
        public_url: &twice,
        signature: Some(&signature),
        ..good
    };
    assert!(matches!(verify(&two_hashes), Verdict::Malformed { .. }));
}

#[test]
fn a_signature_for_one_path_does_not_open_another_that_normalises_to_it() {
    let signature = signed("t", "https://h.example/voice/y", BODY);
    for path in [
        "/voice/x/../y",
        "/voice\\y",
        "/voice/%79",
        "//voice/y",
        "/voice/y/",
        "/voice/./y",
    ] {
        let url = format!("https://h.example{path}");
        assert!(
            !verify(&check(&["t"], &url, Some(&signature))).is_valid(),
            "{path}"
        );
    }
    for url in [
        "http://h.example/voice/y",
        "https://H.example/voice/y",
        "wss://h.example/voice/y",
    ] {
        assert!(
            !verify(&check(&["t"], url, Some(&signature))).is_valid(),
            "{url}"
        );
    }
}

#[test]
fn the_forms_are_tried_in_the_documented_order() {
    let tried = |url: &str| match verify(&check(&["t"], url, Some("no"))) {
        Verdict::Invalid { tried } => tried,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        tried("https://h.example:8443/p?q='x'"),
        [
            "https://h.example/p?q='x'",
            "https://h.example:8443/p?q='x'",
            "https://h.example/p?q=%27x%27",
            "https://h.example:8443/p?q=%27x%27",
        ]
    );
    assert_eq!(
        tried("wss://h.example/p"),
        [
            "wss://h.example/p",
            "wss://h.example:443/p",
            "wss://h.example/p/",
            "wss://h.example:443/p/",
        ]
    );
}

#[test]
fn an_operator_is_told_which_url_was_signed() {
    let outside = "https://phone.example.com/voice/process/biz?turn=1";
    let inside = "http://127.0.0.1:8080/voice/process/biz?turn=1";
    let signature = signed("t", outside, BODY);
    let refused = check(&["t"], inside, Some(&signature));
    assert!(!verify(&refused).is_valid());
    let told = explain(&refused, &["https://other.example/x", outside]);
    assert_eq!(told.signed.as_deref(), Some(outside));
    let text = told.to_string();
    assert!(text.contains(outside) && text.contains(inside), "{text}");
}

#[test]
fn an_operator_is_told_about_scheme_slash_body_and_token() {
    let signature = signed("t", "https://h.example/p", BODY);
    let told = explain(&check(&["t"], "http://h.example/p", Some(&signature)), &[]);
    assert_eq!(told.signed.as_deref(), Some("https://h.example/p"));
    let told = explain(
        &check(&["t"], "https://h.example/p/", Some(&signature)),
        &[],
    );
    assert_eq!(told.signed.as_deref(), Some("https://h.example/p"));
    let bare = sign("t", URL, &[]);
    assert!(explain(&check(&["t"], URL, Some(&bare)), &[]).body_differs);
    let stranger = signed("other", URL, BODY);
    let told = explain(&check(&["t"], URL, Some(&stranger)), &[]).to_string();
    assert!(told.contains("auth token"), "{told}");
    let told = explain(&check(&[], URL, Some(&stranger)), &[]).to_string();
    assert!(told.contains("no auth token"), "{told}");
}
