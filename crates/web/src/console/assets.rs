//! Style and scripts: embedded, under an address that changes with them, so that browsers may keep them for ever.

use std::{fmt::Write, sync::LazyLock};

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "console-assets/static"]
struct Shipped;

/// A hash over all of them: modules import each other by relative addresses, so they change together.
static VERSION: LazyLock<String> = LazyLock::new(version);

fn version() -> String {
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for name in Shipped::iter() {
        digest.update(name.as_bytes());
        if let Some(file) = Shipped::get(&name) {
            digest.update(&file.data);
        }
    }
    let hash = digest.finish();
    hash.as_ref()
        .iter()
        .take(6)
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Where they are today.
pub(super) fn base() -> String {
    if cfg!(debug_assertions) {
        // A debug build reads them from the disk, where somebody may be working on them.
        format!("/console/assets/{}", version())
    } else {
        format!("/console/assets/{}", *VERSION)
    }
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/console/assets/{version}/{name}", web::get().to(asset))
        .route("/favicon.ico", web::get().to(icon));
}

async fn icon(request: HttpRequest) -> HttpResponse {
    file(&request, "bell.svg", false)
}

async fn asset(request: HttpRequest, path: web::Path<(String, String)>) -> HttpResponse {
    let (version, name) = path.into_inner();
    file(&request, &name, base().ends_with(&format!("/{version}")))
}

fn file(request: &HttpRequest, name: &str, current: bool) -> HttpResponse {
    let Some(file) = Shipped::get(name) else {
        return HttpResponse::NotFound()
            .content_type("text/plain")
            .body("there is no such file\n");
    };
    let hash = file.metadata.sha256_hash();
    let etag = hash
        .iter()
        .take(16)
        .fold(String::from("\""), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
        + "\"";
    let keep = if current {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|tag| tag.trim() == etag)) {
        return HttpResponse::NotModified()
            .insert_header((header::ETAG, etag))
            .insert_header((header::CACHE_CONTROL, keep))
            .finish();
    }
    HttpResponse::Ok()
        .content_type(kind(name))
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(file.data.into_owned())
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_of_our_own_is_small_and_asks_no_other_host() {
        let mut bytes = 0;
        for name in Shipped::iter() {
            let file = Shipped::get(&name).unwrap();
            bytes += file.data.len();
            let text = String::from_utf8_lossy(&file.data);
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("://"), "{name} names another host");
            assert_ne!(kind(&name), "application/octet-stream", "{name}");
        }
        assert!(bytes > 10_000 && bytes <= 120_000, "{bytes} bytes");
    }
}
