//! Every provider with every fault: what it is called, and that it does not take long.

use std::time::Duration;

use futures::StreamExt;
use provider_sim::{Company, Fault, Pace};
use tts::{ErrorKind, Utterance};

use crate::world::{LIMITS, SENTENCE, World, http};

/// What a sentence comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Spoken,
    Fails(ErrorKind),
}

use ErrorKind::{Auth, Broken, RateLimited, Timeout, Unavailable};

/// A fault, what it must be called, and within how many milliseconds.
// tidy: table
fn table() -> Vec<(&'static str, Fault, End, u64)> {
    let status = |code, retry_after_s| Fault::Status {
        code,
        retry_after_s,
    };
    // What has to wait for nothing gets time for a busy machine only; the deadline is far behind.
    let (soon, late) = (3_000, u64::from(LIMITS.first_byte_ms) + 1_500);
    vec![
        ("none", Fault::None, End::Spoken, soon),
        ("refused", Fault::Refuse, End::Fails(Unavailable), soon),
        ("black hole", Fault::BlackHole, End::Fails(Timeout), late),
        ("reset", Fault::Reset, End::Fails(Unavailable), soon),
        ("slow", Fault::Slow { first_ms: 300 }, End::Spoken, soon),
        (
            "too slow",
            Fault::Slow { first_ms: 4_000 },
            End::Fails(Timeout),
            late,
        ),
        ("drip", Fault::Drip, End::Fails(Timeout), late),
        ("401", status(401, None), End::Fails(Auth), soon),
        ("429", status(429, Some(2)), End::Fails(RateLimited), soon),
        ("500", status(500, None), End::Fails(Unavailable), soon),
        ("503", status(503, None), End::Fails(Unavailable), soon),
        ("garbage", Fault::Garbage, End::Fails(Broken), soon),
        ("lying type", Fault::LyingType, End::Fails(Broken), soon),
        (
            "cut at once",
            Fault::Cut { after_bytes: 0 },
            End::Fails(Broken),
            soon,
        ),
        (
            "cut",
            Fault::Cut { after_bytes: 5_001 },
            End::Fails(Broken),
            soon,
        ),
        ("empty", Fault::Empty, End::Fails(Broken), soon),
        ("silent", Fault::SilentAudio, End::Fails(Broken), soon),
    ]
}

async fn row(company: Company) -> Vec<String> {
    let mut wrong = Vec::new();
    let http = http();
    for (name, fault, expected, within_ms) in table() {
        let world = World::through(&http, company, LIMITS).await;
        world.sim.pace(Pace {
            drip_ms: 40,
            ..Pace::default()
        });
        // Lists and clones come before the fault, as they do in a call.
        world.tts.prewarm().await.expect("nothing is wrong yet");
        world.sim.fault(fault);
        let (said, took) = world.outcome(10_000).await;
        let end = match &said {
            Ok(_) => End::Spoken,
            Err(error) => End::Fails(error.kind),
        };
        let took = took.as_millis() as u64;
        eprintln!(
            "{company:?} x {name}: {end:?} after {took} ms {}",
            said.as_ref().err().map_or("", |e| &e.message)
        );
        if end != expected || took > within_ms {
            wrong.push(format!("{company:?} x {name}: {end:?} after {took} ms, not {expected:?} within {within_ms} ms"));
        }
        if let Err(error) = said {
            let private = error.message.contains("appointment")
                || (!world.sim.key().is_empty() && error.message.contains(world.sim.key()));
            if private || error.provider != world.tts.name() || error.heals != error.kind.heals() {
                wrong.push(format!("{company:?} x {name}: {error:?}"));
            }
            if name == "429" && error.retry_after_ms != Some(2_000) {
                wrong.push(format!(
                    "{company:?} x {name}: asks again after {:?} ms",
                    error.retry_after_ms
                ));
            }
        }
        world.sim.fault(Fault::None);
        if world.outcome(10_000).await.0.is_err() {
            wrong.push(format!("{company:?} x {name}: does not recover"));
        }
    }
    wrong
}

macro_rules! rows {
    ($($name:ident: $company:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let wrong = row(Company::$company).await;
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        })*
    };
}

rows! {
    deepgram_names_every_fault_in_time: Deepgram,
    elevenlabs_names_every_fault_in_time: ElevenLabs,
    openai_names_every_fault_in_time: OpenAi,
    google_names_every_fault_in_time: Google,
    kokoro_names_every_fault_in_time: Kokoro,
    piper_names_every_fault_in_time: Piper,
    the_older_piper_names_every_fault_in_time: PiperLegacy,
    xtts_streaming_names_every_fault_in_time: XttsStreaming,
    xtts_api_names_every_fault_in_time: XttsApi,
}

/// Without warming the same faults meet the lists and the clones, and are called the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_before_the_first_sentence_is_named_the_same() {
    let faults = [
        (Fault::Refuse, Unavailable),
        (Fault::BlackHole, Timeout),
        (Fault::Reset, Unavailable),
        (
            Fault::Status {
                code: 500,
                retry_after_s: None,
            },
            Unavailable,
        ),
        (Fault::Cut { after_bytes: 10 }, Broken),
    ];
    let http = http();
    for company in Company::ALL {
        for (fault, expected) in faults {
            let world = World::through(&http, company, LIMITS).await;
            world.sim.fault(fault);
            let kind = world.outcome(10_000).await.0.map_err(|e| e.kind).err();
            assert_eq!(kind, Some(expected), "{company:?} x {fault:?}");
        }
    }
}

/// The deadline of an utterance ends it also in the middle of its sound.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deadline_ends_a_stream_that_still_speaks() {
    for company in [
        Company::Deepgram,
        Company::ElevenLabs,
        Company::OpenAi,
        Company::XttsStreaming,
    ] {
        let world = World::of(company).await;
        world.tts.prewarm().await.expect("nothing is wrong");
        world.sim.pace(Pace {
            chunk_ms: 100,
            every_ms: 100,
            drip_ms: 0,
        });
        let utterance = Utterance::plain(SENTENCE, world.voice.clone()).within(700);
        let begun = std::time::Instant::now();
        let all: Vec<_> = world.tts.speak(utterance).collect().await;
        let last = all.last().expect("something came");
        assert_eq!(
            last.as_ref().map_err(|e| e.kind).err(),
            Some(Timeout),
            "{company:?}"
        );
        assert!(all.len() > 2, "{company:?}: sound came before it");
        assert!(
            begun.elapsed() < Duration::from_millis(1_000),
            "{company:?}"
        );
    }
}
