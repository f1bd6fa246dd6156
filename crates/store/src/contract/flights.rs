//! Turns to make things.

use std::sync::atomic::{AtomicU32, Ordering};

use events::{Clock, SystemClock};
use futures::future::join_all;

use super::{MINUTE, fresh, good};
use crate::{Asked, Flights, StoreError, Turn, once};

pub(super) async fn all(flights: &dyn Flights) {
    one_of_many_gets_the_turn(flights).await;
    a_turn_that_was_given_back_is_free(flights).await;
    a_turn_ends_by_itself(flights).await;
    the_late_cannot_give_back_anothers_turn(flights).await;
    a_hundred_make_one(flights).await;
    a_failure_passes_the_turn_on(flights).await;
    nobody_waits_longer_than_a_lease(flights).await;
}

async fn take(flights: &dyn Flights, name: &str, lease_ms: u64) -> Option<Turn> {
    match good("take", flights.take(name, lease_ms).await) {
        Asked::Ours(turn) => Some(turn),
        Asked::Theirs(left) => {
            assert!(
                left <= lease_ms.max(MINUTE),
                "no longer than the lease: {left}"
            );
            None
        }
    }
}

async fn one_of_many_gets_the_turn(flights: &dyn Flights) {
    let name = fresh("flight");
    let asked = join_all((0..16).map(|_| take(flights, &name, MINUTE))).await;
    let turns: Vec<_> = asked.into_iter().flatten().collect();
    assert_eq!(turns.len(), 1, "one of 16");
    assert_eq!(turns[0].name, name);
    let other = take(flights, &fresh("flight"), MINUTE).await;
    assert!(other.is_some(), "another name is another turn");
}

async fn a_turn_that_was_given_back_is_free(flights: &dyn Flights) {
    let name = fresh("flight");
    let turn = take(flights, &name, MINUTE).await.expect("it is free");
    for _ in 0..2 {
        good("give", flights.give(&turn).await);
    }
    let next = take(flights, &name, MINUTE)
        .await
        .expect("it is free again");
    assert_ne!(next.token, turn.token, "another turn");
}

/// Asks until the turn of another is over.
async fn after_another(flights: &dyn Flights, name: &str, lease_ms: u64) -> Turn {
    loop {
        if let Some(turn) = take(flights, name, lease_ms).await {
            return turn;
        }
        tokio::task::yield_now().await;
    }
}

async fn a_turn_ends_by_itself(flights: &dyn Flights) {
    let (name, clock) = (fresh("flight"), SystemClock::new());
    let from = clock.now();
    take(flights, &name, 80).await.expect("it is free");
    after_another(flights, &name, MINUTE).await;
    let ms = clock.now().since(from);
    assert!((70..2_000).contains(&ms), "a lease of 80 ms took {ms} ms");
}

async fn the_late_cannot_give_back_anothers_turn(flights: &dyn Flights) {
    let name = fresh("flight");
    let late = take(flights, &name, 20).await.expect("it is free");
    after_another(flights, &name, MINUTE).await;
    good("give", flights.give(&late).await);
    let stolen = take(flights, &name, MINUTE).await;
    assert_eq!(stolen, None, "the turn is another's");
}

/// What is made, how often, and whether it is there.
#[derive(Default)]
struct Oven {
    baked: AtomicU32,
}

impl Oven {
    async fn look(&self) -> Option<u32> {
        match self.baked.load(Ordering::SeqCst) {
            0 => None,
            n => Some(n),
        }
    }

    async fn bake(&self, ms: u64) -> Result<u32, StoreError> {
        tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
        Ok(self.baked.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

async fn a_hundred_make_one(flights: &dyn Flights) {
    let (name, clock, oven) = (fresh("flight"), SystemClock::new(), Oven::default());
    let one = || {
        once(
            flights,
            &clock,
            &name,
            MINUTE,
            || oven.look(),
            || oven.bake(60),
        )
    };
    let all = join_all((0..100).map(|_| one())).await;
    for made in all {
        assert_eq!(good("once", made), 1, "the one that was made");
    }
    assert_eq!(oven.baked.into_inner(), 1, "made once");
}

async fn a_failure_passes_the_turn_on(flights: &dyn Flights) {
    let (name, clock, oven) = (fresh("flight"), SystemClock::new(), Oven::default());
    let tries = AtomicU32::new(0);
    let make = || async {
        match tries.fetch_add(1, Ordering::SeqCst) {
            0 => Err(StoreError::NotFound),
            _ => oven.bake(20).await,
        }
    };
    let one = || once(flights, &clock, &name, MINUTE, || oven.look(), make);
    let all = join_all((0..10).map(|_| one())).await;
    let failed = all.iter().filter(|made| made.is_err()).count();
    assert_eq!(failed, 1, "only who failed is told so: {all:?}");
    assert_eq!(tries.into_inner(), 2, "the next one made it");
}

async fn nobody_waits_longer_than_a_lease(flights: &dyn Flights) {
    let (name, clock, oven) = (fresh("flight"), SystemClock::new(), Oven::default());
    // Somebody who is not dead, and far too slow.
    take(flights, &name, MINUTE).await.expect("it is free");
    let from = clock.now();
    let look = || oven.look();
    let made = once(flights, &clock, &name, 100, look, || oven.bake(0)).await;
    let ms = clock.now().since(from);
    assert_eq!(good("once", made), 1, "made after all");
    assert!((90..1_500).contains(&ms), "a lease of 100 ms, and {ms} ms");
}
