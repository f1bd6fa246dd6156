//! What the operator chooses.

use std::{fmt, net::IpAddr, str::FromStr};

use sqlx::postgres::PgConnectOptions;
use store::StoreError;
use url::Url;

/// How an address is written.
const LIKE: &str = "write it like `postgres://user:password@host:5432/database`, special characters of the password \
                    as %XX";
/// The modes of TLS, from none to a certificate that fits the host's name.
const MODES: &[&str] = &[
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
];
/// What may stand behind the `?`. Others would be passed over in silence, and some of them ask for safety.
const KNOWN: &[&str] = &[
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// Which PostgreSQL, and within which limits.
#[derive(Clone)]
pub struct Settings {
    /// `postgres://user:password@host:port/database?sslmode=…`, as libpq reads it; see [`check_url`]. What it leaves out
    /// comes from libpq's variables (`PGPASSWORD`, `PGSSLMODE` and so on). A pooler in between has to pool by session.
    pub url: String,
    /// The schema that holds the tables, made when it is missing: small letters, digits and `_`, at most 63 of them.
    pub schema: String,
    /// Connections at most; each does one thing at a time.
    pub connections: usize,
    /// How long to wait for a free connection, ms.
    pub wait_ms: u64,
    /// How long connecting may take, ms.
    pub connect_ms: u64,
    /// How long one thing may take, ms. The server gives up a statement by itself then; this program a little later.
    /// Making tables and deleting may take twelve times as long.
    pub answer_ms: u64,
}

impl Default for Settings {
    /// A database `frontdesk` of this machine.
    fn default() -> Self {
        Self {
            url: "postgres://frontdesk@127.0.0.1:5432/frontdesk".to_owned(),
            schema: "frontdesk".to_owned(),
            connections: 8,
            wait_ms: 5_000,
            connect_ms: 3_000,
            answer_ms: 5_000,
        }
    }
}

impl fmt::Debug for Settings {
    /// Without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.options().map_or("?".to_owned(), |o| place(&o));
        f.debug_struct("Settings")
            .field("url", &place)
            .field("schema", &self.schema)
            .field("connections", &self.connections)
            .field("wait_ms", &self.wait_ms)
            .field("connect_ms", &self.connect_ms)
            .field("answer_ms", &self.answer_ms)
            .finish()
    }
}

impl Settings {
    /// The first thing that is wrong, and what would be right.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let begins = self.schema.starts_with(|c: char| !c.is_ascii_digit());
        if !begins || self.schema.len() > 63 || !self.schema.chars().all(plain) {
            return wrong(&format!(
                "the schema of PostgreSQL is `{}`: use at most 63 small letters, digits and `_`",
                self.schema.escape_debug()
            ));
        }
        let limits = [
            ("number of connections", self.connections as u64, 1, 1_000),
            ("wait for a connection in ms", self.wait_ms, 1, 60_000),
            ("time to connect in ms", self.connect_ms, 1, 60_000),
            ("time to answer in ms", self.answer_ms, 1, 60_000),
        ];
        for (what, value, least, most) in limits {
            if !(least..=most).contains(&value) {
                return wrong(&format!(
                    "the {what} for PostgreSQL is {value}: choose {least} to {most}"
                ));
            }
        }
        self.options().map(drop)
    }

    /// How to connect.
    pub(crate) fn options(&self) -> Result<PgConnectOptions, StoreError> {
        let unavailable = |text: String| StoreError::Unavailable(text);
        check_url(&self.url).map_err(|e| unavailable(format!("the PostgreSQL URL {e}")))?;
        // The driver's own words may quote the address.
        PgConnectOptions::from_str(&self.url)
            .map_err(|_| unavailable(format!("the PostgreSQL URL cannot be read: {LIKE}")))
    }
}

fn wrong(text: &str) -> Result<(), StoreError> {
    Err(StoreError::Unavailable(text.to_owned()))
}

