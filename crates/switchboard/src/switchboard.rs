//! The door to all calls.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use events::{BusinessId, CallId};
use line::Kind;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    Knock, LiveCall, Parts, StageTimes,
    ahead::Ahead,
    mail::{Mail, Reply, Visit},
    owner,
    room::{Entry, Room},
};

/// Mail that may wait in a call's inbox; beyond it senders wait.
const INBOX: usize = 64;

/// How long a request may wait for its answer; the line's own limit is lower, this one is for the unforeseen.
const LATEST: Duration = Duration::from_secs(13);

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

/// All calls of this process.
#[derive(Clone)]
pub struct Switchboard(Arc<Room>);

impl Switchboard {
    /// A switchboard without calls.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Room::new(parts)))
    }

    /// What is done before a call needs it.
    pub(crate) fn ahead(&self) -> &Ahead {
        &self.0.ahead
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
                self.0.clear(&knock.call);
                continue;
            }
            match tokio::time::timeout(LATEST, answer).await {
                Err(_) => return Err(AskError::Late),
                // The call ended in this very moment; whoever takes it up next knows the answer.
                Ok(Err(_)) => self.0.clear(&knock.call),
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

    /// How many agents and voices are at work for calls right now; 0 when every call is over or the caller's turn.
    pub fn turn_tasks(&self) -> usize {
        self.0.calm.at_work()
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
        self.0.forget_clips(business);
    }
}
