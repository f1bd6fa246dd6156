//! Looking up, moving and cancelling.

use expect_test::expect;

use crate::world::World;

const ME: &str = "+12025550132";

fn booked() -> World {
    World::new().booked("cleaning", "2026-11-19T10:00", 45, ME)
}

#[test]
fn when_is_it() {
    booked().check(&["when is my appointment?"], expect![[r#"
        > when is my appointment?
        <booking.find> You have a cleaning on Thursday, November 19th at 10 a.m.. Is there anything else I can help with? [Speech]
    "#]]);
    World::new().check(&["do I have an appointment?"], expect![[r#"
        > do I have an appointment?
        <booking.find> I don't see a booking under that number. What number was it booked with? [Dictation]
    "#]]);
}

#[test]
fn moving_with_the_new_time_at_once() {
    let mut world = booked();
    world.check(
        &["can you move my appointment to Friday at two?", "yes"],
        expect![[r#"
            > can you move my appointment to Friday at two?
            <booking.find> <calendar.check> I'll move your cleaning on Thursday, November 19th at 10 a.m. to Friday, November 20th at 2 p.m.. Is that right? [YesNo]
            > yes
            <booking.move> Done. Your cleaning is now on Friday, November 20th at 2 p.m.. Is there anything else I can help with? [Speech]
        "#]],
    );
    expect![[r#"
        cleaning Fri 2026-11-20 14:00 Sam Lee +12025550132
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn moving_step_by_step() {
    let mut world = booked();
    world.check(
        &[
            "I need to reschedule",
            "next monday",
            "nine",
            "no, make it half past nine",
            "yes",
        ],
        expect![[r#"
            > I need to reschedule
            I'm sorry, I don't know that. Shall I take a message? [YesNo]
            > next monday
            Sorry, I didn't catch that. Shall I take a message? [YesNo]
            > nine
            I'm sorry, I still didn't catch that. You can press zero to reach reception. Shall I take a message? [YesNo]
            > no, make it half past nine
            Okay. Is there anything else I can help with? [Speech]
            > yes
            Sure. What can I do for you? [Speech]
        "#]],
    );
    expect![[r#"
        cleaning Thu 2026-11-19 10:00 Sam Lee +12025550132
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn moving_from_one_day_to_another() {
    booked().check(
        &["move my appointment from Thursday to Friday", "eleven"],
        expect![[r#"
            > move my appointment from Thursday to Friday
            <booking.find> What time on Friday, November 20th? We're open from 8 a.m. to 3 p.m.. [Speech]
            > eleven
            <calendar.check> I'll move your cleaning on Thursday, November 19th at 10 a.m. to Friday, November 20th at 11 a.m.. Is that right? [YesNo]
        "#]],
    );
    booked().check(
        &["move my thursday appointment", "friday at noon"],
        expect![[r#"
            > move my thursday appointment
            <booking.find> You have a cleaning on Thursday, November 19th at 10 a.m.. What day would suit you? [Speech]
            > friday at noon
            <calendar.check> I'll move your cleaning on Thursday, November 19th at 10 a.m. to Friday, November 20th at noon. Is that right? [YesNo]
        "#]],
    );
}

#[test]
fn moving_by_half_an_hour_is_not_in_its_own_way() {
    let mut world = booked();
    world.check(&["move my appointment to 10:30", "yes"], expect![[r#"
        > move my appointment to 10:30
        <booking.find> I'll move your cleaning on Thursday, November 19th at 10 a.m. to Thursday, November 19th at 10:30 a.m.. Is that right? [YesNo]
        > yes
        <booking.move> Done. Your cleaning is now on Thursday, November 19th at 10:30 a.m.. Is there anything else I can help with? [Speech]
    "#]]);
    expect![[r#"
        cleaning Thu 2026-11-19 10:30 Sam Lee +12025550132
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn moving_onto_another() {
    booked().taken("2026-11-20T10:00", 60).check(
        &[
            "move my appointment to Friday at ten",
            "the first one",
            "yes",
        ],
        expect![[r#"
            > move my appointment to Friday at ten
            <booking.find> <calendar.check> <calendar.search> Sorry, 10 a.m. on Friday, November 20th is taken. On Friday, November 20th I have 9 a.m. or 11 a.m.. Which would you like? [Speech]
            > the first one
            I'll move your cleaning on Thursday, November 19th at 10 a.m. to Friday, November 20th at 9 a.m.. Is that right? [YesNo]
            > yes
            <booking.move> Done. Your cleaning is now on Friday, November 20th at 9 a.m.. Is there anything else I can help with? [Speech]
        "#]],
    );
}

#[test]
fn cancelling() {
    let mut world = booked();
    world.check(
        &[
            "I want to cancel my appointment",
            "yes",
            "no, that's it, thank you",
        ],
        expect![[r#"
            > I want to cancel my appointment
            <booking.find> You have a cleaning on Thursday, November 19th at 10 a.m.. Shall I cancel it? [YesNo]
            > yes
            <booking.cancel> Done. Your cleaning is cancelled. Is there anything else I can help with? [Speech]
            > no, that's it, thank you
            Thank you for calling Bright Smile Dental. Goodbye! [HangUp]
        "#]],
    );
    expect![[r#"
        cleaning Thu 2026-11-19 10:00 Sam Lee +12025550132 (cancelled)
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn not_cancelling_after_all() {
    let mut world = booked();
    world.check(&["cancel my appointment", "no, keep it"], expect![[r#"
        > cancel my appointment
        <booking.find> You have a cleaning on Thursday, November 19th at 10 a.m.. Shall I cancel it? [YesNo]
        > no, keep it
        Okay, I'll leave it as it is. Is there anything else I can help with? [Speech]
    "#]]);
    expect![[r#"
        cleaning Thu 2026-11-19 10:00 Sam Lee +12025550132
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn moving_instead_of_cancelling() {
    booked().check(
        &[
            "cancel my appointment",
            "can we move it to friday at ten instead",
        ],
        expect![[r#"
            > cancel my appointment
            <booking.find> You have a cleaning on Thursday, November 19th at 10 a.m.. Shall I cancel it? [YesNo]
            > can we move it to friday at ten instead
            <calendar.check> I'll move your cleaning on Thursday, November 19th at 10 a.m. to Friday, November 20th at 10 a.m.. Is that right? [YesNo]
        "#]],
    );
}

#[test]
fn one_of_two() {
    let two = || booked().booked("checkup", "2026-11-25T14:00", 30, ME);
    two().check(
        &["cancel my appointment", "the checkup", "yes"],
        expect![[r#"
            > cancel my appointment
            <booking.find> You have a cleaning on Thursday, November 19th at 10 a.m. and a checkup on Wednesday, November 25th at 2 p.m.. Which one do you mean? [Speech]
            > the checkup
            You have a checkup on Wednesday, November 25th at 2 p.m.. Shall I cancel it? [YesNo]
            > yes
            <booking.cancel> Done. Your checkup is cancelled. Is there anything else I can help with? [Speech]
        "#]],
    );
    two().check(&["cancel my checkup", "yes"], expect![[r#"
        > cancel my checkup
        <booking.find> You have a checkup on Wednesday, November 25th at 2 p.m.. Shall I cancel it? [YesNo]
        > yes
        <booking.cancel> Done. Your checkup is cancelled. Is there anything else I can help with? [Speech]
    "#]]);
    two().check(
        &["what appointments do I have, when is my appointment?"],
        expect![[r#"
            > what appointments do I have, when is my appointment?
            <booking.find> You have a cleaning on Thursday, November 19th at 10 a.m. and a checkup on Wednesday, November 25th at 2 p.m.. Is there anything else I can help with? [Speech]
        "#]],
    );
    two().check(
        &["cancel my appointment", "hmm", "the one on thursday"],
        expect![[r#"
            > cancel my appointment
            <booking.find> You have a cleaning on Thursday, November 19th at 10 a.m. and a checkup on Wednesday, November 25th at 2 p.m.. Which one do you mean? [Speech]
            > hmm
            Sorry, I didn't catch that. You have a cleaning on Thursday, November 19th at 10 a.m. and a checkup on Wednesday, November 25th at 2 p.m.. Which one do you mean? [Speech]
            > the one on thursday
            You have a cleaning on Thursday, November 19th at 10 a.m.. Shall I cancel it? [YesNo]
        "#]],
    );
}

#[test]
fn by_another_number() {
    let mut world = World::new().booked("cleaning", "2026-11-19T10:00", 45, "+12025550177");
    world.check(
        &["cancel my appointment", "it's under 202 555 0177", "yes"],
        expect![[r#"
            > cancel my appointment
            <booking.find> I don't see a booking under that number. What number was it booked with? [Dictation]
            > it's under 202 555 0177
            <booking.find> You have a cleaning on Thursday, November 19th at 10 a.m.. Shall I cancel it? [YesNo]
            > yes
            <booking.cancel> Done. Your cleaning is cancelled. Is there anything else I can help with? [Speech]
        "#]],
    );
    expect![[r#"
        cleaning Thu 2026-11-19 10:00 Sam Lee +12025550177 (cancelled)
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn nothing_found_at_all() {
    World::new().hidden().check(
        &[
            "cancel my appointment",
            "202 555 0111",
            "202 555 0112",
            "yes",
            "I was there last week",
            "Sam Lee",
            "no",
        ],
        expect![[r#"
            > cancel my appointment
            What number was it booked with? [Dictation]
            > 202 555 0111
            <booking.find> I don't see a booking under that number. What number was it booked with? [Dictation]
            > 202 555 0112
            <booking.find> I don't see a booking under that number either. Shall I take a message? [YesNo]
            > yes
            Of course. What's your message? [Dictation]
            > I was there last week
            What's your name? [Dictation]
            > Sam Lee
            What's the best number to reach you? [Dictation]
            > no
            <message.keep> Thank you, Sam Lee. I've written that down and will pass it on. Is there anything else I can help with? [Speech]
        "#]],
    );
}

#[test]
fn the_policy_is_a_question_and_cancels_nothing() {
    booked().check(
        &[
            "what's your cancellation policy?",
            "is there a fee if I cancel my appointment?",
        ],
        expect![[r#"
            > what's your cancellation policy?
            You can cancel free of charge until a day before. After that there is a fee of thirty dollars. [Speech]
            > is there a fee if I cancel my appointment?
            A checkup is sixty dollars, a cleaning is ninety dollars, a filling is from one hundred twenty dollars and a whitening is two hundred fifty dollars. [Speech]
        "#]],
    );
}
