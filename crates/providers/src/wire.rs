//! Asking a company over HTTP: address, key, status, body, each with its limit.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use reqwest::{
    Client, Method, RequestBuilder, Response, Url,
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
};
use rustls::ClientConfig;
use serde_json::Value;
use tokio::time::timeout;
use tts::{ErrorKind, MAX_CHARS, SpeakError, Utterance};

use crate::{
    Http, Limits, SetupError,
    decode::Decoder,
    refusal::{Judge, retry_after_ms},
    speech::Sound,
};

/// The longest body of a refusal that is read.
const REFUSAL_BYTES: usize = 16 * 1024;
/// More sound than this from one utterance is an engine gone wild: ten minutes at 48 kHz.
const SOUND_BYTES: usize = 64 * 1024 * 1024;
/// A finished connection goes back to the pool a moment after its last byte.
const SETTLE: Duration = Duration::from_millis(5);
/// A connection that ends this soon after it was used again had ended before.
const AT_ONCE: Duration = Duration::from_millis(100);
/// Lists of voices are read up to here when a connection is opened ahead of need.
const LIST_BYTES: usize = 4 * 1024 * 1024;

/// Where a company's API is, how to be let in, and how long to wait.
pub(crate) struct Wire {
    pub name: &'static str,
    pub limits: Limits,
    client: Client,
    tls: Arc<ClientConfig>,
    base: String,
    key: Option<(HeaderName, HeaderValue)>,
}

impl Wire {
    /// The API at `base`, with a header that holds the key where there is one.
    pub(crate) fn new(
        name: &'static str,
        http: &Http,
        base: &str,
        limits: Limits,
        key: Option<(&'static str, String)>,
    ) -> Result<Wire, SetupError> {
        let base = base.trim().trim_end_matches('/').to_owned();
        let url = Url::parse(&base).ok();
        let plain = |url: &Url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        };
        if !url.as_ref().is_some_and(plain) {
            let what =
                "the base URL must be like https://host or http://host:port, without key or query";
            return Err(SetupError::new(name, what));
        }
        let key = key.map(|(header, value)| sealed(name, header, &value));
        Ok(Wire {
            name,
            limits,
            client: http.client().clone(),
            tls: http.tls().clone(),
            base,
            key: key.transpose()?,
        })
    }

