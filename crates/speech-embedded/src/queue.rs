//! A bounded queue between those who want speech and those who make it.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// First in, first out; full means full.
pub(crate) struct Queue<T> {
    limit: usize,
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: VecDeque<T>,
    closed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new(limit: usize) -> Queue<T> {
        Queue {
            limit,
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                closed: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Puts one in. `useless` says which of those that wait may be thrown out to make room; gives the
    /// new one back when there is none.
    pub(crate) fn put(&self, item: T, useless: impl Fn(&T) -> bool) -> Result<(), T> {
        let mut state = self.lock();
        if state.waiting.len() >= self.limit {
            state.waiting.retain(|waiting| !useless(waiting));
        }
        if state.closed || state.waiting.len() >= self.limit {
            return Err(item);
        }
        state.waiting.push_back(item);
        self.changed.notify_one();
        Ok(())
    }

    /// Takes one out, waiting for it; `None` once the queue is closed.
    pub(crate) fn take(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(item) = state.waiting.pop_front() {
                return Some(item);
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets everyone go; what still waits is dropped.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting.clear();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
