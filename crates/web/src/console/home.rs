//! The first page: how things stand, where the carrier is to be pointed, and what to do next.

use std::time::Duration;

use actix_web::web;
use serde::Serialize;
use store::CallFilter;
use switchboard::FillerState;

use super::{
    Operator, Page,
    calls::{self, CallLine, DeadAir, Names},
    live::{self, LiveLine},
    page, words,
};
use crate::{App, health, webhooks::Mismatch};

/// Calls whose dead air is counted; of these the first are listed.
const COUNTED: u32 = 40;
const LISTED: usize = 6;

/// How long a check may take here: a person waits longer than a load balancer, and a busy disk is no fault.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/console/", web::get().to(home));
}

/// One check of the house.
#[derive(Serialize)]
struct Check {
    label: &'static str,
    ok: bool,
    detail: String,
}

/// A business and where its carrier is to be pointed.
#[derive(Serialize)]
struct Line {
    id: String,
    name: String,
    numbers: Vec<String>,
    source: String,
    incoming: String,
    fallback: String,
    status: String,
    fillers_missing: usize,
}

/// Something to do next.
#[derive(Serialize)]
struct Step {
    done: bool,
    title: &'static str,
    text: String,
    link: Option<String>,
    label: &'static str,
}

#[derive(Serialize)]
struct Refused {
    when: words::Moment,
    #[serde(flatten)]
    mismatch: Mismatch,
}

#[derive(Serialize)]
struct View {
    live: Vec<LiveLine>,
    checks: Vec<Check>,
    well: bool,
    voice_up: bool,
    dead: Option<DeadAir>,
    calls: Vec<CallLine>,
    counted: usize,
    lines: Vec<Line>,
    local_only: bool,
    public_url: String,
    steps: Vec<Step>,
    steps_left: usize,
    refused: Vec<Refused>,
    simulated: Vec<String>,
    target: u32,
}

async fn home(_: Operator, app: web::Data<App>) -> Page {
    let filter = CallFilter {
        business: None,
        live: false,
        before: None,
        limit: COUNTED,
    };
    let mut calls = calls::lines(&app, filter).await?;
    let target = app.settings.target_dead_air_ms;
    let dead = DeadAir::of(&calls, target);
    let counted = calls.len();
    calls.truncate(LISTED);
    let checks = checks(&app).await;
    let lines = lines(&app).await?;
    let local_only = local(&app.settings.public_url);
    let steps = steps(&app, &lines, counted, local_only);
    let view = View {
        live: live::lines(&app, &Names::of(&app)),
        well: checks.iter().all(|check| check.ok),
        voice_up: checks
            .iter()
            .any(|check| check.label == "Voice" && check.ok),
        checks,
        dead,
        calls,
        counted,
        lines,
        local_only,
        public_url: app.settings.public_url.clone(),
        steps_left: steps.iter().filter(|step| !step.done).count(),
        steps,
        refused: refused(&app),
        simulated: app.settings.simulated.clone(),
        target,
    };
    page::render(&app, "home.html", ("home", "Home"), view)
}

/// The webhooks that were turned away last.
fn refused(app: &App) -> Vec<Refused> {
    let last = app.mismatches.list().into_iter().take(3);
    last.map(|mismatch| Refused {
        when: words::moment(mismatch.at, "UTC"),
        mismatch,
    })
    .collect()
}

async fn checks(app: &App) -> Vec<Check> {
    let checks = health::checks(app, PATIENCE).await.into_iter();
    checks
        .map(|check| Check {
            label: match check.name {
                "records" => "Records",
                "objects" => "Audio store",
                "voice" => "Voice",
                "configuration" => "Configuration",
                other => other,
            },
            ok: check.ok,
            detail: check.detail,
        })
        .collect()
}

async fn lines(app: &App) -> Result<Vec<Line>, store::StoreError> {
    let base = &app.settings.public_url;
    let mut lines = Vec::new();
    for (business, source) in (app.businesses)() {
        let fillers = app.switchboard.fillers(&business).await?;
        let missing = fillers.iter().filter(|row| row.state != FillerState::Ready);
        let id = &business.id;
        lines.push(Line {
            id: id.to_string(),
            name: business.name.clone(),
            numbers: business.numbers.clone(),
            source,
            incoming: format!("{base}/voice/incoming/{id}"),
            fallback: format!("{base}/voice/fallback/{id}"),
            status: format!("{base}/voice/status/{id}"),
            fillers_missing: missing.count(),
        });
    }
    Ok(lines)
}

/// Whether a carrier cannot reach this address.
fn local(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or(rest);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let private = ["127.", "10.", "192.168."];
    let named = ["localhost", "[::1]", "0.0.0.0"];
    let numbers = name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    named.contains(&name) || numbers && private.iter().any(|start| name.starts_with(start))
}

/// What remains to be done on the way from the download to the first real call.
fn steps(app: &App, lines: &[Line], calls: usize, local_only: bool) -> Vec<Step> {
    vec![
        try_it(calls),
        make_fillers(lines),
        describe(lines),
        give_address(&app.settings.public_url, local_only),
        connect(app),
    ]
}

fn try_it(calls: usize) -> Step {
    Step {
        done: calls > 0,
        title: "Call it from here",
        text: "Type to the agent and hear what a caller hears. No account needed.".into(),
        link: Some("/console/call".into()),
        label: "Make a test call",
    }
}

fn make_fillers(lines: &[Line]) -> Step {
    let missing: usize = lines.iter().map(|line| line.fillers_missing).sum();
    let first = lines.first().map_or("", |line| line.id.as_str());
    Step {
        done: missing == 0,
        title: "Make the fillers",
        text: format!(
            "{missing} clips are missing or stale; until they are made, nothing covers a wait."
        ),
        link: Some(format!("/console/fillers/{first}")),
        label: "Open the fillers",
    }
}

fn describe(lines: &[Line]) -> Step {
    Step {
        done: lines.iter().any(|line| line.source != "built in"),
        title: "Describe your business",
        text: "Put a file into businesses/: name, hours, services, prices, answers. It is read again as you save it.".into(),
        link: None,
        label: "",
    }
}

fn give_address(url: &str, local_only: bool) -> Step {
    Step {
        done: !local_only,
        title: "Give it a public address",
        text: format!(
            "{url} can only be reached from here. Set public_url in frontdesk.toml, or FRONTDESK_PUBLIC_URL."
        ),
        link: None,
        label: "",
    }
}

fn connect(app: &App) -> Step {
    let simulated = &app.settings.simulated;
    Step {
        done: !simulated.iter().any(|what| what.contains("network")),
        title: "Connect the carrier",
        text: "Give Frontdesk the account's auth token, so that signatures can be checked, and paste the address on this page into the number's settings.".into(),
        link: None,
        label: "",
    }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn a_carrier_does_not_reach_this_machine_by_its_own_names() {
        for url in [
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:8080",
            "http://192.168.1.5",
        ] {
            assert!(local(url), "{url}");
        }
        for url in [
            "https://fd.example.com",
            "https://localhost.example.com",
            "https://10.example.com",
        ] {
            assert!(!local(url), "{url}");
        }
    }
}
