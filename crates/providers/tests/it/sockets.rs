//! The companies that also speak over WebSockets: the same contract and the same names for what goes wrong.

use std::time::{Duration, Instant};

use provider_sim::{Company, Fault, Pace, Sim};
use providers::{Http, Limits, Secret, deepgram};
use tts::{ErrorKind, Tts, Utterance, Voice, collect, contract};

use crate::world::{LIMITS, SENTENCE, World, hangs_up_in_time, http};

const BOTH: [Company; 2] = [Company::Deepgram, Company::ElevenLabs];

async fn world(http: &Http, company: Company, limits: Limits) -> World {
    let world = World::over_sockets(http, company, limits).await;
    world.expect("it has sockets")
}

fn sockets(world: &World) -> usize {
    let upgraded = |seen: &provider_sim::Seen| seen.header("upgrade").is_some();
    world
        .sim
        .seen()
        .iter()
        .filter(|seen| upgraded(seen))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_keep_the_contract_over_sockets() {
    let http = http();
    for company in BOTH {
        let world = world(&http, company, Limits::WHOLE).await;
        contract::all(&*world.tts, &world.voice).await;
        assert!(sockets(&world) > 0, "{company:?} was asked over sockets");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_has_the_same_name_over_sockets() {
    use ErrorKind::{Auth, Broken, RateLimited, Timeout, Unavailable};
    let status = |code| Fault::Status {
        code,
        retry_after_s: Some(2),
    };
    let table = [
        (Fault::None, None),
        (Fault::Refuse, Some(Unavailable)),
        (Fault::BlackHole, Some(Timeout)),
        (Fault::Reset, Some(Unavailable)),
        (Fault::Slow { first_ms: 300 }, None),
        (Fault::Slow { first_ms: 4_000 }, Some(Timeout)),
        (Fault::Drip, Some(Timeout)),
        (status(401), Some(Auth)),
        (status(429), Some(RateLimited)),
        (status(500), Some(Unavailable)),
        (Fault::Garbage, Some(Broken)),
        (Fault::LyingType, Some(Broken)),
        (Fault::Cut { after_bytes: 0 }, Some(Broken)),
        (Fault::Cut { after_bytes: 5_001 }, Some(Broken)),
        (Fault::Empty, Some(Broken)),
        (Fault::SilentAudio, Some(Broken)),
    ];
    let mut wrong = Vec::new();
    let http = http();
    for company in BOTH {
        for (fault, expected) in table {
            let world = world(&http, company, LIMITS).await;
            world.sim.pace(Pace {
                drip_ms: 40,
                ..Pace::default()
            });
            world.sim.fault(fault);
            let (said, took) = world.outcome(10_000).await;
            let got = said.as_ref().err().map(|e| e.kind);
            eprintln!(
                "{company:?} x {fault:?}: {got:?} after {took:?} {said:?}",
                said = said.as_ref().err()
            );
            let limit = Duration::from_millis(u64::from(LIMITS.first_byte_ms) + 1_500);
            if got != expected || took > limit {
                wrong.push(format!(
                    "{company:?} x {fault:?}: {got:?} after {took:?}, not {expected:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_warming_a_first_sentence_opens_no_socket() {
    let http = http();
    for company in BOTH {
        let world = world(&http, company, LIMITS).await;
        world.tts.prewarm().await.expect("it can be reached");
        let before = world.sim.connects();
        world.outcome(10_000).await.0.expect("it is spoken");
        // Where a socket ends with its sentence, the one for the next sentence is opened beside it.
        let next = u64::from(company == Company::ElevenLabs);
        assert_eq!(world.sim.connects(), before + next, "{company:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_socket_ends_with_its_sentence_the_next_is_opened_meanwhile() {
    let world = world(&http(), Company::ElevenLabs, LIMITS).await;
    world.tts.prewarm().await.expect("it can be reached");
    let before = sockets(&world);
    for sentence in 0..4 {
        // Had a sentence opened one for itself, there would be more.
        assert_eq!(sockets(&world), before + sentence);
        world.outcome(10_000).await.0.expect("it is spoken");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_can_be_used_again_is_and_is_retired_in_time() {
    let world = world(&http(), Company::Deepgram, LIMITS).await;
    for _ in 0..18 {
        world.outcome(10_000).await.0.expect("it is spoken");
    }
    assert_eq!(sockets(&world), 1, "one socket for eighteen utterances");
    for _ in 0..4 {
        world.outcome(10_000).await.0.expect("it is spoken");
    }
    assert_eq!(
        sockets(&world),
        2,
        "a new one before the company's limit of flushes"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_died_while_it_was_idle_is_replaced() {
    let http = http();
    for company in BOTH {
        let world = world(&http, company, LIMITS).await;
        world.tts.prewarm().await.expect("it can be reached");
        // Closes what stands, and then listens again.
        world.sim.fault(Fault::Refuse);
        world.sim.fault(Fault::None);
        // The close may arrive a moment later: until then the old socket speaks, or a sentence meets its end.
        let begun = Instant::now();
        while sockets(&world) < 2 {
            let _ = world.outcome(5_000).await;
            assert!(begun.elapsed() < Duration::from_secs(20), "{company:?}");
        }
        world.outcome(5_000).await.0.expect("it is spoken");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_stream_closes_its_socket() {
    let http = http();
    for company in BOTH {
        let world = world(&http, company, LIMITS).await;
        hangs_up_in_time(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_voice_gets_another_socket() {
    let world = world(&http(), Company::Deepgram, LIMITS).await;
    for id in ["aura-2-thalia-en", "aura-2-orion-en", "aura-2-thalia-en"] {
        let utterance = Utterance::plain(SENTENCE, Voice::new("deepgram", id));
        collect(world.tts.speak(utterance), 60_000)
            .await
            .expect("it is spoken");
    }
    assert_eq!(sockets(&world), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_tls_is_not_spoken_to_in_plain() {
    let http = http();
    for socket in [false, true] {
        let sim = Sim::start(Company::Deepgram)
            .await
            .expect("there is a free port");
        let config = deepgram::Config {
            base_url: sim.url().replace("http://", "https://"),
            socket,
            ..deepgram::Config::new(Secret::new(sim.key()))
        };
        let tts = deepgram::Deepgram::new(config, &http).expect("sane");
        let utterance = Utterance::plain(SENTENCE, Voice::new(deepgram::NAME, "aura-2-thalia-en"));
        let error = collect(tts.speak(utterance), 60_000)
            .await
            .expect_err("there is no TLS");
        assert_eq!(error.kind, ErrorKind::Unavailable, "{error}");
        assert_eq!(sim.seen().len(), 0, "the key went nowhere");
    }
}
