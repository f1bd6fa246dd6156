//! What every store must do, as tests that each implementation runs in one line.
//!
//! Each function panics with what was broken. The names and ids in it are new in every run, so a suite may run twice
//! against a store that keeps things, and beside other users of it; only the moments near 1970 are its own to sweep.

mod books;
mod calls;
mod flights;
mod forget;
mod objects;
mod recipes;

use events::{At, BusinessId, CallId, Event, InstanceId, Stamped, TurnId};

use crate::{
    CallRow, Commit, Flights, Lease, Objects, Recipes, Records, ReservationAsk, StoreError,
};

/// Everything that [`Records`] promises.
pub async fn records(records: &dyn Records) {
    calls::all(records).await;
    books::all(records).await;
    forget::all(records).await;
    healthy(records.health().await);
}

/// Everything that [`Objects`] promises.
pub async fn objects(objects: &dyn Objects) {
    objects::all(objects).await;
    healthy(objects.health().await);
}

/// Everything that [`Recipes`] promises.
pub async fn recipes(recipes: &dyn Recipes) {
    recipes::all(recipes).await;
}

/// Everything that [`Flights`] promises. Takes about half a second: leases have to run out.
pub async fn flights(flights: &dyn Flights) {
    flights::all(flights).await;
}

fn healthy(health: Result<(), StoreError>) {
    assert_eq!(health, Ok(()), "a store that works says so");
}

/// The value, or a panic that names what was asked.
#[track_caller]
fn good<T>(what: &str, result: Result<T, StoreError>) -> T {
    match result {
        Ok(value) => value,
        Err(e) => panic!("{what}: {e}"),
    }
}

/// A moment long after any that is swept.
const NOON: At = At(1_790_000_000_000);
const MINUTE: u64 = 60_000;

fn fresh(what: &str) -> String {
    format!("{what}-{}", uuid::Uuid::now_v7().simple())
}

fn new_call() -> CallId {
    CallId::parse(&fresh("call")).expect("letters, digits and a dash are an id")
}

fn new_business() -> BusinessId {
    BusinessId::parse(&fresh("shop")).expect("letters, digits and a dash are an id")
}

fn instance() -> InstanceId {
    InstanceId::parse("contract").expect("letters are an id")
}

fn event(call: &CallId, seq: u32, text: &str) -> Stamped {
    Stamped {
        call: call.clone(),
        seq,
        at: NOON + u64::from(seq),
        event: Event::Heard {
            turn: TurnId(seq),
            text: text.to_owned(),
            digits: false,
        },
    }
}

fn row(call: &CallId, business: &BusinessId, started: At) -> CallRow {
    CallRow {
        call: call.clone(),
        business: business.clone(),
        from: None,
        started,
        ended: None,
        outcome: None,
        turns: 0,
    }
}

/// A commit under `lease` that says nothing new.
fn commit(lease: &Lease, business: &BusinessId) -> Commit {
    Commit {
        call: lease.call.clone(),
        epoch: lease.epoch,
        row: row(&lease.call, business, NOON),
        snapshot: None,
        events: Vec::new(),
        answer: None,
    }
}

fn ask(business: &BusinessId, start: At, minutes: u32, parallel: u32) -> ReservationAsk {
    ReservationAsk {
        business: business.clone(),
        service: "cut".to_owned(),
        start,
        minutes,
        parallel,
        name: "Ada".to_owned(),
        phone: "+12025550143".to_owned(),
    }
}
