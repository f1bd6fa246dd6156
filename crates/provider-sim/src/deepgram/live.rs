//! Speech over a WebSocket: `GET /v1/speak` with Speak, Flush, Clear and Close (asyncapi.yml; pages "tts-ws-…").

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use futures::FutureExt;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{LIMIT_CHARS, Output, authorized, model, speed, unsupported};
use crate::fault::Pace;
use crate::reply::Reply;
use crate::request::Request;
use crate::socket::{Heard, Socket};
use crate::sound::{Voicing, in_pieces, speak};

/// Flushes within the window that are obeyed ("Limits" of page "Flush").
const FLUSHES: usize = 20;
const WINDOW: Duration = Duration::from_secs(60);

/// The answer to the handshake.
pub(super) fn opened(request: &Request, key: &str) -> Result<Reply, Reply> {
    authorized(request, key)?;
    let encoding = request.query("encoding").unwrap_or("linear16");
    if !["linear16", "mulaw", "alaw"].contains(&encoding) {
        return Err(unsupported(&format!(
            "`encoding={encoding}` is not supported for streaming"
        )));
    }
    if request
        .query("container")
        .is_some_and(|given| given != "none")
    {
        return Err(unsupported("`container` is not applicable for streaming"));
    }
    let mut plain = request.clone();
    plain
        .query
        .retain(|(name, _)| name != "encoding" && name != "container");
    for (name, value) in [("encoding", encoding), ("container", "none")] {
        plain.query.push((name.to_owned(), value.to_owned()));
    }
    let stream = Stream {
        model: model(request)?,
        output: Output::read(&plain)?,
        speed: speed(request)?,
        voicing: request.voicing,
        pace: request.pace,
        buffer: String::new(),
        flushed: 0,
        cleared: 0,
        flushes: VecDeque::new(),
    };
    Ok(Reply::socket(Box::new(move |socket| {
        stream.run(socket).boxed()
    })))
}

struct Stream {
    model: &'static str,
    output: Output,
    speed: f64,
    voicing: Voicing,
    pace: Pace,
    /// Text that was not yet flushed.
    buffer: String,
    flushed: u64,
    cleared: u64,
    /// When the last flushes were.
    flushes: VecDeque<Instant>,
}

impl Stream {
    async fn run(mut self, mut socket: Socket) {
        socket.say(&json!({
            "type": "Metadata",
            "request_id": Uuid::new_v4(),
            "model_name": self.model,
            "model_version": "2025-01-01.0",
            "model_uuid": "ecb76e9d-f2db-4127-8060-79b05590d22f",
        }));
        loop {
            let message = match socket.heard().await {
                Heard::Json(message) => message,
                Heard::Done => return socket.close(1000, "").await,
                Heard::Gone => return,
                Heard::Binary => return socket.close(1003, "MESSAGE-0000").await,
                Heard::Nonsense => return socket.close(1008, "DATA-0000").await,
            };
            if let Err(reason) = self.obey(&message, &mut socket) {
                return socket.close(1008, reason).await;
            }
        }
    }

    /// Does what a message asks, or says why the connection ends.
    fn obey(&mut self, message: &Value, socket: &mut Socket) -> Result<(), &'static str> {
        match message["type"].as_str() {
            Some("Speak") => {
                let text = message["text"].as_str().ok_or("DATA-0000")?;
                if text.chars().count() > LIMIT_CHARS {
                    return Err("DATA-0001");
                }
                self.buffer.push_str(text);
            }
            Some("Flush") => self.flush(socket),
            Some("Clear") => {
                self.buffer.clear();
                socket.forget();
                socket.say(&json!({"type": "Cleared", "sequence_id": self.cleared}));
                self.cleared += 1;
            }
            Some("Close") => {
                self.speak(socket);
                socket.finish();
            }
            _ => return Err("DATA-0000"),
        }
        Ok(())
    }

    fn flush(&mut self, socket: &mut Socket) {
        let now = Instant::now();
        self.flushes.retain(|at| now.duration_since(*at) < WINDOW);
        if self.flushes.len() >= FLUSHES {
            socket.say(&json!({
                "type": "Warning",
                "description": "Exceeded the maximum number of flushes: 20 in 60 seconds.",
                "code": "EXCESSIVE_FLUSH",
            }));
            return;
        }
        self.flushes.push_back(now);
        self.speak(socket);
        socket.say(&json!({"type": "Flushed", "sequence_id": self.flushed}));
        self.flushed += 1;
    }

    fn speak(&mut self, socket: &mut Socket) {
        let text = std::mem::take(&mut self.buffer);
        if text.trim().is_empty() {
            return;
        }
        let format = self.output.format;
        let pcm = speak(&text, self.model, self.speed, format.rate, self.voicing);
        for piece in in_pieces(&pcm, format, self.pace.chunk_ms) {
            socket.sound(piece);
        }
    }
}
