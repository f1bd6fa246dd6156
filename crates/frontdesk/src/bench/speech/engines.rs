//! Which voices there are to be measured.

use std::sync::Arc;

use ::bench::speech::Target;
use anyhow::Context;
use providers::Http;
use speech_embedded::models;
use tts::{Tts, VoiceInfo};

use super::plan::Wish;
use crate::{
    config::{Config, Loaded},
    join::{self, Company},
    voice::{self, BuiltIn},
};

/// Engines that need no account, in the order of their quality.
const BUILT_IN: [&str; 3] = ["embedded", "flite", "espeak"];

/// Where voices come from.
#[derive(Clone)]
pub struct Scope {
    /// The configuration.
    pub loaded: Arc<Loaded>,
    /// The voice that is built in, opened or not.
    pub built_in: BuiltIn,
    /// How long opening it took, ms, when that was done for this run.
    pub opened_ms: Option<f64>,
}

/// An engine with the voices in which it is asked.
pub struct Engine {
    /// Its name in `speech.chain`.
    pub name: String,
    /// The engine.
    pub tts: Arc<dyn Tts>,
    /// The voice it speaks with when nobody chooses.
    pub voice: Option<String>,
    /// Version or model.
    pub version: String,
    /// Dollars for a thousand characters.
    pub price: Option<f64>,
    /// How long opening it took, ms.
    pub opened_ms: Option<f64>,
}

/// A voice to be asked.
#[derive(Clone)]
pub struct Asked {
    /// The engine.
    pub tts: Arc<dyn Tts>,
    /// Its name for the report.
    pub target: Target,
    /// Dollars for a thousand characters.
    pub price: Option<f64>,
    /// Whether its work is done by this process.
    pub in_process: bool,
}

/// Opens the built-in voice when it is wanted and not open yet. When that fails, it has no voices, and the plan says so.
pub async fn open_built_in(scope: Scope, wish: &Wish) -> Scope {
    let wanted =
        wish.providers.is_empty() || wish.providers.iter().any(|name| alias(name) == "embedded");
    if !wanted || !scope.built_in.voices().is_empty() {
        return scope;
    }
    let (built_in, loaded) = (scope.built_in.clone(), scope.loaded.clone());
    let opened = tokio::task::spawn_blocking(move || super::open(&built_in, &loaded)).await;
    let opened_ms = match opened {
        Ok(Ok(ms)) => Some(ms),
        Ok(Err(error)) => {
            tracing::warn!(
                error = format!("{error:#}"),
                "the built-in voice cannot be opened"
            );
            None
        }
        Err(_) => None,
    };
    Scope { opened_ms, ..scope }
}

/// Another word for the same engine.
pub fn alias(name: &str) -> &str {
    match name {
        "hibari" => "embedded",
        "espeak-ng" => "espeak",
        name => name,
    }
}

/// Every name that may be asked for: those of the chain, then those that are built in.
pub fn names(config: &Config) -> Vec<String> {
    let mut names = config.speech.chain.clone();
    for name in BUILT_IN {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

impl Scope {
    /// The engine of this name, or why there is none.
    ///
    /// # Errors
    /// Which setting cannot work, or what is not installed.
    pub fn engine(&self, name: &str, http: &Http) -> anyhow::Result<Engine> {
        let config = &self.loaded.config;
        let scratch = config.store.data_dir.join("scratch");
        let found = voice::engine(name, config, http, &scratch, &self.built_in)?;
        let Company { tts, voice } = found.with_context(|| {
            format!(
                "{name} is not on this machine; install the package `{}`",
                package(name)
            )
        })?;
        let vendor = config.vendors.get(name);
        Ok(Engine {
            voice: voice.map(|voice| voice.id),
            version: self.version(name),
            price: vendor.and_then(|vendor| join::dollars_per_1000(name, vendor)),
            opened_ms: self.opened_ms.filter(|_| name == "embedded"),
            name: name.to_owned(),
            tts,
        })
    }

    fn version(&self, name: &str) -> String {
        let asked = match name {
            "embedded" => {
                let package = models::PACKAGES.first();
                return package.map_or(String::new(), |p| format!("{} {}", p.name, p.version));
            }
            "flite" => ("flite", "--version"),
            "espeak" | "espeak-ng" => ("espeak-ng", "--version"),
            name => {
                let model = self.loaded.config.vendors.get(name);
                let model = model.and_then(|vendor| vendor.model.clone());
                return model.unwrap_or_else(|| "the model that is preset".to_owned());
            }
        };
        super::here::first_line(asked.0, &[asked.1])
    }
}

fn package(name: &str) -> &str {
    match name {
        "espeak" => "espeak-ng",
        name => name,
    }
}

impl Engine {
    /// The voices in which it is asked: those that were named and that it has, else its own.
    pub fn asked(&self, named: &[String]) -> Vec<Asked> {
        let known = self.tts.voices();
        let own = || {
            let first = || known.first().map(|voice| voice.id.clone());
            self.voice.clone().or_else(first)
        };
        let ids: Vec<String> = match named {
            [] => own().into_iter().collect(),
            named => named.iter().filter(|id| has(&known, id)).cloned().collect(),
        };
        ids.into_iter().map(|voice| self.with(voice)).collect()
    }

    fn with(&self, voice: String) -> Asked {
        Asked {
            tts: self.tts.clone(),
            target: Target {
                provider: self.tts.name().to_owned(),
                voice,
                version: self.version.clone(),
                opened_ms: self.opened_ms,
                given_up: None,
            },
            price: self.price,
            in_process: self.name == "embedded",
        }
    }
}

fn has(known: &[VoiceInfo], id: &str) -> bool {
    known.iter().any(|voice| voice.id == id)
}
