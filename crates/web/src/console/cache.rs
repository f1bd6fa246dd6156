//! The cache: how often what callers hear was there already, by layer and over time, and throwing things out.

use actix_web::web;
use serde::{Deserialize, Serialize};

use super::{
    Operator, Page,
    chart::{self, Rates, Span, bytes, share},
    page,
};
use crate::{
    App,
    admin::{self, LayerRow, Overview},
    studio::Account,
};

/// After its first calls a house should find so many of a hundred sentences.
const TARGET: u32 = 60;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/console/cache", web::get().to(show));
}

#[derive(Deserialize)]
struct Query {
    window: Option<String>,
}

/// A layer on the page.
#[derive(Serialize)]
struct Layer {
    rate: String,
    read: String,
    written: String,
    holds: Option<String>,
    row: LayerRow,
}

/// What an engine's clips saved.
#[derive(Serialize)]
struct Saving {
    rate: String,
    saved: Option<String>,
    spent: Option<String>,
    account: Account,
}

#[derive(Serialize)]
struct View {
    week: bool,
    found: u64,
    sentences: u64,
    rate: String,
    saved: String,
    unpriced: Vec<String>,
    charts: Vec<Rates>,
    layers: Vec<Layer>,
    savings: Vec<Saving>,
    businesses: Vec<(String, String)>,
    voices: Vec<(String, String, String)>,
}

async fn show(_: Operator, app: web::Data<App>, query: web::Query<Query>) -> Page {
    let week = query.window.as_deref() == Some("week");
    let all = admin::overview(&app).await;
    let charts = charts(&all, week, app.switchboard.parts().clock.now().0);
    let found: u64 = all.accounts.iter().map(|a| a.found).sum();
    let spoken: u64 = all.accounts.iter().map(|a| a.spoken).sum();
    let businesses = (app.businesses)();
    let view = View {
        week,
        found,
        sentences: found + spoken,
        rate: share(found, found + spoken),
        saved: dollars(all.saved_usd),
        unpriced: all.unpriced,
        charts,
        layers: all.layers.into_iter().map(layer).collect(),
        savings: all.accounts.into_iter().map(saving).collect(),
        businesses: businesses
            .iter()
            .map(|(b, _)| (b.id.to_string(), b.name.clone()))
            .collect(),
        voices: admin::voices(&app)
            .into_iter()
            .map(|v| (v.provider, v.id, v.name))
            .collect(),
    };
    page::render(&app, "cache.html", ("cache", "Cache"), view)
}

fn layer(row: LayerRow) -> Layer {
    let clips = |n: u64| format!("{n} clip{}, ", if n == 1 { "" } else { "s" });
    Layer {
        rate: share(row.hits, row.hits + row.misses),
        read: bytes(row.read_bytes),
        written: bytes(row.written_bytes),
        holds: row
            .entries
            .map(|n| clips(n) + &bytes(row.bytes.unwrap_or(0))),
        row,
    }
}

fn saving(account: Account) -> Saving {
    Saving {
        rate: share(account.found, account.found + account.spoken),
        saved: account.saved_usd.map(dollars),
        spent: account.spent_usd.map(dollars),
        account,
    }
}

/// Small sums keep the figures that say something.
fn dollars(usd: f64) -> String {
    match usd {
        0.0 => "$0".to_owned(),
        usd if usd < 0.01 => format!("${usd:.5}"),
        usd if usd < 10.0 => format!("${usd:.3}"),
        usd => format!("${usd:.2}"),
    }
}

/// Sentences first, then each layer.
fn charts(all: &Overview, week: bool, now: u64) -> Vec<Rates> {
    let (buckets, span) = if week {
        let ticks = ["7 days ago", "", "", "now"];
        (
            &all.hours,
            Span {
                to: now,
                step_ms: 3_600_000,
                steps: 168,
                ticks,
            },
        )
    } else {
        let ticks = ["3 h ago", "2 h ago", "1 h ago", "now"];
        (
            &all.minutes,
            Span {
                to: now,
                step_ms: 60_000,
                steps: 180,
                ticks,
            },
        )
    };
    let sentences: Vec<_> = buckets
        .iter()
        .map(|b| (b.from, b.found, b.found + b.spoken))
        .collect();
    let mut charts = vec![chart::rates(
        "Sentences of calls",
        &sentences,
        span,
        Some(TARGET),
    )];
    for layer in &all.layers {
        let points: Vec<_> = buckets
            .iter()
            .filter_map(|bucket| {
                let of = bucket.layers.iter().find(|l| l.layer == layer.layer)?;
                Some((bucket.from, of.hits, of.hits + of.misses))
            })
            .collect();
        charts.push(chart::rates(
            &format!("Layer {}", layer.layer),
            &points,
            span,
            None,
        ));
    }
    charts
}

#[cfg(test)]
mod tests {
    use super::dollars;

    #[test]
    fn small_sums_are_not_rounded_away() {
        let read = [0.0, 0.000_42, 0.5, 12.0].map(dollars);
        assert_eq!(read, ["$0", "$0.00042", "$0.500", "$12.00"]);
    }
}
