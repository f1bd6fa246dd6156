//! What a server refuses, in one sentence with what to do.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use store::{ObjectKey, Objects};
use store_s3::{S3Store, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use crate::world::{READER, WRITER, endpoint, free_port, keys, settings, sound, store};

async fn why(settings: Settings) -> String {
    let s3 = S3Store::open(settings).await.unwrap();
    s3.probe().await.unwrap_err().to_string()
}

#[tokio::test]
async fn wrong_keys_are_said_and_never_shown() {
    let Some(endpoint) = endpoint() else { return };
    let wrong = Settings {
        keys: keys(("all-key", "gue55")),
        ..settings(&endpoint)
    };
    let wrong = why(wrong).await;
    assert!(wrong.contains("the secret key is wrong"), "{wrong}");
    let unknown = Settings {
        keys: keys(("nobody", "gue55")),
        ..settings(&endpoint)
    };
    let unknown = why(unknown).await;
    assert!(
        unknown.contains("does not know this access key"),
        "{unknown}"
    );
    for text in [wrong, unknown] {
        assert!(!text.contains("gue55"), "{text}");
        assert!(
            text.contains("frontdesk-test") && text.contains(&endpoint),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1, "one line: {text}");
    }
}

#[tokio::test]
async fn a_missing_bucket_is_said() {
    let Some(endpoint) = endpoint() else { return };
    let bucket = "no-such-bucket".to_owned();
    let text = why(Settings {
        bucket,
        keys: keys(WRITER),
        ..settings(&endpoint)
    })
    .await;
    assert!(text.contains("there is no such bucket"), "{text}");
}

#[tokio::test]
async fn keys_that_may_only_read_read() {
    let Some(endpoint) = endpoint() else { return };
    let owner = settings(&endpoint);
    let key = S3Store::open(owner.clone())
        .await
        .unwrap()
        .put(sound(1))
        .await
        .unwrap();
    let reader = Settings {
        keys: keys(READER),
        ..owner
    };
    let text = why(reader.clone()).await;
    assert!(
        text.contains("cannot write") && text.contains("s3:PutObject"),
        "{text}"
    );
    let s3 = S3Store::open(reader).await.unwrap();
    assert_eq!(s3.get(&key).await, Ok(Some(sound(1))));
    assert_eq!(s3.get(&ObjectKey::of(b"nothing")).await, Ok(None));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said() {
    let text = why(settings(&format!("http://127.0.0.1:{}", free_port()))).await;
    assert!(text.contains("nobody listens there"), "{text}");
    let text = why(settings("http://no-such-host.invalid")).await;
    assert!(text.contains("reach") || text.contains("unknown"), "{text}");
}

/// A server that answers each request with what `answer` makes of its head, and counts them.
async fn canned(
    answer: impl Fn(&str) -> String + Send + 'static,
) -> (String, Arc<AtomicU32>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicU32::new(0));
    let counted = count.clone();
    let task = tokio::spawn(async move {
        loop {
            let (mut line, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match line.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_) => break,
                }
            }
            let head = String::from_utf8_lossy(&head).to_lowercase();
            let length = head
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.lines().next());
            let mut body = vec![0; length.and_then(|length| length.parse().ok()).unwrap_or(0)];
            if line.read_exact(&mut body).await.is_err() {
                continue;
            }
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = line.write_all(answer(&head).as_bytes()).await;
        }
    });
    (endpoint, count, task)
}

fn http(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
}

fn refusal(code: &str) -> String {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>No.</Message></Error>")
}

#[tokio::test]
async fn a_wrong_clock_and_a_wrong_region_are_said() {
    for (status, code, hint) in [
        (
            "403 Forbidden",
            "RequestTimeTooSkewed",
            "this machine's clock is wrong",
        ),
        (
            "400 Bad Request",
            "AuthorizationHeaderMalformed",
            "the region is wrong",
        ),
        (
            "301 Moved Permanently",
            "PermanentRedirect",
            "the bucket is elsewhere",
        ),
        ("400 Bad Request", "ExpiredToken", "the keys have run out"),
    ] {
        let (endpoint, _, server) = canned(move |_| http(status, &refusal(code))).await;
        let text = why(settings(&endpoint)).await;
        assert!(text.contains(hint), "{text}");
        server.abort();
    }
}

#[tokio::test]
async fn what_answers_something_else_is_said_and_asked_a_few_times_only() {
    let (endpoint, count, server) = canned(|_| http("500 Internal Server Error", "<html>")).await;
    let text = why(settings(&endpoint)).await;
    assert!(text.contains("the server is in trouble"), "{text}");
    assert_eq!(count.load(Ordering::SeqCst), 3, "three tries");
    server.abort();
    let (endpoint, _, server) = canned(|_| "SSH-2.0-OpenSSH\r\n".to_owned()).await;
    let text = why(settings(&endpoint)).await;
    assert!(text.contains(&endpoint), "{text}");
    server.abort();
}

/// A server that knows no conditions, so every write succeeds, and answers a read of what is not there with `absent`.
async fn simple(absent: &'static str) -> (String, JoinHandle<()>) {
    let last = std::sync::Mutex::new(String::new());
    let (endpoint, _, server) = canned(move |head| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        let name = path.trim_start_matches("/frontdesk-test/");
        let mut last = last.lock().unwrap();
        match head.split(' ').next() {
            Some("put") => {
                *last = name.to_owned();
                http("200 OK", "")
            }
            Some("get") if *last == name => http("200 OK", name),
            Some("get") => http("403 Forbidden", &refusal(absent)),
            _ => {
                last.clear();
                http("204 No Content", "")
            }
        }
    })
    .await;
    (endpoint, server)
}

async fn open_plain(endpoint: &str) -> S3Store {
    let settings = Settings {
        few_checksums: true,
        ..settings(endpoint)
    };
    S3Store::open(settings).await.unwrap()
}

#[tokio::test]
async fn a_server_without_conditional_writes_is_found_out() {
    let (endpoint, server) = simple("NoSuchKey").await;
    let found = open_plain(&endpoint).await.probe().await.unwrap();
    assert!(!found.conditional);
    assert_eq!(found.warnings.len(), 1, "{found:?}");
    assert!(
        found.warnings[0].contains("does not honour conditional writes"),
        "{found:?}"
    );
    server.abort();
    let Some(endpoint) = crate::world::endpoint() else {
        return;
    };
    assert!(store(&endpoint).await.probe().await.unwrap().conditional);
}

#[tokio::test]
async fn forbidden_is_absent_for_keys_that_may_not_list() {
    let (endpoint, server) = simple("AccessDenied").await;
    let s3 = open_plain(&endpoint).await;
    let absent = ObjectKey::of(b"nothing");
    assert!(
        s3.get(&absent).await.is_err(),
        "nobody asked yet what it means"
    );
    let found = s3.probe().await.unwrap();
    assert!(found.warnings[1].contains("s3:ListBucket"), "{found:?}");
    assert_eq!(s3.get(&absent).await, Ok(None));
    server.abort();
}
