//! A running program with everything around it, one part of which can be made ill.

use std::{
    fmt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use carrier_sim::Network;
use provider_sim::{ChatScript, Company, Fault, Pace, Sim};

use super::{
    faults::{self, Column, NotApplicable},
    house::{House, call},
    proxy::{Ill, Proxy, Tongue},
    server,
};

/// The part that is ill in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Model(Stage),
    Voice(Company, Stage),
    Bucket,
    Redis,
    Disk,
}

/// Where in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    First,
    Middle,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = |stage: &Stage| match stage {
            Stage::First => "first byte",
            Stage::Middle => "mid-answer",
        };
        let name = match self {
            Part::Model(at) => format!("model, {}", stage(at)),
            Part::Voice(company, at) => format!("{}, {}", company.name(), stage(at)),
            Part::Bucket => "objects in S3".to_owned(),
            Part::Redis => "Redis".to_owned(),
            Part::Disk => "disk".to_owned(),
        };
        f.pad(&name)
    }
}

/// What can be wrong with the folder of audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// A file is in its place.
    NoFolder,
    /// Nothing can be written.
    ReadOnly,
    /// No space is left.
    Full,
    /// Whatever was written is overwritten.
    Garbled,
    /// Whatever was written loses its second half.
    Truncated,
}

/// Bytes of a spoken answer before its middle: half a second of a telephone.
const MID_SOUND: usize = 4_000;

/// Bytes of a written answer before its middle: its first sentence is out.
const MID_WORDS: usize = 3_500;

/// Rests and retries around a part that was ill are over after this.
const REST: Duration = Duration::from_millis(1_300);

/// The next answer of the model, so that none was ever spoken before.
static NEXT: AtomicU32 = AtomicU32::new(1);

/// What callers ask; the scripted agent knows the answers too.
pub fn questions() -> Vec<String> {
    let both = [
        "Could you tell me where I can park my car?",
        "And what insurance do you take over there?",
    ];
    both.map(str::to_owned).to_vec()
}

/// The program and what is around it.
pub struct World {
    pub house: House,
    pub mind: Sim,
    pub voice: Sim,
    part: Part,
    proxy: Option<Proxy>,
    /// What spoils the folder's files.
    spoiler: Option<tokio::task::JoinHandle<()>>,
}

impl World {
    /// All is well; `None` when the part's server was not started.
    pub async fn of(part: Part) -> Option<World> {
        let company = match part {
            Part::Voice(company, _) => company,
            _ => Company::Deepgram,
        };
        let mind = Sim::start(Company::OpenAi).await.expect("a free port");
        let voice = Sim::start(company).await.expect("a free port");
        voice.pace(Pace {
            drip_ms: 1,
            ..Pace::default()
        });
        mind.pace(Pace {
            drip_ms: 2,
            ..Pace::default()
        });
        let mut settings = model(&mind);
        settings.extend(speech(&voice, company));
        let proxy = match part {
            Part::Bucket => {
                let proxy = Proxy::before(server("FRONTDESK_TEST_S3")?, Tongue::Http);
                settings.extend(bucket(&proxy));
                Some(proxy)
            }
            Part::Redis => {
                let proxy = Proxy::before(server("FRONTDESK_TEST_REDIS")?, Tongue::Redis);
                settings.extend(redis(&format!("redis://{}", proxy.address())));
                Some(proxy)
            }
            _ => None,
        };
        // As little as possible is found in memory.
        settings.push(("FRONTDESK__CACHE__MEMORY_MB", "1".to_owned()));
        let house = House::open(&settings, (chained(company), voice_of(company))).await;
        Some(World {
            house,
            mind,
            voice,
            part,
            proxy,
            spoiler: None,
        })
    }

    /// Makes the part ill.
    pub fn fall(&mut self, column: Column) -> Result<(), NotApplicable> {
        match self.part {
            Part::Model(stage) => {
                let fault = faults::of_company(column, stage, MID_WORDS)?;
                self.mind.fault(fault);
            }
            Part::Voice(_, stage) => {
                let fault = faults::of_company(column, stage, MID_SOUND)?;
                self.voice.fault(fault);
            }
            Part::Bucket => self.proxy(faults::of_server(column, Tongue::Http)),
            Part::Redis => self.proxy(faults::of_server(column, Tongue::Redis)),
            Part::Disk => {
                let disk = faults::of_disk(column)?;
                self.spoiler = spoil(&self.house.data().join("audio"), disk)?;
            }
        }
        Ok(())
    }

