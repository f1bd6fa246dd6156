//! What is being tried out: the same thing once at a time, and not too many things.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// Things that may be tried out at once.
const MOST: usize = 4;

#[derive(Default)]
pub(super) struct Busy(Mutex<HashSet<String>>);

/// Somebody's turn; over when it is dropped, however that comes about.
pub(crate) struct Turn<'a> {
    busy: &'a Busy,
    what: String,
}

impl Busy {
    pub(super) fn begin(&self, what: &str) -> Option<Turn<'_>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST || !all.insert(what.to_owned()) {
            return None;
        }
        Some(Turn {
            busy: self,
            what: what.to_owned(),
        })
    }

    pub(super) fn is(&self, what: &str) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.contains(what)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut all = self.busy.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&self.what);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_thing_once_at_a_time_and_few_things_at_once() {
        let busy = Busy::default();
        let first = busy.begin("a");
        assert!(first.is_some() && busy.is("a"));
        assert!(busy.begin("a").is_none(), "it is being tried out");
        drop(first);
        let all: Vec<_> = ["a", "b", "c", "d"].iter().map(|w| busy.begin(w)).collect();
        assert!(all.iter().all(Option::is_some));
        assert!(busy.begin("e").is_none(), "enough is going on");
        drop(all);
        assert!(busy.begin("e").is_some());
    }
}
