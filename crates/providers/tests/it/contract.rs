//! The contract of every engine, and what is particular to one.

use provider_sim::{Company, Sim};
use providers::{Http, Limits, Secret, SetupError, google, kokoro, piper, xtts_streaming};
use tts::{ErrorKind, Utterance, Voice, collect, contract};

use crate::world::{SENTENCE, World, reference};

async fn keeps_the_contract(company: Company) {
    let world = World::within(company, Limits::WHOLE).await;
    contract::all(&*world.tts, &world.voice).await;
}

macro_rules! contracts {
    ($($name:ident: $company:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            keeps_the_contract(Company::$company).await;
        })*
    };
}

contracts! {
    deepgram_keeps_the_contract: Deepgram,
    elevenlabs_keeps_the_contract: ElevenLabs,
    openai_keeps_the_contract: OpenAi,
    google_keeps_the_contract: Google,
    kokoro_keeps_the_contract: Kokoro,
    piper_keeps_the_contract: Piper,
    the_older_piper_keeps_the_contract: PiperLegacy,
    xtts_streaming_keeps_the_contract: XttsStreaming,
    xtts_api_keeps_the_contract: XttsApi,
}

#[tokio::test]
async fn phone_audio_is_asked_for_at_the_rate_of_the_phone() {
    for company in [Company::Deepgram, Company::ElevenLabs, Company::Google] {
        let world = World::of(company).await;
        let said = world.outcome(10_000).await.0.expect("it is spoken");
        assert_eq!(said.rate, 8_000, "{company:?}");
    }
}

#[tokio::test]
async fn a_voice_that_does_not_exist_is_refused_with_the_nearest() {
    let cases = [
        (
            Company::Google,
            "en-US-Chirp3-Standard-F",
            "en-US-Chirp3-HD-",
        ),
        (
            Company::Google,
            "en-AU-Chirp3-HD-Kora",
            "en-AU-Chirp3-HD-Kore",
        ),
        (Company::Deepgram, "aura-asteria-en-au", "aura-asteria-en"),
        (
            Company::ElevenLabs,
            "EXAVITQu4vr4xnSDxMaM",
            "EXAVITQu4vr4xnSDxMaL",
        ),
        (Company::OpenAi, "corral", "coral"),
        (Company::Kokoro, "af_haert", "af_heart"),
        (Company::Piper, "en_US-lessak-medium", "en_US-lessac-medium"),
        (
            Company::PiperLegacy,
            "en_US-amy-medium",
            "en_US-lessac-medium",
        ),
        (Company::XttsApi, "femail", "female"),
        (Company::XttsStreaming, "Claribel Derfla", "Claribel Dervla"),
    ];
    for (company, id, near) in cases {
        let world = World::of(company).await;
        let voice = Voice::new(world.tts.name(), id);
        let said = collect(world.tts.speak(Utterance::plain(SENTENCE, voice)), 60_000).await;
        let error = said.expect_err("there is no such voice");
        assert_eq!(error.kind, ErrorKind::Unsupported, "{company:?}: {error}");
        assert!(error.message.contains(near), "{company:?}: {error}");
    }
}

#[tokio::test]
async fn a_voice_of_another_family_is_looked_up_before_it_is_refused() {
    let world = World::of(Company::Google).await;
    let voice = Voice::new(google::NAME, "en-US-Neural2-C");
    let utterance = Utterance::plain(SENTENCE, voice.clone());
    collect(world.tts.speak(utterance), 60_000)
        .await
        .expect("the company has it");
    assert!(world.tts.voices().iter().any(|known| known.id == voice.id));
}

#[tokio::test]
async fn markup_goes_where_it_is_read_and_words_go_elsewhere() {
    let cases = [
        (
            "en-US-Neural2-C",
            "ssml",
            "<speak>Hello <break time='1s'/> there</speak>",
        ),
        ("en-US-Chirp3-HD-Kore", "text", "Hello there"),
    ];
    let world = World::of(Company::Google).await;
    for (voice, field, expected) in cases {
        let utterance = Utterance {
            ssml: true,
            ..Utterance::plain(
                "<speak>Hello <break time='1s'/> there</speak>",
                Voice::new(google::NAME, voice),
            )
        };
        collect(world.tts.speak(utterance), 60_000)
            .await
            .expect("it is spoken");
        let body = world
            .sim
            .seen()
            .pop()
            .and_then(|seen| seen.json)
            .expect("a body");
        assert_eq!(body["input"][field], expected);
    }
}

