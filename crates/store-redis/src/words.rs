//! What went wrong, and what to do about it.

use deadpool::managed::PoolError;
use deadpool_redis::redis::{ErrorKind, RedisError, ServerErrorKind};
use store::StoreError;

/// The server of an URL, without user and password.
pub(crate) fn place(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    rest.split(['?', '#']).next().unwrap_or(rest)
}

/// An error of the server or of the way to it.
pub(crate) fn explain(place: &str, e: &RedisError) -> StoreError {
    StoreError::Unavailable(format!("Redis at {place}: {}", sentence(e)))
}

/// An error on the way to a connection.
pub(crate) fn explain_pool(place: &str, e: &PoolError<RedisError>) -> StoreError {
    let text = match e {
        PoolError::Backend(e) => sentence(e),
        PoolError::Timeout(_) => {
            "no connection came in time: see whether the server is reachable and not overloaded"
                .to_owned()
        }
        e => format!("no connection ({e}): start again"),
    };
    StoreError::Unavailable(format!("Redis at {place}: {text}"))
}

/// Whether the server refused with this code; for several questions at once the code stands in the text only.
pub(crate) fn says(e: &RedisError, code: &str) -> bool {
    e.code() == Some(code) || e.to_string().contains(code)
}

fn sentence(e: &RedisError) -> String {
    let known = HINTS.iter().find(|(code, _)| says(e, code));
    let hint = known.map_or_else(|| hint_by_kind(e), |(_, hint)| hint);
    format!("{e}: {hint}")
}

const HINTS: &[(&str, &str)] = &[
    (
        "WRONGPASS",
        "the user name or password is wrong: correct it in the URL",
    ),
    (
        "NOAUTH",
        "it wants a password: put it into the URL, redis://user:password@host",
    ),
    (
        "NOPERM",
        "this user may not use a command or a key of ours: see ACL SETUSER",
    ),
    (
        "OOM",
        "its memory is full and it evicts nothing: set `maxmemory-policy allkeys-lru`",
    ),
    (
        "MISCONF",
        "it cannot save to its disk and takes no writes: free some space there",
    ),
];

fn hint_by_kind(e: &RedisError) -> &'static str {
    match e.kind() {
        _ if e.is_timeout() => "no answer came in time: see whether it is overloaded or cut off",
        _ if e.is_connection_refusal() => {
            "nobody listens there: start it, or correct host and port"
        }
        ErrorKind::AuthenticationFailed => {
            "the user name or password is wrong: correct it in the URL"
        }
        ErrorKind::InvalidClientConfig => {
            "the URL is wrong: write redis://[user:password@]host:port/database"
        }
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => {
            "what answers is not Redis: correct host and port"
        }
        ErrorKind::Server(ServerErrorKind::ReadOnly) => {
            "it is a replica and cannot be written: name the primary"
        }
        ErrorKind::Server(ServerErrorKind::BusyLoading) => "it is loading its data: wait a little",
        ErrorKind::Io => "the connection failed: see whether the server runs and is reachable",
        _ => "see the server's log",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_no_password() {
        for (url, shown) in [
            ("redis://127.0.0.1:6379", "127.0.0.1:6379"),
            ("rediss://u:p@h:1/2", "h:1/2"),
            ("redis://u:p@s@h", "h"),
            ("redis://h?password=x", "h"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(place(url), shown);
        }
    }
}
