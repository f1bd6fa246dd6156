//! Everything that can be said word for word before anybody calls.
//!
//! The decision: the list is made by asking. Questions that callers ask and bookings that they make are put to the
//! dialogue at a desk that keeps nothing, and its answers are collected; only what hangs on one caller (a name, a
//! number, a time that was chosen) is left out. So nothing here can fall behind the dialogue.

use std::{collections::HashSet, sync::Arc};

use events::At;
use text::Sentences;

use super::{
    dry::{sentences, try_out},
    outlook::open_days,
    turn::local,
};
use crate::{
    business::Business,
    greeting,
    hours::Calendar,
    reply::{Memo, Standing},
    say,
};

/// Days for which the hours are told.
const DAYS: usize = 10;
/// Most sentences of one business.
const MOST: usize = 2_000;
/// The caller in all of this, whose name and number are not to be heard.
const NAME: &str = "My name is Quillon Ashgrove.";
const NUMBER: &str = "+12025550143";
const MARKS: [&str; 4] = ["Quillon", "Ashgrove", "five five", "umbrella"];

/// What the scripted agent of this business can say word for word, whoever calls; the times are those of this moment.
/// The first are needed soonest. At most 2 000 sentences, without repetition, each as it is spoken in one clip.
pub fn repertoire(business: &Arc<Business>, now: At) -> Vec<String> {
    let mut list = List::default();
    list.add(&greeting::greeting(business));
    list.add(greeting::hold_fallback());
    list.add(greeting::apology());
    list.add(greeting::lost_thread());
    for line in greeting::nudges(business, None) {
        list.add(&line);
    }
    business.facts.iter().for_each(|fact| list.say(&fact.a));
    let standing = |caller: Option<&str>| Standing {
        business: Arc::clone(business),
        memo: Memo::default(),
        caller: caller.map(str::to_owned),
        now,
    };
    let known = standing(Some(NUMBER));
    for question in questions(business) {
        list.talk(&known, &[&question]);
    }
    for call in CALLS {
        list.talk(&known, call);
        list.talk(&standing(None), call);
    }
    bookings(&mut list, &known, &standing(None));
    list.sentences
}

/// What callers ask, out of the blue.
fn questions(business: &Business) -> Vec<String> {
    let mut all: Vec<String> = ASIDES.iter().map(|q| (*q).to_owned()).collect();
    for service in &business.services {
        let name = &service.name;
        all.push(format!("How much is a {name}?"));
        all.push(format!("How long does a {name} take?"));
        all.push(format!("Do you do {name}?"));
        all.push(format!("I would like to book a {name}."));
    }
    let items = business.prices.iter();
    all.extend(items.map(|price| format!("How much is {}?", price.item)));
    for day in [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ] {
        all.push(format!("Are you open on {day}?"));
    }
    let people = business.transfer.iter();
    all.extend(people.map(|person| format!("Can I speak to {}?", person.label)));
    all
}

const ASIDES: &[&str] = &[
    "What are your opening hours?",
    "Are you open on the weekend?",
    "When do you close today?",
    "What do you charge?",
    "Where are you?",
    "What services do you offer?",
    "Are you a real person?",
    "Can you hear me?",
    "How are you?",
    "Who is this?",
    "What can you do?",
    "Hello.",
    "Thank you.",
    "Hold on.",
    "I want to speak to a human.",
    "Why is the sky so very blue over there?",
    "Goodbye.",
];

/// Calls without a booking, line by line.
const CALLS: &[&[&str]] = &[
    &["Um.", "Um."],
    &["I want to leave a message.", "The umbrella is mine.", NAME],
    &["I want to leave a message.", "Never mind."],
    &["Why is the sky so very blue over there?", "No.", "No."],
    &["Why is the sky so very blue over there?", "Yes."],
    &["I need to cancel my appointment.", "I don't know.", "No."],
    &[
        "I need to cancel my appointment.",
        "two zero two five five five zero one four three",
        "two zero two five five five zero one four three",
    ],
    &["I need to move my appointment."],
    &["Thank you.", "Yes."],
    &["Thank you.", "No, that's all, goodbye."],
];

/// Bookings: every service, every day that comes, and one booking with everything that may go otherwise.
fn bookings(list: &mut List, known: &Standing, hidden: &Standing) {
    let business = &known.business;
    let calendar = Calendar::of(&business.hours);
    let today = local(known.now, business).date();
    let days = open_days(&calendar, today, DAYS);
    let Some(service) = business.services.first() else {
        return list.talk(known, &["I'd like to book an appointment.", "No."]);
    };
    list.talk(known, &["I'd like to book an appointment."]);
    for service in &business.services {
        list.talk(known, &["I'd like to book an appointment.", &service.name]);
        list.talk(known, &[&format!("Do you do {}?", service.name), "No."]);
    }
    let want = format!("I would like to book a {}.", service.name);
    for day in &days {
        list.talk(known, &[&want, &format!("On {}.", say::day(*day, today))]);
    }
    let chosen = days.last().and_then(|day| {
        let span = calendar.on(*day).first()?;
        Some((say::day(*day, today), say::time(span.from)))
    });
    let Some((day, time)) = chosen else {
        return;
    };
    let when = format!("At {time} on {day}.");
    list.chosen = Some((day, time));
    for (last, then) in ENDS {
        list.talk(known, &[&want, &when, NAME, "Yes.", last, then]);
    }
    let digits = [
        "two zero two",
        "two two",
        "two zero two five five five zero one four three",
    ];
    for standing in [known, hidden] {
        list.talk(standing, &[&want, &when, NAME, "No.", digits[0], digits[1]]);
        list.talk(standing, &[&want, &when, NAME, "No.", digits[2]]);
    }
    for word in ["Never mind.", "Goodbye."] {
        list.talk(known, &[&want, &when, word]);
    }
}

/// What is answered to "is that right?", and after it.
const ENDS: &[(&str, &str)] = &[
    ("Yes.", "No, that's all, thank you."),
    ("No.", "The time."),
    ("No.", "The day."),
    ("No.", "The name."),
    ("No.", "The number."),
    ("No.", "The service."),
];

#[derive(Default)]
struct List {
    sentences: Vec<String>,
    known: HashSet<String>,
    /// The day and the time that this caller chose.
    chosen: Option<(String, String)>,
}

impl List {
    /// A text that the call has whole, and cuts as such.
    fn add(&mut self, text: &str) {
        let (mut cut, mut whole) = (Sentences::default(), Vec::new());
        cut.push(text, &mut whole);
        cut.finish(&mut whole);
        whole.into_iter().for_each(|s| self.keep(s));
    }

    /// A text that the agent says word by word.
    fn say(&mut self, text: &str) {
        sentences(text).into_iter().for_each(|s| self.keep(s));
    }

    fn keep(&mut self, sentence: String) {
        let own =
            |(day, time): &(String, String)| sentence.contains(day) && sentence.contains(time);
        let heard_once = MARKS.iter().any(|mark| sentence.contains(mark))
            || self.chosen.as_ref().is_some_and(own);
        if !heard_once && self.sentences.len() < MOST && self.known.insert(sentence.clone()) {
            self.sentences.push(sentence);
        }
    }

    /// Lives through a call, line by line.
    fn talk(&mut self, standing: &Standing, lines: &[&str]) {
        let mut standing = standing.clone();
        for line in lines {
            let (said, after) = try_out(&standing, line);
            standing = after;
            said.into_iter().for_each(|s| self.keep(s));
        }
    }
}
