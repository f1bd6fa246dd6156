//! What a server can suffer, and that audio comes from elsewhere meanwhile.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use store::{FolderObjects, Known, Note, ObjectKey, Objects, RecipeKey, Recipes, once};
use store_redis::{RedisStore, Settings};

use crate::world::{Raw, Server, clock, free_port, settings, sound, store, tiers, until, url};

async fn why(url: &str) -> String {
    store(url).probe().await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_wrong_password_is_said_and_never_shown() {
    let Some(server) = Server::start(&["--requirepass", "s3cret"]).await else {
        return;
    };
    let port = server.port;
    let wrong = why(&format!("redis://:gue55@127.0.0.1:{port}")).await;
    assert!(
        wrong.contains("password is wrong") && !wrong.contains("gue55"),
        "{wrong}"
    );
    let none = why(&server.url()).await;
    assert!(none.contains("wants a password"), "{none}");
    let found = store(&format!("redis://:s3cret@127.0.0.1:{port}"))
        .probe()
        .await
        .unwrap();
    assert!(found.version.starts_with(char::is_numeric), "{found:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_or_is_another_is_said() {
    let port = free_port();
    let gone = why(&format!("redis://127.0.0.1:{port}")).await;
    assert!(
        gone.contains(&format!("127.0.0.1:{port}")) && gone.contains("nobody listens"),
        "{gone}"
    );
    let odd = RedisStore::new(Settings {
        url: "http://here".to_owned(),
        ..Settings::default()
    });
    let odd = odd.err().unwrap().to_string();
    assert!(odd.contains("write redis://"), "{odd}");
}

#[tokio::test]
async fn tls_to_a_server_without_is_an_error_and_no_crash() {
    let Some(url) = url() else { return };
    let text = why(&url.replace("redis://", "rediss://")).await;
    assert!(text.starts_with("Redis at 127.0.0.1:"), "{text}");
}

#[tokio::test]
async fn a_policy_that_suits_no_cache_is_said() {
    let Some(server) = Server::start(&[]).await else {
        return;
    };
    let found = store(&server.url()).probe().await.unwrap();
    assert_eq!((found.policy.as_str(), found.maxmemory), ("noeviction", 0));
    assert!(found.warnings[0].contains("allkeys-lru"), "{found:?}");
    let mut raw = Raw::to(&server.url()).await;
    raw.ask::<()>(&[b"CONFIG", b"SET", b"maxmemory", b"100mb"])
        .await;
    raw.ask::<()>(&[b"CONFIG", b"SET", b"maxmemory-policy", b"allkeys-lru"])
        .await;
    let found = store(&server.url()).probe().await.unwrap();
    assert_eq!(found.warnings, Vec::<String>::new());
}

#[tokio::test]
async fn a_full_server_that_evicts_nothing_harms_no_write() {
    let Some(server) = Server::start(&["--maxmemory", "1mb"]).await else {
        return;
    };
    let redis = Arc::new(store(&server.url()));
    let refused = redis.put(vec![1; 1 << 20].into()).await;
    let mut raw = Raw::to(&server.url()).await;
    raw.ask::<()>(&[b"CONFIG", b"SET", b"maxmemory", b"1"])
        .await;
    let refused = refused
        .and(redis.put(sound(1)).await)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("its memory is full"), "{refused}");
    let probed = redis.probe().await.unwrap_err().to_string();
    assert!(probed.contains("its memory is full"), "{probed}");
    let home = tempfile::tempdir().unwrap();
    let folder = Arc::new(FolderObjects::open(home.path()).unwrap());
    let tiers = tiers(&redis, &folder, 5_000);
    let key = tiers.put(sound(2)).await.unwrap();
    assert_eq!(tiers.get(&key).await, Ok(Some(sound(2))));
    assert!(tiers.figures()[0].objects.errors >= 1);
}

#[tokio::test]
async fn a_poisoned_entry_is_a_miss_and_is_replaced() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    let redis = Arc::new(RedisStore::new(settings.clone()).unwrap());
    let home = tempfile::tempdir().unwrap();
    let folder = Arc::new(FolderObjects::open(home.path()).unwrap());
    let tiers = tiers(&redis, &folder, 5_000);
    let key = tiers.put(sound(1)).await.unwrap();
    let name = format!("{}o:{}", settings.prefix, key.as_str());
    let mut raw = Raw::to(&url).await;
    let large = vec![7; (8 << 20) + 1];
    let cut = &sound(1)[..100];
    for bad in [&b"another sound"[..], cut, &large, b""] {
        raw.ask::<()>(&[b"SET", name.as_bytes(), bad]).await;
        assert_eq!(redis.get(&key).await, Ok(None), "{} bytes", bad.len());
        assert!(
            !raw.ask::<bool>(&[b"EXISTS", name.as_bytes()]).await,
            "removed"
        );
        raw.ask::<()>(&[b"SET", name.as_bytes(), bad]).await;
        assert_eq!(tiers.get(&key).await, Ok(Some(sound(1))), "from the folder");
        assert_eq!(redis.get(&key).await, Ok(Some(sound(1))), "replaced");
    }
    raw.ask::<()>(&[b"DEL", name.as_bytes()]).await;
    raw.ask::<()>(&[b"LPUSH", name.as_bytes(), b"not a string"])
        .await;
    assert_eq!(tiers.get(&key).await, Ok(Some(sound(1))), "a list");
    assert_eq!(redis.get(&key).await, Ok(Some(sound(1))), "replaced");
}

