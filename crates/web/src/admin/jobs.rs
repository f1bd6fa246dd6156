//! Long work that a client watches: started once, looked at by id.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use serde::Serialize;
use switchboard::FillerProgress;
use tokio::sync::watch;

/// Jobs that are remembered; the oldest is forgotten first.
const JOBS: usize = 100;

/// How a job stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub what: String,
    /// How far it has come.
    pub progress: FillerProgress,
    /// It is over.
    pub finished: bool,
    /// Why it could not be done at all.
    pub error: Option<String>,
}

/// The jobs of this process.
#[derive(Debug, Default)]
pub struct Jobs(Mutex<VecDeque<watch::Receiver<Job>>>);

impl Jobs {
    /// Opens a job. While one about the same thing is running, that one is returned instead, without a sender.
    pub(super) fn open(&self, what: &str) -> (watch::Receiver<Job>, Option<watch::Sender<Job>>) {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let running = jobs.iter().find(|job| {
            let job = job.borrow();
            job.what == what && !job.finished
        });
        if let Some(job) = running {
            return (job.clone(), None);
        }
        let id = uuid::Uuid::now_v7().simple().to_string();
        let (sender, job) = watch::channel(Job {
            id,
            what: what.to_owned(),
            ..Job::default()
        });
        if jobs.len() == JOBS {
            jobs.pop_front();
        }
        jobs.push_back(job.clone());
        (job, Some(sender))
    }

    /// The latest job about `what`.
    pub(super) fn latest(&self, what: &str) -> Option<Job> {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = jobs.iter().rev().find(|job| job.borrow().what == what);
        found.map(|job| job.borrow().clone())
    }

    pub(super) fn find(&self, id: &str) -> Option<watch::Receiver<Job>> {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.iter().find(|job| job.borrow().id == id).cloned()
    }
}
