//! Why a signature did not verify, for the operator.
//!
//! Tries URLs that must never be accepted (a forwarded host, the other scheme), only to be able to
//! say which one Twilio signed. Its answer is a sentence, not a verdict.

use std::fmt;

use super::signature::{SignatureCheck, keys, matches_any, signed_tail};
use super::url;

/// Most other URLs tried.
const LIMIT: usize = 16;

/// Our URL beside the one that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The URL that we checked against.
    pub checked: String,
    /// The URL that the signature fits, if one of the tried ones does.
    pub signed: Option<String>,
    /// The signature fits our URL without the body's parameters: something changed the body.
    pub body_differs: bool,
    /// The request could not be checked at all, and why.
    pub malformed: Option<&'static str>,
}

/// Looks for the URL that the signature was made over: first `others` (for example built from
/// forwarded headers, at most 16), then ours with the other scheme, the other trailing slash and no
/// query.
pub fn explain(check: &SignatureCheck<'_>, others: &[&str]) -> Explanation {
    let mut found = Explanation {
        checked: check.public_url.to_owned(),
        signed: None,
        body_differs: false,
        malformed: None,
    };
    let Some(signature) = check.signature else {
        found.malformed = Some("there is no X-Twilio-Signature header");
        return found;
    };
    let keys = keys(check.tokens);
    if keys.is_empty() {
        found.malformed = Some("no auth token is configured");
        return found;
    }
    let tail = signed_tail(check).unwrap_or_else(|problem| {
        found.malformed = Some(problem);
        String::new()
    });
    let near = url::near_misses(check.public_url);
    let others = others.iter().take(LIMIT).copied();
    let mut urls = others.chain(near.iter().map(String::as_str));
    found.signed = urls
        .find(|url| matches_any(&keys, &url::candidates(url), &tail, signature))
        .map(str::to_owned);
    found.body_differs =
        matches_any(&keys, &url::candidates(check.public_url), "", signature) && !tail.is_empty();
    found
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(problem) = self.malformed {
            return write!(f, "{problem}");
        }
        if let Some(signed) = &self.signed {
            return write!(
                f,
                "Twilio signed another URL than we checked.\n  signed:  {signed}\n  checked: {}\nhint: \
                 set the public URL to the scheme, host and path that Twilio calls",
                self.checked
            );
        }
        if self.body_differs {
            return write!(
                f,
                "the URL fits but the body is not what was signed (checked: {}).\nhint: something \
                 between Twilio and us drops or rewrites the form body",
                self.checked
            );
        }
        write!(
            f,
            "the signature fits no URL we can think of (checked: {}).\nhint: is the auth token that \
             of the account that owns the number? Or the request is not from Twilio",
            self.checked
        )
    }
}
