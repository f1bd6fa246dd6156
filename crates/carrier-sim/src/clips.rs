//! Media: downloaded once per network, as a carrier's caching proxies do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use audio::Wav;
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_NONE_MATCH};
use reqwest::{Response, StatusCode};
use tokio::time::Instant;
use url::Url;

use crate::clock::Clock;
use crate::network::Inner;
use crate::report::SchemaError;
use crate::sound::Clip;
use crate::trunk::read_body;

/// Largest media file.
const LIMIT_BYTES: usize = 5 * 1024 * 1024;
/// Most clips kept; then all are forgotten.
const LIMIT_CLIPS: usize = 4096;

/// A clip as the call plays it.
#[derive(Clone)]
pub(crate) struct Fetched {
    pub clip: Arc<Clip>,
    /// The words, if the server told them in an `x-spoken-text` header (percent-encoded UTF-8).
    pub text: Option<String>,
    /// What the download cost in simulated ms; `None` = it came from the cache.
    pub ms: Option<f64>,
}

struct Entry {
    clip: Arc<Clip>,
    text: Option<String>,
    etag: Option<String>,
    fresh_until: Instant,
}

#[derive(Default)]
pub(crate) struct Clips {
    known: Mutex<HashMap<String, Entry>>,
}

impl Clips {
    fn fresh(&self, url: &str) -> Result<Fetched, Option<String>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(url) {
            Some(entry) if Instant::now() < entry.fresh_until => Ok(entry.fetched(None)),
            Some(entry) => Err(entry.etag.clone()),
            None => Err(None),
        }
    }

    fn renew(&self, url: &str, headers: &HeaderMap, ms: f64) -> Option<Fetched> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.get_mut(url)?;
        entry.fresh_until = Instant::now() + max_age(headers).unwrap_or_default();
        Some(entry.fetched(Some(ms)))
    }

    fn keep(&self, url: &str, entry: Entry) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= LIMIT_CLIPS {
            known.clear();
        }
        known.insert(url.to_owned(), entry);
    }

    /// Downloads a clip unless a fresh copy is known.
    pub async fn fetch(
        &self,
        net: &Inner,
        url: &Url,
        clock: &Clock,
    ) -> Result<Fetched, SchemaError> {
        let error = |(code, problem)| SchemaError {
            code,
            url: url.to_string(),
            problem,
        };
        let etag = match self.fresh(url.as_str()) {
            Ok(fetched) => return Ok(fetched),
            Err(etag) => etag,
        };
        let slow = f64::from(net.config.slow_fetch_ms);
        tokio::time::sleep(clock.real(slow)).await;
        let start = Instant::now();
        let mut request = net.client.get(net.wire(url));
        request = request.timeout(clock.real(f64::from(net.config.timeout_ms)));
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let answer = request.send().await;
        let answer =
            answer.map_err(|e| error((11200, format!("media not loaded: {}", root(&e)))))?;
        if answer.status() == StatusCode::NOT_MODIFIED
            && let Some(known) =
                self.renew(url.as_str(), answer.headers(), slow + clock.since(start))
        {
            return Ok(known);
        }
        let (entry, keep) = load(net, answer).await.map_err(error)?;
        let fetched = entry.fetched(Some(slow + clock.since(start)));
        if keep {
            self.keep(url.as_str(), entry);
        }
        Ok(fetched)
    }
}

/// Reads a downloaded clip, and says whether it may be kept. The content type must be exactly
/// `audio/wav`.
async fn load(net: &Inner, answer: Response) -> Result<(Entry, bool), (u32, String)> {
    let (status, headers) = (answer.status(), answer.headers().clone());
    if status != StatusCode::OK {
        return Err((11200, format!("media answered {status}")));
    }
    let kind = header(&headers, &CONTENT_TYPE).unwrap_or_default();
    if kind != "audio/wav" {
        return Err((
            12300,
            format!("media has content type {kind:?}, not audio/wav"),
        ));
    }
    let body = read_body(answer, LIMIT_BYTES).await;
    let body = body.map_err(|problem| (11200, problem))?;
    let pcm = Wav::decode(&body).map_err(|e| (12300, format!("media: {e}")))?;
    let entry = Entry {
        clip: Arc::new(Clip::measure(&pcm, net.config.record)),
        text: header(&headers, &SPOKEN_TEXT).map(percent_decoded),
        etag: header(&headers, &ETAG).map(str::to_owned),
        fresh_until: Instant::now() + max_age(&headers).unwrap_or_default(),
    };
    let keep = header(&headers, &CACHE_CONTROL).is_none_or(|c| !c.contains("no-store"));
    Ok((entry, keep))
}

impl Entry {
    fn fetched(&self, ms: Option<f64>) -> Fetched {
        Fetched {
            clip: self.clip.clone(),
            text: self.text.clone(),
            ms,
        }
    }
}

const SPOKEN_TEXT: HeaderName = HeaderName::from_static("x-spoken-text");

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let control = header(headers, &CACHE_CONTROL)?;
    let age = control
        .split(',')
        .find_map(|part| part.trim().strip_prefix("max-age="))?;
    // A carrier's cache is bounded too: a day.
    Some(Duration::from_secs(age.parse::<u64>().ok()?.min(86_400)))
}

fn percent_decoded(text: &str) -> String {
    let escaped = text.replace('+', "%2B");
    let pairs = url::form_urlencoded::parse(escaped.as_bytes());
    pairs
        .map(|(name, value)| match value.is_empty() {
            true => name.into_owned(),
            false => format!("{name}={value}"),
        })
        .collect::<Vec<_>>()
        .join("&")
}

/// The innermost cause: that is the one worth reading.
pub(crate) fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
