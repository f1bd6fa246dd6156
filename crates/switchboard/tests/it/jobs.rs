//! The queue of work that can wait.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use events::Clock;
use futures::FutureExt;
use switchboard::{
    Calm, Failure, Job, JobSettings, Jobs, Outcome, Priority, Refused, Retry, Tasks,
};
use tokio::time::{Instant, sleep};

use crate::parts::Paused;

/// What a job of these tests does.
#[derive(Clone, Debug)]
enum Work {
    /// Takes so many ms.
    Takes(u64),
    /// Fails so often, counted in the attempts, and then works.
    Fails(u32),
    Breaks,
    Panics,
}

struct World {
    jobs: Jobs<(String, Work)>,
    tasks: Tasks,
    calm: Arc<Calm>,
    clock: Arc<Paused>,
    /// Which job began, and when, ms.
    began: Arc<Mutex<Vec<(String, u64)>>>,
    most: Arc<AtomicUsize>,
}

fn world(settings: JobSettings) -> World {
    let (tasks, calm, clock) = (
        Tasks::new(),
        Arc::new(Calm::default()),
        Arc::new(Paused::new()),
    );
    let began: Arc<Mutex<Vec<(String, u64)>>> = Arc::default();
    let (running, most): (Arc<AtomicUsize>, Arc<AtomicUsize>) = Default::default();
    let start = Instant::now();
    let (log, peak) = (began.clone(), most.clone());
    let work = move |(name, work): (String, Work)| {
        let (log, running, peak) = (log.clone(), running.clone(), peak.clone());
        async move {
            let at = u64::try_from(start.elapsed().as_millis()).expect("short");
            let tries = {
                let mut log = log.lock().expect("no panic");
                log.push((name.clone(), at));
                log.iter().filter(|(n, _)| *n == name).count()
            };
            peak.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let result = match work {
                Work::Takes(ms) => {
                    sleep(Duration::from_millis(ms)).await;
                    Ok(())
                }
                Work::Fails(times) if tries <= times as usize => {
                    Err(Failure::Again("not yet".into()))
                }
                Work::Fails(_) => Ok(()),
                Work::Breaks => Err(Failure::Never("it cannot be".into())),
                Work::Panics => panic!("it was told to"),
            };
            running.fetch_sub(1, Ordering::SeqCst);
            result
        }
        .boxed()
    };
    let jobs = Jobs::new(settings, tasks.clone(), clock.clone(), calm.clone(), work);
    World {
        jobs,
        tasks,
        calm,
        clock,
        began,
        most,
    }
}

fn job(name: &str, priority: Priority, work: Work) -> Job<(String, Work)> {
    Job {
        key: name.into(),
        priority,
        work: (name.into(), work),
    }
}

impl World {
    fn push(&self, name: &str, priority: Priority, work: Work) {
        self.jobs
            .push(job(name, priority, work))
            .expect("there is room");
    }

    fn began(&self) -> Vec<String> {
        let began = self.began.lock().expect("no panic");
        began.iter().map(|(name, _)| name.clone()).collect()
    }

    fn times(&self, name: &str) -> Vec<u64> {
        let began = self.began.lock().expect("no panic");
        let same = began.iter().filter(|(n, _)| n == name);
        same.map(|(_, at)| *at).collect()
    }

