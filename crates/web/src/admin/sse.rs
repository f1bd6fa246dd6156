//! Server-sent events.

use std::time::Duration;

use actix_web::{HttpResponse, http::header};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use serde::Serialize;

/// A comment is sent this often, so that proxies keep the stream open and we learn of clients that left.
const BEAT: Duration = Duration::from_secs(15);

/// One event, as it goes over the wire.
pub(super) fn event(name: &str, data: &impl Serialize) -> Bytes {
    let data = serde_json::to_string(data).unwrap_or_else(|_| "null".into());
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}

/// Streams events until the source ends or the client leaves.
pub(super) fn stream(source: impl Stream<Item = Bytes> + 'static) -> HttpResponse {
    let beats = stream::unfold((), |()| async {
        tokio::time::sleep(BEAT).await;
        Some((Some(Bytes::from_static(b": still here\n\n")), ()))
    });
    // The source decides when the stream ends; heartbeats alone would keep it open for ever.
    let source = source.map(Some).chain(stream::once(async { None }));
    let both = stream::select(source.boxed_local(), beats.boxed_local());
    let body = both
        .take_while(|item| futures::future::ready(item.is_some()))
        .filter_map(|item| async move { item.map(Ok::<_, std::convert::Infallible>) });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(body)
}
