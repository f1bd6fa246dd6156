//! Calls: ownership, answers, events, lists, retention.

use bytes::Bytes;
use events::At;

use super::{NOON, commit, event, good, instance, new_business, new_call, row};
use crate::{Answer, Bytes32, CallFilter, CallRow, Commit, Records, StoreError};

pub(super) async fn all(records: &dyn Records) {
    a_claim_hands_over_what_was_left(records).await;
    an_older_owner_is_fenced_off(records).await;
    racing_claims_get_different_epochs(records).await;
    a_refused_commit_writes_nothing_and_harms_nobody(records).await;
    answers_come_back_byte_for_byte(records).await;
    the_first_answer_stays(records).await;
    events_are_in_order_without_gaps(records).await;
    a_repeated_commit_changes_nothing(records).await;
    unknown_calls_are_empty(records).await;
    lists_are_filtered(records).await;
    lists_are_paged(records).await;
    what_is_old_is_swept(records).await;
    what_is_too_big_is_refused(records).await;
}

fn new_key() -> Bytes32 {
    let mut key = [0; 32];
    key[..16].copy_from_slice(uuid::Uuid::now_v7().as_bytes());
    key[16..].copy_from_slice(uuid::Uuid::now_v7().as_bytes());
    key
}

fn answer(key: Bytes32, body: &'static [u8]) -> Option<Answer> {
    let body = Bytes::from_static(body);
    Some(Answer { key, body })
}

async fn a_claim_hands_over_what_was_left(records: &dyn Records) {
    let (call, business) = (new_call(), new_business());
    let first = good("claim", records.claim(&call, &instance()).await);
    assert_eq!((first.epoch, first.events), (1, 0), "a new call");
    assert_eq!(first.snapshot, None, "a new call has no snapshot");
    let listed = good("call", records.call(&call).await);
    assert_eq!(listed, None, "a claim alone is not a call yet");
    let snapshot = Bytes::from_static(b"\0\xffnot text");
    let left = Commit {
        snapshot: Some(snapshot.clone()),
        events: vec![event(&call, 0, "a"), event(&call, 1, "b")],
        ..commit(&first, &business)
    };
    good("commit", records.commit(left).await);
    let second = good("claim again", records.claim(&call, &instance()).await);
    assert_eq!((second.epoch, second.events), (2, 2), "after one owner");
    assert_eq!(second.snapshot, Some(snapshot), "the snapshot's bytes");
    let over = commit(&second, &business);
    good("commit without snapshot", records.commit(over).await);
    let third = good("claim", records.claim(&call, &instance()).await);
    assert_eq!(third.snapshot, None, "a call that is over leaves none");
}

async fn an_older_owner_is_fenced_off(records: &dyn Records) {
    let (call, business, key) = (new_call(), new_business(), new_key());
    let old = good("claim", records.claim(&call, &instance()).await);
    let new = good("claim", records.claim(&call, &instance()).await);
    let late = Commit {
        events: vec![event(&call, 0, "late")],
        answer: answer(key, b"late"),
        ..commit(&old, &business)
    };
    let refused = records.commit(late).await;
    assert_eq!(refused, Err(StoreError::Fenced), "the older owner");
    let listed = good("call", records.call(&call).await);
    assert_eq!(listed, None, "it wrote no row");
    let events = good("events", records.events(&call).await);
    assert_eq!(events, [], "it wrote no event");
    let given = good("answer", records.answer(&key).await);
    assert_eq!(given, None, "it wrote no answer");
    let current = records.commit(commit(&new, &business)).await;
    assert_eq!(current, Ok(()), "the owner may write");
}

async fn racing_claims_get_different_epochs(records: &dyn Records) {
    let (call, instance) = (new_call(), instance());
    let claims = (0..32).map(|_| records.claim(&call, &instance));
    let leases = futures::future::join_all(claims).await;
    let mut epochs: Vec<_> = leases
        .into_iter()
        .map(|lease| good("claim", lease).epoch)
        .collect();
    epochs.sort_unstable();
    assert_eq!(epochs, (1..=32).collect::<Vec<_>>(), "one owner each");
}

