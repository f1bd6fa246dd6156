//! The plug is pulled at every named point of a turn; a new switchboard over the same files goes on with the call.
//!
//! After the plug is pulled nothing is written any more and nobody is answered, which is what a killed process looks
//! like from outside. The phone then does what carriers do: it repeats what got no answer, or asks what is next.

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use agent::{Agent, Ask, Business, Delta, Scripted};
use events::{Event, Route};
use futures::{StreamExt, stream::BoxStream};
use store::{Commit, FolderObjects, SqliteRecords};
use switchboard::RecordsDesk;

use crate::{
    parts::Paused,
    phone::Phone,
    records::Lever,
    world::{Plan, World, levered},
};

/// Where the plug is pulled, in the turn in which the booking is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    Accepted,
    Answered,
    AgentAsked,
    FirstWords,
    Booked,
    TextStored,
    VoiceAsked,
    Voiced,
    ReadyStored,
    ReadyHeard,
}

const POINTS: [Point; 10] = [
    Point::Accepted,
    Point::Answered,
    Point::AgentAsked,
    Point::FirstWords,
    Point::Booked,
    Point::TextStored,
    Point::VoiceAsked,
    Point::Voiced,
    Point::ReadyStored,
    Point::ReadyHeard,
];

/// The words that make the booking.
const YES: &str = "yes that's right";

/// The scripted agent at a model's pace, which pulls the plug at some delta of the booking turn.
struct Cutter {
    agent: Scripted,
    lever: Arc<Lever>,
    at: Option<usize>,
}

impl Agent for Cutter {
    fn name(&self) -> &str {
        "scripted"
    }

    fn reply(&self, ask: Ask) -> BoxStream<'static, Delta> {
        let at = self.at.filter(|_| ask.words == YES);
        if at == Some(0) {
            self.lever.cut();
        }
        let (lever, mut words) = (self.lever.clone(), 0);
        let count = move |delta: &Delta| {
            words += usize::from(matches!(delta, Delta::Words(_)));
            if at.is_some_and(|at| at > 0 && words == at) {
                lever.cut();
            }
        };
        self.agent
            .reply(ask)
            .inspect({
                let mut count = count;
                move |delta| count(delta)
            })
            .boxed()
    }
}

async fn open(folder: &Path, point: Option<Point>) -> World {
    let records = SqliteRecords::open(folder.join("records"))
        .await
        .expect("records");
    let (lever, records) = levered(Arc::new(records));
    let desk = RecordsDesk::new(records.clone(), Arc::new(Paused::new()));
    let pace = agent::Pace {
        first_ms: 700,
        per_word_ms: 20,
    };
    let sleeper = Arc::new(|ms| {
        let nap: futures::future::BoxFuture<'static, ()> =
            Box::pin(tokio::time::sleep(Duration::from_millis(ms)));
        nap
    });
    let cutter = Cutter {
        agent: Scripted::new(Arc::new(desk), pace, sleeper),
        lever: lever.clone(),
        at: match point {
            Some(Point::AgentAsked) => Some(0),
            Some(Point::FirstWords) => Some(2),
            _ => None,
        },
    };
    let objects = Arc::new(FolderObjects::open(folder.join("audio")).expect("objects"));
    let plan = Plan {
        lever: Some(lever.clone()),
        records,
        objects,
        business: Business::demo(),
        agent: Some(Arc::new(cutter)),
        ..Plan::default()
    };
    let world = plan.open();
    match point {
        Some(Point::Accepted) => lever.cut_after(|commit| answers(commit, Route::Process)),
        Some(Point::ReadyStored) => lever.cut_after(|commit| answers(commit, Route::Ready)),
        Some(Point::TextStored) => lever.cut_after(|commit| {
            commit.answer.is_none()
                && has(
                    commit,
                    |e| matches!(e, Event::ReplyDone { turn } if turn.0 == 3),
                )
        }),
        _ => {}
    }
    lever
        .cut_after_booking
        .store(point == Some(Point::Booked), Ordering::SeqCst);
    world
}

/// Whether this commit answers such a request of the booking turn.
fn answers(commit: &Commit, route: Route) -> bool {
    // The greeting is turn 0; the booking is made in the third turn of the caller.
    let booking = |turn: events::TurnId| turn.0 == 3;
    has(
        commit,
        |event| matches!(event, Event::Answered { route: r, turn, .. } if *r == route && booking(*turn)),
    )
}

