//! Chat completions: `POST /v1/chat/completions` and `GET /v1/models` (API reference "Chat", "Models";
//! openai/openai-openapi). What the model says is a script of the test.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

mod rules;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::reply::Reply;
use crate::request::Request;
use crate::sound::Voicing;

/// Longest piece of a tool call's arguments, in bytes.
const PIECE: usize = 8;
/// When every answer was created.
const CREATED: u64 = 1_767_225_600;

/// What the model says to one request.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatScript {
    words: String,
    calls: Vec<(String, String)>,
    finish: Option<&'static str>,
    bare: bool,
    done: bool,
    raw: Option<String>,
}

impl ChatScript {
    /// These words, one at a time.
    pub fn words(text: impl Into<String>) -> Self {
        Self {
            words: text.into(),
            calls: Vec::new(),
            finish: None,
            bare: false,
            done: true,
            raw: None,
        }
    }

    /// The same and a call of this tool; several are parallel calls.
    pub fn call(mut self, name: impl Into<String>, arguments: impl Into<String>) -> Self {
        self.calls.push((name.into(), arguments.into()));
        self
    }

    /// The same with another reason for its end, such as `length` or `content_filter`.
    pub fn finish(mut self, reason: &'static str) -> Self {
        self.finish = Some(reason);
        self
    }

    /// The same as other servers say it: chunks without `id`, `object` and `created`.
    pub fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    /// The same as other servers end it: without `[DONE]`.
    pub fn endless(mut self) -> Self {
        self.done = false;
        self
    }

    /// A stream as it was recorded, byte for byte.
    pub fn recorded(stream: impl Into<String>) -> Self {
        Self {
            raw: Some(stream.into()),
            ..Self::words("")
        }
    }
}

/// What the model will say, one script for each request; afterwards it says "I see."
#[derive(Clone, Debug, Default)]
pub(crate) struct Chat(Arc<Mutex<VecDeque<ChatScript>>>);

impl Chat {
    pub(crate) fn plan(&self, scripts: Vec<ChatScript>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = scripts.into();
    }

    fn next(&self) -> ChatScript {
        let mut scripts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        scripts
            .pop_front()
            .unwrap_or_else(|| ChatScript::words("I see."))
    }
}

/// `GET /v1/models`.
pub(crate) fn models() -> Reply {
    let one =
        |id: &&str| json!({"id": id, "object": "model", "created": CREATED, "owned_by": "openai"});
    let data: Vec<Value> = rules::MODELS.iter().map(one).collect();
    Reply::json(200, &json!({"object": "list", "data": data}))
}

/// `POST /v1/chat/completions`.
pub(crate) fn completions(request: &Request) -> Result<Reply, Reply> {
    let asked = rules::read(request)?;
    let mut script = request.chat.next();
    if request.voicing == Voicing::Gone {
        script = ChatScript::words("");
    }
    let usage = usage(request, &script);
    if !asked.stream {
        return Ok(Reply::json(200, &whole(&asked.model, &script, &usage)));
    }
    let pieces = match &script.raw {
        Some(raw) => raw
            .split_inclusive("\n\n")
            .map(|s| Bytes::from(s.to_owned()))
            .collect(),
        None => stream(&asked, &script, &usage),
    };
    Ok(Reply::pieces("text/event-stream; charset=utf-8", pieces))
}

fn usage(request: &Request, script: &ChatScript) -> Value {
    let read = request.body.len() / 4;
    let said = script.words.split_whitespace().count() + 8 * script.calls.len();
    json!({
        "prompt_tokens": read, "completion_tokens": said, "total_tokens": read + said,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    })
}

fn reason(script: &ChatScript) -> &'static str {
    let usual = if script.calls.is_empty() {
        "stop"
    } else {
        "tool_calls"
    };
    script.finish.unwrap_or(usual)
}

fn whole(model: &str, script: &ChatScript, usage: &Value) -> Value {
    let call = |(at, (name, arguments)): (usize, &(String, String))| json!({"id": format!("call_{at}"), "type": "function", "function": {"name": name, "arguments": arguments}});
    let mut message = json!({"role": "assistant", "content": script.words, "refusal": null});
    if !script.calls.is_empty() {
        let calls: Vec<Value> = script.calls.iter().enumerate().map(call).collect();
        message["tool_calls"] = Value::Array(calls);
    }
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": CREATED, "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": reason(script)}],
        "usage": usage,
    })
}

fn stream(asked: &rules::Asked, script: &ChatScript, usage: &Value) -> Vec<Bytes> {
    let mut deltas = vec![json!({"role": "assistant", "content": "", "refusal": null})];
    deltas.extend(
        script
            .words
            .split_inclusive(' ')
            .map(|word| json!({ "content": word })),
    );
    for (index, (name, arguments)) in script.calls.iter().enumerate() {
        deltas.push(json!({"tool_calls": [{
            "index": index, "id": format!("call_{index}"), "type": "function",
            "function": {"name": name, "arguments": ""},
        }]}));
        deltas.extend(cut(arguments).map(
            |piece| json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}),
        ));
    }
    let choice = |delta: Value, end: Value| json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": end}]);
    let mut chunks: Vec<Value> = deltas
        .into_iter()
        .map(|delta| chunk(asked, script, choice(delta, Value::Null)))
        .collect();
    chunks.push(chunk(
        asked,
        script,
        choice(json!({}), json!(reason(script))),
    ));
    if asked.usage {
        let mut last = chunk(asked, script, json!([]));
        last["usage"] = usage.clone();
        chunks.push(last);
    }
    let mut events: Vec<Bytes> = chunks
        .into_iter()
        .map(|chunk| Bytes::from(format!("data: {chunk}\n\n")))
        .collect();
    if script.done {
        events.push(Bytes::from_static(b"data: [DONE]\n\n"));
    }
    events
}

fn chunk(asked: &rules::Asked, script: &ChatScript, choices: Value) -> Value {
    if script.bare {
        return json!({"choices": choices});
    }
    let mut chunk = json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": CREATED, "model": asked.model,
        "service_tier": "default", "system_fingerprint": "fp_1", "choices": choices,
        "obfuscation": "x7Kq",
    });
    if asked.usage {
        chunk["usage"] = Value::Null;
    }
    chunk
}

/// A text in pieces that end between characters.
fn cut(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut at = rest.len().min(PIECE);
        while !rest.is_char_boundary(at) {
            at += 1;
        }
        let (piece, more) = rest.split_at(at);
        rest = more;
        Some(piece)
    })
}
