//! The spellings of one URL that a Twilio signature may have been made over.
//!
//! Twilio drops the port of https URLs and keeps it for http, except where it does not, and one of
//! its SDKs signs the query as a browser would write it. So a check tries, in this order: without
//! port, with port, both again with the query normalised, and for WebSockets all of them with the
//! trailing slash toggled. Scheme, host and path are never changed: a normaliser that folds
//! `/a/../b` would let a signature for one endpoint open another.

use crate::form::push_escape;

/// The candidate spellings in the order to try them; empty if this is no URL we serve.
pub(super) fn candidates(url: &str) -> Vec<String> {
    let Some(parts) = Parts::split(url) else {
        return Vec::new();
    };
    let mut forms: Vec<String> = Vec::new();
    let mut push = |form: String| {
        if !forms.contains(&form) {
            forms.push(form);
        }
    };
    let query = normalised(parts.query);
    let socket = matches!(parts.scheme, "ws" | "wss");
    let toggled = parts.toggled_path();
    let paths = [parts.path, toggled.as_str()];
    for path in &paths[..if socket { 2 } else { 1 }] {
        for query in [parts.query, query.as_str()] {
            push(parts.join(None, path, query));
            push(parts.join(Some(parts.port), path, query));
        }
    }
    forms
}

struct Parts<'a> {
    scheme: &'a str,
    /// User information and host, without the port.
    host: &'a str,
    port: &'a str,
    path: &'a str,
    /// With its `?`, or empty.
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn split(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let default_port = match scheme {
            "https" | "wss" => "443",
            "http" | "ws" => "80",
            _ => return None,
        };
        if url.bytes().any(|b| b.is_ascii_control()) {
            return None;
        }
        let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(authority_end);
        let (path, query) = tail.split_at(tail.find('?').unwrap_or(tail.len()));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if is_port(port) => (host, port),
            _ => (authority, default_port),
        };
        (!host.is_empty()).then_some(Self {
            scheme,
            host,
            port,
            path,
            query,
        })
    }

    fn join(&self, port: Option<&str>, path: &str, query: &str) -> String {
        let Self { scheme, host, .. } = self;
        match port {
            Some(port) => format!("{scheme}://{host}:{port}{path}{query}"),
            None => format!("{scheme}://{host}{path}{query}"),
        }
    }

    fn toggled_path(&self) -> String {
        match self.path.strip_suffix('/') {
            Some(shorter) => shorter.to_owned(),
            None => format!("{}/", self.path),
        }
    }
}

fn is_port(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The query as the WHATWG URL standard writes it for special schemes.
fn normalised(query: &str) -> String {
    let mut out = String::with_capacity(query.len());
    for byte in query.bytes() {
        match byte {
            b' ' | b'"' | b'<' | b'>' | b'\'' | 0x80.. => push_escape(byte, &mut out),
            _ => out.push(char::from(byte)),
        }
    }
    out
}

/// The host and path of a URL with another scheme or a toggled slash, for diagnosis only.
pub(super) fn near_misses(url: &str) -> Vec<String> {
    let mut near = Vec::new();
    for (from, to) in [("http://", "https://"), ("https://", "http://")] {
        if let Some(rest) = url.strip_prefix(from) {
            near.push(format!("{to}{rest}"));
        }
    }
    if let Some(parts) = Parts::split(url) {
        near.push(parts.join(None, &parts.toggled_path(), parts.query));
        near.push(parts.join(None, parts.path, ""));
    }
    near
}
