//! The switchboard's parts: which agent, which voices, which store.

use std::{path::Path, sync::Arc};

use agent::Business;
use events::{BusinessId, Clock, InstanceId};
use store::Records;
use switchboard::{Bus, Parts, RecordsDesk, Settings, Tasks, Voicer};

use super::{ground, wellbeing::Wellbeing};
use crate::{
    config::Live,
    join,
    voice::{self, BuiltIn},
};

/// Builds them; the built-in voice is opened later, behind the running server.
///
/// # Errors
/// Which folder or file is in the way.
pub async fn parts(
    live: &Live,
    public_url: &str,
    clock: Arc<dyn Clock>,
    records: Arc<dyn Records>,
    data: &Path,
) -> anyhow::Result<(Parts, BuiltIn, Wellbeing)> {
    let config = &live.current().config;
    let tasks = Tasks::new();
    let shelves = join::shelves(&config.cache, data, &clock, &tasks).await?;
    let scratch = data.join("scratch");
    ground::folder(&scratch)?;
    let (ladder, built_in) = voice::ladder(config, &scratch, clock.clone())?;
    let desk = Arc::new(RecordsDesk::new(records.clone(), clock.clone()));
    let mind = join::mind(config, desk, clock.clone())?;
    let voicer = Voicer::new(
        ladder,
        shelves.tiers.clone(),
        shelves.flights,
        clock.clone(),
    )?;
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
        objects: shelves.tiers,
        agent: mind.agent,
        voicer,
        clock,
        instance: InstanceId::parse(&uuid::Uuid::now_v7().simple().to_string())?,
        businesses: Box::new(move |id| find(&businesses, id)),
        tag: web::tagger(&ground::secret(data, "tag.key")?),
        bus: Bus::new(),
        tasks,
    };
    let wellbeing = Wellbeing::new(mind.model, shelves.probes);
    Ok((parts, built_in, wellbeing))
}

fn find(live: &Live, id: &BusinessId) -> Option<Arc<Business>> {
    live.current()
        .businesses
        .iter()
        .find(|file| file.business.id == *id)
        .map(|file| file.business.clone())
}
