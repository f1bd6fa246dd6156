//! The program itself as a process, and callers in front of it.

use std::{
    fs::File,
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use carrier_sim::{CallReport, Input, Network, NetworkConfig, PhoneEvent};
use tempfile::TempDir;

/// How long the program may take to be ready: many of them start at once, on a busy machine.
const READY: Duration = Duration::from_secs(180);

/// How long one call may take.
const CALL: Duration = Duration::from_secs(120);

/// How long saying a sentence takes here, ms: nobody listens to the caller.
const SPOKEN_MS: u32 = 50;

/// A running Frontdesk with one business, `shop`. Dropping it kills it.
pub struct House {
    child: Child,
    folder: Arc<TempDir>,
    url: String,
}

impl House {
    /// Starts one with these settings and waits until its voice and its fillers are ready. `voice` is the provider and
    /// the id of the business's voice.
    pub async fn open(settings: &[(&str, String)], voice: (&str, &str)) -> House {
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let shop = include_str!("shop.toml");
        let shop = format!(
            "voice = {{ provider = {:?}, id = {:?} }}\n{shop}",
            voice.0, voice.1
        );
        let businesses = folder.path().join("businesses");
        std::fs::create_dir(&businesses).expect("the folder is ours");
        std::fs::write(businesses.join("shop.toml"), shop).expect("the folder is ours");
        std::fs::write(folder.path().join("frontdesk.toml"), "").expect("the folder is ours");
        // Whoever else wants a free port may be given the same one.
        for _ in 0..3 {
            let mut house = House::start(folder.clone(), settings);
            if house.ready().await {
                return house;
            }
        }
        panic!("three free ports in a row were taken");
    }

    /// Starts the program in a folder that is prepared.
    fn start(folder: Arc<TempDir>, settings: &[(&str, String)]) -> House {
        let port = free_port();
        let log = File::create(folder.path().join("log")).expect("the folder is ours");
        let child = Command::new(env!("CARGO_BIN_EXE_frontdesk"))
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH" || name == "HOME"))
            // What was spoken ahead of need would hide what breaks at the time of need.
            .env("FRONTDESK__AHEAD__PREWARM_HOURS", "0")
            .env("FRONTDESK__AHEAD__PER_TURN", "0")
            .env("FRONTDESK__LOG__FORMAT", "json")
            .env("FRONTDESK__LOG__LEVEL", "warn,frontdesk=info")
            .envs(settings.iter().map(|(name, value)| (*name, value)))
            .arg("serve")
            .arg("--config")
            .arg(folder.path().join("frontdesk.toml"))
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .args(["--bind", &format!("127.0.0.1:{port}"), "--offline"])
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            .spawn()
            .expect("the program starts");
        House {
            child,
            folder,
            url: format!("http://127.0.0.1:{port}"),
        }
    }

    /// Waits until its voice and its fillers are ready; false when somebody else took its port meanwhile.
    async fn ready(&mut self) -> bool {
        let from = Instant::now();
        while !self.log().contains("its fillers are ready") {
            let over = self.child.try_wait().expect("it is our child");
            let late = from.elapsed() > READY;
            if over.is_some() && self.log().contains("Address already in use") {
                return false;
            }
            assert!(over.is_none() && !late, "not ready: {}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        true
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A telephone network in front of it, with a cache of its own.
    pub fn network(&self) -> Network {
        let key = std::fs::read_to_string(self.data().join("network.key"));
        Network::new(NetworkConfig {
            base_url: self.url.clone(),
            auth_token: key.expect("it was made at the start"),
            ..NetworkConfig::default()
        })
        .expect("the address is one")
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("it has one").port()
}

/// A call in which the caller says these sentences, one for each time that they are listened to, hears the answer to the
/// last, and hangs up.
pub async fn call(network: &Network, sentences: &[String]) -> CallReport {
    let mut phone = network.dial("+12025550132", "+12025550100", "shop");
    let talk = async {
        let mut sentences = sentences.iter();
        while let Some(event) = phone.events.recv().await {
            match event {
                PhoneEvent::Listening { .. } => {
                    let input = sentences
                        .next()
                        .map_or(Input::HangUp, |text| Input::Speech {
                            text: text.clone(),
                            spoken_ms: Some(SPOKEN_MS),
                        });
                    // A line that ended meanwhile says so with its next event.
                    let _ = phone.inputs.send(input).await;
                }
                PhoneEvent::Ended { .. } => break,
                _ => {}
            }
        }
    };
    let in_time = tokio::time::timeout(CALL, talk).await;
    in_time.expect("a call of few sentences is over after two minutes");
    phone.report().await.expect("the call's task lives")
}
