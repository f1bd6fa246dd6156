//! Several processes on one Redis: each is this test binary, started again as a child.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
};

use futures::future::join_all;
use store::{Flights, ObjectKey, Objects, once};
use store_redis::RedisStore;

use crate::world::{Raw, clock, settings, sound, until, url};

const ROLE: &str = "STORE_REDIS_TEST_ROLE";
const PREFIX: &str = "STORE_REDIS_TEST_PREFIX";

/// What a child does. Without the variable there is no child, and nothing to do.
#[tokio::test]
async fn as_a_child() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let url = url().unwrap();
    let mut settings = settings(&url);
    settings.prefix = std::env::var(PREFIX).unwrap();
    match role.as_str() {
        "maker" => {
            let redis = RedisStore::new(settings).unwrap();
            redis.take("a sentence", 1_500).await.unwrap();
            say("taken");
            std::future::pending::<()>().await;
        }
        "writer" => write(&RedisStore::new(settings).unwrap()).await,
        _ => {
            say("ready");
            fifty_misses(&url, &settings.prefix).await;
            say("done");
        }
    }
}

fn say(word: &str) {
    std::io::stdout()
        .write_all(format!("\n{word}\n").as_bytes())
        .unwrap();
}

fn child(role: &str, prefix: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "processes::as_a_child",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(ROLE, role)
        .env(PREFIX, prefix)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn wait_for(child: &mut Child, word: &str, times: usize) {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let heard = lines
        .map(Result::unwrap)
        .filter(|line| line == word)
        .take(times)
        .count();
    assert_eq!(heard, times, "the child said `{word}`");
}

async fn write(redis: &RedisStore) {
    for n in 0.. {
        redis.put(sound(n)).await.unwrap();
        if n % 100 == 99 {
            say("hundred");
        }
    }
}

#[tokio::test]
async fn a_writer_that_is_killed_leaves_no_bad_entry() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    let mut raw = Raw::to(&url).await;
    let mut all = 0;
    for hundreds in 1..=3 {
        let mut child = child("writer", &settings.prefix);
        wait_for(&mut child, "hundred", hundreds);
        child.kill().unwrap();
        child.wait().unwrap();
        let pattern = format!("{}o:*", settings.prefix);
        let names: Vec<String> = raw.ask(&[b"KEYS", pattern.as_bytes()]).await;
        assert!(names.len() >= 100 * hundreds, "{}", names.len());
        all = names.len();
        for name in names {
            let bytes: Vec<u8> = raw.ask(&[b"GET", name.as_bytes()]).await;
            assert!(name.ends_with(ObjectKey::of(&bytes).as_str()), "{name}");
            let left: i64 = raw.ask(&[b"PTTL", name.as_bytes()]).await;
            assert!(left > 0, "it ends: {name}");
        }
    }
    assert!(all >= 300);
}

/// Fifty tasks want one thing, each as its own process would; how often it was made is counted in Redis.
async fn fifty_misses(url: &str, prefix: &str) {
    let mut settings = settings(url);
    settings.prefix = prefix.to_owned();
    let redis = RedisStore::new(settings).unwrap();
    let (go, made) = (format!("{prefix}go"), format!("{prefix}made"));
    let started = async || {
        Raw::to(url)
            .await
            .ask::<bool>(&[b"EXISTS", go.as_bytes()])
            .await
    };
    until("the race starts", started).await;
    let key = ObjectKey::of(&sound(1));
    let clock = clock();
    let look = async || redis.get(&key).await.unwrap();
    let make = async || {
        let mut raw = Raw::to(url).await;
        raw.ask::<u64>(&[b"INCR", made.as_bytes()]).await;
        // As long as a sentence takes to be spoken.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        redis.put(sound(1)).await.map(|_| sound(1))
    };
    let wanted = (0..50).map(|_| once(&redis, &*clock, "a sentence", 20_000, look, make));
    for got in join_all(wanted).await {
        assert_eq!(got, Ok(sound(1)));
    }
}

#[tokio::test]
async fn a_hundred_misses_in_two_processes_are_made_once() {
    let Some(url) = url() else { return };
    let prefix = settings(&url).prefix;
    let mut other = child("racer", &prefix);
    let lines = BufReader::new(other.stdout.take().unwrap()).lines();
    let mut words = lines
        .map(Result::unwrap)
        .filter(|line| line == "ready" || line == "done");
    assert_eq!(words.next().as_deref(), Some("ready"));
    let mut raw = Raw::to(&url).await;
    raw.ask::<()>(&[b"SET", format!("{prefix}go").as_bytes(), b"1"])
        .await;
    fifty_misses(&url, &prefix).await;
    assert_eq!(
        words.next().as_deref(),
        Some("done"),
        "the other got them too"
    );
    other.wait().unwrap();
    let made: u64 = raw.ask(&[b"GET", format!("{prefix}made").as_bytes()]).await;
    assert_eq!(made, 1, "one maker");
}

#[tokio::test]
async fn a_maker_that_is_killed_holds_nobody_for_longer_than_its_lease() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    let mut maker = child("maker", &settings.prefix);
    wait_for(&mut maker, "taken", 1);
    maker.kill().unwrap();
    maker.wait().unwrap();
    let (redis, clock) = (RedisStore::new(settings).unwrap(), clock());
    let from = clock.now();
    let look = || async { None::<u32> };
    let make = || async { Ok::<_, ()>(7) };
    assert_eq!(
        once(&redis, &*clock, "a sentence", 20_000, look, make).await,
        Ok(7)
    );
    let ms = clock.now().since(from);
    assert!(ms < 5_000, "what was left of 1500 ms, not 20 s: {ms}");
}
