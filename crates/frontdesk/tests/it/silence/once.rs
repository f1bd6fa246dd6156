//! What was said once is not paid for again.

use std::{collections::BTreeMap, time::Duration};

use futures::future::join_all;
use provider_sim::{Company, Fault, Sim};

use super::{
    ear::Heard,
    house::{House, call},
    server,
    world::{chained, questions, redis, speech, voice_of},
};

/// How often each text was spoken.
fn spoken(voice: &Sim) -> BTreeMap<String, u32> {
    let mut spoken = BTreeMap::new();
    for seen in voice.seen().iter().filter(|seen| seen.method == "POST") {
        let text = String::from_utf8_lossy(&seen.body).into_owned();
        *spoken.entry(text).or_default() += 1;
    }
    spoken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; scripts/check-silence runs it"]
async fn a_second_identical_call_synthesises_nothing() {
    let company = Company::Deepgram;
    let voice = Sim::start(company).await.expect("a free port");
    let house = House::open(
        &speech(&voice, company),
        (chained(company), voice_of(company)),
    )
    .await;
    let first = call(&house.network(), &questions()).await;
    let once = spoken(&voice);
    let second = call(&house.network(), &questions()).await;
    let words = |report: &carrier_sim::CallReport| report.turns[2].clips.clone();
    assert_eq!(words(&first), words(&second));
    assert_eq!(
        spoken(&voice),
        once,
        "nothing was spoken for the second call"
    );
    assert!(once.values().all(|times| *times == 1), "{once:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; scripts/check-silence runs it"]
async fn a_hundred_misses_in_two_programs_on_one_redis_are_one_request() {
    let Some(address) = server("FRONTDESK_TEST_REDIS") else {
        return;
    };
    let company = Company::Deepgram;
    let voice = Sim::start(company).await.expect("a free port");
    let mut settings = speech(&voice, company);
    settings.extend(redis(&format!("redis://{address}")));
    let named = (chained(company), voice_of(company));
    let houses = [
        House::open(&settings, named).await,
        House::open(&settings, named).await,
    ];
    // Long enough for all to want it before it is there, though no two ring in the same moment.
    voice.fault(Fault::Slow { first_ms: 1_500 });
    let before = spoken(&voice);
    let networks = houses.each_ref().map(House::network);
    let question = &questions()[..1];
    let placed = networks.iter().flat_map(|network| {
        (0..50).map(move |number| async move {
            tokio::time::sleep(Duration::from_millis(15 * number)).await;
            call(network, question).await
        })
    });
    let reports = join_all(placed).await;
    let mut heard = Heard::default();
    for report in &reports {
        heard.and(Heard::of(report, 1));
    }
    let after = spoken(&voice);
    let fresh: Vec<_> = after
        .iter()
        .filter(|(text, _)| !before.contains_key(*text))
        .collect();
    eprintln!("100 calls at two programs: {fresh:?}");
    assert!(!fresh.is_empty(), "the answer was new");
    assert!(after.values().all(|times| *times == 1), "{after:?}");
    heard.wrong.truncate(10);
    assert!(heard.wrong.is_empty(), "{}", heard.wrong.join("\n"));
}
