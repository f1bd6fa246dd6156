//! Lives through generated calls as fast as it can, and stops at the first one that breaks a rule.
//!
//! `cargo run --release -p call --example worlds -- --seconds 60 --seed 1`
//!
//! Calls come by turns on a line that visits, as webhooks do, and on one that pushes. A call that breaks a rule is made
//! smaller while it still does, and told with its seed: `--seed <that> --calls 1` lives through it again.

#![allow(clippy::print_stdout)]

#[path = "../tests/world/mod.rs"]
mod world;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use world::{Manner, Plan, Simple, Tally, play, shrink};

/// Calls between two looks at the clock.
const BATCH: u64 = 256;

struct Args {
    /// At most so many.
    calls: u64,
    /// At most so long.
    seconds: u64,
    seed: u64,
}

fn args() -> Result<Args, String> {
    let (mut calls, mut seconds, mut seed) = (None, None, 1);
    let mut words = std::env::args().skip(1);
    while let Some(key) = words.next() {
        let value = words.next().and_then(|value| value.parse().ok());
        let value = value.ok_or_else(|| format!("{key} needs a whole number"))?;
        match key.as_str() {
            "--calls" => calls = Some(value),
            "--seconds" => seconds = Some(value),
            "--seed" => seed = value,
            _ => {
                return Err(format!(
                    "unknown option {key}: there are --calls, --seconds and --seed"
                ));
            }
        }
    }
    let enough = if seconds.is_some() { u64::MAX } else { 300_000 };
    Ok(Args {
        calls: calls.unwrap_or(enough),
        seconds: seconds.unwrap_or(u64::MAX),
        seed,
    })
}

/// Every call is lived through on one of the two manners of line, by turns.
fn manner(seed: u64) -> Manner {
    if seed.is_multiple_of(2) {
        Manner::Push
    } else {
        Manner::Visits
    }
}

fn report(seed: u64, plan: &Plan) {
    let manner = manner(seed);
    let fails = |plan: &Plan| play(plan, Simple::new(plan, manner), false).is_err();
    let plan = shrink(plan, fails);
    if let Err((why, trace)) = play(&plan, Simple::new(&plan, manner), true) {
        println!("{}\n\n{plan:?}\n", trace.join("\n"));
        println!("seed {seed} ({manner:?}): {why}");
    }
}

fn sum(all: &mut Tally, one: Tally) {
    all.steps += one.steps;
    all.virtual_ms += one.virtual_ms;
    all.sentences += one.sentences;
    all.fillers += one.fillers;
    all.turns += one.turns;
}

fn told(calls: u64, first: u64, tally: Tally, took: Duration) {
    let seconds = took.as_secs_f64();
    let rate = calls as f64 / seconds;
    let pushed = calls / 2 + u64::from(calls % 2 == 1 && first.is_multiple_of(2));
    println!("first seed     {first}");
    println!(
        "calls          {calls} ({} visited, {pushed} pushed)",
        calls - pushed
    );
    println!("steps          {}", tally.steps);
    println!("turns          {}", tally.turns);
    println!("sentences      {}", tally.sentences);
    println!("fillers        {}", tally.fillers);
    println!(
        "virtual hours  {:.0}",
        tally.virtual_ms as f64 / 3_600_000.0
    );
    println!("seconds        {seconds:.1}");
    println!("calls/s        {rate:.0}");
    println!("calls/min      {:.0}", rate * 60.0);
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn main() -> ExitCode {
    let args = match args() {
        Ok(args) => args,
        Err(why) => {
            println!("{why}");
            return ExitCode::from(2);
        }
    };
    let began = Instant::now();
    let mut tally = Tally::default();
    let mut calls = 0;
    while calls < args.calls {
        if calls.is_multiple_of(BATCH) && began.elapsed().as_secs() >= args.seconds {
            break;
        }
        let seed = args.seed.wrapping_add(calls);
        let plan = Plan::of(seed);
        match play(&plan, Simple::new(&plan, manner(seed)), false) {
            Ok(one) => sum(&mut tally, one),
            Err(_) => {
                report(seed, &plan);
                return ExitCode::FAILURE;
            }
        }
        calls += 1;
    }
    told(calls, args.seed, tally, began.elapsed());
    ExitCode::SUCCESS
}
