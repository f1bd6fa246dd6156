//! The same ports over Redis: the middle tier of the cache, and turns among many processes.
//!
//! The decision: Redis is a convenience here and never the only place of anything. Every question is one round trip with
//! a short deadline on a connection that is thrown away when it fails; what comes back is checked against its name; what
//! is stored ends by itself.

mod flights;
mod line;
mod objects;
mod probe;
mod recipes;
mod settings;
mod words;

use store::StoreError;

use self::line::Line;
pub use self::{probe::Found, settings::Settings};

/// Audio, notes on recipes and turns in one Redis. Its futures need a tokio runtime.
pub struct RedisStore {
    line: Line,
    settings: Settings,
}

impl RedisStore {
    /// Checks the settings; nothing is connected until something is asked. The error says what is wrong with them.
    pub fn new(settings: Settings) -> Result<Self, StoreError> {
        settings.check()?;
        let line = Line::new(&settings)?;
        Ok(Self { line, settings })
    }

    fn key(&self, kind: char, name: &str) -> String {
        format!("{}{kind}:{name}", self.settings.prefix)
    }
}
