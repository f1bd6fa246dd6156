//! What callers hear while answers are slow (CALLER §2.3), through the whole switchboard.

use std::sync::atomic::Ordering;

use agent::{Business, Profile, Then};
use events::{Event, FillerReason};

use crate::{
    parts::{Step, answers},
    phone::{Phone, SoundKind, Turn},
    world::{Plan, World},
};

/// Sentences of a caller who never says the same twice, and never a short one.
const QUESTIONS: [&str; 8] = [
    "could you tell me when you are open",
    "what would a cleaning cost me then",
    "do you have parking near the building",
    "is there somebody who speaks Spanish there",
    "how long does a checkup usually take",
    "where exactly can I find your office",
    "would you take my insurance as well",
    "what do I have to bring along with me",
];

/// Sets the pipeline: from the caller's words to the first sentence's audio, ms.
fn pipeline(world: &World, agent_ms: u64, voice_ms: u64) {
    world.voice.delay_ms.store(voice_ms, Ordering::SeqCst);
    world.agent.pull(move |ask| {
        answers(
            agent_ms,
            &format!("This is answer number {} of call {}.", ask.turn, ask.call),
        )
    });
}

/// One call with all questions, the round trip being `trip`.
async fn call(world: &World, name: &str, trip: u64) -> Vec<Turn> {
    let mut phone = Phone::dial(world, name).await;
    phone.trip = trip;
    let mut turns = Vec::new();
    for question in QUESTIONS {
        turns.push(phone.say(question).await);
    }
    phone.hang_up().await;
    turns
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_of_four_seconds_is_covered_at_once_when_it_is_known() {
    let world = World::new().await;
    pipeline(&world, 3_600, 400);
    call(&world, "learning", 20).await;
    for turn in call(&world, "known", 20).await {
        assert_eq!(turn.sounds[0].kind, SoundKind::Filler, "{turn:?}");
        assert_eq!(turn.sounds[0].at, 20, "no grace is spent: {turn:?}");
        assert!(turn.silence() <= 340, "{turn:?}");
        assert!(turn.answer() <= 4_000 + 2_500, "{turn:?}");
    }
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_known_at_first_and_the_grace_is_spent() {
    let world = World::new().await;
    pipeline(&world, 3_600, 400);
    let mut phone = Phone::dial(&world, "cold").await;
    let turn = phone.say(QUESTIONS[0]).await;
    assert_eq!(turn.sounds[0].kind, SoundKind::Filler, "{turn:?}");
    assert_eq!(turn.sounds[0].at, 400, "{turn:?}");
    assert!(turn.silence() <= 400, "{turn:?}");
    // One answer teaches.
    let turn = phone.say(QUESTIONS[1]).await;
    assert_eq!(turn.sounds[0].at, 0, "{turn:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_of_950_ms_is_covered_by_a_short_filler_and_not_by_a_long_one() {
    let world = World::new().await;
    pipeline(&world, 550, 400);
    call(&world, "learning", 0).await;
    // A call has only so many short fillers; the first questions have their pick of them.
    for turn in call(&world, "known", 0).await.iter().take(3) {
        assert!(turn.answer() <= 1_100, "{turn:?}");
        assert!(
            turn.silence() <= 300 || turn.fillers().is_empty(),
            "{turn:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_of_100_ms_needs_no_filler() {
    let world = World::new().await;
    pipeline(&world, 50, 50);
    for name in ["cold", "known"] {
        for turn in call(&world, name, 20).await {
            assert!(turn.fillers().is_empty(), "{turn:?}");
            assert!(turn.answer() <= 130, "{turn:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_of_fifteen_seconds_ends_in_a_polite_fallback() {
    let world = World::new().await;
    pipeline(&world, 14_600, 400);
    call(&world, "learning", 20).await;
    for turn in call(&world, "known", 20).await {
        assert_eq!(turn.read(), [agent::greeting::hold_fallback()], "{turn:?}");
        assert!(turn.answer() <= 12_000, "{turn:?}");
        assert!(turn.held <= 1_200, "{turn:?}");
        // Only before the fallback, when every phrase was used.
        assert!(turn.silence() <= 1_250, "{turn:?}");
    }
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_answers_now_soon_and_now_late_is_given_the_grace() {
    let world = World::new().await;
    world.voice.delay_ms.store(50, Ordering::SeqCst);
    world.agent.pull(|ask| {
        let wait = if ask.turn.0 % 3 == 0 { 3_000 } else { 100 };
        answers(
            wait,
            &format!("This is answer number {} of {}.", ask.turn, ask.call),
        )
    });
    call(&world, "learning", 0).await;
    for turn in call(&world, "known", 0).await {
        // Likelier than not it comes in time, so it is waited for; when it did not, a long filler fits.
        assert!(turn.sounds[0].at <= 400, "{turn:?}");
        if turn.answer() > 400 {
            assert_eq!(turn.sounds[0].at, 400, "{turn:?}");
            assert!(turn.fillers()[0].ms > 1_500, "{turn:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn once_the_sentence_is_at_the_voice_the_wait_is_the_voices() {
    let world = World::new().await;
    pipeline(&world, 3_000, 200);
    call(&world, "learning", 0).await;
    let mut phone = Phone::dial(&world, "slow").await;
    let filler = phone.say(QUESTIONS[0]).await.fillers()[0].ms;
    // This time the agent is faster than it ever was: when the first filler ends, the sentence has just gone to the voice.
    let mut other = Phone::dial(&world, "slow").await;
    pipeline(&world, filler - 50, 200);
    other.hang_up().await;
    world.settle().await;
    let turn = Phone::dial(&world, "fast").await.say(QUESTIONS[0]).await;
    assert_eq!(turn.fillers().len(), 1, "{turn:?}");
    assert_eq!(
        turn.answer(),
        turn.fillers()[0].ms.max(filler + 150),
        "{turn:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn ten_turns_have_no_filler_text_twice_none_on_the_greeting_and_none_after_yes() {
    let world = World::new().await;
    pipeline(&world, 1_300, 100);
    let mut phone = Phone::new(&world, "ten");
    let greeting = phone
        .follow(line::Kind::Incoming, None)
        .await
        .expect("an answer");
    assert!(greeting.fillers().is_empty(), "{greeting:?}");
    let mut heard = Vec::new();
    for (i, question) in QUESTIONS.iter().chain(&["yes", "yes please"]).enumerate() {
        let turn = phone.say(question).await;
        let fillers: Vec<String> = turn.fillers().iter().map(|s| s.what.clone()).collect();
        assert!(
            i < QUESTIONS.len() || fillers.is_empty(),
            "{question}: {turn:?}"
        );
        heard.extend(fillers);
    }
    let mut once = heard.clone();
    once.sort();
    once.dedup();
    assert!(heard.len() >= 5, "fillers were needed: {heard:?}");
    assert_eq!(once.len(), heard.len(), "{heard:?}");
}

#[tokio::test(start_paused = true)]
async fn a_short_reply_is_followed_by_the_answer_as_soon_as_it_is_there() {
    let world = World::new().await;
    for agent_ms in [300, 700, 1_050] {
        pipeline(&world, agent_ms, 50);
        let mut phone = Phone::dial(&world, &format!("short{agent_ms}")).await;
        let turn = phone.say("Tuesday").await;
        assert!(turn.fillers().is_empty(), "{turn:?}");
        assert_eq!(turn.answer(), agent_ms + 50, "{turn:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_whose_first_clause_is_known_begins_when_the_agent_does() {
    let world = World::new().await;
    world.voice.delay_ms.store(600, Ordering::SeqCst);
    world.agent.pull(|_| {
        vec![
            Step::Wait(100),
            Step::Say("Okay. ".into()),
            Step::Wait(300),
            Step::Say("Tuesday works for us.".into()),
            Step::Done(Then::Listen(Profile::Speech)),
        ]
    });
    let mut phone = Phone::dial(&world, "warm").await;
    phone.say("Tuesday").await;
    let turn = phone.say("Tuesday").await;
    assert_eq!(turn.answer(), 100, "{turn:?}");
}

#[tokio::test(start_paused = true)]
async fn the_blocking_arm_hears_no_filler_and_waits() {
    let mut business = Business::demo();
    business.fillers.use_proactive_filler = false;
    let plan = Plan {
        business,
        ..Plan::default()
    };
    let world = plan.open();
    world.make_fillers().await;
    pipeline(&world, 2_000, 100);
    let mut phone = Phone::dial(&world, "blocking").await;
    let turn = phone.say(QUESTIONS[0]).await;
    assert!(turn.fillers().is_empty());
    assert_eq!(turn.answer(), 2_100);
    let off = |event: &Event| {
        matches!(
            event,
            Event::NoFiller {
                reason: FillerReason::Off,
                ..
            }
        )
    };
    phone.hang_up().await;
    assert_eq!(world.count(&phone.call, off).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_early_teaches_nothing_and_a_late_one_teaches_patience() {
    let world = World::new().await;
    pipeline(&world, 4_000, 100);
    for (name, waits, stages) in [("early", 300, 0), ("late", 2_500, 1)] {
        let mut phone = Phone::dial(&world, name).await;
        let turn = phone.listening.expect("it is the caller's turn");
        let ask = phone.ask(line::Kind::Process(turn), Some(QUESTIONS[0]));
        let _ = tokio::time::timeout(std::time::Duration::from_millis(waits), ask).await;
        tokio::time::sleep(std::time::Duration::from_millis(waits / 2)).await;
        phone.hang_up().await;
        world.settle().await;
        assert_eq!(
            world.switchboard.stages(&world.business.id).len(),
            stages,
            "{name}"
        );
    }
}
