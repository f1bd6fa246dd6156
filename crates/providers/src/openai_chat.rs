//! The agent whose words come from a language model behind a chat completions URL.
//!
//! The decision: this file knows time limits and what is noted about an answer; the wire is in a file of its own, and what
//! is asked and what may be done with the answer is in the agent's crate. Nothing is tried twice here: whoever stands by
//! takes the turn, because a caller waits.

mod wire;

use std::{sync::Arc, time::Duration};

use agent::{
    Agent, Ask, Delta, Desk, Model, ModelAgent, ModelError, ModelFault, Piece, Ping, Prompt,
};
use futures::{
    FutureExt, StreamExt,
    stream::{self, BoxStream},
};
use tokio::time::{Instant, timeout_at};

use crate::{Http, Secret, SetupError};
use wire::{Answer, Read, Usage, Wire};

/// Who logs under it prints what callers say when an answer cannot be read; the failure is logged here in our words.
pub const CHATTY: &str = "async_openai";

/// Longest wait for the answer to a ping.
const PING: Duration = Duration::from_secs(1);

/// How long a model may take for one answer, in milliseconds. A turn with tools is several answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatLimits {
    /// From the request to the first word or the first piece of a tool call.
    pub first_ms: u32,
    /// The longest gap after that.
    pub idle_ms: u32,
    /// The whole answer.
    pub whole_ms: u32,
}

impl Default for ChatLimits {
    /// A filler and a hold line cover the first; the whole is about the longest speech that is let through.
    fn default() -> Self {
        Self {
            first_ms: 2_500,
            idle_ms: 2_000,
            whole_ms: 15_000,
        }
    }
}

/// What it needs to know.
#[derive(Clone, Debug)]
pub struct ChatSettings {
    /// With the version: `http://127.0.0.1:8000/v1`.
    pub base_url: String,
    /// The model's name there; it is the agent's name on the records.
    pub model: String,
    /// The API key; own servers may need none.
    pub key: Option<Secret>,
    /// 0 to 2; `None` = the model's own, and the only choice with those that reason.
    pub temperature: Option<f32>,
    /// How long it may take.
    pub limits: ChatLimits,
}

/// A language model.
#[derive(Clone)]
pub struct ChatModel {
    inner: Arc<Inner>,
}

struct Inner {
    wire: Wire,
    model: String,
    limits: ChatLimits,
}

impl ChatModel {
    /// The model. Nothing is asked yet.
    pub fn new(settings: &ChatSettings, http: &Http) -> Result<ChatModel, SetupError> {
        Ok(ChatModel {
            inner: Arc::new(Inner {
                wire: Wire::new(settings, http)?,
                model: settings.model.trim().to_owned(),
                limits: settings.limits,
            }),
        })
    }

    /// Whether the server answers, asked without tokens; for [`agent::Standby::watch`].
    pub fn ping(&self) -> Ping {
        let inner = Arc::clone(&self.inner);
        Arc::new(move || {
            let inner = Arc::clone(&inner);
            async move {
                let answer = tokio::time::timeout(PING, inner.wire.is_there()).await;
                answer.unwrap_or(false)
            }
            .boxed()
        })
    }
}

impl Model for ChatModel {
    fn name(&self) -> &str {
        &self.inner.model
    }

