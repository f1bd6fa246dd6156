//! Joins the parts: the one list of everything that a running Frontdesk consists of.

mod front;
mod ground;
mod parts;
mod prewarm;
mod records;
mod sweep;
mod wellbeing;

use std::{net::TcpListener, sync::Arc, time::Duration};

use carrier_sim::NetworkConfig;
use events::{Clock, SystemClock};
use switchboard::Parts;
use web::App;

use self::wellbeing::Wellbeing;

use crate::{
    config::Live,
    log,
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
    /// What is known of the companies and servers around it.
    wellbeing: Wellbeing,
}

impl House {
    /// Joins the parts and takes the port. Nothing is served yet.
    ///
    /// # Errors
    /// What is in the way, and what to do.
    pub async fn open(live: Live) -> anyhow::Result<Self> {
        Self::open_with(live, Arc::new(SystemClock::new()), |_| Ok(())).await
    }

    /// The same house by another clock and with some of its parts exchanged.
    ///
    /// # Errors
    /// As for [`House::open`].
    pub async fn open_with(
        live: Live,
        clock: Arc<dyn Clock>,
        exchange: impl FnOnce(&mut Parts) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let loaded = live.current();
        let config = &loaded.config;
        let data = config.store.data_dir.clone();
        ground::folder(&data)?;
        let listener = ground::listen(&config.server.bind)?;
        let local = format!("http://{}", ground::reachable(listener.local_addr()?));
        let public_url = config
            .server
            .public_url
            .clone()
            .unwrap_or_else(|| local.clone());
        let records = records::open(&config.store).await?;
        let joined = parts::parts(&live, &public_url, clock, records, &data).await?;
        let (mut parts, built_in, wellbeing) = joined;
        exchange(&mut parts)?;
        let token = ground::secret(&data, "network.key")?;
        let network = NetworkConfig {
            base_url: local,
            public_url: Some(public_url.clone()),
            auth_token: token,
            ..NetworkConfig::default()
        };
        let app = Arc::new(front::app(&live, parts, &network, wellbeing.clone())?);
        prewarm::look_ahead(&app.switchboard, &config.ahead);
        Ok(Self {
            app,
            listener,
            live,
            built_in,
            network,
            wellbeing,
        })
    }

    /// Opens the voice and makes what callers will need first: fillers, greetings. Says how many fillers are ready.
    ///
    /// # Errors
    /// Why there is no voice.
    pub async fn warm_up(&self) -> anyhow::Result<usize> {
        let (built_in, live) = (self.built_in.clone(), self.live.clone());
        let opened = tokio::task::spawn_blocking(move || {
            let config = &live.current().config;
            voice::open(&built_in, &config.speech, &config.store.data_dir)
        })
        .await?;
        let first = self.live.current().config.speech.chain.first().cloned();
        match opened {
            // Who speaks first does so without it.
            Err(error) if first.is_some_and(|name| name != "embedded") => {
                tracing::warn!("the built-in voice stays silent: {error:#}");
            }
            opened => opened?,
        }
        let businesses = &self.live.current().businesses;
        // The greetings first: somebody may call before the fillers are done.
        for file in businesses {
            self.app.switchboard.rehearse(&file.business).await;
        }
        let mut ready = 0;
        for file in businesses {
            let made = self
                .app
                .switchboard
                .generate_fillers(&file.business, |_| {})
                .await?;
            made.failed.iter().for_each(
                |why| tracing::warn!(business = %file.business.id, "no filler clip: {why}"),
            );
            ready += made.done;
        }
        Ok(ready)
    }

    /// Starts the taps and the sweeper.
    pub fn start_background(&self) {
        let switchboard = self.app.switchboard.clone();
        let tasks = switchboard.parts().tasks.clone();
        let ladder = switchboard.parts().voicer.ladder();
        self.wellbeing.start(&tasks, ladder);
        let (app, mut tap) = (self.app.clone(), switchboard.parts().bus.tap());
        let stop = tasks.clone();
        tasks.start(async move {
            loop {
                tokio::select! {
                    heard = tap.recv() => match heard {
                        Ok(heard) => {
                            app.meter.observe(&heard);
                            app.studio.observe(&heard);
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
        let (app, stop) = (self.app.clone(), tasks.clone());
        let mut readings = self.live.statuses();
        tasks.start(async move {
            loop {
                let ok = readings.borrow_and_update().ok;
                app.meter.reloaded(ok);
                tokio::select! {
                    changed = readings.changed() => if changed.is_err() { break },
                    () = stop.cancelled() => break,
                }
            }
        });
        let (app, watched) = (self.app.clone(), switchboard.clone());
        tasks.start(async move { app.studio.watch(&watched).await });
        let (live, stop) = (self.live.clone(), tasks.clone());
        tasks.start(async move {
            loop {
                sweep::once(&switchboard, &live.current()).await;
                tokio::select! {
                    () = tokio::time::sleep(SWEEP) => {}
                    () = stop.cancelled() => break,
                }
            }
        });
    }
}
