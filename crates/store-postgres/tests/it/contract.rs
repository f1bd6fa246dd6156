use std::{collections::HashSet, sync::Arc};

use events::TurnId;
use store::{Records, StoreError, contract};

use crate::world::{NOON, ask, new_business, new_call, open, settings, url};

#[tokio::test]
async fn postgres_keeps_records() {
    let Some(url) = url() else { return };
    contract::records(&open(&settings(&url)).await).await;
}

/// Four instances of the program, each with its own connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_at_four_instances_race_for_fifty() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    let mut instances = Vec::new();
    for _ in 0..4 {
        instances.push(Arc::new(open(&settings).await));
    }
    let business = new_business();
    let racers: Vec<_> = (0..1_000_usize)
        .map(|n| {
            let (records, business) = (instances[n % 4].clone(), business.clone());
            tokio::spawn(async move {
                let call = new_call();
                let wanted = ask(&business, NOON, 50);
                records.reserve(&call, TurnId(1), 0, wanted).await
            })
        })
        .collect();
    let (mut made, mut taken) = (HashSet::new(), 0);
    for racer in racers {
        match racer.await.unwrap() {
            Ok(reservation) => assert!(made.insert(reservation.id)),
            Err(e) => {
                assert_eq!(e, StoreError::Taken);
                taken += 1;
            }
        }
    }
    assert_eq!((made.len(), taken), (50, 950));
    let stored = instances[0].reservations(&business, NOON, NOON + 1).await;
    assert_eq!(stored.unwrap().len(), 50);
}

/// Moves and bookings of two instances cross each other; whatever comes of it, nobody overlaps.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moves_that_cross_never_overlap() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    let (one, two) = (
        Arc::new(open(&settings).await),
        Arc::new(open(&settings).await),
    );
    let (business, hour) = (new_business(), 3_600_000);
    let mut held = Vec::new();
    for n in 0..4 {
        let wanted = ask(&business, NOON + n * hour, 1);
        held.push(
            one.reserve(&new_call(), TurnId(1), 0, wanted)
                .await
                .unwrap(),
        );
    }
    let works: Vec<_> = (0..120_u32)
        .map(|n| {
            let records = if n % 2 == 0 { one.clone() } else { two.clone() };
            let (business, id) = (business.clone(), held[n as usize % 4].id.clone());
            let start = NOON + u64::from(n % 7) * hour;
            tokio::spawn(async move {
                let call = new_call();
                let done = if n % 3 == 0 {
                    records
                        .reserve(&call, TurnId(1), 0, ask(&business, start, 1))
                        .await
                } else {
                    records
                        .reschedule(&call, TurnId(1), 0, &id, start, 30, 1)
                        .await
                };
                assert!(matches!(done, Ok(_) | Err(StoreError::Taken)), "{done:?}");
            })
        })
        .collect();
    for work in works {
        work.await.unwrap();
    }
    let all = one
        .reservations(&business, NOON, NOON + 24 * hour)
        .await
        .unwrap();
    let starts: HashSet<_> = all.iter().map(|r| r.ask.start).collect();
    assert_eq!(starts.len(), all.len(), "{all:?}");
    assert!((4..=7).contains(&all.len()));
}
