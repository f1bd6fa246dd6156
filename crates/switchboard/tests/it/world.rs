//! A switchboard and everything around it.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use agent::{Agent, Business};
use events::{CallId, Event, InstanceId, Stamped};
use store::{MemoryFlights, MemoryObjects, MemoryRecords, Records, Tier, Tiers};
use switchboard::{Bus, Parts, Settings, Switchboard, Tasks, Voicer};
use tts::{Ladder, Rung};

use crate::{
    parts::{Hiss, Paused, Puppet, Timer, answers},
    records::{Lever, Levered},
};

/// A running switchboard with its collaborators in hand.
pub struct World {
    pub switchboard: Switchboard,
    pub agent: Arc<Puppet>,
    pub voice: Arc<Hiss>,
    pub business: Arc<Business>,
    pub lever: Arc<Lever>,
    pub records: Arc<dyn Records>,
}

/// What a world is made of where a test wants something else.
pub struct Plan {
    /// The lever of `records`, when they have one already.
    pub lever: Option<Arc<Lever>>,
    pub records: Arc<dyn Records>,
    pub objects: Arc<dyn Tier>,
    pub business: Business,
    /// Who replies in place of the puppet.
    pub agent: Option<Arc<dyn Agent>>,
    pub calls: usize,
    pub idle_ms: u32,
    pub longest_ms: u32,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            lever: None,
            records: Arc::new(MemoryRecords::new()),
            objects: Arc::new(MemoryObjects::new(Arc::new(Paused::new()), 64 << 20)),
            business: Business::demo(),
            agent: None,
            calls: 2_000,
            idle_ms: 15 * 60_000,
            longest_ms: 4 * 3_600_000,
        }
    }
}

/// These records behind a lever.
pub fn levered(records: Arc<dyn Records>) -> (Arc<Lever>, Arc<dyn Records>) {
    let lever = Arc::new(Lever::default());
    let levered = Levered {
        records,
        lever: lever.clone(),
    };
    (lever, Arc::new(levered))
}

impl Plan {
    pub fn open(self) -> World {
        let (lever, records) = match self.lever {
            Some(lever) => (lever, self.records),
            None => levered(self.records),
        };
        let clock: Arc<Paused> = Arc::new(Paused::new());
        let voice = Arc::new(Hiss::default());
        voice.delay_ms.store(50, Ordering::SeqCst);
        let ladder = Ladder::new(
            vec![Rung::new(voice.clone(), 6_000)],
            clock.clone(),
            Arc::new(Timer),
        );
        let clips = Arc::new(Tiers::of("objects", self.objects, clock.clone()));
        let flights = Arc::new(MemoryFlights::new(clock.clone()));
        let agent = Arc::new(Puppet::new(|_| answers(0, "All right.")));
        let business = Arc::new(self.business);
        let found = business.clone();
        let puppet: Arc<dyn Agent> = agent.clone();
        let parts = Parts {
            settings: Settings {
                base: "http://127.0.0.1".into(),
                calls: self.calls,
                reply_within_ms: 12_000,
                idle_ms: self.idle_ms,
                longest_ms: self.longest_ms,
                hold_ms: 8_000,
            },
            records: records.clone(),
            objects: clips.clone(),
            agent: self.agent.unwrap_or(puppet),
            voicer: Voicer::new(ladder, clips, flights, clock.clone()).expect("threads"),
            clock,
            instance: InstanceId::parse("a-test").expect("an id"),
            businesses: Box::new(move |id| (*id == found.id).then(|| found.clone())),
            tag: Box::new(|_| "tag".into()),
            bus: Bus::new(),
            tasks: Tasks::new(),
        };
        World {
            switchboard: Switchboard::new(parts),
            agent,
            voice,
            business,
            lever,
            records,
        }
    }
}

impl World {
    /// A world on records in memory, whose fillers are made.
    pub async fn new() -> Self {
        let world = Plan::default().open();
        world.make_fillers().await;
        world
    }

    pub async fn make_fillers(&self) {
        let made = self
            .switchboard
            .generate_fillers(&self.business, |_| {})
            .await
            .expect("the records work");
        assert_eq!((made.failed.len(), made.done), (0, made.total));
    }

    /// What is stored of a call.
    pub async fn events(&self, call: &CallId) -> Vec<Stamped> {
        self.records.events(call).await.expect("the records work")
    }

    /// How many stored events of a call are like this.
    pub async fn count(&self, call: &CallId, like: impl Fn(&Event) -> bool) -> usize {
        let events = self.events(call).await;
        events.iter().filter(|s| like(&s.event)).count()
    }

    /// Waits until no call is left, and fails when work or tasks of one outlive it.
    pub async fn settle(&self) {
        for _ in 0..50 {
            if self.switchboard.count() == 0 && self.switchboard.parts().tasks.count() == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(self.switchboard.count(), 0, "calls are left");
        assert_eq!(self.switchboard.parts().tasks.count(), 0, "tasks are left");
        assert_eq!(self.switchboard.turn_tasks(), 0, "work is left");
        assert_eq!(self.agent.working.count(), 0, "the agent still works");
        assert_eq!(self.voice.working.count(), 0, "the voice still works");
    }
}
