//! Reads a request's body: at most so many bytes, for at most so long, never decompressed.
//!
//! actix has no deadline for bodies and would unpack compressed ones before any limit, so neither is left to it. Nor is a
//! body that does not say its length: what a handler leaves of one, actix reads for as long as it comes, and forgets its
//! timers meanwhile. [`whole`] reads those before any handler.

use std::{any::Any, cell::RefCell, time::Duration};

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{Extensions, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::header,
    middleware::Next,
    web::{Data, Payload},
};
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, stream};

use crate::{App, Problem};

/// What is left of a connection's body that was refused. While it is kept, actix knows that the body was not read to its
/// end, and closes the connection behind the answer.
#[derive(Default)]
struct Rest(RefCell<Option<actix_web::dev::Payload>>);

/// Gives every connection a place for what is left of a body.
pub(crate) fn on_connect(_: &dyn Any, connection: &mut Extensions) {
    connection.insert(Rest::default());
}

/// Reads a body that does not say its length, within the limits of its route, before anything else is done.
pub(crate) async fn whole<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let app = request.app_data::<Data<App>>().cloned();
    let Some(app) = app.filter(|_| request.headers().contains_key(header::TRANSFER_ENCODING))
    else {
        return next.call(request).await;
    };
    let settings = &app.settings;
    let limit = match request.path().starts_with("/voice/") {
        true => settings.webhook_bytes,
        false => settings.json_bytes,
    };
    let mut payload = request.take_payload();
    match within(settings.request, gather(&mut payload, limit)).await {
        Ok(body) => {
            let payload = Box::pin(stream::once(async { Ok::<_, PayloadError>(body) }));
            request.set_payload(actix_web::dev::Payload::Stream { payload });
            next.call(request).await
        }
        Err(problem) => {
            if let Some(rest) = request.conn_data::<Rest>() {
                rest.0.replace(Some(payload));
            }
            Err(problem.into())
        }
    }
}

/// The whole body, when it is at most `limit` bytes long and here within `deadline`.
pub(crate) async fn read(
    request: &HttpRequest,
    mut payload: Payload,
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
    within(deadline, gather(&mut payload, limit)).await
}

async fn within(
    deadline: Duration,
    reading: impl Future<Output = Result<Bytes, Problem>>,
) -> Result<Bytes, Problem> {
    match tokio::time::timeout(deadline, reading).await {
        Ok(body) => body,
        Err(_) => Err(Problem::new(
            408,
            "slow_body",
            format!("the body took longer than {} ms", deadline.as_millis()),
        )),
    }
}

async fn gather(
    payload: &mut (impl Stream<Item = Result<Bytes, PayloadError>> + Unpin),
    limit: usize,
) -> Result<Bytes, Problem> {
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
