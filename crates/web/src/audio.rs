//! `GET /audio/{object}.wav`: clips, under names that nobody can guess, for carriers to fetch and keep.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use bytes::Bytes;
use store::ObjectKey;
use switchboard::Whose;

use crate::{App, guard};

/// Tells the built-in network what a clip says: percent-encoded UTF-8.
const SPOKEN_TEXT: &str = "x-spoken-text";

/// The most that it tells, bytes.
const SPOKEN_BYTES: usize = 1024;

/// Headers of requests that somebody else passes on.
const PROXIED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "via"];

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
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let is_known = |wanted: &str| {
        let mut tags = known.split(',').map(str::trim);
        tags.any(|tag| tag.trim_start_matches("W/") == wanted)
    };
    if is_known(&etag) {
        return common(HttpResponse::NotModified(), &etag).finish();
    }
    let stored = app.switchboard.parts().voicer.audio(&object).await;
    let bytes = match stored {
        Some(bytes) => Some(bytes),
        None => spoken_again(&app, &object).await,
    };
    let Some(bytes) = bytes else {
        return HttpResponse::NotFound()
            .content_type("text/plain")
            .body("there is no such clip\n");
    };
    // Whoever says "any" has to hear whether there is one.
    if is_known("*") {
        return common(HttpResponse::NotModified(), &etag).finish();
    }
    let range = request
        .headers()
        .get(header::RANGE)
        .and_then(|v| v.to_str().ok());
    match range.map(|range| part(range, bytes.len())) {
        None | Some(Part::Whole) => {
            let mut whole = common(HttpResponse::Ok(), &etag);
            if let Some(words) = words(&app, &request, &object).await {
                whole.insert_header((SPOKEN_TEXT, words));
            }
            whole.body(bytes)
        }
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

/// A filler whose audio cannot be had, spoken once more: a caller who waits for it hears it all the same.
async fn spoken_again(app: &App, object: &ObjectKey) -> Option<Bytes> {
    for (business, _) in (app.businesses)() {
        let rows = app.switchboard.fillers(&business).await.ok()?;
        let named = |row: &switchboard::FillerRow| row.object.as_deref() == Some(object.as_str());
        let Some(row) = rows.into_iter().find(named) else {
            continue;
        };
        let (voicer, whose) = (&app.switchboard.parts().voicer, Whose::Operator);
        let spoken = voicer.speak(&row.text, &business.voice, whose).await;
        return voicer.audio(&spoken.ok()?.0.object).await;
    }
    None
}

/// The words of a clip, for the built-in network, whose transcript should not say "a clip". The header tells no more
/// than the sound beside it, but it is easier to keep, so only this very machine is told: a request from a loopback
/// address that no proxy has passed on.
async fn words(app: &App, request: &HttpRequest, object: &ObjectKey) -> Option<String> {
    let passed_on = PROXIED
        .iter()
        .any(|name| request.headers().contains_key(*name));
    if passed_on || !guard::from_here(request) {
        return None;
    }
    let parts = app.switchboard.parts();
    if let Some(words) = parts.voicer.words(object).await {
        return Some(percent_encoded(&words));
    }
    // Fillers outlive the process that spoke them.
    for (business, _) in (app.businesses)() {
        let rows = app.switchboard.fillers(&business).await.ok()?;
        let named = |row: &switchboard::FillerRow| row.object.as_deref() == Some(object.as_str());
        if let Some(row) = rows.into_iter().find(named) {
            return Some(percent_encoded(&row.text));
        }
    }
    None
}

/// At most 1 kB of it; letters, digits and `-._~` as they are (RFC 3986 §2.3), everything else escaped.
fn percent_encoded(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        let before = out.len();
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    out.push(char::from(byte));
                }
                _ => out.push_str(&format!("%{byte:02X}")),
            }
        }
        if out.len() > SPOKEN_BYTES {
            out.truncate(before);
            break;
        }
    }
    out
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
pub(crate) enum Part {
    Whole,
    Slice(usize, usize),
    Nowhere,
}

/// One byte range (RFC 9110 §14.2); several, or other units, get the whole.
pub(crate) fn part(range: &str, length: usize) -> Part {
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
    fn words_are_cut_between_letters() {
        assert_eq!(percent_encoded("Café, 5-6!"), "Caf%C3%A9%2C%205-6%21");
        let long = percent_encoded(&"é".repeat(1000));
        assert_eq!(long.len(), 1020);
        assert!(long.ends_with("%C3%A9"));
    }

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
