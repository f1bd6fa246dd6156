//! A receptionist's day: five hundred calls, and how many of their sentences were there before they were needed.

use std::sync::{Arc, atomic::Ordering};

use agent::Business;
use events::Event;
use fastrand::Rng;
use store::{MemoryRecords, ObjectKey, Records};

use crate::{
    ahead::{scripted, settings},
    phone::{Phone, Turn},
    world::{Plan, World},
};

const CALLS: usize = 500;
/// Calls that are counted together.
const PART: usize = 50;

const FIRST: [&str; 24] = [
    "Sam", "Ada", "Maria", "John", "Emma", "Omar", "Lucy", "Peter", "Nina", "Carlos", "Grace",
    "Henry", "Irene", "James", "Karen", "Leo", "Molly", "Noah", "Olivia", "Paul", "Rosa", "Simon",
    "Tina", "Victor",
];
const LAST: [&str; 24] = [
    "Lee", "Stone", "Garcia", "Miller", "Brown", "Nguyen", "Clark", "Baker", "Young", "Hill",
    "Green", "Adams", "Nelson", "Carter", "Turner", "Parker", "Collins", "Morris", "Cook", "Bell",
    "Ward", "Gray", "Price", "Wood",
];
const QUESTIONS: [&str; 10] = [
    "Are you open on Saturday?",
    "What are your opening hours?",
    "How much is a cleaning?",
    "How long does a checkup take?",
    "Where can I park?",
    "Do you take my insurance?",
    "Where are you located?",
    "Do you do teeth whitening?",
    "What do you charge for a filling?",
    "Do you treat children?",
];
const DAYS: [&str; 12] = [
    "Tomorrow.",
    "On Thursday.",
    "On Friday.",
    "Next Monday.",
    "Next Tuesday.",
    "Next Wednesday.",
    "Next Thursday.",
    "Next Friday.",
    "On November 30th.",
    "On December 1st.",
    "On December 2nd.",
    "On December 3rd.",
];
const TIMES: [&str; 10] = [
    "At eight in the morning.",
    "At nine in the morning.",
    "At half past nine.",
    "At ten in the morning.",
    "At ten thirty.",
    "At eleven in the morning.",
    "At one in the afternoon.",
    "At two in the afternoon.",
    "At two thirty in the afternoon.",
    "At three in the afternoon.",
];

/// One caller, and what they want.
struct Caller {
    opening: Vec<&'static str>,
    service: &'static str,
    day: &'static str,
    time: &'static str,
    name: String,
    /// The carrier shows no number, so it has to be said.
    hidden: bool,
    /// How the caller takes the read-back the first time.
    agrees: bool,
    number: u32,
}

