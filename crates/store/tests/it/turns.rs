//! Turns among processes, and writes that nobody waits for.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use bytes::Bytes;
use events::{Clock, ManualClock, SystemClock};
use futures::{
    FutureExt,
    future::{BoxFuture, join_all, pending},
};
use store::{
    Asked, Flights, Later, Layer, MemoryFlights, MemoryObjects, ObjectKey, Objects, SharedFlights,
    StoreError, Tiers, Turn, contract, once,
};

fn system() -> Arc<dyn Clock> {
    Arc::new(SystemClock::new())
}

/// Counts what it is asked, and answers like another or never.
struct Far {
    turns: Option<MemoryFlights>,
    asked: AtomicU32,
}

impl Far {
    fn new(turns: Option<MemoryFlights>) -> Arc<Self> {
        let asked = AtomicU32::new(0);
        Arc::new(Self { turns, asked })
    }
}

impl Flights for Far {
    fn take<'a>(
        &'a self,
        name: &'a str,
        lease_ms: u64,
    ) -> BoxFuture<'a, Result<Asked, StoreError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match &self.turns {
            Some(turns) => turns.take(name, lease_ms),
            None => pending().boxed(),
        }
    }

    fn give<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<(), StoreError>> {
        match &self.turns {
            Some(turns) => turns.give(turn),
            None => pending().boxed(),
        }
    }
}

#[tokio::test]
async fn shared_turns_are_turns() {
    let far = Far::new(Some(MemoryFlights::new(system())));
    contract::flights(&SharedFlights::new(far, system())).await;
}

#[tokio::test]
async fn two_processes_make_it_once_and_ask_seldom() {
    let far = Far::new(Some(MemoryFlights::new(system())));
    let (here, there) = (
        SharedFlights::new(far.clone(), system()),
        SharedFlights::new(far.clone(), system()),
    );
    let (clock, made) = (system(), Mutex::new(None));
    let makers = AtomicU32::new(0);
    let want = |flights| {
        let (clock, made, makers) = (&clock, &made, &makers);
        let look = move || async move { *made.lock().unwrap() };
        let make = move || async move {
            tokio::task::yield_now().await;
            makers.fetch_add(1, Ordering::SeqCst);
            *made.lock().unwrap() = Some(7);
            Ok::<_, StoreError>(7)
        };
        once(flights, &**clock, "a clip", 5_000, look, make)
    };
    let wants = (0..50).flat_map(|_| [want(&here), want(&there)]);
    let all = join_all(wants).await;
    assert!(all.iter().all(|got| *got == Ok(7)));
    assert_eq!(makers.load(Ordering::SeqCst), 1);
    let asked = far.asked.load(Ordering::SeqCst);
    assert!(asked < 20, "100 wanted it, {asked} asked far away");
}

#[tokio::test]
async fn who_leaves_in_the_middle_hands_it_on() {
    for flights in [
        Arc::new(MemoryFlights::new(system())) as Arc<dyn Flights>,
        Arc::new(SharedFlights::new(
            Far::new(Some(MemoryFlights::new(system()))),
            system(),
        )),
    ] {
        let clock = system();
        let look = || async { None::<u32> };
        {
            let hang = || pending::<Result<u32, StoreError>>();
            let leaves = once(&*flights, &*clock, "a clip", 60_000, look, hang);
            assert!(leaves.now_or_never().is_none());
        }
        let make = || async { Ok::<_, StoreError>(7) };
        let next = once(&*flights, &*clock, "a clip", 60_000, look, make);
        let next = next.now_or_never();
        assert_eq!(next, Some(Ok(7)), "the next one makes it at once");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_far_away_costs_one_short_wait_a_second() {
    let clock = Arc::new(ManualClock::default());
    let far = Far::new(None);
    let flights = SharedFlights::new(far.clone(), clock.clone());
    let from = tokio::time::Instant::now();
    for nth in 0..10 {
        let turn = match flights.take(&format!("clip {nth}"), 5_000).await {
            Ok(Asked::Ours(turn)) => turn,
            other => panic!("{other:?}"),
        };
        flights.give(&turn).await.unwrap();
    }
    assert_eq!(far.asked.load(Ordering::SeqCst), 1);
    assert_eq!(from.elapsed().as_millis(), 200);
    clock.advance(1_001);
    let _ = flights.take("another", 5_000).await;
    assert_eq!(far.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_is_behind_is_written_after_the_answer() {
    let kept: Arc<Mutex<Vec<BoxFuture<'static, ()>>>> = Arc::default();
    let queue = kept.clone();
    let later: Later = Arc::new(move |work| queue.lock().unwrap().push(work));
    let (top, bottom) = (
        Arc::new(MemoryObjects::default()),
        Arc::new(MemoryObjects::default()),
    );
    let layers = vec![
        Layer::new("top", top.clone()).at_most(10),
        Layer::new("bottom", bottom.clone()).durable().behind(),
    ];
    let tiers = Tiers::new(layers, system()).after(later);
    let small = tiers.put(Bytes::from_static(b"small")).await.unwrap();
    assert!(top.get(&small).await.unwrap().is_some());
    assert!(bottom.get(&small).await.unwrap().is_none(), "not yet");
    let work = kept.lock().unwrap().pop().expect("one write waits");
    work.await;
    assert!(bottom.get(&small).await.unwrap().is_some());
    let large = Bytes::from_static(b"too large for the top");
    let key: ObjectKey = tiers.put(large).await.unwrap();
    assert!(bottom.get(&key).await.unwrap().is_some(), "waited for");
}