    fn answer(&self, prompt: Prompt) -> BoxStream<'static, Result<Piece, ModelError>> {
        let asking = Asking::begin(Arc::clone(&self.inner), prompt);
        stream::unfold(Some(asking), |asking| async move {
            let mut asking = asking?;
            match asking.next().await {
                Ok(Some(piece)) => Some((Ok(piece), Some(asking))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
        .boxed()
    }
}

/// One answer on its way.
struct Asking {
    inner: Arc<Inner>,
    prompt: Option<Prompt>,
    answer: Option<Answer>,
    pieces: std::collections::VecDeque<Piece>,
    begun: Instant,
    first: Option<Duration>,
    finished: Option<&'static str>,
    usage: Option<Usage>,
}

impl Asking {
    fn begin(inner: Arc<Inner>, prompt: Prompt) -> Self {
        Self {
            inner,
            prompt: Some(prompt),
            answer: None,
            pieces: std::collections::VecDeque::new(),
            begun: Instant::now(),
            first: None,
            finished: None,
            usage: None,
        }
    }

    /// The next piece; `None` at the end of a complete answer.
    async fn next(&mut self) -> Result<Option<Piece>, ModelError> {
        let piece = self.piece().await;
        match &piece {
            Ok(Some(_)) if self.first.is_none() => self.first = Some(self.begun.elapsed()),
            Ok(None) => self.note(),
            Err(error) => self.warn(error),
            _ => {}
        }
        piece
    }

    async fn piece(&mut self) -> Result<Option<Piece>, ModelError> {
        loop {
            if let Some(piece) = self.pieces.pop_front() {
                return Ok(Some(piece));
            }
            let prompt = self.prompt.take();
            if prompt.is_some() {
                self.begun = Instant::now();
            }
            let (until, late) = self.deadline();
            let slow = |_| ModelError::new(ModelFault::Late, late);
            if let Some(prompt) = prompt {
                let opened = self.inner.wire.ask(&prompt);
                self.answer = Some(timeout_at(until, opened).await.map_err(slow)??);
                continue;
            }
            let Some(answer) = &mut self.answer else {
                return Ok(None);
            };
            match timeout_at(until, answer.read()).await.map_err(slow)?? {
                Read::Pieces(pieces) => self.pieces.extend(pieces),
                Read::Finish(pieces, reason) => {
                    self.pieces.extend(pieces);
                    self.finished = Some(reason);
                }
                Read::Usage(usage) => self.usage = Some(usage),
                Read::End => return self.end(),
            }
        }
    }

    /// Until when the next thing must come, and what it is called when it does not.
    fn deadline(&self) -> (Instant, &'static str) {
        let limits = self.inner.limits;
        let whole = self.begun + ms(limits.whole_ms);
        let (next, late) = match self.first {
            None => (self.begun + ms(limits.first_ms), "nothing came in time"),
            Some(_) => (
                Instant::now() + ms(limits.idle_ms),
                "it paused for too long",
            ),
        };
        if next < whole {
            (next, late)
        } else {
            (whole, "the answer took too long")
        }
    }

    fn end(&mut self) -> Result<Option<Piece>, ModelError> {
        self.answer = None;
        match (self.finished, self.first) {
            (Some("content_filter"), _) => Err(ModelError::new(
                ModelFault::Declined,
                "its filter stopped the answer",
            )),
            (_, None) => Err(ModelError::new(
                ModelFault::Empty,
                "it answered without a word",
            )),
            (None, Some(_)) => Err(ModelError::new(
                ModelFault::Cut,
                "the answer ended without its end",
            )),
            (Some(_), Some(_)) => Ok(None),
        }
    }

    fn note(&self) {
        let usage = self.usage.unwrap_or_default();
        tracing::info!(
            model = %self.inner.model,
            first_ms = self.first.map_or(0, millis),
            whole_ms = millis(self.begun.elapsed()),
            prompt_tokens = usage.prompt,
            cached_tokens = usage.cached,
            completion_tokens = usage.completion,
            finish = self.finished.unwrap_or("none"),
            "the model answered"
        );
    }

    fn warn(&self, error: &ModelError) {
        tracing::warn!(
            model = %self.inner.model,
            fault = ?error.fault,
            after_ms = millis(self.begun.elapsed()),
            "the model did not answer: {}", error.message
        );
    }
}

fn ms(ms: u32) -> Duration {
    Duration::from_millis(u64::from(ms))
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The agent whose words that model chooses. It fails where the model fails: put it behind [`agent::Standby`].
pub struct ChatAgent {
    model: ChatModel,
    agent: ModelAgent,
}

impl ChatAgent {
    /// An agent whose bookings and messages go to `desk`. Nothing is asked yet.
    pub fn new(
        settings: &ChatSettings,
        http: &Http,
        desk: Arc<dyn Desk>,
    ) -> Result<ChatAgent, SetupError> {
        let model = ChatModel::new(settings, http)?;
        let agent = ModelAgent::new(Arc::new(model.clone()), desk);
        Ok(ChatAgent { model, agent })
    }

    /// See [`ChatModel::ping`].
    pub fn ping(&self) -> Ping {
        self.model.ping()
    }
}

impl Agent for ChatAgent {
    fn name(&self) -> &str {
        self.model.name()
    }

    fn reply(&self, ask: Ask) -> BoxStream<'static, Delta> {
        self.agent.reply(ask)
    }
}