#[tokio::test]
async fn a_reference_is_cloned_once_and_sent_with_every_sentence() {
    let world = World::of(Company::XttsStreaming).await;
    for _ in 0..3 {
        world.outcome(10_000).await.0.expect("it is spoken");
    }
    let seen = world.sim.seen();
    let clones = seen
        .iter()
        .filter(|seen| seen.path == "/clone_speaker")
        .count();
    assert_eq!((clones, world.asked()), (1, 3));
    let body = seen
        .last()
        .and_then(|seen| seen.json.clone())
        .expect("a body");
    assert_eq!(
        body["speaker_embedding"].as_array().map(Vec::len),
        Some(512)
    );
}

#[tokio::test]
async fn a_studio_speaker_is_fetched_once() {
    let world = World::of(Company::XttsStreaming).await;
    let voice = Voice::new(xtts_streaming::NAME, "Claribel Dervla");
    for _ in 0..2 {
        let utterance = Utterance::plain(SENTENCE, voice.clone());
        collect(world.tts.speak(utterance), 60_000)
            .await
            .expect("it is spoken");
    }
    let seen = world.sim.seen();
    assert_eq!(
        seen.iter()
            .filter(|seen| seen.path == "/studio_speakers")
            .count(),
        1
    );
}

#[tokio::test]
async fn the_server_that_streams_not_is_asked_for_whole_files() {
    let world = World::of(Company::PiperLegacy).await;
    for _ in 0..3 {
        world.outcome(10_000).await.0.expect("it is spoken");
    }
    let paths: Vec<String> = world.sim.seen().into_iter().map(|seen| seen.path).collect();
    let tried = paths.iter().filter(|path| *path == "/synthesize").count();
    assert_eq!(
        tried, 1,
        "the older server is asked for the newer path once: {paths:?}"
    );
}

fn refused<T>(made: Result<T, SetupError>) -> String {
    match made {
        Ok(_) => panic!("this cannot work"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_before_anything_is_asked() {
    let http = Http::new(1_000).expect("a client can be built");
    for url in [
        "",
        "localhost:8880",
        "ftp://a/",
        "http://",
        "http://user:secret@a",
        "http://a?key=secret",
    ] {
        let error = refused(kokoro::Kokoro::new(kokoro::Config::new(url), &http));
        assert!(
            error.contains("base URL") && !error.contains("secret"),
            "{url:?}: {error}"
        );
    }
    let key = "line\nend-secret";
    let error = refused(google::Google::new(
        google::Config::new(Secret::new(key)),
        &http,
    ));
    assert!(
        error.contains("copy it again") && !error.contains("secret"),
        "{error}"
    );
    let error = refused(piper::Piper::new(
        piper::Config::new("http://a", " "),
        &http,
    ));
    assert!(error.contains("name the voice"), "{error}");
    let mut short = reference("short");
    short.wav.truncate(30_000);
    let clone = |reference| xtts_streaming::Config {
        references: vec![reference],
        ..xtts_streaming::Config::new("http://a")
    };
    let error = refused(xtts_streaming::XttsStreaming::new(clone(short), &http));
    assert!(error.contains("cannot be read"), "{error}");
}

#[test]
fn a_key_is_never_printed() {
    let config = google::Config::new(Secret::new("AIza-very-secret\n"));
    let shown = format!("{config:?} {:#?}", openai_config());
    assert!(!shown.contains("secret"), "{shown}");
}

fn openai_config() -> providers::openai::Config {
    providers::openai::Config::new(Secret::new("sk-very-secret"))
}

#[tokio::test]
async fn a_wrong_key_says_so_and_is_not_shown() {
    for company in [
        Company::Deepgram,
        Company::ElevenLabs,
        Company::OpenAi,
        Company::Google,
    ] {
        let sim = Sim::start(company).await.expect("there is a free port");
        let world = World::with_key(sim, company, "wrong-secret-key");
        let error = world.outcome(5_000).await.0.expect_err("the key is wrong");
        assert_eq!(
            (error.kind, error.heals),
            (ErrorKind::Auth, false),
            "{company:?}: {error}"
        );
        assert!(!error.message.contains("secret"), "{error}");
        let warm = world.tts.prewarm().await;
        if company != Company::Deepgram && company != Company::OpenAi {
            assert_eq!(
                warm.map_err(|e| e.kind),
                Err(ErrorKind::Auth),
                "{company:?}"
            );
        }
    }
}
