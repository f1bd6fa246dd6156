//! Lists of calls, each with its dead air turn by turn.

use std::collections::HashMap;

use actix_web::web;
use events::{At, BusinessId, Ledger, Percentiles};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use store::{CallFilter, CallRow};

use super::{
    Operator, Page, page,
    words::{self, Ending, Moment},
};
use crate::App;

/// Calls on a page.
const PAGE: u32 = 30;

/// Turns that are drawn beside a call.
const BARS: usize = 16;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/console/calls", web::get().to(list)).route(
        "/console/calls/",
        web::get().to(|| super::to("/console/calls")),
    );
}

/// The businesses' names and time zones, by id.
pub(super) struct Names(HashMap<String, (String, String)>);

impl Names {
    pub fn of(app: &App) -> Self {
        let known = (app.businesses)();
        Self(
            known
                .into_iter()
                .map(|(b, _)| (b.id.to_string(), (b.name.clone(), b.timezone.clone())))
                .collect(),
        )
    }

    /// The name; a business that is not configured any more goes by its id.
    pub fn name<'a>(&'a self, id: &'a BusinessId) -> &'a str {
        self.0
            .get(id.as_str())
            .map_or(id.as_str(), |(name, _)| name)
    }

    pub fn zone(&self, id: &BusinessId) -> &str {
        self.0.get(id.as_str()).map_or("UTC", |(_, zone)| zone)
    }

    /// All of them, for scripts.
    pub fn by_id(&self) -> HashMap<&str, &str> {
        self.0
            .iter()
            .map(|(id, (name, _))| (id.as_str(), name.as_str()))
            .collect()
    }
}

/// The silence in one turn.
#[derive(Clone, Debug, Serialize)]
struct Bar {
    /// Of 100.
    h: u32,
    over: bool,
}

/// A call in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CallLine {
    id: String,
    business: String,
    from: Option<String>,
    when: Moment,
    length: Option<String>,
    turns: u32,
    live: bool,
    code: Option<String>,
    ending: Ending,
    bars: Vec<Bar>,
    worst: Option<u32>,
    over: bool,
    /// The silence after each of the caller's words, ms.
    #[serde(skip)]
    pub silences: Vec<u32>,
}

/// The calls that fit, latest first, each with its turns.
pub(super) async fn lines(
    app: &App,
    filter: CallFilter,
) -> Result<Vec<CallLine>, store::StoreError> {
    let names = Names::of(app);
    let rows = app.switchboard.parts().records.calls(filter).await?;
    let lines = rows.into_iter().map(|row| line(app, &names, row));
    join_all(lines).await.into_iter().collect()
}

async fn line(app: &App, names: &Names, row: CallRow) -> Result<CallLine, store::StoreError> {
    let events = app.switchboard.parts().records.events(&row.call).await?;
    let turns = Ledger::of(&events).turns;
    // A greeting keeps nobody waiting, and whoever hung up before an answer has waited too.
    let over = row.ended.is_some();
    let waits = turns.iter().filter(|turn| turn.words.is_some());
    let waited = waits.filter(|turn| over || turn.answer_ms.is_some());
    let silences: Vec<u32> = waited.map(|turn| turn.dead_air_ms).collect();
    let target = app.settings.target_dead_air_ms;
    let full = target.saturating_mul(2).max(1);
    let bars = silences.iter().take(BARS).map(|ms| Bar {
        h: (ms.saturating_mul(100) / full).clamp(8, 100),
        over: *ms > target,
    });
    let worst = silences.iter().max().copied();
    let length = row
        .ended
        .map(|ended| words::ms(u32::try_from(ended.since(row.started)).unwrap_or(u32::MAX)));
    Ok(CallLine {
        id: row.call.to_string(),
        business: names.name(&row.business).to_owned(),
        from: row.from,
        when: words::moment(row.started, names.zone(&row.business)),
        length,
        turns: row.turns,
        live: row.ended.is_none(),
        ending: words::ending(row.outcome.as_deref()),
        code: row.outcome,
        bars: bars.collect(),
        worst,
        over: worst.is_some_and(|worst| worst > target),
        silences,
    })
}

/// Dead air over many turns, as a strip of its percentiles.
#[derive(Clone, Debug, Serialize)]
pub(super) struct DeadAir {
    turns: usize,
    p50: u32,
    p95: u32,
    worst: u32,
    over: bool,
    target: u32,
    /// Places on the strip, percent.
    ticks: Vec<f32>,
    p50_x: f32,
    p95_x: f32,
    target_x: f32,
    axis: String,
}

impl DeadAir {
    /// `None` without a turn.
    pub fn of(lines: &[CallLine], target: u32) -> Option<Self> {
        let all = Percentiles::of(lines.iter().flat_map(|line| line.silences.iter().copied()));
        let (p50, p95, worst) = (all.at(50)?, all.at(95)?, all.max()?);
        let axis = (worst.max(target) * 11 / 10).max(1_000);
        let share = |ms: u32| (ms as f32 / axis as f32 * 1_000.0).round() / 10.0;
        let samples = lines.iter().flat_map(|line| &line.silences);
        Some(Self {
            turns: all.count(),
            p50,
            p95,
            worst,
            over: p95 > target,
            target,
            ticks: samples.take(400).map(|ms| share(*ms)).collect(),
            p50_x: share(p50),
            p95_x: share(p95),
            target_x: share(target),
            axis: words::ms(axis),
        })
    }
}

#[derive(Deserialize)]
struct Query {
    business: Option<String>,
    before: Option<u64>,
}

#[derive(Serialize)]
struct View {
    calls: Vec<CallLine>,
    businesses: Vec<(String, String)>,
    business: Option<String>,
    target: u32,
    older: Option<u64>,
    paged: bool,
}

async fn list(_: Operator, app: web::Data<App>, query: web::Query<Query>) -> Page {
    let chosen = query.business.as_deref().filter(|id| !id.is_empty());
    let business = chosen.and_then(|id| BusinessId::parse(id).ok());
    let filter = CallFilter {
        business: business.clone(),
        live: false,
        before: query.before.map(At),
        limit: PAGE,
    };
    let calls = lines(&app, filter).await?;
    let older = calls.last().filter(|_| calls.len() == PAGE as usize);
    let view = View {
        older: older.map(|call| call.when.at),
        businesses: (app.businesses)()
            .iter()
            .map(|(b, _)| (b.id.to_string(), b.name.clone()))
            .collect(),
        business: business.map(|id| id.to_string()),
        target: app.settings.target_dead_air_ms,
        paged: query.before.is_some(),
        calls,
    };
    page::render(&app, "calls.html", ("calls", "Calls"), view)
}