fn has(commit: &Commit, like: impl Fn(&Event) -> bool) -> bool {
    commit.events.iter().any(|stamped| like(&stamped.event))
}

/// Waits for the plug, or pulls it when this point comes by on the bus or at the phone.
async fn until_dead(world: &World, point: Point) {
    let mut bus = world.switchboard.parts().bus.tap();
    let watch = async {
        let mut answered = false;
        loop {
            let event = &bus.recv().await.expect("events").stamped.event;
            let ours = event.turn().is_some_and(|turn| turn.0 == 3);
            let now = match (point, event) {
                (Point::VoiceAsked, Event::Sentence { .. }) => ours,
                (Point::Voiced, Event::Voiced { .. }) => ours,
                (
                    Point::Answered,
                    Event::Answered {
                        route: Route::Process,
                        ..
                    },
                )
                | (
                    Point::ReadyHeard,
                    Event::Answered {
                        route: Route::Ready,
                        ..
                    },
                ) => {
                    answered |= ours;
                    false
                }
                _ => false,
            };
            if answered {
                // The answer has left by then, and plays.
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
            if now || answered {
                world.lever.cut();
            }
        }
    };
    tokio::select! {
        () = world.lever.dead() => {}
        () = watch => {}
    }
}

async fn survives(point: Point) {
    let folder = tempfile::tempdir().expect("a folder");
    let world = open(folder.path(), Some(point)).await;
    world.make_fillers().await;
    let mut phone = Phone::dial(&world, "crash").await;
    phone
        .say("I'd like a cleaning tomorrow at ten for Sam Lee")
        .await;
    phone.say("yes").await;
    let before = {
        let death = until_dead(&world, point);
        let talk = phone.say(YES);
        tokio::select! {
            biased;
            () = death => None,
            turn = talk => Some(turn),
        }
    };
    assert!(
        before.is_none(),
        "{point:?} was passed without a crash: {before:?}"
    );
    world
        .switchboard
        .parts()
        .tasks
        .stop(Duration::from_secs(5))
        .await;
    let dead = world.events(&phone.call).await.len();
    drop(world);

    let world = open(folder.path(), None).await;
    phone.plug_into(&world);
    let turn = phone.go_on().await.expect("the call goes on");
    assert!(turn.held <= 8_000, "{point:?}: {turn:?}");
    let last = phone.say("no that's all, bye").await;
    assert!(phone.over, "{point:?}: goodbye was said: {turn:?} {last:?}");
    phone.hang_up().await;
    world.settle().await;
    let all = (events::At(0), events::At(u64::MAX >> 1));
    let booked = world
        .records
        .reservations(&world.business.id, all.0, all.1)
        .await;
    assert_eq!(booked.expect("records").len(), 1, "{point:?}");
    let events = world.events(&phone.call).await;
    assert!(events.len() > dead, "{point:?}");
    assert!(
        events.iter().zip(0u32..).all(|(s, i)| s.seq == i),
        "{point:?}"
    );
    let count = |like: fn(&Event) -> bool| events.iter().filter(|s| like(&s.event)).count();
    assert_eq!(
        count(|e| matches!(e, Event::Started { .. })),
        1,
        "{point:?}"
    );
    assert_eq!(count(|e| matches!(e, Event::Ended { .. })), 1, "{point:?}");
    assert_eq!(
        count(|e| matches!(e, Event::Heard { .. })),
        4,
        "{point:?}: a turn was lost or run twice"
    );
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_point_of_a_turn_loses_nothing() {
    for point in POINTS {
        survives(point).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_state_is_gone_goes_on_with_a_word_of_apology() {
    let world = World::new().await;
    let mut phone = Phone::new(&world, "lost");
    let turn = phone
        .follow(
            line::Kind::Process(events::TurnId(5)),
            Some("tomorrow at ten"),
        )
        .await;
    assert_eq!(
        turn.expect("an answer").sounds.len(),
        2,
        "I lost my place; what can I do?"
    );
    assert!(phone.listening.is_some_and(|turn| turn.0 >= 6));
    phone.say("I would like a cleaning").await;
    assert_eq!(world.agent.asked(), 1);
}
