//! Joins the parts: the one list of everything that a running Frontdesk consists of.

use std::{net::TcpListener, path::Path, sync::Arc, time::Duration};

use agent::{Business, Pace, Scripted};
use anyhow::Context;
use carrier_sim::NetworkConfig;
use events::{BusinessId, Clock, InstanceId, SystemClock};
use futures::FutureExt;
use store::{FolderObjects, Records, SqliteRecords};
use switchboard::{Bus, Parts, RecordsDesk, Settings, Switchboard, Tasks, Voicer};
use web::{App, Meter, Templates};

use crate::{
    config::{Live, Loaded},
    log,
    phone::Switch,
    voice::{self, BuiltIn},
};

/// How often what is too old is removed.
const SWEEP: Duration = Duration::from_secs(3_600);

/// A Frontdesk that is ready to be served.
pub struct House {
    pub app: Arc<App>,
    pub listener: TcpListener,
    pub live: Live,
    pub built_in: BuiltIn,
    /// The built-in telephone network, in front of this house.
    pub network: NetworkConfig,
}

impl House {
    /// Joins the parts and takes the port. Nothing is served yet.
    ///
    /// # Errors
    /// What is in the way, and what to do.
    pub async fn open(live: Live) -> anyhow::Result<Self> {
        let loaded = live.current();
        let config = &loaded.config;
        let data = config.store.data_dir.clone();
        std::fs::create_dir_all(&data).with_context(|| cannot_write(&data))?;
        let listener = listen(&config.server.bind)?;
        let local = format!("http://{}", reachable(listener.local_addr()?));
        let public_url = config
            .server
            .public_url
            .clone()
            .unwrap_or_else(|| local.clone());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let records = Arc::new(SqliteRecords::open(data.join("records")).await?);
        for note in records.notes() {
            tracing::warn!("{note}");
        }
        let (parts, built_in) = parts(&live, &public_url, clock, records, &data)?;
        let token = secret(&data, "network.key")?;
        let network = NetworkConfig {
            base_url: local,
            public_url: Some(public_url.clone()),
            auth_token: token.clone(),
            ..NetworkConfig::default()
        };
        let app = Arc::new(application(
            &live,
            parts,
            public_url,
            token,
            network.clone(),
        )?);
        Ok(Self {
            app,
            listener,
            live,
            built_in,
            network,
        })
    }

    /// Opens the voice and makes what callers will need first: fillers, greetings. Says how many fillers are ready.
    ///
    /// # Errors
    /// Why there is no voice.
    pub async fn warm_up(&self) -> anyhow::Result<usize> {
        let (built_in, live) = (self.built_in.clone(), self.live.clone());
        tokio::task::spawn_blocking(move || {
            let config = &live.current().config;
            voice::open(&built_in, &config.speech, &config.store.data_dir)
        })
        .await??;
        let mut ready = 0;
        for file in &self.live.current().businesses {
            let made = self
                .app
                .switchboard
                .generate_fillers(&file.business, |_| {})
                .await?;
            made.failed.iter().for_each(
                |why| tracing::warn!(business = %file.business.id, "no filler clip: {why}"),
            );
            ready += made.done;
            self.app.switchboard.rehearse(&file.business).await;
        }
        Ok(ready)
    }

    /// Starts the taps and the sweeper.
    pub fn start_background(&self) {
        let switchboard = self.app.switchboard.clone();
        let tasks = switchboard.parts().tasks.clone();
        let (app, mut tap) = (self.app.clone(), switchboard.parts().bus.tap());
        let stop = tasks.clone();
        tasks.start(async move {
            loop {
                tokio::select! {
                    heard = tap.recv() => match heard {
                        Ok(heard) => {
                            app.meter.observe(&heard);
                            log::event(&heard);
                        }
                        Err(tokio::sync::broadcast::error::RecvError::Lagged(lost)) => {
                            tracing::warn!(lost, "metrics fell behind and lost events");
                        }
                        Err(tokio::sync::broadcast::error::RecvError::Closed) => break,
                    },
                    () = stop.cancelled() => break,
                }
            }
        });
        let (live, stop) = (self.live.clone(), tasks.clone());
        tasks.start(async move {
            loop {
                sweep(&switchboard, &live.current()).await;
                tokio::select! {
                    () = tokio::time::sleep(SWEEP) => {}
                    () = stop.cancelled() => break,
                }
            }
        });
    }
}

fn parts(
    live: &Live,
    public_url: &str,
    clock: Arc<dyn Clock>,
    records: Arc<SqliteRecords>,
    data: &Path,
) -> anyhow::Result<(Parts, BuiltIn)> {
    let config = &live.current().config;
    let objects = Arc::new(FolderObjects::open(data.join("audio"))?);
    let scratch = data.join("scratch");
    std::fs::create_dir_all(&scratch).with_context(|| cannot_write(&scratch))?;
    let (ladder, built_in) = voice::ladder(&config.speech, &scratch, clock.clone());
    let records: Arc<dyn Records> = records;
    let desk = Arc::new(RecordsDesk::new(records.clone(), clock.clone()));
    let pace = Pace {
        first_ms: config.agent.first_ms.into(),
        per_word_ms: config.agent.per_word_ms.into(),
    };
    let sleeper = Arc::new(|ms| tokio::time::sleep(Duration::from_millis(ms)).boxed());
    let businesses = live.clone();
    let parts = Parts {
        settings: Settings {
            base: public_url.to_owned(),
            calls: config.limits.calls as usize,
            reply_within_ms: config.agent.reply_within_ms,
            idle_ms: config.limits.idle_minutes.saturating_mul(60_000),
            longest_ms: config.limits.call_minutes.saturating_mul(60_000),
            hold_ms: config.limits.hold_ms,
        },
        records,
        objects: objects.clone(),
        agent: Arc::new(Scripted::new(desk, pace, sleeper)),
        voicer: Voicer::new(ladder, objects),
        clock,
        instance: InstanceId::parse(&uuid::Uuid::now_v7().simple().to_string())?,
        businesses: Box::new(move |id| find(&businesses, id)),
        tag: web::tagger(&secret(data, "tag.key")?),
        bus: Bus::new(),
        tasks: Tasks::new(),
    };
    Ok((parts, built_in))
}

