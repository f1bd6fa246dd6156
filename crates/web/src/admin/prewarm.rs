//! Prewarming over HTTP: first what it would cost, then the work, watched like every job.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use agent::Business;
use events::BusinessId;
use serde::Deserialize;
use switchboard::{FillerProgress, PrewarmPlan, Switchboard};
use tokio::sync::watch;

use super::{Answer, Job};
use crate::{App, Problem, guard::Admin};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/admin/v1/prewarm", web::post().to(prewarm))
        .route("/admin/v1/ahead", web::get().to(ahead));
}

/// What is to be prewarmed.
#[derive(Deserialize)]
struct Wanted {
    /// Only this business.
    business: Option<String>,
    /// Only say what it would cost.
    #[serde(default)]
    dry_run: bool,
}

async fn prewarm(_: Admin, app: web::Data<App>, wanted: web::Query<Wanted>) -> Answer {
    let (what, businesses) = match &wanted.business {
        Some(id) => {
            let id = BusinessId::parse(id).ok();
            let business = id.and_then(|id| app.business(&id));
            let business = business.ok_or_else(|| Problem::not_found("business"))?;
            (format!("prewarm of {}", business.id), vec![business])
        }
        None => {
            let all = (app.businesses)().into_iter();
            ("prewarm of all".to_owned(), all.map(|(b, _)| b).collect())
        }
    };
    if wanted.dry_run {
        let plans = plans(&app.switchboard, &businesses).await?;
        let usd: f64 = plans.iter().map(|plan| plan.usd).sum();
        let characters: usize = plans.iter().map(|plan| plan.characters).sum();
        return Ok(HttpResponse::Ok().json(
            serde_json::json!({ "characters": characters, "usd": usd, "businesses": plans }),
        ));
    }
    let job = start(&app, &what, businesses);
    let job = job.borrow().clone();
    Ok(HttpResponse::Accepted()
        .insert_header(("Location", format!("/admin/v1/jobs/{}", job.id)))
        .json(job))
}

/// What is queued ahead of need, what came of it, and what each layer of the cache did.
async fn ahead(_: Admin, app: web::Data<App>) -> Answer {
    let switchboard = &app.switchboard;
    Ok(HttpResponse::Ok().json(serde_json::json!({
        "backlog": switchboard.backlog(),
        "foresight": switchboard.foresight(),
        "layers": switchboard.parts().voicer.tiers().figures(),
    })))
}

async fn plans(
    switchboard: &Switchboard,
    businesses: &[Arc<Business>],
) -> Result<Vec<PrewarmPlan>, store::StoreError> {
    let mut plans = Vec::new();
    for business in businesses {
        plans.push(switchboard.prewarm_plan(business).await?);
    }
    Ok(plans)
}

/// Starts a prewarm on the main runtime, or joins the one that is running.
fn start(app: &web::Data<App>, what: &str, businesses: Vec<Arc<Business>>) -> watch::Receiver<Job> {
    let (job, sender) = app.jobs.open(what);
    let Some(sender) = sender else { return job };
    let switchboard = app.switchboard.clone();
    app.switchboard.parts().tasks.start(async move {
        let stop = switchboard.parts().tasks.clone();
        let done = tokio::select! {
            done = work(&switchboard, &businesses, &sender) => done.map_err(|error| error.to_string()),
            () = stop.cancelled() => Err("Frontdesk is stopping".to_owned()),
        };
        sender.send_modify(|job| {
            job.finished = true;
            job.error = done.err();
        });
    });
    job
}

async fn work(
    switchboard: &Switchboard,
    businesses: &[Arc<Business>],
    sender: &watch::Sender<Job>,
) -> Result<(), store::StoreError> {
    let plans = plans(switchboard, businesses).await?;
    let all: usize = plans.iter().map(|plan| plan.sentences).sum();
    let mut sum = FillerProgress {
        total: all,
        ..FillerProgress::default()
    };
    for (business, plan) in businesses.iter().zip(&plans) {
        let before = sum.clone();
        let tell = |now: &FillerProgress| {
            sender.send_modify(|job| job.progress = added(&before, now));
        };
        let made = switchboard.prewarm(business, plan, tell).await;
        sum = added(&sum, &made);
    }
    Ok(())
}

/// The progress of one business, on top of what was done before.
fn added(before: &FillerProgress, now: &FillerProgress) -> FillerProgress {
    FillerProgress {
        total: before.total,
        done: before.done + now.done,
        found: before.found + now.found,
        failed: [before.failed.as_slice(), now.failed.as_slice()].concat(),
    }
}
