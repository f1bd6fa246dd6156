//! Audio in Redis. A read renews the time to live, so what is idle ends by itself.

use std::collections::HashSet;

use bytes::Bytes;
use deadpool_redis::redis::{cmd, pipe};
use futures::{FutureExt, future::BoxFuture};
use store::{ObjectKey, Objects, StoreError, check_size};

use crate::{
    RedisStore,
    words::{explain, says},
};

/// Keys that are looked at in one round trip when idle ones are sought.
const PAGE: usize = 500;

impl RedisStore {
    fn object(&self, key: &ObjectKey) -> String {
        self.key('o', key.as_str())
    }

    async fn put_object(&self, bytes: Bytes) -> Result<ObjectKey, StoreError> {
        check_size(bytes.len())?;
        if bytes.len() > self.settings.largest {
            return Err(StoreError::Unavailable(format!(
                "Redis at {}: the object has {} bytes and at most {} are stored there: raise the limit",
                self.line.place(),
                bytes.len(),
                self.settings.largest
            )));
        }
        let key = ObjectKey::of(&bytes);
        let mut set = cmd("SET");
        set.arg(self.object(&key)).arg(&bytes[..]);
        set.arg("PX").arg(self.settings.ttl_ms);
        self.line.ask::<()>(&set).await?;
        Ok(key)
    }

    async fn get_object(&self, key: &ObjectKey) -> Result<Option<Bytes>, StoreError> {
        let name = self.object(key);
        let mut read = pipe();
        // Not GET: whatever somebody put there, no more than an object comes back.
        read.cmd("GETRANGE")
            .arg(&name)
            .arg(0)
            .arg(self.settings.largest);
        // The answer tells an empty object from none.
        read.cmd("PEXPIRE").arg(&name).arg(self.settings.ttl_ms);
        let (bytes, there) = match self.line.hear_all::<(Vec<u8>, bool)>(&read).await? {
            Ok(answer) => answer,
            Err(e) if says(&e, "WRONGTYPE") => (Vec::new(), true),
            Err(e) => return Err(explain(self.line.place(), &e)),
        };
        if !there {
            return Ok(None);
        }
        if bytes.len() <= self.settings.largest && ObjectKey::of(&bytes) == *key {
            return Ok(Some(bytes.into()));
        }
        self.line.ask::<()>(cmd("UNLINK").arg(&name)).await?;
        Ok(None)
    }

    async fn sweep_objects(&self, idle_ms: u64, keep: &[ObjectKey]) -> Result<u64, StoreError> {
        let keep: HashSet<String> = keep.iter().map(|key| self.object(key)).collect();
        let mut cursor = 0u64;
        let mut removed = 0;
        loop {
            let mut scan = cmd("SCAN");
            scan.arg(cursor)
                .arg("MATCH")
                .arg(self.key('o', "*"))
                .arg("COUNT")
                .arg(PAGE);
            let (next, page): (u64, Vec<String>) = self.line.ask(&scan).await?;
            let page: Vec<_> = page
                .into_iter()
                .filter(|name| !keep.contains(name))
                .collect();
            removed += self.sweep_page(idle_ms, page).await?;
            cursor = next;
            if cursor == 0 {
                return Ok(removed);
            }
        }
    }

    async fn sweep_page(&self, idle_ms: u64, page: Vec<String>) -> Result<u64, StoreError> {
        if page.is_empty() {
            return Ok(0);
        }
        let mut ask = pipe();
        for name in &page {
            ask.cmd("PTTL").arg(name);
        }
        let left: Vec<i64> = self.line.ask_all(&ask).await?;
        let ttl = self.settings.ttl_ms;
        let idle = |left: i64| match u64::try_from(left) {
            Ok(left) => ttl.saturating_sub(left) >= idle_ms,
            // -2 is gone, -1 would never end: not ours.
            Err(_) => left == -1,
        };
        let mut unlink = cmd("UNLINK");
        let idle: Vec<_> = page
            .iter()
            .zip(left)
            .filter(|(_, left)| idle(*left))
            .collect();
        if idle.is_empty() {
            return Ok(0);
        }
        for (name, _) in &idle {
            unlink.arg(name);
        }
        self.line.ask(&unlink).await
    }
}

impl Objects for RedisStore {
    fn put(&self, bytes: Bytes) -> BoxFuture<'_, Result<ObjectKey, StoreError>> {
        self.put_object(bytes).boxed()
    }

    fn get<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<Option<Bytes>, StoreError>> {
        self.get_object(key).boxed()
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StoreError>> {
        async move { self.line.ask(cmd("UNLINK").arg(self.object(key))).await }.boxed()
    }

    fn sweep<'a>(
        &'a self,
        idle_ms: u64,
        keep: &'a [ObjectKey],
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        self.sweep_objects(idle_ms, keep).boxed()
    }

    fn health(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        async { self.probe().await.map(drop) }.boxed()
    }
}
