//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::Flags;

/// A phone receptionist you host yourself. Without a command it starts the server.
#[derive(Debug, Parser)]
#[command(
    name = "frontdesk",
    version,
    propagate_version = true,
    disable_help_subcommand = true
)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What every command understands.
#[derive(Args, Clone, Debug, Default)]
pub struct Common {
    /// The configuration file [default: frontdesk.toml here, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address and port to listen on
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub bind: Option<String>,
    /// The URL under which the carrier reaches this server
    #[arg(long, global = true, value_name = "URL")]
    pub public_url: Option<String>,
    /// The folder of records, audio and models
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// Do not fetch models
    #[arg(long, global = true)]
    pub offline: bool,
    /// What is logged, such as `debug` or `call=debug,web=trace`
    #[arg(long, global = true, value_name = "LEVELS")]
    pub log: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the server
    #[command(alias = "up")]
    Serve,
    /// Start everything, place one simulated booking call, print what the caller heard
    Demo(Demo),
    /// Talk to the agent in the terminal, over a simulated phone network
    Call(Call),
    /// The filler clips of a business
    #[command(subcommand)]
    Fillers(Fillers),
    /// Speak ahead what callers may hear, once it is said what that costs
    Prewarm(crate::prewarm::Prewarm),
    /// The files of the built-in voice
    #[command(subcommand)]
    Models(Models),
    /// The configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Measure Frontdesk on this machine
    #[command(subcommand)]
    Bench(crate::bench::Bench),
    /// Live through a recorded call once more, and say whether it goes the same way
    Replay(crate::replay::Replay),
}

/// `frontdesk demo`
#[derive(Args, Debug)]
pub struct Demo {
    /// End after the call instead of serving on
    #[arg(long)]
    pub exit: bool,
    /// Where the call's two-channel recording goes
    #[arg(long, value_name = "FILE", default_value = "call.wav")]
    pub out: PathBuf,
    /// Where a recording for `frontdesk replay` goes: every input of the call with its time
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

/// `frontdesk call`
#[derive(Args, Debug)]
pub struct Call {
    /// The business to call [default: the first]
    pub business: Option<String>,
    /// What the caller says, from a file instead of the terminal
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// The caller's number
    #[arg(long, default_value = "+15550100123")]
    pub from: String,
    /// Where the two-channel recording goes
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Where a recording for `frontdesk replay` goes: every input of the call with its time
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Print every document
    #[arg(long)]
    pub dump_xml: bool,
    /// The carrier's round trip, ms
    #[arg(long, value_name = "MS", default_value_t = 150)]
    pub rtt: u32,
    /// How fast time passes
    #[arg(long, default_value_t = 1.0)]
    pub speed: f64,
    /// Print JSON lines
    #[arg(long)]
    pub json: bool,
}

/// `frontdesk fillers`
#[derive(Debug, Subcommand)]
pub enum Fillers {
    /// Make the clips that are missing or stale
    Generate {
        /// The business [default: all]
        business: Option<String>,
    },
    /// List them with their length and level
    List {
        /// The business [default: all]
        business: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// `frontdesk models`
#[derive(Debug, Subcommand)]
pub enum Models {
    /// Fetch what is missing; runs by itself at a first start
    Install,
    /// Say what is there
    List,
}

/// `frontdesk config`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Report every mistake, with file, line and fix
    Check,
    /// Print every setting
    Show {
        /// Also where each comes from
        #[arg(long)]
        origin: bool,
    },
    /// Print every setting as an environment variable, with its meaning and its default
    Example,
}

impl Common {
    /// The settings that were given as flags.
    pub fn flags(&self) -> Flags {
        let mut flags = Flags::default();
        if let Some(bind) = &self.bind {
            flags.set("--bind", "server.bind", bind.clone());
        }
        if let Some(url) = &self.public_url {
            flags.set("--public-url", "server.public_url", url.clone());
        }
        if let Some(dir) = &self.data_dir {
            flags.set("--data-dir", "store.data_dir", dir.display().to_string());
        }
        if self.offline {
            flags.set("--offline", "speech.offline", "true");
        }
        if let Some(level) = &self.log {
            flags.set("--log", "log.level", level.clone());
        }
        flags
    }
}
