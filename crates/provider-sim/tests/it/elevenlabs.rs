//! The speech of ElevenLabs over HTTP.

use provider_sim::Company;
use reqwest::Response;
use serde_json::{Value, json};

use crate::ask::{GEORGE, SENTENCE, client, json_of, start};

async fn ask(voice: &str, format: &str, body: Value) -> Response {
    let sim = start(Company::ElevenLabs).await;
    let path = format!("/v1/text-to-speech/{voice}/stream?output_format={format}");
    let request = client().post(format!("{}{path}", sim.url()));
    request
        .header("xi-api-key", sim.key())
        .json(&body)
        .send()
        .await
        .expect("it answers")
}

#[tokio::test]
async fn what_the_documents_refuse_is_refused() {
    let long = "a".repeat(3001);
    for (voice, body, status, name) in [
        ("nobody", json!({"text": SENTENCE}), 404, "voice_not_found"),
        (
            GEORGE,
            json!({"text": SENTENCE, "model_id": "eleven_none"}),
            400,
            "model_not_found",
        ),
        (
            GEORGE,
            json!({"text": long, "model_id": "eleven_v3"}),
            400,
            "max_character_limit_exceeded",
        ),
        (GEORGE, json!({"text": " "}), 400, "input_text_empty"),
        (
            GEORGE,
            json!({"text": "a", "voice_settings": {"speed": 2.0}}),
            400,
            "invalid_voice_settings",
        ),
    ] {
        let answer = ask(voice, "ulaw_8000", body.clone()).await;
        assert_eq!(answer.status(), status, "{body}");
        assert_eq!(json_of(answer).await["detail"]["status"], name);
    }
}

#[tokio::test]
async fn what_does_not_fit_is_a_list() {
    for (format, body, place) in [
        ("ulaw_8000", json!({}), "text"),
        ("ulaw_44100", json!({"text": "a"}), "output_format"),
        ("ulaw_8000", json!({"text": 1}), "text"),
        ("ulaw_8000", json!([]), "body"),
    ] {
        let answer = ask(GEORGE, format, body.clone()).await;
        assert_eq!(answer.status(), 422, "{body}");
        let body = json_of(answer).await;
        let said = body["detail"][0]["loc"]
            .as_array()
            .expect("a place")
            .last()
            .cloned();
        assert_eq!(said, Some(json!(place)));
    }
}

#[tokio::test]
async fn a_key_is_wanted() {
    let sim = start(Company::ElevenLabs).await;
    let url = format!("{}/v1/voices", sim.url());
    let none = client().get(&url).send().await.expect("it answers");
    assert_eq!(
        json_of(none).await["detail"]["status"],
        "needs_authorization"
    );
    let wrong = client()
        .get(&url)
        .header("xi-api-key", "wrong")
        .send()
        .await
        .expect("it answers");
    assert_eq!(wrong.status(), 401);
    let right = client()
        .get(&url)
        .header("xi-api-key", sim.key())
        .send()
        .await
        .expect("it answers");
    let voices = json_of(right).await;
    let ids = voices["voices"].as_array().expect("a list").iter();
    assert!(ids.map(|voice| &voice["voice_id"]).any(|id| id == GEORGE));
}
