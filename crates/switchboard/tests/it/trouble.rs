//! Collaborators that fail: the caller hears something all the same, and no work is left behind.

use std::{sync::atomic::Ordering, time::Duration};

use agent::{Profile, Then};
use events::Event;
use line::Kind;

use crate::{
    parts::{Step, answers},
    phone::Phone,
    world::World,
};

const QUESTION: &str = "could you tell me when you are open";

#[tokio::test(start_paused = true)]
async fn a_broken_voice_is_read_by_the_carrier() {
    let world = World::new().await;
    world.voice.broken.store(true, Ordering::SeqCst);
    world
        .agent
        .pull(|_| answers(100, "We open at eight. We close at five."));
    let mut phone = Phone::dial(&world, "broken").await;
    let turn = phone.say(QUESTION).await;
    assert_eq!(turn.read(), ["We open at eight.", "We close at five."]);
    phone.hang_up().await;
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn a_voice_that_hangs_is_read_by_the_carrier() {
    let world = World::new().await;
    let mut phone = Phone::dial(&world, "hanging").await;
    world.voice.delay_ms.store(3_600_000, Ordering::SeqCst);
    world.agent.pull(|_| answers(100, "We open at eight."));
    let turn = phone.say(QUESTION).await;
    assert_eq!(turn.read(), ["We open at eight."]);
    assert!(turn.answer() <= 12_000, "{turn:?}");
    phone.hang_up().await;
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_panics_fails_or_stops_is_apologised_for_and_the_call_goes_on() {
    let world = World::new().await;
    let trouble: [fn() -> Vec<Step>; 4] = [
        || vec![Step::Panic],
        || vec![Step::Fail],
        Vec::new,
        || {
            vec![
                Step::Say("".into()),
                Step::Done(Then::Listen(Profile::Speech)),
            ]
        },
    ];
    let mut phone = Phone::dial(&world, "trouble").await;
    for strings in trouble {
        world.agent.pull(move |_| strings());
        let turn = phone.say(QUESTION).await;
        assert_eq!(turn.read(), [agent::greeting::hold_fallback()]);
        assert!(turn.answer() <= 400, "{turn:?}");
    }
    world.agent.pull(|_| {
        vec![
            Step::Say("We open at eight. And ".into()),
            Step::Wait(200),
            Step::Panic,
        ]
    });
    let turn = phone.say(QUESTION).await;
    assert_eq!(
        turn.read(),
        [agent::greeting::hold_fallback()],
        "what was said stays, then an apology"
    );
    assert!(turn.sounds.len() >= 2);
    world.agent.pull(|_| answers(100, "We open at eight."));
    assert!(phone.say(QUESTION).await.read().is_empty());
    phone.hang_up().await;
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_never_answers_is_given_up_and_its_late_words_are_not_heard() {
    let world = World::new().await;
    world.agent.pull(|_| vec![Step::Never]);
    let mut phone = Phone::dial(&world, "never").await;
    let turn = phone.say(QUESTION).await;
    assert_eq!(turn.read(), [agent::greeting::hold_fallback()]);
    assert!(turn.answer() <= 12_000 && turn.held <= 8_000, "{turn:?}");
    assert_eq!(world.agent.working.count(), 0, "it was told to stop");
    phone.hang_up().await;
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn hanging_up_stops_the_agent_and_the_voice() {
    let world = World::new().await;
    for (name, agent_ms, voice_ms) in [("thinking", 9_000, 100), ("speaking", 50, 3_900)] {
        let mut phone = Phone::dial(&world, name).await;
        world.voice.delay_ms.store(voice_ms, Ordering::SeqCst);
        world
            .agent
            .pull(move |ask| answers(agent_ms, &format!("The answer to {}.", ask.call)));
        let turn = phone.listening.expect("a turn");
        phone
            .ask(Kind::Process(turn), Some(QUESTION))
            .await
            .expect("an answer");
        assert_eq!(world.switchboard.turn_tasks(), 1, "{name}");
        assert_eq!(
            world.agent.working.count() + world.voice.working.count(),
            1,
            "{name}"
        );
        phone.hang_up().await;
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_eq!(world.agent.working.count(), 0, "{name}");
        world.voice.delay_ms.store(50, Ordering::SeqCst);
        // The voice may finish a clip that others could want; it ends by itself.
        tokio::time::sleep(Duration::from_secs(9)).await;
        world.settle().await;
    }
}

#[tokio::test(start_paused = true)]
async fn hanging_up_answers_whoever_still_waits() {
    let world = World::new().await;
    world.agent.pull(|_| answers(300, "We open at eight."));
    let mut phone = Phone::dial(&world, "gone").await;
    let request = phone.knock(
        Kind::Process(phone.listening.expect("a turn")),
        Some(QUESTION),
    );
    let switchboard = world.switchboard.clone();
    let waiting = tokio::spawn(async move { switchboard.ask(request).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    phone.hang_up().await;
    let answer = tokio::time::timeout(Duration::from_millis(10), waiting).await;
    assert!(answer.expect("at once").expect("no panic").is_ok());
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_or_is_slow_delays_an_answer_by_a_moment_and_keeps_it() {
    let world = World::new().await;
    world.agent.pull(|_| answers(100, "We open at eight."));
    let mut phone = Phone::dial(&world, "sick").await;
    world.lever.failing.store(2, Ordering::SeqCst);
    assert!(phone.say(QUESTION).await.answer() <= 400);
    world.lever.slow_ms.store(60_000, Ordering::SeqCst);
    let turn = phone.say(QUESTION).await;
    assert!(turn.held <= 3_000, "{turn:?}");
    assert!(turn.read().is_empty(), "{turn:?}");
    world.lever.slow_ms.store(0, Ordering::SeqCst);
    phone.say(QUESTION).await;
    phone.hang_up().await;
    world.settle().await;
    // Once the store is well again, nothing of the call is missing.
    let events = world.events(&phone.call).await;
    let order: Vec<u32> = events.iter().map(|s| s.seq).collect();
    assert_eq!(
        order,
        (0..u32::try_from(events.len()).expect("few")).collect::<Vec<_>>()
    );
    let heard = |event: &Event| matches!(event, Event::Heard { .. });
    assert_eq!(world.count(&phone.call, heard).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_began_while_the_store_was_away_is_kept_when_it_is_back() {
    let world = World::new().await;
    world.lever.failing.store(2, Ordering::SeqCst);
    let mut phone = Phone::dial(&world, "blind").await;
    phone.say(QUESTION).await;
    phone.hang_up().await;
    world.settle().await;
    let events = world.events(&phone.call).await;
    assert!(
        matches!(
            events.first().map(|s| &s.event),
            Some(Event::Started { .. })
        ),
        "{events:?}"
    );
    assert!(matches!(
        events.last().map(|s| &s.event),
        Some(Event::Ended { .. })
    ));
}
