//! What a clip of 40 kB costs in S3: `scripts/check-stores --speed`.
#![allow(clippy::print_stdout, reason = "it is what this program is for")]

use std::time::Instant;

use bytes::Bytes;
use store::{Links, ObjectKey, Objects};
use store_s3::{Keys, S3Store, Settings};

const CLIPS: u32 = 300;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint =
        std::env::var("FRONTDESK_TEST_S3").map_err(|_| "run scripts/check-stores --speed")?;
    let keys = Keys {
        access: "all-key".to_owned(),
        secret: "all-secret".to_owned(),
        session: None,
    };
    let settings = Settings {
        bucket: "frontdesk-test".to_owned(),
        endpoint: Some(endpoint),
        prefix: format!("speed-{}/", uuid::Uuid::now_v7().simple()),
        keys: Some(keys),
        path_style: true,
        ..Settings::default()
    };
    let s3 = S3Store::open(settings).await?;
    s3.probe().await?;
    println!("{CLIPS} clips of 40 kB, one after the other, µs         p50      p99");
    let clips: Vec<Bytes> = (0..CLIPS).map(clip).collect();
    let keys: Vec<_> = clips.iter().map(|clip| ObjectKey::of(clip)).collect();
    for how in ["put", "put again"] {
        let mut times = Vec::new();
        for clip in &clips {
            let from = Instant::now();
            s3.put(clip.clone()).await?;
            times.push(from.elapsed().as_micros());
        }
        tell(how, times);
    }
    let mut times = Vec::new();
    for key in &keys {
        let from = Instant::now();
        s3.get(key).await?.ok_or("a clip is gone")?;
        times.push(from.elapsed().as_micros());
    }
    tell("get", times);
    let absent = ObjectKey::of(b"never stored");
    let (mut misses, mut links) = (Vec::new(), Vec::new());
    for key in &keys {
        let from = Instant::now();
        s3.get(&absent).await?;
        misses.push(from.elapsed().as_micros());
        let from = Instant::now();
        s3.link(key, 900).await?;
        links.push(from.elapsed().as_micros());
    }
    tell("miss", misses);
    tell("link", links);
    Ok(())
}

fn clip(n: u32) -> Bytes {
    n.to_be_bytes().repeat(10_000).into()
}

fn tell(how: &str, mut times: Vec<u128>) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    println!("{:<24} {how:<24} {:>8} {:>8}", "s3", at(50), at(99));
}