    /// A request to `path`, which begins with a slash, with the key.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.key {
            Some((name, value)) => request.header(name, value),
            None => request,
        }
    }

    /// The address of a socket at `path`.
    pub(crate) fn socket_url(&self, path: &str) -> String {
        // A base URL is http or https, and so becomes ws or wss.
        format!("ws{}{path}", self.base.trim_start_matches("http"))
    }

    /// The trust in certificates of a socket.
    pub(crate) fn tls(&self) -> &Arc<ClientConfig> {
        &self.tls
    }

    pub(crate) fn key(&self) -> Option<&(HeaderName, HeaderValue)> {
        self.key.as_ref()
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    /// Sends and waits for a status of success; any other becomes an error by `judge`.
    pub(crate) async fn send(
        &self,
        request: RequestBuilder,
        judge: Judge,
    ) -> Result<Response, SpeakError> {
        let response = self.attempt(request).await?;
        self.accept(response, judge).await
    }

    /// Sends and waits for the head of any answer.
    ///
    /// A server may close an idle connection just when we use it, and then says nothing. That is no failure of the
    /// server, and is tried once more at once; whoever chooses between engines decides about everything else.
    pub(crate) async fn attempt(&self, request: RequestBuilder) -> Result<Response, SpeakError> {
        let again = request.try_clone();
        let begun = Instant::now();
        let idle_end = |e: &reqwest::Error| {
            e.is_request() && !e.is_connect() && !e.is_timeout() && begun.elapsed() < AT_ONCE
        };
        let result = match (request.send().await, again) {
            (Err(error), Some(again)) if idle_end(&error) => again.send().await,
            (result, _) => result,
        };
        result.map_err(|e| self.lost(&e))
    }

    /// Passes a status of success; any other becomes an error by `judge`.
    pub(crate) async fn accept(
        &self,
        response: Response,
        judge: Judge,
    ) -> Result<Response, SpeakError> {
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        let wait = retry_after_ms(response.headers(), Timestamp::now());
        // The status says enough when its body does not come.
        let body = self
            .whole(response, REFUSAL_BYTES)
            .await
            .unwrap_or_default();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        Err(judge(status, &body).error(self.name, status, wait))
    }

    /// The sound of an answer as it comes; what is labelled as something else is not sound.
    pub(crate) fn sound(&self, response: Response, decoder: Decoder) -> Result<Sound, SpeakError> {
        self.sound_or(response, "audio/wav", decoder)
    }

    /// The same where a server has its own idea of what to call it. A missing type and "just bytes" pass, too.
    pub(crate) fn sound_or(
        &self,
        response: Response,
        its_type: &str,
        decoder: Decoder,
    ) -> Result<Sound, SpeakError> {
        let kind = response.headers().get(CONTENT_TYPE);
        let kind = kind.and_then(|v| v.to_str().ok()).unwrap_or_default();
        let kind = kind
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let bytes = matches!(
            &*kind,
            "" | "application/octet-stream" | "binary/octet-stream"
        );
        if bytes || kind.starts_with("audio/") || kind == its_type {
            return Ok(Sound::new(Box::pin(self.chunks(response)), decoder));
        }
        let kind: String = kind.chars().take(40).collect();
        Err(self.broken(format!(
            "it answered with {kind:?} instead of sound; is the base URL that of its API?"
        )))
    }

    fn chunks(
        &self,
        response: Response,
    ) -> impl futures::Stream<Item = Result<Bytes, SpeakError>> + Send + use<> {
        let name = self.name;
        let mut read = 0;
        response.bytes_stream().map(move |chunk| {
            let chunk = chunk.map_err(|e| torn(name, &e))?;
            read += chunk.len();
            if read > SOUND_BYTES {
                let what = format!("it sent more than {SOUND_BYTES} bytes for one utterance");
                return Err(SpeakError::new(ErrorKind::Broken, name, what));
            }
            Ok(chunk)
        })
    }

    /// The whole body, up to `limit` bytes.
    pub(crate) async fn whole(
        &self,
        mut response: Response,
        limit: usize,
    ) -> Result<Vec<u8>, SpeakError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| torn(self.name, &e))? {
            if body.len() + chunk.len() > limit {
                return Err(self.broken(format!("its answer is longer than {limit} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// The body as JSON, up to `limit` bytes.
    pub(crate) async fn json<T: serde::de::DeserializeOwned>(
        &self,
        response: Response,
        limit: usize,
    ) -> Result<T, SpeakError> {
        let body = self.whole(response, limit).await?;
        serde_json::from_slice(&body).map_err(|e| {
            // Serde's own message may quote what it read.
            let at = format!("line {}, column {}", e.line(), e.column());
            self.broken(format!("its answer is not the JSON that it documents ({at}); is the base URL that of its API?"))
        })
    }

    /// Asks for something small, so that the connection stands when a caller waits. The answer is read to its end, or
    /// the connection could not be used again.
    pub(crate) async fn warm(
        &self,
        request: RequestBuilder,
        judge: Judge,
    ) -> Result<Vec<u8>, SpeakError> {
        let body = self.soon(async {
            let response = self.attempt(request).await?;
            // A server without such a list is there all the same.
            let there = matches!(response.status().as_u16(), 404 | 405);
            let response = match there {
                true => response,
                false => self.accept(response, judge).await?,
            };
            self.whole(response, LIST_BYTES).await
        });
        let body = body.await?;
        tokio::time::sleep(SETTLE).await;
        Ok(body)
    }

    /// Reads an answer that nobody wants to its end, so that its connection serves the next request.
    pub(crate) async fn pass_by(&self, response: Response) {
        let read = self.soon(self.whole(response, LIST_BYTES));
        if read.await.is_ok() {
            tokio::time::sleep(SETTLE).await;
        }
    }

    /// Something that may take as long as a first sound.
    pub(crate) async fn soon<T>(
        &self,
        asking: impl Future<Output = Result<T, SpeakError>>,
    ) -> Result<T, SpeakError> {
        let ms = self.limits.first_byte_ms;
        match timeout(Duration::from_millis(u64::from(ms)), asking).await {
            Ok(result) => result,
            Err(_) => Err(self.error(ErrorKind::Timeout, format!("no answer within {ms} ms"))),
        }
    }

    pub(crate) fn error(&self, kind: ErrorKind, what: impl Into<String>) -> SpeakError {
        SpeakError::new(kind, self.name, what)
    }

    pub(crate) fn broken(&self, what: impl Into<String>) -> SpeakError {
        self.error(ErrorKind::Broken, what)
    }

    /// A request that got no answer. The address is left out of the message: some hold the words.
    fn lost(&self, error: &reqwest::Error) -> SpeakError {
        let host = &self.base;
        if error.is_builder() {
            return self.error(
                ErrorKind::BadRequest,
                "the request cannot be built; check model and voice settings",
            );
        }
        if error.is_timeout() {
            let what = format!("{host} did not answer in time; check the address and the network");
            return self.error(ErrorKind::Timeout, what);
        }
        let what = match error.is_connect() {
            true => format!(
                "cannot connect to {host}: {}; is it running, and is the address right?",
                root(error)
            ),
            false => format!(
                "{host} closed the connection without an answer: {}",
                root(error)
            ),
        };
        self.error(ErrorKind::Unavailable, what)
    }
}

/// The words to say, plain. Without any, or with too many, it is refused before anybody is asked.
pub(crate) fn words(name: &str, utterance: &Utterance, most: usize) -> Result<String, SpeakError> {
    let refuse = |what: String| Err(SpeakError::new(ErrorKind::BadRequest, name, what));
    let most = most.min(MAX_CHARS);
    let count = utterance.text.chars().count();
    // Markup may be longer than its words, but not without a limit.
    if count > MAX_CHARS * if utterance.ssml { 4 } else { 1 } {
        return refuse(format!(
            "{count} characters are more than the {MAX_CHARS} of one utterance; split the text"
        ));
    }
    let plain = match utterance.ssml {
        false => text::plain(&utterance.text),
        true => match text::Spoken::ssml(&utterance.text) {
            Ok(spoken) => text::plain(&spoken.plain),
            Err(error) => return refuse(format!("the markup cannot be read: {error}")),
        },
    };
    if !plain.chars().any(char::is_alphanumeric) {
        return refuse("there is no word to say".into());
    }
    let count = plain.chars().count();
    if count > most {
        return refuse(format!(
            "{count} characters are more than the {most} that it takes at once; split the text"
        ));
    }
    Ok(plain)
}

/// A header for a key, marked as never to be printed.
fn sealed(
    provider: &'static str,
    name: &'static str,
    value: &str,
) -> Result<(HeaderName, HeaderValue), SetupError> {
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        let what =
            "the API key holds characters that no key has, such as a line end; copy it again";
        SetupError::new(provider, what)
    })?;
    value.set_sensitive(true);
    Ok((HeaderName::from_static(name), value))
}

/// An answer that broke off.
fn torn(name: &str, error: &reqwest::Error) -> SpeakError {
    if error.is_timeout() {
        return SpeakError::new(
            ErrorKind::Timeout,
            name,
            "it fell silent in the middle of its answer",
        );
    }
    let what = format!("its answer was cut off: {}", root(error));
    SpeakError::new(ErrorKind::Broken, name, what)
}

/// The innermost reason; the outer ones name addresses.
fn root(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// One piece of sound that came as a whole.
pub(crate) fn once(bytes: Vec<u8>) -> stream::BoxStream<'static, Result<Bytes, SpeakError>> {
    stream::once(async move { Ok(Bytes::from(bytes)) }).boxed()
}
