//! Deletion of one caller.

use events::{BusinessId, CallId, ClipId, Event, TurnId};

use super::{NOON, ask, commit, event, fresh, good, instance, new_business, new_call, row};
use crate::{Answer, CallRow, Clip, Commit, Message, Records, ReservationAsk, StoreError};

pub(super) async fn all(records: &dyn Records) {
    a_caller_is_forgotten_and_nobody_else(records).await;
    audio_that_only_they_heard_goes(records).await;
}

/// A call from `number` that plays these audio objects.
async fn plays(records: &dyn Records, number: &str, objects: &[&str]) {
    let (call, business) = (new_call(), new_business());
    let lease = good("claim", records.claim(&call, &instance()).await);
    let voiced = |(seq, object): (u32, &&str)| {
        let mut voiced = event(&call, seq, "");
        voiced.event = Event::Voiced {
            clip: ClipId {
                turn: TurnId(1),
                index: seq,
            },
            audio_ms: 900,
            provider: "contract".to_owned(),
            cached: false,
            object: Some((*object).to_owned()),
        };
        voiced
    };
    let told = Commit {
        row: CallRow {
            from: Some(number.to_owned()),
            ..row(&call, &business, NOON)
        },
        events: (0..).zip(objects).map(voiced).collect(),
        ..commit(&lease, &business)
    };
    good("commit", records.commit(told).await);
}

async fn audio_that_only_they_heard_goes(records: &dyn Records) {
    let (number, other) = (fresh("+1"), fresh("+2"));
    let [own, twice, shared, filler, others] =
        ["own", "twice", "shared", "filler", "others"].map(fresh);
    plays(records, &number, &[&own, &own, &twice, &shared, &filler]).await;
    plays(records, &number, &[&twice]).await;
    plays(records, &other, &[&shared, &others]).await;
    let clip = Clip {
        business: new_business(),
        class: "lookup".to_owned(),
        text: "One moment.".to_owned(),
        recipe: String::new(),
        object: filler.clone(),
        ms: 900,
        level_dbfs: -22.0,
        made: NOON,
    };
    good("put a clip", records.put_clip(clip).await);
    let receipt = good("forget", records.forget_caller(&number).await);
    let mut objects = receipt.objects;
    objects.sort();
    assert_eq!(objects, [own, twice], "what nobody else plays");
    let receipt = good("forget", records.forget_caller(&other).await);
    let mut objects = receipt.objects;
    objects.sort();
    assert_eq!(objects, [others, shared], "the last who played it");
}

async fn a_caller_is_forgotten_and_nobody_else(records: &dyn Records) {
    let (number, other) = (fresh("+1"), fresh("+2"));
    let gone = trace(records, &number, 1).await;
    let stays = trace(records, &other, 2).await;
    let receipt = good("forget", records.forget_caller(&number).await);
    let counts = (receipt.calls, receipt.reservations, receipt.messages);
    assert_eq!(counts, (1, 1, 1), "what was removed");
    assert_eq!(good("call", records.call(&gone.call).await), None);
    assert_eq!(good("events", records.events(&gone.call).await), []);
    assert_eq!(good("answer", records.answer(&gone.key).await), None);
    assert_eq!(
        good("messages", records.messages(&gone.ask.business).await),
        []
    );
    let slot = records
        .reservations(&gone.ask.business, NOON, NOON + 1)
        .await;
    let slot = good("reservations", slot);
    assert_eq!(slot.len(), 1, "the slot is still taken");
    let person = (slot[0].ask.name.as_str(), slot[0].ask.phone.as_str());
    assert_eq!(person, ("", ""), "by nobody in particular");
    let late = records.commit(gone.next).await;
    assert_eq!(late, Err(StoreError::Fenced), "its owner must stop writing");
    assert!(good("call", records.call(&stays.call).await).is_some());
    assert_eq!(good("events", records.events(&stays.call).await).len(), 1);
    assert!(good("answer", records.answer(&stays.key).await).is_some());
    let kept = records.messages(&stays.ask.business).await;
    assert_eq!(good("messages", kept).len(), 1, "another caller's message");
    let again = good("forget again", records.forget_caller(&number).await);
    assert_eq!(again, crate::Receipt::default(), "nothing is left");
}

struct Trace {
    call: CallId,
    key: crate::Bytes32,
    ask: ReservationAsk,
    next: Commit,
}

/// Leaves everything that a caller can leave.
async fn trace(records: &dyn Records, number: &str, mark: u8) -> Trace {
    let (call, business) = (new_call(), new_business());
    let mut key = [mark; 32];
    key[..16].copy_from_slice(uuid::Uuid::now_v7().as_bytes());
    let lease = good("claim", records.claim(&call, &instance()).await);
    let mut first = event(&call, 0, "");
    first.event = Event::Started {
        business: business.clone(),
        from: Some(number.to_owned()),
        to: None,
        line: "markup".to_owned(),
    };
    let told = Commit {
        row: CallRow {
            from: Some(number.to_owned()),
            ..row(&call, &business, NOON)
        },
        snapshot: Some(format!("{{\"from\":\"{number}\"}}").into()),
        events: vec![first],
        answer: Some(Answer {
            key,
            body: format!("<Dial>{number}</Dial>").into(),
        }),
        ..commit(&lease, &business)
    };
    good("commit", records.commit(told.clone()).await);
    let wanted = ReservationAsk {
        phone: number.to_owned(),
        ..ask(&business, NOON, 30, 1)
    };
    let made = records.reserve(&call, TurnId(1), 0, wanted.clone()).await;
    good("reserve", made);
    good("leave a message", leave(records, &call, &business).await);
    let next = Commit {
        events: vec![event(&call, 1, "more")],
        answer: None,
        ..told
    };
    Trace {
        call,
        key,
        ask: wanted,
        next,
    }
}

/// Leaves a message in this call, with another number to call back.
async fn leave(
    records: &dyn Records,
    call: &CallId,
    business: &BusinessId,
) -> Result<(), StoreError> {
    let message = Message {
        business: business.clone(),
        call: call.clone(),
        at: NOON,
        name: "Ada".to_owned(),
        phone: "+12025550199".to_owned(),
        text: "Please call.".to_owned(),
    };
    records.leave_message(TurnId(1), 1, message).await
}
