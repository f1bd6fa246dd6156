//! The speech of OpenAI.

use provider_sim::Company;
use reqwest::Response;
use serde_json::{Value, json};

use crate::ask::{SENTENCE, client, json_of, start};

/// The answer to a good request with some fields changed.
async fn ask(change: Value) -> Response {
    let sim = start(Company::OpenAi).await;
    let mut body = json!({
        "model": "gpt-4o-mini-tts", "voice": "coral", "input": SENTENCE, "response_format": "pcm",
    });
    for (name, value) in change.as_object().expect("an object") {
        body[name] = value.clone();
    }
    let request = client().post(format!("{}/v1/audio/speech", sim.url()));
    request
        .bearer_auth(sim.key())
        .json(&body)
        .send()
        .await
        .expect("it answers")
}

#[tokio::test]
async fn what_the_reference_refuses_is_refused() {
    for (change, status, words) in [
        (json!({"voice": "nobody"}), 400, "'loc': ('body', 'voice')"),
        (json!({"voice": "cedar", "model": "tts-1"}), 400, "'nova'"),
        (json!({"voice": {"id": "voice_none"}}), 404, "not found"),
        (json!({"voice": null}), 400, "Field required"),
        (json!({"model": "gpt-9"}), 404, "`gpt-9` does not exist"),
        (json!({"input": ""}), 400, "at least 1 character"),
        (
            json!({"input": "a".repeat(4097)}),
            400,
            "at most 4096 characters",
        ),
        (json!({"input": 7}), 400, "valid string"),
        (json!({"response_format": "ulaw"}), 400, "'response_format'"),
        (json!({"speed": 0.2}), 400, "greater than or equal to 0.25"),
        (json!({"speed": 4.5}), 400, "less than or equal to 4"),
        (
            json!({"stream_format": "sse", "model": "tts-1", "voice": "nova"}),
            400,
            "sse",
        ),
        (json!({"sample_rate": 8000}), 400, "extra_forbidden"),
    ] {
        let answer = ask(change.clone()).await;
        assert_eq!(answer.status(), status, "{change}");
        let error = &json_of(answer).await["error"];
        assert_eq!(error["type"], "invalid_request_error", "{change}");
        let message = error["message"].as_str().expect("it has words");
        assert!(message.contains(words), "{change}: {message}");
    }
}

#[tokio::test]
async fn a_key_is_wanted_and_not_repeated() {
    let sim = start(Company::OpenAi).await;
    let url = format!("{}/v1/audio/speech", sim.url());
    let none = client()
        .post(&url)
        .json(&json!({}))
        .send()
        .await
        .expect("it answers");
    assert_eq!(none.status(), 401);
    let wrong = client()
        .post(&url)
        .bearer_auth("sk-secret-wrong")
        .send()
        .await
        .expect("it answers");
    assert_eq!(wrong.status(), 401);
    let error = json_of(wrong).await;
    assert_eq!(error["error"]["code"], "invalid_api_key");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn other_doors_are_named() {
    let sim = start(Company::OpenAi).await;
    let get = |path: &str| client().get(format!("{}{path}", sim.url())).send();
    assert_eq!(
        get("/v1/audio/speech").await.expect("it answers").status(),
        405
    );
    let lost = get("/v1/nothing").await.expect("it answers");
    assert_eq!(lost.status(), 404);
    assert_eq!(
        json_of(lost).await["error"]["message"],
        "Invalid URL (GET /v1/nothing)"
    );
}

#[tokio::test]
async fn coded_sound_is_said_to_be_beyond_us() {
    let answer = ask(json!({"response_format": "mp3"})).await;
    assert_eq!(answer.status(), 501);
}

#[tokio::test]
async fn half_the_speed_takes_twice_the_time() {
    let whole = ask(json!({}))
        .await
        .bytes()
        .await
        .expect("it arrives")
        .len();
    let slow = ask(json!({"speed": 0.5}))
        .await
        .bytes()
        .await
        .expect("it arrives")
        .len();
    assert_eq!(slow, whole * 2);
}
