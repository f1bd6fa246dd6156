//! The front door: what the web is told about the configuration.

use std::{sync::Arc, time::Duration};

use agent::Business;
use carrier_sim::NetworkConfig;
use switchboard::{Parts, Switchboard};
use web::{App, Meter, Templates};

use super::wellbeing::Wellbeing;
use crate::{
    config::{Config, Live, Loaded, Problem},
    join,
    phone::Switch,
};

/// The web application over these parts; `network` is the simulated one, whose signatures are believed too.
///
/// # Errors
/// Which template cannot be read.
pub fn app(
    live: &Live,
    parts: Parts,
    network: &NetworkConfig,
    wellbeing: Wellbeing,
) -> anyhow::Result<App> {
    let (listing, reloading, complaining) = (live.clone(), live.clone(), live.clone());
    let phones = Switch {
        config: network.clone(),
        tasks: parts.tasks.clone(),
    };
    Ok(App {
        settings: settings(&live.current().config, network),
        switchboard: Switchboard::new(parts),
        templates: Templates::load(None)?,
        meter: Meter::new(env!("CARGO_PKG_VERSION")),
        phones: Some(Arc::new(phones)),
        businesses: Box::new(move || list(&listing.current())),
        reload: Box::new(move || {
            let status = reloading.reload();
            if status.ok {
                Ok(format!("revision {}", status.revision))
            } else {
                Err(complaints(&status.errors))
            }
        }),
        complaint: Box::new(move || {
            let status = complaining.status();
            (!status.ok).then(|| complaints(&status.errors))
        }),
        further: Box::new(move || wellbeing.checks()),
        jobs: web::admin::Jobs::default(),
        benches: None,
        lines: web::admin::Lines::default(),
        studio: studio(&live.current().config),
        draining: web::Draining::default(),
        mismatches: web::webhooks::Mismatches::default(),
        traffic: web::webhooks::Traffic::default(),
    })
}

/// What the pages about voices know of the configuration.
fn studio(config: &Config) -> web::Studio {
    let ahead = config.ahead.clone();
    let price = move |engine: &str| join::price(&ahead, engine);
    web::Studio::new(config.speech.chain.clone(), Box::new(price))
}

fn settings(config: &Config, network: &NetworkConfig) -> web::Settings {
    let mut tokens = config.carrier.tokens();
    let mut simulated = Vec::new();
    if config.llm.is_none() {
        simulated.push("the agent is scripted".to_owned());
    }
    if tokens.is_empty() {
        simulated.push("the telephone network is built in".to_owned());
    }
    tokens.push(network.auth_token.clone());
    web::Settings {
        public_url: network
            .public_url
            .clone()
            .unwrap_or_else(|| network.base_url.clone()),
        tokens,
        accounts: accounts(config, network),
        skip_signatures: config.carrier.insecure_skip_signature,
        admin_token: config
            .server
            .admin_token
            .as_ref()
            .map(|secret| secret.reveal().to_owned()),
        version: env!("CARGO_PKG_VERSION"),
        target_dead_air_ms: config.targets.dead_air_p95_ms,
        simulated,
        webhook_bytes: config.limits.webhook_kb as usize * 1024,
        json_bytes: config.limits.json_kb as usize * 1024,
        request: Duration::from_secs(config.limits.request_s.into()),
    }
}

/// The accounts whose webhooks are ours. Without a configured one, every account that a token of ours signed for.
fn accounts(config: &Config, network: &NetworkConfig) -> Vec<String> {
    let own = config.carrier.account_sid.clone();
    own.map_or(Vec::new(), |own| vec![own, network.account_sid.clone()])
}

fn list(loaded: &Loaded) -> Vec<(Arc<Business>, String)> {
    let source = |path: &Option<std::path::PathBuf>| {
        path.as_ref()
            .map_or("built in".to_owned(), |p| p.display().to_string())
    };
    loaded
        .businesses
        .iter()
        .map(|file| (file.business.clone(), source(&file.path)))
        .collect()
}

fn complaints(errors: &[Problem]) -> String {
    errors
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}
