//! The engines: how each one is, in their order, and a button to hear one now.

use actix_web::web;
use events::At;
use serde::Serialize;

use super::{Operator, Page, page, words};
use crate::{
    App,
    admin::{self, Engine, Ill},
};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/console/providers", web::get().to(all));
}

/// A minute in the picture of the last hour, percent.
#[derive(Serialize)]
struct Bar {
    x: f32,
    up: f32,
    down: f32,
    title: String,
}

/// Something in the timeline.
#[derive(Serialize)]
struct Happened {
    when: words::Moment,
    what: &'static str,
    error: Option<Ill>,
}

/// An engine on the page.
#[derive(Serialize)]
struct Card {
    bars: Vec<Bar>,
    /// The most of a minute, for the axis.
    most: u32,
    timeline: Vec<Happened>,
    /// The line that puts it first; none when it is.
    first: Option<String>,
    asked_again: Option<String>,
    engine: Engine,
}

#[derive(Serialize)]
struct View {
    cards: Vec<Card>,
    chain: String,
    missing: Vec<String>,
}

async fn all(_: Operator, app: web::Data<App>) -> Page {
    let now = app.switchboard.parts().clock.now();
    let chain = app.studio.chain();
    let engines = admin::engines(&app);
    let found = |name: &&String| {
        engines
            .iter()
            .any(|e| configured(chain, &e.name) == Some(*name))
    };
    let missing = chain.iter().filter(|name| !found(name)).cloned().collect();
    let view = View {
        chain: line(chain),
        missing,
        cards: engines.into_iter().map(|e| card(e, chain, now)).collect(),
    };
    page::render(&app, "providers.html", ("providers", "Providers"), view)
}

fn card(engine: Engine, chain: &[String], now: At) -> Card {
    let most = engine
        .minutes
        .iter()
        .map(|m| m.counted.spoke.max(m.counted.failed));
    let most = most.max().unwrap_or(0);
    let part = |n: u32| n as f32 / most.max(1) as f32 * 50.0;
    let bars = engine.minutes.iter().filter_map(|m| {
        let ago = now.since(At(m.from)) / 60_000;
        Some(Bar {
            x: 59_u64.checked_sub(ago)? as f32 / 60.0 * 100.0,
            up: part(m.counted.spoke),
            down: part(m.counted.failed),
            title: format!(
                "{ago} min ago: {} spoken, {} failed",
                m.counted.spoke, m.counted.failed
            ),
        })
    });
    let timeline = engine.incidents.iter().rev().map(|i| Happened {
        when: words::moment(At(i.at), "UTC"),
        what: match i.what {
            "down" => "It failed and is left alone",
            "up" => "It speaks again",
            _ => "It failed",
        },
        error: i.error.clone(),
    });
    let name = configured(chain, &engine.name);
    let first = name.filter(|name| chain.first() != Some(name)).map(|name| {
        let rest = chain.iter().filter(|other| *other != name);
        line(
            &std::iter::once(name)
                .chain(rest)
                .cloned()
                .collect::<Vec<_>>(),
        )
    });
    Card {
        bars: bars.collect(),
        most,
        timeline: timeline.collect(),
        first,
        asked_again: engine
            .asked_again_in_ms
            .map(|ms| words::ms(u32::try_from(ms).unwrap_or(u32::MAX))),
        engine,
    }
}

/// The configured name of an engine: some have a longer name of their own.
fn configured<'a>(chain: &'a [String], engine: &str) -> Option<&'a String> {
    let plain = engine.replace('-', "_");
    let fits = chain
        .iter()
        .filter(|name| plain.starts_with(name.replace('-', "_").as_str()));
    fits.max_by_key(|name| name.len())
}

fn line(chain: &[String]) -> String {
    let names: Vec<_> = chain.iter().map(|name| format!("\"{name}\"")).collect();
    format!("chain = [{}]", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_found_in_the_chain_by_its_configured_name() {
        let chain = ["far", "far_api", "near"].map(str::to_owned);
        let name = |engine| configured(&chain, engine).map(String::as_str);
        assert_eq!(name("far"), Some("far"));
        assert_eq!(name("far-api"), Some("far_api"));
        assert_eq!(name("near-ng"), Some("near"));
        assert_eq!(name("else"), None);
        assert_eq!(line(&chain), "chain = [\"far\", \"far_api\", \"near\"]");
    }
}
