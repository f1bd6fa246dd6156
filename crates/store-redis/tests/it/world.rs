//! The servers that the tests talk to.

use std::{
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use deadpool_redis::redis::{Client, FromRedisValue, aio::MultiplexedConnection};
use events::{Clock, SystemClock};
use store::{FolderObjects, Layer, MemoryObjects, Tiers};
use store_redis::{RedisStore, Settings};

const URL: &str = "FRONTDESK_TEST_REDIS";
const PROGRAM: &str = "FRONTDESK_TEST_REDIS_SERVER";
/// Set where a missing server is a failure.
const REQUIRED: &str = "FRONTDESK_TEST_STORES";

fn given(variable: &str) -> Option<String> {
    let value = std::env::var(variable).ok();
    let required = std::env::var_os(REQUIRED).is_some();
    assert!(
        value.is_some() || !required,
        "{variable} is not set: run scripts/check-stores"
    );
    if value.is_none() {
        eprintln!(
            "skipped: {variable} is not set; scripts/check-stores starts the server and runs this"
        );
    }
    value
}

/// The address of the server that the script started.
pub fn url() -> Option<String> {
    given(URL)
}

/// Settings with keys of their own.
pub fn settings(url: &str) -> Settings {
    Settings {
        url: url.to_owned(),
        prefix: format!("test-{}:", uuid::Uuid::now_v7().simple()),
        largest: 8 << 20,
        // The machine may be busy with other tests; what is tested here is not its speed.
        wait_ms: 5_000,
        connect_ms: 5_000,
        response_ms: 5_000,
        ..Settings::default()
    }
}

pub fn store(url: &str) -> RedisStore {
    RedisStore::new(settings(url)).unwrap()
}

/// Another client of the same server.
pub struct Raw(MultiplexedConnection);

impl Raw {
    pub async fn to(url: &str) -> Self {
        let client = Client::open(url).unwrap();
        Self(client.get_multiplexed_async_connection().await.unwrap())
    }

    pub async fn ask<T: FromRedisValue>(&mut self, words: &[&[u8]]) -> T {
        let name = std::str::from_utf8(words[0]).unwrap();
        let mut question = deadpool_redis::redis::cmd(name);
        for word in &words[1..] {
            question.arg(*word);
        }
        question.query_async(&mut self.0).await.unwrap()
    }
}

/// A server of one test alone.
pub struct Server {
    child: Child,
    pub port: u16,
    args: Vec<String>,
}

pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Server {
    /// Starts one, unless the program is not known.
    pub async fn start(args: &[&str]) -> Option<Self> {
        let program = given(PROGRAM)?;
        let port = free_port();
        let mut all = vec![program, "--port".to_owned(), port.to_string()];
        all.extend(
            "--bind 127.0.0.1 --appendonly no --dir /tmp --save"
                .split(' ')
                .map(str::to_owned),
        );
        all.push(String::new());
        all.extend(args.iter().map(|arg| (*arg).to_owned()));
        let child = launch(&all);
        let server = Self {
            child,
            port,
            args: all,
        };
        server.is_up().await;
        Some(server)
    }

    async fn is_up(&self) {
        until("the server listens", async || {
            tokio::net::TcpStream::connect(("127.0.0.1", self.port))
                .await
                .is_ok()
        })
        .await;
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Kills it as the kernel would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again at the same address, empty.
    pub async fn start_again(&mut self) {
        self.child = launch(&self.args);
        self.is_up().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn launch(words: &[String]) -> Child {
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Asks until it is so.
pub async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let from = Instant::now();
    while !so().await {
        assert!(from.elapsed() < Duration::from_secs(30), "never: {what}");
        tokio::task::yield_now().await;
    }
}

pub fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::new())
}

pub fn sound(n: u32) -> Bytes {
    format!("sound {n} ").repeat(3_000).into()
}

/// Redis over a folder, without memory, so that Redis is asked for everything. The deadline for Redis is `read_ms`.
pub fn tiers(redis: &Arc<RedisStore>, folder: &Arc<FolderObjects>, read_ms: u32) -> Tiers {
    let layers = vec![
        Layer::new("redis", redis.clone()).within(read_ms, read_ms),
        Layer::new("folder", folder.clone())
            .durable()
            .within(10_000, 10_000),
    ];
    Tiers::new(layers, clock())
}

/// Memory over Redis over a folder.
pub fn whole(redis: Arc<RedisStore>, folder: Arc<FolderObjects>) -> Tiers {
    let layers = vec![
        Layer::new("memory", Arc::new(MemoryObjects::default())),
        Layer::new("redis", redis).within(5_000, 5_000),
        Layer::new("folder", folder)
            .durable()
            .within(10_000, 10_000),
    ];
    Tiers::new(layers, clock())
}
