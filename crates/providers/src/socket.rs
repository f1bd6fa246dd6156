//! Speech over a WebSocket: opening one, keeping one ready, and listening to it.
//!
//! A socket that stands saves the caller the handshake. It is opened ahead of need, used by one utterance at a time, and
//! given back when the company says that the utterance is over; a stream that is dropped before takes its socket along.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    task::Context,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::{
    FutureExt, SinkExt, StreamExt,
    future::{BoxFuture, FusedFuture},
    stream,
    stream::BoxStream,
};
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::WebSocketConfig},
};
use tts::{ErrorKind, SpeakError};

use crate::{
    refusal::{Judge, retry_after_ms},
    wire::Wire,
};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The longest message that is taken: some ten seconds of sound in base64, with its timing.
const MESSAGE_BYTES: usize = 1024 * 1024;
/// What may wait to be sent.
const WRITE_BYTES: usize = 256 * 1024;
/// Sockets that are kept at a time.
const MOST_KEPT: usize = 8;

/// What a message means.
pub(crate) enum Said {
    /// Sound.
    Sound(Vec<u8>),
    /// Nothing of interest.
    Nothing,
    /// The utterance is over.
    Over,
}

/// Opens a socket at `path`, which may have a query.
pub(crate) async fn open(wire: &Wire, path: &str, judge: Judge) -> Result<Socket, SpeakError> {
    let limits = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES))
        .max_frame_size(Some(MESSAGE_BYTES))
        .max_write_buffer_size(WRITE_BYTES);
    let unusable = |_| {
        wire.error(
            ErrorKind::BadRequest,
            "the address cannot be built; check model and voice settings",
        )
    };
    let mut request = wire
        .socket_url(path)
        .into_client_request()
        .map_err(unusable)?;
    if let Some((name, value)) = wire.key() {
        request.headers_mut().insert(name, value.clone());
    }
    let tls = Connector::Rustls(wire.tls().clone());
    match connect_async_tls_with_config(request, Some(limits), true, Some(tls)).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => {
            let status = response.status().as_u16();
            let wait = retry_after_ms(response.headers(), Timestamp::now());
            let body = response.body().as_deref().unwrap_or_default();
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            match status {
                // A page where a socket should be.
                200..=299 => Err(wire.broken(
                    "it answered with a page instead of a socket; is the base URL that of its API?",
                )),
                _ => Err(judge(status, &body).error(wire.name, status, wait)),
            }
        }
        Err(error) => Err(wire.error(
            ErrorKind::Unavailable,
            format!("cannot open a socket: {error}; check the address and the network"),
        )),
    }
}

/// Says these messages.
pub(crate) async fn say(
    wire: &Wire,
    socket: &mut Socket,
    messages: impl IntoIterator<Item = Value>,
) -> Result<(), SpeakError> {
    for message in messages {
        let message = Message::text(message.to_string());
        let said = socket.feed(message).await;
        said.map_err(|e| lost(wire.name, &e))?;
    }
    socket.flush().await.map_err(|e| lost(wire.name, &e))
}

/// The sound that comes over a socket until `read` finds it over; then `back` gets the socket.
pub(crate) fn listen(
    name: &'static str,
    kept: Kept,
    read: fn(Message) -> Result<Said, SpeakError>,
    back: impl FnOnce(Kept) + Send + 'static,
) -> BoxStream<'static, Result<Bytes, SpeakError>> {
    stream::unfold(Some((kept, back)), move |state| async move {
        let (mut kept, back) = state?;
        loop {
            let said = match kept.socket.next().await {
                Some(Ok(message)) => read(message),
                Some(Err(error)) => Err(lost(name, &error)),
                None => Err(cut(name)),
            };
            match said {
                Ok(Said::Sound(bytes)) => return Some((Ok(bytes.into()), Some((kept, back)))),
                Ok(Said::Nothing) => {}
                Ok(Said::Over) => {
                    back(kept);
                    return None;
                }
                Err(error) => return Some((Err(error), None)),
            }
        }
    })
    .boxed()
}

/// The same sound; `beside` is worked on meanwhile, and let go when the sound is over.
pub(crate) fn meanwhile<T: 'static>(
    mut sound: BoxStream<'static, T>,
    beside: BoxFuture<'static, ()>,
) -> BoxStream<'static, T> {
    let mut beside = beside.fuse();
    let both = move |cx: &mut Context<'_>| {
        if !beside.is_terminated() {
            let _ = beside.poll_unpin(cx);
        }
        sound.poll_next_unpin(cx)
    };
    stream::poll_fn(both).boxed()
}

fn lost(name: &str, error: &Error) -> SpeakError {
    let what = match error {
        Error::Capacity(_) => "it sent a message that is too long",
        Error::Utf8(_) => "it sent text that is not UTF-8",
        _ => return cut(name),
    };
    SpeakError::new(ErrorKind::Broken, name, what)
}

/// The company ended the conversation before the utterance was over.
pub(crate) fn cut(name: &str) -> SpeakError {
    SpeakError::new(
        ErrorKind::Broken,
        name,
        "it closed the socket before it had said everything",
    )
}

/// Sockets that stand ready, each for one purpose such as a voice.
pub(crate) struct Ready {
    kept: Mutex<Vec<Kept>>,
    longest: Duration,
}

/// A socket that stands, and how often it was used.
pub(crate) struct Kept {
    pub purpose: String,
    pub socket: Socket,
    pub uses: u32,
    since: Instant,
}

impl Kept {
    /// A socket that was just opened.
    pub(crate) fn new(purpose: String, socket: Socket) -> Kept {
        Kept {
            purpose,
            socket,
            uses: 0,
            since: Instant::now(),
        }
    }
}

impl Ready {
    /// Sockets that the company leaves open for `longest` when nothing is said.
    pub(crate) fn for_up_to(longest: Duration) -> Ready {
        Ready {
            kept: Mutex::default(),
            longest,
        }
    }

    /// A socket for this purpose that still stands.
    pub(crate) fn take(&self, purpose: &str) -> Option<Kept> {
        loop {
            let mut found = {
                let mut kept = self.lock();
                kept.retain(|kept| kept.since.elapsed() < self.longest);
                let at = kept.iter().rposition(|kept| kept.purpose == purpose)?;
                kept.swap_remove(at)
            };
            // Whatever came meanwhile says that it is over, or is a greeting that nobody waits for.
            loop {
                match found.socket.next().now_or_never() {
                    None => return Some(found),
                    Some(Some(Ok(message))) if !message.is_close() => {}
                    Some(_) => break,
                }
            }
        }
    }

    /// Keeps a socket for the next use.
    pub(crate) fn put(&self, mut socket: Kept) {
        socket.since = Instant::now();
        let mut kept = self.lock();
        if kept.len() >= MOST_KEPT {
            kept.remove(0);
        }
        kept.push(socket);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
