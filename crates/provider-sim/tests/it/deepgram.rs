//! The speech of Deepgram over HTTP.

use provider_sim::Company;
use reqwest::Response;
use serde_json::json;

use crate::ask::{SENTENCE, client, json_of, length, start};

async fn ask(query: &str, text: &str) -> Response {
    let sim = start(Company::Deepgram).await;
    let request = client().post(format!("{}/v1/speak?{query}", sim.url()));
    let request = request.header("authorization", format!("Token {}", sim.key()));
    request
        .json(&json!({"text": text}))
        .send()
        .await
        .expect("it answers")
}

#[tokio::test]
async fn what_the_errors_page_refuses_is_refused() {
    for (query, text, status, words) in [
        (
            "model=aura-2-nobody-en",
            SENTENCE,
            400,
            "No such model/version",
        ),
        (
            "encoding=mulaw&sample_rate=24000",
            SENTENCE,
            400,
            "must be 8000, 16000",
        ),
        (
            "encoding=opus&container=none",
            SENTENCE,
            400,
            "`container=none` is invalid when `encoding=opus`",
        ),
        (
            "encoding=linear16&container=ogg",
            SENTENCE,
            400,
            "`container=ogg` is invalid",
        ),
        (
            "encoding=linear16&bit_rate=48000",
            SENTENCE,
            400,
            "`bit_rate` is not applicable",
        ),
        (
            "encoding=mp3&sample_rate=8000",
            SENTENCE,
            400,
            "`sample_rate` is not applicable",
        ),
        ("encoding=pcm", SENTENCE, 400, "unknown variant `pcm`"),
        (
            "encoding=mulaw&colour=red",
            SENTENCE,
            400,
            "unknown field `colour`",
        ),
        ("encoding=mulaw&speed=9", SENTENCE, 400, "speed"),
        ("encoding=mulaw", " \n", 400, "no characters"),
        (
            "encoding=mulaw",
            &"a".repeat(2401),
            413,
            "maximum character limit of 2400",
        ),
    ] {
        let answer = ask(query, text).await;
        assert_eq!(answer.status(), status, "{query}");
        assert!(answer.headers().contains_key("dg-request-id"));
        let body = json_of(answer).await;
        let message = body["err_msg"].as_str().expect("it has words");
        assert!(message.contains(words), "{query}: {message}");
    }
}

#[tokio::test]
async fn the_type_says_law_and_rate() {
    for (query, kind, head, per_ms) in [
        (
            "encoding=mulaw&container=none",
            "audio/mulaw;rate=8000",
            0,
            8,
        ),
        (
            "encoding=alaw&container=none&sample_rate=16000",
            "audio/alaw;rate=16000",
            0,
            16,
        ),
        (
            "encoding=linear16&container=none&sample_rate=48000",
            "audio/l16;rate=48000",
            0,
            96,
        ),
        ("encoding=linear16", "audio/wav", 44, 48),
        ("encoding=mulaw", "audio/wav", 58, 8),
    ] {
        let answer = ask(query, SENTENCE).await;
        assert_eq!(answer.headers()["content-type"], kind, "{query}");
        let bytes = answer.bytes().await.expect("it arrives");
        assert_eq!(bytes.len() as u64, head + length() * per_ms, "{query}");
    }
}

#[tokio::test]
async fn plain_text_is_taken_and_other_types_are_not() {
    let sim = start(Company::Deepgram).await;
    let post = |kind: &str| {
        let request = client().post(format!("{}/v1/speak?encoding=mulaw", sim.url()));
        let request = request.bearer_auth(sim.key()).header("content-type", kind);
        request.body(SENTENCE).send()
    };
    assert_eq!(post("text/plain").await.expect("it answers").status(), 200);
    assert_eq!(post("text/csv").await.expect("it answers").status(), 415);
}
