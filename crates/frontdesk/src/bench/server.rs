//! The server that is measured.

use std::{
    process::ExitCode,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use events::{Clock, SystemClock};
use store::MemoryFlights;
use switchboard::Voicer;
use tokio::io::AsyncReadExt;
use tts::{Ladder, Rung};

use super::{
    Pipeline, Ready,
    pipeline::{Hummer, Shares, Talker},
};
use crate::{
    config::Live,
    house::House,
    log::say,
    shutdown::{self, Grace},
    voice::TokioWait,
};

/// Longer than any pipeline.
const PATIENCE_MS: u32 = 60_000;

/// Serves until standard input is closed.
///
/// # Errors
/// What is in the way.
pub async fn server(live: Live, pipeline: &Pipeline) -> anyhow::Result<ExitCode> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::with_speed(pipeline.speed));
    let shares = Shares::from(pipeline);
    let business = live.current().businesses[0].business.clone();
    let hummer = Arc::new(Hummer::new(&business.voice.provider, shares, clock.clone()));
    let slow = hummer.slow.clone();
    let house = House::open_with(live, clock.clone(), |parts| {
        let rungs = vec![Rung::new(hummer, PATIENCE_MS)];
        let ladder = Ladder::new(rungs, clock.clone(), Arc::new(TokioWait));
        let clips = parts.voicer.tiers().clone();
        let flights = Arc::new(MemoryFlights::new(clock.clone()));
        parts.voicer = Voicer::new(ladder, clips, flights, clock.clone())?;
        parts.agent = Arc::new(Talker {
            shares,
            clock,
            said: Default::default(),
        });
        Ok(())
    })
    .await?;
    house.start_background();
    let (handle, server) = web::serve(house.app.clone(), house.listener.try_clone()?, 2)?;
    let work = async {
        let switchboard = &house.app.switchboard;
        let made = switchboard.generate_fillers(&business, |_| {}).await;
        switchboard.rehearse(&business).await;
        slow.store(true, Ordering::Relaxed);
        let ready = Ready {
            base_url: house.network.base_url.clone(),
            auth_token: house.network.auth_token.clone(),
            business: business.id.to_string(),
        };
        say(serde_json::to_string(&ready)?);
        // Whoever started this closes it, also by dying.
        let mut rest = Vec::new();
        let _ = tokio::io::stdin().take(1).read_to_end(&mut rest).await;
        shutdown::drain(&house.app, &handle, Grace::only(Duration::from_secs(3))).await;
        made?;
        anyhow::Ok(())
    };
    let (served, worked) = tokio::join!(server, work);
    served?;
    worked?;
    Ok(ExitCode::SUCCESS)
}
