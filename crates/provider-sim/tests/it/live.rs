//! Speech over WebSockets.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::{SinkExt, StreamExt};
use provider_sim::{Company, Fault, Pace, Sim, sound};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::ask::{GEORGE, SENTENCE, length, start};

struct Line(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Line {
    async fn open(
        sim: &Sim,
        path: &str,
        header: (&'static str, String),
    ) -> Result<Self, Box<Error>> {
        let url = format!("{}{path}", sim.url().replacen("http", "ws", 1));
        let mut request = url.into_client_request()?;
        let value = header.1.parse().expect("it is a header's value");
        request.headers_mut().insert(header.0, value);
        Ok(Self(connect_async(request).await?.0))
    }

    async fn say(&mut self, value: Value) {
        self.0
            .send(Message::text(value.to_string()))
            .await
            .expect("it takes it");
    }

    /// The next message, or `None` at the end however it comes.
    async fn next(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(Duration::from_secs(10), self.0.next());
        next.await.expect("it does not take so long")?.ok()
    }

    async fn json(&mut self) -> Value {
        match self.next().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).expect("it is JSON"),
            other => panic!("not a text message: {other:?}"),
        }
    }

    /// Bytes of sound up to the next text message, and that.
    async fn sound(&mut self) -> (usize, Value) {
        let mut bytes = 0;
        loop {
            match self.next().await {
                Some(Message::Binary(piece)) => bytes += piece.len(),
                Some(Message::Text(text)) => {
                    return (bytes, serde_json::from_str(&text).expect("it is JSON"));
                }
                other => panic!("neither sound nor words: {other:?}"),
            }
        }
    }

    /// The code of the close frame that comes next.
    async fn closed(&mut self) -> u16 {
        match self.next().await {
            Some(Message::Close(Some(frame))) => frame.code.into(),
            other => panic!("not the end: {other:?}"),
        }
    }
}

const PHONE: &str = "/v1/speak?model=aura-2-thalia-en&encoding=mulaw&sample_rate=8000";

async fn deepgram(sim: &Sim) -> Line {
    let token = format!("Token {}", sim.key());
    let mut line = Line::open(sim, PHONE, ("authorization", token))
        .await
        .expect("it opens");
    let metadata = line.json().await;
    assert_eq!(metadata["type"], "Metadata");
    line
}

async fn elevenlabs(sim: &Sim, voice: &str, more: &str) -> Line {
    let path = format!(
        "/v1/text-to-speech/{voice}/stream-input?model_id=eleven_flash_v2_5&output_format=ulaw_8000{more}"
    );
    let key = sim.key().to_owned();
    Line::open(sim, &path, ("xi-api-key", key))
        .await
        .expect("it opens")
}

#[tokio::test]
async fn a_flush_brings_the_sound_of_what_was_said_before() {
    let sim = start(Company::Deepgram).await;
    let mut line = deepgram(&sim).await;
    line.say(json!({"type": "Speak", "text": &SENTENCE[..10]}))
        .await;
    line.say(json!({"type": "Speak", "text": &SENTENCE[10..]}))
        .await;
    line.say(json!({"type": "Flush"})).await;
    let flushed = json!({"type": "Flushed", "sequence_id": 0});
    assert_eq!(line.sound().await, (length() as usize * 8, flushed));
    line.say(json!({"type": "Close"})).await;
    assert_eq!(line.closed().await, 1000);
    let seen = sim.seen();
    assert_eq!(seen[0].messages.len(), 4);
    assert_eq!(seen[0].query("encoding"), Some("mulaw"));
    assert!(!seen[0].hung_up);
}

#[tokio::test]
async fn a_clear_stops_the_sound() {
    let sim = start(Company::Deepgram).await;
    sim.pace(Pace {
        chunk_ms: 100,
        every_ms: 1000,
        ..Pace::default()
    });
    let mut line = deepgram(&sim).await;
    line.say(json!({"type": "Speak", "text": SENTENCE})).await;
    line.say(json!({"type": "Flush"})).await;
    assert!(matches!(line.next().await, Some(Message::Binary(_))));
    line.say(json!({"type": "Clear"})).await;
    let (bytes, cleared) = line.sound().await;
    assert_eq!(cleared, json!({"type": "Cleared", "sequence_id": 0}));
    assert!(bytes < length() as usize * 4, "{bytes} more bytes");
}

