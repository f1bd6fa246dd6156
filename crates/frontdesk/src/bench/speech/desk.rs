//! The bench behind the web's port.

use ::bench::{
    Spread,
    speech::{SpeechReport, Words},
};
use anyhow::Context;
use futures::{FutureExt, future::BoxFuture};
use web::{
    BenchDesk, BenchEngine, BenchEstimate, BenchFigure, BenchProgress, BenchRequest, BenchRow,
    BenchWatch,
};

use super::{
    Modes,
    engines::{self, Scope},
    here,
    plan::{MOST_PAID_CHARS, Plan, Sentences, Wish},
    run::{self, Progress, Timing},
    shelf::Shelf,
};
use crate::{config::Live, join, voice::BuiltIn};

/// When nobody says otherwise.
const USUAL: (usize, usize) = (10, 5);

/// More rounds than this are for the command line, where nobody is on the phone.
const MOST_ROUNDS: usize = 50;

/// Measures the voices of a running Frontdesk.
#[derive(Clone)]
pub struct Desk {
    /// Its configuration.
    pub live: Live,
    /// Its built-in voice.
    pub built_in: BuiltIn,
}

impl Desk {
    async fn plan(&self, request: &BenchRequest) -> anyhow::Result<Plan> {
        let wish = wish(request)?;
        let scope = Scope {
            loaded: self.live.current(),
            built_in: self.built_in.clone(),
            opened_ms: None,
        };
        let plan = Plan::make(scope, wish).await?;
        plan.estimate().within(MOST_PAID_CHARS)?;
        Ok(plan)
    }

    fn shelf(&self) -> Shelf {
        Shelf::below(&self.live.current().config.store.data_dir)
    }

    async fn measure(
        self,
        id: String,
        request: BenchRequest,
        mut watch: BenchWatch,
    ) -> anyhow::Result<()> {
        let plan = self.plan(&request).await?;
        let header = here::header(&self.live.current(), again(&request));
        let timing = Timing {
            // Calls may be going on in this process.
            own_process: false,
            keep_clips: false,
        };
        let (outcome, _) = run::run(&plan, timing, |progress| watch(shown(progress))).await;
        let report = outcome.report(id, header, Words::NotAsked);
        let shelf = self.shelf();
        let kept = tokio::task::spawn_blocking(move || shelf.keep(&report)).await;
        kept.context("the report could not be written")??;
        Ok(())
    }
}

fn wish(request: &BenchRequest) -> anyhow::Result<Wish> {
    anyhow::ensure!(
        request.kind == "tts",
        "the kind `{}` cannot be measured from here; `tts` can",
        request.kind
    );
    let rounds = request.rounds.unwrap_or(USUAL.1);
    anyhow::ensure!(
        rounds <= MOST_ROUNDS,
        "{rounds} rounds are more than {MOST_ROUNDS}"
    );
    let mode = match request.mode.as_deref() {
        None | Some("both") => Modes::Both,
        Some("batch") => Modes::Batch,
        Some("stream") => Modes::Stream,
        Some(other) => anyhow::bail!("there is no mode `{other}`: it is batch, stream or both"),
    };
    Ok(Wish {
        providers: request.providers.clone(),
        voices: request.voices.clone(),
        sentences: Sentences::first(request.sentences.unwrap_or(USUAL.0))?,
        rounds,
        warm_up: 1,
        modes: mode.list(),
    })
}

/// The command that does the same.
fn again(request: &BenchRequest) -> String {
    let mut command = "frontdesk bench tts".to_owned();
    for provider in &request.providers {
        command += &format!(" --provider {provider}");
    }
    for voice in &request.voices {
        command += &format!(" --voice {voice}");
    }
    let (sentences, rounds) = (
        request.sentences.unwrap_or(USUAL.0),
        request.rounds.unwrap_or(USUAL.1),
    );
    let mode = request.mode.as_deref().unwrap_or("both");
    command
        + &format!(
            " --sentences {sentences} --rounds {rounds} --mode {mode} (this one beside a running server)"
        )
}

fn shown(progress: &Progress) -> BenchProgress {
    let failed = progress.first_failure.iter();
    BenchProgress {
        total: progress.total,
        done: progress.done,
        failed: failed
            .map(|first| format!("{} failed; the first: {first}", progress.failed))
            .collect(),
    }
}

impl BenchDesk for Desk {
    fn engines(&self) -> Vec<BenchEngine> {
        let loaded = self.live.current();
        let config = &loaded.config;
        let price = |name: &str| join::dollars_per_1000(name, config.vendors.get(name)?);
        let names = engines::names(config).into_iter();
        names
            .map(|name| BenchEngine {
                paid: price(&name).is_some(),
                name,
            })
            .collect()
    }

    fn estimate(
        &self,
        request: &BenchRequest,
    ) -> BoxFuture<'static, Result<BenchEstimate, String>> {
        let (desk, request) = (self.clone(), request.clone());
        async move {
            let plan = desk
                .plan(&request)
                .await
                .map_err(|error| format!("{error:#}"))?;
            let estimate = plan.estimate();
            Ok(BenchEstimate {
                requests: estimate.requests,
                characters: estimate.characters,
                paid_characters: estimate.paid.iter().map(|paid| paid.characters).sum(),
                dollars: estimate.dollars(),
                told: estimate.told(),
                voices: estimate.voices,
            })
        }
        .boxed()
    }

    fn run(
        &self,
        id: String,
        request: BenchRequest,
        watch: BenchWatch,
    ) -> BoxFuture<'static, Result<(), String>> {
        let desk = self.clone();
        async move {
            let done = desk.measure(id, request, watch).await;
            done.map_err(|error| format!("{error:#}"))
        }
        .boxed()
    }

    fn list(&self) -> Vec<BenchRow> {
        self.shelf().list().into_iter().map(row).collect()
    }

    fn file(&self, id: &str, name: &str) -> Option<Vec<u8>> {
        self.shelf().file(id, name)
    }

    fn remove(&self, id: &str) -> bool {
        self.shelf().remove(id)
    }
}

fn row(report: SpeechReport) -> BenchRow {
    let missed = report.checks.iter().filter(|check| !check.met());
    let some = |spread: &Spread, value: f64| (spread.count > 0).then_some(value);
    let figures = report.figures.iter().flat_map(|figure| {
        figure.modes.iter().map(|mode| BenchFigure {
            voice: format!("{} {}", figure.provider, figure.voice),
            mode: mode.mode.name(),
            n: mode.total_ms.count,
            first_p50_ms: some(&mode.first_ms, mode.first_ms.p50),
            first_p95_ms: some(&mode.first_ms, mode.first_ms.p95),
            total_p50_ms: some(&mode.total_ms, mode.total_ms.p50),
            total_p95_ms: some(&mode.total_ms, mode.total_ms.p95),
        })
    });
    BenchRow {
        missed: missed.map(|check| check.name.clone()).collect(),
        figures: figures.collect(),
        counted: report.counted(),
        failed: report.failed(),
        machine: format!("{}, {} cores", report.header.processor, report.header.cores),
        at: report.header.at,
        commit: report.header.commit,
        config: report.header.config,
        kind: report.kind,
        id: report.id,
    }
}
