//! Reservations, messages, filler clips.

use std::collections::HashSet;

use events::{At, CallId, TurnId};
use futures::{StreamExt, stream};

use super::{MINUTE, NOON, ask, good, new_business, new_call};
use crate::{Clip, Message, Records, Reservation, ReservationAsk, StoreError};

pub(super) async fn all(records: &dyn Records) {
    a_slot_is_given_once(records).await;
    neighbours_may_touch(records).await;
    so_many_may_overlap(records).await;
    a_thousand_race_for_fifty(records).await;
    a_repetition_returns_the_first(records).await;
    what_a_call_has_it_is_given_again(records).await;
    a_move_frees_the_old_time(records).await;
    a_cancelled_time_is_free(records).await;
    reservations_are_found(records).await;
    a_caller_finds_their_own(records).await;
    odd_lengths_are_refused(records).await;
    messages_are_kept_once(records).await;
    clips_are_replaced(records).await;
}

async fn reserve(records: &dyn Records, ask: ReservationAsk) -> Result<Reservation, StoreError> {
    records.reserve(&new_call(), TurnId(1), 0, ask).await
}

async fn a_slot_is_given_once(records: &dyn Records) {
    let business = new_business();
    let wanted = ask(&business, NOON, 30, 1);
    let call = new_call();
    let made = records.reserve(&call, TurnId(1), 0, wanted.clone()).await;
    let made = good("reserve", made);
    let given = (&made.ask, made.cancelled, &made.call);
    assert_eq!(given, (&wanted, false, &call), "what was asked");
    for (start, minutes) in [(0, 30), (29, 1), (10, 5), (0, 600)] {
        let late = ask(&business, NOON + start * MINUTE, minutes, 1);
        let late = reserve(records, late).await;
        assert_eq!(late, Err(StoreError::Taken), "{start} for {minutes}");
    }
    let elsewhere = reserve(records, ask(&new_business(), NOON, 30, 1)).await;
    assert!(elsewhere.is_ok(), "another business has its own calendar");
}

async fn neighbours_may_touch(records: &dyn Records) {
    // Not on the grid of any sampling, and not even on whole minutes.
    let (business, start) = (new_business(), NOON + 61_234);
    for n in [0, 2, 1] {
        let next = ask(&business, start + n * 7 * MINUTE, 7, 1);
        good("a neighbour", reserve(records, next).await);
    }
}

async fn so_many_may_overlap(records: &dyn Records) {
    let business = new_business();
    let at = |from: u64, minutes, parallel| ask(&business, NOON + from * MINUTE, minutes, parallel);
    good("first", reserve(records, at(0, 30, 2)).await);
    good("after it", reserve(records, at(30, 30, 2)).await);
    let across = reserve(records, at(0, 60, 2)).await;
    assert!(across.is_ok(), "never more than one other at a time: fits");
    let third = reserve(records, at(25, 10, 2)).await;
    assert_eq!(third, Err(StoreError::Taken), "two are there already");
    let fits = reserve(records, at(25, 10, 3)).await;
    assert!(fits.is_ok(), "three may overlap: {fits:?}");
    let nobody = reserve(records, at(600, 10, 0)).await;
    assert_eq!(nobody, Err(StoreError::Taken), "none may overlap");
}

async fn a_thousand_race_for_fifty(records: &dyn Records) {
    let business = new_business();
    let tries = (0..1000_u64).map(|n| {
        // Ten times of half an hour, five chairs.
        let start = NOON + (n % 10) * 30 * MINUTE;
        reserve(records, ask(&business, start, 30, 5))
    });
    // As many at once as any store must take before it may say that it is too busy.
    let done: Vec<_> = stream::iter(tries).buffer_unordered(200).collect().await;
    let made: Vec<_> = done.iter().flatten().collect();
    assert_eq!(made.len(), 50, "as many as there are places");
    let refused = |r: &&Result<_, _>| **r == Err(StoreError::Taken);
    assert_eq!(done.iter().filter(refused).count(), 950, "all others");
    let ids: HashSet<_> = made.iter().map(|r| &r.id).collect();
    assert_eq!(ids.len(), 50, "each with its own id");
    let end = NOON + 300 * MINUTE;
    let stored = records.reservations(&business, NOON, end).await;
    assert_eq!(good("reservations", stored).len(), 50, "as stored");
}