    fn proxy(&self, ill: Ill) {
        if let Some(proxy) = &self.proxy {
            proxy.fall(ill);
        }
    }

    /// Makes it well again, and waits until the program knows.
    pub async fn heal(&mut self, network: &Network) {
        self.mind.fault(Fault::None);
        self.voice.fault(Fault::None);
        self.proxy(Ill::No);
        if let Some(spoiler) = self.spoiler.take() {
            spoiler.abort();
        }
        if self.part == Part::Disk {
            mend(&self.house.data().join("audio"));
        }
        for _ in 0..20 {
            tokio::time::sleep(REST).await;
            self.talk(1);
            let (minds, voices) = (self.mind.seen().len(), self.voice.seen().len());
            call(network, &questions()[..1]).await;
            if self.mind.seen().len() > minds && self.voice.seen().len() > voices {
                return;
            }
        }
        panic!("{}: it did not recover", self.part);
    }

    /// Gives the model so many answers, none of which was ever given before.
    pub fn talk(&self, answers: usize) {
        talk(&self.mind, answers);
    }
}

/// Gives the model so many answers, none of which was ever given before.
pub fn talk(mind: &Sim, answers: usize) {
    let answer = |_| {
        let n = NEXT.fetch_add(1, Relaxed);
        ChatScript::words(format!("Please use gate {n}. Then ask for room {n}."))
    };
    mind.chat((0..answers).map(answer).collect());
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(spoiler) = self.spoiler.take() {
            spoiler.abort();
        }
        if self.part == Part::Disk {
            mend(&self.house.data().join("audio"));
        }
    }
}

/// The settings with which the program asks this model.
pub fn model(mind: &Sim) -> Vec<(&'static str, String)> {
    vec![
        ("FRONTDESK__AGENT__KIND", "model".to_owned()),
        ("FRONTDESK__LLM__BASE_URL", format!("{}/v1", mind.url())),
        ("FRONTDESK__LLM__MODEL", "gpt-4o-mini".to_owned()),
        ("FRONTDESK__LLM__API_KEY", mind.key().to_owned()),
    ]
}

/// The settings with which the program speaks by this company, and else by a program of this machine.
pub fn speech(voice: &Sim, company: Company) -> Vec<(&'static str, String)> {
    let name = chained(company);
    let (url, key, id) = match company {
        Company::Deepgram => (
            "FRONTDESK__DEEPGRAM__BASE_URL",
            Some("FRONTDESK__DEEPGRAM__API_KEY"),
            "FRONTDESK__DEEPGRAM__VOICE",
        ),
        Company::ElevenLabs => (
            "FRONTDESK__ELEVENLABS__BASE_URL",
            Some("FRONTDESK__ELEVENLABS__API_KEY"),
            "FRONTDESK__ELEVENLABS__VOICE",
        ),
        Company::OpenAi => (
            "FRONTDESK__OPENAI__BASE_URL",
            Some("FRONTDESK__OPENAI__API_KEY"),
            "FRONTDESK__OPENAI__VOICE",
        ),
        Company::Google => (
            "FRONTDESK__GOOGLE__BASE_URL",
            Some("FRONTDESK__GOOGLE__API_KEY"),
            "FRONTDESK__GOOGLE__VOICE",
        ),
        Company::Kokoro => (
            "FRONTDESK__KOKORO__BASE_URL",
            None,
            "FRONTDESK__KOKORO__VOICE",
        ),
        Company::Piper | Company::PiperLegacy => (
            "FRONTDESK__PIPER__BASE_URL",
            None,
            "FRONTDESK__PIPER__VOICE",
        ),
        Company::XttsStreaming => ("FRONTDESK__XTTS__BASE_URL", None, "FRONTDESK__XTTS__VOICE"),
        Company::XttsApi => (
            "FRONTDESK__XTTS_API__BASE_URL",
            None,
            "FRONTDESK__XTTS_API__VOICE",
        ),
    };
    let base = match company {
        Company::OpenAi => format!("{}/v1", voice.url()),
        _ => voice.url(),
    };
    let mut settings = vec![
        ("FRONTDESK__SPEECH__CHAIN", format!("{name},flite,espeak")),
        (url, base),
        (id, voice_of(company).to_owned()),
    ];
    settings.extend(key.map(|key| (key, voice.key().to_owned())));
    settings
}

