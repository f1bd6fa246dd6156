//! The speech of Kokoro-FastAPI.

use provider_sim::Company;
use reqwest::Response;
use serde_json::{Value, json};

use crate::ask::{client, json_of, start};

async fn ask(body: Value) -> Response {
    let sim = start(Company::Kokoro).await;
    let request = client().post(format!("{}/v1/audio/speech", sim.url()));
    request.json(&body).send().await.expect("it answers")
}

#[tokio::test]
async fn voices_may_be_mixed_or_named_as_elsewhere() {
    for (voice, status) in [
        ("af_heart", 200),
        ("af_bella(2)+af_sky", 200),
        ("coral", 200),
        ("af_bella+", 400),
        ("af_bella(0)", 400),
        ("nobody", 400),
        ("", 400),
    ] {
        let answer =
            ask(json!({"input": "Hello.", "voice": voice, "response_format": "pcm"})).await;
        assert_eq!(answer.status(), status, "{voice}");
        if status == 400 {
            assert_eq!(json_of(answer).await["detail"]["error"], "validation_error");
        }
    }
}

#[tokio::test]
async fn it_streams_unless_told_not_to() {
    let body = |stream: bool| json!({"input": "One. Two. Three.", "response_format": "pcm", "stream": stream});
    let streamed = ask(body(true)).await;
    assert_eq!(streamed.content_length(), None);
    let whole = ask(body(false)).await;
    assert!(whole.content_length().is_some_and(|length| length > 0));
    let bytes = async |answer: Response| answer.bytes().await.expect("it arrives");
    assert_eq!(bytes(streamed).await, bytes(whole).await);
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    assert_eq!(ask(json!({})).await.status(), 422);
    assert_eq!(ask(json!({"input": "a", "speed": 9})).await.status(), 422);
    let model = ask(json!({"input": "a", "model": "none"})).await;
    assert_eq!(model.status(), 400);
    assert_eq!(json_of(model).await["detail"]["error"], "invalid_model");
}

#[tokio::test]
async fn the_list_of_voices_has_two_shapes() {
    let sim = start(Company::Kokoro).await;
    let get = async |query: &str| {
        let url = format!("{}/v1/audio/voices{query}", sim.url());
        json_of(client().get(url).send().await.expect("it answers")).await
    };
    assert_eq!(get("").await["voices"][0]["id"], "af_alloy");
    assert_eq!(get("?legacy=true").await["voices"][0], "af_alloy");
}
