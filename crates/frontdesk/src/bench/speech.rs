//! `frontdesk bench tts`: every voice that is configured, asked one by one.
//!
//! The decision: the same plan, the same run and the same report serve the command line and the console; only who starts
//! it and who watches it differ. What costs money is told before anything is sent, and is never more than a cap.

mod desk;
mod ear;
mod engines;
mod here;
mod plan;
mod run;
mod shelf;

use std::{io::IsTerminal, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    config::Live,
    log::say,
    voice::{self, BuiltIn},
};

pub use desk::Desk;
use engines::Scope;
use plan::{Estimate, Plan, Sentences, Wish};
use run::{Progress, Timing};
use shelf::Shelf;

/// `frontdesk bench tts`
#[derive(Args, Debug)]
pub struct Tts {
    /// An engine to measure, by its name in `speech.chain`; may be repeated [default: all that are configured, and those
    /// that are built in]
    #[arg(long = "provider", value_name = "NAME")]
    pub providers: Vec<String>,
    /// A voice to measure; may be repeated [default: the voice each engine speaks with]
    #[arg(long = "voice", value_name = "ID")]
    pub voices: Vec<String>,
    /// How many of the sentences that come with Frontdesk, or a file with one sentence a line
    #[arg(long, value_name = "N|FILE", default_value = "10")]
    pub sentences: String,
    /// How often each sentence is said
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// How often before that, for nothing
    #[arg(long, value_name = "ROUNDS", default_value_t = 1)]
    pub warm_up: usize,
    /// Whole clips, sound as it comes, or both
    #[arg(long, value_enum, default_value_t = Modes::Both)]
    pub mode: Modes,
    /// Also count the words that a recogniser hears wrong
    #[arg(long)]
    pub wer: bool,
    /// Put report.html, report.json and report.md into this folder, too
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    /// Do not ask before sending text to companies that charge for it
    #[arg(long)]
    pub yes: bool,
    /// The most characters that may be sent to companies that charge for them
    #[arg(long, value_name = "CHARACTERS", default_value_t = plan::MOST_PAID_CHARS)]
    pub max_paid: usize,
    /// Exit with 1 also when an aim was missed, not only when requests failed
    #[arg(long)]
    pub strict: bool,
}

/// Which ways of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Modes {
    /// Words in, finished telephone clip out
    Batch,
    /// Words in, sound as it comes
    Stream,
    /// One after the other
    Both,
}

/// How often a line is written where there is no terminal.
const TELL: Duration = Duration::from_secs(5);

/// Runs it.
///
/// # Errors
/// What is in the way, and what to do.
pub async fn tts(live: Live, options: Tts) -> anyhow::Result<ExitCode> {
    let loaded = live.current();
    let wish = Wish {
        providers: options.providers.clone(),
        voices: options.voices.clone(),
        sentences: Sentences::parse(&options.sentences)?,
        rounds: options.rounds,
        warm_up: options.warm_up,
        modes: options.mode.list(),
    };
    let scope = Scope {
        loaded: loaded.clone(),
        built_in: BuiltIn::default(),
        opened_ms: None,
    };
    let scope = engines::open_built_in(scope, &wish).await;
    let plan = Plan::make(scope, wish).await?;
    let estimate = plan.estimate();
    estimate.within(options.max_paid)?;
    if !agreed(&estimate, options.yes)? {
        say("Nothing was sent.");
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("{}", estimate.told());
    let id = uuid::Uuid::now_v7().simple().to_string();
    let header = here::header(&loaded, here::own_command());
    let timing = Timing {
        own_process: true,
        keep_clips: options.wer,
    };
    let watch = Watch::start(estimate.requests);
    let (outcome, clips) = run::run(&plan, timing, |progress| watch.tell(progress)).await;
    watch.end();
    let words = match options.wer {
        true => ear::listen(&plan, clips).await,
        false => ::bench::speech::Words::NotAsked,
    };
    let report = outcome.report(id, header, words);
    let shelf = Shelf::below(&loaded.config.store.data_dir);
    let kept = shelf.keep(&report)?;
    if let Some(folder) = &options.out {
        shelf::write(folder, &report)?;
    }
    match options.json {
        true => say(serde_json::to_string(&report)?),
        false => say(report.text()),
    }
    let shown = options.out.as_ref().unwrap_or(&kept);
    eprintln!("Report: {}", shown.join("report.html").display());
    let good = report.failed() == 0 && (!options.strict || report.meets_all());
    Ok(ExitCode::from(u8::from(!good)))
}

impl Modes {
    fn list(self) -> Vec<::bench::speech::Mode> {
        use ::bench::speech::Mode::{Batch, Stream};
        match self {
            Self::Batch => vec![Batch],
            Self::Stream => vec![Stream],
            Self::Both => vec![Batch, Stream],
        }
    }
}

/// Whether what it costs is fine with whoever started it.
fn agreed(estimate: &Estimate, yes: bool) -> anyhow::Result<bool> {
    if yes || !estimate.costs() {
        return Ok(true);
    }
    let told = estimate.told();
    anyhow::ensure!(
        std::io::stdin().is_terminal(),
        "{told}; agree with --yes, or choose others with --provider"
    );
    eprint!("{told}. Continue? [y/N] ");
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .context("the answer cannot be read")?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Shows how it goes: a bar on a terminal, else a line now and then.
struct Watch {
    bar: ProgressBar,
    told: std::sync::Mutex<std::time::Instant>,
    lines: bool,
}

impl Watch {
    fn start(requests: usize) -> Self {
        let bar = ProgressBar::new(requests as u64);
        if let Ok(style) =
            ProgressStyle::with_template("[{bar:30}] {pos}/{len} · {msg} · ETA {eta}")
        {
            bar.set_style(style.progress_chars("=> "));
        }
        Self {
            lines: !std::io::stderr().is_terminal(),
            bar,
            told: std::sync::Mutex::new(std::time::Instant::now()),
        }
    }

    fn tell(&self, progress: &Progress) {
        let words = progress.told();
        self.bar.set_position(progress.done as u64);
        self.bar.set_message(words.clone());
        let mut told = self
            .told
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        if self.lines && told.elapsed() >= TELL {
            *told = std::time::Instant::now();
            eprintln!("{} of {} · {words}", progress.done, progress.total);
        }
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Where the models of the built-in voice are opened from, and how long that took, ms.
fn open(built_in: &BuiltIn, loaded: &crate::config::Loaded) -> anyhow::Result<f64> {
    let began = std::time::Instant::now();
    let config = &loaded.config;
    voice::open(built_in, &config.speech, &config.store.data_dir)?;
    Ok(began.elapsed().as_secs_f64() * 1e3)
}
