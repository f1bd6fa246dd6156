//! The carrier's webhooks.
//!
//! The decision: a request is read, its signature is checked against the configured public URL and nothing else, and only
//! then is it decoded and handed to its call. A mismatch is explained to the operator, both URLs side by side, and never
//! skipped. A signed request always gets a document that speaks, whatever state we are in.

mod accept;
mod dialect;
mod seen;
mod twilio;

use std::time::Instant;

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::header, web};
use carrier::{
    CallStatus, DialStatus, Number, SignedContent, Webhook, WebhookKind, dedupe_key, form,
};
use events::BusinessId;
use line::{Heard, Kind};
use switchboard::{AskError, Knock};

use crate::{App, Problem};
use accept::{Accepted, Refusal, accept, query};
use dialect::Dialect;

pub use seen::{Exchange, Mismatch, Mismatches, Traffic};

/// The addresses that a carrier calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Incoming,
    Process,
    Ready,
    Status,
    Fallback,
}

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let doors = [
        ("/voice/incoming/{business}", Door::Incoming),
        ("/voice/process/{business}/{call}/{turn}", Door::Process),
        ("/voice/tts-ready/{business}/{call}/{turn}", Door::Ready),
        ("/voice/status/{business}", Door::Status),
        ("/voice/fallback/{business}", Door::Fallback),
    ];
    for (path, door) in doors {
        let handler = move |app, request, payload| answer(app, request, payload, door);
        let resource = web::resource(path).route(web::post().to(handler));
        config.service(resource.default_service(web::to(wrong_method)));
    }
}

impl Door {
    /// Its name on the metrics.
    fn name(self) -> &'static str {
        match self {
            Door::Incoming => "incoming",
            Door::Process => "process",
            Door::Ready => "tts-ready",
            Door::Status => "status",
            Door::Fallback => "fallback",
        }
    }

    fn webhook(self, request: &HttpRequest) -> WebhookKind {
        match self {
            Door::Incoming => WebhookKind::Incoming,
            Door::Process if query(request, "dial").is_some() => WebhookKind::DialDone,
            Door::Process => WebhookKind::Process,
            Door::Ready => WebhookKind::Ready,
            Door::Status => WebhookKind::Status,
            Door::Fallback => WebhookKind::Fallback,
        }
    }
}

async fn wrong_method(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    accept::note_wrong_method(&app, &request);
    let detail = format!("a webhook is a POST, and this was a {}", request.method());
    Problem::new(405, "wrong_method", detail)
        .hint("choose HTTP POST for this address in the carrier's console")
        .error_response()
}

async fn answer(
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
    door: Door,
) -> Result<HttpResponse, Problem> {
    let began = Instant::now();
    let answered = ask(&app, &request, payload, door, began).await;
    let code = match &answered {
        Err(Refusal::Foreign(problem)) => problem.status(),
        _ => 200,
    };
    app.meter.webhook(door.name(), code, micros(began));
    match answered {
        Ok(document) => Ok(xml(document, None)),
        Err(Refusal::Foreign(problem)) => Err(problem),
        Err(Refusal::Spoken {
            code,
            detail,
            template,
        }) => {
            tracing::warn!(door = door.name(), code, %detail, "a signed webhook could not be worked on; the caller hears an apology");
            app.meter.refused(code);
            Ok(xml(app.templates.render(template, ()), Some(code)))
        }
    }
}

