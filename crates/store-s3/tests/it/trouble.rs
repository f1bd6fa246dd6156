//! Bad objects, and a server that goes away.

use std::{sync::Arc, time::Instant};

use store::{Known, Note, ObjectKey, Objects, RecipeKey, Recipes};
use store_s3::{S3Store, Settings};

use crate::world::{Raw, Server, endpoint, settings, sound, store, tiers, until};

#[tokio::test]
async fn a_bad_object_is_removed_and_counts_as_absent() {
    let Some(endpoint) = endpoint() else { return };
    let settings = settings(&endpoint);
    let s3 = S3Store::open(settings.clone()).await.unwrap();
    s3.probe().await.unwrap();
    let raw = Raw::to(&settings);
    let key = ObjectKey::of(&sound(1));
    let name = format!("audio/{}", key.as_str());
    let same_size = vec![b'x'; sound(1).len()];
    for bad in [
        same_size,
        sound(1)[..100].to_vec(),
        vec![7; 9 << 20],
        Vec::new(),
    ] {
        raw.put(&name, bad.clone()).await;
        assert_eq!(s3.get(&key).await, Ok(None), "{} bytes", bad.len());
        assert!(
            !raw.names().await.contains(&name),
            "{} bytes are removed",
            bad.len()
        );
        s3.put(sound(1)).await.unwrap();
        assert_eq!(s3.get(&key).await, Ok(Some(sound(1))), "replaced");
    }
    // Where nobody read the bad one, its length gives it away.
    raw.put(&name, "short").await;
    s3.put(sound(1)).await.unwrap();
    assert_eq!(raw.get(&name).await, sound(1));
}

#[tokio::test]
async fn a_bad_note_is_removed_and_counts_as_absent() {
    let Some(endpoint) = endpoint() else { return };
    let settings = settings(&endpoint);
    let s3 = S3Store::open(settings.clone()).await.unwrap();
    let raw = Raw::to(&settings);
    let recipe = RecipeKey::parse(&"ab".repeat(32)).unwrap();
    let name = format!("recipes/{}", recipe.as_str());
    for bad in [&b"{}"[..], &vec![b'x'; 1 << 20]] {
        raw.put(&name, bad).await;
        assert_eq!(s3.find(&recipe).await, Ok(None), "{} bytes", bad.len());
        assert_eq!(raw.names().await, Vec::<String>::new());
    }
    let note = Note {
        known: Known::Made("{}".to_owned()),
        until: events::At(u64::MAX),
    };
    s3.note(&recipe, note.clone()).await.unwrap();
    assert_eq!(s3.find(&recipe).await, Ok(Some(note)));
}

#[tokio::test]
async fn a_server_that_is_killed_and_comes_back_is_used_again() {
    let home = tempfile::tempdir().unwrap();
    let Some(mut server) = Server::start(home.path()).await else {
        return;
    };
    let s3 = Arc::new(store(&server.endpoint()).await);
    let tiers_of = || tiers(&Arc::default(), &s3, 30_000);
    let tiers = tiers_of();
    let key = tiers.put(sound(1)).await.unwrap();
    server.kill();
    assert_eq!(tiers.get(&key).await, Ok(Some(sound(1))), "from memory");
    let refused = tiers.put(sound(2)).await.unwrap_err().to_string();
    assert!(refused.contains("nobody listens"), "{refused}");
    let other = ObjectKey::of(&sound(2));
    assert_eq!(
        tiers.get(&other).await,
        Ok(Some(sound(2))),
        "memory took it"
    );
    assert!(tiers_of().get(&key).await.is_err(), "it may be there");
    server.start_again().await;
    until("it is read again", async || {
        tiers_of().get(&key).await == Ok(Some(sound(1)))
    })
    .await;
    assert_eq!(tiers.put(sound(2)).await, Ok(other));
}

#[tokio::test]
async fn a_black_hole_costs_its_deadline() {
    let hole = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", hole.local_addr().unwrap());
    let short = Settings {
        try_ms: 100,
        total_ms: 250,
        ..settings(&endpoint)
    };
    let s3 = Arc::new(S3Store::open(short).await.unwrap());
    let from = Instant::now();
    let late = s3.get(&ObjectKey::of(b"x")).await.unwrap_err().to_string();
    assert!(late.contains("not overloaded"), "{late}");
    let tiers = tiers(&Arc::default(), &s3, 100);
    for n in 0..10 {
        assert!(
            tiers.put(sound(n)).await.is_err(),
            "memory alone is not for good"
        );
        let key = ObjectKey::of(&sound(n));
        assert_eq!(tiers.get(&key).await, Ok(Some(sound(n))), "but it serves");
    }
    let ms = from.elapsed().as_millis();
    assert!(
        ms < 5_000,
        "250 ms, five times 100 ms, and a busy machine: {ms}"
    );
    let bucket = tiers.figures()[1].objects;
    assert!(bucket.late >= 5 && bucket.rested >= 1, "{bucket:?}");
}
