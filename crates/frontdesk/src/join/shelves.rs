//! Where finished audio is: memory, perhaps a Redis, and a folder or a bucket.
//!
//! The decision: a caller waits for memory, for Redis within a blink and for the folder, never for a bucket. A store that
//! cannot be reached at the start is said and asked again; calls are answered without it.

use std::{path::Path, sync::Arc};

use events::Clock;
use futures::{FutureExt, future::BoxFuture};
use store::{
    Flights, FolderObjects, Layer, MemoryFlights, MemoryObjects, SharedFlights, StoreError, Tiers,
};
use store_redis::RedisStore;
use store_s3::S3Store;
use switchboard::Tasks;

use crate::config::{Cache, Redis, S3};

/// Clips up to this size are kept in memory, bytes: two minutes of a telephone.
const IN_MEMORY: usize = 1 << 20;

/// Asks a store at the start whether it can be used; gives what is not as it should be.
pub type Probe = Arc<dyn Fn() -> BoxFuture<'static, Result<Vec<String>, StoreError>> + Send + Sync>;

/// The layers, the turns to make what is not there, and the questions to ask at the start.
pub struct Shelves {
    /// The layers.
    pub tiers: Arc<Tiers>,
    /// The turns.
    pub flights: Arc<dyn Flights>,
    /// The questions, by the name of the layer.
    pub probes: Vec<(&'static str, Probe)>,
}

/// The layers of this configuration.
///
/// # Errors
/// Which folder or setting is in the way.
pub async fn shelves(
    cache: &Cache,
    data: &Path,
    clock: &Arc<dyn Clock>,
    tasks: &Tasks,
) -> anyhow::Result<Shelves> {
    let memory = (cache.memory_mb as usize) << 20;
    let memory = Arc::new(MemoryObjects::new(clock.clone(), memory));
    let mut layers = vec![Layer::new("memory", memory).at_most(IN_MEMORY)];
    let mut flights: Arc<dyn Flights> = Arc::new(MemoryFlights::new(clock.clone()));
    let mut probes = Vec::new();
    if let Some(redis) = &cache.redis {
        let store = Arc::new(RedisStore::new(redis_settings(redis))?);
        layers.push(
            Layer::new("redis", store.clone())
                .at_most(IN_MEMORY)
                .within(60, 120),
        );
        flights = Arc::new(SharedFlights::new(store.clone(), clock.clone()));
        probes.push(("redis", redis_probe(store)));
    }
    match &cache.s3 {
        Some(s3) => {
            let store = Arc::new(S3Store::open(s3_settings(s3)).await?);
            let layer = Layer::new("s3", store.clone()).durable().behind();
            layers.push(layer.within(1_500, 5_000).finding_within(150));
            probes.push(("s3", s3_probe(store)));
        }
        None => {
            let folder = Arc::new(FolderObjects::open(data.join("audio"))?);
            let layer = Layer::new("folder", folder).durable();
            layers.push(layer.within(500, 500).finding_within(150));
        }
    }
    let tasks = tasks.clone();
    let later = Arc::new(move |work| drop(tasks.start(work)));
    Ok(Shelves {
        tiers: Arc::new(Tiers::new(layers, clock.clone()).after(later)),
        flights,
        probes,
    })
}

fn redis_settings(redis: &Redis) -> store_redis::Settings {
    store_redis::Settings {
        url: redis.url.reveal().to_owned(),
        prefix: redis.prefix.clone(),
        ttl_ms: u64::from(redis.ttl_hours) * 3_600_000,
        largest: IN_MEMORY,
        connections: redis.connections as usize,
        // The layer waits less; a turn to make something is worth a little more, or many would make it.
        wait_ms: 100,
        response_ms: 200,
        ..store_redis::Settings::default()
    }
}

fn s3_settings(s3: &S3) -> store_s3::Settings {
    let keys = s3.keys.as_ref().map(|(access, secret)| store_s3::Keys {
        access: access.clone(),
        secret: secret.reveal().to_owned(),
        session: None,
    });
    store_s3::Settings {
        bucket: s3.bucket.clone(),
        region: s3.region.clone(),
        endpoint: s3.endpoint.clone(),
        prefix: s3.prefix.clone(),
        keys,
        path_style: s3.path_style,
        few_checksums: s3.few_checksums,
        ..store_s3::Settings::default()
    }
}

fn redis_probe(store: Arc<RedisStore>) -> Probe {
    Arc::new(move || {
        let store = store.clone();
        async move { store.probe().await.map(|found| found.warnings) }.boxed()
    })
}

fn s3_probe(store: Arc<S3Store>) -> Probe {
    Arc::new(move || {
        let store = store.clone();
        async move { store.probe().await.map(|found| found.warnings) }.boxed()
    })
}
