//! Links that strangers follow.

use store::{Links, ObjectKey, Objects};
use store_s3::{S3Store, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::world::{endpoint, settings, sound, store};

/// What a stranger gets: the status and the body.
async fn follow(link: &str) -> (u16, Vec<u8>) {
    let (host, path) = link
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut line = TcpStream::connect(host).await.unwrap();
    let ask = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    line.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await.unwrap();
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let status = std::str::from_utf8(&answer[9..12])
        .unwrap()
        .parse()
        .unwrap();
    (status, answer[end + 4..].to_vec())
}

#[tokio::test]
async fn a_link_is_followed_without_keys() {
    let Some(endpoint) = endpoint() else { return };
    let s3 = store(&endpoint).await;
    let key = s3.put(sound(1)).await.unwrap();
    let link = s3.link(&key, 60).await.unwrap();
    assert_eq!(follow(&link).await, (200, sound(1).to_vec()));
    let other = ObjectKey::of(b"another");
    let changed = link.replace(key.as_str(), other.as_str());
    assert_eq!(
        follow(&changed).await.0,
        403,
        "the signature is for one name"
    );
    let unsigned = link.split('?').next().unwrap();
    assert_eq!(follow(unsigned).await.0, 403, "nothing is public");
    let late = link.replace("X-Amz-Expires=60", "X-Amz-Expires=600");
    assert_ne!(late, link);
    assert_eq!(follow(&late).await.0, 403, "nor longer");
}

#[tokio::test]
async fn a_link_names_the_address_that_strangers_reach() {
    let outside = Settings {
        public_endpoint: Some("https://audio.example".to_owned()),
        ..settings("http://127.0.0.1:9")
    };
    let s3 = S3Store::open(outside).await.unwrap();
    let link = s3.link(&ObjectKey::of(b"x"), 60).await.unwrap();
    assert!(
        link.starts_with("https://audio.example/frontdesk-test/"),
        "{link}"
    );
    for valid_s in [0, 604_801] {
        assert!(s3.link(&ObjectKey::of(b"x"), valid_s).await.is_err());
    }
}
