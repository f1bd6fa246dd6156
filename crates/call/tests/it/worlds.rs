//! Generated calls on two manners of line, judged by the reference model.

use crate::world::{Manner, Plan, Simple, play, shrink};

fn live(manner: Manner, seeds: std::ops::Range<u64>) {
    let fails = |plan: &Plan| play(plan, Simple::new(plan, manner), false).is_err();
    for seed in seeds {
        let plan = Plan::of(seed);
        if fails(&plan) {
            let plan = shrink(&plan, fails);
            let Err((why, trace)) = play(&plan, Simple::new(&plan, manner), true) else {
                panic!("seed {seed} fails and does not");
            };
            panic!("seed {seed}: {why}\n{plan:?}\n{}", trace.join("\n"));
        }
    }
}

#[test]
fn a_thousand_calls_on_a_line_that_pushes() {
    live(Manner::Push, 0..1_000);
}

#[test]
fn a_thousand_calls_on_a_line_that_visits() {
    live(Manner::Visits, 0..1_000);
}
