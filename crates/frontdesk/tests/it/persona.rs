//! A provider of voices breaks in the middle of a call: what the caller hears, over the program itself, with the companies'
//! simulators behind it and a simulated network in front.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use audio::{Loudness, Pcm};
use carrier_sim::{Input, Network, NetworkConfig, Phone, PhoneEvent, Recording, SoundKind};
use events::{CallId, Event};
use provider_sim::{Company, Fault, Sim};
use serde_json::Value;
use store::{Records, SqliteRecords};
use tempfile::TempDir;

const SID: &str = "AC00000000000000000000000000000001";
const TOKEN: &str = "simulated-auth-token";
const PUBLIC_URL: &str = "https://desk.example.com";
const OWN: &str = "elevenlabs";
const OTHER: &str = "openai";
/// Two companies that no caller should be handed between: about -6 and -35 dBFS.
const LOUD_DB: f32 = 14.0;
const QUIET_DB: f32 = -15.0;
/// Nothing takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the business has an answer to, each once.
const QUESTIONS: [&str; 12] = [
    "What is your cancellation policy?",
    "How can I pay?",
    "Do you treat children?",
    "I have a toothache.",
    "Is the office wheelchair accessible?",
    "How much is an x-ray?",
    "How much is a filling?",
    "How much is teeth whitening?",
    "How much is a cleaning?",
    "How much is an emergency visit?",
    "Where are you?",
    "How much is a checkup?",
];

/// The program as a server.
struct Desk {
    child: Child,
    lines: Receiver<String>,
    base_url: String,
    folder: TempDir,
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Desk {
    /// Starts it with these voices and waits until it has spoken ahead what it can.
    fn open(own: &Sim, other: &Sim, voice: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("businesses")).expect("the folder is ours");
        let fixture = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/businesses/bright-smile.toml"
        );
        let business = std::fs::read_to_string(fixture).expect("it is there");
        let business = format!("{business}\n[voice]\nprovider = \"{OWN}\"\n{voice}\n");
        std::fs::write(at("businesses/bright-smile.toml"), business).expect("the folder is ours");
        let settings = format!(
            "[server]\nbind = \"127.0.0.1:0\"\npublic_url = \"{PUBLIC_URL}\"\n\
             [twilio]\naccount_sid = \"{SID}\"\nauth_token = \"{TOKEN}\"\n\
             [speech]\nchain = [\"{OWN}\", \"{OTHER}\"]\n\
             [{OWN}]\napi_key = \"{}\"\nbase_url = \"{}\"\n\
             [{OTHER}]\napi_key = \"{}\"\nbase_url = \"{}/v1\"\n",
            own.key(),
            own.url(),
            other.key(),
            other.url()
        );
        std::fs::write(at("frontdesk.toml"), settings).expect("the folder is ours");
        let mut child = Command::new(env!("CARGO_BIN_EXE_frontdesk"))
            .env_clear()
            // What was spoken ahead of need would hide who is well.
            .env("FRONTDESK__AHEAD__PREWARM_HOURS", "0")
            .env("FRONTDESK__AHEAD__PER_TURN", "0")
            .arg("--config")
            .arg(at("frontdesk.toml"))
            .arg("--data-dir")
            .arg(at("data"))
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (tell, lines) = channel();
        forward(child.stdout.take().expect("it is piped"), tell.clone());
        forward(child.stderr.take().expect("it is piped"), tell);
        let mut desk = Self {
            child,
            lines,
            base_url: String::new(),
            folder,
        };
        let console = desk.wait_for("Console:");
        let url = console.split_once("http").expect("an address").1;
        desk.base_url = format!("http{}", url.trim_end().trim_end_matches("/console"));
        desk.wait_for("its fillers are ready");
        desk
    }

    /// The next line that says this.
    fn wait_for(&self, what: &str) -> String {
        let mut seen = String::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(what) => return line,
                Ok(line) => seen += &(line + "\n"),
                Err(error) => panic!("no line says {what:?} ({error}), but:\n{seen}"),
            }
        }
    }

    fn dial(&self) -> Call {
        let network = Network::new(NetworkConfig {
            base_url: self.base_url.clone(),
            public_url: Some(PUBLIC_URL.to_owned()),
            account_sid: SID.to_owned(),
            auth_token: TOKEN.to_owned(),
            speed: 6.0,
            record: true,
            ..NetworkConfig::default()
        });
        let network = network.expect("a good configuration");
        let phone = network.dial("+15550100123", "+12025550100", "bright-smile");
        Call {
            phone,
            heard: Vec::new(),
            _network: network,
        }
    }

    /// Who spoke, and whether it was spoken before, clip by clip.
    async fn speakers(&self, call: &str) -> Vec<(String, bool)> {
        self.wait_for("call ended");
        let data: &Path = &self.folder.path().join("data").join("records");
        let records = SqliteRecords::open(data).await.expect("they are there");
        let call = CallId::parse(call).expect("an id");
        let events = records.events(&call).await.expect("they are readable");
        let voiced = events
            .into_iter()
            .filter_map(|stamped| match stamped.event {
                Event::Voiced {
                    provider, cached, ..
                } => Some((provider, cached)),
                _ => None,
            });
        voiced.collect()
    }
}

