//! Turns among many processes: a key that only its token's owner may remove, and that ends by itself.

use deadpool_redis::redis::{cmd, pipe};
use futures::{FutureExt, future::BoxFuture};
use store::{Asked, Flights, StoreError, Turn};

use crate::RedisStore;

/// The longest name of a turn, bytes.
const NAME: usize = 512;

/// Gives back what is ours and nothing else.
const GIVE: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

impl RedisStore {
    async fn take_turn(&self, name: &str, lease_ms: u64) -> Result<Asked, StoreError> {
        if name.len() > NAME {
            return Err(StoreError::Unavailable(format!(
                "the name of a turn has {} bytes, and at most {NAME} will do: use its hash",
                name.len()
            )));
        }
        let key = self.key('t', name);
        let token = uuid::Uuid::new_v4().simple().to_string();
        let mut ask = pipe();
        ask.cmd("SET").arg(&key).arg(&token).arg("NX");
        ask.arg("PX").arg(lease_ms.max(1));
        ask.cmd("PTTL").arg(&key);
        let (ours, left): (Option<String>, i64) = self.line.ask_all(&ask).await?;
        if ours.is_some() {
            let name = name.to_owned();
            return Ok(Asked::Ours(Turn { name, token }));
        }
        Ok(Asked::Theirs(u64::try_from(left).unwrap_or(0)))
    }
}

impl Flights for RedisStore {
    fn take<'a>(
        &'a self,
        name: &'a str,
        lease_ms: u64,
    ) -> BoxFuture<'a, Result<Asked, StoreError>> {
        self.take_turn(name, lease_ms).boxed()
    }

    fn give<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            let mut give = cmd("EVAL");
            give.arg(GIVE)
                .arg(1)
                .arg(self.key('t', &turn.name))
                .arg(&turn.token);
            self.line.ask(&give).await
        }
        .boxed()
    }
}
