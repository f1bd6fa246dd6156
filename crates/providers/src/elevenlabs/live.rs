//! Speech over a WebSocket: `/v1/text-to-speech/{voice}/stream-input` (guide "WebSockets").
//!
//! A socket speaks one utterance and is closed by its end, so what stands ready is a socket that has said nothing yet: it
//! costs no concurrency while it is idle. The next one is opened while one speaks, so that it stands when that one is over.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::FutureExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tts::{ErrorKind, SpeakError, Voice};

use super::{Inner, NAME, judge};
use crate::{
    decode::Decoder,
    socket::{Kept, Ready, Said, cut, listen, meanwhile, open, say},
    speech::Sound,
};

/// The longest that may be asked for, in seconds.
const INACTIVITY_S: u32 = 180;
/// Sooner than the company closes it.
const LONGEST_IDLE: Duration = Duration::from_secs(150);

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
    pub(super) async fn warm_socket(&self, live: &Live) -> Result<(), SpeakError> {
        self.stand_ready(live, self.live_path(&self.voice)).await
    }

    async fn stand_ready(&self, live: &Live, path: String) -> Result<(), SpeakError> {
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
        self: &Arc<Self>,
        live: &Live,
        text: &str,
        voice: &Voice,
    ) -> Result<Sound, SpeakError> {
        let path = self.live_path(&voice.id);
        let mut kept = match live.ready.take(&path) {
            Some(kept) => kept,
            None => {
                let socket = open(&self.wire, &path, judge).await?;
                Kept::new(path.clone(), socket)
            }
        };
        let mut first = json!({ "text": " " });
        if let Some(settings) = self.voice_settings(voice) {
            first["voice_settings"] = settings;
        }
        let all = json!({ "text": format!("{text} "), "flush": true });
        say(
            &self.wire,
            &mut kept.socket,
            [first, all, json!({ "text": "" })],
        )
        .await?;
        let (inner, bytes) = (self.clone(), listen(NAME, kept, read, drop));
        let next = async move {
            if let Some(live) = &inner.live {
                // Not opened, it is opened when it is needed.
                let _ = inner.stand_ready(live, path).await;
            }
        };
        let bytes = meanwhile(bytes, next.boxed());
        Ok(Sound::new(bytes, Decoder::pcm16(self.rate)))
    }

    /// Path and query of a socket; the id of the voice was judged before.
    fn live_path(&self, voice: &str) -> String {
        let (model, rate) = (&self.model, self.rate);
        format!(
            "/v1/text-to-speech/{voice}/stream-input?model_id={model}&output_format=pcm_{rate}&auto_mode=true\
&inactivity_timeout={INACTIVITY_S}"
        )
    }
}

/// What a message means: `audio` in base64, `isFinal`, or `error` with the name that HTTP gives as `status`.
fn read(message: Message) -> Result<Said, SpeakError> {
    let broken = |what: &str| SpeakError::new(ErrorKind::Broken, NAME, what);
    let text = match message {
        Message::Text(text) => text,
        Message::Close(_) => return Err(cut(NAME)),
        Message::Binary(_) => return Err(broken("it sent bytes where it documents JSON")),
        _ => return Ok(Said::Nothing),
    };
    let said: Value = serde_json::from_str(&text)
        .map_err(|_| broken("it said something that is not the JSON that it documents"))?;
    if let Some(name) = said.get("error").filter(|name| !name.is_null()) {
        return Err(refusal(name));
    }
    match said["audio"].as_str().filter(|sound| !sound.is_empty()) {
        Some(sound) => {
            let sound = STANDARD.decode(sound);
            Ok(Said::Sound(
                sound.map_err(|_| broken("its sound is not base64"))?,
            ))
        }
        None if said["isFinal"] == true => Ok(Said::Over),
        None => Ok(Said::Nothing),
    }
}

/// Over a socket there is no status, only the name; what has no known name is our request's fault.
fn refusal(name: &Value) -> SpeakError {
    let status = match name.as_str() {
        Some("too_many_concurrent_requests" | "rate_limit_exceeded") => 429,
        Some("system_busy" | "internal_server_error" | "something_went_wrong") => 503,
        _ => 400,
    };
    let verdict = judge(status, &json!({ "detail": { "status": name } }));
    verdict.error(NAME, status, None)
}