#[tokio::test]
async fn what_is_not_understood_ends_it() {
    let long = json!({"type": "Speak", "text": "a".repeat(2401)}).to_string();
    for (message, code) in [
        (Message::text("{\"type\": \"Sing\"}"), 1008),
        (Message::text("not JSON"), 1008),
        (Message::text(long), 1008),
        (Message::binary(vec![1, 2, 3]), 1003),
    ] {
        let sim = start(Company::Deepgram).await;
        let mut line = deepgram(&sim).await;
        line.0.send(message).await.expect("it takes it");
        assert_eq!(line.closed().await, code);
    }
}

#[tokio::test]
async fn a_bad_handshake_is_refused_as_http() {
    let sim = start(Company::Deepgram).await;
    let open = async |path: &str, token: &str| match Line::open(
        &sim,
        path,
        ("authorization", token.to_owned()),
    )
    .await
    {
        Err(error) => match *error {
            Error::Http(response) => response.status().as_u16(),
            other => panic!("{other:?}"),
        },
        Ok(_) => 101,
    };
    let token = format!("Token {}", sim.key());
    assert_eq!(open(PHONE, "Token wrong").await, 401);
    assert_eq!(open("/v1/speak?model=nobody", &token).await, 400);
    assert_eq!(open("/v1/speak?encoding=mp3", &token).await, 400);
    sim.fault(Fault::Status {
        code: 503,
        retry_after_s: None,
    });
    assert_eq!(open(PHONE, &token).await, 503);
}

#[tokio::test]
async fn sockets_are_cut_too() {
    let sim = start(Company::Deepgram).await;
    sim.fault(Fault::Cut { after_bytes: 2000 });
    let mut line = deepgram(&sim).await;
    line.say(json!({"type": "Speak", "text": SENTENCE})).await;
    line.say(json!({"type": "Flush"})).await;
    let mut bytes = 0;
    while let Some(Message::Binary(piece)) = line.next().await {
        bytes += piece.len();
    }
    assert_eq!(bytes, 1600, "whole pieces of 800 within the 2000");
    assert!(!sim.seen()[0].hung_up, "it was not the client");
}

#[tokio::test]
async fn a_socket_that_is_dropped_is_a_hang_up() {
    let sim = start(Company::Deepgram).await;
    drop(deepgram(&sim).await);
    while !sim.seen()[0].hung_up {
        tokio::task::yield_now().await;
    }
}

/// All sound until `isFinal`.
async fn finished(line: &mut Line) -> usize {
    let mut bytes = 0;
    loop {
        let message = line.json().await;
        if message["isFinal"] == true {
            return bytes;
        }
        let piece = message["audio"].as_str().expect("it has sound");
        bytes += STANDARD.decode(piece).expect("it is base64").len();
    }
}

#[tokio::test]
async fn sentences_are_spoken_as_they_come_and_the_end_is_said() {
    let sim = start(Company::ElevenLabs).await;
    let mut line = elevenlabs(&sim, GEORGE, "&auto_mode=true").await;
    line.say(json!({"text": " ", "voice_settings": {"speed": 0.8}}))
        .await;
    line.say(json!({"text": "Hello there. "})).await;
    let first = line.json().await;
    assert_eq!(first["alignment"]["chars"][0], "H");
    line.say(json!({"text": ""})).await;
    let bytes = finished(&mut line).await + 800;
    let wanted = sound::speaking_ms("Hello there. ", 0.8) * 8.0;
    assert_eq!(bytes, wanted as usize);
    assert_eq!(line.closed().await, 1000);
}

#[tokio::test]
async fn short_text_waits_for_a_flush() {
    let sim = start(Company::ElevenLabs).await;
    let mut line = elevenlabs(&sim, GEORGE, "").await;
    line.say(json!({"text": " "})).await;
    line.say(json!({"text": "Hello "})).await;
    line.say(json!({"text": "there. ", "flush": true})).await;
    assert_eq!(line.json().await["alignment"]["chars"][6], "t");
}

#[tokio::test]
async fn what_is_wrong_is_said_over_the_socket() {
    for (voice, first, more, error) in [
        ("nobody", json!({"text": " "}), "", "voice_not_found"),
        (
            GEORGE,
            json!({"text": " ", "xi_api_key": "wrong"}),
            "",
            "invalid_api_key",
        ),
        (GEORGE, json!({"words": " "}), "", "invalid_message"),
        (
            GEORGE,
            json!({"text": " "}),
            "&inactivity_timeout=0",
            "input_timeout_exceeded",
        ),
    ] {
        let sim = start(Company::ElevenLabs).await;
        let mut line = elevenlabs(&sim, voice, more).await;
        line.say(first).await;
        let said = line.json().await;
        assert_eq!(said["error"], error);
        assert_eq!(line.closed().await, 1008);
    }
}
