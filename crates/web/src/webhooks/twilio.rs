//! Twilio's dialect of the `/voice` webhooks.

use carrier::twilio::{self, SignatureCheck, Verdict};

use super::dialect::{Dialect, Explained, Signed};

impl Dialect {
    /// The dialect that is spoken under `/voice`.
    pub(super) const VOICE: Dialect = Dialect {
        provider: "twilio",
        signature: "X-Twilio-Signature",
        account_key: "twilio.account_sid",
        verify,
        explain,
        decode: |kind, body| twilio::decode(kind, body).map_err(|error| error.to_string()),
        encode: twilio::encode,
    };
}

fn check<'a>(signed: &Signed<'a>) -> SignatureCheck<'a> {
    SignatureCheck {
        tokens: signed.tokens,
        method: "POST",
        public_url: signed.url,
        content_type: signed.content_type,
        raw_body: signed.body,
        signature: signed.signature,
    }
}

fn verify(signed: &Signed<'_>) -> Result<(), &'static str> {
    match twilio::verify(&check(signed)) {
        Verdict::Valid => Ok(()),
        Verdict::Missing => Err("missing"),
        Verdict::Unconfigured => Err("unconfigured"),
        Verdict::Malformed { .. } => Err("malformed"),
        Verdict::Invalid { .. } => Err("invalid"),
    }
}

fn explain(signed: &Signed<'_>, others: &[&str]) -> Explained {
    let found = twilio::explain(&check(signed), others);
    let advice = if let Some(problem) = found.malformed {
        format!(
            "{problem}: nothing but Twilio should call this address; if it was Twilio, set \
             `twilio.auth_token` (TWILIO_AUTH_TOKEN) and let every proxy pass X-Twilio-Signature and the body unchanged"
        )
    } else if let Some(url) = &found.signed {
        match url.strip_suffix(signed.target) {
            Some(base) => format!("set public_url = \"{base}\" in frontdesk.toml (or FRONTDESK_PUBLIC_URL)"),
            None => "a proxy changes the path or the query on the way to us: let it pass both unchanged, \
                     or write the URL in Twilio's console as it arrives here"
                .to_owned(),
        }
    } else if found.body_differs {
        "the URL fits and the body does not: something on the way drops or rewrites the form"
            .to_owned()
    } else {
        "check that `twilio.auth_token` is the one of the account that owns the number, and that no proxy changes the \
         path, the query or the body; otherwise the request was not Twilio's"
            .to_owned()
    };
    Explained {
        signed: found.signed,
        advice,
    }
}
