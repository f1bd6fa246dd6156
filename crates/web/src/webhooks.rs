//! Twilio's webhooks.
//!
//! The decision: a request is read, its signature is checked against the configured public URL and nothing else, and only
//! then is it decoded and handed to its call. A mismatch is explained to the operator, both URLs side by side, and never
//! skipped. A signed request always gets a document that speaks, whatever state we are in.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use bytes::Bytes;
use carrier::{
    CallStatus, DialStatus, SignedContent, Webhook, WebhookKind, dedupe_key, form,
    twilio::{self, SignatureCheck, Verdict},
};
use events::{At, BusinessId, CallId, TurnId};
use line::{Heard, Kind};
use serde::Serialize;
use switchboard::{AskError, Knock};

use crate::{App, Problem, body};

/// Requests that the inspector shows.
const TRAFFIC: usize = 500;

/// Mismatches that are kept.
const MISMATCHES: usize = 20;

/// A refused signature, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// When.
    pub at: At,
    /// The URL that we checked against, from the configuration.
    pub checked: String,
    /// The URL that the signature was made over, when one of the candidates fits.
    pub signed: Option<String>,
    /// What to do.
    pub advice: String,
}

/// The last refused signatures.
#[derive(Debug, Default)]
pub struct Mismatches(Mutex<VecDeque<Mismatch>>);

/// A request of the carrier and our answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// When it came.
    pub at: At,
    /// Which call.
    pub call: String,
    /// Its path.
    pub path: String,
    /// What the caller did, hidden in lists.
    pub heard: Heard,
    /// How long it took, microseconds.
    pub micros: u64,
    /// Our answer.
    pub xml: String,
}

/// The last requests.
#[derive(Debug, Default)]
pub struct Traffic(Mutex<VecDeque<Exchange>>);

impl Mismatches {
    /// The last ones, latest first.
    pub fn list(&self) -> Vec<Mismatch> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .rev()
            .cloned()
            .collect()
    }

    fn keep(&self, mismatch: Mismatch) {
        keep(&self.0, mismatch, MISMATCHES);
    }
}

impl Traffic {
    /// The last ones of a call, oldest first.
    pub fn of(&self, call: &CallId) -> Vec<Exchange> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .filter(|e| e.call == call.as_str())
            .cloned()
            .collect()
    }
}

fn keep<T>(ring: &Mutex<VecDeque<T>>, item: T, most: usize) {
    let mut ring = ring.lock().unwrap_or_else(PoisonError::into_inner);
    if ring.len() == most {
        ring.pop_front();
    }
    ring.push_back(item);
}

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/voice/incoming/{business}", web::post().to(incoming))
        .route(
            "/voice/process/{business}/{call}/{turn}",
            web::post().to(process),
        )
        .route(
            "/voice/tts-ready/{business}/{call}/{turn}",
            web::post().to(ready),
        )
        .route("/voice/status/{business}", web::post().to(status))
        .route("/voice/fallback/{business}", web::post().to(fallback));
}

type Answer = Result<HttpResponse, Problem>;
type Place = web::Path<(String, String, String)>;

async fn incoming(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
    business: web::Path<String>,
) -> Answer {
    let (body, webhook) = accept(&app, &request, payload, WebhookKind::Incoming).await?;
    let place = (business.into_inner(), webhook.call.clone(), Kind::Incoming);
    answer(&app, &request, body, webhook, place).await
}

async fn process(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
    place: Place,
) -> Answer {
    let dialled = query(&request, "dial").is_some();
    let kind = if dialled {
        WebhookKind::DialDone
    } else {
        WebhookKind::Process
    };
    let (body, webhook) = accept(&app, &request, payload, kind).await?;
    let (business, call, turn) = tagged(&app, &request, place, &webhook)?;
    let kind = match &webhook.dial {
        Some(dial) if dialled => Kind::Dialled {
            answered: matches!(dial.status, DialStatus::Completed | DialStatus::Answered),
        },
        _ => Kind::Process(turn),
    };
    answer(&app, &request, body, webhook, (business, call, kind)).await
}

