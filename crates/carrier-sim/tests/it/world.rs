//! A server on port 0 whose answers are a function of the request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use audio::{Format, Pcm, Wav};
use carrier_sim::{CallReport, Network, NetworkConfig};

#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub params: HashMap<String, String>,
    pub headers: HashMap<String, String>,
    pub raw: String,
}

impl Asked {
    pub fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

#[derive(Clone)]
pub enum Reply {
    Xml(String),
    Wav(Vec<u8>, &'static str),
    Full(u16, Vec<(&'static str, String)>, Vec<u8>),
    Late(u64, Box<Reply>),
}

type Answer = dyn Fn(&Asked) -> Reply + Send + Sync;

pub struct World {
    pub base: String,
    log: Arc<Mutex<Vec<Asked>>>,
    handle: ServerHandle,
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

#[derive(Clone)]
struct Shared {
    log: Arc<Mutex<Vec<Asked>>>,
    answer: Arc<Answer>,
}

async fn serve(request: HttpRequest, body: web::Bytes, shared: web::Data<Shared>) -> HttpResponse {
    let raw = String::from_utf8_lossy(&body).into_owned();
    let asked = Asked {
        method: request.method().to_string(),
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
        params: url::form_urlencoded::parse(&body).into_owned().collect(),
        headers: request
            .headers()
            .iter()
            .map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned()))
            .collect(),
        raw,
    };
    shared
        .log
        .lock()
        .expect("no test panics in here")
        .push(asked.clone());
    let mut reply = (shared.answer)(&asked);
    while let Reply::Late(ms, then) = reply {
        actix_web::rt::time::sleep(Duration::from_millis(ms)).await;
        reply = *then;
    }
    match reply {
        Reply::Xml(xml) => HttpResponse::Ok().content_type("text/xml").body(xml),
        Reply::Wav(wav, cache) => HttpResponse::Ok()
            .content_type("audio/wav")
            .insert_header(("Cache-Control", cache))
            .body(wav),
        Reply::Full(status, headers, body) => {
            let status = actix_web::http::StatusCode::from_u16(status).expect("a status");
            let mut answer = HttpResponse::build(status);
            for (name, value) in headers {
                answer.insert_header((name, value));
            }
            answer.body(body)
        }
        Reply::Late(..) => unreachable!("unwrapped above"),
    }
}

impl World {
    pub fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let shared = Shared {
            log: Arc::default(),
            answer: Arc::new(answer),
        };
        let log = shared.log.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(shared.clone()))
                .default_service(web::to(serve))
        })
        .workers(1)
        .keep_alive(Duration::from_secs(60))
        .disable_signals()
        .bind("127.0.0.1:0")
        .expect("a free port");
        let base = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { base, log, handle }
    }

    /// A network in front of this server, `speed` times faster than life.
    pub fn network(&self, speed: f64) -> Network {
        self.network_with(speed, |_| {})
    }

    pub fn network_with(&self, speed: f64, change: impl FnOnce(&mut NetworkConfig)) -> Network {
        let mut config = NetworkConfig {
            base_url: self.base.clone(),
            speed,
            // 15 s of the test machine, which may be busy, whatever the speed.
            timeout_ms: (15_000.0 * speed) as u32,
            ..NetworkConfig::default()
        };
        change(&mut config);
        Network::new(config).expect("a good configuration")
    }

    pub fn log(&self) -> Vec<Asked> {
        self.log.lock().expect("no test panics in here").clone()
    }

    pub fn asked(&self, path: &str) -> Vec<Asked> {
        let log = self.log().into_iter();
        log.filter(|a| a.path.starts_with(path)).collect()
    }
}

pub fn xml(verbs: &str) -> Reply {
    Reply::Xml(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{verbs}</Response>"
    ))
}

/// Listens for speech and keys, says `prompt` meanwhile, and goes to `/next`.
pub fn listen(prompt: &str) -> Reply {
    xml(&format!(
        "<Gather input=\"speech dtmf\" action=\"/next\" method=\"POST\" timeout=\"5\" \
         speechTimeout=\"auto\" actionOnEmptyResult=\"true\">{prompt}</Gather>"
    ))
}

/// Silence, a tone, silence, as a file.
pub fn sound(head_ms: u32, tone_ms: u32, tail_ms: u32) -> Reply {
    Reply::Wav(wav(head_ms, tone_ms, tail_ms), "public, max-age=3600")
}

pub fn wav(head_ms: u32, tone_ms: u32, tail_ms: u32) -> Vec<u8> {
    Wav::encode(&tone(head_ms, tone_ms, tail_ms), Format::PHONE)
}

pub fn tone(head_ms: u32, tone_ms: u32, tail_ms: u32) -> Pcm {
    let mut pcm = Pcm::silence(8000, head_ms);
    let count = tone_ms as usize * 8;
    let sine = (0..count).map(|n| 0.3 * (n as f32 * 0.35).sin()).collect();
    pcm.append(&Pcm::new(8000, sine));
    pcm.append(&Pcm::silence(8000, tail_ms));
    pcm
}

/// A call's length without what the server and the machine needed: exact, however busy they are.
pub fn own_ms(report: &CallReport) -> f64 {
    let turns = report.turns.iter();
    let cost: f64 = turns
        .flat_map(|t| t.webhook_ms.iter().chain(&t.fetch_ms))
        .sum();
    report.duration_ms - cost
}
