//! The one place where HTTP clients are built, and how long they may take.
//!
//! All companies share one client: its pool keeps connections per host, and the trusted certificates are read once.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, redirect};
use rustls::{ClientConfig, crypto::aws_lc_rs};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::SetupError;

/// A read that brings nothing for this long is given up even where nobody set a shorter limit.
const READ: Duration = Duration::from_secs(30);
/// Shorter than any server known to keep idle connections, so that we close first.
const POOL_IDLE: Duration = Duration::from_secs(50);
/// Idle connections kept for one host.
const POOL_PER_HOST: usize = 16;
/// How often an idle connection is asked whether it still lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a provider may take, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the request, with connecting where no connection is open, to the first sound.
    pub first_byte_ms: u32,
    /// The longest gap that a listener would hear once the sound has begun.
    pub idle_ms: u32,
}

impl Limits {
    /// For those who stream while they speak.
    pub const STREAMING: Limits = Limits {
        first_byte_ms: 3_000,
        idle_ms: 1_500,
    };

    /// For those who answer when the last word is spoken.
    pub const WHOLE: Limits = Limits {
        first_byte_ms: 8_000,
        idle_ms: 1_500,
    };
}

/// The HTTP client that everybody shares. A clone is the same client with the same connections.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client,
    tls: Arc<ClientConfig>,
}

impl Http {
    /// A client that gives up connecting (name, TCP and TLS together) after `connect_ms` milliseconds.
    ///
    /// Redirects are not followed: a key goes to the configured host and nowhere else. Proxies of the environment are not
    /// used, bodies are not decompressed, and whoever reads a body sets its limit.
    pub fn new(connect_ms: u32) -> Result<Http, SetupError> {
        let client = Client::builder()
            .connect_timeout(Duration::from_millis(u64::from(connect_ms)))
            .read_timeout(READ)
            .pool_idle_timeout(POOL_IDLE)
            .pool_max_idle_per_host(POOL_PER_HOST)
            .tcp_keepalive(KEEP_ALIVE)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .http2_keep_alive_timeout(Duration::from_secs(5))
            .http2_keep_alive_while_idle(true)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
            .build();
        let client = client.map_err(|e| {
            let what = format!("the HTTP client cannot be built ({e}); are the system's root certificates installed?");
            SetupError::new("http", what)
        })?;
        let tls = tls().map_err(|e| {
            let what = format!(
                "TLS cannot be set up ({e}); are the system's root certificates installed?"
            );
            SetupError::new("http", what)
        })?;
        Ok(Http {
            client,
            tls: Arc::new(tls),
        })
    }

    /// The client itself.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The same trust in certificates for WebSockets, read once.
    pub(crate) fn tls(&self) -> &Arc<ClientConfig> {
        &self.tls
    }
}

/// The system's certificates, and aws-lc-rs by name: a second TLS stack in the tree would make a default of none.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let stack = Arc::new(aws_lc_rs::default_provider());
    let config =
        ClientConfig::builder_with_provider(stack).with_safe_default_protocol_versions()?;
    Ok(config.with_platform_verifier()?.with_no_client_auth())
}