#[tokio::test]
async fn a_poisoned_note_is_a_miss_and_is_removed() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    let redis = RedisStore::new(settings.clone()).unwrap();
    let recipe = RecipeKey::parse(&"cd".repeat(32)).unwrap();
    let name = format!("{}r:{}", settings.prefix, recipe.as_str());
    let mut raw = Raw::to(&url).await;
    let note = Note {
        known: Known::Made("{}".to_owned()),
        until: clock().now() + 60_000,
    };
    let other = RecipeKey::parse(&"ef".repeat(32)).unwrap();
    let anothers = note.seal(&other).unwrap();
    for bad in [&b"{}"[..], &anothers, &vec![b'x'; 1 << 20]] {
        raw.ask::<()>(&[b"SET", name.as_bytes(), bad]).await;
        assert_eq!(redis.find(&recipe).await, Ok(None), "{} bytes", bad.len());
        assert!(
            !raw.ask::<bool>(&[b"EXISTS", name.as_bytes()]).await,
            "removed"
        );
    }
    redis.note(&recipe, note.clone()).await.unwrap();
    assert_eq!(redis.find(&recipe).await, Ok(Some(note)));
}

/// A server that takes connections and says nothing costs a read its deadline, five times, and then nothing.
#[tokio::test]
async fn a_black_hole_costs_its_deadline_and_no_read() {
    let hole = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", hole.local_addr().unwrap());
    let redis = RedisStore::new(Settings {
        url,
        ..Settings::default()
    })
    .unwrap();
    let home = tempfile::tempdir().unwrap();
    let folder = Arc::new(FolderObjects::open(home.path()).unwrap());
    let tiers = tiers(&Arc::new(redis), &folder, 60);
    let from = Instant::now();
    let mut keys = Vec::new();
    for n in 0..10 {
        keys.push(tiers.put(sound(n)).await.unwrap());
    }
    for (n, key) in (0..).zip(&keys) {
        assert_eq!(tiers.get(key).await, Ok(Some(sound(n))));
    }
    let ms = from.elapsed().as_millis();
    let figures = tiers.figures();
    assert!(
        figures[0].objects.late >= 5 && figures[0].objects.rested >= 5,
        "{figures:?}"
    );
    assert_eq!(figures[1].objects.hits, 10);
    // Five deadlines, one for each second that passed, and what the folder takes on a busy machine.
    assert!(ms < 5_000, "{ms} ms");
    assert!(figures[0].trouble.is_some());
}

/// Turns that cannot be had cost a second making at worst, and their deadline once.
#[tokio::test]
async fn without_turns_everybody_makes_it() {
    let hole = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("redis://{}", hole.local_addr().unwrap());
    let gone = format!("redis://127.0.0.1:{}", free_port());
    for url in [silent, gone] {
        let redis = RedisStore::new(Settings {
            url,
            ..Settings::default()
        })
        .unwrap();
        let clock = clock();
        let from = Instant::now();
        let look = || async { None::<u32> };
        let make = || async { Ok::<_, ()>(7) };
        assert_eq!(
            once(&redis, &*clock, "a sentence", 20_000, look, make).await,
            Ok(7)
        );
        let ms = from.elapsed().as_millis();
        assert!(ms < 3_000, "300 ms to connect, and a busy machine: {ms}");
    }
}

#[tokio::test]
async fn a_server_that_is_killed_and_comes_back_is_used_again() {
    let Some(mut server) = Server::start(&[]).await else {
        return;
    };
    let redis = Arc::new(store(&server.url()));
    let home = tempfile::tempdir().unwrap();
    let folder = Arc::new(FolderObjects::open(home.path()).unwrap());
    let tiers = tiers(&redis, &folder, 5_000);
    let mut keys = Vec::new();
    for n in 0..8 {
        keys.push(tiers.put(sound(n)).await.unwrap());
    }
    // Every connection of the pool has been used.
    let reads = keys.iter().map(|key| tiers.get(key));
    assert!(
        futures::future::join_all(reads)
            .await
            .iter()
            .all(Result::is_ok)
    );
    assert_eq!(tiers.figures()[0].objects.hits, 8);
    server.kill();
    for (n, key) in (0..).zip(&keys) {
        assert_eq!(tiers.get(key).await, Ok(Some(sound(n))), "from the folder");
    }
    let down = tiers.figures()[0].clone();
    assert!(down.objects.errors >= 5, "{down:?}");
    assert!(
        down.trouble
            .is_some_and(|text| text.contains("nobody listens"))
    );
    server.start_again().await;
    let hits = down.objects.hits;
    until("it is used again", async || {
        assert_eq!(tiers.get(&keys[0]).await, Ok(Some(sound(0))));
        tiers.figures()[0].objects.hits > hits
    })
    .await;
    assert_eq!(tiers.figures()[0].trouble, None);
}

#[tokio::test]
async fn connections_that_a_restart_broke_cost_no_error() {
    let Some(mut server) = Server::start(&[]).await else {
        return;
    };
    let redis = store(&server.url());
    let puts = (0..8).map(|n| redis.put(sound(n)));
    assert!(
        futures::future::join_all(puts)
            .await
            .iter()
            .all(Result::is_ok)
    );
    server.kill();
    server.start_again().await;
    for n in 0..8 {
        assert_eq!(redis.put(sound(n)).await, Ok(ObjectKey::of(&sound(n))));
    }
}

#[tokio::test]
async fn what_is_larger_than_the_limit_is_refused() {
    let redis = RedisStore::new(Settings {
        largest: 10_000,
        ..Settings::default()
    })
    .unwrap();
    let refused = redis
        .put(Bytes::from(vec![1; 10_001]))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("10001 bytes") && refused.contains("10000"),
        "{refused}"
    );
}
