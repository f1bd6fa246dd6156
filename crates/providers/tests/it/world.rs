//! A provider and the simulator that it talks to.

use std::time::{Duration, Instant};

use audio::{Encoding, Format, Pcm, Wav};
use futures::StreamExt;
use provider_sim::{Company, Pace, Sim};
use providers::{
    Http, Limits, Secret, deepgram, elevenlabs, google, kokoro, openai, piper, xtts_api,
    xtts_streaming,
};
use tts::{SpeakError, SpeechStream, Tts, Utterance, Voice};

pub const SENTENCE: &str = "Your appointment is on Tuesday at three, is that still all right?";

/// Short enough for a table of failures, long enough for a busy machine.
pub const LIMITS: Limits = Limits {
    first_byte_ms: 2_000,
    idle_ms: 400,
};

/// A simulator, a client of its own, and the voice to speak with.
pub struct World {
    pub sim: Sim,
    pub tts: Box<dyn Tts>,
    pub voice: Voice,
}

impl World {
    pub async fn of(company: Company) -> World {
        World::within(company, LIMITS).await
    }

    pub async fn within(company: Company, limits: Limits) -> World {
        World::through(&http(), company, limits).await
    }

    /// The same with a client that others use, too: reading the system's certificates takes its time.
    pub async fn through(http: &Http, company: Company, limits: Limits) -> World {
        let sim = Sim::start(company).await.expect("there is a free port");
        let key = Secret::new(sim.key());
        let (tts, voice) = client(company, &sim.url(), key, limits, http);
        let voice = Voice::new(tts.name(), voice);
        World { sim, tts, voice }
    }

    /// The same over WebSockets; `None` for those that have none.
    pub async fn over_sockets(http: &Http, company: Company, limits: Limits) -> Option<World> {
        let sim = Sim::start(company).await.expect("there is a free port");
        let (key, base_url) = (Secret::new(sim.key()), sim.url());
        let (tts, voice): (Box<dyn Tts>, String) = match company {
            Company::Deepgram => {
                let base = deepgram::Config::new(key);
                let config = deepgram::Config {
                    base_url,
                    limits,
                    socket: true,
                    ..base
                };
                let voice = config.voice.clone();
                let tts = deepgram::Deepgram::new(config, http).expect("sane");
                (Box::new(tts), voice)
            }
            Company::ElevenLabs => {
                let base = elevenlabs::Config::new(key);
                let config = elevenlabs::Config {
                    base_url,
                    limits,
                    socket: true,
                    ..base
                };
                let voice = config.voice.clone();
                let tts = elevenlabs::ElevenLabs::new(config, http).expect("sane");
                (Box::new(tts), voice)
            }
            _ => return None,
        };
        let voice = Voice::new(tts.name(), voice);
        Some(World { sim, tts, voice })
    }

    /// The same with another key than the simulator takes.
    pub fn with_key(sim: Sim, company: Company, key: &str) -> World {
        let (tts, voice) = client(company, &sim.url(), Secret::new(key), LIMITS, &http());
        let voice = Voice::new(tts.name(), voice);
        World { sim, tts, voice }
    }

    pub fn say(&self, text: &str) -> SpeechStream {
        self.tts.speak(Utterance::plain(text, self.voice.clone()))
    }

    /// What became of a sentence, and after how long.
    pub async fn outcome(&self, deadline_ms: u32) -> (Result<Pcm, SpeakError>, Duration) {
        let utterance = Utterance::plain(SENTENCE, self.voice.clone()).within(deadline_ms);
        let begun = Instant::now();
        let said = tts::collect(self.tts.speak(utterance), 60_000).await;
        (said, begun.elapsed())
    }

    /// How many requests for speech arrived, lists and warming left out.
    pub fn asked(&self) -> usize {
        let speech = |path: &str| {
            [
                "/speak",
                "/text-to-speech/",
                "/speech",
                ":synthesize",
                "/synthesize",
                "/tts_stream",
                "/tts_to_audio",
            ]
            .iter()
            .any(|part| path.contains(part))
                || path == "/"
        };
        self.sim
            .seen()
            .iter()
            .filter(|seen| speech(&seen.path))
            .count()
    }
}

/// A client as the binary builds it, once.
pub fn http() -> Http {
    Http::new(1_000).expect("a client can be built")
}

