//! A small REST interface for commanding running calls, over plain HTTP/1.1.
//!
//! It answers `POST /2010-04-01/Accounts/{AC}/Calls/{CA}.json` with `Status=completed`, `Url=…` or
//! `Twiml=…`, under the account's Basic credentials; nothing else.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::network::Network;

/// Largest request, head and body.
const LIMIT_BYTES: usize = 64 * 1024;
/// Longest wait for a whole request.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most connections served at once.
const LIMIT_CONNECTIONS: usize = 256;

/// The running interface; dropping it stops it.
pub struct RestServer {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl RestServer {
    /// Listens on `address` (port 0 = any) for commands to `network`'s calls.
    pub async fn start(network: Network, address: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener, network));
        Ok(Self { address, task })
    }

    /// `http://…`, without path.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for RestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, network: Network) {
    let mut served = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while served.try_join_next().is_some() {}
        if served.len() >= LIMIT_CONNECTIONS {
            served.join_next().await;
        }
        let network = network.clone();
        served.spawn(async move {
            let _ = tokio::time::timeout(PATIENCE, serve(stream, &network)).await;
        });
    }
}

async fn serve(mut stream: TcpStream, network: &Network) -> std::io::Result<()> {
    let (status, body) = match read(&mut stream).await? {
        Some(request) => answer(&request, network),
        None => (
            400,
            json!({"code": 20001, "message": "not a readable request"}),
        ),
    };
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

struct Request {
    line: String,
    authorization: Option<String>,
    body: Vec<u8>,
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(request) = parse(&bytes) {
            return Ok(Some(request));
        }
        if bytes.len() >= LIMIT_BYTES || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
}

/// A complete request, or not yet.
fn parse(bytes: &[u8]) -> Option<Request> {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let line = lines.next()?.to_owned();
    let headers: Vec<(&str, &str)> = lines.filter_map(|l| l.split_once(':')).collect();
    let header = |name: &str| {
        let found = headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim().to_owned())
    };
    let length = header("content-length").map_or(Some(0), |l| l.parse::<usize>().ok())?;
    let body = bytes.get(end + 4..end.checked_add(4)?.checked_add(length)?)?;
    Some(Request {
        line,
        authorization: header("authorization"),
        body: body.to_vec(),
    })
}

fn answer(request: &Request, network: &Network) -> (u16, serde_json::Value) {
    let config = network.config();
    let credentials = format!("{}:{}", config.account_sid, config.auth_token);
    let expected = format!("Basic {}", STANDARD.encode(credentials));
    if request.authorization.as_deref() != Some(&expected) {
        return (401, json!({"code": 20003, "message": "Authenticate"}));
    }
    let prefix = format!("POST /2010-04-01/Accounts/{}/Calls/", config.account_sid);
    let call = request.line.strip_prefix(&prefix);
    let call = call.and_then(|rest| rest.split_once(".json "));
    let Some((call_sid, _)) = call else {
        return (
            404,
            json!({"code": 20404, "message": "only updates of calls are simulated"}),
        );
    };
    obey(network, call_sid, &request.body)
}

fn obey(network: &Network, call_sid: &str, body: &[u8]) -> (u16, serde_json::Value) {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
    let field = |name: &str| {
        fields
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    };
    let done = match (field("Status"), field("Url"), field("Twiml")) {
        (Some("completed"), _, _) => network.hang_up(call_sid),
        (_, Some(url), _) => network.redirect(call_sid, url),
        (_, _, Some(twiml)) => network.execute(call_sid, twiml),
        _ => {
            return (
                400,
                json!({"code": 20001, "message": "Status=completed, Url or Twiml"}),
            );
        }
    };
    match done {
        true => (
            200,
            json!({"sid": call_sid, "account_sid": network.config().account_sid}),
        ),
        false => (
            404,
            json!({"code": 20404, "message": "no such call is in progress"}),
        ),
    }
}
