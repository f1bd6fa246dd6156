//! Chat completions (API reference "Chat"), of the company itself and of every server that copies it.
//!
//! The library's own types demand fields that other servers leave out, and its own retries sleep for as long as a server
//! asks. So chunks are read by lenient types of ours, there are no retries, and answers are judged and capped below the
//! library, before it reads them into memory or into a log.

mod chunk;

use std::io;

use agent::{Line, ModelError, ModelFault, Prompt};
use async_openai::{Client, config::Config, error::OpenAIError, middleware::HttpRequestFactory};
use futures::{StreamExt, stream::BoxStream};
use jiff::Timestamp;
use reqwest::{
    Body, Response, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::ChatSettings;
use crate::{
    Http, SetupError,
    refusal::{Verdict, retry_after_ms},
};

use chunk::Chunk;
pub(crate) use chunk::{Read, Usage};

/// Most bytes of one answer; a chunk of one token is about 250.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// Most bytes that are read of a refusal.
const REFUSAL_BYTES: usize = 16 * 1024;
/// Most bytes that are read of the list of models.
const LIST_BYTES: usize = 1024 * 1024;
/// The company's own host, which knows the newer name of the limit only for its newer models.
const HOME: &str = "api.openai.com";

/// The way to one server.
pub(crate) struct Wire {
    client: Client<Address>,
    http: reqwest::Client,
    models: String,
    model: String,
    temperature: Option<f32>,
    /// What the field for the longest answer is called there.
    most: &'static str,
}

/// Where it is, and the key to it. The library's own would read the environment.
struct Address {
    base: String,
    headers: HeaderMap,
    key: SecretString,
}

impl Config for Address {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

impl Wire {
    pub(crate) fn new(settings: &ChatSettings, http: &Http) -> Result<Wire, SetupError> {
        let bad = |what: String| Err(SetupError::new("llm", what));
        let base = settings.base_url.trim().trim_end_matches('/').to_owned();
        let url = match Url::parse(&base) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => url,
            _ => {
                return bad(format!(
                    "`{base}` is not a web address; write the server's address with its version, such as http://127.0.0.1:8000/v1"
                ));
            }
        };
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return bad("the address holds a name, a password or a query; write the key as the key, and the rest not at all".into());
        }
        if settings.model.trim().is_empty() {
            return bad("no model is named; write its name as the server lists it".into());
        }
        if settings
            .temperature
            .is_some_and(|t| !(0.0..=2.0).contains(&t))
        {
            return bad("the temperature must be 0 to 2".into());
        }
        let mut headers = HeaderMap::new();
        let key = settings.key.as_ref().map_or("", |key| key.reveal());
        if !key.is_empty() {
            let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {key}")) else {
                return bad("the key holds characters that no key has".into());
            };
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let address = Address {
            base: base.clone(),
            headers,
            key: SecretString::default(),
        };
        let most = if url.host_str() == Some(HOME) {
            "max_completion_tokens"
        } else {
            "max_tokens"
        };
        let http = http.client().clone();
        let sender = http.clone();
        let service = tower::service_fn(move |factory| send(sender.clone(), factory));
        Ok(Wire {
            client: Client::build(http.clone(), address).with_http_service(service),
            http,
            models: format!("{base}/models"),
            model: settings.model.trim().to_owned(),
            temperature: settings.temperature,
            most,
        })
    }

    /// Sends the question. The future ends when the head of the answer is there; dropping it or the answer closes the
    /// connection.
    pub(crate) async fn ask(&self, prompt: &Prompt) -> Result<Answer, ModelError> {
        let chunks = self
            .client
            .chat()
            .create_stream_byot(self.body(prompt))
            .await;
        Ok(Answer {
            chunks: chunks.map_err(|e| judged(e, ModelFault::Down))?.boxed(),
            any: false,
        })
    }

    /// Whether the server answers at all; a refusal of the key is none.
    pub(crate) async fn is_there(&self) -> bool {
        let config = self.client.config();
        let asked = self.http.get(&self.models).headers(config.headers());
        match asked.send().await {
            Ok(mut response) => {
                let status = response.status().as_u16();
                // Read to its end the answer leaves a connection that the next question need not open.
                let mut left = LIST_BYTES;
                while let Ok(Some(piece)) = response.chunk().await
                    && left > piece.len()
                {
                    left -= piece.len();
                }
                status < 500 && !matches!(status, 401 | 403 | 429)
            }
            Err(_) => false,
        }
    }

    fn body(&self, prompt: &Prompt) -> Value {
        let mut body = json!({
            "model": self.model,
            "messages": prompt.lines.iter().map(message).collect::<Vec<_>>(),
            "stream": true,
            "stream_options": {"include_usage": true},
        });
        body[self.most] = json!(prompt.most_tokens);
        if let Some(temperature) = self.temperature {
            body["temperature"] = json!(temperature);
        }
        if !prompt.tools.is_empty() {
            let tool = |t: &agent::Tool| {
                json!({"type": "function", "function": {
                    "name": t.name, "description": t.about, "parameters": t.arguments,
                }})
            };
            body["tools"] = prompt.tools.iter().map(tool).collect();
        }
        body
    }
}

