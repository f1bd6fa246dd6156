//! A second engine beside a late one, in virtual time.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use audio::Pcm;
use events::{At, Clock};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use tokio::time::{Instant, sleep};
use tts::{Ladder, Rung, SpeechStream, Tts, Utterance, Voice, VoiceInfo, Wait};

struct Virtual(Instant);

impl Clock for Virtual {
    fn now(&self) -> At {
        At(1_000 + self.0.elapsed().as_millis() as u64)
    }
}

struct Sleep;

impl Wait for Sleep {
    fn after(&self, ms: u32) -> BoxFuture<'static, ()> {
        sleep(Duration::from_millis(ms.into())).boxed()
    }
}

/// An engine whose first sound comes when it is told to.
struct Slow {
    name: &'static str,
    first_ms: Box<dyn Fn(u64) -> u64 + Send + Sync>,
    asked: AtomicU64,
    living: Arc<AtomicUsize>,
}

impl Slow {
    fn new(name: &'static str, first_ms: impl Fn(u64) -> u64 + Send + Sync + 'static) -> Arc<Slow> {
        Arc::new(Slow {
            name,
            first_ms: Box::new(first_ms),
            asked: AtomicU64::new(0),
            living: Arc::default(),
        })
    }

    fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Counts a request for as long as its stream lives.
struct Living(Arc<AtomicUsize>);

impl Drop for Living {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Tts for Slow {
    fn name(&self) -> &str {
        self.name
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        vec![VoiceInfo {
            id: "tone".into(),
            name: "Tone".into(),
            language: "en-US".into(),
            rate: 16_000,
        }]
    }

    fn speak(&self, _: Utterance) -> SpeechStream {
        let number = self.asked.fetch_add(1, Ordering::SeqCst);
        self.living.fetch_add(1, Ordering::SeqCst);
        let living = Living(self.living.clone());
        let first = Duration::from_millis((self.first_ms)(number));
        let sound = async move {
            sleep(first).await;
            let _living = living;
            Ok(Pcm::new(16_000, vec![0.1; 1_600]))
        };
        stream::once(sound).boxed()
    }
}

fn ladder(engines: &[&Arc<Slow>]) -> Ladder {
    let rung = |engine: &&Arc<Slow>| Rung::new((*engine).clone() as Arc<dyn Tts>, 5_000);
    Ladder::new(
        engines.iter().map(rung).collect(),
        Arc::new(Virtual(Instant::now())),
        Arc::new(Sleep),
    )
}

async fn say(ladder: &Ladder) -> (u64, String) {
    let began = Instant::now();
    let voice = Voice::new("first", "tone");
    let spoken = ladder.say(Utterance::plain("See you.", voice)).await;
    let provider = spoken.expect("somebody speaks").provider;
    (began.elapsed().as_millis() as u64, provider)
}

/// As good as random, the same for the same number.
fn dice(number: u64) -> u64 {
    (number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) % 100
}

#[tokio::test(start_paused = true)]
async fn a_late_first_sound_is_met_by_the_next_engine_and_costs_little() {
    let first = Slow::new("first", |n| if dice(n) < 5 { 3_000 } else { 100 });
    let second = Slow::new("second", |_| 120);
    let ladder = ladder(&[&first, &second]);
    for _ in 0..100 {
        say(&ladder).await;
    }
    let before = (first.asked(), second.asked());
    let mut times = Vec::new();
    for _ in 0..2_000 {
        times.push(say(&ladder).await.0);
    }
    times.sort_unstable();
    let (p95, p99) = (times[1_899], times[1_979]);
    assert!(p99 <= p95 + 150, "p95 {p95} ms, p99 {p99} ms");
    let extra = second.asked() - before.1;
    assert!(
        extra * 100 <= 8 * (first.asked() - before.0),
        "{extra} of 2000 were asked twice"
    );
    assert_eq!(first.living.load(Ordering::SeqCst), 0, "who lost is let go");
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_became_slow_is_not_doubled_for_ever() {
    let slow = Arc::new(Mutex::new(100));
    let pace = slow.clone();
    let first = Slow::new("first", move |_| *pace.lock().expect("no panic"));
    let second = Slow::new("second", |_| 2_000);
    let ladder = ladder(&[&first, &second]);
    for _ in 0..50 {
        say(&ladder).await;
    }
    *slow.lock().expect("no panic") = 600;
    let before = second.asked();
    for _ in 0..500 {
        assert_eq!(say(&ladder).await.1, "first");
    }
    let extra = second.asked() - before;
    assert!((1..=45).contains(&extra), "{extra} of 500 were asked twice");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_doubled_before_the_engine_is_known() {
    let first = Slow::new("first", |_| 1_500);
    let second = Slow::new("second", |_| 10);
    let ladder = ladder(&[&first, &second]);
    for _ in 0..20 {
        assert_eq!(say(&ladder).await.1, "first");
    }
    assert_eq!(second.asked(), 0);
}
