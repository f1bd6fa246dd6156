//! The calls that are going on. A script keeps the page in step over the admin API's stream of live calls.

use std::collections::HashMap;

use actix_web::web;
use serde::Serialize;

use super::{Operator, Page, calls::Names, page};
use crate::App;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/console/live", web::get().to(live));
}

/// A call that is going on.
#[derive(Serialize)]
pub(super) struct LiveLine {
    id: String,
    business: String,
    from: Option<String>,
    doing: &'static str,
    turn: u32,
    since: u64,
    started: u64,
    line: String,
    /// Whole seconds, for pages that are not kept in step.
    lasts: String,
}

/// The calls of this moment.
pub(super) fn lines(app: &App, names: &Names) -> Vec<LiveLine> {
    let now = app.switchboard.parts().clock.now();
    let calls = app.switchboard.live().into_iter();
    calls
        .map(|call| LiveLine {
            id: call.call.to_string(),
            business: names.name(&call.business).to_owned(),
            from: call.from,
            doing: call.doing,
            turn: call.turn.0,
            since: call.since.0,
            started: call.started.0,
            line: call.line,
            lasts: clock(now.since(call.started)),
        })
        .collect()
}

fn clock(ms: u64) -> String {
    format!("{}:{:02}", ms / 60_000, ms / 1000 % 60)
}

#[derive(Serialize)]
struct View<'a> {
    calls: Vec<LiveLine>,
    names: HashMap<&'a str, &'a str>,
}

async fn live(_: Operator, app: web::Data<App>) -> Page {
    let names = Names::of(&app);
    let view = View {
        calls: lines(&app, &names),
        names: names.by_id(),
    };
    page::render(&app, "live.html", ("live", "Live calls"), view)
}
