//! One connection, from its first request to its end.

use std::convert::Infallible;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::chat::Chat;
use crate::company::Company;
use crate::fault::{Fault, Pace, Plan};
use crate::reply::{Body, Content, Reply};
use crate::request::Request;
use crate::seen::{Log, Seen, Ticket};
use crate::socket::{Socket, Talk};
use crate::sound::Voicing;
use crate::wire::{Manners, Wire};

/// Largest body of a request; more than any of the companies takes.
const LIMIT_BYTES: usize = 16 * 1024 * 1024;

/// What all connections of a simulator share.
pub(crate) struct House {
    pub(crate) company: Company,
    pub(crate) plan: Mutex<Plan>,
    pub(crate) pace: Mutex<Pace>,
    pub(crate) gain_db: Mutex<f32>,
    pub(crate) log: Log,
    pub(crate) chat: Chat,
}

impl House {
    fn next_fault(&self) -> Fault {
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        plan.next()
    }

    fn gain_db(&self) -> f32 {
        *self.gain_db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pace(&self) -> Pace {
        *self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves one connection until either side ends it, or `closed` changes.
pub(crate) async fn connection(
    stream: TcpStream,
    number: u64,
    house: Arc<House>,
    mut closed: watch::Receiver<u64>,
) {
    let manners = Arc::new(Manners::default());
    let (talks, mut talk) = mpsc::channel(1);
    let visit = Visit {
        house,
        manners: manners.clone(),
        number,
        talks,
    };
    let wire = TokioIo::new(Wire::new(stream, manners.clone()));
    let service = service_fn(|request| {
        let visit = visit.clone();
        async move { visit.serve(request).await }
    });
    let served = http1::Builder::new()
        .half_close(false)
        .serve_connection(wire, service)
        .with_upgrades();
    let served = async {
        let over = served.await;
        // It may have become a WebSocket, which is served in its place.
        if let (Ok(()), Ok(talk)) = (over, talk.try_recv()) {
            talk.await;
        }
    };
    let told = async {
        // Said before the answers are dropped, so that they do not take it for the client's doing.
        let _ = closed.changed().await;
        manners.close();
    };
    tokio::select! {
        () = served => {}
        () = manners.ended() => {}
        () = told => {}
    }
}

/// One connection's part in the house.
#[derive(Clone)]
struct Visit {
    house: Arc<House>,
    manners: Arc<Manners>,
    number: u64,
    /// What goes on when the connection has become a WebSocket.
    talks: mpsc::Sender<BoxFuture<'static, ()>>,
}

impl Visit {
    async fn serve(
        self,
        mut request: hyper::Request<Incoming>,
    ) -> Result<hyper::Response<Body>, hyper::http::Error> {
        let upgrade = hyper::upgrade::on(&mut request);
        let fault = self.house.next_fault();
        let (request, seen) = match self.read(request, fault).await {
            Ok(read) => read,
            Err(too_large) => return too_large.into_response(fault, self.house.pace(), None),
        };
        let mut ticket = self.house.log.enter(seen, self.manners.clone());
        self.misbehave(fault, &mut ticket).await;
        let company = self.house.company;
        let reply = match fault {
            Fault::Status {
                code,
                retry_after_s,
            } => {
                let reply = company.error(code);
                match retry_after_s {
                    Some(seconds) => reply.with("retry-after", seconds.to_string()),
                    None => reply,
                }
            }
            _ => company.answer(&request).spoilt(fault),
        };
        match reply.content {
            Content::Socket(talk) => self.switch(talk, upgrade, &request, fault, ticket),
            _ => reply.into_response(fault, request.pace, Some(ticket)),
        }
    }

    /// 101, and the conversation as soon as the connection is free for it.
    fn switch(
        &self,
        talk: Talk,
        upgrade: OnUpgrade,
        request: &Request,
        fault: Fault,
        ticket: Ticket,
    ) -> Result<hyper::Response<Body>, hyper::http::Error> {
        let key = request.header("sec-websocket-key").unwrap_or_default();
        let response = hyper::Response::builder()
            .status(101)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-accept", derive_accept_key(key.as_bytes()))
            .header("dg-request-id", uuid::Uuid::new_v4().to_string())
            .body(Empty::new().map_err(|never| match never {}).boxed_unsync())?;
        let (manners, pace) = (self.manners.clone(), request.pace);
        let job = async move {
            if let Ok(upgraded) = upgrade.await {
                talk(Socket::over(upgraded, ticket, manners, fault, pace).await).await;
            }
        };
        // One connection becomes one socket, so there is room for it.
        let _ = self.talks.try_send(job.boxed());
        Ok(response)
    }

    /// What a fault does before there is an answer.
    async fn misbehave(&self, fault: Fault, ticket: &mut Ticket) {
        match fault {
            Fault::Drip => self.manners.drip(self.house.pace().drip_ms),
            _ => self.manners.flow(),
        }
        match fault {
            Fault::Slow { first_ms } => tokio::time::sleep(Duration::from_millis(first_ms)).await,
            Fault::BlackHole => never().await,
            Fault::Reset => {
                ticket.settle();
                self.manners.reset();
                never().await;
            }
            Fault::Refuse => {
                ticket.settle();
                self.manners.close();
                never().await;
            }
            _ => {}
        }
    }

    /// The whole request, or the answer to one that is too large for anybody.
    async fn read(
        &self,
        request: hyper::Request<Incoming>,
        fault: Fault,
    ) -> Result<(Request, Seen), Reply> {
        let (head, body) = request.into_parts();
        let body = match Limited::new(body, LIMIT_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(_) => return Err(self.house.company.error(413)),
        };
        let query = head.uri.query().unwrap_or_default();
        let query: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let header = |value: &hyper::header::HeaderValue| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        let headers: Vec<(String, String)> = head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), header(value)))
            .collect();
        let request = Request {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query,
            headers,
            json: json(&body),
            body,
            voicing: Voicing::of(fault, self.house.gain_db()),
            pace: self.house.pace(),
            chat: self.house.chat.clone(),
        };
        let seen = Seen {
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers: request.headers.clone(),
            body: request.body.to_vec(),
            json: request.json.clone(),
            connection: self.number,
            ..Seen::default()
        };
        Ok((request, seen))
    }
}

fn json(body: &Bytes) -> Option<serde_json::Value> {
    serde_json::from_slice(body).ok()
}

/// Until the connection ends, and this with it.
async fn never() {
    let endless: Infallible = pending().await;
    match endless {}
}
