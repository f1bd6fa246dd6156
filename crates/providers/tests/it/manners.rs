//! Connections: few, early, and closed when nobody listens any more.

use futures::{StreamExt, future::join_all};
use provider_sim::{Company, Fault};
use providers::Limits;

use crate::world::{LIMITS, World, hangs_up_in_time, http, until};

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
    let http = http();
    for company in Company::ALL {
        let world = World::through(&http, company, LIMITS).await;
        world.tts.prewarm().await.expect("it can be reached");
        let before = world.sim.connects();
        assert!(before >= 1, "{company:?}: warming opens a connection");
        world.outcome(10_000).await.0.expect("it is spoken");
        assert_eq!(world.sim.connects(), before, "{company:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sentences_one_after_the_other_share_a_connection() {
    let http = http();
    for company in Company::ALL {
        let world = World::through(&http, company, LIMITS).await;
        world.tts.prewarm().await.expect("it can be reached");
        let before = world.sim.connects();
        for _ in 0..5 {
            world.outcome(10_000).await.0.expect("it is spoken");
        }
        // A connection is free a moment after the sound has ended, which a sentence without any pause may miss.
        let opened = world.sim.connects() - before;
        assert!(
            opened < 5,
            "{company:?}: a connection for each of five sentences"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_stream_closes_the_connection_behind_it() {
    let http = http();
    for company in STREAMING {
        let world = World::through(&http, company, LIMITS).await;
        hangs_up_in_time(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_dropped_before_the_answer_closes_it_too() {
    let http = http();
    for company in Company::ALL {
        let world = World::through(&http, company, Limits::WHOLE).await;
        world.tts.prewarm().await.expect("it can be reached");
        world.sim.fault(Fault::BlackHole);
        let mut stream = world.say("Nobody waits for this.");
        let before = world.asked();
        let waiting = tokio::spawn(async move {
            let _ = stream.next().await;
        });
        until("it is asked", || world.asked() > before).await;
        waiting.abort();
        let hung_up = || world.sim.seen().iter().any(|seen| seen.hung_up);
        until(&format!("{company:?} hung up"), hung_up).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_ended_while_it_was_idle_is_replaced_unnoticed() {
    let http = http();
    for company in Company::ALL {
        let world = World::through(&http, company, LIMITS).await;
        world.tts.prewarm().await.expect("it can be reached");
        // Closes what stands, and then listens again.
        world.sim.fault(Fault::Refuse);
        world.sim.fault(Fault::None);
        let said = world.outcome(10_000).await.0;
        assert!(said.is_ok(), "{company:?}: {said:?}");
        assert!(
            world.asked() <= 3,
            "{company:?} is not asked again and again"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_resets_is_asked_twice_at_most() {
    let http = http();
    for company in Company::ALL {
        let world = World::through(&http, company, LIMITS).await;
        world.tts.prewarm().await.expect("it can be reached");
        let before = world.asked();
        world.sim.fault(Fault::Reset);
        world
            .outcome(10_000)
            .await
            .0
            .expect_err("it answers nobody");
        let asked = world.asked() - before;
        assert!(asked <= 2, "{company:?}: {asked} requests for one sentence");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unread_stream_asks_nobody() {
    let http = http();
    for company in Company::ALL {
        let world = World::through(&http, company, LIMITS).await;
        for _ in 0..10 {
            drop(world.say("Nobody listens."));
        }
        assert_eq!(world.sim.seen().len(), 0, "{company:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_are_all_answered() {
    let http = http();
    for company in [Company::Deepgram, Company::Google, Company::Kokoro] {
        let world = World::through(&http, company, Limits::WHOLE).await;
        world.tts.prewarm().await.expect("it can be reached");
        let all = join_all((0..30).map(|_| world.outcome(20_000))).await;
        let failed: Vec<_> = all.into_iter().filter_map(|(said, _)| said.err()).collect();
        assert!(failed.is_empty(), "{company:?}: {failed:?}");
    }
}