fn find(live: &Live, id: &BusinessId) -> Option<Arc<Business>> {
    live.current()
        .businesses
        .iter()
        .find(|file| file.business.id == *id)
        .map(|file| file.business.clone())
}

fn application(
    live: &Live,
    parts: Parts,
    public_url: String,
    token: String,
    network: NetworkConfig,
) -> anyhow::Result<App> {
    let loaded = live.current();
    let config = &loaded.config;
    let secrets = [
        &config.twilio.auth_token,
        &config.twilio.auth_token_previous,
    ];
    let mut tokens: Vec<String> = secrets
        .into_iter()
        .flatten()
        .map(|secret| secret.reveal().to_owned())
        .collect();
    let mut simulated = vec!["the agent is scripted".to_owned()];
    if tokens.is_empty() {
        simulated.push("the telephone network is built in".to_owned());
    }
    tokens.push(token);
    let (listing, reloading, complaining) = (live.clone(), live.clone(), live.clone());
    Ok(App {
        settings: web::Settings {
            public_url,
            tokens,
            skip_signatures: config.twilio.insecure_skip_signature,
            admin_token: config
                .server
                .admin_token
                .as_ref()
                .map(|secret| secret.reveal().to_owned()),
            version: env!("CARGO_PKG_VERSION"),
            target_dead_air_ms: config.targets.dead_air_p95_ms,
            simulated,
            webhook_bytes: config.limits.webhook_kb as usize * 1024,
            json_bytes: config.limits.json_kb as usize * 1024,
            request: Duration::from_secs(config.limits.request_s.into()),
        },
        switchboard: Switchboard::new(parts),
        templates: Templates::load(None)?,
        meter: Meter::new(env!("CARGO_PKG_VERSION")),
        phones: Some(Arc::new(Switch { config: network })),
        businesses: Box::new(move || list(&listing.current())),
        reload: Box::new(move || {
            let status = reloading.reload();
            if status.ok {
                Ok(format!("revision {}", status.revision))
            } else {
                Err(complaints(&status.errors))
            }
        }),
        complaint: Box::new(move || {
            let status = complaining.status();
            (!status.ok).then(|| complaints(&status.errors))
        }),
        jobs: web::admin::Jobs::default(),
        lines: web::admin::Lines::default(),
        mismatches: web::webhooks::Mismatches::default(),
        traffic: web::webhooks::Traffic::default(),
    })
}

fn list(loaded: &Loaded) -> Vec<(Arc<Business>, String)> {
    let source = |path: &Option<std::path::PathBuf>| {
        path.as_ref()
            .map_or("built in".to_owned(), |p| p.display().to_string())
    };
    loaded
        .businesses
        .iter()
        .map(|file| (file.business.clone(), source(&file.path)))
        .collect()
}

fn complaints(errors: &[crate::config::Problem]) -> String {
    errors
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Takes the port; a busy one is explained.
fn listen(bind: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(bind).with_context(|| {
        format!("cannot listen on {bind}; another program may have the port: choose another with --bind 127.0.0.1:0")
    })
}

/// An address that a client on this machine can use.
fn reachable(mut address: std::net::SocketAddr) -> std::net::SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    address
}

fn cannot_write(folder: &Path) -> String {
    format!(
        "cannot write {}; choose another folder with --data-dir",
        folder.display()
    )
}

/// A random key that outlives restarts, readable by this user only.
fn secret(data: &Path, name: &str) -> anyhow::Result<String> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let path = data.join(name);
    let fresh = format!(
        "{}{}",
        uuid::Uuid::new_v4().simple(),
        uuid::Uuid::new_v4().simple()
    );
    let made = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    match made {
        Ok(mut file) => file
            .write_all(fresh.as_bytes())
            .with_context(|| cannot_write(data))?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).with_context(|| cannot_write(data)),
    }
    let key = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    anyhow::ensure!(
        key.len() >= 32,
        "{} is damaged; remove it, a new key is made",
        path.display()
    );
    Ok(key)
}

/// Removes what is older than its retention.
async fn sweep(switchboard: &Switchboard, loaded: &Loaded) {
    let parts = switchboard.parts();
    let retention = &loaded.config.retention;
    let now = parts.clock.now();
    let calls = now - u64::from(retention.transcripts_days) * 86_400_000;
    let answers = now - 3_600_000;
    if let Err(error) = parts.records.sweep(calls, answers).await {
        tracing::warn!(%error, "old records could not be removed");
    }
    let mut keep = Vec::new();
    for file in &loaded.businesses {
        let clips = parts
            .records
            .clips(&file.business.id)
            .await
            .unwrap_or_default();
        keep.extend(
            clips
                .iter()
                .filter_map(|clip| store::ObjectKey::parse(&clip.object)),
        );
    }
    let idle = u64::from(retention.answer_audio_hours) * 3_600_000;
    if let Err(error) = parts.objects.sweep(idle, &keep).await {
        tracing::warn!(%error, "old audio could not be removed");
    }
}
