//! What the tests tell a store.

use std::path::Path;

use events::{At, BusinessId, CallId, Event, InstanceId, Stamped, TurnId};
use store::{Answer, CallRow, Commit, Lease, Records, ReservationAsk};

pub const NOON: At = At(1_790_000_000_000);

pub fn call(name: &str) -> CallId {
    CallId::parse(name).unwrap()
}

pub fn shop() -> BusinessId {
    BusinessId::parse("shop").unwrap()
}

pub async fn claim(records: &dyn Records, name: &str) -> Lease {
    let me = InstanceId::parse("me").unwrap();
    records.claim(&call(name), &me).await.unwrap()
}

pub fn key(n: u32) -> [u8; 32] {
    let mut key = [0; 32];
    key[..4].copy_from_slice(&n.to_be_bytes());
    key
}

/// The commit of turn `n`: one event, a snapshot that holds `text`, and an answer under `key(n)`.
pub fn turn(lease: &Lease, n: u32, text: &str) -> Commit {
    Commit {
        call: lease.call.clone(),
        epoch: lease.epoch,
        row: CallRow {
            call: lease.call.clone(),
            business: shop(),
            from: Some(text.to_owned()),
            started: NOON,
            ended: None,
            outcome: None,
            turns: n,
        },
        snapshot: Some(text.repeat(40).into()),
        events: vec![Stamped {
            call: lease.call.clone(),
            seq: n,
            at: NOON,
            event: Event::Heard {
                turn: TurnId(n),
                text: text.to_owned(),
                digits: false,
            },
        }],
        answer: Some(Answer {
            key: key(n),
            body: format!("<Say>{text}</Say>").into(),
        }),
    }
}

pub fn ask(start: At, name: &str, phone: &str) -> ReservationAsk {
    ReservationAsk {
        business: shop(),
        service: "cut".to_owned(),
        start,
        minutes: 30,
        parallel: 5,
        name: name.to_owned(),
        phone: phone.to_owned(),
    }
}

/// The files in a folder that hold this text.
pub fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        let bytes = std::fs::read(file.path()).unwrap();
        if bytes.windows(text.len()).any(|w| w == text.as_bytes()) {
            found.push(file.file_name().to_string_lossy().into_owned());
        }
    }
    found.sort();
    found
}

pub fn copy(from: &Path, to: &Path) {
    let mut names: Vec<_> = std::fs::read_dir(from)
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .filter(|name| !name.to_string_lossy().ends_with("-shm"))
        .collect();
    names.sort(); // a file before its log
    for name in names {
        std::fs::copy(from.join(&name), to.join(&name)).unwrap();
    }
}
