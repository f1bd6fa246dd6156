//! Placing calls: so many a second, each as its script says.

use std::time::Duration;

use carrier_sim::{CallReport, Network, Script};
use tokio::{task::JoinSet, time::Instant};

/// How calls are placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// How many.
    pub calls: usize,
    /// New ones a second.
    pub rate: f64,
    /// What each caller does.
    pub script: Script,
}

/// What came of it.
pub struct Placed {
    /// The calls that came to an end, in the order in which they ended.
    pub reports: Vec<CallReport>,
    /// Calls whose task died: a defect of the simulator, never of the server.
    pub lost: usize,
}

/// Places all calls and waits until the last one is over. `told` hears how many are over.
pub async fn place(network: &Network, load: &Load, mut told: impl FnMut(usize)) -> Placed {
    let mut calls = JoinSet::new();
    let began = Instant::now();
    for number in 0..load.calls {
        let due = Duration::from_secs_f64(number as f64 / load.rate.max(0.001));
        tokio::time::sleep_until(began + due).await;
        let (network, mut script) = (network.clone(), load.script.clone());
        script.from = format!("+1555{:07}", 100_000 + number % 9_000_000);
        calls.spawn(async move { network.call(&script).await });
    }
    let mut placed = Placed {
        reports: Vec::with_capacity(load.calls),
        lost: 0,
    };
    while let Some(done) = calls.join_next().await {
        match done {
            Ok(report) => placed.reports.push(report),
            Err(_) => placed.lost += 1,
        }
        told(placed.reports.len() + placed.lost);
    }
    placed
}
