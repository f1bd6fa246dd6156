//! What usually follows a sentence: a fold over calls, within bounds.
//!
//! The decision: a follower counts when calls of different callers had it. What was only ever said to one caller (their
//! name, their number, their time) is not foretold to another.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use events::BusinessId;

use super::place;

/// Sentences whose followers are remembered.
const SENTENCES: usize = 5_000;
/// Followers of one sentence that are remembered.
const FOLLOWERS: usize = 8;
/// Followers of one sentence that are foretold.
const FORETOLD: usize = 3;

struct Follower {
    text: String,
    /// How often it followed, not counting that the same caller heard it again.
    count: u32,
    caller: u64,
}

/// Sentences and their followers.
#[derive(Default)]
pub(crate) struct Flows(Mutex<HashMap<u64, Vec<Follower>>>);

impl Flows {
    fn table(&self) -> MutexGuard<'_, HashMap<u64, Vec<Follower>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In a call of this caller, `next` followed `before`.
    pub fn learn(&self, business: &BusinessId, caller: u64, before: &str, next: &str) {
        let (place, mut table) = (place(business, before), self.table());
        if table.len() >= SENTENCES && !table.contains_key(&place) {
            // Starting afresh costs a few misses and no bookkeeping.
            table.clear();
        }
        let followers = table.entry(place).or_default();
        if let Some(follower) = followers.iter_mut().find(|f| f.text == next) {
            if follower.caller != caller {
                follower.count = follower.count.saturating_add(1);
                follower.caller = caller;
            }
        } else {
            if followers.len() == FOLLOWERS {
                let rarest = followers.iter().enumerate().min_by_key(|(_, f)| f.count);
                if let Some((at, _)) = rarest {
                    followers.remove(at);
                }
            }
            followers.push(Follower {
                text: next.to_owned(),
                count: 1,
                caller,
            });
        }
        followers.sort_by_key(|f| std::cmp::Reverse(f.count));
    }

    /// What most often followed, and what followed the first of these, likeliest first.
    pub fn after(&self, business: &BusinessId, text: &str) -> Vec<String> {
        let table = self.table();
        let next = |text: &str, most: usize| -> Vec<String> {
            let followers = table.get(&place(business, text));
            let often = followers.into_iter().flatten().filter(|f| f.count >= 2);
            often.take(most).map(|f| f.text.clone()).collect()
        };
        let mut all = next(text, FORETOLD);
        if let Some(first) = all.first().cloned() {
            all.extend(next(&first, 1));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo() -> BusinessId {
        BusinessId::parse("demo").expect("an id")
    }

    #[test]
    fn what_two_callers_heard_is_foretold_the_commonest_first() {
        let flows = Flows::default();
        for (caller, next) in [(1, "B."), (2, "B."), (3, "C."), (4, "C."), (5, "C.")] {
            flows.learn(&demo(), caller, "A.", next);
        }
        assert_eq!(flows.after(&demo(), "A."), ["C.", "B."]);
        let other = BusinessId::parse("other").expect("an id");
        assert!(flows.after(&other, "A.").is_empty(), "another business");
    }

    #[test]
    fn what_one_caller_heard_again_and_again_is_theirs() {
        let flows = Flows::default();
        for _ in 0..5 {
            flows.learn(&demo(), 7, "A.", "For Sam Lee.");
        }
        assert!(flows.after(&demo(), "A.").is_empty());
    }

    #[test]
    fn the_step_after_the_likeliest_is_foretold_too() {
        let flows = Flows::default();
        for caller in 1..3 {
            flows.learn(&demo(), caller, "A.", "B.");
            flows.learn(&demo(), caller, "B.", "C.");
        }
        assert_eq!(flows.after(&demo(), "A."), ["B.", "C."]);
    }

    #[test]
    fn it_has_bounds() {
        let flows = Flows::default();
        for n in 0..SENTENCES as u64 + 10 {
            flows.learn(&demo(), n, &format!("{n}"), "B.");
            flows.learn(&demo(), n, "hub", &format!("{n}"));
        }
        assert!(flows.table().len() <= SENTENCES);
        assert!(flows.table().values().all(|f| f.len() <= FOLLOWERS));
    }
}
