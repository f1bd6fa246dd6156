//! Who is on the line, and the signature over what is said about it.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;
use url::form_urlencoded::Serializer;

/// Decoded form parameters.
pub(crate) type Params = Vec<(String, String)>;

/// The parties of a call and its ids.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub call_sid: String,
    pub account_sid: String,
    pub from: String,
    pub to: String,
}

impl Identity {
    pub fn new(account_sid: &str, from: &str, to: &str) -> Self {
        Self {
            call_sid: format!("CA{}", uuid::Uuid::new_v4().simple()),
            account_sid: account_sid.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        }
    }

    /// The parameters that every request carries.
    pub fn params(&self, status: &str) -> Params {
        let country = if self.from.starts_with("+61") {
            "AU"
        } else {
            ""
        };
        let known = [
            ("AccountSid", self.account_sid.as_str()),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", &self.call_sid),
            ("CallStatus", status),
            ("Called", &self.to),
            ("CalledCity", ""),
            ("CalledCountry", "AU"),
            ("CalledState", "New South Wales"),
            ("CalledZip", ""),
            ("Caller", &self.from),
            ("CallerCity", ""),
            ("CallerCountry", country),
            ("CallerState", ""),
            ("CallerZip", ""),
            ("Direction", "inbound"),
            ("From", &self.from),
            ("FromCity", ""),
            ("FromCountry", country),
            ("FromState", ""),
            ("FromZip", ""),
            ("StirVerstat", "TN-Validation-Passed-A"),
            ("To", &self.to),
            ("ToCity", ""),
            ("ToCountry", "AU"),
            ("ToState", "New South Wales"),
            ("ToZip", ""),
        ];
        known.map(pair).to_vec()
    }
}

/// One parameter.
pub(crate) fn pair((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// A form body or a query.
pub(crate) fn encode(params: &Params) -> String {
    Serializer::new(String::new()).extend_pairs(params).finish()
}

/// Base64 of HMAC-SHA1 over the URL and each name and value in byte order of the names. An https
/// URL is signed without its port, an http URL with it.
pub(crate) fn signature(token: &str, url: &Url, params: &Params) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    if url.scheme() == "https" {
        // Fails only for URLs without a host, and every https URL has one.
        let _ = url.set_port(None);
    }
    let mut text = url.to_string();
    let mut sorted = params.clone();
    sorted.sort();
    sorted.dedup();
    for (name, value) in sorted {
        text.push_str(&name);
        text.push_str(&value);
    }
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same vectors that pin the server's validator, read by other code.
    #[test]
    fn signatures_are_those_of_the_vectors() {
        let file = include_str!("../../../fixtures/vectors/twilio_signature.json");
        let file: serde_json::Value = serde_json::from_str(file).expect("the vectors are JSON");
        let mut checked = 0;
        for entry in file["vectors"].as_array().expect("a list") {
            let text = |key: &str| entry[key].as_str().expect("text");
            // The port of an https URL is dropped here; user information is never sent.
            if entry["expect_valid"] != true || text("url_actually_signed").contains('@') {
                continue;
            }
            let url = Url::parse(text("url_actually_signed")).expect("a URL");
            let is_form = text("method") == "POST" && !text("content_type").contains("json");
            let params = entry["params"].as_array().filter(|_| is_form);
            let params: Params = params
                .into_iter()
                .flatten()
                .map(|p| {
                    pair((
                        p[0].as_str().expect("a name"),
                        p[1].as_str().expect("a value"),
                    ))
                })
                .collect();
            let made = signature(text("auth_token"), &url, &params);
            assert_eq!(made, text("signature"), "{}", text("id"));
            checked += 1;
        }
        assert!(checked >= 12, "only {checked} vectors");
    }
}
