//! The way to the server.
//!
//! The decision: a connection that was used a moment ago is used again without asking whether it lives, which would be a
//! second round trip for every question. When it turns out dead, all idle ones are thrown away and the question is asked
//! once more on a new one; every question here may be asked twice.

use std::time::Duration;

use deadpool::{
    Runtime,
    managed::{self, Metrics, Object, Pool, RecycleResult},
};
use deadpool_redis::redis::{
    AsyncConnectionConfig, Cmd, FromRedisValue, Pipeline, RedisError, RedisResult,
    aio::MultiplexedConnection,
};
use store::StoreError;

use crate::{
    settings::Settings,
    words::{explain, explain_pool, place},
};

/// A connection that was idle for longer than this is asked whether it lives.
const IDLE: Duration = Duration::from_secs(5);

/// Connections to one server.
pub(crate) struct Line {
    pool: Pool<Lines>,
    place: String,
}

struct Lines(deadpool_redis::Manager);

impl managed::Manager for Lines {
    type Type = MultiplexedConnection;
    type Error = RedisError;

    async fn create(&self) -> Result<Self::Type, RedisError> {
        self.0.create().await
    }

    async fn recycle(
        &self,
        connection: &mut Self::Type,
        metrics: &Metrics,
    ) -> RecycleResult<RedisError> {
        if metrics.last_used() < IDLE {
            return Ok(());
        }
        self.0.recycle(connection, metrics).await
    }
}

/// A question.
enum Words<'a> {
    One(&'a Cmd),
    Many(&'a Pipeline),
}

impl Line {
    pub(crate) fn new(settings: &Settings) -> Result<Self, StoreError> {
        let place = place(&settings.url).to_owned();
        let ms = Duration::from_millis;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(ms(settings.connect_ms)))
            .set_response_timeout(Some(ms(settings.response_ms)));
        let manager = deadpool_redis::Manager::new_with_config(settings.url.as_str(), config)
            .map_err(|e| explain(&place, &e))?;
        let pool = Pool::builder(Lines(manager))
            .max_size(settings.connections)
            .wait_timeout(Some(ms(settings.wait_ms)))
            .create_timeout(Some(ms(settings.connect_ms)))
            .recycle_timeout(Some(ms(settings.response_ms)))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|e| StoreError::Unavailable(format!("Redis at {place}: {e}")))?;
        Ok(Self { pool, place })
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// One question, one answer.
    pub(crate) async fn ask<T: FromRedisValue>(&self, question: &Cmd) -> Result<T, StoreError> {
        let answer = self.try_twice(Words::One(question)).await?;
        answer.map_err(|e| explain(&self.place, &e))
    }

    /// Several questions in one round trip.
    pub(crate) async fn ask_all<T: FromRedisValue>(
        &self,
        questions: &Pipeline,
    ) -> Result<T, StoreError> {
        let answer = self.try_twice(Words::Many(questions)).await?;
        answer.map_err(|e| explain(&self.place, &e))
    }

    /// The same, when the server's own refusal is of interest too.
    pub(crate) async fn hear_all<T: FromRedisValue>(
        &self,
        questions: &Pipeline,
    ) -> Result<RedisResult<T>, StoreError> {
        self.try_twice(Words::Many(questions)).await
    }

    async fn try_twice<T: FromRedisValue>(
        &self,
        words: Words<'_>,
    ) -> Result<RedisResult<T>, StoreError> {
        let answer = self.try_once(&words).await?;
        match &answer {
            Err(e) if is_dead(e) => {
                // Who lost one connection lost them all, as a rule: the server was started again.
                self.pool.retain(|_, _| false);
                self.try_once(&words).await
            }
            _ => Ok(answer),
        }
    }

    async fn try_once<T: FromRedisValue>(
        &self,
        words: &Words<'_>,
    ) -> Result<RedisResult<T>, StoreError> {
        let mut line = self
            .pool
            .get()
            .await
            .map_err(|e| explain_pool(&self.place, &e))?;
        let answer = match words {
            Words::One(question) => question.query_async(&mut *line).await,
            Words::Many(questions) => questions.query_async(&mut *line).await,
        };
        if answer
            .as_ref()
            .is_err_and(|e: &RedisError| is_dead(e) || e.is_timeout())
        {
            drop(Object::take(line));
        }
        answer.map(Ok).or_else(|e| Ok(Err(e)))
    }
}

/// The connection is of no more use. One that was too slow is another matter: asking again would take as long again.
fn is_dead(e: &RedisError) -> bool {
    !e.is_timeout() && (e.is_io_error() || e.is_connection_dropped() || e.is_unrecoverable_error())
}
