//! Connections: few, early, and closed when nobody listens any more.

use std::time::Duration;

use futures::future::join_all;
use provider_sim::{Company, Fault, Pace};

use crate::world::{World, first, until};

/// Those who stream while they speak.
const STREAMING: [Company; 6] = [
    Company::Deepgram,
    Company::ElevenLabs,
    Company::OpenAi,
    Company::Kokoro,
    Company::XttsStreaming,
    Company::XttsApi,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_warming_a_first_sentence_opens_no_connection() {
    for company in Company::ALL {
        let world = World::of(company).await;
        world.tts.prewarm().await.expect("it can be reached");
        let before = world.sim.connects();
        assert!(before >= 1, "{company:?}: warming opens a connection");
        world.outcome(10_000).await.0.expect("it is spoken");
        assert_eq!(world.sim.connects(), before, "{company:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sentences_one_after_the_other_share_a_connection() {
    for company in Company::ALL {
        let world = World::of(company).await;
        world.tts.prewarm().await.expect("it can be reached");
        let before = world.sim.connects();
        for _ in 0..5 {
            world.outcome(10_000).await.0.expect("it is spoken");
        }
        let opened = world.sim.connects() - before;
        assert!(
            opened <= 1,
            "{company:?}: {opened} connections for five sentences"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_stream_closes_the_connection_behind_it() {
    for company in STREAMING {
        let world = World::of(company).await;
        world.tts.prewarm().await.expect("it can be reached");
        world.sim.pace(Pace {
            chunk_ms: 20,
            every_ms: 100,
            drip_ms: 0,
        });
        let mut stream = world
            .say("A long sentence. It is dropped in the middle, and nobody wants the rest of it.");
        first(&mut stream).await;
        drop(stream);
        let limit = Duration::from_millis(500);
        until(limit, &format!("{company:?} hung up"), || {
            world.sim.seen().iter().any(|seen| seen.hung_up)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_dropped_before_the_answer_closes_it_too() {
    for company in Company::ALL {
        let world = World::of(company).await;
        world.tts.prewarm().await.expect("it can be reached");
        world.sim.fault(Fault::BlackHole);
        let mut stream = world.say("Nobody waits for this.");
        let before = world.asked();
        let waiting = tokio::spawn(async move {
            let _ = futures::StreamExt::next(&mut stream).await;
        });
        until(Duration::from_secs(5), "it is asked", || {
            world.asked() > before
        })
        .await;
        waiting.abort();
        let limit = Duration::from_millis(500);
        until(limit, &format!("{company:?} hung up"), || {
            world.sim.seen().iter().any(|seen| seen.hung_up)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unread_stream_asks_nobody() {
    for company in Company::ALL {
        let world = World::of(company).await;
        for _ in 0..10 {
            drop(world.say("Nobody listens."));
        }
        assert_eq!(world.sim.seen().len(), 0, "{company:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_at_once_are_all_answered() {
    for company in [Company::Deepgram, Company::Google, Company::Kokoro] {
        let world = World::of(company).await;
        world.tts.prewarm().await.expect("it can be reached");
        let all = join_all((0..50).map(|_| world.outcome(20_000))).await;
        let failed = all.iter().filter(|(said, _)| said.is_err()).count();
        assert_eq!(failed, 0, "{company:?}");
    }
}
