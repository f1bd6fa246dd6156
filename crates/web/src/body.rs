//! Reads a request's body: at most so many bytes, for at most so long, never decompressed.
//!
//! actix has no deadline for bodies and would unpack compressed ones before any limit, so neither is left to it.

use std::time::Duration;

use actix_web::{HttpRequest, http::header, web::Payload};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;

use crate::Problem;

/// The whole body, when it is at most `limit` bytes long and here within `deadline`.
pub(crate) async fn read(
    request: &HttpRequest,
    payload: Payload,
    limit: usize,
    deadline: Duration,
) -> Result<Bytes, Problem> {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        let hint = "send the body without Content-Encoding";
        return Err(Problem::new(
            415,
            "unsupported_encoding",
            "compressed bodies are not read",
        )
        .hint(hint));
    }
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    match tokio::time::timeout(deadline, gather(payload, limit)).await {
        Ok(body) => body,
        Err(_) => Err(Problem::new(
            408,
            "slow_body",
            format!("the body took longer than {} ms", deadline.as_millis()),
        )),
    }
}

async fn gather(mut payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            Problem::new(400, "broken_body", format!("the body broke off: {error}"))
        })?;
        if body.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        413,
        "body_too_large",
        format!("the body is larger than {limit} bytes"),
    )
}
