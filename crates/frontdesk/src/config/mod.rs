//! The configuration: `frontdesk.toml`, `businesses/*.toml`, the environment and the command line, in one pass.
//!
//! The decision: this folder is the only reader of files of settings and of the environment. Everybody else gets a plain
//! struct that is already right. A value on the command line beats one in the environment, which beats one in the file,
//! which beats the default; the empty configuration works. One pass finds every mistake and says where it stands.

mod agent;
mod ahead;
mod business;
mod cache;
mod carrier;
mod document;
mod env;
mod errors;
mod example;
mod keys;
mod limits;
mod llm;
mod log;
mod mistakes;
mod origin;
mod persona;
mod reader;
mod retention;
mod secret;
mod server;
mod show;
mod speech;
mod store;
mod targets;
mod value;
mod vendors;
mod watch;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

pub use self::{
    agent::AgentConfig,
    ahead::Ahead,
    business::BusinessFile,
    cache::{Cache, Redis, S3},
    carrier::Twilio,
    env::{CONFIG_VARIABLE, Env, Flags},
    errors::{Errors, Problem},
    example::example,
    keys::{Applies, Key},
    limits::Limits,
    llm::Llm,
    log::{Format, Log},
    origin::{Origin, Setting},
    retention::Retention,
    server::Server,
    speech::Speech,
    store::Store,
    targets::Targets,
    vendors::{Vendor, Vendors},
    watch::{Live, Watcher},
};
use self::{document::Document, reader::Reader};

/// The file's name when nobody names another.
const FILE: &str = "frontdesk.toml";

/// Everything that the server is told, but the businesses.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The front door.
    pub server: Server,
    /// The carrier's account.
    pub carrier: Twilio,
    /// The voices.
    pub speech: Speech,
    /// The companies among them.
    pub vendors: Vendors,
    /// Who replies.
    pub agent: AgentConfig,
    /// The language model, when it is the one who replies.
    pub llm: Option<Llm>,
    /// Where things are kept.
    pub store: Store,
    /// Where finished audio is kept.
    pub cache: Cache,
    /// What is spoken before it is needed.
    pub ahead: Ahead,
    /// How long.
    pub retention: Retention,
    /// The bounds.
    pub limits: Limits,
    /// The log.
    pub log: Log,
    /// What the operator aims at.
    pub targets: Targets,
}

/// A configuration without mistakes, and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// The businesses, by file name; never empty.
    pub businesses: Vec<BusinessFile>,
    /// Things that work and look wrong.
    pub warnings: Vec<Problem>,
    /// Every setting with its origin, by path; secrets are masked.
    pub origins: BTreeMap<&'static str, Setting>,
    /// Changes whenever a setting (a secret aside) or a business file changes.
    pub revision: String,
}

/// Which files are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The configuration file.
    pub file: PathBuf,
    /// True when somebody named it, so that it has to exist.
    pub named: bool,
}

impl Paths {
    /// The file that the flag names, else the environment, else `frontdesk.toml` here if there is one.
    pub fn find(flag: Option<&Path>, env: &Env) -> Self {
        let named = flag.map(Path::to_owned);
        let named = named.or_else(|| env.get(CONFIG_VARIABLE).map(PathBuf::from));
        Self {
            named: named.is_some(),
            file: named.unwrap_or_else(|| PathBuf::from(FILE)),
        }
    }

    /// The folder of the business files: beside the configuration file.
    pub fn businesses(&self) -> PathBuf {
        self.file.with_file_name("businesses")
    }

    /// The folder of the configuration file.
    pub fn folder(&self) -> &Path {
        let folder = self
            .file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("."))
    }
}

/// Every setting that there is, section by section.
pub fn keys() -> Vec<&'static Key> {
    [
        Server::KEYS,
        Twilio::KEYS,
        Speech::KEYS,
        Vendors::KEYS,
        AgentConfig::KEYS,
        Llm::KEYS,
        Store::KEYS,
        Cache::KEYS,
        Ahead::KEYS,
        Retention::KEYS,
        Limits::KEYS,
        Log::KEYS,
        Targets::KEYS,
    ]
    .concat()
}

impl Config {
    /// Reads everything. With mistakes there is no configuration, but all of the mistakes.
    pub fn load(paths: &Paths, env: &Env, flags: &Flags) -> Result<Loaded, Errors> {
        let mut unreadable = Vec::new();
        let text = match document::read(&paths.file) {
            Ok(None) if paths.named => {
                unreadable.push(missing(paths));
                String::new()
            }
            Ok(text) => text.unwrap_or_default(),
            Err(problem) => {
                unreadable.push(problem);
                String::new()
            }
        };
        let document = Document::parse(paths.file.display().to_string(), &text);
        let mut reader = Reader::new(&document, env, flags, &keys());
        let config = Config::read(&mut reader);
        let mut findings = reader.finish();
        findings.problems.extend(unreadable);
        let businesses =
            business::read_all(&paths.businesses(), &config.speech.chain, &mut findings);
        findings.warnings.sort();
        Errors::none(findings.problems)?;
        let mut loaded = Loaded {
            config,
            businesses,
            warnings: findings.warnings,
            origins: findings.settings,
            revision: String::new(),
        };
        loaded.revision = loaded.fingerprint();
        Ok(loaded)
    }

    fn read(reader: &mut Reader<'_>) -> Self {
        let server = Server::read(reader);
        let limits = Limits::read(reader);
        let speech = Speech::read(reader);
        let agent = AgentConfig::read(reader);
        Self {
            vendors: Vendors::read(reader, &speech.chain),
            speech,
            carrier: Twilio::read(reader, &server),
            server,
            llm: Llm::read(reader, agent.kind == "model"),
            agent,
            store: Store::read(reader),
            cache: Cache::read(reader),
            ahead: Ahead::read(reader),
            retention: Retention::read(reader, &limits),
            limits,
            log: Log::read(reader),
            targets: Targets::read(reader),
        }
    }
}

impl Loaded {
    /// A name for what is set and written. Secrets do not count, so the name tells nothing about them.
    fn fingerprint(&self) -> String {
        let settings: Vec<_> = self
            .origins
            .values()
            .map(|one| (one.key, &one.value))
            .collect();
        let files: Vec<_> = self
            .businesses
            .iter()
            .map(|file| (&file.path, &file.revision))
            .collect();
        business::revision(&format!("{settings:?} {files:?}"))
    }
}

fn missing(paths: &Paths) -> Problem {
    let what = "there is no such file";
    let hint = "correct --config or FRONTDESK_CONFIG; `frontdesk init` writes a first one";
    Problem::new(
        Origin::whole(paths.file.display().to_string()),
        "",
        what,
        hint,
    )
}
