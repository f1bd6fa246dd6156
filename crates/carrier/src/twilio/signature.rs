//! `X-Twilio-Signature`: base64(HMAC-SHA1(auth token, URL + sorted parameters)).
//!
//! Fails closed: no token, no header, a body that cannot be read, a content type that the scheme
//! does not cover, all refuse. The URL must come from configuration plus the raw request line;
//! nothing here reads a header that a client could choose.
//!
//! The scheme itself has limits that a caller of this module must know: it covers neither the
//! method nor a time (replays verify for ever: see [`crate::dedupe_key`]), and names and values are
//! joined without separators. Spellings that verify although a byte differs are exactly these:
//! the digits of a port when the signature was made without one, and the case of hexadecimal
//! digits in the escapes of a form body (the decoded parameters are what is signed).

use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::form::{self, Pair};

use super::url;

/// Everything a signature check looks at.
#[derive(Clone, Copy)]
pub struct SignatureCheck<'a> {
    /// The account's auth tokens: primary, and during a rotation also the secondary. Empty ones
    /// are ignored.
    pub tokens: &'a [&'a str],
    /// The request's method.
    pub method: &'a str,
    /// The configured public base joined with the raw path and query of the request line, byte
    /// for byte: not decoded, not normalised.
    pub public_url: &'a str,
    /// The `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// The raw body; empty for GET.
    pub raw_body: &'a [u8],
    /// The `X-Twilio-Signature` header.
    pub signature: Option<&'a str>,
}

/// What a signature check found. Only [`Verdict::Valid`] may do any work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Signed by the owner of one of the tokens.
    Valid,
    /// There is no signature header.
    Missing,
    /// No token is configured: nothing can be valid.
    Unconfigured,
    /// The request is not one that a signature can cover.
    Malformed {
        /// What is wrong.
        problem: &'static str,
    },
    /// The signature is not of this content at this URL.
    Invalid {
        /// The URL spellings that were tried, in order.
        tried: Vec<String>,
    },
}

impl Verdict {
    /// Whether the request may do work.
    pub fn is_valid(&self) -> bool {
        matches!(self, Verdict::Valid)
    }
}

/// Checks one request.
pub fn verify(check: &SignatureCheck<'_>) -> Verdict {
    let keys = keys(check.tokens);
    if keys.is_empty() {
        return Verdict::Unconfigured;
    }
    let Some(signature) = check.signature else {
        return Verdict::Missing;
    };
    let tail = match signed_tail(check) {
        Ok(tail) => tail,
        Err(problem) => return Verdict::Malformed { problem },
    };
    let tried = url::candidates(check.public_url);
    if matches_any(&keys, &tried, &tail, signature) {
        return Verdict::Valid;
    }
    Verdict::Invalid { tried }
}

/// Signs as Twilio does: for tests and simulators. `params` is empty for GET and JSON requests;
/// a JSON request carries [`body_sha256`] as `bodySHA256` in its URL.
pub fn sign(token: &str, url: &str, params: &[Pair]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    digest_of(&key, url, &canonical(params))
}

/// The lower-case hexadecimal SHA-256 of a body.
pub fn body_sha256(body: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, body);
    hash.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

pub(super) fn keys(tokens: &[&str]) -> Vec<hmac::Key> {
    let set = tokens.iter().filter(|t| !t.is_empty());
    set.map(|t| hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, t.as_bytes()))
        .collect()
}

/// Compares with every form under every key, without stopping early.
pub(super) fn matches_any(
    keys: &[hmac::Key],
    forms: &[String],
    tail: &str,
    signature: &str,
) -> bool {
    let mut found = false;
    for key in keys {
        for form in forms {
            let expected = digest_of(key, form, tail);
            // The text is compared, not the decoded bytes: base64 has several spellings.
            let equal =
                constant_time::verify_slices_are_equal(expected.as_bytes(), signature.as_bytes());
            found |= equal.is_ok();
        }
    }
    found
}

/// What follows the URL in the signed text.
pub(super) fn signed_tail(check: &SignatureCheck<'_>) -> Result<String, &'static str> {
    match check.method.to_ascii_uppercase().as_str() {
        "GET" | "HEAD" if check.raw_body.is_empty() => Ok(String::new()),
        "GET" | "HEAD" => Err("a GET with a body: the body is not signed"),
        "POST" => post_tail(check),
        _ => Err("the method is neither GET nor POST"),
    }
}

fn post_tail(check: &SignatureCheck<'_>) -> Result<String, &'static str> {
    if check.raw_body.len() > form::LIMIT_BYTES {
        return Err("the body is larger than 64 kB");
    }
    let mime = check.content_type.unwrap_or_default();
    let mime = mime.split(';').next().unwrap_or_default().trim();
    if mime.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let params = form::parse(check.raw_body).map_err(|_| "the form body cannot be read")?;
        return Ok(canonical(&params));
    }
    if mime.eq_ignore_ascii_case("application/json") {
        return hashed_body(check).map(|()| String::new());
    }
    if mime.is_empty() && check.raw_body.is_empty() {
        return Ok(String::new());
    }
    Err("the content type is neither a form nor JSON")
}

fn hashed_body(check: &SignatureCheck<'_>) -> Result<(), &'static str> {
    let query = check.public_url.split_once('?').map_or("", |(_, q)| q);
    let mut hashes = query
        .split('&')
        .filter_map(|pair| pair.strip_prefix("bodySHA256="));
    let (Some(claimed), None) = (hashes.next(), hashes.next()) else {
        return Err("a JSON body needs exactly one bodySHA256 in the URL");
    };
    let actual = body_sha256(check.raw_body);
    constant_time::verify_slices_are_equal(claimed.as_bytes(), actual.as_bytes())
        .map_err(|_| "bodySHA256 is not the hash of the body")
}

/// Names in byte order, values of one name sorted and without repetition, nothing in between.
fn canonical(params: &[Pair]) -> String {
    let mut sorted: Vec<&Pair> = params.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut text = String::new();
    for (name, value) in sorted {
        text.push_str(name);
        text.push_str(value);
    }
    text
}

fn digest_of(key: &hmac::Key, url: &str, tail: &str) -> String {
    let mut context = hmac::Context::with_key(key);
    context.update(url.as_bytes());
    context.update(tail.as_bytes());
    STANDARD.encode(context.sign())
}
