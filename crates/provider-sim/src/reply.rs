//! An answer, and its way onto the wire.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use serde_json::Value;

use crate::fault::{Fault, Pace};
use crate::seen::Ticket;
use crate::socket::Talk;

/// What goes back over the wire.
pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// An answer as a company's file words it.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
}

/// The body of an answer.
pub(crate) enum Content {
    /// With its length said in advance.
    Whole(Bytes),
    /// Chunked, at the simulator's pace.
    Pieces(Vec<Bytes>),
    /// The same, and then the server breaks off: something raised after the head had left.
    Torn(Vec<Bytes>),
    /// The connection becomes a WebSocket.
    Socket(Talk),
}

impl Reply {
    /// JSON with this status.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::whole(status, "application/json", value.to_string())
    }

    /// A body of known length.
    pub(crate) fn whole(status: u16, kind: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![("content-type", kind.into())],
            content: Content::Whole(body.into()),
        }
    }

    /// 200 and a body in pieces.
    pub(crate) fn pieces(kind: impl Into<String>, pieces: Vec<Bytes>) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type", kind.into())],
            content: Content::Pieces(pieces),
        }
    }

    /// 200, pieces, and an end in the middle.
    pub(crate) fn torn(kind: impl Into<String>, pieces: Vec<Bytes>) -> Self {
        Self {
            content: Content::Torn(pieces),
            ..Self::pieces(kind, Vec::new())
        }
    }

    /// The connection becomes a WebSocket, and this happens on it.
    pub(crate) fn socket(talk: Talk) -> Self {
        Self {
            status: 101,
            headers: Vec::new(),
            content: Content::Socket(talk),
        }
    }

    /// One more header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The body as JSON; null when it is something else.
    pub(crate) fn body(&self) -> Value {
        match &self.content {
            Content::Whole(body) => serde_json::from_slice(body).unwrap_or_default(),
            _ => Value::Null,
        }
    }

    /// What no company says: the simulator cannot make this sound.
    pub(crate) fn beyond_us(encoding: &str) -> Self {
        let text = format!(
            "provider-sim has no coder for {encoding}; the company has. Ask for linear or G.711 sound."
        );
        Self::whole(501, "text/plain", text)
    }

    /// The answer with a fault in what it says.
    pub(crate) fn spoilt(mut self, fault: Fault) -> Self {
        match fault {
            // What is said over a socket is spoilt there.
            _ if self.status == 101 => {}
            Fault::Garbage => {
                self.status = 200;
                self.content = Content::Whole(Bytes::from_static(GARBAGE));
            }
            Fault::LyingType => {
                for (name, value) in &mut self.headers {
                    if *name == "content-type" {
                        *value = lie(value).to_owned();
                    }
                }
            }
            _ => {}
        }
        self
    }

    /// Head and body for the wire. The ticket is settled when the last byte has been handed over.
    pub(crate) fn into_response(
        self,
        fault: Fault,
        pace: Pace,
        ticket: Option<Ticket>,
    ) -> Result<hyper::Response<Body>, hyper::http::Error> {
        let mut response = hyper::Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(*name, value);
        }
        let mut left = match fault {
            Fault::Cut { after_bytes }
            | Fault::Stall { after_bytes, .. }
            | Fault::Break { after_bytes } => Some(after_bytes),
            _ => None,
        };
        let mut then = match fault {
            Fault::Stall { ms, .. } => Turn::Stall(ms.map(Duration::from_millis)),
            Fault::Break { .. } => Turn::Break,
            _ => Turn::Cut,
        };
        let (pieces, every_ms) = match self.content {
            Content::Whole(bytes) => {
                response = response.header("content-length", bytes.len());
                (VecDeque::from([bytes]), 0)
            }
            Content::Pieces(pieces) => (pieces.into(), pace.every_ms),
            Content::Socket(_) => (VecDeque::new(), 0),
            Content::Torn(pieces) => {
                let all = pieces.iter().map(Bytes::len).sum();
                if left.is_none_or(|cut| cut >= all) {
                    (left, then) = (Some(all), Turn::Cut);
                }
                (pieces.into(), pace.every_ms)
            }
        };
        let flow = Flow {
            pieces,
            pause: Duration::from_millis(every_ms),
            begun: false,
            left,
            then,
            ticket,
        };
        response.body(flow.into_body())
    }
}

/// Somebody between us and the company.
pub(crate) const GARBAGE: &[u8] =
    b"<!DOCTYPE html><html><head><title>Please sign in</title></head>\
<body><h1>Welcome to the guest network</h1><p>Accept the terms to go on.</p></body></html>\n";

/// A content type that the body is not.
fn lie(truth: &str) -> &'static str {
    match truth.starts_with("application/json") {
        true => "audio/mpeg",
        false => "application/json",
    }
}

/// What a body comes to in its middle.
enum Turn {
    /// Its end.
    Cut,
    /// A pause, for ever or so long.
    Stall(Option<Duration>),
    /// The end of the connection.
    Break,
}

/// A body on its way.
struct Flow {
    pieces: VecDeque<Bytes>,
    pause: Duration,
    begun: bool,
    /// Bytes until the turn.
    left: Option<usize>,
    then: Turn,
    ticket: Option<Ticket>,
}

impl Flow {
    fn into_body(self) -> Body {
        let frames = stream::unfold(Some(self), |flow| async move {
            let mut flow = flow?;
            match flow.next().await {
                Ok(Some(bytes)) => Some((Ok(Frame::data(bytes)), Some(flow))),
                Ok(None) => None,
                Err(cut) => Some((Err(cut), None)),
            }
        });
        StreamBody::new(frames).boxed_unsync()
    }

    fn settle(&mut self) {
        if let Some(ticket) = &mut self.ticket {
            ticket.settle();
        }
    }

    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.left == Some(0) {
            self.turn().await?;
        }
        if self.begun && !self.pause.is_zero() && !self.pieces.is_empty() {
            tokio::time::sleep(self.pause).await;
        }
        self.begun = true;
        let Some(mut bytes) = self.pieces.pop_front() else {
            self.settle();
            return Ok(None);
        };
        if let Some(left) = &mut self.left {
            let rest = bytes.split_off(bytes.len().min(*left));
            *left -= bytes.len();
            if !rest.is_empty() {
                self.pieces.push_front(rest);
            }
        }
        if self.pieces.is_empty() {
            // Nobody asks for more when the length was said in advance.
            self.settle();
        }
        Ok(Some(bytes))
    }

    /// The fault in the middle; an error is the end.
    async fn turn(&mut self) -> io::Result<()> {
        if let Turn::Stall(pause) = self.then {
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                // Until the client has had enough, and this is dropped.
                None => std::future::pending().await,
            }
            self.left = None;
            return Ok(());
        }
        self.settle();
        // What was handed over before has to leave first: an error drops what is still buffered. On a busy machine the
        // sleep may be over when it is first looked at; a yield never is.
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_millis(5)).await;
        if let (Turn::Break, Some(ticket)) = (&self.then, &self.ticket) {
            ticket.reset();
        }
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}
