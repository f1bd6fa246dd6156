//! From a request to a webhook that is the carrier's and about a call of ours.
//!
//! The decision: there are two ways to be turned away. What cannot be shown to be our carrier's gets an error and does
//! nothing. What the carrier did sign gets a document that speaks, even when nothing can be done with it, because a
//! person is on the line.

use actix_web::{HttpRequest, web};
use bytes::Bytes;
use carrier::{Webhook, WebhookKind, form};
use events::{CallId, TurnId};

use super::{
    dialect::{Dialect, Signed},
    seen::Mismatch,
};
use crate::{App, Problem, body};

/// A request that the carrier signed, and what it says.
pub(super) struct Accepted {
    pub body: Bytes,
    pub webhook: Webhook,
}

/// Why a request is not worked on.
pub(super) enum Refusal {
    /// It is not shown to be our carrier's.
    Foreign(Problem),
    /// It is our carrier's, and there is nothing that can be done: the caller hears a template.
    Spoken {
        /// A word for programs and metrics.
        code: &'static str,
        /// For the operator.
        detail: String,
        /// What the caller hears.
        template: &'static str,
    },
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Foreign(problem)
    }
}

impl Refusal {
    pub(super) fn spoken(code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::Spoken {
            code,
            detail,
            template: "late",
        }
    }
}

/// Reads and verifies before anything else looks at the request.
pub(super) async fn accept(
    app: &App,
    request: &HttpRequest,
    payload: web::Payload,
    kind: WebhookKind,
) -> Result<Accepted, Refusal> {
    let dialect = Dialect::VOICE;
    let signature = header_text(request, dialect.signature);
    if signature.is_none() && !app.settings.skip_signatures {
        app.meter.signature_failure("missing");
        let header = dialect.signature;
        let advice = format!(
            "the request has no {header} header: either a proxy drops it, or the request was not the carrier's"
        );
        note(app, url(app, request), None, advice);
        let problem = Problem::new(
            403,
            "signature_missing",
            format!("there is no {header} header"),
        );
        let hint =
            "only the carrier can call this address; to try a call, use the console's test call";
        return Err(problem.hint(hint).into());
    }
    let body = body::read(
        request,
        payload,
        app.settings.webhook_bytes,
        app.settings.request,
    )
    .await?;
    if !app.settings.skip_signatures {
        verify(app, request, &body, signature)?;
    }
    let webhook = (dialect.decode)(kind, &body).map_err(|why| {
        Refusal::spoken(
            "malformed_webhook",
            format!("the form cannot be used: {why}"),
        )
    })?;
    own_account(app, request, &webhook)?;
    Ok(Accepted { body, webhook })
}

fn url(app: &App, request: &HttpRequest) -> String {
    format!("{}{}", app.settings.public_url, target(request))
}

/// The path and query of the request line, byte for byte.
pub(super) fn target(request: &HttpRequest) -> &str {
    request.uri().path_and_query().map_or("/", |pq| pq.as_str())
}

fn verify(
    app: &App,
    request: &HttpRequest,
    body: &[u8],
    signature: Option<&str>,
) -> Result<(), Problem> {
    let tokens: Vec<&str> = app.settings.tokens.iter().map(String::as_str).collect();
    let signed = Signed {
        tokens: &tokens,
        url: &url(app, request),
        target: target(request),
        content_type: header_text(request, "Content-Type"),
        body,
        signature,
    };
    let Err(reason) = (Dialect::VOICE.verify)(&signed) else {
        return Ok(());
    };
    app.meter.signature_failure(reason);
    explain(app, request, &signed);
    let problem = Problem::new(
        403,
        "signature_invalid",
        "the signature does not fit this request",
    );
    Err(problem
        .hint("the operator finds the compared URLs on the console's home page and in the log"))
}

/// Tells the operator which URL the carrier signed, when the request's own headers give it away.
fn explain(app: &App, request: &HttpRequest, signed: &Signed<'_>) {
    let hosts = ["X-Forwarded-Host", "Host"];
    let hosts = hosts.iter().filter_map(|name| header_text(request, name));
    let candidates: Vec<String> = hosts
        .flat_map(|host| ["https", "http"].map(|s| format!("{s}://{host}{}", signed.target)))
        .collect();
    let others: Vec<&str> = candidates.iter().map(String::as_str).collect();
    let found = (Dialect::VOICE.explain)(signed, &others);
    note(app, signed.url.to_owned(), found.signed, found.advice);
}

fn note(app: &App, checked: String, signed: Option<String>, advice: String) {
    app.mismatches.keep(Mismatch {
        at: app.switchboard.parts().clock.now(),
        checked,
        signed,
        advice,
    });
}

/// Tells the operator of a carrier that was set to another method; whoever else tries one is not worth a line.
pub(super) fn note_wrong_method(app: &App, request: &HttpRequest) {
    if header_text(request, Dialect::VOICE.signature).is_some() {
        let advice = format!(
            "the request was a {}: choose HTTP POST for this address in the carrier's console",
            request.method()
        );
        note(app, url(app, request), None, advice);
    }
}

/// A webhook of another account is not ours, even when somebody with our key signed it.
fn own_account(app: &App, request: &HttpRequest, webhook: &Webhook) -> Result<(), Problem> {
    let (ours, theirs) = (&app.settings.accounts, &webhook.account);
    if ours.is_empty() || ours.contains(theirs) {
        return Ok(());
    }
    app.meter.signature_failure("account");
    let advice = format!(
        "the signature fits, but the webhook is of account {theirs} and `{}` is {}: set it to the account that owns \
         the number",
        Dialect::VOICE.account_key,
        ours[0]
    );
    note(app, url(app, request), None, advice);
    let problem = Problem::new(
        403,
        "other_account",
        "the webhook is of another account than the configured one",
    );
    Err(problem.hint("the operator finds both accounts on the console's home page and in the log"))
}

/// The turn in the path, when the path was given out by us for the call that the form names.
pub(super) fn turn(app: &App, request: &HttpRequest, webhook: &Webhook) -> Result<TurnId, Refusal> {
    let part = |name| request.match_info().get(name).unwrap_or_default();
    if part("call") != webhook.call {
        let detail = "the path names another call than the form";
        return Err(Problem::new(403, "other_call", detail).into());
    }
    let call = call(webhook)?;
    let expected = (app.switchboard.parts().tag)(&call);
    let shown = query(request, "k").unwrap_or_default();
    aws_lc_rs::constant_time::verify_slices_are_equal(shown.as_bytes(), expected.as_bytes())
        .map_err(|_| {
            let detail =
                "this address was not given out by us, or with another tag.key in the data folder";
            Refusal::spoken("bad_tag", detail)
        })?;
    let turn = part("turn").parse().map(TurnId);
    turn.map_err(|_| Refusal::spoken("bad_turn", "the path has no turn"))
}

/// The call's id, as ours.
pub(super) fn call(webhook: &Webhook) -> Result<CallId, Refusal> {
    CallId::parse(&webhook.call)
        .map_err(|_| Refusal::spoken("bad_call", "the call's id is none of ours"))
}

pub(super) fn query(request: &HttpRequest, name: &str) -> Option<String> {
    let pairs = form::parse(request.query_string().as_bytes()).ok()?;
    let pair = pairs.into_iter().find(|(key, _)| key == name);
    pair.map(|(_, value)| value)
}

fn header_text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}
