//! What an answer and a booking cost in PostgreSQL, in SQLite and in memory: `scripts/check-stores --speed`.
#![allow(clippy::print_stdout, reason = "it is what this program is for")]

use std::{
    error::Error,
    time::{Duration, Instant},
};

use events::{At, BusinessId, CallId, Event, InstanceId, Stamped, TurnId};
use futures::future::join_all;
use store::{Answer, CallRow, Commit, MemoryRecords, Records, ReservationAsk, SqliteRecords};
use store_postgres::{PostgresRecords, Settings};

const TURNS: u32 = 300;
const CALLS: u32 = 32;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url =
        std::env::var("FRONTDESK_TEST_POSTGRES").map_err(|_| "run scripts/check-stores --speed")?;
    let settings = Settings {
        url,
        schema: fresh("speed").replace('-', "_"),
        ..Settings::default()
    };
    let postgres = PostgresRecords::open_within(settings, Duration::from_secs(10), |_| ()).await?;
    let home = tempfile::tempdir()?;
    let sqlite = SqliteRecords::open(home.path()).await?;
    println!("one after the other, µs                              p50      p99");
    let all: [(&str, &dyn Records); 3] = [
        ("memory", &MemoryRecords::new()),
        ("sqlite", &sqlite),
        ("postgres", &postgres),
    ];
    for (what, records) in all {
        answers(what, records).await?;
        bookings(what, records).await?;
        crowd(what, records).await?;
    }
    Ok(())
}

fn fresh(what: &str) -> String {
    format!("{what}-{}", uuid::Uuid::now_v7().simple())
}

async fn answers(what: &str, records: &dyn Records) -> Result<(), Box<dyn Error>> {
    let (call, instance) = (CallId::parse(&fresh("call"))?, InstanceId::parse("speed")?);
    let epoch = records.claim(&call, &instance).await?.epoch;
    let (mut writes, mut reads) = (Vec::new(), Vec::new());
    for n in 0..TURNS {
        let commit = turn(&call, epoch, n)?;
        let key = commit.answer.as_ref().map_or([0; 32], |answer| answer.key);
        let from = Instant::now();
        records.commit(commit).await?;
        writes.push(from.elapsed().as_micros());
        let from = Instant::now();
        records.answer(&key).await?.ok_or("an answer is gone")?;
        reads.push(from.elapsed().as_micros());
    }
    tell(what, "an answer (4 kB snapshot)", writes);
    tell(what, "find an answer", reads);
    Ok(())
}

async fn bookings(what: &str, records: &dyn Records) -> Result<(), Box<dyn Error>> {
    let business = BusinessId::parse(&fresh("shop"))?;
    let mut times = Vec::new();
    for n in 0..u64::from(TURNS) {
        let call = CallId::parse(&fresh("call"))?;
        let ask = ReservationAsk {
            business: business.clone(),
            service: "cut".to_owned(),
            start: At(1_790_000_000_000 + n * 1_800_000),
            minutes: 30,
            parallel: 1,
            name: "Ada".to_owned(),
            phone: "+12025550143".to_owned(),
        };
        let from = Instant::now();
        records.reserve(&call, TurnId(1), 0, ask).await?;
        times.push(from.elapsed().as_micros());
    }
    tell(what, "a booking", times);
    Ok(())
}

/// So many calls at once, ten answers each.
async fn crowd(what: &str, records: &dyn Records) -> Result<(), Box<dyn Error>> {
    let instance = InstanceId::parse("speed")?;
    let from = Instant::now();
    let calls = (0..CALLS).map(|_| async {
        let call = CallId::parse(&fresh("call"))?;
        let epoch = records.claim(&call, &instance).await?.epoch;
        for n in 0..10 {
            records.commit(turn(&call, epoch, n)?).await?;
        }
        Ok::<_, Box<dyn Error>>(())
    });
    for done in join_all(calls).await {
        done?;
    }
    let each = f64::from(CALLS * 10) / from.elapsed().as_secs_f64();
    println!("{what:10} {CALLS} calls at once: {each:.0} answers a second");
    Ok(())
}

fn turn(call: &CallId, epoch: u64, n: u32) -> Result<Commit, Box<dyn Error>> {
    let mut key = [0; 32];
    key[..16].copy_from_slice(uuid::Uuid::now_v7().as_bytes());
    let event = Event::Heard {
        turn: TurnId(n),
        text: "a checkup tomorrow at ten, please".to_owned(),
        digits: false,
    };
    Ok(Commit {
        call: call.clone(),
        epoch,
        row: CallRow {
            call: call.clone(),
            business: BusinessId::parse("speed")?,
            from: None,
            started: At(1_790_000_000_000),
            ended: None,
            outcome: None,
            turns: n,
        },
        snapshot: Some(vec![b'x'; 4_000].into()),
        events: vec![Stamped {
            call: call.clone(),
            seq: n,
            at: At(1_790_000_000_000 + u64::from(n)),
            event,
        }],
        answer: Some(Answer {
            key,
            body: vec![b'y'; 600].into(),
        }),
    })
}

fn tell(what: &str, deed: &str, mut times: Vec<u128>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("{what:10} {deed:34} {:>8} {:>8}", at(50), at(99));
}
