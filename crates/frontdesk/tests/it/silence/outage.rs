//! The model is gone for a minute while hundreds call.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use carrier_sim::{CallReport, Network};
use futures::future::join_all;
use provider_sim::{Fault, Sim};

use super::{
    ear::Heard,
    house::call,
    whole,
    world::{Part, Stage, World, questions},
};

/// How soon after its return every turn is the model's again.
const RECOVERY: Duration = Duration::from_secs(2);

/// Calls that go on and on, until they are told to stop.
struct Callers {
    stop: Arc<AtomicBool>,
    all: Vec<tokio::task::JoinHandle<Vec<(Instant, CallReport)>>>,
}

impl Callers {
    fn begin(network: &Network, callers: usize) -> Callers {
        let stop = Arc::new(AtomicBool::new(false));
        let one = |number: usize| {
            let (network, stop) = (network.clone(), stop.clone());
            async move {
                // They do not all begin in the same moment.
                tokio::time::sleep(Duration::from_millis(25 * number as u64)).await;
                let mut calls = Vec::new();
                while !stop.load(Relaxed) {
                    let begun = Instant::now();
                    calls.push((begun, call(&network, &questions()).await));
                }
                calls
            }
        };
        let all = (0..callers).map(|number| tokio::spawn(one(number)));
        Callers {
            all: all.collect(),
            stop: stop.clone(),
        }
    }

    async fn end(self) -> Vec<(Instant, CallReport)> {
        self.stop.store(true, Relaxed);
        let calls = join_all(self.all).await.into_iter();
        calls
            .flat_map(|calls| calls.expect("callers do not panic"))
            .collect()
    }
}

/// How often the model was asked.
fn asked(mind: &Sim) -> usize {
    let seen = mind.seen();
    seen.iter().filter(|seen| seen.method == "POST").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; scripts/check-silence runs it"]
async fn a_minute_without_the_model_costs_no_turn_and_few_questions() {
    let whole = whole();
    let (callers, outage) = if whole { (200, 60) } else { (30, 10) };
    // Few callers ask seldom, so the short run prints the figure and judges only that the model comes back.
    let within = if whole { RECOVERY } else { 4 * RECOVERY };
    let world = World::of(Part::Model(Stage::First))
        .await
        .expect("it needs no server");
    world.talk(20_000);
    let at_work = Callers::begin(&world.house.network(), callers);
    tokio::time::sleep(Duration::from_secs(8)).await;
    let before = asked(&world.mind);
    world.mind.fault(Fault::Status {
        code: 500,
        retry_after_s: None,
    });
    tokio::time::sleep(Duration::from_secs(outage / 2)).await;
    world.mind.fault(Fault::BlackHole);
    tokio::time::sleep(Duration::from_secs(outage - outage / 2)).await;
    let during = asked(&world.mind);
    let back = Instant::now();
    world.mind.fault(Fault::None);
    while asked(&world.mind) == during {
        assert!(
            back.elapsed() < Duration::from_secs(30),
            "it is not asked again"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let recovery = back.elapsed();
    tokio::time::sleep(Duration::from_secs(6)).await;
    let calls = at_work.end().await;
    let mut heard = Heard::default();
    let mut turns = 0;
    for (begun, report) in &calls {
        heard.and(Heard::of(report, questions().len()));
        turns += report.turns.len() - 1;
        let late = *begun > back + within;
        for turn in report.turns.iter().skip(1).filter(|_| late) {
            if !turn.heard.contains("gate") {
                let words = &turn.heard;
                heard
                    .wrong
                    .push(format!("not the model after its return: {words}"));
            }
        }
    }
    let all = asked(&world.mind);
    eprintln!(
        "{callers} callers, {} calls, {turns} turns; the model was gone for {outage} s: asked {before} times before, \
{} while it was gone, {all} in all = {:.2} a turn; asked again {} ms after its return; \
longest silence after a sound {:.0} ms, before one {:.0} ms",
        calls.len(),
        during - before,
        all as f64 / turns as f64,
        recovery.as_millis(),
        heard.gap_ms,
        heard.first_ms
    );
    assert!(
        all as f64 <= 1.2 * turns as f64,
        "{all} questions in {turns} turns"
    );
    assert!(recovery <= within, "{recovery:?}");
    let faults: Vec<&str> = heard.faults().take(20).map(String::as_str).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