fn message(line: &Line) -> Value {
    match line {
        Line::System(text) => json!({"role": "system", "content": text}),
        Line::Caller(text) => json!({"role": "user", "content": text}),
        Line::Model { words, calls } if calls.is_empty() => {
            json!({"role": "assistant", "content": words})
        }
        Line::Model { words, calls } => {
            let call = |c: &agent::ToolCall| {
                json!({"id": c.id, "type": "function", "function": {
                    "name": sound_name(&c.name), "arguments": c.arguments,
                }})
            };
            let calls: Vec<Value> = calls.iter().map(call).collect();
            let content = (!words.is_empty()).then_some(words);
            json!({"role": "assistant", "content": content, "tool_calls": calls})
        }
        Line::Tool { id, answer } => {
            json!({"role": "tool", "tool_call_id": id, "content": answer})
        }
    }
}

/// A name that the server takes back: a model may have written anything.
fn sound_name(name: &str) -> String {
    let kept = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "_-".contains(*c));
    let kept: String = kept.take(64).collect();
    if kept.is_empty() {
        "unknown".into()
    } else {
        kept
    }
}

/// Sends one request, once, and judges the head of its answer.
async fn send(http: reqwest::Client, factory: HttpRequestFactory) -> Result<Response, OpenAIError> {
    let request = factory.build().await?;
    let response = http.execute(request).await.map_err(|e| {
        let fault = if e.is_timeout() {
            ModelFault::Late
        } else {
            ModelFault::Down
        };
        let what = if e.is_connect() {
            "no connection could be made"
        } else {
            "the connection broke"
        };
        boxed(ModelError::new(fault, what))
    })?;
    if !response.status().is_success() {
        return Err(boxed(refused(response).await));
    }
    let kind = response.headers().get(CONTENT_TYPE);
    let kind = kind
        .and_then(|k| k.to_str().ok())
        .unwrap_or("text/event-stream");
    if !kind.starts_with("text/event-stream") {
        let what = "it answered with something that is not a stream of events; is this the address of its API?";
        return Err(boxed(ModelError::new(ModelFault::Garbage, what)));
    }
    Ok(capped(response))
}

/// The same answer, cut where it is too long for any reply.
fn capped(response: Response) -> Response {
    let status = response.status();
    let mut left = MOST_BYTES;
    let bytes = response.bytes_stream().map(move |bytes| {
        let bytes = bytes.map_err(io::Error::other)?;
        match left.checked_sub(bytes.len()) {
            Some(less) => {
                left = less;
                Ok(bytes)
            }
            None => Err(io::Error::other("the answer has no end")),
        }
    });
    let mut response = http::Response::new(Body::wrap_stream(bytes));
    *response.status_mut() = status;
    Response::from(response)
}

/// What a refusal means. Of its body only the company's code is told: sentences may quote the caller.
async fn refused(response: Response) -> ModelError {
    use tts::ErrorKind;
    let status = response.status().as_u16();
    let wait = retry_after_ms(response.headers(), Timestamp::now());
    let mut body = Vec::new();
    let mut bytes = response.bytes_stream();
    while let Some(Ok(more)) = bytes.next().await {
        body.extend_from_slice(&more[..more.len().min(REFUSAL_BYTES - body.len())]);
        if body.len() >= REFUSAL_BYTES {
            break;
        }
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let verdict = Verdict::by_status(status).coded(body.pointer("/error/code"));
    let fault = match verdict.kind {
        ErrorKind::RateLimited if verdict.code.as_deref() == Some("insufficient_quota") => {
            ModelFault::Refused
        }
        ErrorKind::RateLimited => ModelFault::Busy,
        ErrorKind::Timeout => ModelFault::Late,
        ErrorKind::Unavailable => ModelFault::Down,
        ErrorKind::Broken => ModelFault::Garbage,
        _ => ModelFault::Refused,
    };
    let code = verdict
        .code
        .map(|code| format!(", {code}"))
        .unwrap_or_default();
    let wait = wait
        .map(|ms| format!("; it may be asked again in {ms} ms"))
        .unwrap_or_default();
    ModelError::new(fault, format!("HTTP {status}{code}{wait}"))
}

fn boxed(error: ModelError) -> OpenAIError {
    OpenAIError::Boxed(Box::new(error))
}

/// Our own error where it is one; otherwise this fault, in words that quote nothing.
fn judged(error: OpenAIError, fault: ModelFault) -> ModelError {
    match error {
        OpenAIError::Boxed(error) => match error.downcast::<ModelError>() {
            Ok(own) => *own,
            Err(_) => ModelError::new(fault, "the request could not be sent"),
        },
        OpenAIError::JSONDeserialize(..) => {
            ModelError::new(ModelFault::Garbage, "a chunk is not JSON")
        }
        OpenAIError::StreamError(_) => ModelError::new(fault, "the connection broke"),
        _ => ModelError::new(fault, "the request failed"),
    }
}

/// An answer that is being read.
pub(crate) struct Answer {
    chunks: BoxStream<'static, Result<Value, OpenAIError>>,
    /// A chunk was read.
    any: bool,
}

impl Answer {
    pub(crate) async fn read(&mut self) -> Result<Read, ModelError> {
        let Some(chunk) = self.chunks.next().await else {
            return Ok(Read::End);
        };
        let fault = if self.any {
            ModelFault::Cut
        } else {
            ModelFault::Down
        };
        let chunk = chunk.map_err(|e| judged(e, fault))?;
        self.any = true;
        let garbage = |_| {
            ModelError::new(
                ModelFault::Garbage,
                "a chunk is not one of a chat completion",
            )
        };
        let chunk: Chunk = serde_json::from_value(chunk).map_err(garbage)?;
        if chunk.error.is_some() {
            return Err(ModelError::new(fault, "it reported an error in the middle"));
        }
        Ok(chunk.read())
    }
}
