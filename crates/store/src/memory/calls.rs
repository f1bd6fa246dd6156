//! Calls, their events and their answers, in memory.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

use bytes::Bytes;
use events::{At, CallId, Stamped};

use crate::{
    Bytes32, CallFilter, CallRow, Commit, Lease, StoreError,
    records::{committed_at, sounds},
};

/// The most calls that are remembered.
const CALLS: usize = 10_000;
/// The most events that are remembered of one call.
const EVENTS: usize = 100_000;

#[derive(Default)]
pub(super) struct Calls {
    calls: BTreeMap<CallId, Kept>,
    answers: HashMap<Bytes32, KeptAnswer>,
}

#[derive(Default)]
struct Kept {
    epoch: u64,
    row: Option<CallRow>,
    snapshot: Option<Bytes>,
    events: Vec<Stamped>,
}

struct KeptAnswer {
    call: CallId,
    at: At,
    body: Bytes,
}

impl Calls {
    pub(super) fn claim(&mut self, call: &CallId) -> Result<Lease, StoreError> {
        self.make_room(call);
        let kept = self.calls.entry(call.clone()).or_default();
        kept.epoch += 1;
        Ok(Lease {
            call: call.clone(),
            epoch: kept.epoch,
            snapshot: kept.snapshot.clone(),
            events: u32::try_from(kept.events.len()).unwrap_or(u32::MAX),
        })
    }

    pub(super) fn commit(&mut self, commit: Commit) -> Result<(), StoreError> {
        self.check(&commit)?;
        self.make_room(&commit.call);
        let at = committed_at(&commit);
        let kept = self.calls.entry(commit.call.clone()).or_default();
        let stored = kept.events.len();
        kept.epoch = commit.epoch;
        kept.row = Some(commit.row);
        kept.snapshot = commit.snapshot;
        let new = commit
            .events
            .into_iter()
            .filter(|e| e.seq as usize >= stored);
        kept.events.extend(new);
        if let Some(answer) = commit.answer {
            self.answers.entry(answer.key).or_insert(KeptAnswer {
                call: commit.call,
                at,
                body: answer.body,
            });
        }
        Ok(())
    }

    fn check(&self, commit: &Commit) -> Result<(), StoreError> {
        let first = commit.events.first().map_or(0, |e| e.seq);
        let Some(kept) = self.calls.get(&commit.call) else {
            return if first == 0 {
                Ok(())
            } else {
                Err(StoreError::Fenced)
            };
        };
        if commit.epoch < kept.epoch {
            return Err(StoreError::Fenced);
        }
        if first as usize > kept.events.len() {
            return Err(crate::records::gap(
                &commit.call,
                first,
                kept.events.len() as u64,
            ));
        }
        if kept.events.len() + commit.events.len() > EVENTS {
            return Err(StoreError::Unavailable(format!(
                "call {}: memory keeps at most {EVENTS} events of a call: end it, or keep records in a file",
                commit.call
            )));
        }
        Ok(())
    }

    pub(super) fn answer(&self, key: &Bytes32) -> Option<Bytes> {
        self.answers.get(key).map(|a| a.body.clone())
    }

    pub(super) fn row(&self, call: &CallId) -> Option<CallRow> {
        self.calls.get(call).and_then(|c| c.row.clone())
    }

    pub(super) fn events(&self, call: &CallId) -> Vec<Stamped> {
        self.calls
            .get(call)
            .map(|c| c.events.clone())
            .unwrap_or_default()
    }

    pub(super) fn list(&self, filter: &CallFilter) -> Vec<CallRow> {
        let wanted = |row: &&CallRow| {
            filter.business.as_ref().is_none_or(|b| row.business == *b)
                && !(filter.live && row.ended.is_some())
                && filter.before.is_none_or(|before| row.started < before)
        };
        let rows = self.calls.values().filter_map(|c| c.row.as_ref());
        let mut rows: Vec<_> = rows.filter(wanted).collect();
        rows.sort_by_key(|row| Reverse((row.started, &row.call)));
        rows.truncate(filter.limit.clamp(1, 200) as usize);
        rows.into_iter().cloned().collect()
    }

    /// Removes a caller's calls; says which they were, and which audio objects no other call plays.
    pub(super) fn forget(&mut self, number: &str) -> (HashSet<CallId>, BTreeSet<String>) {
        let theirs = |kept: &Kept| {
            let from = kept.row.as_ref().and_then(|row| row.from.as_deref());
            from == Some(number)
        };
        let chosen = self.calls.values().filter(|kept| theirs(kept));
        let mut objects: BTreeSet<String> = chosen
            .flat_map(|kept| sounds(&kept.events))
            .map(str::to_owned)
            .collect();
        let gone = self.remove(theirs);
        for other in self.calls.values().flat_map(|kept| sounds(&kept.events)) {
            objects.remove(other);
        }
        (gone, objects)
    }

    pub(super) fn sweep(&mut self, calls_before: At, answers_before: At) -> u64 {
        let gone = self.remove(|kept| {
            let ended = kept.row.as_ref().and_then(|row| row.ended);
            ended.is_some_and(|ended| ended < calls_before)
        });
        self.answers.retain(|_, answer| answer.at >= answers_before);
        gone.len() as u64
    }

    fn remove(&mut self, which: impl Fn(&Kept) -> bool) -> HashSet<CallId> {
        let chosen = self.calls.iter().filter(|(_, kept)| which(kept));
        let gone: HashSet<_> = chosen.map(|(call, _)| call.clone()).collect();
        self.calls.retain(|call, _| !gone.contains(call));
        self.answers
            .retain(|_, answer| !gone.contains(&answer.call));
        gone
    }

    /// Drops the oldest call that is over, or the oldest of all, when a new one would be too many.
    fn make_room(&mut self, call: &CallId) {
        if self.calls.len() < CALLS || self.calls.contains_key(call) {
            return;
        }
        let age = |kept: &Kept| {
            kept.row
                .as_ref()
                .map(|row| (row.ended.is_none(), row.started))
        };
        let oldest = self.calls.iter().min_by_key(|(_, kept)| age(kept));
        if let Some(oldest) = oldest.map(|(call, _)| call.clone()) {
            self.calls.remove(&oldest);
            self.answers.retain(|_, answer| answer.call != oldest);
        }
    }
}