async fn ready(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
    place: Place,
) -> Answer {
    let (body, webhook) = accept(&app, &request, payload, WebhookKind::Ready).await?;
    let (business, call, turn) = tagged(&app, &request, place, &webhook)?;
    let hop = query(&request, "hop")
        .and_then(|hop| hop.parse().ok())
        .unwrap_or(0);
    answer(
        &app,
        &request,
        body,
        webhook,
        (business, call, Kind::Ready(turn, hop)),
    )
    .await
}

async fn status(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
    business: web::Path<String>,
) -> Answer {
    let (body, webhook) = accept(&app, &request, payload, WebhookKind::Status).await?;
    if !webhook.status.is_over() {
        return Ok(xml(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>".into()
        ));
    }
    let place = (business.into_inner(), webhook.call.clone(), Kind::Over);
    answer(&app, &request, body, webhook, place).await
}

async fn fallback(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
    business: web::Path<String>,
) -> Answer {
    let (body, webhook) = accept(&app, &request, payload, WebhookKind::Fallback).await?;
    if let Some(error) = &webhook.error {
        tracing::warn!(call = %webhook.call, code = ?error.code, url = %error.url, "the carrier came to the fallback address");
    }
    let over = matches!(webhook.status, CallStatus::Completed | CallStatus::Canceled);
    let kind = if over { Kind::Over } else { Kind::Resume };
    let place = (business.into_inner(), webhook.call.clone(), kind);
    answer(&app, &request, body, webhook, place).await
}

/// Reads and verifies before anything else looks at the request.
async fn accept(
    app: &App,
    request: &HttpRequest,
    payload: web::Payload,
    kind: WebhookKind,
) -> Result<(Bytes, Webhook), Problem> {
    let signature = header_text(request, "X-Twilio-Signature");
    if signature.is_none() && !app.settings.skip_signatures {
        app.meter.signature_failure("missing");
        return Err(Problem::new(
            403,
            "signature_missing",
            "there is no X-Twilio-Signature header",
        ));
    }
    let body = body::read(request, payload, app.settings.webhook_bytes).await?;
    verify(app, request, &body, signature)?;
    let webhook = twilio::decode(kind, &body).map_err(|error| {
        Problem::new(
            400,
            "malformed_webhook",
            format!("the form cannot be read: {error}"),
        )
    })?;
    Ok((body, webhook))
}

fn verify(
    app: &App,
    request: &HttpRequest,
    body: &[u8],
    signature: Option<&str>,
) -> Result<(), Problem> {
    if app.settings.skip_signatures {
        return Ok(());
    }
    let target = request.uri().path_and_query().map_or("/", |pq| pq.as_str());
    let url = format!("{}{target}", app.settings.public_url);
    let tokens: Vec<&str> = app.settings.tokens.iter().map(String::as_str).collect();
    let check = SignatureCheck {
        tokens: &tokens,
        method: request.method().as_str(),
        public_url: &url,
        content_type: header_text(request, "Content-Type"),
        raw_body: body,
        signature,
    };
    let verdict = twilio::verify(&check);
    if verdict.is_valid() {
        return Ok(());
    }
    let reason = match verdict {
        Verdict::Missing => "missing",
        Verdict::Unconfigured => "unconfigured",
        Verdict::Malformed { .. } => "malformed",
        _ => "invalid",
    };
    app.meter.signature_failure(reason);
    explain(app, request, &check, target);
    Err(Problem::new(
        403,
        "signature_invalid",
        "the signature does not fit this request",
    )
    .hint("the operator finds the compared URLs on the console's home page and in the log"))
}