fn client(
    company: Company,
    url: &str,
    key: Secret,
    limits: Limits,
    http: &Http,
) -> (Box<dyn Tts>, String) {
    let url = url.to_owned();
    match company {
        Company::Deepgram => {
            let base = deepgram::Config::new(key);
            let config = deepgram::Config {
                base_url: url,
                limits,
                ..base
            };
            let voice = config.voice.clone();
            (
                Box::new(deepgram::Deepgram::new(config, http).expect("sane")),
                voice,
            )
        }
        Company::ElevenLabs => {
            let base = elevenlabs::Config::new(key);
            let config = elevenlabs::Config {
                base_url: url,
                limits,
                ..base
            };
            let voice = config.voice.clone();
            (
                Box::new(elevenlabs::ElevenLabs::new(config, http).expect("sane")),
                voice,
            )
        }
        Company::OpenAi => {
            let base_url = format!("{url}/v1");
            let config = openai::Config {
                base_url,
                limits,
                ..openai::Config::new(key)
            };
            let voice = config.voice.clone();
            (
                Box::new(openai::OpenAi::new(config, http).expect("sane")),
                voice,
            )
        }
        Company::Google => {
            let base = google::Config::new(key);
            let config = google::Config {
                base_url: url,
                limits,
                ..base
            };
            let voice = config.voice.clone();
            (
                Box::new(google::Google::new(config, http).expect("sane")),
                voice,
            )
        }
        _ => own_server(company, url, limits, http),
    }
}

fn own_server(
    company: Company,
    url: String,
    limits: Limits,
    http: &Http,
) -> (Box<dyn Tts>, String) {
    match company {
        Company::Kokoro => {
            let config = kokoro::Config {
                limits,
                ..kokoro::Config::new(url)
            };
            let voice = config.voice.clone();
            (
                Box::new(kokoro::Kokoro::new(config, http).expect("sane")),
                voice,
            )
        }
        Company::XttsStreaming => {
            let config = xtts_streaming::Config {
                voice: "owner".into(),
                references: vec![reference("owner")],
                limits,
                ..xtts_streaming::Config::new(url)
            };
            (
                Box::new(xtts_streaming::XttsStreaming::new(config, http).expect("sane")),
                "owner".into(),
            )
        }
        Company::XttsApi => {
            let config = xtts_api::Config {
                limits,
                ..xtts_api::Config::new(url, "female")
            };
            (
                Box::new(xtts_api::XttsApi::new(config, http).expect("sane")),
                "female".into(),
            )
        }
        _ => {
            let voice = "en_US-lessac-medium";
            let config = piper::Config {
                limits,
                ..piper::Config::new(url, voice)
            };
            (
                Box::new(piper::Piper::new(config, http).expect("sane")),
                voice.into(),
            )
        }
    }
}

/// Three seconds of something like a voice.
pub fn reference(voice: &str) -> xtts_streaming::Reference {
    let sample = |i: u32| (i as f32 * 0.05).sin() * 0.3;
    let pcm = Pcm::new(24_000, (0..72_000).map(sample).collect());
    let format = Format {
        encoding: Encoding::Pcm16,
        rate: 24_000,
    };
    xtts_streaming::Reference {
        voice: voice.into(),
        wav: Wav::encode(&pcm, format),
    }
}

/// Waits until `what` holds, and says how long it took; fails after ten seconds.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}: never");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    begun.elapsed()
}

/// Upstream is closed at most this long after the stream was dropped.
const HANG_UP: Duration = Duration::from_millis(500);

/// Drops a stream in the middle of its sound. The best of three counts: a busy machine may sleep for longer than the limit.
pub async fn hangs_up_in_time(world: &World) {
    // Before the warming: a socket keeps the pace at which it was opened.
    world.sim.pace(Pace {
        chunk_ms: 20,
        every_ms: 100,
        drip_ms: 0,
    });
    world.tts.prewarm().await.expect("it can be reached");
    let hung_up = || world.sim.seen().iter().filter(|seen| seen.hung_up).count();
    let mut best = Duration::MAX;
    for tries in 0..3 {
        let mut stream = world.say(&"Nobody wants the end of this. ".repeat(20));
        first(&mut stream).await;
        drop(stream);
        let name = world.tts.name();
        let took = until(&format!("{name} hung up"), || hung_up() > tries).await;
        best = best.min(took);
        if best <= HANG_UP {
            return;
        }
    }
    panic!("{} hung up after {best:?}", world.tts.name());
}

/// The first piece of sound.
pub async fn first(stream: &mut SpeechStream) -> Pcm {
    let first = stream.next().await.expect("there is sound");
    first.expect("it is spoken")
}
