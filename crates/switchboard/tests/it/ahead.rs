//! Ready before needed: prewarm, foresight, and that no caller waits for either.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use agent::{Agent, Business, Fact, Profile, Scripted, Then, VoiceChoice};
use events::{Clock, Event};
use store::{MemoryFlights, MemoryObjects, MemoryRecords, Records, Tiers};
use switchboard::{AheadSettings, Origin, Price, RecordsDesk, Voicer, Whose};
use tokio::time::sleep;
use tts::{Ladder, Rung, SpeechStream, Tts, Utterance, VoiceInfo};

use crate::{
    parts::{Hiss, Paused, Step, Timer, answers},
    phone::Phone,
    world::{Plan, World},
};

/// The scripted agent over these records.
pub fn scripted(records: &Arc<dyn Records>) -> Arc<dyn Agent> {
    let desk = RecordsDesk::new(records.clone(), Arc::new(Paused::new()));
    Arc::new(Scripted::at_once(Arc::new(desk)))
}

pub fn settings(per_turn: usize) -> AheadSettings {
    AheadSettings {
        per_turn,
        ..AheadSettings::default()
    }
}

/// A world whose scripted agent is looked ahead of.
fn foreseeing(records: &Arc<dyn Records>) -> World {
    let plan = Plan {
        records: records.clone(),
        agent: Some(scripted(records)),
        ..Plan::default()
    };
    let world = plan.open();
    world.switchboard.look_ahead(settings(8));
    world
}

fn records() -> Arc<dyn Records> {
    Arc::new(MemoryRecords::new())
}

async fn voiced(world: &World, phone: &Phone) -> Vec<bool> {
    let events = world.events(&phone.call).await;
    let cached = events.iter().filter_map(|stamped| match stamped.event {
        Event::Voiced { cached, .. } => Some(cached),
        _ => None,
    });
    cached.collect()
}

