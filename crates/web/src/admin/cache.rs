//! The cache over HTTP: what each layer did, what that saved, and throwing things out.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use store::LayerFigures;

use super::{Answer, phone::json, purge};
use crate::{
    App,
    guard::Admin,
    studio::{Account, Bucket},
};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/admin/v1/cache", web::get().to(show))
        .route("/admin/v1/cache:purge", web::post().to(throw_out));
}

/// One layer, since the start.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LayerRow {
    pub layer: String,
    pub hits: u64,
    pub misses: u64,
    pub errors: u64,
    /// Given up because they took too long.
    pub late: u64,
    /// Not tried because the layer rests.
    pub rested: u64,
    pub read_bytes: u64,
    pub written_bytes: u64,
    pub writes: u64,
    /// Reads whose time is known.
    pub reads: u64,
    /// Half of them took no longer, ms.
    pub p50_ms: Option<u32>,
    /// 19 of 20 took no longer, ms.
    pub p95_ms: Option<u32>,
    /// Notes of what was made: found here.
    pub recipe_hits: u64,
    /// And not found here.
    pub recipe_misses: u64,
    /// Clips that it holds, where that is known.
    pub entries: Option<u64>,
    /// Their bytes.
    pub bytes: Option<u64>,
    pub trouble: Option<String>,
}

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Overview {
    /// The layers, the fastest first.
    pub layers: Vec<LayerRow>,
    /// What was found and spoken, by engine, in calls since the start.
    pub accounts: Vec<Account>,
    /// What the found ones would have cost, US dollars; engines without a known price are not in it.
    pub saved_usd: f64,
    /// Engines without a known price.
    pub unpriced: Vec<String>,
    /// The last three hours.
    pub minutes: Vec<Bucket>,
    /// The last seven days.
    pub hours: Vec<Bucket>,
}

pub(crate) async fn overview(app: &App) -> Overview {
    let parts = app.switchboard.parts();
    let tiers = parts.voicer.tiers();
    app.studio.look(tiers, parts.clock.now());
    let held = tiers.idle(0, &[]).await;
    let figures = tiers.figures().into_iter().zip(held);
    let layers = figures.map(|(figures, held)| row(figures, held));
    let accounts = app.studio.accounts();
    let (minutes, hours) = app.studio.times();
    let unpriced = accounts.iter().filter(|account| account.price.is_none());
    Overview {
        layers: layers.collect(),
        saved_usd: accounts.iter().filter_map(|a| a.saved_usd).sum(),
        unpriced: unpriced.map(|account| account.provider.clone()).collect(),
        accounts,
        minutes,
        hours,
    }
}

fn row(figures: LayerFigures, held: Option<store::Held>) -> LayerRow {
    let objects = figures.objects;
    LayerRow {
        layer: figures.layer,
        hits: objects.hits,
        misses: objects.misses,
        errors: objects.errors,
        late: objects.late,
        rested: objects.rested,
        read_bytes: objects.read_bytes,
        written_bytes: objects.written_bytes,
        writes: objects.writes,
        reads: objects.reads.count(),
        p50_ms: objects.reads.within(50),
        p95_ms: objects.reads.within(95),
        recipe_hits: figures.recipes.hits,
        recipe_misses: figures.recipes.misses,
        entries: held.map(|held| held.entries),
        bytes: held.map(|held| held.bytes),
        trouble: figures.trouble,
    }
}

async fn show(_: Admin, app: web::Data<App>) -> Answer {
    Ok(HttpResponse::Ok().json(overview(&app).await))
}

async fn throw_out(
    _: Admin,
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Answer {
    let ask: purge::Ask = json(&app, &request, payload).await?;
    Ok(HttpResponse::Ok().json(purge::purge(&app, ask).await?))
}
