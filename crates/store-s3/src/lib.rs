//! The same ports over S3: audio and notes on recipes in a bucket.
//!
//! The decision: an object's name is the hash of its bytes, so what comes back is judged by its name and by nothing that
//! the server says. The server is asked at the start what it can do, and whatever it cannot is said in one sentence; what
//! it cannot but is not needed (conditional writes) is done without.

mod links;
mod objects;
mod probe;
mod recipes;
mod settings;
mod words;

use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use aws_sdk_s3::Client;
use store::StoreError;

pub use self::{
    probe::Found,
    settings::{Keys, Settings},
};

/// How many names of what was read are remembered until the next sweep.
const READ: usize = 16_384;

/// Audio and notes on recipes in one bucket. Its futures need a tokio runtime.
pub struct S3Store {
    client: Client,
    /// The same bucket by the address that strangers reach.
    public: Client,
    settings: Settings,
    /// What was read since the last sweep: S3 remembers when an object was written, and not when it was read.
    read: Mutex<HashSet<String>>,
    /// The server refuses to write what is there already, when asked to.
    conditional: AtomicBool,
    /// The server answers "forbidden" for what is not there.
    hides_absence: AtomicBool,
}

impl S3Store {
    /// Checks the settings and makes the client; nothing is connected until something is asked. The error says what is
    /// wrong with the settings.
    pub async fn open(settings: Settings) -> Result<Self, StoreError> {
        settings.check()?;
        let client = settings.client(settings.endpoint.as_deref()).await;
        let outside = settings.public_endpoint.as_ref();
        let public = match outside {
            Some(endpoint) => settings.client(Some(endpoint)).await,
            None => client.clone(),
        };
        Ok(Self {
            client,
            public,
            settings,
            read: Mutex::default(),
            conditional: AtomicBool::new(false),
            hides_absence: AtomicBool::new(false),
        })
    }

    fn name(&self, folder: &str, rest: &str) -> String {
        format!("{}{folder}/{rest}", self.settings.prefix)
    }

    fn is_conditional(&self) -> bool {
        self.conditional.load(Ordering::Relaxed)
    }

    fn read(&self) -> MutexGuard<'_, HashSet<String>> {
        // A set that a panicking thread left is still a set of names.
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, name: String) {
        let mut read = self.read();
        if read.len() < READ {
            read.insert(name);
        }
    }

    /// The whole of a question, its answer's body and its repetitions, within one limit.
    async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let limit = Duration::from_millis(self.settings.total_ms);
        match tokio::time::timeout(limit, work).await {
            Ok(done) => done,
            Err(_) => Err(StoreError::Unavailable(format!(
                "{} did not answer within {} ms: see whether it is reachable and not overloaded",
                self.settings.place(),
                self.settings.total_ms
            ))),
        }
    }
}
