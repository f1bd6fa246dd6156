//! The door to all calls.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use agent::{Agent, Business};
use bytes::Bytes;
use carrier::{Document, DocumentError};
use events::{BusinessId, CallId, Clock, InstanceId};
use line::{Heard, Kind};
use store::{Bytes32, Clip, Objects, Records};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    Bus, LiveCall, StageTimes, Tasks, Voicer,
    forecast::Forecasts,
    owner::{self, Mail, Reply, Visit},
};

/// Mail that may wait in a call's inbox; beyond it senders wait.
const INBOX: usize = 64;

/// How long a request may wait for its answer; the line's own limit is lower, this one is for the unforeseen.
const LATEST: Duration = Duration::from_secs(13);

/// Numbers that an operator sets.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The public URL without a trailing slash.
    pub base: String,
    /// Calls at the same time; one more is turned away with a word.
    pub calls: usize,
    /// From the caller's words to giving the agent up, ms.
    pub reply_within_ms: u32,
    /// A call of which nothing was heard for so long is over, ms.
    pub idle_ms: u32,
    /// No call is longer than this, ms.
    pub longest_ms: u32,
    /// The longest that a carrier's request is held, ms; carriers give up at 15 s.
    pub hold_ms: u32,
}

/// What the switchboard is joined from.
pub struct Parts {
    /// Numbers.
    pub settings: Settings,
    /// Calls, answers, bookings.
    pub records: Arc<dyn Records>,
    /// Audio.
    pub objects: Arc<dyn Objects>,
    /// Who replies.
    pub agent: Arc<dyn Agent>,
    /// Who speaks.
    pub voicer: Voicer,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Which process this is.
    pub instance: InstanceId,
    /// Finds a business by its id, as it is configured now.
    pub businesses: Box<dyn Fn(&BusinessId) -> Option<Arc<Business>> + Send + Sync>,
    /// Makes the tag that proves a call was ours.
    pub tag: Box<dyn Fn(&CallId) -> String + Send + Sync>,
    /// Where events go.
    pub bus: Bus,
    /// Who starts tasks.
    pub tasks: Tasks,
}

/// A request of the carrier, verified and decoded.
#[derive(Clone, Debug)]
pub struct Knock {
    /// Whose phone.
    pub business: BusinessId,
    /// Which call.
    pub call: CallId,
    /// What is asked.
    pub kind: Kind,
    /// What the caller did.
    pub heard: Heard,
    /// The caller's number, E.164.
    pub from: Option<String>,
    /// The number they called, E.164.
    pub to: Option<String>,
    /// The hash of the signed content.
    pub key: Bytes32,
    /// The carrier's dialect.
    pub encode: fn(&Document) -> Result<String, DocumentError>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// There is no such business.
    #[error("no business with this id is configured")]
    NoBusiness,
    /// All lines are taken, or we are closing.
    #[error("all lines are busy")]
    Busy,
    /// The call did not answer in time, or moved to another instance.
    #[error("the call did not answer in time")]
    Late,
}

/// One call's entry.
pub(crate) struct Entry {
    pub inbox: mpsc::Sender<Mail>,
    pub live: watch::Receiver<LiveCall>,
}

/// All calls of this process.
#[derive(Clone)]
pub struct Switchboard(Arc<Inner>);

pub(crate) struct Inner {
    pub parts: Arc<Parts>,
    pub calls: Mutex<HashMap<CallId, Entry>>,
    pub forecasts: Forecasts,
    clips: Mutex<HashMap<BusinessId, Arc<Vec<Clip>>>>,
}

impl Inner {
    pub fn calls(&self) -> MutexGuard<'_, HashMap<CallId, Entry>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The filler clips of a business, read once and kept until they change.
    pub async fn clips(&self, business: &BusinessId) -> Arc<Vec<Clip>> {
        let known = self
            .clips
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(business)
            .cloned();
        if let Some(clips) = known {
            return clips;
        }
        match self.parts.records.clips(business).await {
            Ok(clips) => {
                let clips = Arc::new(clips);
                self.clips
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(business.clone(), clips.clone());
                clips
            }
            Err(error) => {
                tracing::warn!(%error, %business, "the filler clips could not be read");
                Arc::default()
            }
        }
    }
}

