//! What the voices took, run by run, and one run against another.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use carrier::form;
use events::At;
use serde::{Deserialize, Serialize};

use super::{
    Operator, Page,
    page::{self, Trouble},
    see,
    words::{self, Moment},
};
use crate::{App, BenchEngine, BenchEstimate, BenchFigure, BenchRequest, BenchRow, admin, body};

/// The longest form, bytes.
const FORM: usize = 8_192;

const HERE: &str = "/console/benchmarks";

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/console/benchmarks", web::get().to(list))
        .route("/console/benchmarks", web::post().to(begin))
        .route("/console/benchmarks/stop", web::post().to(stop))
        .route("/console/benchmarks/{id}/{file}", web::get().to(report));
}

/// Which two are compared.
#[derive(Deserialize)]
struct Query {
    a: Option<String>,
    b: Option<String>,
}

/// One run in the list.
#[derive(Serialize)]
struct Run {
    #[serde(flatten)]
    row: BenchRow,
    when: Option<Moment>,
    /// The figure at which one looks first.
    first: Option<Shown>,
}

/// A figure in a line.
#[derive(Serialize)]
struct Shown {
    voice: String,
    p50: String,
    p95: String,
}

/// One figure of two runs beside each other.
#[derive(Serialize)]
struct Pair {
    voice: String,
    mode: &'static str,
    what: &'static str,
    before: String,
    after: String,
    /// `+3.1 ms, +12 %`
    apart: String,
    /// `slower`, `faster` or `same`, so that no colour has to say it.
    told: &'static str,
    n: String,
}

#[derive(Serialize)]
struct View {
    engines: Vec<BenchEngine>,
    estimate: Option<BenchEstimate>,
    complaint: Option<String>,
    runs: Vec<Run>,
    job: Option<admin::Job>,
    a: String,
    b: String,
    pairs: Vec<Pair>,
    compared: bool,
}

async fn list(_: Operator, app: web::Data<App>, query: web::Query<Query>) -> Page {
    let bench = admin::bench(&app)?;
    let (engines, rows) = bench.ask(|desk| (desk.engines(), desk.list())).await?;
    let wanted = BenchRequest {
        kind: "tts".into(),
        ..BenchRequest::default()
    };
    let estimate = bench.estimate(&wanted).await;
    let chosen = |id: &Option<String>, place: usize| {
        let known = id
            .as_ref()
            .filter(|id| rows.iter().any(|row| row.id == **id));
        let usual = rows.get(place).map(|row| row.id.clone());
        known.cloned().or(usual).unwrap_or_default()
    };
    // Without a choice: the newest one against the one before it.
    let (a, b) = (chosen(&query.a, 1), chosen(&query.b, 0));
    let find = |id: &str| rows.iter().find(|row| row.id == id);
    let pairs = match (find(&a), find(&b)) {
        (Some(a), Some(b)) if a.id != b.id => pairs(&a.figures, &b.figures),
        _ => Vec::new(),
    };
    let view = View {
        compared: query.a.is_some() && query.b.is_some(),
        complaint: estimate.as_ref().err().map(ToString::to_string),
        estimate: estimate.ok(),
        engines,
        job: admin::latest_bench(&app),
        runs: rows.into_iter().map(run).collect(),
        a,
        b,
        pairs,
    };
    page::render(&app, "benchmarks.html", ("benchmarks", "Benchmarks"), view)
}

fn run(row: BenchRow) -> Run {
    let at = row.at.parse::<jiff::Timestamp>().ok();
    let at = at.and_then(|at| u64::try_from(at.as_millisecond()).ok());
    let first = row.figures.iter().find_map(|figure| {
        Some(Shown {
            voice: figure.voice.clone(),
            p50: ms(figure.total_p50_ms?),
            p95: ms(figure.total_p95_ms?),
        })
    });
    Run {
        when: at.map(|at| words::moment(At(at), "UTC")),
        first,
        row,
    }
}

fn ms(value: f64) -> String {
    match value {
        0.0..100.0 => format!("{value:.1} ms"),
        _ => format!("{value:.0} ms"),
    }
}