fn forward(pipe: impl Read + Send + 'static, tell: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if tell.send(line).is_err() {
                return;
            }
        }
    });
}

/// What the caller heard.
#[derive(Debug)]
enum Heard {
    Clip {
        at_ms: f64,
        ms: f64,
        url: String,
        filler: bool,
    },
    Read,
}

struct Call {
    phone: Phone,
    heard: Vec<Heard>,
    _network: Network,
}

impl Call {
    /// Hears until the line listens; what was heard meanwhile.
    async fn listen(&mut self) -> &[Heard] {
        let from = self.heard.len();
        loop {
            let event = tokio::time::timeout(PATIENCE, self.phone.events.recv()).await;
            match event.expect("it does not take so long") {
                Some(PhoneEvent::Playing {
                    at_ms,
                    ms,
                    url,
                    kind,
                    ..
                }) => {
                    let filler = kind == SoundKind::Filler;
                    let clip = Heard::Clip {
                        at_ms,
                        ms,
                        url,
                        filler,
                    };
                    self.heard.push(clip);
                }
                Some(PhoneEvent::Saying { .. }) => self.heard.push(Heard::Read),
                Some(PhoneEvent::Listening { .. }) => return &self.heard[from..],
                Some(PhoneEvent::Fault { error }) => panic!("{error}"),
                Some(PhoneEvent::Ended { how }) => panic!("it ended: {how:?}"),
                Some(_) => {}
                None => panic!("the line is dead"),
            }
        }
    }

    async fn ask(&mut self, words: &str) -> &[Heard] {
        let speech = Input::Speech {
            text: words.to_owned(),
            spoken_ms: Some(0),
        };
        self.phone
            .inputs
            .send(speech)
            .await
            .expect("the line is up");
        let answer = self.listen().await;
        let mut said: Vec<&str> = answer.iter().filter_map(answer_url).collect();
        let clips = said.len();
        said.sort_unstable();
        said.dedup();
        assert_eq!(said.len(), clips, "something was said twice: {answer:?}");
        answer
    }

    async fn hang_up(mut self) -> (Vec<Heard>, Recording) {
        let up = self.phone.inputs.send(Input::HangUp).await;
        up.expect("the line is up");
        while let Some(event) = self.phone.events.recv().await {
            if matches!(event, PhoneEvent::Ended { .. }) {
                break;
            }
        }
        let report = self.phone.report().await.expect("the call was known");
        (self.heard, report.recording.expect("asked for"))
    }
}

fn answer_url(heard: &Heard) -> Option<&str> {
    match heard {
        Heard::Clip { url, filler, .. } => (!filler).then_some(url),
        Heard::Read => None,
    }
}

/// The active-speech level of each clip, as it is in the caller's recording.
fn levels(heard: &[Heard], recording: &Recording) -> Vec<f32> {
    let (samples, rate) = (&recording.agent.samples, recording.agent.rate);
    let index = |ms: f64| (ms * f64::from(rate) / 1000.0) as usize;
    let clips = heard.iter().filter_map(|heard| match heard {
        Heard::Clip { at_ms, ms, .. } => Some(index(*at_ms)..index(at_ms + ms)),
        Heard::Read => None,
    });
    let level = |part: std::ops::Range<usize>| {
        let part = &samples[part.start..part.end.min(samples.len())];
        Loudness::measure(&Pcm::new(rate, part.to_vec())).active_rms_dbfs
    };
    clips.map(level).collect()
}

