//! Calls over HTTP: lists, one call with its ledger, the live view, and removing a caller's data.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use events::{At, BusinessId, CallId, Ledger};
use futures::stream;
use serde::Deserialize;
use store::CallFilter;

use super::{Answer, sse};
use crate::{App, Problem, guard::Admin};

/// How often the live view looks.
const LOOK: Duration = Duration::from_millis(250);

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/admin/v1/calls", web::get().to(list))
        .route("/admin/v1/calls/{id}", web::get().to(one))
        .route("/admin/v1/calls/{id}:hangup", web::post().to(hang_up))
        .route("/admin/v1/live", web::get().to(live))
        .route("/admin/v1/callers/{number}", web::delete().to(forget));
}

#[derive(Deserialize)]
struct Query {
    business: Option<String>,
    state: Option<String>,
    before: Option<u64>,
    limit: Option<u32>,
}

async fn list(_: Admin, app: web::Data<App>, query: web::Query<Query>) -> Answer {
    let business = query.business.as_deref().map(BusinessId::parse).transpose();
    let business = business.map_err(|_| Problem::not_found("business"))?;
    let filter = CallFilter {
        business,
        live: query.state.as_deref() == Some("live"),
        before: query.before.map(At),
        limit: query.limit.unwrap_or(50).clamp(1, 200),
    };
    Ok(HttpResponse::Ok().json(app.switchboard.parts().records.calls(filter).await?))
}

fn parse(id: &str) -> Result<CallId, Problem> {
    CallId::parse(id).map_err(|_| Problem::not_found("call"))
}

async fn one(_: Admin, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let id = parse(&id)?;
    let records = &app.switchboard.parts().records;
    let row = records
        .call(&id)
        .await?
        .ok_or_else(|| Problem::not_found("call"))?;
    let events = records.events(&id).await?;
    let ledger = Ledger::of(&events);
    let webhooks = app.traffic.of(&id);
    Ok(HttpResponse::Ok().json(serde_json::json!({ "call": row, "turns": ledger.turns, "events": events, "webhooks": webhooks })))
}

async fn hang_up(_: Admin, app: web::Data<App>, id: web::Path<String>) -> Answer {
    if app.switchboard.hang_up(&parse(&id)?).await {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::not_found("live call"))
    }
}

/// Every change of the list of live calls, as server-sent events.
async fn live(_: Admin, app: web::Data<App>) -> Answer {
    let source = stream::unfold((app, None), |(app, last)| async move {
        loop {
            let now = app.switchboard.live();
            if last.as_ref() != Some(&now) {
                return Some((sse::event("live", &now), (app, Some(now))));
            }
            if app.switchboard.parts().tasks.is_cancelled() {
                return None;
            }
            tokio::time::sleep(LOOK).await;
        }
    });
    Ok(sse::stream(source))
}

/// Removes everything that is kept under a caller's number, and says what that was.
async fn forget(_: Admin, app: web::Data<App>, number: web::Path<String>) -> Answer {
    let digits = number.strip_prefix('+').unwrap_or("");
    if !(2..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(
            Problem::new(400, "bad_number", "a number is + and 2 to 15 digits")
                .hint("write it as +15550100123"),
        );
    }
    let parts = app.switchboard.parts();
    let receipt = parts.records.forget_caller(&number).await?;
    let objects: Vec<store::ObjectKey> = receipt
        .objects
        .iter()
        .filter_map(|object| store::ObjectKey::parse(object))
        .collect();
    parts.voicer.forget(&objects).await;
    for object in &objects {
        parts.objects.delete(object).await?;
    }
    Ok(HttpResponse::Ok().json(receipt))
}
