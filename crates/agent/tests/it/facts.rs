//! Answers from the business file.

use expect_test::expect;

use crate::world::{World, check};

#[test]
fn hours() {
    check(
        &[
            "what are your hours?",
            "are you open on Saturday?",
            "are you open on sunday",
            "when do you close today?",
            "are you open now?",
            "are you open tomorrow at 6 pm",
            "are you open on christmas?",
            "what are your hours on december 24",
            "are you open on weekends",
            "are you open on november 26th?",
            "how late are you open on friday?",
        ],
        expect![[r#"
            > what are your hours?
            We're open Monday to Thursday from 8 a.m. to noon and from 1 p.m. to 5 p.m., Friday from 8 a.m. to 3 p.m. and Saturday from 9 a.m. to 1 p.m. We're closed on Sunday. [Speech]
            > are you open on Saturday?
            On Saturday, November 21st, we're open from 9 a.m. to 1 p.m. [Speech]
            > are you open on sunday
            On Sunday, November 22nd, we're closed. We're open again on Monday, November 23rd from 8 a.m. to noon and from 1 p.m. to 5 p.m. [Speech]
            > when do you close today?
            Today, Tuesday, November 17th, we're open from 8 a.m. to noon and from 1 p.m. to 5 p.m. [Speech]
            > are you open now?
            Yes, we're open now, until noon. [Speech]
            > are you open tomorrow at 6 pm
            No. Tomorrow, Wednesday, November 18th, we're open from 8 a.m. to noon and from 1 p.m. to 5 p.m. [Speech]
            > are you open on christmas?
            On Friday, December 25th, we're closed. We're open again on Saturday, December 26th from 9 a.m. to 1 p.m. [Speech]
            > what are your hours on december 24
            On Thursday, December 24th, we're open from 8 a.m. to noon. [Speech]
            > are you open on weekends
            We're open on Saturday from 9 a.m. to 1 p.m., and closed on Sunday. [Speech]
            > are you open on november 26th?
            On Thursday, November 26th, we're closed. We're open again on Friday, November 27th from 8 a.m. to 3 p.m. [Speech]
            > how late are you open on friday?
            On Friday, November 20th, we're open from 8 a.m. to 3 p.m. [Speech]
        "#]],
    );
}

#[test]
fn open_now_at_other_times() {
    World::new().at("2026-11-17T12:30").check(
        &["are you open right now"],
        expect![[r#"
            > are you open right now
            Not right now. We open again today at 1 p.m. [Speech]
        "#]],
    );
    World::new().at("2026-11-21T20:00").check(
        &["are you open?"],
        expect![[r#"
            > are you open?
            We're closed right now. We open again on Monday, November 23rd at 8 a.m. [Speech]
        "#]],
    );
    World::new().at("2026-11-25T23:59").check(
        &["are you open now", "and tomorrow, are you open?"],
        expect![[r#"
            > are you open now
            We're closed right now. We open again on Friday, November 27th at 8 a.m. [Speech]
            > and tomorrow, are you open?
            Tomorrow, Thursday, November 26th, we're closed. We're open again on Friday, November 27th from 8 a.m. to 3 p.m. [Speech]
        "#]],
    );
}

#[test]
fn prices() {
    check(
        &[
            "how much is a cleaning?",
            "what does whitening cost",
            "how much for an x-ray",
            "what are your prices?",
            "how long does a filling take?",
        ],
        expect![[r#"
            > how much is a cleaning?
            A cleaning is ninety dollars. [Speech]
            > what does whitening cost
            Teeth whitening is two hundred fifty dollars. [Speech]
            > how much for an x-ray
            An x-ray is forty dollars. [Speech]
            > what are your prices?
            A checkup is sixty dollars, a cleaning is ninety dollars, a filling is from one hundred twenty dollars and teeth whitening is two hundred fifty dollars. [Speech]
            > how long does a filling take?
            A filling takes about 60 minutes. [Speech]
        "#]],
    );
}

#[test]
fn facts_in_many_words() {
    check(
        &[
            "where can I park my car?",
            "parking?",
            "hey um I was wondering do you guys take Delta Dental",
            "do you accept insurance",
            "are you accepting new patients at the moment",
            "do you see children",
            "can I pay with a credit card",
            "is there an elevator in the building",
            "I have a terrible toothache",
            "where are you located?",
            "what's your address",
        ],
        expect![[r#"
            > where can I park my car?
            There is free parking behind the building. [Speech]
            > parking?
            There is free parking behind the building. [Speech]
            > hey um I was wondering do you guys take Delta Dental
            We take Delta Dental, Cigna and Aetna. Please bring your card. [Speech]
            > do you accept insurance
            We take Delta Dental, Cigna and Aetna. Please bring your card. [Speech]
            > are you accepting new patients at the moment
            Yes, we're happy to see new patients. [Speech]
            > do you see children
            Yes, we see children from the age of three. [Speech]
            > can I pay with a credit card
            You can pay by card, by check or in cash. [Speech]
            > is there an elevator in the building
            Yes, there is a ramp at the door and an elevator inside. [Speech]
            > I have a terrible toothache
            I'm sorry to hear that. Please come in today, we keep time free for emergencies, or ask me for reception. [Speech]
            > where are you located?
            We're at 120 Main Street, on the second floor, across from the library. [Speech]
            > what's your address
            We're at 120 Main Street, on the second floor, across from the library. [Speech]
        "#]],
    );
}

#[test]
fn what_is_not_known() {
    check(
        &[
            "do you sell toothbrushes?",
            "no",
            "who won the game last night?",
            "yes",
            "please send me a toothbrush",
            "Sam",
            "yes",
        ],
        expect![[r#"
            > do you sell toothbrushes?
            I'm sorry, I don't know that. Shall I take a message? [YesNo]
            > no
            Okay. Is there anything else I can help with? [Speech]
            > who won the game last night?
            I'm sorry, I don't know that. Shall I take a message? [YesNo]
            > yes
            Of course. What's your message? [Dictation]
            > please send me a toothbrush
            What's your name? [Speech]
            > Sam
            Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            <message.keep> Thank you, Sam. I've written that down and will pass it on. Is there anything else I can help with? [Speech]
        "#]],
    );
}

#[test]
fn what_is_offered() {
    check(
        &[
            "what services do you offer?",
            "do you do whitening?",
            "yes",
            "thursday",
        ],
        expect![[r#"
            > what services do you offer?
            You can book a checkup, a cleaning, a filling or teeth whitening. [Speech]
            > do you do whitening?
            Yes, we do. Teeth whitening takes about 60 minutes and is two hundred fifty dollars. Would you like to book teeth whitening? [YesNo]
            > yes
            What day would suit you? [Speech]
            > thursday
            On Thursday, November 19th we're open from 8 a.m. to noon and from 1 p.m. to 5 p.m. What time would you like? [Speech]
        "#]],
    );
    check(
        &["do you do cleanings?", "no thanks", "no"],
        expect![[r#"
        > do you do cleanings?
        Yes, we do. A cleaning takes about 45 minutes and is ninety dollars. Would you like to book a cleaning? [YesNo]
        > no thanks
        Okay. Is there anything else I can help with? [Speech]
        > no
        Thank you for calling Bright Smile Dental. Goodbye! [HangUp]
    "#]],
    );
}

#[test]
fn another_business_without_anything() {
    let mut world = World::new().hidden();
    world.business = std::sync::Arc::new(agent::Business::default());
    world.check(
        &[
            "are you open today?",
            "how much is a cleaning",
            "I'd like to book an appointment",
            "no",
            "can I talk to a person",
            "no",
            "where are you",
            "bye",
        ],
        expect![[r#"
            > are you open today?
            I'm sorry, I don't know that. Shall I take a message? [YesNo]
            > how much is a cleaning
            I'm sorry, I don't know that. Shall I take a message? [YesNo]
            > I'd like to book an appointment
            I'm afraid I can't book that myself. Shall I take a message? [YesNo]
            > no
            Okay. Is there anything else I can help with? [Speech]
            > can I talk to a person
            I can't put you through to anybody right now. Shall I take a message? [YesNo]
            > no
            Okay. Is there anything else I can help with? [Speech]
            > where are you
            Sorry, I didn't catch that. Is there anything else I can help with? [Speech]
            > bye
            Thank you for calling the front desk. Goodbye! [HangUp]
        "#]],
    );
}

#[test]
fn hours_go_on() {
    check(
        &[
            "how late are you open tonight",
            "ok what about saturday",
            "and the day after thanksgiving?",
        ],
        expect![[r#"
            > how late are you open tonight
            Today, Tuesday, November 17th, we're open from 8 a.m. to noon and from 1 p.m. to 5 p.m. [Speech]
            > ok what about saturday
            On Saturday, November 21st, we're open from 9 a.m. to 1 p.m. [Speech]
            > and the day after thanksgiving?
            On Friday, November 27th, we're open from 8 a.m. to 3 p.m. [Speech]
        "#]],
    );
}