/// Its name in `speech.chain`.
pub fn chained(company: Company) -> &'static str {
    match company {
        Company::PiperLegacy => "piper",
        Company::XttsStreaming => "xtts",
        Company::XttsApi => "xtts_api",
        other => other.name(),
    }
}

/// A voice that it has.
pub fn voice_of(company: Company) -> &'static str {
    match company {
        Company::Deepgram => "aura-2-thalia-en",
        Company::ElevenLabs => "21m00Tcm4TlvDq8ikWAM",
        Company::OpenAi => "alloy",
        Company::Google => "en-US-Chirp3-HD-Kore",
        Company::Kokoro => "af_heart",
        Company::Piper | Company::PiperLegacy => "en_US-lessac-medium",
        Company::XttsStreaming => "Claribel Dervla",
        Company::XttsApi => "female",
    }
}

fn bucket(proxy: &Proxy) -> Vec<(&'static str, String)> {
    vec![
        ("FRONTDESK__S3__BUCKET", "frontdesk-test".to_owned()),
        (
            "FRONTDESK__S3__ENDPOINT",
            format!("http://{}", proxy.address()),
        ),
        ("FRONTDESK__S3__ACCESS_KEY", "all-key".to_owned()),
        ("FRONTDESK__S3__SECRET_KEY", "all-secret".to_owned()),
        ("FRONTDESK__S3__PATH_STYLE", "true".to_owned()),
        ("FRONTDESK__S3__PREFIX", format!("{}/", fresh())),
    ]
}

/// The settings with which the program shares this Redis, with keys of its own.
pub fn redis(url: &str) -> Vec<(&'static str, String)> {
    vec![
        ("FRONTDESK__REDIS__URL", url.to_owned()),
        ("FRONTDESK__REDIS__PREFIX", format!("{}:", fresh())),
    ]
}

fn fresh() -> String {
    format!("silence-{}", uuid::Uuid::now_v7().simple())
}

/// Breaks the folder; some ways go on breaking it.
fn spoil(folder: &Path, disk: Disk) -> Result<Option<tokio::task::JoinHandle<()>>, NotApplicable> {
    match disk {
        Disk::NoFolder => {
            std::fs::rename(folder, folder.with_extension("away")).expect("it is there");
            std::fs::write(folder, "in the way").expect("the place is free");
            Ok(None)
        }
        Disk::ReadOnly => mount(folder, "ro,size=64k").map(|()| None),
        Disk::Full => {
            mount(folder, "size=64k")?;
            // Until no page is left.
            let full = std::fs::write(folder.join("full"), vec![0; 1 << 20]);
            assert!(full.is_err(), "64 kB hold no megabyte");
            Ok(None)
        }
        Disk::Garbled | Disk::Truncated => {
            let folder = folder.to_owned();
            Ok(Some(tokio::spawn(async move {
                let mut spoilt = Vec::new();
                loop {
                    damage(&folder, disk, &mut spoilt);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            })))
        }
    }
}

/// Spoils every file that was not spoilt yet.
fn damage(folder: &Path, disk: Disk, spoilt: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            damage(&path, disk, spoilt);
        } else if !spoilt.contains(&path) {
            let size = path.metadata().map_or(0, |file| file.len());
            // A file may be renamed meanwhile: its new name is met next time.
            let _ = match disk {
                Disk::Truncated => std::fs::OpenOptions::new()
                    .write(true)
                    .open(&path)
                    .and_then(|file| file.set_len(size / 2)),
                _ => std::fs::write(&path, vec![0x55; size as usize]),
            };
            spoilt.push(path);
        }
    }
}

fn mount(folder: &Path, options: &str) -> Result<(), NotApplicable> {
    let done = Command::new("mount")
        .args(["-t", "tmpfs", "-o", options, "tmpfs"])
        .arg(folder)
        .stderr(Stdio::null())
        .status();
    match done {
        Ok(status) if status.success() => Ok(()),
        _ => Err("only root may mount a small disk"),
    }
}

/// Undoes whatever was done to the folder.
fn mend(folder: &Path) {
    let away = folder.with_extension("away");
    if away.exists() {
        let _ = std::fs::remove_file(folder);
        let _ = std::fs::rename(away, folder);
    }
    let _ = Command::new("umount")
        .arg(folder)
        .stderr(Stdio::null())
        .status();
}
