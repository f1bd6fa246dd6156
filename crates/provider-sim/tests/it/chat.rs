//! Chat completions.

use provider_sim::{ChatScript, Company, Fault, Sim};
use serde_json::{Value, json};

async fn ask(sim: &Sim, body: Value) -> (u16, String) {
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("plain HTTP needs nothing");
    let url = format!("{}/v1/chat/completions", sim.url());
    let answer = client
        .post(url)
        .bearer_auth(sim.key())
        .json(&body)
        .send()
        .await
        .expect("it answers");
    (
        answer.status().as_u16(),
        answer.text().await.expect("it arrives whole"),
    )
}

async fn sim() -> Sim {
    Sim::start(Company::OpenAi).await.expect("a port is free")
}

fn wanted() -> Value {
    json!({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi"}], "stream": true, "stream_options": {"include_usage": true}})
}

/// The same request with one field that is different.
fn but(name: &str, value: Value) -> Value {
    let mut body = wanted();
    body[name] = value;
    body
}

#[tokio::test]
async fn a_stream_has_words_calls_usage_and_an_end() {
    let sim = sim().await;
    sim.chat(vec![
        ChatScript::words("Let me look. ")
            .call("find", r#"{"day":"2026-11-19"}"#)
            .call("hang_up", "{}"),
    ]);
    let (status, text) = ask(&sim, wanted()).await;
    assert_eq!(status, 200);
    let events: Vec<&str> = text.split("\n\n").filter(|e| !e.is_empty()).collect();
    let chunks: Vec<Value> = events
        .iter()
        .filter_map(|e| serde_json::from_str(e.strip_prefix("data: ").expect("each is data")).ok())
        .collect();
    assert_eq!(events.last(), Some(&"data: [DONE]"));
    assert_eq!(chunks.len() + 1, events.len());
    let at = |path: &str| -> Vec<Value> {
        chunks
            .iter()
            .filter_map(|c| c.pointer(path).cloned())
            .filter(|v| !v.is_null())
            .collect()
    };
    assert_eq!(
        at("/choices/0/delta/content"),
        [json!(""), json!("Let "), json!("me "), json!("look. ")]
    );
    let calls = at("/choices/0/delta/tool_calls/0");
    let of = |index: u64| {
        calls
            .iter()
            .filter(|c| c["index"] == index)
            .map(|c| c["function"]["arguments"].as_str().expect("text"))
            .collect::<String>()
    };
    assert_eq!(
        (of(0).as_str(), of(1).as_str()),
        (r#"{"day":"2026-11-19"}"#, "{}")
    );
    assert_eq!(calls[0]["id"], "call_0");
    assert_eq!(at("/choices/0/finish_reason"), [json!("tool_calls")]);
    let last = chunks.last().expect("there are chunks");
    assert_eq!(last["choices"], json!([]));
    assert!(
        last["usage"]["prompt_tokens"]
            .as_u64()
            .is_some_and(|n| n > 0)
    );
}

#[tokio::test]
async fn without_a_stream_the_answer_is_one_object() {
    let sim = sim().await;
    let body = json!({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi"}]});
    let (status, text) = ask(&sim, body).await;
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        (status, &answer["choices"][0]["message"]["content"]),
        (200, &json!("I see."))
    );
}

#[tokio::test]
async fn what_the_company_refuses_is_refused() {
    let call =
        json!([{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]);
    let user = json!({"role": "user", "content": "Hi"});
    let cases = [
        (but("model", json!("gpt-99")), 404, "does not exist"),
        (but("model", Value::Null), 400, "must provide a model"),
        (
            but("colour", json!("red")),
            400,
            "Unknown parameter: 'colour'",
        ),
        (but("messages", json!([])), 400, "empty array"),
        (
            but("messages", json!([{"role": "boss", "content": "Hi"}])),
            400,
            "Invalid value: 'boss'",
        ),
        (
            but("messages", json!([{"role": "user"}])),
            400,
            "Missing required parameter: 'messages[0].content'",
        ),
        (
            but(
                "messages",
                json!([{"role": "tool", "tool_call_id": "c1", "content": "x"}]),
            ),
            400,
            "must be a response to a preceeding message",
        ),
        (
            but(
                "messages",
                json!([{"role": "assistant", "content": null, "tool_calls": call}, user]),
            ),
            400,
            "did not have response messages: c1",
        ),
        (
            but("messages", json!([{"role": "assistant", "content": null}])),
            400,
            "messages[0].content",
        ),
        (
            but("stream", json!(false)),
            400,
            "only allowed when 'stream' is enabled",
        ),
        (but("temperature", json!(3)), 400, "temperature"),
        (but("max_tokens", json!(0)), 400, "max_tokens"),
        (but("tools", json!([])), 400, "tools"),
        (
            but(
                "tools",
                json!([{"type": "function", "function": {"name": "a b"}}]),
            ),
            400,
            "does not match pattern",
        ),
        (
            but(
                "tools",
                json!([{"type": "function", "function": {"name": "a", "parameters": {}}}]),
            ),
            400,
            "Invalid schema",
        ),
        (
            but("tool_choice", json!("auto")),
            400,
            "only allowed when 'tools' are specified",
        ),
    ];
    let sim = sim().await;
    for (body, expected, words) in cases {
        let (status, text) = ask(&sim, body.clone()).await;
        assert_eq!(status, expected, "{body}: {text}");
        let error: Value = serde_json::from_str(&text).expect("JSON");
        let message = error["error"]["message"].as_str().expect("a message");
        assert!(message.contains(words), "{body}: {message}");
    }
    let good = but(
        "messages",
        json!([
            {"role": "system", "content": "Be brief."}, user,
            {"role": "assistant", "content": null, "tool_calls": call},
            {"role": "tool", "tool_call_id": "c1", "content": "{}"},
        ]),
    );
    assert_eq!(ask(&sim, good).await.0, 200);
}

#[tokio::test]
async fn faults_are_those_of_the_house() {
    let sim = sim().await;
    sim.fault(Fault::Status {
        code: 429,
        retry_after_s: Some(30),
    });
    let (status, text) = ask(&sim, wanted()).await;
    assert!(status == 429 && text.contains("rate_limit_exceeded"));
    sim.fault(Fault::Empty);
    let (status, text) = ask(&sim, wanted()).await;
    assert!(status == 200 && text.contains("[DONE]") && !text.contains("I see"));
}
