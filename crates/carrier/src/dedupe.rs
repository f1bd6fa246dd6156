//! One key per delivered event, made from the content that the signature covers.
//!
//! A retried delivery carries the same signed content and different headers, so only the former may
//! decide whether an event was seen before: a header in the key lets a replay pass as new.

use aws_lc_rs::digest::{Context, SHA256};

use crate::form::Pair;

/// The part of a request, beside method and URL, that the signature covers.
#[derive(Debug, Clone, Copy)]
pub enum SignedContent<'a> {
    /// Decoded form pairs; their order on the wire does not matter.
    Params(&'a [Pair]),
    /// The raw body.
    Raw(&'a [u8]),
}

/// SHA-256 over provider, account, method, path with query, and the signed content.
///
/// Every part is length-prefixed, so no two different requests share an input. Pairs are sorted and
/// exact repetitions dropped, as the signature does. `method` is folded to upper case.
pub fn dedupe_key(
    provider: &str,
    account: &str,
    method: &str,
    path_and_query: &str,
    content: SignedContent<'_>,
) -> [u8; 32] {
    let mut hash = Context::new(&SHA256);
    put(&mut hash, provider.as_bytes());
    put(&mut hash, account.as_bytes());
    put(&mut hash, method.to_ascii_uppercase().as_bytes());
    put(&mut hash, path_and_query.as_bytes());
    match content {
        SignedContent::Params(pairs) => {
            hash.update(b"P");
            let mut sorted: Vec<&Pair> = pairs.iter().collect();
            sorted.sort();
            sorted.dedup();
            for (name, value) in sorted {
                put(&mut hash, name.as_bytes());
                put(&mut hash, value.as_bytes());
            }
        }
        SignedContent::Raw(body) => {
            hash.update(b"R");
            put(&mut hash, body);
        }
    }
    let digest = hash.finish();
    let mut key = [0; 32];
    key.copy_from_slice(digest.as_ref());
    key
}

fn put(hash: &mut Context, part: &[u8]) {
    hash.update(&(part.len() as u64).to_be_bytes());
    hash.update(part);
}
