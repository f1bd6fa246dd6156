//! Delivering webhooks: signed, retried, repeated, overtaken.

use std::sync::Arc;

use fastrand::Rng;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Method, Response};
use tokio::task::JoinSet;
use tokio::time::Instant;
use url::Url;

use crate::account::{Params, encode, signature};
use crate::clips::root;
use crate::clock::Clock;
use crate::network::Inner;
use crate::report::SchemaError;

/// Largest document a carrier reads.
const LIMIT_BYTES: usize = 64 * 1024;
const LIMIT_REDIRECTS: usize = 10;

/// A document that arrived.
pub(crate) struct Delivery {
    pub url: Url,
    pub xml: String,
    /// What the server took, in simulated ms.
    pub server_ms: f64,
    /// What simulated delay and failed attempts cost besides, in ms.
    pub waited_ms: f64,
}

/// A document that did not arrive.
pub(crate) struct Failed {
    pub error: SchemaError,
    pub total_ms: f64,
}

/// A request that can be sent any number of times.
#[derive(Clone)]
struct Prepared {
    number: usize,
    method: Method,
    url: Url,
    body: String,
    signature: String,
}

/// Simulated time spent on a request, in ms.
#[derive(Default)]
struct Took {
    /// By the last attempt.
    server_ms: f64,
    /// By those before it.
    waited_ms: f64,
}

/// One call's way to the server.
pub(crate) struct Trunk {
    net: Arc<Inner>,
    clock: Clock,
    rng: Rng,
    before: Option<Prepared>,
    /// What came back, by request; `None` = nothing did.
    answers: Vec<Option<String>>,
    repeats: JoinSet<(usize, Result<String, String>)>,
}

impl Trunk {
    pub fn new(net: Arc<Inner>, rng: Rng) -> Self {
        Self {
            clock: Clock::new(net.config.speed),
            net,
            rng,
            before: None,
            answers: Vec::new(),
            repeats: JoinSet::new(),
        }
    }

    /// Asks for a document. Dropping the future hangs up on the server.
    pub async fn send(
        &mut self,
        url: &Url,
        method: &str,
        params: Params,
    ) -> Result<Delivery, Failed> {
        let prepared = self.prepare(url, method, params);
        self.answers.push(None);
        self.misbehave(&prepared);
        let rtt_ms = f64::from(self.net.config.rtt_ms);
        tokio::time::sleep(self.clock.real(rtt_ms)).await;
        let (answer, took) = self.persist(&prepared).await;
        self.before = Some(prepared);
        match answer {
            Ok((url, xml)) => {
                if let Some(slot) = self.answers.last_mut() {
                    *slot = Some(xml.clone());
                }
                Ok(Delivery {
                    url,
                    xml,
                    server_ms: took.server_ms,
                    waited_ms: rtt_ms + took.waited_ms,
                })
            }
            Err(problem) => Err(Failed {
                error: SchemaError {
                    code: problem.code,
                    url: url.to_string(),
                    problem: problem.text,
                },
                total_ms: rtt_ms + took.waited_ms + took.server_ms,
            }),
        }
    }

    /// Tries until there is an answer, or the retries are used up.
    async fn persist(&mut self, prepared: &Prepared) -> (Result<(Url, String), Problem>, Took) {
        let retries = self.net.config.retries;
        let lost_ms = f64::from(self.net.config.connect_timeout_ms);
        let mut took = Took::default();
        let mut attempt = 0;
        loop {
            let answer = if self.rng.f64() < self.net.config.loss {
                tokio::time::sleep(self.clock.real(lost_ms)).await;
                took.server_ms = lost_ms;
                Err(Problem {
                    code: 11205,
                    text: "every attempt to connect was lost".into(),
                    retry: true,
                })
            } else {
                let start = Instant::now();
                let answer = deliver(&self.net, &self.clock, prepared.clone()).await;
                took.server_ms = self.clock.since(start);
                answer
            };
            match answer {
                Err(problem) if problem.retry && attempt < retries => {
                    attempt += 1;
                    took.waited_ms += took.server_ms;
                }
                answer => return (answer, took),
            }
        }
    }

    fn prepare(&self, url: &Url, method: &str, params: Params) -> Prepared {
        let mut url = url.clone();
        let token = &self.net.config.auth_token;
        let (method, signature, body) = match method {
            "GET" => {
                url.query_pairs_mut().extend_pairs(&params);
                (
                    Method::GET,
                    signature(token, &url, &Vec::new()),
                    String::new(),
                )
            }
            _ => (
                Method::POST,
                signature(token, &url, &params),
                encode(&params),
            ),
        };
        Prepared {
            number: self.answers.len(),
            method,
            url,
            body,
            signature,
        }
    }

