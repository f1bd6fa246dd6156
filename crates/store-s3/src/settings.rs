//! What the operator chooses.

use std::{fmt, time::Duration};

use aws_sdk_s3::{
    Client,
    config::{
        BehaviorVersion, Builder, Credentials, Region, RequestChecksumCalculation,
        ResponseChecksumValidation, retry::RetryConfig, timeout::TimeoutConfig,
    },
};
use store::StoreError;

/// Which bucket, where, and within which limits.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The bucket.
    pub bucket: String,
    /// Its region; any word will do for most servers that are not Amazon's.
    pub region: String,
    /// `http://` or `https://` and a host, for servers that are not Amazon's.
    pub endpoint: Option<String>,
    /// The same server as strangers reach it, for links; without it, links begin like `endpoint`.
    pub public_endpoint: Option<String>,
    /// How every name begins; best with a `/` at its end.
    pub prefix: String,
    /// The keys; without them the machine's own (environment, files in the home folder, role of the instance).
    pub keys: Option<Keys>,
    /// `host/bucket/name` instead of `bucket.host/name`: servers that are not Amazon's mostly want it.
    pub path_style: bool,
    /// Checksums only where the protocol requires them: some servers refuse those that Amazon's client adds.
    pub few_checksums: bool,
    /// How long connecting may take, ms.
    pub connect_ms: u64,
    /// How long one try may take until its answer begins, ms.
    pub try_ms: u64,
    /// How long a question may take with all its tries and its body, ms.
    pub total_ms: u64,
    /// Tries at most.
    pub tries: u32,
}

/// Who asks.
#[derive(Clone)]
pub struct Keys {
    /// The access key.
    pub access: String,
    /// The secret key.
    pub secret: String,
    /// The token of temporary keys.
    pub session: Option<String>,
}

impl fmt::Debug for Keys {
    /// Nothing of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Default for Settings {
    /// No bucket yet; Amazon's servers, the machine's own keys, 3 tries within 5 seconds.
    fn default() -> Self {
        Self {
            bucket: String::new(),
            region: "us-east-1".to_owned(),
            endpoint: None,
            public_endpoint: None,
            prefix: "frontdesk/".to_owned(),
            keys: None,
            path_style: false,
            few_checksums: false,
            connect_ms: 1_000,
            try_ms: 2_000,
            total_ms: 5_000,
            tries: 3,
        }
    }
}

