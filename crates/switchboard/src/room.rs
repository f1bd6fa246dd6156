//! What all calls of this process share.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use events::{BusinessId, CallId};
use store::Clip;
use tokio::sync::{mpsc, watch};

use crate::{LiveCall, Parts, forecast::Forecasts, mail::Mail};

/// One call's entry.
pub(crate) struct Entry {
    pub inbox: mpsc::Sender<Mail>,
    pub live: watch::Receiver<LiveCall>,
}

/// Work beside a call, counted for as long as it lives.
pub(crate) struct AtWork(Arc<Room>);

impl AtWork {
    pub fn begin(room: Arc<Room>) -> Self {
        room.work.fetch_add(1, Ordering::Relaxed);
        Self(room)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.work.fetch_sub(1, Ordering::Relaxed);
    }
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
    work: AtomicUsize,
    pub forecasts: Forecasts,
    clips: Mutex<HashMap<BusinessId, Arc<Vec<Clip>>>>,
}

impl Room {
    pub fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
            calls: Mutex::default(),
            work: AtomicUsize::new(0),
            forecasts: Forecasts::default(),
            clips: Mutex::default(),
        }
    }

    pub fn calls(&self) -> MutexGuard<'_, HashMap<CallId, Entry>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Agents and voices at work for calls right now.
    pub fn at_work(&self) -> usize {
        self.work.load(Ordering::Relaxed)
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
