//! The filler studio over HTTP.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use agent::Business;
use events::BusinessId;
use futures::stream;
use serde::Serialize;
use switchboard::FillerRow;
use tokio::sync::watch;

use super::{Answer, Job, sse};
use crate::{App, Problem, guard::Admin};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/admin/v1/businesses/{id}/fillers", web::get().to(list))
        .route(
            "/admin/v1/businesses/{id}/fillers:generate",
            web::post().to(generate),
        )
        .route("/api/v1/tts/filler/{id}", web::post().to(generate_and_wait))
        .route("/admin/v1/jobs/{id}", web::get().to(job))
        .route("/admin/v1/jobs/{id}/events", web::get().to(watch_job));
}

/// A filler with the address of its audio.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    row: FillerRow,
    url: Option<String>,
}

fn find(app: &App, id: &str) -> Result<Arc<Business>, Problem> {
    let id = BusinessId::parse(id).map_err(|_| Problem::not_found("business"))?;
    app.business(&id)
        .ok_or_else(|| Problem::not_found("business"))
}

fn url(row: &FillerRow) -> Option<String> {
    row.object
        .as_ref()
        .map(|object| format!("/audio/{object}.wav?k=filler"))
}

async fn list(_: Admin, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let business = find(&app, &id)?;
    let rows = app.switchboard.fillers(&business).await?;
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|row| Row {
            url: url(&row),
            row,
        })
        .collect();
    Ok(HttpResponse::Ok().json(rows))
}

async fn generate(_: Admin, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let job = start(&app, find(&app, &id)?);
    let job = job.borrow().clone();
    Ok(HttpResponse::Accepted()
        .insert_header(("Location", format!("/admin/v1/jobs/{}", job.id)))
        .json(job))
}

/// The seed's route: waits, and names one clip.
async fn generate_and_wait(_: Admin, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let business = find(&app, &id)?;
    let mut job = start(&app, business.clone());
    let done = job
        .wait_for(|job| job.finished)
        .await
        .map(|job| job.clone());
    let job = done.map_err(|_| {
        Problem::new(503, "job_lost", "the generation was cut off")
            .hint("ask again: finished clips are kept")
    })?;
    if let Some(error) = job.error {
        return Err(Problem::new(503, "store_unavailable", error));
    }
    let rows = app.switchboard.fillers(&business).await?;
    let first = rows
        .iter()
        .find(|row| row.state == switchboard::FillerState::Ready)
        .and_then(url);
    match first {
        Some(path) => Ok(HttpResponse::Ok().json(serde_json::json!({
            "business_id": business.id,
            "filler_audio_url": format!("{}{path}", app.settings.public_url),
            "ready": job.progress.done,
            "failed": job.progress.failed,
        }))),
        None => Err(
            Problem::new(502, "no_voice", job.progress.failed.join("; "))
                .hint("run `frontdesk models install`"),
        ),
    }
}

/// The latest generation for a business, if there was one.
pub(crate) fn generation(app: &App, business: &Business) -> Option<Job> {
    app.jobs.latest(&about(business))
}

fn about(business: &Business) -> String {
    format!("fillers of {}", business.id)
}

/// Starts a generation on the main runtime, or joins the one that is running.
pub(crate) fn start(app: &web::Data<App>, business: Arc<Business>) -> watch::Receiver<Job> {
    let (job, sender) = app.jobs.open(&about(&business));
    let Some(sender) = sender else { return job };
    let switchboard = app.switchboard.clone();
    app.switchboard.parts().tasks.start(async move {
        let tell = |progress: &switchboard::FillerProgress| {
            sender.send_modify(|job| job.progress = progress.clone());
        };
        let stop = switchboard.parts().tasks.clone();
        let made = tokio::select! {
            made = switchboard.generate_fillers(&business, tell) => made.map_err(|error| error.to_string()),
            () = stop.cancelled() => Err("Frontdesk is stopping".to_owned()),
        };
        sender.send_modify(|job| {
            job.finished = true;
            job.error = made.err();
        });
    });
    job
}

async fn job(_: Admin, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let job = app
        .jobs
        .find(&id)
        .ok_or_else(|| Problem::not_found("job"))?;
    let job = job.borrow().clone();
    Ok(HttpResponse::Ok().json(job))
}

async fn watch_job(_: Admin, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let job = app
        .jobs
        .find(&id)
        .ok_or_else(|| Problem::not_found("job"))?;
    let source = stream::unfold((job, false, true), |(mut job, over, first)| async move {
        if over || (!first && job.changed().await.is_err()) {
            return None;
        }
        let state = job.borrow_and_update().clone();
        let over = state.finished;
        Some((sse::event("job", &state), (job, over, false)))
    });
    Ok(sse::stream(source))
}
