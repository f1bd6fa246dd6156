//! What went wrong, and what to do about it.

use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
};
use store::StoreError;

/// The server's own word for what went wrong, such as `NoSuchKey`.
pub(crate) fn code<E: ProvideErrorMetadata>(e: &SdkError<E, HttpResponse>) -> Option<&str> {
    e.as_service_error().and_then(ProvideErrorMetadata::code)
}

/// The HTTP status, when there was an answer.
pub(crate) fn status<E>(e: &SdkError<E, HttpResponse>) -> u16 {
    e.raw_response()
        .map_or(0, |answer| answer.status().as_u16())
}

/// What went wrong when `place` was to `what` ("write", "read", …), in one sentence with what to do.
pub(crate) fn explain<E>(place: &str, what: &str, e: &SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let (said, hint) = match e {
        SdkError::ServiceError(_) => {
            let code = code(e).map_or_else(|| format!("status {}", status(e)), str::to_owned);
            let said = match e.as_service_error().and_then(ProvideErrorMetadata::message) {
                Some(message) => format!("{code}, {message}"),
                None => code.clone(),
            };
            (said, refused(&code, status(e)))
        }
        SdkError::TimeoutError(_) => (
            "no answer in time".to_owned(),
            "see whether it is reachable and not overloaded",
        ),
        SdkError::DispatchFailure(failure) => (
            root(e),
            unreached(failure.is_timeout(), &format!("{}", DisplayErrorContext(e))),
        ),
        SdkError::ResponseError(_) => (root(e), "what answers is not S3: correct the endpoint"),
        _ => (root(e), "correct the settings"),
    };
    StoreError::Unavailable(format!("{place}: cannot {what} ({said}): {hint}"))
}

/// The innermost cause, which is the one that says something.
fn root(e: &(dyn std::error::Error + 'static)) -> String {
    let mut last = e;
    while let Some(inner) = last.source() {
        last = inner;
    }
    last.to_string()
}

fn refused(code: &str, status: u16) -> &'static str {
    let known = HINTS.iter().find(|(known, _)| *known == code);
    match (known, status) {
        (Some((_, hint)), _) => hint,
        (None, 301 | 307 | 308) => "the bucket is elsewhere: correct region and endpoint",
        (None, 401 | 403) => {
            "these keys may not: allow s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket"
        }
        (None, 404) => "it is not there: correct endpoint and bucket",
        (None, 507) => "the server's disk is full: free some space there",
        (None, 500..) => "the server is in trouble: see its log",
        _ => "see the server's log",
    }
}

fn unreached(late: bool, chain: &str) -> &'static str {
    match chain {
        _ if late => "see whether the server is reachable",
        _ if chain.contains("credentials") => {
            "there are no keys: set an access key and a secret key, or give the machine a role"
        }
        _ if chain.contains("dns") => "the host's name is unknown: correct the endpoint",
        _ if chain.contains("ertificate") || chain.contains("tls") => {
            "its certificate is not trusted: install its authority's certificate on this machine"
        }
        _ if chain.contains("efused") => {
            "nobody listens there: start the server, or correct the endpoint"
        }
        _ => "see whether the server runs and is reachable",
    }
}

const HINTS: &[(&str, &str)] = &[
    (
        "SignatureDoesNotMatch",
        "the secret key is wrong: correct it",
    ),
    (
        "InvalidAccessKeyId",
        "the server does not know this access key: correct it",
    ),
    (
        "AccessDenied",
        "these keys may not: allow s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket",
    ),
    (
        "NoSuchBucket",
        "there is no such bucket: make it, or correct its name",
    ),
    (
        "InvalidBucketName",
        "no bucket can be called so: correct its name",
    ),
    (
        "RequestTimeTooSkewed",
        "this machine's clock is wrong: set it, best by NTP",
    ),
    (
        "RequestExpired",
        "this machine's clock is wrong: set it, best by NTP",
    ),
    ("ExpiredToken", "the keys have run out: get new ones"),
    ("InvalidToken", "the session token is wrong: correct it"),
    (
        "PermanentRedirect",
        "the bucket is elsewhere: correct region and endpoint",
    ),
    (
        "AuthorizationHeaderMalformed",
        "the region is wrong: correct it",
    ),
    ("SlowDown", "the server is overloaded: ask it less often"),
    ("QuotaExceeded", "the bucket is full: free some space"),
    (
        "InvalidRequest",
        "the server refuses Amazon's checksums, as it seems: ask for few checksums",
    ),
    (
        "NotImplemented",
        "the server cannot do that: choose another, or ask for few checksums",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_has_its_own_hint() {
        assert!(refused("RequestTimeTooSkewed", 403).contains("clock"));
        assert!(refused("AccessDenied", 403).contains("s3:PutObject"));
        assert!(refused("", 301).contains("region"));
        assert!(refused("WhatIsThis", 418).contains("log"));
    }
}
