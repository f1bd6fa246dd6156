//! Lives through generated calls as fast as it can, and stops at the first one that breaks a rule.
//!
//! `cargo run --release -p call --example worlds -- --calls 300000 --seed 1`

#![allow(clippy::print_stdout)]

#[path = "../tests/world/mod.rs"]
mod world;

use std::{process::ExitCode, time::Duration};

use world::{Manner, Plan, Simple, Tally, play, shrink};

struct Args {
    calls: u64,
    seed: u64,
}

fn args() -> Result<Args, String> {
    let mut args = Args {
        calls: 300_000,
        seed: 1,
    };
    let mut words = std::env::args().skip(1);
    while let Some(key) = words.next() {
        let value = words.next().and_then(|value| value.parse().ok());
        let value = value.ok_or_else(|| format!("{key} needs a whole number"))?;
        match key.as_str() {
            "--calls" => args.calls = value,
            "--seed" => args.seed = value,
            _ => {
                return Err(format!(
                    "unknown option {key}: there are --calls and --seed"
                ));
            }
        }
    }
    Ok(args)
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

fn told(calls: u64, tally: Tally, took: Duration) {
    let seconds = took.as_secs_f64();
    println!("calls          {calls}");
    println!("steps          {}", tally.steps);
    println!("turns          {}", tally.turns);
    println!("sentences      {}", tally.sentences);
    println!("fillers        {}", tally.fillers);
    println!(
        "virtual hours  {:.0}",
        tally.virtual_ms as f64 / 3_600_000.0
    );
    println!("seconds        {seconds:.1}");
    println!("calls/s        {:.0}", calls as f64 / seconds);
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
    let began = std::time::Instant::now();
    let mut tally = Tally::default();
    for n in 0..args.calls {
        let seed = args.seed.wrapping_add(n);
        let plan = Plan::of(seed);
        match play(&plan, Simple::new(&plan, manner(seed)), false) {
            Ok(one) => sum(&mut tally, one),
            Err(_) => {
                report(seed, &plan);
                return ExitCode::FAILURE;
            }
        }
    }
    told(args.calls, tally, began.elapsed());
    ExitCode::SUCCESS
}
