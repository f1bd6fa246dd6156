//! Kills a running Frontdesk again and again under calls that each book something, and writes down what became of them.
//!
//! `chaos <frontdesk> <folder> <kills> <seed>`: the folder has a `frontdesk.toml`. Between the calls and the server stands
//! a relay that waits for the server to come back and repeats what got no answer, as carriers can be told to. Prints how many calls were hit at
//! which stage of a turn, and writes `calls.txt`: each call's id and how it ended for the caller.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write as _,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use carrier_sim::{CallReport, Ended, Input, Network, NetworkConfig, PhoneEvent, SoundKind};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::sleep,
};

/// Calls at the same time.
const CALLERS: usize = 12;

/// How much faster than a person callers talk and listen.
const SPEED: f64 = 8.0;

/// How long the relay looks for the server before it gives a connection up.
const CONNECT: Duration = Duration::from_secs(10);

const LINES: [&str; 4] = [
    "I'd like a checkup next tuesday at ten for Sam Lee",
    "yes",
    "yes that's right",
    "no that's all, bye",
];

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Where each call is right now.
#[derive(Clone, Default)]
struct Stages(Arc<Mutex<HashMap<String, &'static str>>>);

impl Stages {
    fn all(&self) -> MutexGuard<'_, HashMap<String, &'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn follow(&self, call: &str, event: &PhoneEvent) {
        let stage = match event {
            PhoneEvent::Ringing { .. } => "ringing",
            PhoneEvent::Said { .. } => "words sent, no answer yet",
            PhoneEvent::Document { .. } => "answer received, not played yet",
            PhoneEvent::Playing {
                kind: SoundKind::Filler,
                ..
            } => "filler playing, agent or voice at work",
            PhoneEvent::Playing { .. } | PhoneEvent::Saying { .. } => "answer playing",
            PhoneEvent::Redirect { .. } => "waiting at tts-ready",
            PhoneEvent::Listening { .. } => "caller's turn",
            _ => return,
        };
        self.all().insert(call.to_owned(), stage);
    }
}

/// The server, as a process that can be killed.
struct Server {
    program: PathBuf,
    folder: PathBuf,
    address: SocketAddr,
    public: String,
    child: Option<Child>,
}

impl Server {
    /// Starts it and waits until it answers; says how long that took.
    async fn start(&mut self) -> Result<Duration, Problem> {
        let began = Instant::now();
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join("server.log"))?;
        let child = Command::new(&self.program)
            .arg("serve")
            .arg("--config")
            .arg(self.folder.join("frontdesk.toml"))
            .arg("--data-dir")
            .arg(self.folder.join("data"))
            .arg("--bind")
            .arg(self.address.to_string())
            .arg("--public-url")
            .arg(&self.public)
            .arg("--offline")
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        self.child = Some(child);
        while began.elapsed() < Duration::from_secs(60) {
            // Connected is not served yet: the port is taken first.
            if self.is_alive().await.is_ok_and(|alive| alive) {
                return Ok(began.elapsed());
            }
            sleep(Duration::from_millis(10)).await;
        }
        Err("the server did not start; see server.log".into())
    }

    async fn is_alive(&self) -> std::io::Result<bool> {
        let mut line = TcpStream::connect(self.address).await?;
        line.write_all(b"GET /livez HTTP/1.0\r\n\r\n").await?;
        let mut answer = String::new();
        line.read_to_string(&mut answer).await?;
        Ok(answer.contains(" 200 "))
    }

    async fn kill(&mut self) -> Result<(), Problem> {
        if let Some(mut child) = self.child.take() {
            child.kill().await?;
        }
        Ok(())
    }
}

/// Passes requests on to the server once it is there, and repeats those that it was killed over: a carrier whose webhooks
/// are set to be retried (`#rc=2&rp=all`).
async fn relay(listener: TcpListener, server: SocketAddr) {
    while let Ok((near, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut near = BufReader::new(near);
            while let Ok(request) = message(&mut near).await {
                let Some(answer) = persist(&request, server).await else {
                    return;
                };
                if near.write_all(&answer).await.is_err() {
                    return;
                }
            }
        });
    }
}

/// The server's whole answer, however often it takes.
async fn persist(request: &[u8], server: SocketAddr) -> Option<Vec<u8>> {
    let began = Instant::now();
    while began.elapsed() < CONNECT {
        if let Ok(mut far) = TcpStream::connect(server).await
            && far.write_all(request).await.is_ok()
            && let Ok(answer) = message(&mut BufReader::new(far)).await
        {
            return Some(answer);
        }
        sleep(Duration::from_millis(20)).await;
    }
    None
}

