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
        <booking.find> You have a cleaning at 10 a.m. on Thursday, November 19th. Is there anything else I can help with? [Speech]
    "#]]);
    World::new().check(&["do I have an appointment?"], expect![[r#"
        > do I have an appointment?
        <booking.find> I don't see a booking under the number you're calling from. What number was it booked with? [Dictation]
    "#]]);
}

#[test]
fn moving_with_the_new_time_at_once() {
    let mut world = booked();
    world.check(
        &["can you move my appointment to Friday at two?", "yes"],
        expect![[r#"
            > can you move my appointment to Friday at two?
            <booking.find> <calendar.check> I'll move your cleaning from 10 a.m. on Thursday, November 19th to 2 p.m. on Friday, November 20th. Is that right? [YesNo]
            > yes
            <booking.move> Done. Your cleaning is now at 2 p.m. on Friday, November 20th. Is there anything else I can help with? [Speech]
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
            <booking.find> You have a cleaning at 10 a.m. on Thursday, November 19th. What day would suit you? [Speech]
            > next monday
            On Monday, November 23rd we're open from 8 a.m. to noon and from 1 p.m. to 5 p.m. What time would you like? [Speech]
            > nine
            <calendar.check> I'll move your cleaning from 10 a.m. on Thursday, November 19th to 9 a.m. on Monday, November 23rd. Is that right? [YesNo]
            > no, make it half past nine
            <calendar.check> I'll move your cleaning from 10 a.m. on Thursday, November 19th to 9:30 a.m. on Monday, November 23rd. Is that right? [YesNo]
            > yes
            <booking.move> Done. Your cleaning is now at 9:30 a.m. on Monday, November 23rd. Is there anything else I can help with? [Speech]
        "#]],
    );
    expect![[r#"
        cleaning Mon 2026-11-23 09:30 Sam Lee +12025550132
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn moving_from_one_day_to_another() {
    booked().check(
        &["move my appointment from Thursday to Friday", "eleven"],
        expect![[r#"
            > move my appointment from Thursday to Friday
            <booking.find> On Friday, November 20th we're open from 8 a.m. to 3 p.m. What time would you like? [Speech]
            > eleven
            <calendar.check> I'll move your cleaning from 10 a.m. on Thursday, November 19th to 11 a.m. on Friday, November 20th. Is that right? [YesNo]
        "#]],
    );
    booked().check(
        &["move my thursday appointment", "friday at noon"],
        expect![[r#"
            > move my thursday appointment
            <booking.find> You have a cleaning at 10 a.m. on Thursday, November 19th. What day would suit you? [Speech]
            > friday at noon
            <calendar.check> I'll move your cleaning from 10 a.m. on Thursday, November 19th to noon on Friday, November 20th. Is that right? [YesNo]
        "#]],
    );
}

#[test]
fn moving_by_half_an_hour_is_not_in_its_own_way() {
    let mut world = booked();
    world.check(&["move my appointment to 10:30", "yes"], expect![[r#"
        > move my appointment to 10:30
        <booking.find> I'll move your cleaning from 10 a.m. on Thursday, November 19th to 10:30 a.m. on Thursday, November 19th. Is that right? [YesNo]
        > yes
        <booking.move> Done. Your cleaning is now at 10:30 a.m. on Thursday, November 19th. Is there anything else I can help with? [Speech]
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
            <booking.find> <calendar.check> <calendar.search> Sorry, 10 a.m. on Friday, November 20th is taken. I have 9 a.m. or 11 a.m. free. Which would you like? [Speech]
            > the first one
            I'll move your cleaning from 10 a.m. on Thursday, November 19th to 9 a.m. on Friday, November 20th. Is that right? [YesNo]
            > yes
            <booking.move> Done. Your cleaning is now at 9 a.m. on Friday, November 20th. Is there anything else I can help with? [Speech]
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
            <booking.find> You have a cleaning at 10 a.m. on Thursday, November 19th. Shall I cancel it? [YesNo]
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
        <booking.find> You have a cleaning at 10 a.m. on Thursday, November 19th. Shall I cancel it? [YesNo]
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
            <booking.find> You have a cleaning at 10 a.m. on Thursday, November 19th. Shall I cancel it? [YesNo]
            > can we move it to friday at ten instead
            <calendar.check> I'll move your cleaning from 10 a.m. on Thursday, November 19th to 10 a.m. on Friday, November 20th. Is that right? [YesNo]
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
            <booking.find> You have a cleaning at 10 a.m. on Thursday, November 19th and a checkup at 2 p.m. on Wednesday, November 25th. Which one do you mean? [Speech]
            > the checkup
            You have a checkup at 2 p.m. on Wednesday, November 25th. Shall I cancel it? [YesNo]
            > yes
            <booking.cancel> Done. Your checkup is cancelled. Is there anything else I can help with? [Speech]
        "#]],
    );
    two().check(&["cancel my checkup", "yes"], expect![[r#"
        > cancel my checkup
        <booking.find> You have a checkup at 2 p.m. on Wednesday, November 25th. Shall I cancel it? [YesNo]
        > yes
        <booking.cancel> Done. Your checkup is cancelled. Is there anything else I can help with? [Speech]
    "#]]);
    two().check(
        &["what appointments do I have, when is my appointment?"],
        expect![[r#"
            > what appointments do I have, when is my appointment?
            <booking.find> You have a cleaning at 10 a.m. on Thursday, November 19th and a checkup at 2 p.m. on Wednesday, November 25th. Is there anything else I can help with? [Speech]
        "#]],
    );
    two().check(
        &["cancel my appointment", "hmm", "the one on thursday"],
        expect![[r#"
            > cancel my appointment
            <booking.find> You have a cleaning at 10 a.m. on Thursday, November 19th and a checkup at 2 p.m. on Wednesday, November 25th. Which one do you mean? [Speech]
            > hmm
            Sorry, I didn't catch that. You have a cleaning at 10 a.m. on Thursday, November 19th and a checkup at 2 p.m. on Wednesday, November 25th. Which one do you mean? [Speech]
            > the one on thursday
            You have a cleaning at 10 a.m. on Thursday, November 19th. Shall I cancel it? [YesNo]
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
            <booking.find> I don't see a booking under the number you're calling from. What number was it booked with? [Dictation]
            > it's under 202 555 0177
            <booking.find> You have a cleaning at 10 a.m. on Thursday, November 19th. Shall I cancel it? [YesNo]
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
            What's your name? [Speech]
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
            You can cancel free of charge until a day before. After that there is a fee of thirty dollars. [Speech]
        "#]],
    );
}
