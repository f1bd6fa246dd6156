//! The two generations of the Piper server.

use audio::Wav;
use provider_sim::Company;
use serde_json::{Value, json};

use crate::ask::{SENTENCE, client, json_of, length, start};

#[tokio::test]
async fn a_voice_has_its_rate_and_an_unknown_one_is_the_default() {
    let sim = start(Company::Piper).await;
    for (voice, rate) in [("en_GB-alan-low", 16_000), ("nobody", 22_050)] {
        let request = client().post(format!("{}/synthesize", sim.url()));
        let request = request.json(&json!({"text": SENTENCE, "voice": voice, "length_scale": 2.0}));
        let body = request
            .send()
            .await
            .expect("it answers")
            .bytes()
            .await
            .expect("it arrives");
        let pcm = Wav::decode(&body).expect("it is a WAV file");
        assert_eq!(pcm.rate, rate);
        assert_eq!(pcm.duration_ms(), length() * 2);
    }
    let voices = client()
        .get(format!("{}/voices", sim.url()))
        .send()
        .await
        .expect("it answers");
    let voices = json_of(voices).await;
    assert_eq!(voices["en_GB-alan-low"]["audio"]["sample_rate"], 16_000);
    assert_eq!(voices["nobody"], Value::Null);
}

#[tokio::test]
async fn every_mistake_is_a_page_with_500() {
    let sim = start(Company::Piper).await;
    for body in [
        "",
        "{",
        "[]",
        "{\"text\": \" \"}",
        "{\"text\": \"a\", \"length_scale\": \"x\"}",
    ] {
        let request = client()
            .post(format!("{}/synthesize", sim.url()))
            .body(body);
        let answer = request.send().await.expect("it answers");
        assert_eq!(answer.status(), 500, "{body}");
        assert!(
            answer
                .text()
                .await
                .expect("it arrives")
                .contains("<title>500")
        );
    }
}

#[tokio::test]
async fn each_generation_has_its_own_door() {
    let (new, old) = (
        start(Company::Piper).await,
        start(Company::PiperLegacy).await,
    );
    let post = async |url: String| {
        let answer = client().post(url).body("{\"text\": \"a\"}").send().await;
        answer.expect("it answers").status().as_u16()
    };
    assert_eq!(post(format!("{}/synthesize", new.url())).await, 200);
    assert_eq!(post(format!("{}/", new.url())).await, 405);
    assert_eq!(post(format!("{}/synthesize", old.url())).await, 404);
    assert_eq!(post(format!("{}/", old.url())).await, 200);
    let asked = client()
        .get(format!("{}/?text=Hello.", old.url()))
        .send()
        .await;
    assert_eq!(asked.expect("it answers").status(), 200);
}
