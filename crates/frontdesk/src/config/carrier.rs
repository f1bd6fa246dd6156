//! The carrier's account: whose signatures are believed.

use super::{
    keys::{Fault, Key, Kind, token},
    reader::Reader,
    secret::Secret,
    server::{PUBLIC_URL, Server},
};

/// The Twilio account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Twilio {
    /// `AC` and 32 hexadecimal digits; webhooks of other accounts are refused.
    pub account_sid: Option<String>,
    /// The key of its signatures.
    pub auth_token: Option<Secret>,
    /// The key that was valid before, while it is being changed.
    pub auth_token_previous: Option<Secret>,
    /// True when unsigned webhooks are answered; only on this machine.
    pub insecure_skip_signature: bool,
}

const ACCOUNT_SID: Key = Key::new(
    "twilio.account_sid",
    &["FRONTDESK__TWILIO__ACCOUNT_SID", "TWILIO_ACCOUNT_SID"],
    Kind::Text(account_sid),
    "",
    "The account's SID (`AC…`); webhooks of other accounts are refused.",
);
const AUTH_TOKEN: Key = Key::new(
    "twilio.auth_token",
    &["FRONTDESK__TWILIO__AUTH_TOKEN", "TWILIO_AUTH_TOKEN"],
    Kind::Secret(token),
    "",
    "The account's auth token, the key of its signatures.",
);
const AUTH_TOKEN_PREVIOUS: Key = Key::new(
    "twilio.auth_token_previous",
    &[
        "FRONTDESK__TWILIO__AUTH_TOKEN_PREVIOUS",
        "TWILIO_AUTH_TOKEN_PREVIOUS",
    ],
    Kind::Secret(token),
    "",
    "The auth token before the present one, accepted too while it is being changed.",
);
const INSECURE_SKIP_SIGNATURE: Key = Key::new(
    "twilio.insecure_skip_signature",
    &["FRONTDESK__TWILIO__INSECURE_SKIP_SIGNATURE"],
    Kind::Switch,
    "false",
    "Answer webhooks without a valid signature. Only on this machine, only for tests.",
);

impl Twilio {
    /// Its settings.
    pub const KEYS: &[&Key] = &[
        &ACCOUNT_SID,
        &AUTH_TOKEN,
        &AUTH_TOKEN_PREVIOUS,
        &INSECURE_SKIP_SIGNATURE,
    ];

    /// The keys whose signatures are believed, the present one first.
    pub fn tokens(&self) -> Vec<String> {
        [&self.auth_token, &self.auth_token_previous]
            .into_iter()
            .flatten()
            .map(|secret| secret.reveal().to_owned())
            .collect()
    }

    /// Reads and checks them against the front door.
    pub fn read(reader: &mut Reader<'_>, server: &Server) -> Self {
        let twilio = Self {
            account_sid: reader.optional(&ACCOUNT_SID),
            auth_token: reader.secret(&AUTH_TOKEN),
            auth_token_previous: reader.secret(&AUTH_TOKEN_PREVIOUS),
            insecure_skip_signature: reader.switch(&INSECURE_SKIP_SIGNATURE),
        };
        twilio.check_keys(reader);
        twilio.check_reach(reader, server);
        twilio
    }

    fn check_keys(&self, reader: &mut Reader<'_>) {
        if reader.is_written(&AUTH_TOKEN) {
            return;
        }
        if self.account_sid.is_some() {
            reader.refuse(
                &ACCOUNT_SID,
                "`twilio.account_sid` is set and `twilio.auth_token` is not: no signature could be verified",
                "set TWILIO_AUTH_TOKEN; it stands next to the SID in the Twilio console",
            );
        }
        if self.auth_token_previous.is_some() {
            reader.refuse(
                &AUTH_TOKEN_PREVIOUS,
                "`twilio.auth_token_previous` is set and `twilio.auth_token` is not",
                "set TWILIO_AUTH_TOKEN to the present one",
            );
        }
    }

    fn check_reach(&self, reader: &mut Reader<'_>, server: &Server) {
        if self.insecure_skip_signature && !server.is_local() {
            reader.refuse(
                &INSECURE_SKIP_SIGNATURE,
                "`twilio.insecure_skip_signature` would let anybody on the network make calls",
                "remove it, or set `public_url` to a loopback URL such as http://127.0.0.1:8080",
            );
        }
        if self.account_sid.is_none() {
            return;
        }
        match &server.public_url {
            None => reader.warn(
                &ACCOUNT_SID,
                "`twilio.account_sid` is set and `public_url` is not: signatures cannot be verified",
                "set FRONTDESK_PUBLIC_URL to the URL that Twilio calls",
            ),
            Some(url) if server.is_local() => reader.warn(
                &PUBLIC_URL,
                format!("`server.public_url` is {url}, where Twilio cannot reach it"),
                "set it to the URL of your tunnel or proxy",
            ),
            Some(_) => {}
        }
    }
}

fn account_sid(text: &str) -> Result<(), Fault> {
    let digits = text.strip_prefix("AC").unwrap_or_default();
    if digits.len() == 32
        && digits
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    {
        return Ok(());
    }
    let hint = match text.get(..2) {
        Some("SK") => "this is an API key; the account SID begins with `AC`",
        _ => "copy it from the Twilio console",
    };
    Err(Fault::new("must be `AC` and 32 of 0-9 a-f", hint))
}