#[tokio::test(start_paused = true)]
async fn a_plan_says_what_is_missing_and_what_it_costs_and_the_work_follows_it() {
    let world = Plan::default().open();
    let price = Price {
        usd_per_million: 30.0,
        source: "a price list".into(),
        date: "2026-11".into(),
    };
    world.switchboard.look_ahead(AheadSettings {
        per_turn: 8,
        prices: [("embedded".to_owned(), price.clone())].into(),
    });
    let plan = world
        .switchboard
        .prewarm_plan(&world.business)
        .await
        .expect("records");
    assert_eq!((plan.found, plan.sentences), (0, plan.missing.len()));
    assert_eq!(plan.price, Some(price));
    assert!((plan.usd - plan.characters as f64 * 30.0 / 1e6).abs() < 1e-9);
    assert!(plan.characters > 40 * plan.missing.len() / 2, "{plan:?}");
    assert_eq!(
        world.voice.spoken.load(Ordering::SeqCst),
        0,
        "a plan speaks nothing"
    );
    let mut steps = Vec::new();
    let made = world
        .switchboard
        .prewarm(&world.business, &plan, |p| steps.push(p.done))
        .await;
    assert_eq!(
        (made.done, made.failed.len()),
        (plan.sentences, 0),
        "{made:?}"
    );
    assert_eq!(steps, (0..=plan.sentences).collect::<Vec<_>>());
    assert_eq!(world.voice.spoken.load(Ordering::SeqCst), plan.sentences);
    let again = world
        .switchboard
        .prewarm_plan(&world.business)
        .await
        .expect("records");
    assert_eq!((again.missing.len(), again.usd), (0, 0.0));
    // The fillers are among them.
    world.make_fillers().await;
    assert_eq!(world.voice.spoken.load(Ordering::SeqCst), plan.sentences);
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn a_prewarm_without_a_voice_says_so_of_every_sentence() {
    let world = Plan::default().open();
    world.voice.broken.store(true, Ordering::SeqCst);
    let mut plan = world
        .switchboard
        .prewarm_plan(&world.business)
        .await
        .expect("records");
    plan.missing.truncate(2);
    let made = world
        .switchboard
        .prewarm(&world.business, &plan, |_| {})
        .await;
    assert_eq!(made.failed.len(), 2, "{made:?}");
    assert!(made.failed[0].contains("told to be broken"), "{made:?}");
    let normal = world.switchboard.backlog().normal;
    assert_eq!((normal.failed, normal.waiting), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn what_several_callers_heard_is_spoken_ahead_and_what_one_heard_is_not() {
    let records = records();
    let world = Plan {
        records: records.clone(),
        ..Plan::default()
    }
    .open();
    for (name, from) in [
        ("a", "+12025550132"),
        ("b", "+12025550133"),
        ("c", "+12025550132"),
    ] {
        let hello = if from.ends_with('2') {
            "Hello Sam."
        } else {
            "Hello Ada."
        };
        world
            .agent
            .pull(move |_| answers(0, &format!("{hello} We love all dentists.")));
        let mut phone = Phone::new(&world, name);
        phone.from = Some(from.into());
        phone
            .follow(line::Kind::Incoming, None)
            .await
            .expect("an answer");
        phone.say("who do you love").await;
        phone.hang_up().await;
    }
    world.settle().await;
    let fresh = foreseeing(&records);
    let plan = fresh
        .switchboard
        .prewarm_plan(&fresh.business)
        .await
        .expect("records");
    let frequent = plan.missing.iter().filter(|p| p.origin == Origin::Frequent);
    let frequent: Vec<&str> = frequent.map(|p| p.text.as_str()).collect();
    assert_eq!(
        frequent,
        ["We love all dentists."],
        "Sam called twice and is one caller"
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_dialogue_will_say_is_there_when_it_says_it() {
    let world = foreseeing(&records());
    world.voice.delay_ms.store(300, Ordering::SeqCst);
    let mut phone = Phone::dial(&world, "foreseen").await;
    for line in [
        "I would like to book a cleaning on Thursday at ten.",
        "My name is Sam Lee.",
    ] {
        phone.say(line).await;
        // The caller thinks for a moment.
        sleep(Duration::from_secs(6)).await;
    }
    let read_back = phone.say("Yes.").await;
    assert_eq!(read_back.answer(), 0, "{read_back:?}");
    sleep(Duration::from_secs(6)).await;
    let booked = phone.say("Yes, that is right.").await;
    assert_eq!(booked.answer(), 0, "{booked:?}");
    phone.hang_up().await;
    let foresight = world.switchboard.foresight();
    assert!(foresight.hits >= 4, "{foresight:?}");
    assert!(foresight.made <= foresight.queued && foresight.hits <= foresight.made);
    world.settle().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_foretold_unless_it_is_wanted() {
    let records = records();
    let plan = Plan {
        records: records.clone(),
        agent: Some(scripted(&records)),
        ..Plan::default()
    };
    let world = plan.open();
    let mut phone = Phone::dial(&world, "plain").await;
    phone.say("I would like to book a cleaning.").await;
    sleep(Duration::from_secs(6)).await;
    assert_eq!(world.switchboard.foresight(), Default::default());
    assert_eq!(world.switchboard.backlog().normal.done, 0);
    phone.hang_up().await;
}

#[tokio::test(start_paused = true)]
async fn what_followed_in_past_calls_is_foretold() {
    let records = records();
    let flow = |world: &World| {
        world.agent.pull(|ask| match ask.turn.0 {
            1 => answers(0, "Our dog is called Rex."),
            _ => answers(0, "Rex likes all dentists."),
        });
    };
    let plan = || Plan {
        records: records.clone(),
        ..Plan::default()
    };
    let past = plan().open();
    flow(&past);
    for (name, from) in [("a", "+12025550132"), ("b", "+12025550133")] {
        let mut phone = Phone::new(&past, name);
        phone.from = Some(from.into());
        phone
            .follow(line::Kind::Incoming, None)
            .await
            .expect("an answer");
        phone.say("what is your dog called").await;
        phone.say("whom does the dog like").await;
        phone.hang_up().await;
    }
    past.settle().await;
    let world = plan().open();
    flow(&world);
    world.switchboard.look_ahead(settings(8));
    world
        .switchboard
        .prewarm_plan(&world.business)
        .await
        .expect("records");
    let mut phone = Phone::dial(&world, "now").await;
    phone.say("what is your dog called").await;
    sleep(Duration::from_secs(3)).await;
    phone.say("whom does the dog like").await;
    assert_eq!(voiced(&world, &phone).await.last(), Some(&true));
    assert_eq!(world.switchboard.foresight().hits, 1);
    phone.hang_up().await;
    world.settle().await;
}

/// The longest wait for the first clip of an answer, in five turns, ms; the voice says one sentence after the other.
async fn longest_wait(world: &World) -> u64 {
    world.agent.pull(|ask| {
        vec![
            Step::Say(format!(
                "This is answer number {} of call {}.",
                ask.turn, ask.call
            )),
            Step::Done(Then::Listen(Profile::Speech)),
        ]
    });
    let mut phone = Phone::dial(world, "live").await;
    let mut longest = 0;
    for question in [
        "when are you open then",
        "what would it cost me",
        "where can I park",
    ] {
        longest = longest.max(phone.say(question).await.answer());
        sleep(Duration::from_millis(730)).await;
    }
    phone.hang_up().await;
    longest
}

#[tokio::test(start_paused = true)]
async fn with_two_hundred_jobs_behind_a_caller_waits_for_the_rest_of_one_at_most() {
    const SENTENCE: u64 = 300;
    let world = || {
        let mut business = Business::demo();
        business.fillers.use_proactive_filler = false;
        let fact = |n: u32| Fact {
            a: format!("Room number {n} is open to everybody."),
            ..Fact::default()
        };
        business.facts.extend((1..60).map(fact));
        let plan = Plan {
            business,
            ..Plan::default()
        };
        let world = plan.open();
        world.voice.delay_ms.store(SENTENCE, Ordering::SeqCst);
        world.voice.serial.store(true, Ordering::SeqCst);
        world
    };
    let quiet = longest_wait(&world()).await;
    assert_eq!(quiet, SENTENCE);
    let world = world();
    let plan = world
        .switchboard
        .prewarm_plan(&world.business)
        .await
        .expect("records");
    assert!(plan.missing.len() > 200, "{}", plan.missing.len());
    let prewarm = world.switchboard.prewarm(&world.business, &plan, |_| {});
    let live = async {
        sleep(Duration::from_millis(450)).await;
        let waiting = || world.switchboard.backlog().normal.waiting;
        assert!(waiting() >= 200, "they wait: {}", waiting());
        let longest = longest_wait(&world).await;
        assert!(waiting() >= 100, "they still wait: {}", waiting());
        longest
    };
    let (made, busy) = tokio::join!(prewarm, live);
    eprintln!("first clip: {quiet} ms alone, {busy} ms at most before 200 jobs of {SENTENCE} ms");
    assert!(busy <= quiet + SENTENCE, "{busy}");
    assert_eq!(made.failed, Vec::<String>::new());
    world.settle().await;
}

/// An engine that fails after a while.
struct Broken(Hiss);

impl Tts for Broken {
    fn name(&self) -> &str {
        "primary"
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        self.0.voices()
    }

    fn speak(&self, utterance: Utterance) -> SpeechStream {
        self.0.speak(utterance)
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_ahead_of_need_is_no_answer_to_a_caller() {
    let broken = Broken(Hiss::default());
    broken.0.broken.store(true, Ordering::SeqCst);
    broken.0.delay_ms.store(100, Ordering::SeqCst);
    let clock: Arc<dyn Clock> = Arc::new(Paused::new());
    let rungs = vec![
        Rung::new(Arc::new(broken), 1_000),
        Rung::new(Arc::new(Hiss::default()), 1_000),
    ];
    let ladder = Ladder::new(rungs, clock.clone(), Arc::new(Timer));
    let objects = Arc::new(MemoryObjects::new(clock.clone(), 1 << 20));
    let clips = Arc::new(Tiers::of("memory", objects, clock.clone()));
    let flights = Arc::new(MemoryFlights::new(clock.clone()));
    let voicer = Voicer::new(ladder, clips, flights, clock).expect("threads");
    let voice = VoiceChoice {
        provider: "primary".into(),
        ..VoiceChoice::default()
    };
    let (text, whose) = ("See you on Monday.", Whose::Operator);
    let live = async {
        sleep(Duration::from_millis(50)).await;
        voicer.speak(text, &voice, whose).await
    };
    let (ahead, live) = tokio::join!(voicer.speak_ahead(text, &voice, whose), live);
    let why = ahead.expect_err("no stand-in speaks ahead of need");
    assert!(why.contains("told to be broken"), "{why}");
    assert_eq!(
        live.map(|(spoken, _)| spoken.provider),
        Ok("embedded".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn it_is_kept_warm_as_days_pass_where_that_may_cost_what_it_costs() {
    const SIX_HOURS: u64 = 6 * 3_600_000;
    let world = Plan::default().open();
    let spoken = || world.voice.spoken.load(Ordering::SeqCst);
    let tasks = world.switchboard.parts().tasks.clone();
    let businesses = || vec![world.business.clone()];
    let calls = std::cell::Cell::new(0);
    let may = |plan: &switchboard::PrewarmPlan| {
        calls.set(calls.get() + 1);
        // The third time it is too dear.
        calls.get() != 3 && plan.usd == 0.0
    };
    let kept = world.switchboard.keep_warm(SIX_HOURS, businesses, may);
    let watch = async {
        sleep(Duration::from_secs(3_600)).await;
        let first = spoken();
        assert!(first > 150, "{first}");
        sleep(Duration::from_secs(23 * 3_600)).await;
        let second = spoken();
        assert!(
            second > first && second < first + 20,
            "a new day has come: {first}, {second}"
        );
        let asked = calls.get();
        assert!(asked >= 2, "{asked}");
        sleep(Duration::from_secs(24 * 3_600)).await;
        assert!(tasks.stop(Duration::from_secs(1)).await);
    };
    tokio::join!(kept, watch);
}
