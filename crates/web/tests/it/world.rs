//! A whole application, served on a port of its own.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use ::audio::Pcm;
use agent::{Agent, Ask, Business, Delta, Scripted, VoiceChoice};
use events::{At, BusinessId, Clock, InstanceId};
use futures::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use store::{
    CallFilter, FolderObjects, MemoryFlights, MemoryRecords, Records, Reservation, SqliteRecords,
    Tiers,
};
use switchboard::{Bus, Parts, RecordsDesk, Switchboard, Tasks, Voicer};
use tokio::runtime::Runtime;
use tts::{ErrorKind, Ladder, Rung, SpeakError, SpeechStream, Tts, Utterance, VoiceInfo, Wait};
use web::{App, Meter, PhoneNetwork, Settings, Templates};

use crate::{
    sample::{ACCOUNT, PUBLIC, Params, TOKEN, signed},
    wire::{Reply, exchange, request},
};

/// Tuesday, 17 November 2026, 10:00 in New York: the practice is open.
const MORNING: At = At(1_794_927_600_000);

/// An application, and what a test looks at.
pub struct World {
    pub app: Arc<App>,
    /// Questions that the agent was asked.
    asked: Arc<AtomicUsize>,
    /// Whether the voice fails.
    mute: Arc<AtomicBool>,
    pub address: SocketAddr,
    server: actix_web::dev::ServerHandle,
    runtime: Option<Runtime>,
    _folder: tempfile::TempDir,
}

/// What a world is made of where a test wants something else.
pub struct Plan {
    pub settings: Settings,
    /// Records in SQLite instead of in memory.
    pub sqlite: bool,
    /// Calls at the same time.
    pub calls: usize,
    /// The browser phone's network.
    pub phones: Option<Arc<dyn PhoneNetwork>>,
    /// What is wrong with the configuration.
    pub complaint: Option<String>,
    /// Who measures the voices.
    pub benches: Option<Arc<dyn web::BenchDesk>>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            settings: Settings {
                public_url: PUBLIC.into(),
                tokens: vec![TOKEN.into()],
                accounts: vec![ACCOUNT.into()],
                skip_signatures: false,
                admin_token: None,
                version: "1.2.3",
                target_dead_air_ms: 300,
                simulated: Vec::new(),
                webhook_bytes: 64 * 1024,
                json_bytes: 256 * 1024,
                request: Duration::from_secs(5),
            },
            sqlite: false,
            calls: 1_000,
            phones: None,
            complaint: None,
            benches: None,
        }
    }
}

impl Plan {
    pub fn open(self) -> World {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let (asked, mute) = (Arc::default(), Arc::default());
        let guard = runtime.enter();
        let records: Arc<dyn Records> = if self.sqlite {
            let opened = runtime.block_on(SqliteRecords::open(folder.path().join("records")));
            Arc::new(opened.expect("records"))
        } else {
            Arc::new(MemoryRecords::new())
        };
        let app = Arc::new(self.app(records, folder.path(), &asked, &mute));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (server, serving) = web::serve(app.clone(), listener, 1).expect("a server");
        runtime.spawn(serving);
        drop(guard);
        World {
            app,
            asked,
            mute,
            address,
            server,
            runtime: Some(runtime),
            _folder: folder,
        }
    }

    fn app(
        self,
        records: Arc<dyn Records>,
        folder: &std::path::Path,
        asked: &Arc<AtomicUsize>,
        mute: &Arc<AtomicBool>,
    ) -> App {
        let clock: Arc<dyn Clock> = Arc::new(Morning(Instant::now()));
        let objects = Arc::new(FolderObjects::open(folder.join("audio")).expect("a folder"));
        let clips = Arc::new(Tiers::of("folder", objects, clock.clone()));
        let flights = Arc::new(MemoryFlights::new(clock.clone()));
        let tone = Arc::new(Tone(mute.clone()));
        let ladder = Ladder::new(vec![Rung::new(tone, 2_000)], clock.clone(), Arc::new(Timer));
        let desk = Arc::new(RecordsDesk::new(records.clone(), clock.clone()));
        let agent = Counted {
            agent: Scripted::at_once(desk),
            asked: asked.clone(),
        };
        let business = Arc::new(business());
        let (found, listed) = (business.clone(), business);
        let switchboard = Switchboard::new(Parts {
            settings: switchboard::Settings {
                base: PUBLIC.into(),
                calls: self.calls,
                reply_within_ms: 10_000,
                idle_ms: 900_000,
                longest_ms: 3_600_000,
                hold_ms: 8_000,
            },
            records,
            objects: clips.clone(),
            agent: Arc::new(agent),
            voicer: Voicer::new(ladder, clips, flights, clock.clone()).expect("threads"),
            clock,
            instance: InstanceId::parse("a-test").expect("an id"),
            businesses: Box::new(move |id| (*id == found.id).then(|| found.clone())),
            tag: web::tagger("a key"),
            bus: Bus::new(),
            tasks: Tasks::new(),
        });
        let complaint = self.complaint.clone();
        App {
            settings: self.settings,
            switchboard,
            templates: Templates::load(None).expect("templates"),
            meter: Meter::new("1.2.3"),
            phones: self.phones,
            businesses: Box::new(move || vec![(listed.clone(), "bright-smile.toml".into())]),
            reload: Box::new(move || match &self.complaint {
                None => Ok("revision 2".into()),
                Some(why) => Err(why.clone()),
            }),
            complaint: Box::new(move || complaint.clone()),
            further: Box::new(Vec::new),
            jobs: web::admin::Jobs::default(),
            benches: self.benches.map(web::admin::Benches::new),
            lines: web::admin::Lines::default(),
            studio: web::Studio::new(vec!["tone".into()], Box::new(price)),
            draining: web::Draining::default(),
            mismatches: web::webhooks::Mismatches::default(),
            traffic: web::webhooks::Traffic::default(),
        }
    }
}

