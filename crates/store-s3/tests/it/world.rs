//! The servers that the tests talk to.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use aws_sdk_s3::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
};
use bytes::Bytes;
use events::SystemClock;
use store::{Layer, MemoryObjects, Tiers};
use store_s3::{Keys, S3Store, Settings};

const ENDPOINT: &str = "FRONTDESK_TEST_S3";
const PROGRAM: &str = "FRONTDESK_TEST_S3_SERVER";
/// Set where a missing server is a failure.
const REQUIRED: &str = "FRONTDESK_TEST_STORES";

/// The bucket that the script makes.
pub const BUCKET: &str = "frontdesk-test";

/// Who may what, as the script tells the server too.
pub const ALL: (&str, &str) = ("all-key", "all-secret");
/// May do everything but make buckets, which the server otherwise makes by itself.
pub const WRITER: (&str, &str) = ("writer-key", "writer-secret");
pub const READER: (&str, &str) = ("reader-key", "reader-secret");

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
pub fn endpoint() -> Option<String> {
    given(ENDPOINT)
}

pub fn keys((access, secret): (&str, &str)) -> Option<Keys> {
    Some(Keys {
        access: access.to_owned(),
        secret: secret.to_owned(),
        session: None,
    })
}

/// Settings with names of their own.
pub fn settings(endpoint: &str) -> Settings {
    Settings {
        bucket: BUCKET.to_owned(),
        endpoint: Some(endpoint.to_owned()),
        prefix: format!("test-{}/", uuid::Uuid::now_v7().simple()),
        keys: keys(ALL),
        path_style: true,
        // The machine may be busy with other tests; what is tested here is not its speed.
        connect_ms: 5_000,
        try_ms: 15_000,
        total_ms: 30_000,
        ..Settings::default()
    }
}

pub async fn store(endpoint: &str) -> S3Store {
    S3Store::open(settings(endpoint)).await.unwrap()
}

/// Another client of the same server.
pub struct Raw {
    client: Client,
    prefix: String,
}

impl Raw {
    pub fn to(settings: &Settings) -> Self {
        let credentials = Credentials::new(ALL.0, ALL.1, None, None, "test");
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(settings.endpoint.clone().unwrap())
            .force_path_style(true)
            .credentials_provider(credentials)
            .build();
        let prefix = settings.prefix.clone();
        Self {
            client: Client::from_conf(config),
            prefix,
        }
    }

    pub async fn put(&self, name: &str, bytes: impl Into<Vec<u8>>) {
        let put = self
            .client
            .put_object()
            .bucket(BUCKET)
            .key(format!("{}{name}", self.prefix));
        put.body(bytes.into().into()).send().await.unwrap();
    }

    pub async fn get(&self, name: &str) -> Bytes {
        let get = self
            .client
            .get_object()
            .bucket(BUCKET)
            .key(format!("{}{name}", self.prefix));
        get.send()
            .await
            .unwrap()
            .body
            .collect()
            .await
            .unwrap()
            .into_bytes()
    }

    pub async fn names(&self) -> Vec<String> {
        let list = self
            .client
            .list_objects_v2()
            .bucket(BUCKET)
            .prefix(&self.prefix);
        let mut pages = list.into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.unwrap();
            let names = page.contents().iter().filter_map(|object| object.key());
            all.extend(names.map(|name| name[self.prefix.len()..].to_owned()));
        }
        all
    }
}

/// A server of one test alone, with its files in a folder.
pub struct Server {
    child: Child,
    words: Vec<String>,
    pub port: u16,
}

pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Server {
    /// Starts one, unless the program is not known.
    pub async fn start(home: &Path) -> Option<Self> {
        let program = given(PROGRAM)?;
        let port = free_port();
        fs::create_dir(home.join("data")).unwrap();
        let (access, secret) = ALL;
        let who = format!(
            r#"{{"identities":[{{"name":"all","credentials":[{{"accessKey":"{access}","secretKey":"{secret}"}}],"actions":["Admin","Read","Write","List"]}}]}}"#
        );
        fs::write(home.join("who.json"), who).unwrap();
        let options = format!(
            "mini -ip=127.0.0.1 -ip.bind=127.0.0.1 -admin.ui=false -webdav=false -s3.port.iceberg=0 \
             -s3.port.lance=0 -master.telemetry=false -bucket={BUCKET} -s3.port={port} -s3.port.grpc={} \
             -master.port={} -master.port.grpc={} -filer.port={} -filer.port.grpc={} -volume.port={} \
             -volume.port.grpc={} -admin.port={} -admin.port.grpc={}",
            free_port(),
            free_port(),
            free_port(),
            free_port(),
            free_port(),
            free_port(),
            free_port(),
            free_port(),
            free_port(),
        );
        let mut words = vec![program];
        words.extend(options.split_whitespace().map(str::to_owned));
        words.push(format!("-dir={}", home.join("data").display()));
        words.push(format!("-s3.config={}", home.join("who.json").display()));
        let server = Self {
            child: launch(&words),
            words,
            port,
        };
        server.is_up().await;
        Some(server)
    }

    async fn is_up(&self) {
        let store = store(&self.endpoint()).await;
        until("the server works", async || store.probe().await.is_ok()).await;
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Kills it as the kernel would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again at the same address, over the same files.
    pub async fn start_again(&mut self) {
        self.child = launch(&self.words);
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
        assert!(from.elapsed() < Duration::from_secs(60), "never: {what}");
        tokio::task::yield_now().await;
    }
}

pub fn sound(n: u32) -> Bytes {
    format!("sound {n} ").repeat(3_000).into()
}

/// Memory over the bucket.
pub fn tiers(memory: &Arc<MemoryObjects>, s3: &Arc<S3Store>, within_ms: u32) -> Tiers {
    let layers = vec![
        Layer::new("memory", memory.clone()),
        Layer::new("s3", s3.clone())
            .durable()
            .within(within_ms, within_ms),
    ];
    Tiers::new(layers, Arc::new(SystemClock::new()))
}
