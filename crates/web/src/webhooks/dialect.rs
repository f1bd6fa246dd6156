//! What differs between carriers whose webhooks come to `/voice`, as data.

use carrier::{Document, DocumentError, Webhook, WebhookKind};

/// How one carrier signs, writes and reads.
pub(super) struct Dialect {
    /// Its word in the key that tells repetitions.
    pub provider: &'static str,
    /// The header that holds the signature.
    pub signature: &'static str,
    /// The key of the configuration that names the account.
    pub account_key: &'static str,
    /// Checks the signature; the error is a word for the metrics.
    pub verify: fn(&Signed<'_>) -> Result<(), &'static str>,
    /// Says why it did not fit.
    pub explain: fn(&Signed<'_>, &[&str]) -> Explained,
    /// Reads a form whose signature fits; the error is for the operator.
    pub decode: fn(WebhookKind, &[u8]) -> Result<Webhook, String>,
    /// Writes an answer.
    pub encode: fn(&Document) -> Result<String, DocumentError>,
}

/// What a signature is made over, and the signature.
#[derive(Clone, Copy)]
pub(super) struct Signed<'a> {
    /// Keys that are believed.
    pub tokens: &'a [&'a str],
    /// The configured public URL and the raw path and query of the request.
    pub url: &'a str,
    /// The path and query alone.
    pub target: &'a str,
    /// The body's type.
    pub content_type: Option<&'a str>,
    /// The raw body.
    pub body: &'a [u8],
    /// The signature.
    pub signature: Option<&'a str>,
}

/// Why a signature did not fit.
pub(super) struct Explained {
    /// The URL that was signed, when it could be found.
    pub signed: Option<String>,
    /// What to do.
    pub advice: String,
}
