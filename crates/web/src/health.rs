//! `/livez`, `/readyz`, `/metrics`.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::App;

/// How long one check may take; health answers must come fast while something is broken.
const PATIENCE: Duration = Duration::from_millis(40);

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/livez", web::get().to(live))
        .route("/readyz", web::get().to(ready))
        .route("/metrics", web::get().to(metrics));
}

async fn live() -> &'static str {
    "ok\n"
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// How it is; what to do when it is not as it should be.
    pub detail: String,
}

/// Every check, with what to do about those that fail. Degraded parts do not make us unready: calls are answered.
pub(crate) async fn checks(app: &App, patience: Duration) -> Vec<Check> {
    let parts = app.switchboard.parts();
    let records = tokio::time::timeout(patience, parts.records.health());
    let objects = tokio::time::timeout(patience, parts.objects.health());
    let (records, objects) = futures::join!(records, objects);
    let said = |result: Result<Result<(), store::StoreError>, _>| match result {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {} ms", patience.as_millis())),
    };
    let check = |name, result: Result<(), String>| Check {
        name,
        ok: result.is_ok(),
        detail: result.err().unwrap_or_else(|| "ok".into()),
    };
    let voices = parts.voicer.ladder().health();
    let up = voices.iter().any(|(_, health)| health.is_up());
    let names = voices
        .iter()
        .map(|(name, h)| format!("{name} {}", if h.is_up() { "up" } else { "down" }))
        .collect::<Vec<_>>();
    let voice = if up {
        Check {
            name: "voice",
            ok: true,
            detail: names.join(", "),
        }
    } else {
        Check {
            name: "voice",
            ok: false,
            detail: format!(
                "no engine speaks ({}); callers hear the carrier's voice. Run `frontdesk models install`",
                names.join(", ")
            ),
        }
    };
    let mut all = vec![
        check("records", said(records)),
        check("objects", said(objects)),
        voice,
        check("configuration", (app.complaint)().map_or(Ok(()), Err)),
    ];
    all.extend((app.further)());
    all
}

#[derive(serde::Deserialize)]
struct Query {
    verbose: Option<String>,
}

async fn ready(app: web::Data<App>, query: web::Query<Query>) -> HttpResponse {
    if app.draining.is_on() || app.switchboard.parts().tasks.is_cancelled() {
        return HttpResponse::ServiceUnavailable().body("draining\n");
    }
    if query.verbose.is_none() {
        return HttpResponse::Ok().body("ready\n");
    }
    let checks = checks(&app, PATIENCE).await;
    HttpResponse::Ok().json(
        serde_json::json!({ "ready": true, "calls": app.switchboard.count(), "checks": checks }),
    )
}

async fn metrics(app: web::Data<App>) -> HttpResponse {
    app.meter
        .calls(app.switchboard.count(), app.switchboard.turn_tasks());
    let parts = app.switchboard.parts();
    for (provider, health) in parts.voicer.ladder().health() {
        app.meter.breaker(provider, !health.is_up());
    }
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(app.meter.render())
}