impl Switchboard {
    /// A switchboard without calls.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            parts: Arc::new(parts),
            calls: Mutex::default(),
            forecasts: Forecasts::default(),
            clips: Mutex::default(),
        }))
    }

    /// What it was joined from.
    pub fn parts(&self) -> &Parts {
        &self.0.parts
    }

    /// Answers one request of the carrier. The same signed content gets the same bytes, however often and however
    /// concurrently it comes; dropping the future harms nobody.
    pub async fn ask(&self, knock: Knock) -> Result<Bytes, AskError> {
        let mut checked = false;
        for _ in 0..4 {
            let inbox = self.inbox(&knock)?;
            let (reply, answer) = oneshot::channel();
            let visit = Visit {
                knock: knock.clone(),
                checked,
                reply,
            };
            if inbox
                .send_timeout(Mail::Visit(Box::new(visit)), Duration::from_secs(2))
                .await
                .is_err()
            {
                self.drop_closed(&knock.call, &inbox);
                continue;
            }
            match tokio::time::timeout(LATEST, answer).await {
                Err(_) => return Err(AskError::Late),
                // The call ended in this very moment; whoever takes it up next knows the answer.
                Ok(Err(_)) => self.drop_closed(&knock.call, &inbox),
                Ok(Ok(Reply::Body(body))) => return Ok(body),
                Ok(Ok(Reply::Moved)) => return Err(AskError::Late),
                Ok(Ok(Reply::AskStore)) => {
                    if let Ok(Some(body)) = self.parts().records.answer(&knock.key).await {
                        return Ok(body);
                    }
                    checked = true;
                }
            }
        }
        Err(AskError::Late)
    }

    /// The call's inbox; a call that has none gets an owner.
    fn inbox(&self, knock: &Knock) -> Result<mpsc::Sender<Mail>, AskError> {
        let mut calls = self.0.calls();
        if let Some(entry) = calls.get(&knock.call) {
            return Ok(entry.inbox.clone());
        }
        let parts = self.parts();
        if knock.kind == Kind::Incoming
            && (calls.len() >= parts.settings.calls || parts.tasks.is_cancelled())
        {
            return Err(AskError::Busy);
        }
        let business = (parts.businesses)(&knock.business).ok_or(AskError::NoBusiness)?;
        let (inbox, mail) = mpsc::channel(INBOX);
        let (view, live) = watch::channel(owner::first_view(knock, parts.clock.now()));
        calls.insert(
            knock.call.clone(),
            Entry {
                inbox: inbox.clone(),
                live,
            },
        );
        drop(calls);
        let owner = owner::run(
            self.0.clone(),
            business,
            knock.clone(),
            inbox.downgrade(),
            mail,
            view,
        );
        parts.tasks.start(owner);
        Ok(inbox)
    }

    fn drop_closed(&self, call: &CallId, inbox: &mpsc::Sender<Mail>) {
        let mut calls = self.0.calls();
        if inbox.is_closed()
            && calls
                .get(call)
                .is_some_and(|entry| entry.inbox.same_channel(inbox))
        {
            calls.remove(call);
        }
    }

    /// The calls that are going on, oldest first.
    pub fn live(&self) -> Vec<LiveCall> {
        let mut live: Vec<LiveCall> = self
            .0
            .calls()
            .values()
            .map(|entry| entry.live.borrow().clone())
            .collect();
        live.sort_by_key(|call| call.started);
        live
    }

    /// How many calls are going on.
    pub fn count(&self) -> usize {
        self.0.calls().len()
    }

    /// Ends a call from our side; says whether there was one. The carrier learns it with its next request.
    pub async fn hang_up(&self, call: &CallId) -> bool {
        let inbox = self.0.calls().get(call).map(|entry| entry.inbox.clone());
        match inbox {
            Some(inbox) => inbox.send(Mail::HangUp).await.is_ok(),
            None => false,
        }
    }

    /// How long a business's answers have been taking, stage by stage.
    pub fn stages(&self, business: &BusinessId) -> Vec<StageTimes> {
        self.0.forecasts.stages(business)
    }

    /// Reads a business's filler clips anew at the next call.
    pub fn forget_clips(&self, business: &BusinessId) {
        self.0
            .clips
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(business);
    }
}
