//! What all calls of this process share.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use events::{BusinessId, CallId};
use store::Clip;
use tokio::sync::{mpsc, watch};

use crate::{LiveCall, Parts, ahead::Ahead, calm::Calm, forecast::Forecasts, mail::Mail};

/// One call's entry.
pub(crate) struct Entry {
    pub inbox: mpsc::Sender<Mail>,
    pub live: watch::Receiver<LiveCall>,
}

/// Removes a call's entry when its owner is gone, however it went.
pub(crate) struct Place {
    pub room: Arc<Room>,
    pub call: CallId,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.clear(&self.call);
    }
}

/// The parts, the calls that are going on, and what was learnt from them.
pub(crate) struct Room {
    pub parts: Arc<Parts>,
    calls: Mutex<HashMap<CallId, Entry>>,
    /// Agents and voices at work for calls right now.
    pub calm: Arc<Calm>,
    /// What is done before a call needs it.
    pub ahead: Arc<Ahead>,
    pub forecasts: Forecasts,
    clips: Mutex<HashMap<BusinessId, Arc<Vec<Clip>>>>,
}

impl Room {
    pub fn new(parts: Parts) -> Self {
        let (parts, calm) = (Arc::new(parts), Arc::new(Calm::default()));
        Self {
            ahead: Ahead::new(parts.clone(), calm.clone()),
            parts,
            calls: Mutex::default(),
            calm,
            forecasts: Forecasts::default(),
            clips: Mutex::default(),
        }
    }

    pub fn calls(&self) -> MutexGuard<'_, HashMap<CallId, Entry>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes the entry of a call whose owner is gone; a successor's entry stays.
    pub fn clear(&self, call: &CallId) {
        let mut calls = self.calls();
        if calls.get(call).is_some_and(|entry| entry.inbox.is_closed()) {
            calls.remove(call);
        }
    }

    /// The filler clips of a business, read once and kept until they change.
    pub async fn clips(&self, business: &BusinessId) -> Arc<Vec<Clip>> {
        let known = self.known_clips().get(business).cloned();
        if let Some(clips) = known {
            return clips;
        }
        match self.parts.records.clips(business).await {
            Ok(clips) => {
                let clips = Arc::new(clips);
                self.known_clips().insert(business.clone(), clips.clone());
                clips
            }
            Err(error) => {
                tracing::warn!(%error, %business, "the filler clips could not be read");
                Arc::default()
            }
        }
    }

    /// Reads a business's filler clips anew at the next call.
    pub fn forget_clips(&self, business: &BusinessId) {
        self.known_clips().remove(business);
    }

    fn known_clips(&self) -> MutexGuard<'_, HashMap<BusinessId, Arc<Vec<Clip>>>> {
        self.clips.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