/// Every figure that both runs have.
fn pairs(before: &[BenchFigure], after: &[BenchFigure]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for new in after {
        let same = |old: &&BenchFigure| old.voice == new.voice && old.mode == new.mode;
        let Some(old) = before.iter().find(same) else {
            continue;
        };
        let both = [
            ("first sound p50", old.first_p50_ms, new.first_p50_ms),
            ("first sound p95", old.first_p95_ms, new.first_p95_ms),
            ("end p50", old.total_p50_ms, new.total_p50_ms),
            ("end p95", old.total_p95_ms, new.total_p95_ms),
        ];
        for (what, before, after) in both {
            let (Some(before), Some(after)) = (before, after) else {
                continue;
            };
            let (apart, told) = apart(before, after);
            pairs.push(Pair {
                voice: new.voice.clone(),
                mode: new.mode,
                what,
                before: ms(before),
                after: ms(after),
                apart,
                told,
                n: format!("{} / {}", old.n, new.n),
            });
        }
    }
    pairs
}

/// How far the second is from the first. Less than a twentieth is what the same program differs from itself.
fn apart(before: f64, after: f64) -> (String, &'static str) {
    let share = (after - before) / before.max(0.001) * 100.0;
    let told = match share {
        5.0.. => "slower",
        _ if share <= -5.0 => "faster",
        _ => "same",
    };
    (format!("{:+.1} ms, {share:+.0} %", after - before), told)
}

/// Starts a run as the form wishes.
async fn begin(
    _: Operator,
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Trouble> {
    let sent = body::read(&request, payload, FORM, app.settings.request).await?;
    let wanted = wanted(&sent)?;
    admin::start_bench(&app, wanted).await?;
    Ok(see(HERE))
}

fn wanted(sent: &[u8]) -> Result<BenchRequest, Trouble> {
    let bad = |text: &str| Trouble::Said {
        status: 422,
        title: "That cannot be measured",
        text: text.to_owned(),
        hint: Some("Go back and choose again.".into()),
    };
    let pairs = form::parse(sent).map_err(|_| bad("The form could not be read."))?;
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        fields.entry(name).or_default().push(value);
    }
    let one = |name: &str| fields.get(name).and_then(|values| values.first());
    let number = |name: &str| match one(name).map(|value| value.trim().parse::<usize>()) {
        None => Ok(None),
        Some(Ok(number)) => Ok(Some(number)),
        Some(Err(_)) => Err(bad("Sentences and rounds are whole numbers.")),
    };
    let providers = fields.get("provider").cloned().unwrap_or_default();
    if providers.is_empty() {
        return Err(bad("No engine was chosen, so there is nothing to measure."));
    }
    Ok(BenchRequest {
        kind: "tts".into(),
        sentences: number("sentences")?,
        rounds: number("rounds")?,
        mode: one("mode").cloned(),
        spend: one("spend").is_some(),
        providers,
        ..BenchRequest::default()
    })
}

async fn stop(_: Operator, app: web::Data<App>) -> Result<HttpResponse, Trouble> {
    admin::bench(&app)?.stop();
    Ok(see(HERE))
}

/// The report itself: a page of its own, under a policy of its own.
async fn report(_: Operator, app: web::Data<App>, path: web::Path<(String, String)>) -> Page {
    let (id, name) = path.into_inner();
    let found = admin::bench_report(&app, id, name).await?;
    found.ok_or_else(|| Trouble::not_found("report"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(voice: &str, p50: f64) -> BenchFigure {
        BenchFigure {
            voice: voice.into(),
            mode: "batch",
            n: 10,
            first_p50_ms: None,
            first_p95_ms: None,
            total_p50_ms: Some(p50),
            total_p95_ms: Some(p50 * 2.0),
        }
    }

    #[test]
    fn two_runs_are_compared_where_both_have_a_figure() {
        let pairs = pairs(
            &[figure("x", 40.0), figure("gone", 1.0)],
            &[figure("x", 30.0), figure("new", 1.0)],
        );
        let shown: Vec<_> = pairs
            .iter()
            .map(|p| (p.what, p.apart.as_str(), p.told))
            .collect();
        let expected = [
            ("end p50", "-10.0 ms, -25 %", "faster"),
            ("end p95", "-20.0 ms, -25 %", "faster"),
        ];
        assert_eq!(shown, expected);
        assert_eq!(apart(100.0, 104.0), ("+4.0 ms, +4 %".to_owned(), "same"));
        assert_eq!(apart(100.0, 106.0).1, "slower");
    }
}
