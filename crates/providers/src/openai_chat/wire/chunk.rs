//! One chunk of a streamed chat completion, with everything optional that some server leaves out.

use agent::Piece;
use serde::Deserialize;
use serde_json::{Map, Value};

/// What was read.
pub(crate) enum Read {
    /// Pieces of words and calls; may be none.
    Pieces(Vec<Piece>),
    /// The reason for the end, and what came with it.
    Finish(Vec<Piece>, &'static str),
    /// What it used.
    Usage(Usage),
    /// The stream is over.
    End,
}

/// Tokens of one answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) prompt: u64,
    pub(crate) cached: u64,
    pub(crate) completion: u64,
}

/// A chunk: whatever may be missing may be missing.
#[derive(Deserialize)]
pub(crate) struct Chunk {
    choices: Option<Vec<Choice>>,
    usage: Option<Tokens>,
    pub(crate) error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    index: Option<u32>,
    delta: Option<Said>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    content: Option<Value>,
    refusal: Option<String>,
    tool_calls: Option<Vec<Call>>,
}

#[derive(Deserialize)]
struct Call {
    index: Option<u32>,
    id: Option<String>,
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    name: Option<String>,
    arguments: Option<Value>,
}

#[derive(Deserialize)]
struct Tokens {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<Map<String, Value>>,
}

impl Chunk {
    /// What it says.
    pub(crate) fn read(self) -> Read {
        let mut choices = self.choices.unwrap_or_default().into_iter();
        let Some(choice) = choices.find(|c| c.index.unwrap_or(0) == 0) else {
            return match self.usage {
                Some(usage) => Read::Usage(usage.read()),
                None => Read::Pieces(Vec::new()),
            };
        };
        let pieces = choice.delta.map(Said::pieces).unwrap_or_default();
        match choice.finish_reason {
            // Some servers say the last words and their end in one chunk.
            Some(reason) => Read::Finish(pieces, known(&reason)),
            None => Read::Pieces(pieces),
        }
    }
}

fn known(reason: &str) -> &'static str {
    const REASONS: [&str; 5] = [
        "stop",
        "length",
        "tool_calls",
        "content_filter",
        "function_call",
    ];
    REASONS
        .into_iter()
        .find(|r| *r == reason)
        .unwrap_or("other")
}

impl Said {
    fn pieces(self) -> Vec<Piece> {
        let said = [self.content.map(words), self.refusal];
        let mut pieces: Vec<Piece> = said
            .into_iter()
            .flatten()
            .filter(|words| !words.is_empty())
            .map(Piece::Words)
            .collect();
        let calls = self.tool_calls.unwrap_or_default().into_iter().enumerate();
        pieces.extend(calls.map(|(at, call)| {
            let function = call.function.unwrap_or(Function {
                name: None,
                arguments: None,
            });
            Piece::Call {
                index: call.index.unwrap_or(u32::try_from(at).unwrap_or(u32::MAX)),
                id: call.id,
                name: function.name,
                arguments: function.arguments.map(words).unwrap_or_default(),
            }
        }));
        pieces
    }
}

/// A text, a list of parts with texts, or, for arguments, an object that was not written as text.
fn words(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        Value::Array(parts) => {
            let text = |part: &Value| part.get("text").and_then(Value::as_str).map(str::to_owned);
            parts.iter().filter_map(text).collect()
        }
        other => other.to_string(),
    }
}

impl Tokens {
    fn read(&self) -> Usage {
        let details = self.prompt_tokens_details.as_ref();
        let cached = details
            .and_then(|d| d.get("cached_tokens"))
            .and_then(Value::as_u64);
        Usage {
            prompt: self.prompt_tokens.unwrap_or(0),
            cached: cached.unwrap_or(0),
            completion: self.completion_tokens.unwrap_or(0),
        }
    }
}
