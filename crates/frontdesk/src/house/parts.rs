//! The switchboard's parts: which agent, which voices, which store.

use std::{path::Path, sync::Arc, time::Duration};

use agent::{Business, Pace, Scripted};
use events::{BusinessId, Clock, InstanceId};
use futures::FutureExt;
use store::{FolderObjects, Records, SqliteRecords};
use switchboard::{Bus, Parts, RecordsDesk, Settings, Tasks, Voicer};

use super::ground;
use crate::{
    config::Live,
    voice::{self, BuiltIn},
};

/// Builds them; the built-in voice is opened later, behind the running server.
///
/// # Errors
/// Which folder or file is in the way.
pub fn parts(
    live: &Live,
    public_url: &str,
    clock: Arc<dyn Clock>,
    records: Arc<SqliteRecords>,
    data: &Path,
) -> anyhow::Result<(Parts, BuiltIn)> {
    let config = &live.current().config;
    let objects = Arc::new(FolderObjects::open(data.join("audio"))?);
    let scratch = data.join("scratch");
    ground::folder(&scratch)?;
    let (ladder, built_in) = voice::ladder(config, &scratch, clock.clone())?;
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
        voicer: Voicer::new(ladder, objects)?,
        clock,
        instance: InstanceId::parse(&uuid::Uuid::now_v7().simple().to_string())?,
        businesses: Box::new(move |id| find(&businesses, id)),
        tag: web::tagger(&ground::secret(data, "tag.key")?),
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
