//! The filler studio: what callers may hear while an answer is on its way.

use std::{collections::BTreeMap, sync::Arc};

use actix_web::{HttpResponse, web};
use agent::Business;
use events::BusinessId;
use serde::Serialize;
use switchboard::{FillerRow, FillerState};

use super::{
    Operator, Page,
    page::{self, Trouble},
    see, words,
};
use crate::{App, admin};

/// Clips of other levels than these sound like another voice, dBFS.
const EVEN: std::ops::RangeInclusive<f32> = audio::TARGET_DBFS - 1.5..=audio::TARGET_DBFS + 1.5;

/// The longest filler that fits the time it stands for, ms.
const LONGEST_MS: u32 = 3_200;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/console/fillers", web::get().to(first))
        .route("/console/fillers/{business}", web::get().to(studio))
        .route("/console/fillers/{business}", web::post().to(generate));
}

/// One clip.
#[derive(Serialize)]
struct Clip {
    text: String,
    state: FillerState,
    url: Option<String>,
    ms: Option<u32>,
    /// Of the longest that is fine, percent.
    length_x: f32,
    long: bool,
    level: Option<String>,
    uneven: bool,
}

/// The clips of one class.
#[derive(Serialize)]
struct Class {
    name: &'static str,
    purpose: &'static str,
    clips: Vec<Clip>,
}

#[derive(Serialize)]
struct View {
    id: String,
    name: String,
    businesses: Vec<(String, String)>,
    voice: String,
    on: bool,
    rollout: u8,
    grace: u32,
    classes: Vec<Class>,
    total: usize,
    ready: usize,
    to_make: usize,
    stale: usize,
    job: Option<admin::Job>,
}

async fn first(_: Operator, app: web::Data<App>) -> Page {
    let all = (app.businesses)();
    let (business, _) = all.first().ok_or_else(|| Trouble::not_found("business"))?;
    Ok(see(&format!("/console/fillers/{}", business.id)))
}

fn find(app: &App, id: &str) -> Result<Arc<Business>, Trouble> {
    let id = BusinessId::parse(id).map_err(|_| Trouble::not_found("business"))?;
    app.business(&id)
        .ok_or_else(|| Trouble::not_found("business"))
}

async fn studio(_: Operator, app: web::Data<App>, id: web::Path<String>) -> Page {
    let business = find(&app, &id)?;
    let rows = app.switchboard.fillers(&business).await?;
    let count = |state| rows.iter().filter(|row| row.state == state).count();
    let (ready, stale) = (count(FillerState::Ready), count(FillerState::Stale));
    let job = admin::generation(&app, &business);
    let view = View {
        id: business.id.to_string(),
        name: business.name.clone(),
        businesses: (app.businesses)()
            .iter()
            .map(|(b, _)| (b.id.to_string(), b.name.clone()))
            .collect(),
        voice: format!("{} {}", business.voice.provider, business.voice.id),
        on: business.fillers.use_proactive_filler,
        rollout: business.fillers.rollout_percent,
        grace: business.fillers.grace_ms,
        total: rows.len(),
        ready,
        stale,
        to_make: rows.len() - ready,
        classes: classes(rows),
        job,
    };
    let title = format!("Fillers of {}", business.name);
    page::render(&app, "fillers.html", ("fillers", &title), view)
}

fn classes(rows: Vec<FillerRow>) -> Vec<Class> {
    let mut classes: BTreeMap<_, Vec<Clip>> = BTreeMap::new();
    for row in rows {
        classes.entry(row.class).or_default().push(clip(row));
    }
    let classes = classes.into_iter().map(|(class, clips)| Class {
        name: class.name(),
        purpose: words::class(class.name()),
        clips,
    });
    classes.collect()
}

fn clip(row: FillerRow) -> Clip {
    Clip {
        text: row.text,
        state: row.state,
        url: row
            .object
            .map(|object| format!("/audio/{object}.wav?k=filler")),
        ms: row.ms,
        length_x: row
            .ms
            .map_or(0.0, |ms| (ms as f32 / LONGEST_MS as f32 * 100.0).min(100.0)),
        long: row.ms.is_some_and(|ms| ms > LONGEST_MS),
        level: row.level_dbfs.map(|level| format!("{level:.1}")),
        uneven: row.level_dbfs.is_some_and(|level| !EVEN.contains(&level)),
    }
}

/// Starts making what is missing and shows how it goes.
async fn generate(
    _: Operator,
    app: web::Data<App>,
    id: web::Path<String>,
) -> Result<HttpResponse, Trouble> {
    let business = find(&app, &id)?;
    let id = business.id.clone();
    admin::generate(&app, business);
    Ok(see(&format!("/console/fillers/{id}")))
}