async fn a_refused_commit_writes_nothing_and_harms_nobody(records: &dyn Records) {
    let business = new_business();
    let (stale, gap) = (new_call(), new_call());
    let old = good("claim", records.claim(&stale, &instance()).await);
    good("claim", records.claim(&stale, &instance()).await);
    let holed = good("claim", records.claim(&gap, &instance()).await);
    let mut commits = vec![
        commit(&old, &business),
        Commit {
            events: vec![event(&gap, 3, "after a hole")],
            ..commit(&holed, &business)
        },
    ];
    for _ in 0..20 {
        let lease = good("claim", records.claim(&new_call(), &instance()).await);
        commits.push(commit(&lease, &business));
    }
    let done = futures::future::join_all(commits.into_iter().map(|c| records.commit(c))).await;
    assert_eq!(done[0], Err(StoreError::Fenced), "the fenced one");
    let corrupt = matches!(done[1], Err(StoreError::Corrupt(_)));
    assert!(corrupt, "events after a hole: {:?}", done[1]);
    assert!(done[2..].iter().all(Result::is_ok), "the others: {done:?}");
    let filter = CallFilter {
        business: Some(business),
        limit: 200,
        ..CallFilter::default()
    };
    let listed = good("calls", records.calls(filter).await);
    assert_eq!(listed.len(), 20, "exactly those that were accepted");
}

async fn answers_come_back_byte_for_byte(records: &dyn Records) {
    let (business, key) = (new_business(), new_key());
    let lease = good("claim", records.claim(&new_call(), &instance()).await);
    let body: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let kept = Commit {
        answer: Some(Answer {
            key,
            body: body.clone().into(),
        }),
        ..commit(&lease, &business)
    };
    good("commit", records.commit(kept).await);
    let given = good("answer", records.answer(&key).await);
    assert_eq!(given.as_deref(), Some(&body[..]), "the exact bytes");
    let other = good("answer", records.answer(&new_key()).await);
    assert_eq!(other, None, "a request that was never answered");
}

async fn the_first_answer_stays(records: &dyn Records) {
    let (business, key) = (new_business(), new_key());
    let lease = good("claim", records.claim(&new_call(), &instance()).await);
    for body in [&b"first"[..], b"second"] {
        let again = Commit {
            answer: answer(key, body),
            ..commit(&lease, &business)
        };
        good("the same key", records.commit(again).await);
    }
    let given = good("answer", records.answer(&key).await);
    assert_eq!(given.as_deref(), Some(&b"first"[..]), "the first bytes");
}

async fn events_are_in_order_without_gaps(records: &dyn Records) {
    let (call, business) = (new_call(), new_business());
    let lease = good("claim", records.claim(&call, &instance()).await);
    let mut all = Vec::new();
    for step in 0..13_u32 {
        let first = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let some: Vec<_> = (first..first + step % 4)
            .map(|seq| event(&call, seq, "süß \"quoted\" \u{1f600}"))
            .collect();
        all.extend(some.clone());
        let next = Commit {
            events: some,
            ..commit(&lease, &business)
        };
        good("commit", records.commit(next).await);
    }
    let stored = good("events", records.events(&call).await);
    assert_eq!(stored, all, "each event once, in order, unchanged");
}

async fn a_repeated_commit_changes_nothing(records: &dyn Records) {
    let (call, business) = (new_call(), new_business());
    let lease = good("claim", records.claim(&call, &instance()).await);
    let said = |texts: &[&str]| Commit {
        events: texts
            .iter()
            .zip(0..)
            .map(|(text, seq)| event(&call, seq, text))
            .collect(),
        ..commit(&lease, &business)
    };
    good("commit", records.commit(said(&["a", "b"])).await);
    good("repeat", records.commit(said(&["a", "b"])).await);
    good("more", records.commit(said(&["x", "y", "c"])).await);
    let stored = good("events", records.events(&call).await);
    let wanted = said(&["a", "b", "c"]).events;
    assert_eq!(stored, wanted, "what was stored first stays");
    let lease = good("claim", records.claim(&call, &instance()).await);
    assert_eq!(lease.events, 3, "the number of events");
}

async fn unknown_calls_are_empty(records: &dyn Records) {
    let call = new_call();
    assert_eq!(good("call", records.call(&call).await), None);
    assert_eq!(good("events", records.events(&call).await), []);
}

