//! The port behind which a language model stands, and the values that go through it.

use events::At;
use futures::stream::BoxStream;
use serde_json::Value;

/// One line of the talk that a model is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// What the model is told about its work.
    System(String),
    /// What the caller said.
    Caller(String),
    /// What the model said, and the tools that it called.
    Model {
        /// The words; may be empty when tools were called.
        words: String,
        /// The calls, in order.
        calls: Vec<ToolCall>,
    },
    /// What a tool answered, as JSON.
    Tool {
        /// The call's id.
        id: String,
        /// The answer.
        answer: String,
    },
}

/// A tool as the model is told about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// What it does and when to use it.
    pub about: String,
    /// Its arguments, as a JSON schema (draft 2020-12) of an object.
    pub arguments: Value,
}

/// A call of a tool, complete. Nothing in it was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// The model's id for it.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The arguments, JSON if the model did well.
    pub arguments: String,
}

/// What a model is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// The talk, the system line first.
    pub lines: Vec<Line>,
    /// The tools that may be called; none = the model must speak.
    pub tools: Vec<Tool>,
    /// Most tokens of the answer.
    pub most_tokens: u32,
    /// The present moment, for deadlines in the records.
    pub now: At,
}

/// A piece of a model's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// More words.
    Words(String),
    /// More of a tool call; pieces of one call have one index.
    Call {
        /// Which of the calls.
        index: u32,
        /// Its id; in the first piece.
        id: Option<String>,
        /// Its tool; in the first piece.
        name: Option<String>,
        /// More of its arguments.
        arguments: String,
    },
}

/// Why a model did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelFault {
    /// The key, the model's name or the request is not accepted; asking again does not help.
    Refused,
    /// Too much was asked of it.
    Busy,
    /// It cannot be reached, or fails.
    Down,
    /// It was too slow.
    Late,
    /// It broke off.
    Cut,
    /// What it sent cannot be understood.
    Garbage,
    /// It sent nothing.
    Empty,
    /// It would not answer this.
    Declined,
}

/// A failed answer. It holds no words of the caller or the model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault:?}: {message}")]
pub struct ModelError {
    /// What kind.
    pub fault: ModelFault,
    /// For the operator's eyes.
    pub message: String,
}

impl ModelError {
    /// An error of this kind.
    pub fn new(fault: ModelFault, message: impl Into<String>) -> Self {
        Self {
            fault,
            message: message.into(),
        }
    }
}

/// A language model.
pub trait Model: Send + Sync {
    /// Its name on the records.
    fn name(&self) -> &str;

    /// Answers. The stream ends after the last piece, or after the first error. Dropping it cancels the request.
    fn answer(&self, prompt: Prompt) -> BoxStream<'static, Result<Piece, ModelError>>;
}