/// Tells the operator which URL the carrier signed, when the request's own headers give it away.
fn explain(app: &App, request: &HttpRequest, check: &SignatureCheck<'_>, target: &str) {
    let host = header_text(request, "X-Forwarded-Host").or_else(|| header_text(request, "Host"));
    let candidates: Vec<String> = host
        .iter()
        .flat_map(|host| {
            [
                format!("https://{host}{target}"),
                format!("http://{host}{target}"),
            ]
        })
        .collect();
    let others: Vec<&str> = candidates.iter().map(String::as_str).collect();
    let found = twilio::explain(check, &others);
    let advice = match &found.signed {
        Some(signed) => {
            let base = signed.strip_suffix(target).unwrap_or(signed);
            format!("set public_url = \"{base}\" in frontdesk.toml (or FRONTDESK_PUBLIC_URL)")
        }
        None => "check the account's auth token, and that no proxy changes the path, the query or the body".to_owned(),
    };
    tracing::warn!(checked = %found.checked, signed = ?found.signed, %advice, "a webhook was refused: its signature does not fit");
    let at = app.switchboard.parts().clock.now();
    app.mismatches.keep(Mismatch {
        at,
        checked: found.checked,
        signed: found.signed,
        advice,
    });
}

/// The ids in the path, and the tag that proves that this call was ours.
fn tagged(
    app: &App,
    request: &HttpRequest,
    place: Place,
    webhook: &Webhook,
) -> Result<(String, String, TurnId), Problem> {
    let (business, call, turn) = place.into_inner();
    if call != webhook.call {
        return Err(Problem::new(
            403,
            "other_call",
            "the path names another call than the form",
        ));
    }
    let id = CallId::parse(&call).map_err(|_| Problem::not_found("call"))?;
    let turn = turn
        .parse()
        .map(TurnId)
        .map_err(|_| Problem::not_found("turn"))?;
    let expected = (app.switchboard.parts().tag)(&id);
    let shown = query(request, "k").unwrap_or_default();
    match aws_lc_rs::constant_time::verify_slices_are_equal(shown.as_bytes(), expected.as_bytes()) {
        Ok(()) => Ok((business, call, turn)),
        Err(_) => Err(Problem::new(
            403,
            "bad_tag",
            "this address was not given out by us",
        )),
    }
}

async fn answer(
    app: &App,
    request: &HttpRequest,
    body: Bytes,
    webhook: Webhook,
    (business, call, kind): (String, String, Kind),
) -> Answer {
    let began = Instant::now();
    let business = BusinessId::parse(&business).map_err(|_| Problem::not_found("business"))?;
    let call = CallId::parse(&call).map_err(|_| Problem::not_found("call"))?;
    let path = request.uri().path_and_query().map_or("/", |pq| pq.as_str());
    let pairs = form::parse(&body)
        .map_err(|error| Problem::new(400, "malformed_webhook", error.to_string()))?;
    let number = |n: &Option<carrier::Number>| n.as_ref().and_then(|n| n.e164()).map(str::to_owned);
    let heard = Heard {
        speech: webhook.heard.speech.clone(),
        digits: webhook.heard.digits.clone(),
    };
    let knock = Knock {
        key: dedupe_key(
            "twilio",
            &webhook.account,
            "POST",
            path,
            SignedContent::Params(&pairs),
        ),
        business,
        call,
        kind,
        heard: heard.clone(),
        from: number(&webhook.from),
        to: number(&webhook.to),
        encode: twilio::encode,
    };
    let answered = app.switchboard.ask(knock).await;
    let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    app.meter.webhook(path, micros);
    let document = match answered {
        Ok(document) => String::from_utf8_lossy(&document).into_owned(),
        Err(error) => spoken(app, error, kind),
    };
    let at = app.switchboard.parts().clock.now();
    let exchange = Exchange {
        at,
        call: webhook.call,
        path: path.to_owned(),
        heard,
        micros,
        xml: document.clone(),
    };
    keep(&app.traffic.0, exchange, TRAFFIC);
    Ok(xml(document))
}

/// The stateless floor: what can be said with nothing but the configuration.
fn spoken(app: &App, error: AskError, kind: Kind) -> String {
    let name = match error {
        _ if kind == Kind::Over => "over",
        AskError::NoBusiness => "unknown",
        AskError::Busy => "busy",
        AskError::Late => "late",
    };
    app.templates.render(name, ())
}

fn xml(document: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/xml; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(document)
}

fn header_text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
}

fn query(request: &HttpRequest, name: &str) -> Option<String> {
    let pairs = form::parse(request.query_string().as_bytes()).ok()?;
    pairs
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}