async fn a_repetition_returns_the_first(records: &dyn Records) {
    let (business, call) = (new_business(), new_call());
    let wanted = || ask(&business, NOON, 30, 1);
    let tries = (0..8).map(|_| records.reserve(&call, TurnId(2), 1, wanted()));
    let done = futures::future::join_all(tries).await;
    let ids: HashSet<_> = done.into_iter().map(|r| good("repeat", r).id).collect();
    assert_eq!(ids.len(), 1, "one reservation, however often it is asked");
    let other = records.reserve(&new_call(), TurnId(2), 1, wanted()).await;
    assert_eq!(
        other,
        Err(StoreError::Taken),
        "another call is another wish"
    );
}

async fn what_a_call_has_it_is_given_again(records: &dyn Records) {
    let (business, call) = (new_business(), new_call());
    let mut turn = 0;
    let mut again = async |wanted: ReservationAsk| {
        turn += 1;
        records.reserve(&call, TurnId(turn), 0, wanted).await
    };
    let wanted = |parallel| ask(&business, NOON, 30, parallel);
    let first = good("reserve", again(wanted(3)).await);
    let mut in_other_letters = wanted(3);
    in_other_letters.name = " ADA ".to_owned();
    for same in [wanted(3), wanted(1), in_other_letters] {
        let given = good("a later turn", again(same).await);
        assert_eq!(given, first, "the one that the call has");
    }
    let tries = (0..8).map(|n| records.reserve(&call, TurnId(50), n, wanted(3)));
    for given in futures::future::join_all(tries).await {
        assert_eq!(good("at once", given).id, first.id, "racing turns too");
    }
    let mut for_two = wanted(3);
    for_two.name = "Tim".to_owned();
    let second = good("for somebody else", again(for_two).await);
    assert_ne!(second.id, first.id, "another name is another person");
    let mut other = wanted(3);
    other.service = "shave".to_owned();
    let third = good("another service", again(other).await);
    let all = records.reservations(&business, NOON, NOON + 1).await;
    assert_eq!(good("reservations", all).len(), 3, "one for each wish");
    good("cancel", records.cancel(&first.id).await);
    let anew = good("after a cancellation", again(wanted(3)).await);
    assert!(
        ![first.id, second.id, third.id].contains(&anew.id),
        "a new one"
    );
    let kept = records.reserve(&call, TurnId(50), 3, wanted(3)).await;
    assert!(good("an old key", kept).cancelled, "a key keeps its answer");
}

async fn moved(
    records: &dyn Records,
    by: (&CallId, u32),
    id: &str,
    start: At,
) -> Result<Reservation, StoreError> {
    let (call, ordinal) = by;
    records
        .reschedule(call, TurnId(3), ordinal, id, start, 45, 1)
        .await
}

async fn a_move_frees_the_old_time(records: &dyn Records) {
    let (business, call) = (new_business(), new_call());
    let later = NOON + 120 * MINUTE;
    let made = good(
        "reserve",
        reserve(records, ask(&business, NOON, 30, 1)).await,
    );
    let there = good("move", moved(records, (&call, 0), &made.id, later).await);
    let now = (&there.id, there.ask.start, there.ask.minutes);
    assert_eq!(now, (&made.id, later, 45), "the same, elsewhere");
    let next = reserve(records, ask(&business, NOON, 30, 1)).await;
    assert!(next.is_ok(), "the old time is free: {next:?}");
    let clash = reserve(records, ask(&business, later + 40 * MINUTE, 30, 1)).await;
    assert_eq!(clash, Err(StoreError::Taken), "the new time is not");
    let back = moved(records, (&call, 1), &made.id, NOON).await;
    assert_eq!(back, Err(StoreError::Taken), "the old time is gone");
    let again = good("repeat", moved(records, (&call, 0), &made.id, NOON).await);
    assert_eq!(again, there, "the same key moves once");
    let by_little = moved(records, (&call, 2), &made.id, later + 10 * MINUTE).await;
    assert!(by_little.is_ok(), "it is not in its own way: {by_little:?}");
    let unknown = moved(records, (&call, 3), "no-such-id", NOON).await;
    assert_eq!(unknown, Err(StoreError::NotFound), "an unknown id");
}

