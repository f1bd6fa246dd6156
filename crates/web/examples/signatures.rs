//! Says of each request on standard input whether it would be let in: one JSON object a line, one answer a line.
//!
//! `scripts/check-signatures` feeds it with what another implementation signed. Every request is judged by the check
//! itself, and those for a door of ours also by the whole application, over a real connection.

#[path = "../tests/it/sample.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod sample;
#[path = "../tests/it/wire.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod wire;
#[path = "../tests/it/world.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod world;

use std::{
    collections::HashMap,
    io::{BufRead, Write},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use carrier::twilio::{SignatureCheck, verify};
use serde::{Deserialize, Serialize};

use world::{Plan, World};

/// A request, as the script writes it.
#[derive(Clone, Deserialize)]
struct Sample {
    token: String,
    method: String,
    /// Scheme, host and port: what is configured.
    public: String,
    /// Path and query: what stands in the request.
    target: String,
    content_type: Option<String>,
    /// In base64.
    body: String,
    signature: String,
    /// The whole application is asked too.
    door: bool,
    /// Every change of a single byte is tried too.
    changes: bool,
}

/// A request in bytes, some of which may have been changed.
#[derive(Clone)]
struct Raw {
    public: Vec<u8>,
    target: Vec<u8>,
    body: Vec<u8>,
    signature: Vec<u8>,
}

/// A change of one byte; without a new one it was taken out.
#[derive(Serialize)]
struct Change {
    part: &'static str,
    at: usize,
    byte: Option<u8>,
}

#[derive(Default, Serialize)]
struct Answer {
    accepted: bool,
    /// What the whole application said, when it was asked.
    door: Option<bool>,
    /// Changes that were tried, and those that were accepted nevertheless.
    changes: usize,
    let_in: Vec<Change>,
    door_changes: usize,
    door_let_in: Vec<Change>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut worlds = HashMap::new();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let sample: Sample = serde_json::from_str(&line?)?;
        let answer = judge(&sample, &mut worlds)?;
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
    }
    Ok(())
}

fn judge(
    sample: &Sample,
    worlds: &mut HashMap<String, World>,
) -> Result<Answer, base64::DecodeError> {
    let raw = Raw {
        public: sample.public.clone().into_bytes(),
        target: sample.target.clone().into_bytes(),
        body: STANDARD.decode(&sample.body)?,
        signature: sample.signature.clone().into_bytes(),
    };
    let mut answer = Answer {
        accepted: checked(sample, &raw),
        ..Answer::default()
    };
    if sample.changes {
        for (change, changed) in changes(&raw, true) {
            answer.changes += 1;
            if checked(sample, &changed) {
                answer.let_in.push(change);
            }
        }
    }
    if sample.door {
        let world = worlds
            .entry(sample.public.clone())
            .or_insert_with(|| open(sample));
        answer.door = Some(knocked(world, sample, &raw));
        if sample.changes {
            // What is configured is nobody's to change from outside.
            for (change, changed) in changes(&raw, false).filter(|(c, _)| c.part != "public") {
                answer.door_changes += 1;
                if knocked(world, sample, &changed) {
                    answer.door_let_in.push(change);
                }
            }
        }
    }
    Ok(answer)
}

/// Changes of one byte in every place: each other value and none when `every`, else two other values.
fn changes(raw: &Raw, every: bool) -> impl Iterator<Item = (Change, Raw)> {
    type Part = fn(&mut Raw) -> &mut Vec<u8>;
    let parts: [(&str, Part); 4] = [
        ("public", |raw| &mut raw.public),
        ("target", |raw| &mut raw.target),
        ("body", |raw| &mut raw.body),
        ("signature", |raw| &mut raw.signature),
    ];
    parts.into_iter().flat_map(move |(part, of)| {
        let length = of(&mut raw.clone()).len();
        (0..length).flat_map(move |at| {
            let old = of(&mut raw.clone())[at];
            let others = (0..=u8::MAX).filter(move |new| match every {
                true => *new != old,
                // The next letter, and the other case.
                false => *new == old.wrapping_add(1) || *new == old ^ 0x20,
            });
            let bytes = others.map(Some).chain(every.then_some(None));
            bytes.map(move |byte| {
                let mut changed = raw.clone();
                let text = of(&mut changed);
                match byte {
                    Some(byte) => text[at] = byte,
                    None => {
                        text.remove(at);
                    }
                }
                (Change { part, at, byte }, changed)
            })
        })
    })
}

/// Asks the check. What is not text could not even stand in a request line or a header.
fn checked(sample: &Sample, raw: &Raw) -> bool {
    let url = [raw.public.as_slice(), &raw.target].concat();
    let (Ok(url), Ok(signature)) = (
        std::str::from_utf8(&url),
        std::str::from_utf8(&raw.signature),
    ) else {
        return false;
    };
    let check = SignatureCheck {
        tokens: &[&sample.token],
        method: &sample.method,
        public_url: url,
        content_type: sample.content_type.as_deref(),
        raw_body: &raw.body,
        signature: Some(signature),
    };
    verify(&check).is_valid()
}

/// Asks the whole application.
fn knocked(world: &World, sample: &Sample, raw: &Raw) -> bool {
    let mut request = [sample.method.as_bytes(), b" ", &raw.target].concat();
    request.extend_from_slice(b" HTTP/1.1\r\nHost: somewhere\r\nConnection: close\r\n");
    if let Some(kind) = &sample.content_type {
        request.extend_from_slice(format!("Content-Type: {kind}\r\n").as_bytes());
    }
    request.extend_from_slice(format!("Content-Length: {}\r\n", raw.body.len()).as_bytes());
    request.extend_from_slice(b"X-Twilio-Signature: ");
    request.extend_from_slice(&raw.signature);
    request.extend_from_slice(b"\r\n\r\n");
    request.extend_from_slice(&raw.body);
    world.send(&request).status == 200
}

fn open(sample: &Sample) -> World {
    let mut plan = Plan::default();
    plan.settings.public_url.clone_from(&sample.public);
    plan.settings.tokens = vec![sample.token.clone()];
    plan.settings.accounts.clear();
    plan.open()
}
