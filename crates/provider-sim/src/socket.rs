//! A conversation over a WebSocket: what is to be said goes out at the simulator's pace while it listens.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};

use crate::fault::{Fault, Pace};
use crate::reply::GARBAGE;
use crate::seen::Ticket;
use crate::wire::Manners;

/// Largest message that is taken.
const LIMIT_BYTES: usize = 1024 * 1024;

/// How long the client's close frame is waited for.
const GOODBYE: Duration = Duration::from_secs(5);

/// A conversation, once the connection has become a WebSocket.
pub(crate) type Talk = Box<dyn FnOnce(Socket) -> BoxFuture<'static, ()> + Send>;

/// What came in, or why nothing more will.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A text message that is JSON.
    Json(Value),
    /// A text message that is not.
    Nonsense,
    /// A binary message.
    Binary,
    /// Everything has been said, and it was asked to stop then.
    Done,
    /// The client or a fault has ended it.
    Gone,
}

/// What is to be said.
enum Out {
    Message(Message),
    /// Sound, alone or within a message, and how many bytes of it.
    Sound(Message, usize),
}

/// The server's end.
pub(crate) struct Socket {
    stream: WebSocketStream<TokioIo<Upgraded>>,
    ticket: Ticket,
    manners: Arc<Manners>,
    fault: Fault,
    every: Duration,
    queue: VecDeque<Out>,
    /// The last thing that was said was sound, so the next has to wait.
    waiting: bool,
    /// It ends when all is said.
    closing: bool,
    /// Bytes of sound until the cut.
    left: Option<usize>,
}

impl Socket {
    pub(crate) async fn over(
        upgraded: Upgraded,
        ticket: Ticket,
        manners: Arc<Manners>,
        fault: Fault,
        pace: Pace,
    ) -> Self {
        let limits = WebSocketConfig::default().max_message_size(Some(LIMIT_BYTES));
        let wire = TokioIo::new(upgraded);
        let stream = WebSocketStream::from_raw_socket(wire, Role::Server, Some(limits)).await;
        Self {
            stream,
            ticket,
            manners,
            fault,
            every: Duration::from_millis(pace.every_ms),
            queue: VecDeque::new(),
            waiting: false,
            closing: false,
            left: match fault {
                Fault::Cut { after_bytes } => Some(after_bytes),
                _ => None,
            },
        }
    }

    /// Says it when everything before it is said.
    pub(crate) fn say(&mut self, value: &Value) {
        self.queue.push_back(Out::Message(self.text(value)));
    }

    /// A piece of sound as a binary message.
    pub(crate) fn sound(&mut self, piece: Bytes) {
        let count = piece.len();
        let message = match self.fault {
            Fault::Garbage => Message::binary(GARBAGE),
            Fault::LyingType => Message::text(String::from_utf8_lossy(&piece).into_owned()),
            _ => Message::Binary(piece),
        };
        self.queue.push_back(Out::Sound(message, count));
    }

    /// A piece of sound of so many bytes within a JSON message.
    pub(crate) fn sound_within(&mut self, value: &Value, count: usize) {
        self.queue.push_back(Out::Sound(self.text(value), count));
    }

    fn text(&self, value: &Value) -> Message {
        match self.fault {
            Fault::Garbage => Message::text(String::from_utf8_lossy(GARBAGE).into_owned()),
            Fault::LyingType => Message::binary(value.to_string().into_bytes()),
            _ => Message::text(value.to_string()),
        }
    }

    /// Forgets what is not yet said.
    pub(crate) fn forget(&mut self) {
        self.queue.clear();
    }

    /// From now on it is [`Heard::Done`] when everything is said.
    pub(crate) fn finish(&mut self) {
        self.closing = true;
    }

    /// Ends with a close frame, and waits a little for the client's.
    pub(crate) async fn close(mut self, code: u16, reason: &str) {
        self.ticket.settle();
        let frame = CloseFrame {
            code: code.into(),
            reason: reason.into(),
        };
        if self.stream.close(Some(frame)).await.is_ok() {
            let closed = async { while let Some(Ok(_)) = self.stream.next().await {} };
            let _ = tokio::time::timeout(GOODBYE, closed).await;
        }
    }

    /// Says what there is to say until something comes in.
    pub(crate) async fn heard(&mut self) -> Heard {
        loop {
            if self.queue.is_empty() {
                if self.closing {
                    return Heard::Done;
                }
                let message = self.stream.next().await;
                match self.understood(message) {
                    Some(heard) => return heard,
                    None => continue,
                }
            }
            let pause = if self.waiting {
                self.every
            } else {
                Duration::ZERO
            };
            if !pause.is_zero() {
                tokio::select! {
                    message = self.stream.next() => match self.understood(message) {
                        Some(heard) => return heard,
                        // The pause begins anew, which a ping is not worth avoiding.
                        None => continue,
                    },
                    () = tokio::time::sleep(pause) => {}
                }
            }
            if !self.send_next().await {
                return Heard::Gone;
            }
        }
    }

    fn understood(
        &mut self,
        message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
    ) -> Option<Heard> {
        match message {
            Some(Ok(Message::Text(text))) => Some(match serde_json::from_str::<Value>(&text) {
                Ok(value) => {
                    self.ticket.message(value.clone());
                    Heard::Json(value)
                }
                Err(_) => Heard::Nonsense,
            }),
            Some(Ok(Message::Binary(_))) => Some(Heard::Binary),
            Some(Ok(Message::Close(_))) => {
                if self.queue.is_empty() {
                    self.ticket.settle();
                }
                Some(Heard::Gone)
            }
            Some(Ok(_)) => None,
            Some(Err(_)) | None => Some(Heard::Gone),
        }
    }

    async fn send_next(&mut self) -> bool {
        let (message, count) = match self.queue.pop_front() {
            None => return true,
            Some(Out::Message(message)) => {
                self.waiting = false;
                (message, 0)
            }
            Some(Out::Sound(message, count)) => {
                self.waiting = true;
                (message, count)
            }
        };
        if let Some(left) = &mut self.left {
            if count > *left {
                // Broken off before this one: half a message is none.
                self.ticket.settle();
                self.manners.close();
                return false;
            }
            *left -= count;
        }
        self.stream.send(message).await.is_ok()
    }
}