async fn a_cancelled_time_is_free(records: &dyn Records) {
    let business = new_business();
    let made = good(
        "reserve",
        reserve(records, ask(&business, NOON, 30, 1)).await,
    );
    for _ in 0..2 {
        let gone = good("cancel", records.cancel(&made.id).await);
        assert!(
            gone.cancelled && gone.ask == made.ask,
            "cancelled: {gone:?}"
        );
    }
    let next = reserve(records, ask(&business, NOON, 30, 1)).await;
    assert!(next.is_ok(), "its time is free: {next:?}");
    let back = moved(records, (&new_call(), 0), &made.id, NOON + 90 * MINUTE).await;
    assert_eq!(back, Err(StoreError::NotFound), "it is not moved any more");
    let unknown = records.cancel("no-such-id").await;
    assert_eq!(unknown, Err(StoreError::NotFound), "an unknown id");
}

async fn reservations_are_found(records: &dyn Records) {
    let business = new_business();
    let mut made = Vec::new();
    for hour in [3, 1, 2, 0] {
        let start = NOON + hour * 60 * MINUTE;
        made.push(good(
            "reserve",
            reserve(records, ask(&business, start, 60, 1)).await,
        ));
    }
    good("cancel", records.cancel(&made[0].id).await);
    made.sort_by_key(|r| r.ask.start);
    let (from, until) = (NOON + 30 * MINUTE, NOON + 120 * MINUTE);
    let found = good("found", records.reservations(&business, from, until).await);
    assert_eq!(found, made[..2], "those that overlap, earliest first");
    let none = records.reservations(&new_business(), NOON, until).await;
    assert_eq!(good("none", none), [], "another business's are not shown");
}

async fn a_caller_finds_their_own(records: &dyn Records) {
    let (business, phone) = (new_business(), "+12025550177");
    for n in 0..14_u64 {
        let mut wanted = ask(&business, NOON + n * 30 * MINUTE, 30, 1);
        if n != 5 {
            phone.clone_into(&mut wanted.phone);
        }
        good("reserve", reserve(records, wanted).await);
    }
    let found = records.reservations_of(&business, phone, NOON).await;
    let found: Vec<_> = good("found", found).iter().map(|r| r.ask.start).collect();
    let slots = (1..12).filter(|n| *n != 5);
    let wanted: Vec<_> = slots.map(|n| NOON + n * 30 * MINUTE).collect();
    assert_eq!(found, wanted, "the next ten, soonest first");
}

async fn odd_lengths_are_refused(records: &dyn Records) {
    let business = new_business();
    for minutes in [0, 8 * 24 * 60, u32::MAX] {
        let odd = reserve(records, ask(&business, NOON, minutes, 1)).await;
        let told = matches!(odd, Err(StoreError::Unavailable(_)));
        assert!(told, "{minutes} minutes: {odd:?}");
    }
}

async fn messages_are_kept_once(records: &dyn Records) {
    let (business, call) = (new_business(), new_call());
    let message = |n: u64| Message {
        business: business.clone(),
        call: call.clone(),
        at: NOON + n,
        name: "Ada".to_owned(),
        phone: "+12025550143".to_owned(),
        text: format!("message {n}"),
    };
    for (n, ordinal) in [(1, 0), (2, 1), (3, 0)] {
        let left = records.leave_message(TurnId(4), ordinal, message(n)).await;
        good("leave a message", left);
    }
    let kept = good("messages", records.messages(&business).await);
    assert_eq!(
        kept,
        [message(2), message(1)],
        "each key once, latest first"
    );
    let other = good("messages", records.messages(&new_business()).await);
    assert_eq!(other, [], "another business's are not shown");
}

async fn clips_are_replaced(records: &dyn Records) {
    let business = new_business();
    let clip = |text: &str, recipe: &str| Clip {
        business: business.clone(),
        class: "lookup".to_owned(),
        text: text.to_owned(),
        recipe: recipe.to_owned(),
        object: "0".repeat(64),
        ms: 900,
        level_dbfs: -19.25,
        made: NOON,
    };
    for (text, recipe) in [
        ("One moment.", "a"),
        ("Let me see.", "a"),
        ("One moment.", "b"),
    ] {
        good("put a clip", records.put_clip(clip(text, recipe)).await);
    }
    let kept = good("clips", records.clips(&business).await);
    let wanted = [clip("Let me see.", "a"), clip("One moment.", "b")];
    assert_eq!(kept, wanted, "one per class and text, the latest");
}
