//! Aura over a WebSocket: `/v1/speak` with Speak and Flush (pages "tts-ws-…").
//!
//! One socket speaks one utterance after the other. It is retired before the company's limit of flushes, of which every
//! utterance is one, makes it deaf.

use std::{sync::Arc, time::Duration};

use reqwest::Url;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tts::{ErrorKind, SpeakError};

use super::{Inner, NAME, judge};
use crate::{
    decode::Decoder,
    socket::{Kept, Ready, Said, cut, listen, open, say},
    speech::Sound,
};

/// An idle socket is not kept longer than this.
const LONGEST_IDLE: Duration = Duration::from_secs(55);
/// "Max 20 Flush messages per 60 seconds": with fewer in its whole life a socket never gets there.
const MOST_USES: u32 = 18;

/// The sockets that stand ready.
pub(super) struct Live {
    ready: Ready,
}

impl Live {
    pub(super) fn new() -> Live {
        Live {
            ready: Ready::for_up_to(LONGEST_IDLE),
        }
    }
}

impl Inner {
    /// Opens a socket for its own voice, unless one stands.
    pub(super) async fn warm_socket(&self, live: &Live, model: &str) -> Result<(), SpeakError> {
        let path = self.live_path(model, 1.0)?;
        let kept = match live.ready.take(&path) {
            Some(kept) => kept,
            None => {
                let socket = self.wire.soon(open(&self.wire, &path, judge)).await?;
                Kept::new(path, socket)
            }
        };
        live.ready.put(kept);
        Ok(())
    }

    /// Speaks over a socket that stands, or a new one.
    pub(super) async fn say_live(
        self: Arc<Inner>,
        text: &str,
        model: &str,
        pace: f32,
    ) -> Result<Sound, SpeakError> {
        let path = self.live_path(model, pace)?;
        let live = self.live.as_ref().ok_or_else(|| cut(NAME))?;
        let mut kept = match live.ready.take(&path) {
            Some(kept) => kept,
            None => {
                let socket = open(&self.wire, &path, judge).await?;
                Kept::new(path, socket)
            }
        };
        let messages = [
            json!({ "type": "Speak", "text": text }),
            json!({ "type": "Flush" }),
        ];
        say(&self.wire, &mut kept.socket, messages).await?;
        kept.uses += 1;
        let rate = self.rate;
        let bytes = listen(NAME, kept, read, move |kept| {
            if let Some(live) = self.live.as_ref().filter(|_| kept.uses < MOST_USES) {
                live.ready.put(kept);
            }
        });
        Ok(Sound::new(bytes, Decoder::pcm16(rate)))
    }

    /// Path and query of a socket: model and pace belong to it, and so one socket cannot be used for another voice.
    fn live_path(&self, model: &str, pace: f32) -> Result<String, SpeakError> {
        let mut query = vec![
            ("model", model.to_owned()),
            ("encoding", "linear16".to_owned()),
            ("sample_rate", self.rate.to_string()),
        ];
        if pace != 1.0 {
            query.push(("speed", pace.to_string()));
        }
        let url = Url::parse_with_params("ws://a/v1/speak", query);
        let url = url.map_err(|_| {
            self.wire
                .error(ErrorKind::BadRequest, "the model's name cannot be sent")
        })?;
        Ok(format!("/v1/speak?{}", url.query().unwrap_or_default()))
    }
}

/// What a message means.
fn read(message: Message) -> Result<Said, SpeakError> {
    let broken = |what: &str| SpeakError::new(ErrorKind::Broken, NAME, what);
    let text = match message {
        Message::Binary(sound) => return Ok(Said::Sound(sound.to_vec())),
        Message::Text(text) => text,
        Message::Close(frame) => {
            let reason = frame.map(|frame| frame.reason.to_string());
            return Err(closed(reason.as_deref().unwrap_or_default()));
        }
        _ => return Ok(Said::Nothing),
    };
    let said: Value = serde_json::from_str(&text)
        .map_err(|_| broken("it said something that is not the JSON that it documents"))?;
    match said["type"].as_str() {
        Some("Flushed") => Ok(Said::Over),
        Some("Warning") if said["code"] == "EXCESSIVE_FLUSH" => {
            let what = "it wants fewer utterances on one socket";
            Err(SpeakError::new(ErrorKind::RateLimited, NAME, what))
        }
        Some("Error") => Err(broken("it says that it failed in the middle of its speech")),
        _ => Ok(Said::Nothing),
    }
}

/// Why it closed the socket (page "Troubleshooting"): DATA-… is about what we said, NET-… about the company.
fn closed(reason: &str) -> SpeakError {
    let of = |kind, what: &str| SpeakError::new(kind, NAME, what);
    match reason.get(..4) {
        Some("DATA" | "BIG-") => of(
            ErrorKind::BadRequest,
            "it refused the text on its socket; split the text",
        ),
        Some("NET-") => of(
            ErrorKind::Unavailable,
            "it closed the socket because of trouble of its own",
        ),
        _ => cut(NAME),
    }
}