/// How often it was asked to speak.
fn asked(sim: &Sim) -> usize {
    let seen = sim.seen();
    seen.iter().filter(|seen| seen.method == "POST").count()
}

async fn start(company: Company, gain_db: f32) -> Sim {
    let sim = Sim::start(company).await.expect("a free port");
    sim.loudness(gain_db);
    sim
}

/// Breaks the own provider in mid-sentence, mends it, and tells who spoke and how loud each clip was.
async fn change(own_db: f32, other_db: f32) -> (Vec<(String, bool)>, Vec<f32>) {
    let own = start(Company::ElevenLabs, own_db).await;
    let other = start(Company::OpenAi, other_db).await;
    let voice = format!(
        "id = \"21m00Tcm4TlvDq8ikWAM\"\n[voice.at]\n{OTHER} = {{ id = \"nova\", speed = 1.1 }}"
    );
    let desk = Desk::open(&own, &other, &voice);
    let mut call = desk.dial();
    let sid = call.phone.call_sid.clone();
    call.listen().await;
    call.ask("Where can I park?").await;
    own.fault(Fault::Cut { after_bytes: 3_000 });
    for words in [
        "What insurance do you take?",
        "Are you taking new patients?",
        "When are you open on Monday?",
    ] {
        call.ask(words).await;
    }
    own.fault(Fault::None);
    let mut back = false;
    for words in QUESTIONS {
        let before = (asked(&own), asked(&other));
        call.ask(words).await;
        // Asked alone, it speaks again.
        back = asked(&own) > before.0 && asked(&other) == before.1;
        if back {
            break;
        }
    }
    assert!(back, "{OWN} never came back");
    let (heard, recording) = call.hang_up().await;
    assert!(
        heard
            .iter()
            .all(|heard| matches!(heard, Heard::Clip { .. })),
        "the carrier's voice spoke: {heard:?}"
    );
    let slow = other.seen().iter().all(|seen| {
        let near = |speed: &Value| speed.as_f64().is_some_and(|s| (s - 1.1).abs() < 0.001);
        let body = seen.json.as_ref();
        body.is_none_or(|body| body["voice"] == "nova" && near(&body["speed"]))
    });
    assert!(slow, "it spoke in another voice, or at another pace");
    (desk.speakers(&sid).await, levels(&heard, &recording))
}

fn judge((speakers, levels): (Vec<(String, bool)>, Vec<f32>)) {
    let names: Vec<&str> = speakers.iter().map(|(name, _)| name.as_str()).collect();
    let mut changes = names.clone();
    changes.dedup();
    eprintln!("{names:?}\n{levels:.2?} dBFS");
    assert!(changes.starts_with(&[OWN, OTHER]), "{changes:?}");
    assert_eq!(changes.last(), Some(&OWN), "{changes:?}");
    let jumps = levels.windows(2).map(|two| (two[1] - two[0]).abs());
    let worst = jumps.fold(0.0, f32::max);
    eprintln!("the largest jump is {worst:.2} dB");
    assert!(levels.len() >= names.len() && worst <= 2.0, "{levels:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_caller_hears_no_jump_when_a_loud_provider_breaks_and_comes_back() {
    judge(change(LOUD_DB, QUIET_DB).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_caller_hears_no_jump_when_a_quiet_provider_breaks_and_comes_back() {
    judge(change(QUIET_DB, LOUD_DB).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_business_that_forbids_changes_is_read_by_the_carrier_instead() {
    let own = start(Company::ElevenLabs, 0.0).await;
    let other = start(Company::OpenAi, 0.0).await;
    let voice = "id = \"21m00Tcm4TlvDq8ikWAM\"\nchanges = \"forbidden\"";
    let desk = Desk::open(&own, &other, voice);
    own.fault(Fault::Refuse);
    let mut call = desk.dial();
    let is_read = |heard: &[Heard]| heard.iter().any(|heard| matches!(heard, Heard::Read));
    // Spoken ahead, so it needs nobody.
    assert!(!is_read(call.listen().await));
    for words in ["Where can I park?", "What insurance do you take?"] {
        assert!(is_read(call.ask(words).await));
    }
    own.fault(Fault::None);
    let mut back = false;
    for words in QUESTIONS {
        back = back || !is_read(call.ask(words).await);
    }
    assert!(back, "{OWN} never came back");
    assert_eq!(asked(&other), 0, "nobody else was asked");
    call.hang_up().await;
}
