//! The front door: address, public name, who is believed about addresses, who may administer.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;

use super::{
    keys::{Fault, Key, Kind, token},
    reader::Reader,
    secret::Secret,
};

/// The shortest admin token that is accepted, characters.
const SHORTEST_TOKEN: usize = 16;

/// How Frontdesk is reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Address and port to listen on.
    pub bind: String,
    /// The URL under which the carrier reaches us, without a slash at its end; signatures are verified over it.
    pub public_url: Option<String>,
    /// The password of console and admin API; without it both are open, which only a loopback address may be.
    pub admin_token: Option<Secret>,
}

const BIND: Key = Key::new(
    "server.bind",
    &["FRONTDESK__SERVER__BIND", "FRONTDESK_BIND"],
    Kind::Text(bind),
    "127.0.0.1:8080",
    "Address and port to listen on. An address that others can reach needs an admin token.",
);
/// The public URL's row; the carrier's rules complain about it too.
pub(super) const PUBLIC_URL: Key = Key::new(
    "server.public_url",
    &["FRONTDESK__SERVER__PUBLIC_URL", "FRONTDESK_PUBLIC_URL"],
    Kind::Text(public_url),
    "",
    "The URL under which the carrier reaches this server; its signatures are verified over it.",
)
.short("public_url");
const ADMIN_TOKEN: Key = Key::new(
    "server.admin_token",
    &["FRONTDESK__SERVER__ADMIN_TOKEN", "FRONTDESK_ADMIN_TOKEN"],
    Kind::Secret(admin_token),
    "",
    "The password of the console and the admin API, at least 16 characters.",
);

impl Server {
    /// Its settings.
    pub const KEYS: &[&Key] = &[&BIND, &PUBLIC_URL, &ADMIN_TOKEN];

    /// Reads and checks them.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        let url = reader
            .optional(&PUBLIC_URL)
            .filter(|url| public_url(url).is_ok());
        let server = Self {
            bind: reader.text(&BIND),
            public_url: url.map(|url| url.trim_end_matches('/').to_owned()),
            admin_token: reader.secret(&ADMIN_TOKEN),
        };
        if !server.binds_loopback() && !reader.is_written(&ADMIN_TOKEN) {
            reader.refuse(
                &BIND,
                format!("`server.bind` is {}, which others can reach, and there is no admin token", server.bind),
                "set FRONTDESK_ADMIN_TOKEN (`openssl rand -hex 24` makes one), or bind to 127.0.0.1",
            );
        }
        if server
            .public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("http://"))
            && !server.is_local()
        {
            reader.warn(
                &PUBLIC_URL,
                "`server.public_url` is not encrypted: calls, words and tokens can be read on the way",
                "use https://",
            );
        }
        server
    }

    /// Whether only this machine can reach the address.
    pub fn binds_loopback(&self) -> bool {
        self.bind
            .parse::<SocketAddr>()
            .is_ok_and(|at| at.ip().to_canonical().is_loopback())
    }

    /// Whether the server, as the carrier would see it, is this machine: a loopback public URL, or none and a loopback address.
    pub fn is_local(&self) -> bool {
        match &self.public_url {
            Some(url) => is_loopback(url),
            None => self.binds_loopback(),
        }
    }
}

fn is_loopback(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let named = host == "localhost" || host.ends_with(".localhost");
    named
        || host
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.to_canonical().is_loopback())
}

fn bind(text: &str) -> Result<(), Fault> {
    if text.parse::<SocketAddr>().is_ok() {
        return Ok(());
    }
    let hint = match text
        .strip_prefix("localhost:")
        .or_else(|| text.strip_prefix(':'))
    {
        Some(port) if port.parse::<u16>().is_ok() => format!("write `127.0.0.1:{port}`"),
        _ if text.parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv4()) => format!("write `{text}:8080`"),
        _ => "write it like `127.0.0.1:8080` or `[::1]:8080`".to_owned(),
    };
    Err(Fault::new(
        format!("must be an address and a port, not `{text}`"),
        hint,
    ))
}

fn public_url(text: &str) -> Result<(), Fault> {
    let example = "write it like `https://phone.example.com`";
    let fault = |what: &str, hint: &str| Err(Fault::new(what, hint));
    let Ok(url) = Url::parse(text) else {
        return match Url::parse(&format!("https://{text}")) {
            Ok(url) if url.host_str().is_some_and(|host| host.contains('.')) => Err(Fault::new(
                "has no scheme",
                format!("write `https://{text}`"),
            )),
            _ => fault("must be a URL", example),
        };
    };
    match url {
        u if !matches!(u.scheme(), "http" | "https") => Err(Fault::new(
            format!("must begin with https:// or http://, not `{}:`", u.scheme()),
            example,
        )),
        u if u.query().is_some() => fault("has a query", "leave out the `?` and what follows"),
        u if u.fragment().is_some() => {
            fault("has a fragment", "leave out the `#` and what follows")
        }
        u if !u.username().is_empty() || u.password().is_some() => fault(
            "has a user name or password in it",
            "leave out what stands before the `@`",
        ),
        _ => Ok(()),
    }
}

fn admin_token(text: &str) -> Result<(), Fault> {
    token(text)?;
    if text.len() >= SHORTEST_TOKEN {
        return Ok(());
    }
    Err(Fault::new(
        format!("is shorter than {SHORTEST_TOKEN} characters"),
        "`openssl rand -hex 24` makes a good one",
    ))
}
