//! `frontdesk bench`: this program against a telephone network, each on a core of its own.
//!
//! The decision: the server that is measured is a process of this same binary, the same house as `serve` opens, with a
//! scripted pipeline in place of the agent and the voice. The calls come from here; what the server decided is read from
//! its records after it has ended.

mod pipeline;
mod server;
mod speech;

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    sync::Arc,
    time::Duration,
};

use ::bench::{Load, Machine, Placed, Report, Setup, TurnFigure, Watch};
use anyhow::Context;
use carrier_sim::{CallReport, Network, NetworkConfig, Script};
use clap::{Args, Subcommand};
use events::CallId;
use serde::{Deserialize, Serialize};
use store::{Records, SqliteRecords};

use crate::log::say;

pub use server::server;
pub use speech::{Desk, Tts, tts};

/// What a caller asks, one a turn, over and over. None is so short that it would get no filler.
const QUESTIONS: [&str; 5] = [
    "Could you tell me whether you have time on Tuesday?",
    "What would a cleaning cost me on a Saturday morning?",
    "Is there a place where I can leave my car?",
    "I would like to know who works there on Friday.",
    "Please tell me how long a checkup takes with you.",
];

/// How long the server may take to be ready, or to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// `frontdesk bench`
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// The webhook line under load: how fast it answers, and what callers hear
    Webhook(Webhook),
    /// Every voice that is configured: first sound, whole clips, level, errors
    Tts(Tts),
    /// The server that is measured; started by the others
    #[command(hide = true)]
    Server(Pipeline),
}

/// `frontdesk bench webhook`
#[derive(Args, Debug)]
pub struct Webhook {
    /// Calls to place
    #[arg(long, default_value_t = 200)]
    pub calls: usize,
    /// Turns of each call
    #[arg(long, default_value_t = 10)]
    pub turns: usize,
    /// New calls a second
    #[arg(long, default_value_t = 50.0)]
    pub rate: f64,
    /// Calls placed before, which do not count: the server learns from them how long its answers take
    #[arg(long, value_name = "CALLS", default_value_t = 20)]
    pub warm_up: usize,
    #[command(flatten)]
    pub pipeline: Pipeline,
    /// The carrier's round trip for each webhook, ms
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub rtt: u32,
    /// How long the carrier waits for the end of speech, ms; in no figure
    #[arg(long, value_name = "MS", default_value_t = 500)]
    pub endpoint: u32,
    /// What each caller does, instead of asking questions (a script as for `frontdesk call`)
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Write the whole report as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the report with charts, as one page
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Exit with 1 also when a time missed its aim, not only for invalid documents and errors
    #[arg(long)]
    pub strict: bool,
}

/// The work behind each turn, and how fast time passes.
#[derive(Args, Clone, Debug)]
pub struct Pipeline {
    /// From the caller's words to the first sentence's audio, ms
    #[arg(long, value_name = "MS", default_value_t = 4_000)]
    pub pipeline_ms: u32,
    /// How far that may stray, ms either way
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub jitter_ms: u32,
    /// How much faster than real time everything runs; times are given as the callers lived them
    #[arg(long, default_value_t = 1.0)]
    pub speed: f64,
}

/// What the server says when it is ready, in one line.
#[derive(Debug, Serialize, Deserialize)]
struct Ready {
    base_url: String,
    auth_token: String,
    business: String,
}

