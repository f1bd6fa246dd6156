//! The network: everything its calls share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use tokio::sync::mpsc;
use url::Url;

use crate::account::Identity;
use crate::clips::Clips;
use crate::config::{NetworkConfig, NetworkError};
use crate::engine::{Command, Engine, Source};
use crate::phone::{EVENTS, INPUTS, Phone};
use crate::report::CallReport;
use crate::script::Script;

/// A telephone network in front of one server. Cheap to clone; clones share the media cache.
#[derive(Clone)]
pub struct Network {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub config: NetworkConfig,
    pub client: reqwest::Client,
    pub clips: Clips,
    base: Url,
    public: Url,
    calls: AtomicU64,
    live: Mutex<HashMap<String, mpsc::Sender<Command>>>,
}

impl Network {
    /// Builds a network; nothing is connected yet.
    pub fn new(config: NetworkConfig) -> Result<Self, NetworkError> {
        config.check()?;
        let base = address("base_url", &config.base_url)?;
        let public = match &config.public_url {
            Some(url) => address("public_url", url)?,
            None => base.clone(),
        };
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // Shorter than any server keeps idle connections: reusing one that it is just closing
            // would look like a failure of the server.
            .pool_idle_timeout(Duration::from_secs(1))
            // The longest any request may take; each sets its own, scaled by the speed.
            .timeout(Duration::from_secs(3600))
            .build()?;
        let inner = Inner {
            config,
            client,
            clips: Clips::default(),
            base,
            public,
            calls: AtomicU64::new(0),
            live: Mutex::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Makes one call as the script says, and returns when it is over.
    pub async fn call(&self, script: &Script) -> CallReport {
        let identity = self.identity(&script.from, &script.to);
        let source = Source::planned(script);
        let engine = self.engine(identity, &script.business, source, None);
        engine.run().await
    }

    /// Makes one call that is driven from outside. Must be called inside a tokio runtime.
    pub fn dial(&self, from: &str, to: &str, business: &str) -> Phone {
        let identity = self.identity(from, to);
        let call_sid = identity.call_sid.clone();
        let (shown, events) = mpsc::channel(EVENTS);
        let (inputs, done) = mpsc::channel(INPUTS);
        let engine = self.engine(identity, business, Source::live(done), Some(shown));
        Phone {
            events,
            inputs,
            call_sid,
            call: tokio::spawn(engine.run()),
        }
    }

    /// Ends a running call from outside, as the REST interface does. `false` = no such call.
    pub fn hang_up(&self, call_sid: &str) -> bool {
        self.command(call_sid, Command::HangUp)
    }

    /// Sends a running call to another URL at once. `false` = no such call.
    pub fn redirect(&self, call_sid: &str, url: &str) -> bool {
        self.command(call_sid, Command::Redirect(url.to_owned()))
    }

    /// Makes a running call execute this document at once. `false` = no such call.
    pub fn execute(&self, call_sid: &str, twiml: &str) -> bool {
        self.command(call_sid, Command::Document(twiml.to_owned()))
    }

    /// How the network was built.
    pub fn config(&self) -> &NetworkConfig {
        &self.inner.config
    }

    fn command(&self, call_sid: &str, command: Command) -> bool {
        let live = self.inner.live();
        live.get(call_sid)
            .is_some_and(|call| call.try_send(command).is_ok())
    }

    fn identity(&self, from: &str, to: &str) -> Identity {
        Identity::new(&self.inner.config.account_sid, from, to)
    }

    fn engine(
        &self,
        identity: Identity,
        business: &str,
        source: Source,
        shown: Option<mpsc::Sender<crate::phone::PhoneEvent>>,
    ) -> Engine {
        let number = self.inner.calls.fetch_add(1, Ordering::Relaxed);
        let seed = self
            .inner
            .config
            .seed
            .wrapping_add(number.wrapping_mul(0x9E37_79B9));
        let (sender, commands) = mpsc::channel(4);
        self.inner.live().insert(identity.call_sid.clone(), sender);
        let rng = Rng::with_seed(seed);
        Engine::new(
            self.inner.clone(),
            identity,
            business,
            source,
            commands,
            shown,
            rng,
        )
    }
}

impl Inner {
    fn live(&self) -> std::sync::MutexGuard<'_, HashMap<String, mpsc::Sender<Command>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The call is over.
    pub fn forget(&self, call_sid: &str) {
        self.live().remove(call_sid);
    }

    /// A path of the server, by the name it is known under.
    pub fn path(&self, path: &str, business: &str) -> Option<Url> {
        match path.is_empty() {
            true => None,
            false => self.public.join(&path.replace("{business}", business)).ok(),
        }
    }

    /// Where to connect to for a URL: the public address leads to the server itself.
    pub fn wire(&self, url: &Url) -> Url {
        let mut wire = url.clone();
        if url.origin() == self.public.origin() {
            // Neither can fail: both addresses are http(s) with a host, as `address` checked.
            let _ = wire.set_scheme(self.base.scheme());
            let _ = wire.set_host(self.base.host_str());
            let _ = wire.set_port(self.base.port());
        }
        wire.set_fragment(None);
        wire
    }
}

fn address(field: &'static str, value: &str) -> Result<Url, NetworkError> {
    let bad = |problem: &str| NetworkError::Url {
        field,
        value: value.to_owned(),
        problem: problem.to_owned(),
    };
    let url = Url::parse(value).map_err(|e| bad(&e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("the scheme must be http or https"));
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || !url.has_host() {
        return Err(bad("only scheme, host and port belong here"));
    }
    Ok(url)
}
