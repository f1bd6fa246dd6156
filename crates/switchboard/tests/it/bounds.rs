//! Everything ends: silent calls, long calls, full houses; and nothing is left.

use std::time::Duration;

use events::Event;
use futures::future::join_all;
use line::Kind;
use switchboard::AskError;

use crate::{
    parts::{Step, answers},
    phone::Phone,
    world::{Plan, World},
};

#[tokio::test(start_paused = true)]
async fn a_call_of_which_nothing_is_heard_ends_and_its_late_carrier_is_told() {
    let world = World::new().await;
    let phone = Phone::dial(&world, "silent").await;
    tokio::time::sleep(Duration::from_secs(15 * 60 + 1)).await;
    world.settle().await;
    let row = world
        .records
        .call(&phone.call)
        .await
        .expect("records")
        .expect("a row");
    assert_eq!(row.outcome.as_deref(), Some("carrier.vanished"));
    let turn = phone.listening.expect("a turn");
    let late = phone.ask(Kind::Process(turn), Some("hello?")).await;
    assert_eq!(late.expect("an answer").verbs, [carrier::Verb::Hangup]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_goes_on_for_ever_ends() {
    let plan = Plan {
        longest_ms: 60_000,
        ..Plan::default()
    };
    let world = plan.open();
    world
        .agent
        .pull(|_| answers(1_000, "Go on, I am listening to you."));
    let mut phone = Phone::dial(&world, "endless").await;
    for _ in 0..100 {
        if phone.over {
            break;
        }
        phone.say("and then he said that she had said").await;
    }
    assert!(phone.over, "it was hung up on");
    world.settle().await;
    let row = world
        .records
        .call(&phone.call)
        .await
        .expect("records")
        .expect("a row");
    assert_eq!(row.outcome.as_deref(), Some("frontdesk.too_long"));
}

#[tokio::test(start_paused = true)]
async fn one_call_more_than_there_are_lines_is_busy_and_the_others_do_not_notice() {
    let plan = Plan {
        calls: 20,
        ..Plan::default()
    };
    let world = plan.open();
    let mut phones = Vec::new();
    for i in 0..20 {
        phones.push(Phone::dial(&world, &format!("line{i}")).await);
    }
    let more = Phone::new(&world, "more");
    assert_eq!(more.ask(Kind::Incoming, None).await, Err(AskError::Busy));
    join_all(
        phones
            .iter_mut()
            .map(|phone| phone.say("are you open today please")),
    )
    .await;
    phones[0].hang_up().await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert!(more.ask(Kind::Incoming, None).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn more_requests_than_an_inbox_holds_are_all_answered() {
    let world = World::new().await;
    world.agent.pull(|_| vec![Step::Never]);
    let phone = Phone::dial(&world, "flood").await;
    let turn = phone.listening.expect("a turn");
    let flood = (0..1_000).map(|i| {
        let words = format!("flood number {i}");
        let request = phone.knock(Kind::Process(turn), Some(&words));
        world.switchboard.ask(request)
    });
    let answers = tokio::time::timeout(Duration::from_secs(2), join_all(flood)).await;
    let answers = answers.expect("in time");
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(world.agent.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_many_calls() {
    let world = World::new().await;
    world
        .agent
        .pull(|ask| answers(200, &format!("That is {} of {}.", ask.turn, ask.call)));
    let calls = (0..200).map(|i| {
        let world = &world;
        async move {
            let mut phone = Phone::dial(world, &format!("many{i}")).await;
            for _ in 0..3 {
                phone.say("would you tell me something new").await;
            }
            if i % 2 == 0 {
                phone.hang_up().await;
            } else {
                assert!(world.switchboard.hang_up(&phone.call).await);
            }
            phone.call
        }
    });
    let calls = join_all(calls).await;
    world.settle().await;
    assert!(world.switchboard.live().is_empty());
    for call in calls {
        assert_eq!(
            world
                .count(&call, |e| matches!(e, Event::Ended { .. }))
                .await,
            1
        );
    }
}

#[tokio::test(start_paused = true)]
async fn shutting_down_ends_every_task() {
    let world = World::new().await;
    world.agent.pull(|_| vec![Step::Never]);
    let calls = (0..10).map(|i| {
        let world = &world;
        async move {
            let phone = Phone::dial(world, &format!("late{i}")).await;
            let turn = phone.listening.expect("a turn");
            let asked = phone.ask(Kind::Process(turn), Some("tell me something"));
            asked.await.expect("an answer")
        }
    });
    join_all(calls).await;
    assert_eq!(world.switchboard.turn_tasks(), 10);
    assert!(
        world
            .switchboard
            .parts()
            .tasks
            .stop(Duration::from_secs(1))
            .await
    );
    world.settle().await;
}
