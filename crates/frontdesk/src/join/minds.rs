//! Who replies: the scripted agent, or a language model with the scripted agent standing by.

use std::{sync::Arc, time::Duration};

use agent::{Agent, Desk, Pace, Patience, Ping, Scripted, Standby};
use events::Clock;
use futures::FutureExt;
use providers::{ChatAgent, ChatLimits, ChatSettings, Http, Secret};

use super::CONNECT_MS;
use crate::config::{Config, Llm};

/// Who replies, and how to ask whether they are well.
pub struct Mind {
    /// Who replies.
    pub agent: Arc<dyn Agent>,
    /// The model behind it, when there is one.
    pub model: Option<Watched>,
}

/// A model that is watched while it is not asked.
#[derive(Clone)]
pub struct Watched {
    /// Its name.
    pub name: String,
    /// The model and who stands by.
    pub standby: Standby,
    /// Asks whether its server answers.
    pub ping: Ping,
}

/// Who replies by this configuration; bookings and messages go to `desk`.
///
/// # Errors
/// Which setting cannot work.
pub fn mind(config: &Config, desk: Arc<dyn Desk>, clock: Arc<dyn Clock>) -> anyhow::Result<Mind> {
    let sleeper: agent::Sleeper =
        Arc::new(|ms| tokio::time::sleep(Duration::from_millis(ms)).boxed());
    let pace = Pace {
        first_ms: config.agent.first_ms.into(),
        per_word_ms: config.agent.per_word_ms.into(),
    };
    let scripted = Arc::new(Scripted::new(desk.clone(), pace, sleeper.clone()));
    let Some(llm) = &config.llm else {
        return Ok(Mind {
            agent: scripted,
            model: None,
        });
    };
    let model = ChatAgent::new(&settings(llm), &Http::new(CONNECT_MS)?, desk)?;
    let patience = Patience {
        first_ms: llm.first_words_ms.into(),
        whole_ms: llm.reply_ms.into(),
    };
    let ping = model.ping();
    let standby = Standby::new(Arc::new(model), scripted, patience, clock, sleeper);
    Ok(Mind {
        agent: Arc::new(standby.clone()),
        model: Some(Watched {
            name: llm.model.clone(),
            standby,
            ping,
        }),
    })
}

fn settings(llm: &Llm) -> ChatSettings {
    ChatSettings {
        base_url: llm.base_url.clone(),
        model: llm.model.clone(),
        key: llm.api_key.as_ref().map(|key| Secret::new(key.reveal())),
        temperature: llm.temperature,
        limits: ChatLimits {
            first_ms: llm.first_token_ms,
            idle_ms: llm.idle_ms,
            whole_ms: llm.answer_ms,
        },
    }
}
