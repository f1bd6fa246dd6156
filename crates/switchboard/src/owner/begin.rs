//! How an owner begins: with a claim, and with what the owner before left.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use agent::Business;
use call::{Call, Order};
use carrier::{Document, Verb};
use events::{At, BusinessId, CallId, Event, TurnId};
use line::{Kind, Line, Markup, Paths};
use serde::{Deserialize, Serialize};
use store::{CallRow, Clip, Lease};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{COMMIT, Owner};
use crate::{
    LiveCall,
    bus::{Moment, Step},
    live::mask,
    mail::{Knock, Mail, Reply},
    policy::stable_hash,
    room::Room,
};

/// What is stored of a call.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    pub call: Call,
    pub line: Markup,
}

/// How a call looks before its owner has said anything about it.
pub(crate) fn first_view(knock: &Knock, now: At) -> LiveCall {
    LiveCall {
        call: knock.call.clone(),
        business: knock.business.clone(),
        from: knock.from.as_deref().map(mask),
        doing: "ringing",
        turn: TurnId(0),
        since: now,
        started: now,
        line: String::new(),
    }
}

/// Takes the call over, or lets it live in memory for as long as the records cannot be reached.
pub(super) async fn claim(room: &Room, call: &CallId) -> Lease {
    let claim = room.parts.records.claim(call, &room.parts.instance);
    let why = match tokio::time::timeout(COMMIT, claim).await {
        Ok(Ok(lease)) => return lease,
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer in time".to_owned(),
    };
    tracing::error!(%call, %why, "the records cannot be reached; this call lives in memory until they can");
    Lease {
        call: call.clone(),
        epoch: 0,
        snapshot: None,
        events: 0,
    }
}

/// The filler clips; a store that is too slow to tell them costs the caller the clips, not the call.
pub(super) async fn clips(room: &Room, business: &BusinessId) -> Arc<Vec<Clip>> {
    let clips = tokio::time::timeout(COMMIT, room.clips(business)).await;
    clips.unwrap_or_else(|_| {
        tracing::warn!(%business, "reading the filler clips takes too long");
        Arc::default()
    })
}

/// The call is over. Repetitions get what they got, anything else the end.
pub(super) async fn after_the_end(mail: &mut mpsc::Receiver<Mail>) {
    while let Ok(Some(letter)) = tokio::time::timeout(Duration::from_secs(1), mail.recv()).await {
        if let Mail::Visit(visit) = letter {
            let end = Document::from(vec![Verb::Hangup]);
            let reply = match (visit.checked, (visit.knock.encode)(&end)) {
                (true, Ok(body)) => Reply::Body(body.into()),
                _ => Reply::AskStore,
            };
            let _ = visit.reply.send(reply);
        }
    }
}

impl Owner {
    pub(super) fn open(
        room: Arc<Room>,
        business: Arc<Business>,
        first: &Knock,
        lease: Lease,
        inbox: mpsc::WeakSender<Mail>,
        view: watch::Sender<LiveCall>,
        policy: Arc<call::Policy>,
    ) -> Self {
        let now = room.parts.clock.now();
        let (call, line, orders, known) = take_up(&room, first, &lease, policy, now);
        let row = CallRow {
            call: first.call.clone(),
            business: business.id.clone(),
            from: first.from.clone(),
            started: now,
            ended: None,
            outcome: None,
            turns: 0,
        };
        let mut owner = Self {
            room,
            business,
            inbox,
            view,
            call,
            line,
            row,
            epoch: lease.epoch,
            seq: lease.events,
            events: Vec::new(),
            tickets: 0,
            waiting: HashMap::new(),
            answers: VecDeque::new(),
            children: JoinSet::new(),
            turns: HashMap::new(),
            timing: None,
            unsaved: false,
            voiced: None,
            fenced: false,
        };
        if !known {
            let Knock {
                business, from, to, ..
            } = first.clone();
            owner.note(Event::Started {
                business,
                from,
                to,
                line: "markup".into(),
            });
        }
        owner.obey(orders);
        owner
    }
}

/// The call and its line: as the owner before left them, or new, or from the middle when the state was lost.
fn take_up(
    room: &Room,
    first: &Knock,
    lease: &Lease,
    policy: Arc<call::Policy>,
    now: At,
) -> (Call, Markup, Vec<Order>, bool) {
    let mut orders = Vec::new();
    if let Some(bytes) = &lease.snapshot {
        match serde_json::from_slice::<Stored>(bytes) {
            Ok(mut stored) => {
                stored.call.resume(policy, now, &mut orders);
                return (stored.call, stored.line, orders, true);
            }
            Err(error) => {
                tracing::error!(call = %first.call, %error, "a stored call cannot be read; it starts afresh")
            }
        }
    }
    let paths = Paths {
        base: room.parts.settings.base.clone(),
        business: first.business.as_str().to_owned(),
        call: first.call.as_str().to_owned(),
        tag: (room.parts.tag)(&first.call),
    };
    let turn = match first.kind {
        Kind::Process(turn) | Kind::Ready(turn, _) => turn,
        _ => TurnId(0),
    };
    let line = Markup::starting_at(paths, turn).holding(room.parts.settings.hold_ms);
    let seed = stable_hash(first.call.as_str());
    let traits = line.traits();
    if room.parts.bus.is_recorded() {
        room.parts.bus.record(Step {
            call: first.call.clone(),
            at: now,
            what: Arc::new(Moment::Began {
                seed,
                traits,
                policy: policy.clone(),
                turn,
            }),
        });
    }
    let call = Call::new(first.call.clone(), seed, traits, policy, now).starting_at(turn);
    (call, line, orders, lease.events > 0)
}