/// What the voice that is tested with costs.
fn price(engine: &str) -> Option<web::EnginePrice> {
    (engine == "tone").then(|| web::EnginePrice {
        usd_per_million_chars: 30.0,
        what: "a hum".into(),
        source: "https://tone.example/prices".into(),
        as_of: "2026-11-01".into(),
    })
}

/// The demo's business, in the voice that is tested with.
fn business() -> Business {
    Business {
        voice: VoiceChoice {
            provider: "tone".into(),
            id: "tone".into(),
            ..VoiceChoice::default()
        },
        ..Business::demo()
    }
}

impl World {
    pub fn new() -> Self {
        Plan::default().open()
    }

    /// Sends a request as it is.
    pub fn send(&self, request: &[u8]) -> Reply {
        exchange(self.address, request)
    }

    /// Posts a form as the carrier does.
    pub fn post(&self, target: &str, params: &Params) -> Reply {
        self.send(&signed(target, params, &[]))
    }

    pub fn get(&self, target: &str) -> Reply {
        self.send(&request("GET", target, &[], b""))
    }

    pub fn get_with(&self, target: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(&request("GET", target, headers, b""))
    }

    /// Posts JSON as an admin's program does.
    pub fn admin(&self, target: &str, body: &str) -> Reply {
        let json = [("Content-Type", "application/json")];
        self.send(&request("POST", target, &json, body.as_bytes()))
    }

    /// How many questions the agent was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// From now on the voice fails.
    pub fn mute(&self) {
        self.mute.store(true, Ordering::SeqCst);
    }

    /// Asks the voice to say this, whatever comes of it.
    pub fn speak(&self, text: &str) {
        let (voicer, business) = (&self.app.switchboard.parts().voicer, business());
        let whose = switchboard::Whose::Operator;
        let _ = self.wait(voicer.speak(text, &business.voice, whose));
    }

    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        let runtime = self.runtime.as_ref().expect("it ends with the world");
        runtime.block_on(work)
    }

    /// What is booked.
    pub fn booked(&self) -> Vec<Reservation> {
        let records = &self.app.switchboard.parts().records;
        let days = 30 * 24 * 3_600_000;
        let business = BusinessId::parse("bright-smile").expect("an id");
        let found = records.reservations(&business, MORNING, At(MORNING.0 + days));
        self.wait(found).expect("the records work")
    }

    /// Asserts that nothing was done and nothing is kept but the explanation.
    #[track_caller]
    pub fn is_untouched(&self) {
        assert_eq!(self.asked(), 0, "the agent was asked");
        assert_eq!(self.app.switchboard.count(), 0, "there is a call");
        let records = &self.app.switchboard.parts().records;
        let all = CallFilter {
            limit: 10,
            ..CallFilter::default()
        };
        let calls = self.wait(records.calls(all)).expect("the records work");
        assert!(calls.is_empty(), "there are records: {calls:?}");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        let tasks = &self.app.switchboard.parts().tasks;
        let stopped = runtime.block_on(tasks.stop(Duration::from_secs(5)));
        runtime.block_on(self.server.stop(false));
        runtime.shutdown_timeout(Duration::from_secs(1));
        if !std::thread::panicking() {
            assert!(stopped, "{} tasks outlive the world", tasks.count());
        }
    }
}

/// That morning, from where time goes on.
struct Morning(Instant);

impl Clock for Morning {
    fn now(&self) -> At {
        At(MORNING.0 + u64::try_from(self.0.elapsed().as_millis()).expect("a test is short"))
    }
}

struct Timer;

impl Wait for Timer {
    fn after(&self, ms: u32) -> BoxFuture<'static, ()> {
        tokio::time::sleep(Duration::from_millis(ms.into())).boxed()
    }
}

/// Counts what the agent is asked.
struct Counted {
    agent: Scripted,
    asked: Arc<AtomicUsize>,
}

impl Agent for Counted {
    fn name(&self) -> &str {
        self.agent.name()
    }

    fn reply(&self, ask: Ask) -> BoxStream<'static, Delta> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.agent.reply(ask)
    }
}

/// A voice that hums, a tenth of a second for each word, each text in its own pitch.
struct Tone(Arc<AtomicBool>);

impl Tts for Tone {
    fn name(&self) -> &str {
        "tone"
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        vec![VoiceInfo {
            id: "tone".into(),
            name: "Tone".into(),
            language: "en-US".into(),
            rate: 8_000,
        }]
    }

    fn speak(&self, utterance: Utterance) -> SpeechStream {
        if self.0.load(Ordering::SeqCst) {
            let error = SpeakError::new(ErrorKind::Unavailable, "tone", "it was told to fail");
            return stream::iter([Err(error)]).boxed();
        }
        let words = utterance.text.split_whitespace().count();
        let sum: u32 = utterance.text.bytes().map(u32::from).sum();
        let pitch = 0.1 + (sum % 1_000) as f32 / 2_000.0;
        let samples = (0..words * 800).map(|i| 0.3 * (i as f32 * pitch).sin());
        let pcm = Pcm::new(8_000, samples.collect());
        stream::iter([Ok(pcm)]).boxed()
    }
}