impl Caller {
    fn draw(rng: &mut Rng) -> Self {
        fn one(rng: &mut Rng, of: &[&'static str]) -> &'static str {
            of[rng.usize(..of.len())]
        }
        let question = one(rng, &QUESTIONS);
        let opening = match rng.u32(..100) {
            0..35 => vec!["I would like to book an appointment."],
            35..45 => vec!["I need a checkup next Tuesday at ten thirty."],
            45..50 => vec!["Um.", "Can I get a cleaning next week?"],
            50..55 => vec!["Do you have anything free on Friday for a filling?"],
            55..70 => vec![question, "Great, I would like to book an appointment."],
            70..88 => vec![question, "Thank you."],
            88..94 => vec!["I want to leave a message."],
            _ => vec!["I need to cancel my appointment."],
        };
        Self {
            opening,
            service: one(
                rng,
                &[
                    "A checkup.",
                    "A cleaning.",
                    "A filling.",
                    "Teeth whitening.",
                ],
            ),
            day: one(rng, &DAYS),
            time: one(rng, &TIMES),
            name: format!("My name is {} {}.", one(rng, &FIRST), one(rng, &LAST)),
            hidden: rng.u32(..100) < 12,
            agrees: rng.u32(..100) < 90,
            number: rng.u32(1_000..10_000),
        }
    }

    /// What the caller says to this; nothing when there is nothing left to say.
    fn answer(&self, heard: &str, nth: u64) -> Option<String> {
        let number = format!("It is two zero two five five five {}.", self.number);
        let right = match self.agrees || nth.is_multiple_of(2) {
            true => "Yes, that is right.",
            false => "No, the time is wrong.",
        };
        let table = [
            ("best number to reach you", number.as_str()),
            ("rest of the number", number.as_str()),
            ("anything else", "No, that is all, thank you. Goodbye."),
            ("What would you like to book", self.service),
            ("What day", self.day),
            ("What time", self.time),
            ("Which would you like", "The first one."),
            ("Would that work", "Yes."),
            ("What name", &self.name),
            ("What's your name", &self.name),
            ("calling from the best", "Yes, it is."),
            ("Is that right", right),
            ("Shall I cancel it", "Yes."),
            ("Would you like to book", "No, thank you."),
            ("What number was it", "I don't know."),
            ("Shall I take a message", "No."),
            ("your message", "Please call me back about my bill."),
            ("How can I help", "No, that is all. Goodbye."),
        ];
        let hit = table.iter().find(|(question, _)| heard.contains(question));
        hit.map(|(_, answer)| (*answer).to_owned())
    }
}

/// The words of a turn.
async fn words(world: &World, turn: &Turn) -> String {
    let mut all = String::new();
    for sound in &turn.sounds {
        let key = ObjectKey::parse(&sound.what);
        let spoken = match key {
            Some(key) => world.switchboard.parts().voicer.words(&key).await,
            None => Some(sound.what.as_str().into()),
        };
        all.push_str(&spoken.unwrap_or_default());
        all.push(' ');
    }
    all
}

/// Sentences of one part of the day, and how many of them were there.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    sentences: u64,
    there: u64,
    turns: u64,
}

impl Count {
    fn rate(self) -> f64 {
        100.0 * self.there as f64 / self.sentences.max(1) as f64
    }
}

async fn call(world: &World, name: &str, caller: &Caller) -> Count {
    let from = format!("+1202555{}", caller.number);
    let mut phone = Phone::new(world, name);
    phone.from = (!caller.hidden).then_some(from);
    phone.trip = 120;
    phone
        .follow(line::Kind::Incoming, None)
        .await
        .expect("an answer");
    let mut openings = caller.opening.iter();
    let mut heard = String::new();
    let mut count = Count::default();
    while !phone.over && count.turns < 14 {
        // A caller takes a breath before they speak.
        tokio::time::sleep(std::time::Duration::from_millis(900)).await;
        let line = match caller.answer(&heard, count.turns) {
            Some(line) if count.turns > 0 && !heard.contains("How can I help") => line,
            answer => match openings.next().map(|line| (*line).to_owned()).or(answer) {
                Some(line) => line,
                None => break,
            },
        };
        let turn = phone.say(&line).await;
        count.turns += 1;
        heard = words(world, &turn).await;
    }
    // The carrier tells of every call that it is over.
    phone.hang_up().await;
    for stamped in world.events(&phone.call).await {
        if let Event::Voiced { cached, .. } = stamped.event {
            count.sentences += 1;
            count.there += u64::from(cached);
        }
    }
    count
}

/// A clinic with six chairs, so that its day is not full after the first hour.
fn clinic() -> Business {
    let mut business = Business::demo();
    business.services.iter_mut().for_each(|s| s.parallel = 6);
    business
}

fn open(records: &Arc<dyn Records>) -> World {
    let plan = Plan {
        records: records.clone(),
        agent: Some(scripted(records)),
        business: clinic(),
        ..Plan::default()
    };
    let world = plan.open();
    world.voice.delay_ms.store(60, Ordering::SeqCst);
    world.switchboard.look_ahead(settings(8));
    world
}

async fn prewarm(world: &World) -> usize {
    let plan = world
        .switchboard
        .prewarm_plan(&world.business)
        .await
        .expect("records");
    let made = world
        .switchboard
        .prewarm(&world.business, &plan, |_| {})
        .await;
    assert_eq!(made.failed, Vec::<String>::new());
    plan.missing.len()
}

#[tokio::test(start_paused = true)]
async fn five_hundred_calls_find_three_sentences_of_five_there_already() {
    let records: Arc<dyn Records> = Arc::new(MemoryRecords::new());
    let world = open(&records);
    let prewarmed = prewarm(&world).await;
    eprintln!("{prewarmed} sentences were spoken before the first call");
    let mut rng = Rng::with_seed(20_261_117);
    let mut parts = vec![Count::default(); CALLS / PART];
    let mut before = world.voice.spoken.load(Ordering::SeqCst);
    for nth in 0..CALLS {
        let caller = Caller::draw(&mut rng);
        let count = call(&world, &format!("day{nth}"), &caller).await;
        let part = &mut parts[nth / PART];
        part.sentences += count.sentences;
        part.there += count.there;
        part.turns += count.turns;
        if (nth + 1) % PART == 0 {
            let spoken = world.voice.spoken.load(Ordering::SeqCst);
            eprintln!(
                "calls {:>3} to {:>3}: {:>4} turns, {:>4} sentences, {:.1} % there, {:>3} syntheses",
                nth + 2 - PART,
                nth + 1,
                part.turns,
                part.sentences,
                part.rate(),
                spoken - before,
            );
            before = spoken;
        }
    }
    let foresight = world.switchboard.foresight();
    eprintln!("{foresight:?}");
    for layer in world.switchboard.parts().voicer.tiers().figures() {
        eprintln!("{layer:?}");
    }
    world.settle().await;
    // The first part is the warm-up.
    for (nth, part) in parts.iter().enumerate().skip(1) {
        assert!(part.rate() >= 60.0, "part {nth}: {part:?}");
        assert!(part.turns >= 4 * PART as u64, "they talk: {part:?}");
    }
    assert!(foresight.hits > 200, "{foresight:?}");
}

#[tokio::test(start_paused = true)]
async fn a_second_identical_call_synthesises_nothing() {
    let records: Arc<dyn Records> = Arc::new(MemoryRecords::new());
    let plan = Plan {
        records: records.clone(),
        agent: Some(scripted(&records)),
        business: clinic(),
        ..Plan::default()
    };
    let world = plan.open();
    let caller = Caller {
        opening: vec![QUESTIONS[0], "Great, I would like to book an appointment."],
        service: "A cleaning.",
        day: DAYS[1],
        time: TIMES[3],
        name: "My name is Sam Lee.".into(),
        hidden: false,
        agrees: true,
        number: 1_320,
    };
    let first = call(&world, "first", &caller).await;
    let spoken = world.voice.spoken.load(Ordering::SeqCst);
    assert!(spoken >= 10 && first.there < first.sentences, "{first:?}");
    let second = call(&world, "second", &caller).await;
    assert_eq!(second.sentences, first.sentences);
    assert_eq!(
        (second.there, second.turns),
        (second.sentences, first.turns)
    );
    assert_eq!(world.voice.spoken.load(Ordering::SeqCst), spoken);
    let booked = world
        .records
        .reservations(&world.business.id, events::At(0), events::At(u64::MAX >> 8))
        .await;
    assert_eq!(booked.expect("records").len(), 2, "and both were served");
}