impl Settings {
    /// The bucket and its server, for errors.
    pub(crate) fn place(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("S3 bucket `{}` at {endpoint}", self.bucket),
            None => format!("S3 bucket `{}` in {}", self.bucket, self.region),
        }
    }

    /// The first thing that is wrong, and what would be right.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let in_bucket = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
        if !(3..=63).contains(&self.bucket.len()) || !self.bucket.chars().all(in_bucket) {
            return wrong(&format!(
                "the S3 bucket is `{}`: a bucket's name has 3 to 63 small letters, digits, `.` and `-`",
                self.bucket.escape_debug()
            ));
        }
        if self.region.is_empty() {
            return wrong("the S3 region is empty: name one, such as `us-east-1`");
        }
        for endpoint in [&self.endpoint, &self.public_endpoint]
            .into_iter()
            .flatten()
        {
            let host = endpoint
                .strip_prefix("https://")
                .or_else(|| endpoint.strip_prefix("http://"));
            if host.is_none_or(|host| host.is_empty() || host.contains(['@', '?', ' '])) {
                return wrong(
                    "the S3 endpoint is no address: write `https://` and a host, no keys in it",
                );
            }
        }
        let in_prefix = |c: char| c.is_ascii_alphanumeric() || "/_-.".contains(c);
        if self.prefix.len() > 256
            || self.prefix.starts_with('/')
            || !self.prefix.chars().all(in_prefix)
        {
            return wrong(&format!(
                "the prefix of S3 names is `{}`: use at most 256 letters, digits and `/_-.`, no `/` at its start",
                self.prefix.escape_debug()
            ));
        }
        if self
            .keys
            .as_ref()
            .is_some_and(|keys| keys.access.is_empty() || keys.secret.is_empty())
        {
            return wrong(
                "of the S3 keys one is empty: give both, or none to use the machine's own",
            );
        }
        let limits = [
            ("time to connect in ms", self.connect_ms, 1, 60_000),
            ("time for a try in ms", self.try_ms, 1, 60_000),
            ("time for a question in ms", self.total_ms, 1, 600_000),
            ("number of tries", self.tries.into(), 1, 10),
        ];
        for (what, value, least, most) in limits {
            if !(least..=most).contains(&value) {
                return wrong(&format!(
                    "the {what} for S3 is {value}: choose {least} to {most}"
                ));
            }
        }
        Ok(())
    }

    /// A client for the server at `endpoint`.
    pub(crate) async fn client(&self, endpoint: Option<&str>) -> Client {
        let region = Region::new(self.region.clone());
        let builder = match &self.keys {
            Some(keys) => Builder::new()
                .behavior_version(BehaviorVersion::latest())
                .credentials_provider(Credentials::new(
                    keys.access.clone(),
                    keys.secret.clone(),
                    keys.session.clone(),
                    None,
                    "settings",
                )),
            None => {
                let own = aws_config::defaults(BehaviorVersion::latest()).region(region.clone());
                Builder::from(&own.load().await)
            }
        };
        let ms = Duration::from_millis;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(ms(self.connect_ms))
            .operation_attempt_timeout(ms(self.try_ms))
            .operation_timeout(ms(self.total_ms))
            .build();
        let tries = RetryConfig::standard()
            .with_max_attempts(self.tries)
            .with_initial_backoff(ms(50))
            .with_max_backoff(ms(500));
        let mut builder = builder
            .region(region)
            .force_path_style(self.path_style)
            .timeout_config(timeouts)
            .retry_config(tries);
        if self.few_checksums {
            builder = builder
                .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
                .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        }
        builder.set_endpoint_url(endpoint.map(str::to_owned));
        Client::from_conf(builder.build())
    }
}

fn wrong(text: &str) -> Result<(), StoreError> {
    Err(StoreError::Unavailable(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Settings {
        let bucket = "audio-of-ours".to_owned();
        Settings {
            bucket,
            ..Settings::default()
        }
    }

    #[test]
    fn keys_are_not_shown() {
        let keys = Keys {
            access: "AKIA1".to_owned(),
            secret: "s3cret".to_owned(),
            session: Some("t0ken".to_owned()),
        };
        let shown = format!(
            "{:?}",
            Settings {
                keys: Some(keys),
                ..good()
            }
        );
        for word in ["AKIA1", "s3cret", "t0ken"] {
            assert!(!shown.contains(word), "{shown}");
        }
    }

    #[test]
    fn each_setting_has_limits() {
        assert_eq!(good().check(), Ok(()));
        let empty = Keys {
            access: "a".to_owned(),
            secret: String::new(),
            session: None,
        };
        let bad = [
            Settings::default(),
            Settings {
                bucket: "Capital".to_owned(),
                ..good()
            },
            Settings {
                region: String::new(),
                ..good()
            },
            Settings {
                endpoint: Some("host:9000".to_owned()),
                ..good()
            },
            Settings {
                endpoint: Some("http://a:b@host".to_owned()),
                ..good()
            },
            Settings {
                public_endpoint: Some("https://".to_owned()),
                ..good()
            },
            Settings {
                prefix: "/x".to_owned(),
                ..good()
            },
            Settings {
                prefix: "a b".to_owned(),
                ..good()
            },
            Settings {
                keys: Some(empty),
                ..good()
            },
            Settings {
                total_ms: 0,
                ..good()
            },
            Settings {
                tries: 11,
                ..good()
            },
        ];
        for settings in bad {
            assert!(settings.check().is_err(), "{settings:?}");
        }
    }
}
