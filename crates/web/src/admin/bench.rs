//! The bench over HTTP: one run at a time, bounded in length and in cost, to be stopped at any moment.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use tokio::sync::watch;

use super::{Answer, Job};
use crate::{
    App, BenchDesk, BenchEstimate, BenchProgress, BenchRequest, BenchRow, Problem, body,
    guard::Admin,
};

/// What the job is about; one about this runs at a time.
const ABOUT: &str = "the voices, measured";

/// After this a run is ended.
const LONGEST: Duration = Duration::from_secs(20 * 60);

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/admin/v1/bench", web::get().to(list))
        .route("/admin/v1/bench", web::post().to(begin))
        .route("/admin/v1/bench/{id}", web::delete().to(end))
        .route("/admin/v1/bench/{id}/{file}", web::get().to(file));
}

/// The bench of this process.
pub struct Benches {
    desk: Arc<dyn BenchDesk>,
    /// Each change ends the run that is under way.
    stop: watch::Sender<u64>,
}

impl Benches {
    /// A bench at which nobody measures yet.
    pub fn new(desk: Arc<dyn BenchDesk>) -> Self {
        Self {
            desk,
            stop: watch::Sender::new(0),
        }
    }

    /// Asks whoever measures, where that may block.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn BenchDesk) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let desk = self.desk.clone();
        let asked = web::block(move || question(&*desk)).await;
        asked.map_err(|_| {
            Problem::new(503, "busy", "there is no thread to look at the reports").hint("ask again")
        })
    }

    /// What a run comes to.
    pub(crate) async fn estimate(&self, request: &BenchRequest) -> Result<BenchEstimate, Problem> {
        let estimate = self.desk.estimate(request).await;
        estimate.map_err(|why| {
            Problem::new(422, "bad_bench", why).hint("GET /admin/v1/bench says what can be asked")
        })
    }

    /// Ends the run that is under way.
    pub(crate) fn stop(&self) {
        self.stop.send_modify(|count| *count += 1);
    }
}

/// The bench, where there is one.
pub(crate) fn bench(app: &App) -> Result<&Benches, Problem> {
    let none = || Problem::new(501, "no_bench", "this Frontdesk has no bench");
    app.benches.as_ref().ok_or_else(none)
}

/// The latest run, if there was one.
pub(crate) fn latest(app: &App) -> Option<Job> {
    app.jobs.latest(ABOUT)
}

/// What there is.
#[derive(Serialize)]
struct Listed {
    engines: Vec<crate::BenchEngine>,
    running: Option<Job>,
    reports: Vec<BenchRow>,
}

async fn list(_: Admin, app: web::Data<App>) -> Answer {
    let (engines, reports) = bench(&app)?
        .ask(|desk| (desk.engines(), desk.list()))
        .await?;
    let running = latest(&app).filter(|job| !job.finished);
    Ok(HttpResponse::Ok().json(Listed {
        engines,
        running,
        reports,
    }))
}

async fn begin(
    _: Admin,
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Answer {
    let settings = &app.settings;
    let sent = body::read(&request, payload, settings.json_bytes, settings.request).await?;
    let wanted: BenchRequest = serde_json::from_slice(&sent).map_err(|error| {
        Problem::new(400, "bad_json", format!("the body cannot be read: {error}"))
            .hint(r#"send {"kind": "tts"}, with "providers", "voices", "sentences", "rounds" or "mode" as you wish"#)
    })?;
    if wanted.dry_run {
        return Ok(HttpResponse::Ok().json(bench(&app)?.estimate(&wanted).await?));
    }
    let job = start(&app, wanted).await?;
    Ok(HttpResponse::Accepted()
        .insert_header(("Location", format!("/admin/v1/jobs/{}", job.id)))
        .json(job))
}

/// Starts a run on the main runtime.
pub(crate) async fn start(app: &web::Data<App>, wanted: BenchRequest) -> Result<Job, Problem> {
    let benches = bench(app)?;
    let estimate = benches.estimate(&wanted).await?;
    if estimate.paid_characters > 0 && !wanted.spend {
        return Err(Problem::new(422, "costs_money", estimate.told)
            .hint("send \"spend\": true to agree, or name providers that cost nothing"));
    }
    let (job, sender) = app.jobs.open(ABOUT);
    let Some(sender) = sender else {
        let id = job.borrow().id.clone();
        let running = format!("a run is under way: job {id}");
        return Err(Problem::new(409, "bench_running", running).hint(format!(
            "wait for it, or end it: DELETE /admin/v1/bench/{id}"
        )));
    };
    sender.send_modify(|job| job.progress.total = estimate.requests);
    let told = job.borrow().clone();
    let (watcher, id) = (sender.clone(), told.id.clone());
    let watch = move |progress: BenchProgress| {
        watcher.send_modify(|job| {
            job.progress.total = progress.total;
            job.progress.done = progress.done;
            job.progress.failed = progress.failed;
        });
    };
    let (run, mut stopped) = (
        benches.desk.run(id, wanted, Box::new(watch)),
        benches.stop.subscribe(),
    );
    let tasks = app.switchboard.parts().tasks.clone();
    let stopping = tasks.clone();
    tasks.start(async move {
        let over = |why: &str| Err(why.to_owned());
        let done = tokio::select! {
            done = tokio::time::timeout(LONGEST, run) => done.unwrap_or_else(|_| over("it took longer than 20 minutes")),
            _ = stopped.changed() => over("it was ended"),
            () = stopping.cancelled() => over("Frontdesk is stopping"),
        };
        sender.send_modify(|job| {
            job.finished = true;
            job.error = done.err();
        });
    });
    Ok(told)
}

/// Ends a run that is under way, or forgets a report.
async fn end(_: Admin, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let benches = bench(&app)?;
    let id = id.into_inner();
    if latest(&app).is_some_and(|job| job.id == id && !job.finished) {
        benches.stop();
        return Ok(HttpResponse::NoContent().finish());
    }
    match benches.ask(move |desk| desk.remove(&id)).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(Problem::not_found("run or report")),
    }
}

async fn file(_: Admin, app: web::Data<App>, path: web::Path<(String, String)>) -> Answer {
    let (id, name) = path.into_inner();
    let answer = report(&app, id, name).await?;
    answer.ok_or_else(|| Problem::not_found("report"))
}

/// A file of a report, as an answer. Its page has its own style inside and nothing that could do anything.
pub(crate) async fn report(
    app: &App,
    id: String,
    name: String,
) -> Result<Option<HttpResponse>, Problem> {
    let kind = match name.as_str() {
        "report.html" => "text/html; charset=utf-8",
        "report.json" => "application/json",
        "report.md" => "text/markdown; charset=utf-8",
        _ => return Ok(None),
    };
    let found = bench(app)?.ask(move |desk| desk.file(&id, &name)).await?;
    Ok(found.map(|bytes| {
        HttpResponse::Ok()
            .content_type(kind)
            .insert_header((
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
            ))
            .insert_header(("X-Content-Type-Options", "nosniff"))
            .insert_header(("Cache-Control", "private, max-age=3600"))
            .body(bytes)
    }))
}