/// Calls of one business: `started` counts minutes from noon; every third is over.
async fn some_calls(records: &dyn Records, count: u32) -> Vec<CallRow> {
    let business = new_business();
    let mut rows = Vec::new();
    for n in 0..count {
        let call = new_call();
        let lease = good("claim", records.claim(&call, &instance()).await);
        let started = NOON + u64::from(n) * super::MINUTE;
        let over = n % 3 == 0;
        let row = CallRow {
            from: (n % 2 == 0).then(|| "+12025550100".to_owned()),
            ended: over.then_some(started + 5),
            outcome: over.then(|| "caller.hung_up".to_owned()),
            turns: n,
            ..row(&call, &business, started)
        };
        let told = Commit {
            row: row.clone(),
            ..commit(&lease, &business)
        };
        good("commit", records.commit(told).await);
        rows.push(row);
    }
    rows.reverse();
    rows
}

async fn lists_are_filtered(records: &dyn Records) {
    let rows = some_calls(records, 9).await;
    let filter = CallFilter {
        business: Some(rows[0].business.clone()),
        limit: 200,
        ..CallFilter::default()
    };
    let all = good("calls", records.calls(filter.clone()).await);
    assert_eq!(all, rows, "a business's calls, latest first");
    let live = CallFilter {
        live: true,
        ..filter.clone()
    };
    let live = good("live calls", records.calls(live).await);
    let wanted: Vec<_> = rows.iter().filter(|r| r.ended.is_none()).cloned().collect();
    assert_eq!(live, wanted, "calls that are not over");
    let everybody = CallFilter {
        business: None,
        ..filter
    };
    let everybody = good("all calls", records.calls(everybody).await);
    let seen = rows.iter().all(|row| everybody.contains(row));
    assert!(seen || everybody.len() == 200, "every business's calls");
    let one = good("call", records.call(&rows[4].call).await);
    assert_eq!(one.as_ref(), Some(&rows[4]), "one call's row");
}

async fn lists_are_paged(records: &dyn Records) {
    let rows = some_calls(records, 7).await;
    let mut filter = CallFilter {
        business: Some(rows[0].business.clone()),
        limit: 3,
        ..CallFilter::default()
    };
    let mut seen: Vec<CallRow> = Vec::new();
    loop {
        let page = good("a page", records.calls(filter.clone()).await);
        assert!(page.len() <= 3, "at most the limit");
        let Some(last) = page.last() else { break };
        filter.before = Some(last.started);
        seen.extend(page);
    }
    assert_eq!(seen, rows, "the pages together are the list");
    filter.before = None;
    filter.limit = 0;
    let least = good("a limit of 0", records.calls(filter).await);
    assert_eq!(least.len(), 1, "a limit of 0 counts as 1");
}

async fn what_is_old_is_swept(records: &dyn Records) {
    let business = new_business();
    let mut calls = Vec::new();
    for (started, ended) in [(100, Some(200)), (100, Some(2_000)), (100, None)] {
        let (call, key) = (new_call(), new_key());
        let lease = good("claim", records.claim(&call, &instance()).await);
        let old = Commit {
            row: CallRow {
                ended: ended.map(At),
                ..row(&call, &business, At(started))
            },
            answer: answer(key, b"old"),
            ..commit(&lease, &business)
        };
        good("commit", records.commit(old).await);
        calls.push((call, key));
    }
    let receipt = good("sweep", records.sweep(At(1_000), At(150)).await);
    assert!(receipt.calls >= 1, "the call that ended is counted");
    let mut left = Vec::new();
    for (call, key) in &calls {
        let row = good("call", records.call(call).await).is_some();
        let answer = good("answer", records.answer(key).await).is_some();
        left.push((row, answer));
    }
    // The third began at 100 and is not over: it stays, and its answer is older than 150.
    assert_eq!(left, [(false, false), (true, true), (true, false)]);
    good("sweep", records.sweep(At(3_000), At(3_000)).await);
    let gone = good("call", records.call(&calls[1].0).await);
    assert_eq!(gone, None, "swept when its time has come");
    let live = good("call", records.call(&calls[2].0).await);
    assert!(live.is_some(), "a call that is not over is never swept");
}

async fn what_is_too_big_is_refused(records: &dyn Records) {
    let business = new_business();
    let lease = good("claim", records.claim(&new_call(), &instance()).await);
    let big = Commit {
        answer: Some(Answer {
            key: new_key(),
            body: vec![b'x'; 1 << 20].into(),
        }),
        ..commit(&lease, &business)
    };
    let refused = records.commit(big).await;
    let told = matches!(refused, Err(StoreError::Unavailable(_)));
    assert!(told, "an answer of 1 MB: {refused:?}");
}
