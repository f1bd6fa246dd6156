//! The admin API: everything that the console and the command line do is one of these.

mod cache;
mod calls;
mod fillers;
mod jobs;
mod phone;
mod prewarm;
mod providers;
mod purge;
mod sse;
mod voices;

use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::{App, Problem, guard::Admin};

pub(crate) use cache::{LayerRow, Overview, overview};
pub(crate) use fillers::{generation, start as generate};
pub use jobs::{Job, Jobs};
pub use phone::Lines;
pub(crate) use providers::{Engine, Ill, engines};
pub(crate) use voices::{VoiceRow, voices};

type Answer = Result<HttpResponse, Problem>;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/admin/v1/businesses", web::get().to(businesses))
        .route("/admin/v1/config/reload", web::post().to(reload))
        .route("/admin/v1/webhooks", web::get().to(webhooks))
        .configure(fillers::routes)
        .configure(calls::routes)
        .configure(phone::routes)
        .configure(providers::routes)
        .configure(voices::routes)
        .configure(cache::routes)
        .configure(prewarm::routes);
}

/// A business in a list.
#[derive(Serialize)]
struct BusinessRow {
    id: String,
    name: String,
    source: String,
    timezone: String,
    numbers: Vec<String>,
}

async fn businesses(_: Admin, app: web::Data<App>) -> Answer {
    let rows: Vec<BusinessRow> = (app.businesses)()
        .into_iter()
        .map(|(business, source)| BusinessRow {
            id: business.id.to_string(),
            name: business.name.clone(),
            source,
            timezone: business.timezone.clone(),
            numbers: business.numbers.clone(),
        })
        .collect();
    Ok(HttpResponse::Ok().json(rows))
}

/// The webhooks that were turned away last, latest first, each with the URL that was checked beside the one that was
/// signed.
async fn webhooks(_: Admin, app: web::Data<App>) -> Answer {
    Ok(HttpResponse::Ok().json(serde_json::json!({ "turned_away": app.mismatches.list() })))
}

async fn reload(_: Admin, app: web::Data<App>) -> Answer {
    let result = (app.reload)();
    app.meter.reloaded(result.is_ok());
    match result {
        Ok(said) => {
            Ok(HttpResponse::Ok().json(serde_json::json!({ "reloaded": true, "detail": said })))
        }
        Err(errors) => Err(Problem::new(422, "config_invalid", errors)
            .hint("the configuration before is still in force")),
    }
}
