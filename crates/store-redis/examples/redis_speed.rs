//! What a clip of 40 kB costs in Redis, in memory, and in a folder: `scripts/check-stores --speed`.
#![allow(clippy::print_stdout, reason = "it is what this program is for")]

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use events::SystemClock;
use store::{Asked, Flights, FolderObjects, Layer, MemoryObjects, ObjectKey, Objects, Tiers};
use store_redis::{RedisStore, Settings};

const CLIPS: u32 = 500;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url =
        std::env::var("FRONTDESK_TEST_REDIS").map_err(|_| "run scripts/check-stores --speed")?;
    let prefix = format!("speed-{}:", uuid::Uuid::now_v7().simple());
    let redis = Arc::new(RedisStore::new(Settings {
        url,
        prefix,
        ..Settings::default()
    })?);
    let home = tempfile::tempdir()?;
    let folder = Arc::new(FolderObjects::open(home.path())?);
    println!("{CLIPS} clips of 40 kB, one after the other, µs         p50      p99");
    measure("memory", &MemoryObjects::default()).await?;
    measure("folder", &*folder).await?;
    measure("redis", &*redis).await?;
    let layers = vec![
        Layer::new("memory", Arc::new(MemoryObjects::default())),
        Layer::new("redis", redis.clone()),
        Layer::new("folder", folder).durable().within(1_000, 2_000),
    ];
    let tiers = Tiers::new(layers, Arc::new(SystemClock::new()));
    measure("memory, redis, folder", &tiers).await?;
    turns(&redis).await?;
    redis.sweep(0, &[]).await?;
    Ok(())
}

async fn measure(what: &str, objects: &dyn Objects) -> Result<(), Box<dyn std::error::Error>> {
    let clips: Vec<Bytes> = (0..CLIPS).map(clip).collect();
    let keys: Vec<_> = clips.iter().map(|clip| ObjectKey::of(clip)).collect();
    let mut times = Vec::new();
    for clip in &clips {
        let from = Instant::now();
        objects.put(clip.clone()).await?;
        times.push(from.elapsed().as_micros());
    }
    tell(what, "put", times);
    let mut times = Vec::new();
    for key in &keys {
        let from = Instant::now();
        objects.get(key).await?.ok_or("a clip is gone")?;
        times.push(from.elapsed().as_micros());
    }
    tell(what, "get", times);
    let absent = ObjectKey::of(b"never stored");
    let mut times = Vec::new();
    for _ in 0..CLIPS {
        let from = Instant::now();
        objects.get(&absent).await?;
        times.push(from.elapsed().as_micros());
    }
    tell(what, "miss", times);
    Ok(())
}

async fn turns(redis: &RedisStore) -> Result<(), Box<dyn std::error::Error>> {
    let mut times = Vec::new();
    for n in 0..CLIPS {
        let from = Instant::now();
        let Asked::Ours(turn) = redis.take(&n.to_string(), 1_000).await? else {
            return Err("another has the turn".into());
        };
        redis.give(&turn).await?;
        times.push(from.elapsed().as_micros());
    }
    tell("redis", "turn", times);
    Ok(())
}

fn clip(n: u32) -> Bytes {
    n.to_be_bytes().repeat(10_000).into()
}

fn tell(what: &str, how: &str, mut times: Vec<u128>) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    println!("{what:<24} {how:<24} {:>8} {:>8}", at(50), at(99));
}