/// A folder that is removed at the end.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs `frontdesk bench webhook`.
///
/// # Errors
/// What is in the way.
pub fn webhook(options: &Webhook) -> anyhow::Result<ExitCode> {
    let cores = ::bench::cores()?;
    let (Some(&load), Some(&last)) = (cores.first(), cores.last()) else {
        anyhow::bail!("no core may be used");
    };
    if load == last {
        say(
            "There is one core only: the calls share it with the server, and every figure suffers.",
        );
    }
    let mut machine = Machine::here(last, load, cores.len());
    let scratch =
        Scratch(std::env::temp_dir().join(format!("frontdesk-bench-{}", uuid::Uuid::now_v7())));
    std::fs::create_dir_all(&scratch.0)
        .with_context(|| format!("cannot write {}", scratch.0.display()))?;
    let (mut child, ready) = start(&scratch.0, last, &options.pipeline)?;
    ::bench::pin_to(load)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let measured = runtime.block_on(measure(options, &ready, child.id(), (last, load)));
    let ended = stop(&mut child);
    let (placed, used, generator) = measured?;
    ended?;
    machine.after();
    let rtt_ms = f64::from(options.rtt);
    let turns = runtime.block_on(turns(&scratch.0, &placed.reports, rtt_ms))?;
    let mut report = Report::new(
        setup(options),
        machine,
        used,
        &placed.reports,
        placed.lost,
        turns,
    );
    report.generator = generator;
    publish(options, &report)?;
    let good = report.is_sound() && (!options.strict || report.meets_all());
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn setup(options: &Webhook) -> Setup {
    Setup {
        command: std::env::args()
            .skip(1)
            .fold("frontdesk".to_owned(), |line, word| line + " " + &word),
        calls: options.calls,
        turns: options.turns,
        rate: options.rate,
        warm_up: options.warm_up,
        pipeline_ms: options.pipeline.pipeline_ms,
        jitter_ms: options.pipeline.jitter_ms,
        rtt_ms: options.rtt,
        endpoint_ms: options.endpoint,
        speed: options.pipeline.speed,
    }
}

/// The server, on its core, once it is ready.
fn start(folder: &Path, core: usize, pipeline: &Pipeline) -> anyhow::Result<(Child, Ready)> {
    let program = std::env::current_exe().context("this program cannot find itself")?;
    let log = std::fs::File::create(folder.join("server.log"))?;
    let mut command = Command::new(program);
    command
        .args([
            "bench",
            "server",
            "--bind",
            "127.0.0.1:0",
            "--data-dir",
            "data",
        ])
        .args(["--pipeline-ms", &pipeline.pipeline_ms.to_string()])
        .args(["--jitter-ms", &pipeline.jitter_ms.to_string()])
        .args(["--speed", &pipeline.speed.to_string()])
        // The empty configuration, whatever this machine is configured to.
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log);
    // A process starts on the core of the thread that starts it.
    let starter = std::thread::spawn(move || -> anyhow::Result<Child> {
        ::bench::pin_to(core)?;
        command.spawn().context("the server cannot be started")
    });
    let mut child = starter
        .join()
        .unwrap_or_else(|_| anyhow::bail!("the server cannot be started"))?;
    let mut line = String::new();
    if let Some(out) = child.stdout.take() {
        BufReader::new(out).read_line(&mut line)?;
    }
    let ready = serde_json::from_str(&line).with_context(|| {
        let _ = child.wait();
        let log = std::fs::read_to_string(folder.join("server.log")).unwrap_or_default();
        format!("the server did not start:\n{log}")
    })?;
    Ok((child, ready))
}

/// Asks the server to end and waits for it.
fn stop(child: &mut Child) -> anyhow::Result<()> {
    drop(child.stdin.take());
    let began = std::time::Instant::now();
    while began.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait()? {
            anyhow::ensure!(status.success(), "the server ended with {status}");
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill()?;
    child.wait()?;
    anyhow::bail!("the server did not end when asked")
}

async fn measure(
    options: &Webhook,
    ready: &Ready,
    pid: u32,
    (server_core, load_core): (usize, usize),
) -> anyhow::Result<(Placed, ::bench::Used, ::bench::Used)> {
    let network = Network::new(NetworkConfig {
        base_url: ready.base_url.clone(),
        auth_token: ready.auth_token.clone(),
        rtt_ms: options.rtt,
        endpoint_ms: options.endpoint,
        speed: options.pipeline.speed,
        ..NetworkConfig::default()
    })?;
    let script = match &options.script {
        Some(file) => read(file)?,
        None => questions(&ready.business, options.turns),
    };
    let rate = options.rate * options.pipeline.speed;
    if options.warm_up > 0 {
        let script = Script {
            turns: script.turns.iter().take(3).cloned().collect(),
            ..script.clone()
        };
        let calls = options.warm_up;
        ::bench::place(
            &network,
            &Load {
                calls,
                rate,
                script,
            },
            |_| {},
        )
        .await;
    }
    let server = Watch::start(pid, server_core);
    let own = Watch::start(std::process::id(), load_core);
    let calls = options.calls;
    let step = calls.div_ceil(10).max(1);
    let placed = ::bench::place(
        &network,
        &Load {
            calls,
            rate,
            script,
        },
        |over| {
            if over % step == 0 {
                eprintln!("{over} of {calls} calls are over");
            }
        },
    )
    .await;
    Ok((placed, server.used(), own.used()))
}

fn read(file: &Path) -> anyhow::Result<Script> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Script::from_toml(&text).with_context(|| file.display().to_string())
}

fn questions(business: &str, turns: usize) -> Script {
    let asked: Vec<&str> = QUESTIONS.into_iter().cycle().take(turns).collect();
    Script::saying(business, &asked)
}

/// Every turn of every call, with what the server wrote down.
async fn turns(
    folder: &Path,
    reports: &[CallReport],
    rtt_ms: f64,
) -> anyhow::Result<Vec<TurnFigure>> {
    let records: Arc<dyn Records> =
        Arc::new(SqliteRecords::open(folder.join("data").join("records")).await?);
    let mut turns = Vec::new();
    for report in reports {
        let events = records.events(&CallId::parse(&report.call_sid)?).await?;
        turns.extend(::bench::figures(report, &events, rtt_ms));
    }
    Ok(turns)
}

fn publish(options: &Webhook, report: &Report) -> anyhow::Result<()> {
    say(report.text());
    let write = |file: &Path, text: String| {
        std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
    };
    if let Some(file) = &options.json {
        write(file, serde_json::to_string(report)?)?;
    }
    if let Some(file) = &options.html {
        write(file, report.html())?;
        say(format_args!("Charts: {}", file.display()));
    }
    Ok(())
}
