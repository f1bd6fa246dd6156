//! What is asked of the companies and servers around the house, while nobody calls: whether they can be used, whether
//! they are back. It keeps connections warm and says what is wrong in one place.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use switchboard::Tasks;
use tts::{Ladder, Tts};
use web::Check;

use crate::join::{Probe, Watched};

/// How often connections are warmed, before their owners close them.
const WARM: Duration = Duration::from_secs(30);

/// How often a store that could not be used is asked again.
const AGAIN: Duration = Duration::from_secs(30);

/// What the stores said, by name.
type Found = BTreeMap<&'static str, Result<String, String>>;

/// What is asked, and what was found.
#[derive(Clone, Default)]
pub struct Wellbeing {
    model: Option<Watched>,
    probes: Vec<(&'static str, Probe)>,
    found: Arc<Mutex<Found>>,
}

impl Wellbeing {
    /// Nothing is asked yet.
    pub fn new(model: Option<Watched>, probes: Vec<(&'static str, Probe)>) -> Self {
        Self {
            model,
            probes,
            found: Arc::default(),
        }
    }

    /// What is known, for the health page.
    pub fn checks(&self) -> Vec<Check> {
        let found = self.found();
        let stores = found.iter().map(|(name, found)| Check {
            name,
            ok: found.is_ok(),
            detail: found.clone().unwrap_or_else(|why| why),
        });
        let model = self.model.iter().map(|model| {
            let up = model.standby.health().open_until.is_none();
            Check {
                name: "model",
                ok: up,
                detail: if up {
                    format!("{} replies", model.name)
                } else {
                    format!("{} does not answer; the scripted agent replies", model.name)
                },
            }
        });
        stores.chain(model).collect()
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        // What a panicking thread left is still a table of words.
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts asking.
    pub fn start(&self, tasks: &Tasks, ladder: &Ladder) {
        for (name, probe) in self.probes.clone() {
            let (asks, stop) = (self.clone(), tasks.clone());
            tasks.start(async move {
                tokio::select! {
                    () = asks.ask(name, probe) => {}
                    () = stop.cancelled() => {}
                }
            });
        }
        if let Some(model) = self.model.clone() {
            let stop = tasks.clone();
            tasks.start(async move {
                tokio::select! {
                    () = model.standby.watch(model.ping) => {}
                    () = stop.cancelled() => {}
                }
            });
        }
        let (ladder, stop) = (ladder.clone(), tasks.clone());
        tasks.start(async move {
            loop {
                // Who cannot be reached now is asked when they are needed, and the ladder passes them over.
                let _ = ladder.prewarm().await;
                tokio::select! {
                    () = tokio::time::sleep(WARM) => {}
                    () = stop.cancelled() => break,
                }
            }
        });
    }

    /// Asks one store until it can be used.
    async fn ask(&self, name: &'static str, probe: Probe) {
        loop {
            let found = match probe().await {
                Ok(warnings) if warnings.is_empty() => Ok("ok".to_owned()),
                Ok(warnings) => Ok(warnings.join("; ")),
                Err(error) => Err(error.to_string()),
            };
            match &found {
                Ok(words) if words != "ok" => tracing::warn!("{words}"),
                Err(why) => tracing::warn!("calls go on without it: {why}"),
                Ok(_) => {}
            }
            let done = found.is_ok();
            self.found().insert(name, found);
            if done {
                return;
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}
