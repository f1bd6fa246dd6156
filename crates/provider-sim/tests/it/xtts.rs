//! The two XTTS servers.

use audio::Wav;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provider_sim::Company;
use serde_json::{Value, json};

use crate::ask::{SENTENCE, STUDIO, client, json_of, length, speaker, start};

fn inputs(change: &[(&str, Value)]) -> Value {
    let mut body = speaker();
    body["text"] = json!(SENTENCE);
    body["language"] = json!("en");
    for (name, value) in change {
        body[*name] = value.clone();
    }
    body
}

#[tokio::test]
async fn a_stream_begins_with_a_head_that_says_nothing_of_its_length() {
    let sim = start(Company::XttsStreaming).await;
    let request = client()
        .post(format!("{}/tts_stream", sim.url()))
        .json(&inputs(&[]));
    let body = request
        .send()
        .await
        .expect("it answers")
        .bytes()
        .await
        .expect("it arrives");
    assert!(body.starts_with(b"RIFF"));
    assert_eq!(body[40..44], [0; 4]);
    assert_eq!(STUDIO.decode(&body[44..]).duration_ms(), length());
}

#[tokio::test]
async fn the_whole_file_comes_as_a_json_string() {
    let sim = start(Company::XttsStreaming).await;
    let request = client()
        .post(format!("{}/tts", sim.url()))
        .json(&inputs(&[]));
    let body = json_of(request.send().await.expect("it answers")).await;
    let file = STANDARD
        .decode(body.as_str().expect("a string"))
        .expect("it is base64");
    assert_eq!(
        Wav::decode(&file).expect("it is a WAV file").duration_ms(),
        length()
    );
}

#[tokio::test]
async fn numbers_have_a_shape() {
    let sim = start(Company::XttsStreaming).await;
    for (name, value, status) in [
        ("speaker_embedding", json!("x"), 422),
        ("speaker_embedding", json!([0.5, 0.5]), 500),
        ("gpt_cond_latent", json!([[0.5]]), 500),
        ("stream_chunk_size", json!(20), 422),
        ("stream_chunk_size", json!("20"), 200),
        ("language", json!("xx"), 500),
        ("text", json!(null), 422),
    ] {
        let body = inputs(&[(name, value.clone())]);
        let request = client()
            .post(format!("{}/tts_stream", sim.url()))
            .json(&body);
        let answer = request.send().await.expect("it answers");
        assert_eq!(answer.status(), status, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_cloned_speaker_can_speak() {
    let sim = start(Company::XttsStreaming).await;
    let file = Wav::encode(&audio::Pcm::silence(22_050, 100), STUDIO);
    let post = async |file: &[u8]| {
        let mut body =
            b"--b\r\ncontent-disposition: form-data; name=\"wav_file\"; filename=\"a.wav\"\r\n\r\n"
                .to_vec();
        body.extend(file);
        body.extend(b"\r\n--b--\r\n");
        let request = client()
            .post(format!("{}/clone_speaker", sim.url()))
            .body(body);
        let request = request.header("content-type", "multipart/form-data; boundary=b");
        request.send().await.expect("it answers")
    };
    let cloned = json_of(post(&file).await).await;
    assert_eq!(
        cloned["speaker_embedding"].as_array().map(Vec::len),
        Some(512)
    );
    let change: Vec<(&str, Value)> = ["speaker_embedding", "gpt_cond_latent"]
        .into_iter()
        .map(|name| (name, cloned[name].clone()))
        .collect();
    let request = client()
        .post(format!("{}/tts_stream", sim.url()))
        .json(&inputs(&change));
    assert_eq!(request.send().await.expect("it answers").status(), 200);
    assert_eq!(post(b"not a sound").await.status(), 500);
    let bare = client()
        .post(format!("{}/clone_speaker", sim.url()))
        .send()
        .await;
    assert_eq!(bare.expect("it answers").status(), 422);
}

#[tokio::test]
async fn the_other_server_breaks_off_where_it_should_refuse() {
    let sim = start(Company::XttsApi).await;
    let get = async |query: &str| {
        let url = format!("{}/tts_stream?{query}", sim.url());
        client().get(url).send().await.expect("it answers")
    };
    assert_eq!(get("text=a&language=en").await.status(), 422);
    assert_eq!(
        get("text=a&language=xx&speaker_wav=male").await.status(),
        400
    );
    let unknown = get("text=a&language=en&speaker_wav=nobody").await;
    assert_eq!(unknown.status(), 200);
    unknown.bytes().await.expect_err("it breaks off");
    let known = get("text=Hello.&language=EN&speaker_wav=male.wav").await;
    assert_eq!(known.headers()["content-type"], "audio/x-wav");
    assert!(known.bytes().await.expect("it arrives").len() > 44);
}

#[tokio::test]
async fn the_other_server_calls_every_mistake_a_500() {
    let sim = start(Company::XttsApi).await;
    for (speaker, language) in [("nobody", "en"), ("male", "xx")] {
        let request = client().post(format!("{}/tts_to_audio/", sim.url()));
        let request =
            request.json(&json!({"text": "a", "speaker_wav": speaker, "language": language}));
        let answer = request.send().await.expect("it answers");
        assert_eq!(answer.status(), 500);
        let detail = json_of(answer).await["detail"].to_string();
        assert!(detail.contains("Error: "), "{detail}");
    }
}
