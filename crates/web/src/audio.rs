//! `GET /audio/{object}.wav`: clips, under names that nobody can guess, for carriers to fetch and keep.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use bytes::Bytes;
use store::ObjectKey;

use crate::App;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/audio/{name}")
            .route(web::get().to(clip))
            .route(web::head().to(clip)),
    );
}

async fn clip(app: web::Data<App>, request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    let Some(object) = name.strip_suffix(".wav").and_then(ObjectKey::parse) else {
        return HttpResponse::NotFound()
            .content_type("text/plain")
            .body("there is no such clip\n");
    };
    let etag = format!("\"{}\"", object.as_str());
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok());
    if known.is_some_and(|known| {
        known
            .split(',')
            .any(|tag| tag.trim().trim_start_matches("W/") == etag || tag.trim() == "*")
    }) {
        return common(HttpResponse::NotModified(), &etag).finish();
    }
    let Some(bytes) = app.switchboard.parts().voicer.audio(&object).await else {
        return HttpResponse::NotFound()
            .content_type("text/plain")
            .body("there is no such clip\n");
    };
    let range = request
        .headers()
        .get(header::RANGE)
        .and_then(|v| v.to_str().ok());
    match range.map(|range| part(range, bytes.len())) {
        None | Some(Part::Whole) => common(HttpResponse::Ok(), &etag).body(bytes),
        Some(Part::Slice(from, to)) => common(HttpResponse::PartialContent(), &etag)
            .insert_header((
                header::CONTENT_RANGE,
                format!("bytes {from}-{}/{}", to - 1, bytes.len()),
            ))
            .body(Bytes::slice(&bytes, from..to)),
        Some(Part::Nowhere) => HttpResponse::RangeNotSatisfiable()
            .insert_header((header::CONTENT_RANGE, format!("bytes */{}", bytes.len())))
            .finish(),
    }
}

fn common(
    mut response: actix_web::HttpResponseBuilder,
    etag: &str,
) -> actix_web::HttpResponseBuilder {
    // The name is the hash of the bytes: what was fetched once never changes.
    response
        .content_type("audio/wav")
        .insert_header((header::ETAG, etag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header(("X-Content-Type-Options", "nosniff"));
    response
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Slice(usize, usize),
    Nowhere,
}

/// One byte range (RFC 9110 §14.2); several, or other units, get the whole.
fn part(range: &str, length: usize) -> Part {
    let Some(spec) = range
        .strip_prefix("bytes=")
        .filter(|spec| !spec.contains(','))
    else {
        return Part::Whole;
    };
    let Some((from, to)) = spec.trim().split_once('-') else {
        return Part::Whole;
    };
    match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), _) if from >= length => Part::Nowhere,
        (Ok(from), Ok(to)) if from <= to => Part::Slice(from, to.saturating_add(1).min(length)),
        (Ok(from), Err(_)) if to.is_empty() => Part::Slice(from, length),
        (Err(_), Ok(0)) if from.is_empty() => Part::Nowhere,
        (Err(_), Ok(last)) if from.is_empty() => Part::Slice(length.saturating_sub(last), length),
        _ => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        for (range, expected) in [
            ("bytes=0-3", Part::Slice(0, 4)),
            ("bytes=4-", Part::Slice(4, 10)),
            ("bytes=-3", Part::Slice(7, 10)),
            ("bytes=-99", Part::Slice(0, 10)),
            ("bytes=8-99", Part::Slice(8, 10)),
            ("bytes=10-", Part::Nowhere),
            ("bytes=-0", Part::Nowhere),
            ("bytes=5-2", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("lines=1-2", Part::Whole),
            ("bytes=a-b", Part::Whole),
        ] {
            assert_eq!(part(range, 10), expected, "{range}");
        }
    }
}
