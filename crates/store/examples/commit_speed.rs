//! How many commits a second the records take, and how long one waits: `cargo run -p store --example commit_speed`.
//!
//! So many writers as the first argument says (64) each commit turns of their own call, one after the other, for as many
//! seconds as the second argument says (5). A turn is what a webhook commits: a row, a snapshot, four events, an answer.

use std::time::{Duration, Instant};

use events::{At, BusinessId, CallId, Event, InstanceId, Stamped, TurnId};
use store::{Answer, CallRow, Commit, Lease, Records, SqliteRecords, StoreError};

const STARTED: At = At(1_790_000_000_000);

#[tokio::main]
async fn main() -> Result<(), StoreError> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default| {
        arguments
            .next()
            .and_then(|n| n.parse().ok())
            .unwrap_or(default)
    };
    let (writers, seconds) = (number(64_u32), number(5_u32));
    let home = tempfile::tempdir().map_err(|e| StoreError::Unavailable(e.to_string()))?;
    let records = SqliteRecords::open(home.path()).await?;
    let began = Instant::now();
    let until = began + Duration::from_secs(seconds.into());
    let all = futures::future::join_all((0..writers).map(|w| write(&records, w, until))).await;
    let took = began.elapsed();
    let mut waits = Vec::new();
    for one in all {
        waits.extend(one?);
    }
    waits.sort_unstable();
    let rank = |part: f64| {
        let index = ((waits.len() - 1) as f64 * part) as usize;
        waits[index].as_secs_f64() * 1000.0
    };
    eprintln!(
        "{writers} writers, {} commits in {:.1} s: {:.0}/s, p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
        waits.len(),
        took.as_secs_f64(),
        waits.len() as f64 / took.as_secs_f64(),
        rank(0.5),
        rank(0.99),
        rank(1.0)
    );
    Ok(())
}

async fn write(
    records: &SqliteRecords,
    writer: u32,
    until: Instant,
) -> Result<Vec<Duration>, StoreError> {
    let call = CallId::parse(&format!("call-{writer}")).map_err(odd)?;
    let me = InstanceId::parse("bench").map_err(odd)?;
    let lease = records.claim(&call, &me).await?;
    let mut waits = Vec::new();
    for turn in 0.. {
        let asked = Instant::now();
        if asked >= until {
            break;
        }
        records.commit(commit(&lease, writer, turn)?).await?;
        waits.push(asked.elapsed());
    }
    Ok(waits)
}

fn odd(e: events::IdError) -> StoreError {
    StoreError::Corrupt(e.to_string())
}

fn commit(lease: &Lease, writer: u32, turn: u32) -> Result<Commit, StoreError> {
    let mut key = [0; 32];
    key[..4].copy_from_slice(&writer.to_be_bytes());
    key[4..8].copy_from_slice(&turn.to_be_bytes());
    let event = |n| Stamped {
        call: lease.call.clone(),
        seq: turn * 4 + n,
        at: STARTED + u64::from(turn),
        event: Event::Heard {
            turn: TurnId(turn),
            text: "Do you have a table for two tonight?".to_owned(),
            digits: false,
        },
    };
    Ok(Commit {
        call: lease.call.clone(),
        epoch: lease.epoch,
        row: CallRow {
            call: lease.call.clone(),
            business: BusinessId::parse("shop").map_err(odd)?,
            from: Some("+12025550143".to_owned()),
            started: STARTED,
            ended: None,
            outcome: None,
            turns: turn,
        },
        snapshot: Some(vec![b'{'; 4096].into()),
        events: (0..4).map(event).collect(),
        answer: Some(Answer {
            key,
            body: vec![b'<'; 600].into(),
        }),
    })
}
