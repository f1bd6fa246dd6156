//! What a company's "no" means: statuses, codes and Retry-After as errors that say what to do.

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::header::HeaderMap;
use serde_json::Value;
use tts::{ErrorKind, SpeakError};

/// Nobody waits longer, whatever a server asks for.
const LONGEST_WAIT_MS: u64 = 3_600_000;
/// The longest code that is shown.
const LONGEST_CODE: usize = 64;

/// A refusal in terms of the house. `code` is the company's own word for it, when that is a word and not a sentence:
/// sentences may quote what a caller is about to hear.
pub(crate) struct Verdict {
    pub kind: ErrorKind,
    pub code: Option<String>,
}

/// Reads a company's refusal: HTTP status and body (`Null` when it is not JSON).
pub(crate) type Judge = fn(u16, &Value) -> Verdict;

impl Verdict {
    /// What the status alone says.
    pub(crate) fn by_status(status: u16) -> Verdict {
        use ErrorKind::*;
        let kind = match status {
            401 | 403 => Auth,
            402 => Quota,
            404 => Unsupported,
            408 => Timeout,
            429 => RateLimited,
            400..=499 => BadRequest,
            500..=599 => Unavailable,
            _ => Broken,
        };
        Verdict { kind, code: None }
    }

    /// The same with the company's word for it, if it is one. A word about what may be said is about this text, whatever
    /// status comes with it: the company is well.
    pub(crate) fn coded(mut self, code: Option<&Value>) -> Verdict {
        let word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        self.code = code
            .and_then(Value::as_str)
            .filter(|code| !code.is_empty() && code.len() <= LONGEST_CODE && code.chars().all(word))
            .map(str::to_owned);
        let about_the_text = |code: &String| {
            let code = code.to_ascii_lowercase();
            let words = ["policy", "moderation", "content_filter", "guideline"];
            words.iter().any(|word| code.contains(word))
        };
        if self.code.as_ref().is_some_and(about_the_text) {
            self.kind = ErrorKind::BadRequest;
        }
        self
    }

    /// The same with a better kind than the status gave.
    pub(crate) fn kind(mut self, kind: ErrorKind) -> Verdict {
        self.kind = kind;
        self
    }

    /// As an error of `provider`.
    pub(crate) fn error(
        self,
        provider: &str,
        status: u16,
        retry_after_ms: Option<u64>,
    ) -> SpeakError {
        let said = match &self.code {
            Some(code) => format!("HTTP {status}, {code}"),
            None => format!("HTTP {status}"),
        };
        let mut message = format!("{} ({said})", advice(self.kind, status));
        if let Some(ms) = retry_after_ms {
            message.push_str(&format!("; it may be asked again in {ms} ms"));
        }
        SpeakError::new(self.kind, provider, message).retry_after(retry_after_ms)
    }
}

fn advice(kind: ErrorKind, status: u16) -> &'static str {
    match kind {
        ErrorKind::Auth => {
            "the API key is missing, refused or not allowed to do this; check the key and its permissions"
        }
        ErrorKind::Quota => "the account has used up its credit; top it up or raise its limit",
        ErrorKind::RateLimited => {
            "it gets more requests than the account may make; ask for less at once or raise the plan"
        }
        ErrorKind::Unsupported => {
            "it does not know this voice, model or address; compare the settings with its list"
        }
        ErrorKind::BadRequest => {
            "it refused the request; check the model, the voice and the length of the text"
        }
        ErrorKind::Broken if (300..400).contains(&status) => {
            "it sends us elsewhere; set the base URL to the final address"
        }
        ErrorKind::Broken => "it answered with something that is not speech",
        _ => "it says that it cannot work now; see its log or its status page",
    }
}

/// What `Retry-After` asks for (RFC 9110 section 10.2.3: seconds or a date), or the finer `retry-after-ms`.
pub(crate) fn retry_after_ms(headers: &HeaderMap, now: Timestamp) -> Option<u64> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let fine = text("retry-after-ms").and_then(|ms| ms.parse::<f64>().ok());
    let ms = match (fine, text("retry-after")) {
        (Some(ms), _) => ms,
        (None, Some(value)) => match value.parse::<f64>() {
            Ok(seconds) => seconds * 1000.0,
            Err(_) => {
                let then = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
                (then.as_millisecond() - now.as_millisecond()) as f64
            }
        },
        (None, None) => return None,
    };
    // A float becomes an integer by saturation: a negative time is now.
    ms.is_finite().then(|| (ms as u64).min(LONGEST_WAIT_MS))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;
    use serde_json::json;

    use super::*;

    fn wait(name: &'static str, value: &'static str) -> Option<u64> {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("a time");
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        retry_after_ms(&headers, now)
    }

    #[test]
    fn retry_after_is_seconds_a_date_or_nothing() {
        assert_eq!(wait("retry-after", "2"), Some(2000));
        assert_eq!(wait("retry-after", " 0.5 "), Some(500));
        assert_eq!(wait("retry-after-ms", "150"), Some(150));
        let date = wait("retry-after", "Sat, 21 Nov 2026 12:00:03 GMT");
        assert_eq!(date, Some(3000));
        let past = wait("retry-after", "Sat, 21 Nov 2026 11:00:03 GMT");
        assert_eq!(past, Some(0));
        assert_eq!(wait("retry-after", "999999999"), Some(LONGEST_WAIT_MS));
        for nonsense in ["", "soon", "NaN", "inf"] {
            assert_eq!(wait("retry-after", nonsense), None, "{nonsense:?}");
        }
    }

    #[test]
    fn a_text_that_may_not_be_said_is_no_failure_of_the_company() {
        for code in [
            "content_against_policy",
            "content_policy_violation",
            "content_filter",
        ] {
            for status in [400, 401, 403, 422, 429] {
                let verdict = Verdict::by_status(status).coded(Some(&json!(code)));
                assert!(!verdict.kind.blames_provider(), "{status} {code}");
            }
        }
        let key = Verdict::by_status(401).coded(Some(&json!("invalid_api_key")));
        assert!(key.kind.blames_provider());
    }

    #[test]
    fn a_code_is_shown_and_a_sentence_is_not() {
        let shown = |code| {
            let code = json!(code);
            Verdict::by_status(400)
                .coded(Some(&code))
                .error("x", 400, None)
                .message
        };
        assert!(shown("invalid_voice").contains("HTTP 400, invalid_voice"));
        assert!(!shown("Your appointment, Mrs Ball").contains("Ball"));
        assert!(!shown(&"a".repeat(65)).contains("aaa"));
    }
}
