//! The speech of Google.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provider_sim::Company;
use reqwest::Response;
use serde_json::{Value, json};

use crate::ask::{SENTENCE, client, json_of, length, start};

async fn ask(change: &[(&str, Value)]) -> Response {
    let sim = start(Company::Google).await;
    let mut body = json!({
        "input": {"text": SENTENCE},
        "voice": {"languageCode": "en-GB", "name": "en-GB-Chirp3-HD-Puck"},
        "audioConfig": {"audioEncoding": "PCM"},
    });
    for (place, value) in change {
        *body.pointer_mut(place).expect("the place is there") = value.clone();
    }
    let request = client().post(format!("{}/v1/text:synthesize", sim.url()));
    request
        .bearer_auth(sim.key())
        .json(&body)
        .send()
        .await
        .expect("it answers")
}

#[tokio::test]
async fn what_the_reference_refuses_is_refused() {
    for (place, value, words) in [
        (
            "/voice/name",
            json!("en-US-Chirp3-Standard-F"),
            "Voice 'en-US-Chirp3-Standard-F' does not exist",
        ),
        (
            "/voice/languageCode",
            json!("en-US"),
            "doesn't match the voice",
        ),
        ("/voice", json!({}), "language_code is empty"),
        (
            "/input/text",
            json!("ü".repeat(2501)),
            "longer than the limit of 5000 bytes",
        ),
        ("/input/text", json!(""), "empty"),
        ("/input", json!({"text": "a", "ssml": "b"}), "exactly one"),
        (
            "/audioConfig/audioEncoding",
            json!("WAV"),
            "Invalid value at 'audio_config.audio_encoding'",
        ),
        (
            "/audioConfig",
            json!({"audioEncoding": "PCM", "sampleRateHertz": 100}),
            "sample rate 100",
        ),
        (
            "/audioConfig",
            json!({"audioEncoding": "PCM", "speakingRate": 3.0}),
            "speaking_rate",
        ),
        (
            "/audioConfig",
            json!({"audioEncoding": "PCM", "pitch": 2.0}),
            "pitch",
        ),
    ] {
        let answer = ask(&[(place, value.clone())]).await;
        assert_eq!(answer.status(), 400, "{place} {value}");
        let error = json_of(answer).await;
        assert_eq!(error["error"]["status"], "INVALID_ARGUMENT");
        let message = error["error"]["message"].as_str().expect("it has words");
        assert!(message.contains(words), "{place} {value}: {message}");
    }
}

#[tokio::test]
async fn only_pcm_is_bare() {
    for (encoding, rate, head, per_ms) in [
        ("PCM", 24_000, 0, 48),
        ("LINEAR16", 16_000, 44, 32),
        ("MULAW", 8000, 58, 8),
        ("ALAW", 8000, 58, 8),
    ] {
        let config = json!({"audioEncoding": encoding, "sampleRateHertz": rate});
        let body = json_of(ask(&[("/audioConfig", config)]).await).await;
        let text = body["audioContent"].as_str().expect("it has sound");
        let bytes = STANDARD.decode(text).expect("it is base64");
        assert_eq!(bytes.starts_with(b"RIFF"), head > 0, "{encoding}");
        assert_eq!(bytes.len() as u64, head + length() * per_ms, "{encoding}");
    }
}

#[tokio::test]
async fn every_way_to_say_who_asks() {
    let sim = start(Company::Google).await;
    let url = format!("{}/v1/voices?languageCode=en-AU", sim.url());
    let get = |url: String| client().get(url);
    let status = async |request: reqwest::RequestBuilder| {
        request.send().await.expect("it answers").status().as_u16()
    };
    assert_eq!(status(get(url.clone())).await, 403);
    assert_eq!(status(get(url.clone()).bearer_auth("wrong")).await, 401);
    assert_eq!(
        status(get(url.clone()).header("x-goog-api-key", "wrong")).await,
        400
    );
    assert_eq!(status(get(format!("{url}&key={}", sim.key()))).await, 200);
    assert_eq!(
        status(get(url.clone()).header("x-goog-api-key", sim.key())).await,
        200
    );
    let voices = get(url)
        .bearer_auth(sim.key())
        .send()
        .await
        .expect("it answers");
    let voices = json_of(voices).await;
    let voices = voices["voices"].as_array().expect("a list").clone();
    assert!(
        voices
            .iter()
            .all(|voice| voice["languageCodes"] == json!(["en-AU"]))
    );
    assert_eq!(
        voices
            .iter()
            .filter(|v| v["name"].to_string().contains("Chirp3-HD"))
            .count(),
        30
    );
}
