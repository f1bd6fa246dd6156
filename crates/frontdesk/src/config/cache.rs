//! Where finished audio is kept: memory, a Redis that several instances share, a bucket in place of the folder.

use super::{
    keys::{Fault, Key, Kind, any, token},
    reader::Reader,
    secret::Secret,
};

/// The layers of the cache.
#[derive(Clone, Debug, PartialEq)]
pub struct Cache {
    /// Memory for audio, MB.
    pub memory_mb: u32,
    /// The Redis, when there is one.
    pub redis: Option<Redis>,
    /// The bucket, when there is one.
    pub s3: Option<S3>,
}

/// A Redis that several instances share.
#[derive(Clone, Debug, PartialEq)]
pub struct Redis {
    /// Where it is, perhaps with a password.
    pub url: Secret,
    /// How every key begins.
    pub prefix: String,
    /// How long audio stays after its last use, hours.
    pub ttl_hours: u32,
    /// Connections at most.
    pub connections: u32,
}

/// A bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct S3 {
    /// Its name.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// Its server; none = Amazon's.
    pub endpoint: Option<String>,
    /// How every name begins.
    pub prefix: String,
    /// The keys; none = the machine's own.
    pub keys: Option<(String, Secret)>,
    /// Whether the bucket stands in the path and not in the host's name.
    pub path_style: bool,
    /// Whether checksums are left out that some servers refuse.
    pub few_checksums: bool,
}

const MEMORY_MB: Key = Key::new(
    "cache.memory_mb",
    &["FRONTDESK__CACHE__MEMORY_MB"],
    Kind::Number(1, 65_536),
    "64",
    "Memory for finished audio, MB.",
);
const REDIS_URL: Key = Key::new(
    "redis.url",
    &["FRONTDESK__REDIS__URL", "REDIS_URL"],
    Kind::Secret(redis_url),
    "",
    "A Redis between memory and disk that instances share, `redis://[user:password@]host:port/0`; not set = none.",
);
const REDIS_PREFIX: Key = Key::new(
    "redis.prefix",
    &["FRONTDESK__REDIS__PREFIX"],
    Kind::Text(any),
    "fd:",
    "How every key in Redis begins.",
);
const REDIS_TTL_HOURS: Key = Key::new(
    "redis.ttl_hours",
    &["FRONTDESK__REDIS__TTL_HOURS"],
    Kind::Number(1, 9_600),
    "24",
    "How long audio stays in Redis after its last use, hours.",
);
const REDIS_CONNECTIONS: Key = Key::new(
    "redis.connections",
    &["FRONTDESK__REDIS__CONNECTIONS"],
    Kind::Number(1, 1_000),
    "8",
    "Connections to Redis at most.",
);
const S3_BUCKET: Key = Key::new(
    "s3.bucket",
    &["FRONTDESK__S3__BUCKET"],
    Kind::Text(any),
    "",
    "The bucket that keeps audio in place of the data folder; not set = the folder.",
);
const S3_REGION: Key = Key::new(
    "s3.region",
    &["FRONTDESK__S3__REGION"],
    Kind::Text(any),
    "us-east-1",
    "The bucket's region.",
);
const S3_ENDPOINT: Key = Key::new(
    "s3.endpoint",
    &["FRONTDESK__S3__ENDPOINT"],
    Kind::Text(any),
    "",
    "The bucket's server, such as `https://storage.example.com`; not set = Amazon's.",
);
const S3_PREFIX: Key = Key::new(
    "s3.prefix",
    &["FRONTDESK__S3__PREFIX"],
    Kind::Text(any),
    "frontdesk/",
    "How every name in the bucket begins.",
);
const S3_ACCESS_KEY: Key = Key::new(
    "s3.access_key",
    &["FRONTDESK__S3__ACCESS_KEY"],
    Kind::Text(token),
    "",
    "The key's name; not set = the machine's own keys.",
);
const S3_SECRET_KEY: Key = Key::new(
    "s3.secret_key",
    &["FRONTDESK__S3__SECRET_KEY"],
    Kind::Secret(token),
    "",
    "The key's secret.",
);
const S3_PATH_STYLE: Key = Key::new(
    "s3.path_style",
    &["FRONTDESK__S3__PATH_STYLE"],
    Kind::Switch,
    "false",
    "Write the bucket into the path and not into the host's name; most servers other than Amazon's want it.",
);
const S3_FEW_CHECKSUMS: Key = Key::new(
    "s3.few_checksums",
    &["FRONTDESK__S3__FEW_CHECKSUMS"],
    Kind::Switch,
    "false",
    "Leave out the checksums that some servers other than Amazon's refuse.",
);

impl Cache {
    /// Its settings.
    pub const KEYS: &[&Key] = &[
        &MEMORY_MB,
        &REDIS_URL,
        &REDIS_PREFIX,
        &REDIS_TTL_HOURS,
        &REDIS_CONNECTIONS,
        &S3_BUCKET,
        &S3_REGION,
        &S3_ENDPOINT,
        &S3_PREFIX,
        &S3_ACCESS_KEY,
        &S3_SECRET_KEY,
        &S3_PATH_STYLE,
        &S3_FEW_CHECKSUMS,
    ];

    /// Reads and checks them.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            memory_mb: reader.number(&MEMORY_MB),
            redis: Redis::read(reader),
            s3: S3::read(reader),
        }
    }
}

impl Redis {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (url, prefix) = (reader.secret(&REDIS_URL), reader.text(&REDIS_PREFIX));
        let ttl_hours = reader.number(&REDIS_TTL_HOURS);
        let connections = reader.number(&REDIS_CONNECTIONS);
        url.map(|url| Self {
            url,
            prefix,
            ttl_hours,
            connections,
        })
    }
}

impl S3 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let bucket = reader.optional(&S3_BUCKET);
        let access = reader.optional(&S3_ACCESS_KEY);
        let secret = reader.secret(&S3_SECRET_KEY);
        let keys = match (access, secret) {
            (Some(access), Some(secret)) => Some((access, secret)),
            (None, None) => None,
            (Some(_), None) => {
                lone(reader, &S3_ACCESS_KEY, &S3_SECRET_KEY);
                None
            }
            (None, Some(_)) => {
                lone(reader, &S3_SECRET_KEY, &S3_ACCESS_KEY);
                None
            }
        };
        let (region, endpoint) = (reader.text(&S3_REGION), reader.optional(&S3_ENDPOINT));
        let prefix = reader.text(&S3_PREFIX);
        let path_style = reader.switch(&S3_PATH_STYLE);
        let few_checksums = reader.switch(&S3_FEW_CHECKSUMS);
        bucket.map(|bucket| Self {
            bucket,
            region,
            endpoint,
            prefix,
            keys,
            path_style,
            few_checksums,
        })
    }
}

fn lone(reader: &mut Reader<'_>, set: &'static Key, missing: &'static Key) {
    reader.refuse(
        set,
        format!("`{}` is set and `{}` is not", set.path, missing.path),
        "set both, or none to use the machine's own keys",
    );
}

fn redis_url(text: &str) -> Result<(), Fault> {
    let parsed = url::Url::parse(text);
    if parsed.is_ok_and(|url| matches!(url.scheme(), "redis" | "rediss") && url.has_host()) {
        return Ok(());
    }
    Err(Fault::new(
        "is not the address of a Redis",
        "write it like `redis://127.0.0.1:6379`, or with `rediss://` for TLS",
    ))
}