/// The server and the database, without user and password.
pub(crate) fn place(options: &PgConnectOptions) -> String {
    let host = match options.get_socket() {
        Some(folder) => folder.display().to_string(),
        None => options.get_host().to_owned(),
    };
    let database = options
        .get_database()
        .unwrap_or_else(|| options.get_username());
    format!("{host}:{}/{database}", options.get_port())
}

/// Why an address of PostgreSQL cannot be used. Neither text quotes a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadUrl {
    /// Continues a sentence that the address begins: `names no database`.
    pub what: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for BadUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.hint)
    }
}

/// Looks at an address without connecting.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn check_url(text: &str) -> Result<(), BadUrl> {
    let bad = |what: &str, hint: &str| {
        let (what, hint) = (what.to_owned(), hint.to_owned());
        Err(BadUrl { what, hint })
    };
    if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
        return bad("does not begin with `postgres://`", LIKE);
    }
    let Ok(url) = Url::parse(text) else {
        return bad("is not an address", LIKE);
    };
    if url.fragment().is_some() {
        return bad("has a `#` in it", "write it as %23");
    }
    for (name, value) in url.query_pairs() {
        if !KNOWN.contains(&&*name) {
            let what = format!("has a setting that is not known, `{}`", name.escape_debug());
            return bad(
                &what,
                &format!("leave it out; known are {}", KNOWN.join(", ")),
            );
        }
        let fits = match &*name {
            "sslmode" => MODES.contains(&&*value),
            "port" => value.parse::<u16>().is_ok(),
            "hostaddr" => value.parse::<IpAddr>().is_ok(),
            _ => true,
        };
        if !fits {
            let what = format!("has a `{name}` that is none");
            return bad(
                &what,
                &format!("for sslmode choose one of {}", MODES.join(", ")),
            );
        }
    }
    let named = url.query_pairs().any(|(name, _)| name == "dbname");
    if url.path().trim_matches('/').is_empty() && !named {
        return bad("names no database", LIKE);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_are_not_shown() {
        let url = "postgres://ada:s3cret@db.example:7000/desk?password=0ther".to_owned();
        let settings = Settings {
            url,
            ..Settings::default()
        };
        let shown = format!("{settings:?}");
        for secret in ["s3cret", "ada", "0ther"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("db.example:7000/desk"), "{shown}");
    }

    #[test]
    fn addresses_are_looked_at() {
        for good in [
            "postgres://frontdesk@127.0.0.1/frontdesk",
            "postgresql://a:b%23c@db.example:5433/x?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            "postgres:///x?host=/run/postgresql&user=a",
            "postgres://a:b@[::1]:5432?dbname=x",
        ] {
            assert_eq!(check_url(good), Ok(()), "{good}");
        }
        for (bad, what) in [
            ("", "does not begin"),
            ("mysql://a:hidden@h/x", "does not begin"),
            ("postgres://a:hidden@h:port/x", "is not an address"),
            ("postgres://a:hidden@h:5432", "names no database"),
            ("postgres://a:hidden@h/x#y", "`#`"),
            ("postgres://a:hid#den@h/x", "is not an address"),
            ("postgres://a:hidden@h/x?sslmode=maybe", "`sslmode`"),
            ("postgres://a@h/x?sslpassword=hidden", "`sslpassword`"),
            ("postgres://a@h/x?password=hidden&port=x", "`port`"),
        ] {
            let said = check_url(bad).expect_err(bad).to_string();
            assert!(said.contains(what), "{bad}: {said}");
            assert!(!said.contains("hid"), "{bad}: {said}");
        }
    }

    #[test]
    fn each_setting_has_limits() {
        let good = Settings::default;
        assert_eq!(good().check(), Ok(()));
        let bad = [
            Settings {
                schema: "a; DROP".to_owned(),
                ..good()
            },
            Settings {
                schema: String::new(),
                ..good()
            },
            Settings {
                connections: 0,
                ..good()
            },
            Settings {
                answer_ms: u64::MAX,
                ..good()
            },
            Settings {
                url: "postgres://h".to_owned(),
                ..good()
            },
        ];
        for settings in bad {
            assert!(settings.check().is_err(), "{settings:?}");
        }
    }
}
