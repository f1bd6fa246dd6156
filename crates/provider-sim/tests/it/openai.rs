//! The speech of OpenAI.

use provider_sim::{Company, Fault, Pace, Sim, sound};
use serde_json::{Value, json};

const SENTENCE: &str = "Your appointment is on Tuesday at three.";

fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("plain HTTP needs nothing")
}

async fn ask(sim: &Sim, body: Value) -> reqwest::Result<reqwest::Response> {
    let url = format!("{}/v1/audio/speech", sim.url());
    client()
        .post(url)
        .bearer_auth(sim.key())
        .json(&body)
        .send()
        .await
}

fn wanted() -> Value {
    json!({"model": "gpt-4o-mini-tts", "voice": "coral", "input": SENTENCE, "response_format": "pcm"})
}

#[tokio::test]
async fn pcm_is_as_long_as_the_text() {
    let sim = Sim::start(Company::OpenAi).await.expect("a port is free");
    let answer = ask(&sim, wanted()).await.expect("it answers");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "audio/pcm");
    let bytes = answer.bytes().await.expect("it arrives whole");
    let expected = sound::speaking_ms(SENTENCE, 1.0) * 48.0;
    assert_eq!(bytes.len() as f64, expected);
    let seen = sim.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(
        seen[0].json.as_ref().expect("it was JSON")["voice"],
        "coral"
    );
    assert!(!seen[0].hung_up);
}

#[tokio::test]
async fn a_client_that_hangs_up_is_noted() {
    let sim = Sim::start(Company::OpenAi).await.expect("a port is free");
    sim.pace(Pace {
        every_ms: 100,
        ..Pace::default()
    });
    let mut answer = ask(&sim, wanted()).await.expect("it answers");
    answer.chunk().await.expect("a first piece arrives");
    drop(answer);
    while !sim.seen()[0].hung_up {
        tokio::task::yield_now().await;
    }
    assert!(sim.seen()[0].hung_up_after_ms.is_some());
}

#[tokio::test]
async fn refusal_holds_until_it_is_taken_back() {
    let sim = Sim::start(Company::OpenAi).await.expect("a port is free");
    ask(&sim, wanted()).await.expect("it answers");
    sim.fault(Fault::Refuse);
    let refused = ask(&sim, wanted()).await.expect_err("nobody listens");
    assert!(refused.is_connect(), "{refused:?}");
    sim.fault(Fault::None);
    ask(&sim, wanted()).await.expect("it answers again");
    assert_eq!(sim.connects(), 2);
}