async fn ask(
    app: &App,
    request: &HttpRequest,
    payload: web::Payload,
    door: Door,
    began: Instant,
) -> Result<String, Refusal> {
    let accepted = accept(app, request, payload, door.webhook(request)).await?;
    let webhook = &accepted.webhook;
    if door == Door::Status && !webhook.status.is_over() {
        return Ok(app.templates.render("over", ()));
    }
    let knock = knock(app, request, door, &accepted)?;
    let (kind, heard) = (knock.kind, knock.heard.clone());
    let path = accept::target(request);
    if kind == Kind::Incoming && app.draining.is_on() && !known(app, &knock).await {
        return Err(Refusal::Spoken {
            code: "draining",
            detail: "Frontdesk is stopping and takes no new calls".to_owned(),
            template: "busy",
        });
    }
    let document = match app.switchboard.ask(knock).await {
        Ok(document) => String::from_utf8_lossy(&document).into_owned(),
        Err(error) => spoken(app, error, kind),
    };
    app.traffic.keep(Exchange {
        at: app.switchboard.parts().clock.now(),
        call: webhook.call.clone(),
        path: path.to_owned(),
        heard,
        micros: micros(began),
        xml: document.clone(),
    });
    Ok(document)
}

fn knock(
    app: &App,
    request: &HttpRequest,
    door: Door,
    Accepted { body, webhook }: &Accepted,
) -> Result<Knock, Refusal> {
    let kind = kind(app, request, door, webhook)?;
    let business = request.match_info().get("business").unwrap_or_default();
    let business = BusinessId::parse(business).map_err(|_| Refusal::Spoken {
        code: "unknown_business",
        detail: "the address names no business: it ends in the name of a file in businesses/"
            .to_owned(),
        template: if kind == Kind::Over {
            "over"
        } else {
            "unknown"
        },
    })?;
    let pairs = form::parse(body)
        .map_err(|error| Refusal::spoken("malformed_webhook", error.to_string()))?;
    let number = |n: &Option<Number>| n.as_ref().and_then(Number::e164).map(str::to_owned);
    Ok(Knock {
        key: dedupe_key(
            Dialect::VOICE.provider,
            &webhook.account,
            "POST",
            accept::target(request),
            SignedContent::Params(&pairs),
        ),
        business,
        call: accept::call(webhook)?,
        kind,
        heard: Heard {
            speech: webhook.heard.speech.clone(),
            digits: webhook.heard.digits.clone(),
        },
        from: number(&webhook.from),
        to: number(&webhook.to),
        encode: Dialect::VOICE.encode,
    })
}

/// What the line is told.
fn kind(app: &App, request: &HttpRequest, door: Door, webhook: &Webhook) -> Result<Kind, Refusal> {
    Ok(match door {
        Door::Incoming => Kind::Incoming,
        Door::Process => {
            let turn = accept::turn(app, request, webhook)?;
            match &webhook.dial {
                Some(dial) if webhook.kind == WebhookKind::DialDone => Kind::Dialled {
                    answered: matches!(dial.status, DialStatus::Completed | DialStatus::Answered),
                },
                _ => Kind::Process(turn),
            }
        }
        Door::Ready => {
            let turn = accept::turn(app, request, webhook)?;
            let hop = query(request, "hop").and_then(|hop| hop.parse().ok());
            Kind::Ready(turn, hop.unwrap_or(0))
        }
        Door::Status => Kind::Over,
        Door::Fallback => {
            if let Some(error) = &webhook.error {
                // The query holds the tag, which proves that a call is ours: it is nobody's to read.
                let url = error.url.split('?').next().unwrap_or_default();
                tracing::warn!(call = %webhook.call, code = ?error.code, url, "the carrier came to the fallback address");
            }
            match webhook.status {
                CallStatus::Completed | CallStatus::Canceled => Kind::Over,
                _ => Kind::Resume,
            }
        }
    })
}

/// A call that is going on, or a repetition of a request that was answered: neither is a new call.
async fn known(app: &App, knock: &Knock) -> bool {
    let live = app.switchboard.live();
    live.iter().any(|call| call.call == knock.call)
        || matches!(
            app.switchboard.parts().records.answer(&knock.key).await,
            Ok(Some(_))
        )
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

/// A document. `refused` tells whoever reads the exchange why it is an apology.
fn xml(document: String, refused: Option<&'static str>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/xml; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(code) = refused {
        response.insert_header(("X-Frontdesk-Refused", code));
    }
    response.body(document)
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}