    /// Bad manners: copies of this request, and a late copy of the one before.
    fn misbehave(&mut self, prepared: &Prepared) {
        let config = &self.net.config;
        if self.rng.f64() < config.duplicate.probability {
            for _ in 0..config.duplicate.count {
                self.repeats.spawn(repeat(
                    self.net.clone(),
                    self.clock.clone(),
                    prepared.clone(),
                ));
            }
        }
        if let Some(before) = &self.before
            && self.rng.f64() < config.reorder
        {
            self.repeats
                .spawn(repeat(self.net.clone(), self.clock.clone(), before.clone()));
        }
    }

    /// Waits for the repeated deliveries and reports those answered otherwise than the first.
    pub async fn finish(&mut self) -> Vec<SchemaError> {
        let mut errors = Vec::new();
        while let Some(done) = self.repeats.join_next().await {
            let Ok((number, answer)) = done else { continue };
            let first = self.answers.get(number).and_then(Option::as_ref);
            let problem = match (first, answer) {
                (None, _) => continue,
                (Some(first), Ok(again)) if *first == again => continue,
                (Some(_), Ok(_)) => "a repeated delivery got another answer".to_owned(),
                (Some(_), Err(problem)) => format!("a repeated delivery failed: {problem}"),
            };
            errors.push(SchemaError {
                code: 0,
                url: format!("request {number}"),
                problem,
            });
        }
        errors
    }
}

async fn repeat(
    net: Arc<Inner>,
    clock: Clock,
    prepared: Prepared,
) -> (usize, Result<String, String>) {
    let number = prepared.number;
    let answer = deliver(&net, &clock, prepared).await;
    (
        number,
        answer.map(|(_, xml)| xml).map_err(|problem| problem.text),
    )
}

struct Problem {
    code: u32,
    text: String,
    retry: bool,
}

impl Problem {
    fn new(code: u32, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
            retry: false,
        }
    }
}

async fn deliver(
    net: &Inner,
    clock: &Clock,
    mut prepared: Prepared,
) -> Result<(Url, String), Problem> {
    for _ in 0..=LIMIT_REDIRECTS {
        let answer = send_once(net, clock, &prepared).await?;
        if !answer.status().is_redirection() {
            return document(&prepared, answer).await;
        }
        let target = answer.headers().get(LOCATION).and_then(|l| l.to_str().ok());
        let target = target.and_then(|t| prepared.url.join(t).ok());
        let Some(url) = target else {
            return Err(Problem::new(11200, "a redirect without a usable Location"));
        };
        prepared.url = url;
        if !matches!(answer.status().as_u16(), 307 | 308) {
            (prepared.method, prepared.body) = (Method::GET, String::new());
            prepared.signature = signature(&net.config.auth_token, &prepared.url, &Vec::new());
        }
    }
    Err(Problem::new(11215, "more than 10 HTTP redirects"))
}

async fn send_once(net: &Inner, clock: &Clock, prepared: &Prepared) -> Result<Response, Problem> {
    let mut request = net
        .client
        .request(prepared.method.clone(), net.wire(&prepared.url))
        .timeout(clock.real(f64::from(net.config.timeout_ms)))
        .header("X-Twilio-Signature", &prepared.signature)
        .header(
            "I-Twilio-Idempotency-Token",
            uuid::Uuid::new_v4().to_string(),
        )
        .header("User-Agent", "TwilioProxy/1.1");
    if prepared.method == Method::POST {
        request = request
            .header(
                CONTENT_TYPE,
                "application/x-www-form-urlencoded; charset=UTF-8",
            )
            .body(prepared.body.clone());
    }
    request.send().await.map_err(|error| Problem {
        code: if error.is_connect() || error.is_timeout() {
            11205
        } else {
            11200
        },
        retry: error.is_connect(),
        text: match error.is_timeout() {
            true => format!("no answer within {} ms", net.config.timeout_ms),
            false => format!("not delivered: {}", root(&error)),
        },
    })
}

async fn document(prepared: &Prepared, answer: Response) -> Result<(Url, String), Problem> {
    let status = answer.status();
    if !status.is_success() {
        return Err(Problem::new(11200, format!("the server answered {status}")));
    }
    let kind = content_type(answer.headers());
    if !matches!(kind.as_str(), "text/xml" | "application/xml" | "text/html") {
        return Err(Problem::new(
            12300,
            format!("a document with content type {kind:?}"),
        ));
    }
    let body = read_body(answer, LIMIT_BYTES).await;
    let body = body.map_err(|problem| Problem::new(11750, problem))?;
    let xml =
        String::from_utf8(body).map_err(|_| Problem::new(12100, "the document is not UTF-8"))?;
    Ok((prepared.url.clone(), xml))
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let mime = value
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    mime.trim().to_ascii_lowercase()
}

/// Reads a body up to a limit.
pub(crate) async fn read_body(mut answer: Response, limit: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                return Err(format!("the body is larger than {limit} bytes"));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) => return Err(format!("the body broke off: {}", root(&error))),
        }
    }
}