    /// Waits until there is no job left, and so no owner.
    async fn settle(&self) {
        for _ in 0..10_000 {
            if self.tasks.count() == 0 {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("jobs are left: {:?}", self.jobs.backlog());
    }
}

#[tokio::test(start_paused = true)]
async fn the_most_pressing_is_first_and_then_the_oldest() {
    let world = world(JobSettings::default());
    for (name, priority) in [
        ("low", Priority::Low),
        ("normal 1", Priority::Normal),
        ("normal 2", Priority::Normal),
        ("high", Priority::High),
    ] {
        world.push(name, priority, Work::Takes(10));
    }
    world.settle().await;
    assert_eq!(world.began(), ["high", "normal 1", "normal 2", "low"]);
    assert_eq!(
        world.most.load(Ordering::SeqCst),
        2,
        "one beside a high one, no more"
    );
}

#[tokio::test(start_paused = true)]
async fn the_same_key_is_the_same_job_and_the_higher_priority_counts() {
    let world = world(JobSettings::default());
    world.push("running", Priority::Normal, Work::Takes(100));
    tokio::task::yield_now().await;
    for priority in [Priority::Low, Priority::Low, Priority::Normal] {
        world.push("twice", priority, Work::Takes(10));
    }
    world.push("running", Priority::Normal, Work::Takes(100));
    world.push("other", Priority::Normal, Work::Takes(10));
    world.settle().await;
    assert_eq!(world.began(), ["running", "twice", "other"]);
    let backlog = world.jobs.backlog();
    assert_eq!((backlog.merged, backlog.normal.done), (3, 3));
    assert_eq!(backlog.oldest_ms, None);
}

#[tokio::test(start_paused = true)]
async fn failures_are_tried_again_after_growing_pauses_and_then_given_up() {
    let retry = Retry {
        tries: 4,
        first_ms: 1_000,
        most_ms: 3_000,
    };
    let world = world(JobSettings {
        retry,
        ..JobSettings::default()
    });
    let (good, bad) = tokio::join!(
        world.jobs.done(job("good", Priority::Low, Work::Fails(3))),
        world.jobs.done(job("bad", Priority::Low, Work::Fails(9))),
    );
    assert_eq!(good, Ok(Outcome::Done));
    assert_eq!(bad, Ok(Outcome::Failed("not yet".into())));
    for name in ["good", "bad"] {
        let times = world.times(name);
        let pauses: Vec<u64> = times.windows(2).map(|w| w[1] - w[0]).collect();
        assert_eq!(pauses.len(), 3);
        for (pause, whole) in pauses.iter().zip([1_000, 2_000, 3_000]) {
            assert!(
                (whole / 2..=whole + 5).contains(pause),
                "{name}: {pauses:?}"
            );
        }
    }
    assert_ne!(
        world.times("good")[1],
        world.times("bad")[1],
        "not together again"
    );
    let low = world.jobs.backlog().low;
    assert_eq!((low.done, low.failed), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_done_is_tried_once_and_a_panic_harms_nobody() {
    let world = world(JobSettings::default());
    let (broken, panicked, fine) = tokio::join!(
        world.jobs.done(job("broken", Priority::Low, Work::Breaks)),
        world
            .jobs
            .done(job("panicked", Priority::Low, Work::Panics)),
        world.jobs.done(job("fine", Priority::Low, Work::Takes(1))),
    );
    assert_eq!(broken, Ok(Outcome::Failed("it cannot be".into())));
    assert_eq!(panicked, Ok(Outcome::Failed("it panicked".into())));
    assert_eq!(fine, Ok(Outcome::Done));
    assert_eq!(world.began().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_try_that_takes_too_long_is_cut_off_and_tried_again() {
    let world = world(JobSettings {
        longest_ms: 500,
        retry: Retry {
            tries: 2,
            ..Retry::default()
        },
        ..JobSettings::default()
    });
    let done = world
        .jobs
        .done(job("slow", Priority::Low, Work::Takes(60_000)))
        .await;
    assert_eq!(
        done,
        Ok(Outcome::Failed("it was not done within 500 ms".into()))
    );
    assert_eq!(world.began().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_full_lane_refuses_and_leaves_the_others_open() {
    let world = world(JobSettings {
        limit: 2,
        ..JobSettings::default()
    });
    world.push("a", Priority::Low, Work::Takes(10));
    world.push("b", Priority::Low, Work::Takes(10));
    let refused = world.jobs.push(job("c", Priority::Low, Work::Takes(10)));
    assert_eq!(refused, Err(Refused::Full { limit: 2 }));
    assert!(
        refused
            .expect_err("it is full")
            .to_string()
            .contains("2 jobs")
    );
    world.push("b", Priority::Low, Work::Takes(10));
    world.push("d", Priority::High, Work::Takes(10));
    let backlog = world.jobs.backlog();
    assert_eq!((backlog.low.waiting, backlog.high.waiting), (2, 1));
    assert_eq!((backlog.refused, backlog.limit), (1, 2));
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_job_never_begins_or_ends_at_once() {
    let world = world(JobSettings::default());
    let running = world
        .jobs
        .done(job("running", Priority::Low, Work::Takes(60_000)));
    let waiting = world
        .jobs
        .done(job("waiting", Priority::Low, Work::Takes(10)));
    let cancel = async {
        sleep(Duration::from_millis(5)).await;
        assert!(!world.jobs.cancel_waiting("running"), "it has begun");
        assert!(world.jobs.cancel("running") && world.jobs.cancel_waiting("waiting"));
        assert!(!world.jobs.cancel("unknown"));
    };
    let began = Instant::now();
    let (running, waiting, ()) = tokio::join!(running, waiting, cancel);
    assert_eq!(
        (running, waiting),
        (Ok(Outcome::Cancelled), Ok(Outcome::Cancelled))
    );
    assert!(began.elapsed() < Duration::from_secs(1));
    assert_eq!(world.began(), ["running"]);
    assert_eq!(world.jobs.backlog().cancelled, 2);
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn the_backlog_says_what_waits_runs_and_is_tried_again_and_how_old_it_is() {
    let world = world(JobSettings::default());
    world.push("again", Priority::Low, Work::Fails(2));
    sleep(Duration::from_millis(5)).await;
    world.push("running", Priority::Normal, Work::Takes(60_000));
    world.push("waiting", Priority::Low, Work::Takes(1));
    sleep(Duration::from_millis(100)).await;
    let backlog = world.jobs.backlog();
    assert_eq!((backlog.low.retrying, backlog.low.waiting), (1, 1));
    assert_eq!((backlog.normal.running, backlog.high.running), (1, 0));
    assert_eq!(backlog.oldest_ms, Some(105));
    assert!(world.jobs.cancel("running"));
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn work_waits_for_callers_a_second_at_most_and_one_at_a_time() {
    let world = world(JobSettings::default());
    let caller = world.calm.disturb();
    world.push("a", Priority::Low, Work::Takes(10));
    world.push("high", Priority::High, Work::Takes(10));
    sleep(Duration::from_millis(300)).await;
    assert_eq!(world.began(), ["high"]);
    drop(caller);
    sleep(Duration::from_millis(1)).await;
    assert_eq!(world.times("a"), [300], "the caller's answer is done");
    let _caller = world.calm.disturb();
    for name in ["b", "c"] {
        world.push(name, Priority::Low, Work::Takes(10));
    }
    world.settle().await;
    let (b, c) = (world.times("b")[0], world.times("c")[0]);
    assert!((1_300..1_320).contains(&b), "{b}");
    assert!((b + 1_000..b + 1_030).contains(&c), "{c}: it yields again");
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_jobs_and_takes_no_more() {
    let world = world(JobSettings::default());
    let waits = world
        .jobs
        .done(job("long", Priority::Low, Work::Takes(60_000)));
    let stop = async {
        sleep(Duration::from_millis(5)).await;
        assert!(
            world.tasks.stop(Duration::from_secs(1)).await,
            "the owner ends"
        );
    };
    let (outcome, ()) = tokio::join!(waits, stop);
    assert_eq!(outcome, Ok(Outcome::Cancelled));
    let refused = world.jobs.push(job("late", Priority::High, Work::Takes(1)));
    assert_eq!(refused, Err(Refused::Closed));
    assert!(world.clock.now() > events::At(0));
}