/// One request or answer, with its body.
async fn message(from: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let (mut all, mut body) = (Vec::new(), 0);
    loop {
        let begin = all.len();
        from.read_until(b'\n', &mut all).await?;
        let line = String::from_utf8_lossy(&all[begin..]).to_ascii_lowercase();
        if !line.ends_with('\n') {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(length) = line.strip_prefix("content-length:") {
            body = length.trim().parse().unwrap_or(0);
        }
        if line == "\r\n" {
            break;
        }
    }
    let begin = all.len();
    all.resize(begin + body, 0);
    from.read_exact(&mut all[begin..]).await?;
    Ok(all)
}

/// One call with all lines.
async fn call(network: &Network, stages: &Stages) -> Option<CallReport> {
    let mut phone = network.dial("+12025550132", "+12025550100", "bright-smile");
    let sid = phone.call_sid.clone();
    let mut lines = LINES.iter();
    while let Some(event) = phone.events.recv().await {
        stages.follow(&sid, &event);
        match event {
            PhoneEvent::Listening { .. } => {
                let input = lines.next().map_or(Input::HangUp, |line| Input::Speech {
                    text: (*line).to_owned(),
                    spoken_ms: Some(800),
                });
                // A line that ended meanwhile says so with its next event.
                let _ = phone.inputs.send(input).await;
            }
            PhoneEvent::Ended { .. } => break,
            _ => {}
        }
    }
    stages.all().remove(&sid);
    phone.report().await
}

async fn kill_often(
    server: &mut Server,
    stages: &Stages,
    kills: u32,
    seed: u64,
) -> Result<(BTreeMap<&'static str, u32>, Vec<Duration>), Problem> {
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut hit, mut starts) = (BTreeMap::new(), Vec::new());
    for _ in 0..kills {
        sleep(Duration::from_millis(random.u64(400..1_600))).await;
        server.kill().await?;
        for stage in stages.all().values() {
            *hit.entry(*stage).or_default() += 1;
        }
        starts.push(server.start().await?);
    }
    Ok((hit, starts))
}

fn free_address() -> std::io::Result<SocketAddr> {
    std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()
}

/// A network in front of the relay, which signs with the key that the server made.
fn network(public: &str, token: String, seed: u64) -> Result<Network, Problem> {
    let config = NetworkConfig {
        base_url: public.to_owned(),
        auth_token: token,
        retries: 4,
        timeout_ms: (15_000.0 * SPEED) as u32,
        seed,
        speed: SPEED,
        ..NetworkConfig::default()
    };
    Ok(Network::new(config)?)
}

async fn run() -> Result<(), Problem> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [program, folder, kills, seed] = &args[..] else {
        return Err("usage: chaos <frontdesk> <folder> <kills> <seed>".into());
    };
    let (folder, kills, seed) = (PathBuf::from(folder), kills.parse()?, seed.parse()?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let public = format!("http://{}", listener.local_addr()?);
    let mut server = Server {
        program: program.into(),
        folder: folder.clone(),
        address: free_address()?,
        public: public.clone(),
        child: None,
    };
    tokio::spawn(relay(listener, server.address));
    server.start().await?;
    let token = std::fs::read_to_string(folder.join("data/network.key"))?;
    let network = network(&public, token, seed)?;
    let (stages, over) = (Stages::default(), Arc::new(AtomicBool::new(false)));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (network, stages, over) = (network.clone(), stages.clone(), over.clone());
            tokio::spawn(async move {
                let mut reports = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    reports.extend(call(&network, &stages).await);
                }
                reports
            })
        })
        .collect();
    let done = kill_often(&mut server, &stages, kills, seed).await;
    over.store(true, Ordering::Relaxed);
    let mut reports = Vec::new();
    for caller in callers {
        reports.extend(caller.await?);
    }
    let (hit, mut starts) = done?;
    starts.sort();
    report(&folder, kills, &hit, &starts, &reports)?;
    server.kill().await
}

fn report(
    folder: &std::path::Path,
    kills: u32,
    hit: &BTreeMap<&'static str, u32>,
    starts: &[Duration],
    reports: &[CallReport],
) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "kill -9: {kills} times; calls hit, by stage of the turn:"
    )?;
    for (stage, count) in hit {
        writeln!(out, "  {count:5}  {stage}")?;
    }
    if let (Some(middle), Some(longest)) = (starts.get(starts.len() / 2), starts.last()) {
        let (middle, longest) = (middle.as_millis(), longest.as_millis());
        writeln!(
            out,
            "back on its port after {middle} ms (median), {longest} ms (most)"
        )?;
    }
    let mut calls = std::fs::File::create(folder.join("calls.txt"))?;
    let mut ends = BTreeMap::<String, u32>::new();
    for report in reports {
        let how = match &report.ended {
            Ended::Failed { code } => format!("failed with {code}"),
            ended => format!("{ended:?}"),
        };
        writeln!(calls, "{}\t{how}", report.call_sid)?;
        if !report.errors.is_empty() {
            let errors: Vec<String> = report.errors.iter().map(ToString::to_string).collect();
            writeln!(calls, "#\t{}", errors.join(" | "))?;
        }
        *ends.entry(how).or_default() += 1;
    }
    writeln!(
        out,
        "{} calls ended for the caller: {ends:?}",
        reports.len()
    )?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Problem> {
    run().await
}
