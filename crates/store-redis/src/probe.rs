//! Whether it works, and whether it is set up for a cache.

use deadpool_redis::redis::{cmd, pipe};
use store::StoreError;

use crate::RedisStore;

/// What a server that works says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its version.
    pub version: String,
    /// What it does when its memory is full.
    pub policy: String,
    /// How much memory it may use, bytes; 0 is all there is.
    pub maxmemory: u64,
    /// What is not as it should be, each with what to do.
    pub warnings: Vec<String>,
}

impl RedisStore {
    /// Writes, reads and removes a key, and asks how the server is set up. The error says what to do.
    pub async fn probe(&self) -> Result<Found, StoreError> {
        let name = self.key('p', &uuid::Uuid::new_v4().simple().to_string());
        let mut ask = pipe();
        ask.cmd("SET").arg(&name).arg("probe").arg("PX").arg(10_000);
        ask.cmd("GET").arg(&name);
        ask.cmd("DEL").arg(&name);
        let (_, read, _): (String, Option<String>, u64) = self.line.ask_all(&ask).await?;
        if read.as_deref() != Some("probe") {
            return Err(StoreError::Unavailable(format!(
                "Redis at {}: what was written does not come back: name the primary, not a replica or a proxy that splits reads",
                self.line.place()
            )));
        }
        // A server whose owner forbids INFO still works.
        let server: String = self
            .line
            .ask(cmd("INFO").arg("server"))
            .await
            .unwrap_or_default();
        let memory: String = self
            .line
            .ask(cmd("INFO").arg("memory"))
            .await
            .unwrap_or_default();
        let field = |text: &str, name: &str| field(text, name).unwrap_or_default().to_owned();
        let mut found = Found {
            version: field(&server, "redis_version"),
            policy: field(&memory, "maxmemory_policy"),
            maxmemory: field(&memory, "maxmemory").parse().unwrap_or(0),
            warnings: Vec::new(),
        };
        found.warnings = warnings(self.line.place(), &found);
        Ok(found)
    }
}

fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = info.lines();
    lines
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .map(str::trim)
}

fn warnings(place: &str, found: &Found) -> Vec<String> {
    let mut all = Vec::new();
    if version(&found.version).is_some_and(|version| version < (6, 2)) {
        all.push(format!(
            "Redis at {place} is version {}: 6.2 or newer is needed, recipes will not be kept there",
            found.version
        ));
    }
    match (found.policy.as_str(), found.maxmemory) {
        ("", _) => all.push(format!(
            "Redis at {place} does not tell its eviction policy: see that it is `allkeys-lru`"
        )),
        ("noeviction", 0) => all.push(format!(
            "Redis at {place} has no memory limit and evicts nothing: it may fill the machine. Set `maxmemory` and `maxmemory-policy allkeys-lru` (an instance that also holds live calls: `volatile-lru`, or better one of its own for the cache)"
        )),
        ("noeviction", _) => all.push(format!(
            "Redis at {place} refuses writes when its {} bytes are full (`maxmemory-policy noeviction`): for a cache set `allkeys-lru`; when it also holds live calls, give the cache an instance of its own",
            found.maxmemory
        )),
        (_, 0) => all.push(format!(
            "Redis at {place} has no memory limit, so it never evicts: set `maxmemory`"
        )),
        _ => {}
    }
    all
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(version: &str, policy: &str, maxmemory: u64) -> usize {
        let found = Found {
            version: version.to_owned(),
            policy: policy.to_owned(),
            maxmemory,
            warnings: Vec::new(),
        };
        warnings("here", &found).len()
    }

    #[test]
    fn what_does_not_suit_a_cache_is_said() {
        assert_eq!(found("7.0.15", "allkeys-lru", 1 << 30), 0);
        assert_eq!(found("8.0.0", "volatile-lfu", 1 << 30), 0);
        assert_eq!(found("7.0.15", "noeviction", 0), 1);
        assert_eq!(found("7.0.15", "noeviction", 1 << 30), 1);
        assert_eq!(found("7.0.15", "allkeys-lru", 0), 1);
        assert_eq!(found("6.0.16", "allkeys-lru", 1), 1);
        assert_eq!(found("", "", 0), 1);
    }

    #[test]
    fn fields_are_read_whole() {
        let info =
            "# Memory\r\nmaxmemory:0\r\nmaxmemory_human:0B\r\nmaxmemory_policy:noeviction\r\n";
        assert_eq!(field(info, "maxmemory"), Some("0"));
        assert_eq!(field(info, "maxmemory_policy"), Some("noeviction"));
        assert_eq!(field(info, "policy"), None);
    }
}
