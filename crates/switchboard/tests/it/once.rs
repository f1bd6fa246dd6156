//! Exactly once: repetitions, stale requests, and many callers for few times.

use std::sync::{Arc, atomic::Ordering};

use agent::{Business, Scripted};
use bytes::Bytes;
use carrier::Verb;
use events::{CallId, Event, TurnId};
use futures::future::join_all;
use line::Kind;
use store::{SqliteRecords, StoreError};
use switchboard::RecordsDesk;

use crate::{
    parts::{Paused, answers},
    phone::{Phone, knock},
    world::{Plan, World, levered},
};

#[tokio::test(start_paused = true)]
async fn fifty_copies_of_a_request_are_one_turn_and_get_the_same_bytes() {
    let world = World::new().await;
    world.agent.pull(|_| answers(100, "We open at eight."));
    let phone = Phone::dial(&world, "copies").await;
    let turn = phone.listening.expect("it is the caller's turn");
    let request = phone.knock(Kind::Process(turn), Some("when are you open today"));
    let copies = (0..50).map(|_| world.switchboard.ask(request.clone()));
    let bodies: Vec<Bytes> = join_all(copies)
        .await
        .into_iter()
        .map(|body| body.expect("an answer"))
        .collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    assert_eq!(world.agent.asked(), 1);
    // Long after, when the call has forgotten it, and after the call itself: still the same bytes.
    let mut phone = phone;
    phone
        .follow(Kind::Process(turn), Some("when are you open today"))
        .await
        .expect("an answer");
    for _ in 0..40 {
        phone.say("and when do you close today").await;
    }
    assert_eq!(
        world
            .switchboard
            .ask(request.clone())
            .await
            .expect("an answer"),
        bodies[0]
    );
    let asked = world.agent.asked();
    phone.hang_up().await;
    world.settle().await;
    assert_eq!(
        world.switchboard.ask(request).await.expect("an answer"),
        bodies[0]
    );
    assert_eq!(world.agent.asked(), asked);
    let heard = |event: &Event| matches!(event, Event::Heard { turn: t, .. } if *t == turn);
    assert_eq!(world.count(&phone.call, heard).await, 1);
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn fifty_copies_of_a_new_call_are_one_call() {
    let world = World::new().await;
    let phone = Phone::new(&world, "ringing");
    let request = phone.knock(Kind::Incoming, None);
    let bodies = join_all((0..50).map(|_| world.switchboard.ask(request.clone()))).await;
    let first = bodies[0].clone().expect("an answer");
    assert!(bodies.into_iter().all(|body| body == Ok(first.clone())));
    assert_eq!(world.switchboard.count(), 1);
    let started = |event: &Event| matches!(event, Event::Started { .. });
    assert_eq!(world.count(&phone.call, started).await, 1);
}

#[tokio::test(start_paused = true)]
async fn old_turns_and_redirects_before_their_turn_run_nothing_and_lead_back() {
    let world = World::new().await;
    let mut phone = Phone::dial(&world, "stale").await;
    phone.say("what are your opening hours").await;
    phone.say("and where can I find you").await;
    let (asked, now) = (world.agent.asked(), phone.listening.expect("a turn"));
    let stale = [
        (Kind::Process(TurnId(1)), Some("something else altogether")),
        (Kind::Process(TurnId(now.0 + 5)), Some("from the future")),
        (Kind::Ready(TurnId(1), 3), None),
        (Kind::Ready(now, 0), None),
        (Kind::Dialled { answered: true }, None),
        (Kind::Incoming, Some("again")),
    ];
    for (kind, words) in stale {
        let document = phone.ask(kind, words).await.expect("an answer");
        let [Verb::Gather { gather, .. }] = &document.verbs[..] else {
            panic!("{kind:?} does not lead back: {document:?}");
        };
        assert!(gather.action.contains(&format!("/{now}?")), "{gather:?}");
    }
    assert_eq!(world.agent.asked(), asked);
    phone.say("thanks, and do you have parking").await;
    assert_eq!(world.agent.asked(), asked + 1);
}

#[tokio::test(start_paused = true)]
async fn after_the_end_every_request_hangs_up() {
    let world = World::new().await;
    let mut phone = Phone::dial(&world, "ended").await;
    phone.hang_up().await;
    world.settle().await;
    for kind in [
        Kind::Process(TurnId(1)),
        Kind::Ready(TurnId(1), 1),
        Kind::Over,
    ] {
        let document = phone.ask(kind, Some("hello?")).await.expect("an answer");
        assert_eq!(document.verbs, [Verb::Hangup], "{kind:?}");
    }
    assert_eq!(world.agent.asked(), 0);
    let ended = |event: &Event| matches!(event, Event::Ended { .. });
    assert_eq!(world.count(&phone.call, ended).await, 1);
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn an_unknown_business_has_no_calls() {
    let world = World::new().await;
    let nobody = events::BusinessId::parse("nobody").expect("an id");
    let call = CallId::parse("c").expect("an id");
    let answer = world
        .switchboard
        .ask(knock(&nobody, &call, Kind::Incoming, None))
        .await;
    assert_eq!(answer, Err(switchboard::AskError::NoBusiness));
    assert_eq!(world.switchboard.count(), 0);
}

/// The real records, the real desk and the real agent; 16 times and more callers than that, all at once.
#[tokio::test(start_paused = true)]
async fn racing_calls_never_share_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = Arc::new(SqliteRecords::open(folder.path()).await.expect("records"));
    let (lever, records) = levered(records);
    let desk = RecordsDesk::new(records.clone(), Arc::new(Paused::new()));
    let plan = Plan {
        lever: Some(lever),
        records: records.clone(),
        business: one_chair(),
        agent: Some(Arc::new(Scripted::at_once(Arc::new(desk)))),
        ..Plan::default()
    };
    let world = plan.open();
    // Speech is not what is tried here: the carrier reads.
    world.voice.broken.store(true, Ordering::SeqCst);
    let callers = (0..40).map(|i| book(&world, i));
    let sure: usize = join_all(callers)
        .await
        .into_iter()
        .filter(|booked| *booked)
        .count();
    let business = &world.business.id;
    let all = (events::At(0), events::At(u64::MAX >> 1));
    let written = world
        .records
        .reservations(business, all.0, all.1)
        .await
        .expect("records");
    assert_eq!((sure, written.len()), (16, 16));
    world.settle().await;
}

/// One chair, and eight hours in all: 16 half hours.
fn one_chair() -> Business {
    let mut business = Business::demo();
    business.hours.entries = [("2026-11-18".to_owned(), "09:00-17:00".to_owned())].into();
    business.services.truncate(1);
    business
}

/// Calls and tries one time after the other until one is free; says whether the agent said so.
async fn book(world: &World, i: usize) -> bool {
    let mut phone = Phone::dial(world, &format!("race{i}")).await;
    phone.from = Some(format!("+1202555{:04}", i));
    for k in 0..16 {
        let slot = (i + k) % 16;
        let time = format!("{}:{:02}", 9 + slot / 2, 30 * (slot % 2));
        let ask = format!("I'd like a checkup tomorrow at {time} for Sam Lee");
        for words in [ask.as_str(), "yes", "yes that's right"] {
            let turn = phone.say(words).await;
            let said = turn.read().join(" ");
            if said.contains("You're booked") {
                phone.hang_up().await;
                return true;
            }
            if !(said.contains("is free")
                || said.contains("read that back")
                || said.contains("Is that right")
                || said.contains("best one to reach"))
            {
                break;
            }
        }
    }
    phone.hang_up().await;
    false
}

/// The same through the desk alone, with a thousand.
#[tokio::test]
async fn a_thousand_racing_callers_get_fifty_times() {
    use agent::{BookingAsk, Desk, DeskError, EffectKey, Slot};
    let folder = tempfile::tempdir().expect("a folder");
    let records = Arc::new(SqliteRecords::open(folder.path()).await.expect("records"));
    let desk = RecordsDesk::new(records.clone(), Arc::new(Paused::new()));
    let business = Business::demo().id;
    let tries = (0..1_000u64).map(|i| {
        let key = EffectKey {
            call: CallId::parse(&format!("c{i}")).expect("an id"),
            turn: TurnId(4),
            ordinal: 0,
        };
        let start = crate::parts::MORNING + (i % 50) * 1_800_000;
        let ask = BookingAsk {
            business: business.clone(),
            service: "checkup".into(),
            slot: Slot { start, minutes: 30 },
            parallel: 1,
            name: "Sam Lee".into(),
            phone: format!("+1202555{i:04}"),
        };
        // Everybody tries twice, as after a crash: the second is the first.
        let desk = &desk;
        async move {
            let first = desk.book(key.clone(), ask.clone()).await;
            let second = desk.book(key, ask).await;
            assert_eq!(first, second);
            first
        }
    });
    let results = join_all(tries).await;
    let booked = results.iter().filter(|result| result.is_ok()).count();
    let taken = results
        .iter()
        .filter(|r| **r == Err(DeskError::Taken))
        .count();
    assert_eq!(
        (booked, taken),
        (50, 950),
        "{:?}",
        results
            .iter()
            .find(|r| matches!(r, Err(e) if *e != DeskError::Taken))
    );
    let all = store::Records::reservations(
        &*records,
        &business,
        events::At(0),
        events::At(u64::MAX >> 1),
    )
    .await;
    assert_eq!(all.map(|all| all.len()), Ok::<usize, StoreError>(50));
}
