//! A bounded queue between those who want speech and those who make it.
//!
//! The decision: what a caller waits for passes what is made ahead of need. Work ahead never takes the last free worker,
//! where there is more than one, and gives its own up between two breaths when nobody else is free. It is not starved
//! either: a caller may by now wait for just this sentence, so what has waited for long is next.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tts::Urgency;

/// How long work ahead waits for a moment of rest at most; then it is next.
const RIPE: Duration = Duration::from_millis(500);

/// In each lane first in, first out; full means full.
pub(crate) struct Queue<T> {
    limit: usize,
    workers: usize,
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    live: VecDeque<T>,
    ahead: VecDeque<(Instant, T)>,
    /// Workers that wait for work.
    idle: usize,
    closed: bool,
}

impl<T> State<T> {
    fn next(&mut self, workers: usize) -> Option<T> {
        let ripe = |(since, _): &(Instant, T)| since.elapsed() >= RIPE;
        if !self.ahead.front().is_some_and(ripe) {
            if let Some(item) = self.live.pop_front() {
                return Some(item);
            }
            if self.idle < workers.min(2) {
                return None;
            }
        }
        self.ahead.pop_front().map(|(_, item)| item)
    }
}

impl<T> Queue<T> {
    /// A queue for so many workers, in each of whose lanes `limit` may wait.
    pub(crate) fn new(limit: usize, workers: usize) -> Queue<T> {
        Queue {
            limit,
            workers,
            state: Mutex::new(State {
                live: VecDeque::new(),
                ahead: VecDeque::new(),
                idle: 0,
                closed: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Puts one in. `useless` says which of those that wait may be thrown out to make room; gives the
    /// new one back when there is none.
    pub(crate) fn put(
        &self,
        item: T,
        urgency: Urgency,
        useless: impl Fn(&T) -> bool,
    ) -> Result<(), T> {
        let mut state = self.lock();
        let full = |state: &State<T>| match urgency {
            Urgency::Live => state.live.len() >= self.limit,
            Urgency::Ahead => state.ahead.len() >= self.limit,
        };
        if full(&state) {
            state.live.retain(|waiting| !useless(waiting));
            state.ahead.retain(|(_, waiting)| !useless(waiting));
        }
        if state.closed || full(&state) {
            return Err(item);
        }
        match urgency {
            Urgency::Live => state.live.push_back(item),
            Urgency::Ahead => state.ahead.push_back((Instant::now(), item)),
        }
        self.changed.notify_one();
        Ok(())
    }

    /// Takes one out, waiting for it; `None` once the queue is closed.
    pub(crate) fn take(&self) -> Option<T> {
        let mut state = self.lock();
        state.idle += 1;
        loop {
            let next = if state.closed {
                None
            } else {
                state.next(self.workers)
            };
            if state.closed || next.is_some() {
                state.idle -= 1;
                return next;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes one that a caller waits for and that no other worker is free for.
    pub(crate) fn take_live(&self) -> Option<T> {
        let mut state = self.lock();
        if state.idle > 0 {
            return None;
        }
        state.live.pop_front()
    }

    /// Lets everyone go; what still waits is dropped.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.live.clear();
        state.ahead.clear();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(workers: usize) -> Queue<&'static str> {
        Queue::new(2, workers)
    }

    fn put(queue: &Queue<&'static str>, item: &'static str, urgency: Urgency) -> bool {
        queue.put(item, urgency, |_| false).is_ok()
    }

    #[test]
    fn a_callers_sentence_passes_what_is_made_ahead() {
        let queue = queue(1);
        assert!(put(&queue, "ahead", Urgency::Ahead));
        assert!(put(&queue, "live", Urgency::Live));
        assert_eq!(queue.take(), Some("live"));
        assert_eq!(queue.take(), Some("ahead"));
    }

    #[test]
    fn a_full_lane_leaves_the_other_open() {
        let queue = queue(1);
        assert!(put(&queue, "a", Urgency::Ahead) && put(&queue, "b", Urgency::Ahead));
        assert!(!put(&queue, "c", Urgency::Ahead));
        assert!(put(&queue, "d", Urgency::Live));
    }

    #[test]
    fn work_ahead_leaves_the_last_worker_free() {
        let mut state = State {
            live: VecDeque::new(),
            ahead: VecDeque::from([(Instant::now(), "ahead")]),
            idle: 1,
            closed: false,
        };
        assert_eq!(state.next(2), None, "the other worker is busy");
        state.idle = 2;
        assert_eq!(state.next(2), Some("ahead"));
    }

    #[test]
    fn work_ahead_that_has_waited_for_long_is_next() {
        let Some(long_ago) = Instant::now().checked_sub(RIPE) else {
            return; // The machine was started a moment ago.
        };
        let mut state = State {
            live: VecDeque::from(["live"]),
            ahead: VecDeque::from([(long_ago, "ahead")]),
            idle: 1,
            closed: false,
        };
        assert_eq!(state.next(2), Some("ahead"));
        assert_eq!(state.next(2), Some("live"));
    }

    #[test]
    fn a_worker_at_work_ahead_takes_over_only_when_nobody_is_free() {
        let queue = queue(2);
        assert!(put(&queue, "live", Urgency::Live));
        queue.lock().idle = 1;
        assert_eq!(queue.take_live(), None);
        queue.lock().idle = 0;
        assert_eq!(queue.take_live(), Some("live"));
    }
}
