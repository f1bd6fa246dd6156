//! Booking: in one breath, piece by piece, with second thoughts, and never twice.

use std::sync::Arc;

use agent::{Agent, MemoryDesk};
use expect_test::expect;
use futures::{StreamExt, executor::block_on, future::join};

use crate::world::{World, check};

#[test]
fn everything_in_one_sentence() {
    let mut world = World::new();
    world.check(
        &[
            "I'd like a cleaning tomorrow at ten for Sam Lee",
            "yes",
            "yes that's right",
            "no that's all, bye",
        ],
        expect![[r#"
            > I'd like a cleaning tomorrow at ten for Sam Lee
            <calendar.check> 10 a.m. on Wednesday, November 18th is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a cleaning at 10 a.m. on Wednesday, November 18th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yes that's right
            <booking.book> You're booked: a cleaning at 10 a.m. on Wednesday, November 18th. Is there anything else I can help with? [Speech]
            > no that's all, bye
            Thank you for calling Bright Smile Dental. Goodbye! [HangUp]
        "#]],
    );
    expect![[r#"
        cleaning Wed 2026-11-18 10:00 Sam Lee +12025550132
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn agreeing_again_after_an_answer_that_was_never_heard_books_nothing_more() {
    let mut world = World::new();
    for line in ["I'd like a cleaning tomorrow at ten for Sam Lee", "yes"] {
        world.say(line);
    }
    // The turn books, an apology goes out in its place, and what it would have remembered is lost with it.
    let (memo, history) = (world.memo.clone(), world.history.clone());
    world.say("yes that's right");
    (world.memo, world.history) = (memo, history);
    world.check(
        &["yes that's right"],
        expect![[r#"
            > yes that's right
            <booking.book> You're booked: a cleaning at 10 a.m. on Wednesday, November 18th. Is there anything else I can help with? [Speech]
        "#]],
    );
    expect![[r#"
        cleaning Wed 2026-11-18 10:00 Sam Lee +12025550132
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn one_field_at_a_time() {
    let mut world = World::new().hidden();
    world.check(
        &[
            "Hi, I need to make an appointment",
            "a checkup",
            "next tuesday",
            "half past ten",
            "it's Pam Lee",
            "202 555 oh one four four",
            "yes",
        ],
        expect![[r#"
            > Hi, I need to make an appointment
            What would you like to book? I can do a checkup, a cleaning, a filling or teeth whitening. [Speech]
            > a checkup
            What day would suit you? [Speech]
            > next tuesday
            On Tuesday, November 24th we're open from 8 a.m. to noon and from 1 p.m. to 5 p.m. What time would you like? [Speech]
            > half past ten
            <calendar.check> 10:30 a.m. on Tuesday, November 24th is free. What name should I put it under? [Speech]
            > it's Pam Lee
            What's the best number to reach you? [Dictation]
            > 202 555 oh one four four
            Let me read that back: a checkup at 10:30 a.m. on Tuesday, November 24th, for Pam Lee. Your number is two zero two, five five five, zero one four four. Is that right? [YesNo]
            > yes
            <booking.book> You're booked: a checkup at 10:30 a.m. on Tuesday, November 24th. Is there anything else I can help with? [Speech]
        "#]],
    );
    expect![[r#"
        checkup Tue 2026-11-24 10:30 Pam Lee +12025550144
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn a_lower_case_recogniser() {
    check(
        &[
            "can i book a cleaning for sam lee on friday at nine",
            "yeah",
            "yep",
        ],
        expect![[r#"
            > can i book a cleaning for sam lee on friday at nine
            <calendar.check> 9 a.m. on Friday, November 20th is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yeah
            Let me read that back: a cleaning at 9 a.m. on Friday, November 20th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yep
            <booking.book> You're booked: a cleaning at 9 a.m. on Friday, November 20th. Is there anything else I can help with? [Speech]
        "#]],
    );
}

#[test]
fn the_time_is_corrected_at_the_end() {
    let mut world = World::new();
    world.check(
        &[
            "book a checkup on Thursday at two for Sam Lee",
            "yes",
            "no, make it four",
            "yes",
        ],
        expect![[r#"
            > book a checkup on Thursday at two for Sam Lee
            <calendar.check> 2 p.m. on Thursday, November 19th is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a checkup at 2 p.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > no, make it four
            <calendar.check> Let me read that back: a checkup at 4 p.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yes
            <booking.book> You're booked: a checkup at 4 p.m. on Thursday, November 19th. Is there anything else I can help with? [Speech]
        "#]],
    );
    expect![[r#"
        checkup Thu 2026-11-19 16:00 Sam Lee +12025550132
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn the_day_is_corrected() {
    check(
        &[
            "book a checkup on Thursday at two for Sam Lee",
            "yes",
            "actually Friday",
            "correct",
        ],
        expect![[r#"
            > book a checkup on Thursday at two for Sam Lee
            <calendar.check> 2 p.m. on Thursday, November 19th is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a checkup at 2 p.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > actually Friday
            <calendar.check> Let me read that back: a checkup at 2 p.m. on Friday, November 20th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > correct
            <booking.book> You're booked: a checkup at 2 p.m. on Friday, November 20th. Is there anything else I can help with? [Speech]
        "#]],
    );
}

#[test]
fn the_name_is_corrected() {
    let mut world = World::new();
    world.check(
        &[
            "book a checkup on Thursday at two for Sam Lee",
            "yes",
            "not Sam, Pam",
            "yes please",
        ],
        expect![[r#"
            > book a checkup on Thursday at two for Sam Lee
            <calendar.check> 2 p.m. on Thursday, November 19th is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a checkup at 2 p.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > not Sam, Pam
            Let me read that back: a checkup at 2 p.m. on Thursday, November 19th, for Pam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yes please
            <booking.book> You're booked: a checkup at 2 p.m. on Thursday, November 19th. Is there anything else I can help with? [Speech]
        "#]],
    );
    expect![[r#"
        checkup Thu 2026-11-19 14:00 Pam Lee +12025550132
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn the_number_is_corrected() {
    let mut world = World::new();
    world.check(
        &[
            "book a checkup on Thursday at two for Sam Lee",
            "no",
            "double five five, two oh two",
            "202 555 0177",
            "no, the number is 202 555 0178",
            "that's correct",
        ],
        expect![[r#"
            > book a checkup on Thursday at two for Sam Lee
            <calendar.check> 2 p.m. on Thursday, November 19th is free. Is the number you're calling from the best one to reach you? [YesNo]
            > no
            What's the best number to reach you? [Dictation]
            > double five five, two oh two
            What's the rest of the number? [Dictation]
            > 202 555 0177
            Let me read that back: a checkup at 2 p.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one seven seven. Is that right? [YesNo]
            > no, the number is 202 555 0178
            Let me read that back: a checkup at 2 p.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one seven eight. Is that right? [YesNo]
            > that's correct
            <booking.book> You're booked: a checkup at 2 p.m. on Thursday, November 19th. Is there anything else I can help with? [Speech]
        "#]],
    );
    expect![[r#"
        checkup Thu 2026-11-19 14:00 Sam Lee +12025550178
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn no_without_saying_what() {
    check(
        &[
            "book a checkup on Thursday at two for Sam Lee",
            "yes",
            "no",
            "the time",
            "three",
            "no",
            "the name",
            "Jo Park",
            "yes",
        ],
        expect![[r#"
            > book a checkup on Thursday at two for Sam Lee
            <calendar.check> 2 p.m. on Thursday, November 19th is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a checkup at 2 p.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > no
            Okay. What should I change: the service, the day, the time, the name or the number? [Speech]
            > the time
            What time on Thursday, November 19th? [Speech]
            > three
            <calendar.check> Let me read that back: a checkup at 3 p.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > no
            Okay. What should I change: the service, the day, the time, the name or the number? [Speech]
            > the name
            What name should I put it under? [Speech]
            > Jo Park
            Let me read that back: a checkup at 3 p.m. on Thursday, November 19th, for Jo Park. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yes
            <booking.book> You're booked: a checkup at 3 p.m. on Thursday, November 19th. Is there anything else I can help with? [Speech]
        "#]],
    );
}

#[test]
fn the_service_is_corrected() {
    check(
        &[
            "book a checkup on Thursday at two for Sam Lee",
            "yes",
            "sorry, a filling",
            "yes",
        ],
        expect![[r#"
            > book a checkup on Thursday at two for Sam Lee
            <calendar.check> 2 p.m. on Thursday, November 19th is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a checkup at 2 p.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > sorry, a filling
            <calendar.check> Let me read that back: a filling at 2 p.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yes
            <booking.book> You're booked: a filling at 2 p.m. on Thursday, November 19th. Is there anything else I can help with? [Speech]
        "#]],
    );
}

#[test]
fn a_second_thought_within_one_sentence() {
    check(
        &["a cleaning on Thursday, no sorry, Friday at ten", "Sam Lee"],
        expect![[r#"
            > a cleaning on Thursday, no sorry, Friday at ten
            <calendar.check> 10 a.m. on Friday, November 20th is free. What name should I put it under? [Speech]
            > Sam Lee
            Is the number you're calling from the best one to reach you? [YesNo]
        "#]],
    );
}

#[test]
fn a_question_in_the_middle() {
    check(
        &[
            "I want to book a whitening",
            "is there parking?",
            "tomorrow",
            "how much is it?",
            "what time do you close?",
            "at two",
        ],
        expect![[r#"
            > I want to book a whitening
            What day would suit you? [Speech]
            > is there parking?
            There is free parking behind the building. What day would suit you? [Speech]
            > tomorrow
            On Wednesday, November 18th we're open from 8 a.m. to noon and from 1 p.m. to 5 p.m. What time would you like? [Speech]
            > how much is it?
            Teeth whitening is two hundred fifty dollars. What time on Wednesday, November 18th? [Speech]
            > what time do you close?
            Today, Tuesday, November 17th, we're open from 8 a.m. to noon and from 1 p.m. to 5 p.m. What time on Wednesday, November 18th? [Speech]
            > at two
            <calendar.check> 2 p.m. on Wednesday, November 18th is free. What name should I put it under? [Speech]
        "#]],
    );
}

#[test]
fn a_question_while_reading_back_books_nothing() {
    let mut world = World::new();
    world.check(
        &[
            "a checkup on Thursday at two for Sam Lee",
            "yes",
            "yes but do you take my insurance?",
            "okay, yes",
        ],
        expect![[r#"
            > a checkup on Thursday at two for Sam Lee
            <calendar.check> 2 p.m. on Thursday, November 19th is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a checkup at 2 p.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yes but do you take my insurance?
            We take Delta Dental, Cigna and Aetna. Please bring your card. Let me read that back: a checkup at 2 p.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > okay, yes
            <booking.book> You're booked: a checkup at 2 p.m. on Thursday, November 19th. Is there anything else I can help with? [Speech]
        "#]],
    );
    expect![[r#"
        checkup Thu 2026-11-19 14:00 Sam Lee +12025550132
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn a_taken_time_and_two_others() {
    let mut world = World::new().taken("2026-11-19T10:00", 30);
    world.check(
        &[
            "a checkup on Thursday at ten",
            "the second one",
            "Sam Lee",
            "yes",
            "yes",
        ],
        expect![[r#"
            > a checkup on Thursday at ten
            <calendar.check> <calendar.search> Sorry, 10 a.m. on Thursday, November 19th is taken. I have 9:30 a.m. or 10:30 a.m. free. Which would you like? [Speech]
            > the second one
            What name should I put it under? [Speech]
            > Sam Lee
            Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a checkup at 10:30 a.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yes
            <booking.book> You're booked: a checkup at 10:30 a.m. on Thursday, November 19th. Is there anything else I can help with? [Speech]
        "#]],
    );
}

#[test]
fn a_taken_time_and_another_day_at_the_same_time() {
    let mut world = World::new().taken("2026-11-19T10:00", 30);
    world.check(
        &[
            "a checkup on Thursday at ten",
            "what about Friday?",
            "Sam Lee",
        ],
        expect![[r#"
            > a checkup on Thursday at ten
            <calendar.check> <calendar.search> Sorry, 10 a.m. on Thursday, November 19th is taken. I have 9:30 a.m. or 10:30 a.m. free. Which would you like? [Speech]
            > what about Friday?
            <calendar.check> 10 a.m. on Friday, November 20th is free. What name should I put it under? [Speech]
            > Sam Lee
            Is the number you're calling from the best one to reach you? [YesNo]
        "#]],
    );
}

#[test]
fn none_of_the_offers() {
    let mut world = World::new().taken("2026-11-19T10:00", 30);
    world.check(
        &[
            "a checkup on Thursday at ten",
            "neither",
            "next monday at nine",
        ],
        expect![[r#"
            > a checkup on Thursday at ten
            <calendar.check> <calendar.search> Sorry, 10 a.m. on Thursday, November 19th is taken. I have 9:30 a.m. or 10:30 a.m. free. Which would you like? [Speech]
            > neither
            Okay. What other day or time would suit you? [Speech]
            > next monday at nine
            <calendar.check> 9 a.m. on Monday, November 23rd is free. What name should I put it under? [Speech]
        "#]],
    );
}

#[test]
fn anything_later() {
    let mut world = World::new().taken("2026-11-19T10:00", 30);
    world.check(
        &[
            "a checkup on Thursday at ten",
            "do you have anything later?",
        ],
        expect![[r#"
            > a checkup on Thursday at ten
            <calendar.check> <calendar.search> Sorry, 10 a.m. on Thursday, November 19th is taken. I have 9:30 a.m. or 10:30 a.m. free. Which would you like? [Speech]
            > do you have anything later?
            <calendar.search> On Thursday, November 19th I have 11 a.m. or 11:30 a.m. free. Which would you like? [Speech]
        "#]],
    );
}

#[test]
fn an_offer_is_chosen_by_its_time_and_by_key() {
    World::new().taken("2026-11-19T10:00", 30).check(
        &["a checkup on Thursday at ten", "half past ten works"],
        expect![[r#"
            > a checkup on Thursday at ten
            <calendar.check> <calendar.search> Sorry, 10 a.m. on Thursday, November 19th is taken. I have 9:30 a.m. or 10:30 a.m. free. Which would you like? [Speech]
            > half past ten works
            What name should I put it under? [Speech]
        "#]],
    );
    World::new()
        .taken("2026-11-19T10:00", 30)
        .check(&["a checkup on Thursday at ten", "#1"], expect![[r#"
            > a checkup on Thursday at ten
            <calendar.check> <calendar.search> Sorry, 10 a.m. on Thursday, November 19th is taken. I have 9:30 a.m. or 10:30 a.m. free. Which would you like? [Speech]
            > #1
            What name should I put it under? [Speech]
        "#]]);
}

#[test]
fn a_closed_day() {
    check(
        &[
            "can I get a checkup on Sunday at eleven",
            "monday",
            "Sam Lee",
        ],
        expect![[r#"
            > can I get a checkup on Sunday at eleven
            <calendar.search> Sorry, we're closed on Sunday, November 22nd. On Monday, November 23rd I have 10:30 a.m. or 11 a.m. free. Which would you like? [Speech]
            > monday
            <calendar.check> 11 a.m. on Monday, November 23rd is free. What name should I put it under? [Speech]
            > Sam Lee
            Is the number you're calling from the best one to reach you? [YesNo]
        "#]],
    );
}

#[test]
fn a_holiday() {
    check(
        &["a checkup on thanksgiving please", "friday"],
        expect![[r#"
            > a checkup on thanksgiving please
            <calendar.search> Sorry, we're closed on Thursday, November 26th. On Friday, November 27th I have 8 a.m. or 8:30 a.m. free. Which would you like? [Speech]
            > friday
            On Friday, November 27th we're open from 8 a.m. to 3 p.m. What time would you like? [Speech]
        "#]],
    );
}

#[test]
fn outside_the_hours() {
    check(
        &["a whitening on Saturday at half past twelve", "9"],
        expect![[r#"
            > a whitening on Saturday at half past twelve
            <calendar.search> On Saturday, November 21st we're open from 9 a.m. to 1 p.m., and that takes 60 minutes. I have 11:30 a.m. or noon free. Which would you like? [Speech]
            > 9
            <calendar.check> 9 a.m. on Saturday, November 21st is free. What name should I put it under? [Speech]
        "#]],
    );
}

#[test]
fn the_lunch_break() {
    check(
        &["a checkup tomorrow at noon"],
        expect![[r#"
            > a checkup tomorrow at noon
            <calendar.search> On Wednesday, November 18th we're open from 8 a.m. to noon and from 1 p.m. to 5 p.m., and that takes 30 minutes. I have 11 a.m. or 11:30 a.m. free. Which would you like? [Speech]
        "#]],
    );
}

#[test]
fn a_time_that_has_passed() {
    check(
        &["a checkup today at nine in the morning"],
        expect![[r#"
            > a checkup today at nine in the morning
            <calendar.search> 9 a.m. on Tuesday, November 17th has already passed. I have 10:30 a.m. or 11 a.m. free. Which would you like? [Speech]
        "#]],
    );
}

#[test]
fn a_day_that_has_passed() {
    check(
        &[
            "a checkup yesterday at ten",
            "a checkup on 2026-11-01",
            "tomorrow",
        ],
        expect![[r#"
            > a checkup yesterday at ten
            That day has already passed. What day would suit you? [Speech]
            > a checkup on 2026-11-01
            That day has already passed. What day would suit you? [Speech]
            > tomorrow
            On Wednesday, November 18th we're open from 8 a.m. to noon and from 1 p.m. to 5 p.m. What time would you like? [Speech]
        "#]],
    );
}

#[test]
fn too_far_ahead() {
    check(
        &["a checkup on march 3 2029"],
        expect![[r#"
        > a checkup on march 3 2029
        I can only book up to a year ahead. What day would suit you? [Speech]
    "#]],
    );
}

#[test]
fn the_hour_that_the_clocks_skip() {
    let mut world = World::new().at("2027-03-12T10:00");
    let mut business = agent::Business::demo();
    business
        .hours
        .entries
        .insert("sun".into(), "00:00-24:00".into());
    world.business = Arc::new(business);
    world.check(
        &["a checkup on Sunday at 2:30 am", "at 3:30 am"],
        expect![[r#"
            > a checkup on Sunday at 2:30 am
            <calendar.search> There is no 2:30 a.m. that day, because the clocks change. I have 1:30 a.m. or 3 a.m. free. Which would you like? [Speech]
            > at 3:30 am
            <calendar.check> 3:30 a.m. on Sunday, March 14th is free. What name should I put it under? [Speech]
        "#]],
    );
}

#[test]
fn the_day_the_clocks_change() {
    let mut world = World::new().at("2026-10-31T08:00");
    let mut business = agent::Business::demo();
    business
        .hours
        .entries
        .insert("sun".into(), "10:00-16:00".into());
    world.business = Arc::new(business);
    world.check(
        &["a checkup tomorrow at ten for Sam Lee", "yes", "yes"],
        expect![[r#"
            > a checkup tomorrow at ten for Sam Lee
            <calendar.check> 10 a.m. on Sunday, November 1st is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a checkup at 10 a.m. on Sunday, November 1st, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yes
            <booking.book> You're booked: a checkup at 10 a.m. on Sunday, November 1st. Is there anything else I can help with? [Speech]
        "#]],
    );
    expect![[r#"
        checkup Sun 2026-11-01 10:00 Sam Lee +12025550132
    "#]]
    .assert_eq(&world.written());
}

#[test]
fn the_first_free_time() {
    check(
        &[
            "what's the earliest you have for a filling?",
            "either is fine",
        ],
        expect![[r#"
            > what's the earliest you have for a filling?
            <calendar.search> On Tuesday, November 17th I have 10:30 a.m. or 11 a.m. free. Which would you like? [Speech]
            > either is fine
            What name should I put it under? [Speech]
        "#]],
    );
}

#[test]
fn a_part_of_the_day() {
    check(
        &[
            "I'd like a cleaning on Thursday in the afternoon",
            "the earlier one",
        ],
        expect![[r#"
            > I'd like a cleaning on Thursday in the afternoon
            <calendar.search> On Thursday, November 19th I have 1 p.m. or 1:30 p.m. free. Which would you like? [Speech]
            > the earlier one
            What name should I put it under? [Speech]
        "#]],
    );
}

#[test]
fn next_week() {
    check(
        &["I need a cleaning next week", "wednesday", "four"],
        expect![[r#"
            > I need a cleaning next week
            What day next week would suit you? [Speech]
            > wednesday
            On Wednesday, November 25th we're open from 8 a.m. to noon and from 1 p.m. to 5 p.m. What time would you like? [Speech]
            > four
            <calendar.check> 4 p.m. on Wednesday, November 25th is free. What name should I put it under? [Speech]
        "#]],
    );
}

#[test]
fn what_times_are_there() {
    check(
        &["book a cleaning", "friday", "what times do you have?"],
        expect![[r#"
            > book a cleaning
            What day would suit you? [Speech]
            > friday
            On Friday, November 20th we're open from 8 a.m. to 3 p.m. What time would you like? [Speech]
            > what times do you have?
            <calendar.search> On Friday, November 20th I have 8 a.m. or 8:30 a.m. free. Which would you like? [Speech]
        "#]],
    );
}

#[test]
fn in_two_weeks() {
    check(
        &[
            "a checkup in two weeks at 3 pm",
            "the first of december at three",
        ],
        expect![[r#"
            > a checkup in two weeks at 3 pm
            <calendar.check> 3 p.m. on Tuesday, December 1st is free. What name should I put it under? [Speech]
            > the first of december at three
            <calendar.check> 3 p.m. on Tuesday, December 1st is free. What name should I put it under? [Speech]
        "#]],
    );
}

#[test]
fn a_spelled_name() {
    check(
        &["a checkup tomorrow at two", "S I O B H A N", "yes"],
        expect![[r#"
            > a checkup tomorrow at two
            <calendar.check> 2 p.m. on Wednesday, November 18th is free. What name should I put it under? [Speech]
            > S I O B H A N
            Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a checkup at 2 p.m. on Wednesday, November 18th, for Siobhan. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
        "#]],
    );
    check(
        &["a checkup tomorrow at two", "my name is Jon, J O N, Smith"],
        expect![[r#"
            > a checkup tomorrow at two
            <calendar.check> 2 p.m. on Wednesday, November 18th is free. What name should I put it under? [Speech]
            > my name is Jon, J O N, Smith
            Is the number you're calling from the best one to reach you? [YesNo]
        "#]],
    );
}

#[test]
fn a_number_in_two_pieces() {
    let mut world = World::new().hidden();
    world.check(
        &[
            "a checkup tomorrow at two for Sam Lee",
            "area code 202",
            "five five five oh one double three",
        ],
        expect![[r#"
            > a checkup tomorrow at two for Sam Lee
            <calendar.check> 2 p.m. on Wednesday, November 18th is free. What's the best number to reach you? [Dictation]
            > area code 202
            What's the rest of the number? [Dictation]
            > five five five oh one double three
            Let me read that back: a checkup at 2 p.m. on Wednesday, November 18th, for Sam Lee. Your number is two zero two, five five five, zero one three three. Is that right? [YesNo]
        "#]],
    );
}

#[test]
fn a_number_by_key() {
    let mut world = World::new().hidden();
    world.check(
        &["a checkup tomorrow at two for Sam Lee", "#2025550133", "#1"],
        expect![[r#"
            > a checkup tomorrow at two for Sam Lee
            <calendar.check> 2 p.m. on Wednesday, November 18th is free. What's the best number to reach you? [Dictation]
            > #2025550133
            Let me read that back: a checkup at 2 p.m. on Wednesday, November 18th, for Sam Lee. Your number is two zero two, five five five, zero one three three. Is that right? [YesNo]
            > #1
            <booking.book> You're booked: a checkup at 2 p.m. on Wednesday, November 18th. Is there anything else I can help with? [Speech]
        "#]],
    );
}

#[test]
fn an_unknown_service() {
    check(
        &[
            "I'd like to book a massage",
            "a root canal",
            "the cleaning then",
        ],
        expect![[r#"
            > I'd like to book a massage
            What would you like to book? I can do a checkup, a cleaning, a filling or teeth whitening. [Speech]
            > a root canal
            Sorry, that's nothing I can book. What would you like to book? I can do a checkup, a cleaning, a filling or teeth whitening. [Speech]
            > the cleaning then
            What day would suit you? [Speech]
        "#]],
    );
}

#[test]
fn never_mind() {
    check(
        &["book a cleaning tomorrow at ten", "never mind", "no thanks"],
        expect![[r#"
            > book a cleaning tomorrow at ten
            <calendar.check> 10 a.m. on Wednesday, November 18th is free. What name should I put it under? [Speech]
            > never mind
            Okay, I won't book anything. Is there anything else I can help with? [Speech]
            > no thanks
            Thank you for calling Bright Smile Dental. Goodbye! [HangUp]
        "#]],
    );
    check(
        &["book a cleaning tomorrow at ten", "cancel that"],
        expect![[r#"
            > book a cleaning tomorrow at ten
            <calendar.check> 10 a.m. on Wednesday, November 18th is free. What name should I put it under? [Speech]
            > cancel that
            Okay, I won't book anything. Is there anything else I can help with? [Speech]
        "#]],
    );
}

#[test]
fn hanging_up_in_the_middle_books_nothing() {
    let mut world = World::new();
    world.check(
        &["book a cleaning tomorrow at ten for Sam Lee", "yes", "bye"],
        expect![[r#"
            > book a cleaning tomorrow at ten for Sam Lee
            <calendar.check> 10 a.m. on Wednesday, November 18th is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a cleaning at 10 a.m. on Wednesday, November 18th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > bye
            Okay, I haven't booked anything. Thank you for calling Bright Smile Dental. Goodbye! [HangUp]
        "#]],
    );
    assert_eq!(world.written(), "");
}

#[test]
fn yes_and_goodbye_in_one_breath() {
    let mut world = World::new();
    world.check(
        &[
            "book a cleaning tomorrow at ten for Sam Lee",
            "yes",
            "yes, bye bye",
        ],
        expect![[r#"
            > book a cleaning tomorrow at ten for Sam Lee
            <calendar.check> 10 a.m. on Wednesday, November 18th is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a cleaning at 10 a.m. on Wednesday, November 18th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yes, bye bye
            <booking.book> You're booked: a cleaning at 10 a.m. on Wednesday, November 18th. Thank you for calling Bright Smile Dental. Goodbye! [HangUp]
        "#]],
    );
    assert_eq!(world.desk.bookings().len(), 1);
}

#[test]
fn two_bookings_in_one_call_keep_the_name_and_number() {
    let mut world = World::new();
    world.check(
        &[
            "a checkup tomorrow at two for Sam Lee",
            "yes",
            "yes",
            "yes, I also need a filling on Friday at eleven",
            "yes",
        ],
        expect![[r#"
            > a checkup tomorrow at two for Sam Lee
            <calendar.check> 2 p.m. on Wednesday, November 18th is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a checkup at 2 p.m. on Wednesday, November 18th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yes
            <booking.book> You're booked: a checkup at 2 p.m. on Wednesday, November 18th. Is there anything else I can help with? [Speech]
            > yes, I also need a filling on Friday at eleven
            <calendar.check> Let me read that back: a filling at 11 a.m. on Friday, November 20th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yes
            <booking.book> You're booked: a filling at 11 a.m. on Friday, November 20th. Is there anything else I can help with? [Speech]
        "#]],
    );
    assert_eq!(world.desk.bookings().len(), 2);
}

#[test]
fn the_same_turn_twice_books_once() {
    let mut world = World::new();
    for line in ["a checkup tomorrow at two for Sam Lee", "yes"] {
        world.say(line);
    }
    let ask = world.ask("yes");
    let reply = || block_on(world.agent.reply(ask.clone()).collect::<Vec<_>>());
    let (first, second) = (reply(), reply());
    assert_eq!(first, second, "the same turn answers the same");
    assert_eq!(world.desk.bookings().len(), 1);
}

#[test]
fn of_two_racing_callers_one_gets_the_time() {
    let desk = Arc::new(MemoryDesk::new());
    let mut one = World::on(desk.clone(), "one");
    let mut two = World::on(desk.clone(), "two");
    two.caller = Some("+12025550155".into());
    for line in ["a checkup tomorrow at two for Sam Lee", "yes"] {
        one.say(line);
        two.say(line);
    }
    let (a, b) = block_on(join(
        one.agent.reply(one.ask("yes")).collect::<Vec<_>>(),
        two.agent.reply(two.ask("yes")).collect::<Vec<_>>(),
    ));
    one.take("yes", &a);
    two.take("yes", &b);
    assert_eq!(desk.bookings().len(), 1);
    expect![[r#"
        > a checkup tomorrow at two for Sam Lee
        <calendar.check> 2 p.m. on Wednesday, November 18th is free. Is the number you're calling from the best one to reach you? [YesNo]
        > yes
        Let me read that back: a checkup at 2 p.m. on Wednesday, November 18th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
        > yes
        <booking.book> You're booked: a checkup at 2 p.m. on Wednesday, November 18th. Is there anything else I can help with? [Speech]
        ---
        > a checkup tomorrow at two for Sam Lee
        <calendar.check> 2 p.m. on Wednesday, November 18th is free. Is the number you're calling from the best one to reach you? [YesNo]
        > yes
        Let me read that back: a checkup at 2 p.m. on Wednesday, November 18th, for Sam Lee. Your number is two zero two, five five five, zero one five five. Is that right? [YesNo]
        > yes
        <booking.book: that time is taken> <calendar.search> I'm sorry, somebody else took that time just now. I have 1:30 p.m. or 2:30 p.m. free. Which would you like? [Speech]
    "#]].assert_eq(&[one.transcript, two.transcript].join("---\n"));
}

#[test]
fn a_field_is_named_with_the_wish_to_change_it() {
    check(
        &[
            "book checkup monday at 10 for Sam Lee",
            "yes",
            "change the day",
            "friday",
            "no the name is wrong",
            "Pam Lee",
            "no",
            "Bob Hope",
            "yes",
        ],
        expect![[r#"
            > book checkup monday at 10 for Sam Lee
            <calendar.check> 10 a.m. on Monday, November 23rd is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a checkup at 10 a.m. on Monday, November 23rd, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > change the day
            What day would suit you? [Speech]
            > friday
            <calendar.check> Let me read that back: a checkup at 10 a.m. on Friday, November 20th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > no the name is wrong
            What name should I put it under? [Speech]
            > Pam Lee
            Let me read that back: a checkup at 10 a.m. on Friday, November 20th, for Pam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > no
            Okay. What should I change: the service, the day, the time, the name or the number? [Speech]
            > Bob Hope
            Let me read that back: a checkup at 10 a.m. on Friday, November 20th, for Bob Hope. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > yes
            <booking.book> You're booked: a checkup at 10 a.m. on Friday, November 20th. Is there anything else I can help with? [Speech]
        "#]],
    );
}

#[test]
fn an_hour_later() {
    check(
        &[
            "book checkup monday at 10 for Sam Lee",
            "yes",
            "make it an hour later",
            "half an hour earlier",
        ],
        expect![[r#"
            > book checkup monday at 10 for Sam Lee
            <calendar.check> 10 a.m. on Monday, November 23rd is free. Is the number you're calling from the best one to reach you? [YesNo]
            > yes
            Let me read that back: a checkup at 10 a.m. on Monday, November 23rd, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > make it an hour later
            <calendar.check> Let me read that back: a checkup at 11 a.m. on Monday, November 23rd, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
            > half an hour earlier
            <calendar.check> Let me read that back: a checkup at 10:30 a.m. on Monday, November 23rd, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
        "#]],
    );
}

#[test]
fn the_time_is_corrected_while_the_name_is_asked() {
    check(
        &["a filling on friday at 2", "I said one", "Sam Lee"],
        expect![[r#"
            > a filling on friday at 2
            <calendar.check> 2 p.m. on Friday, November 20th is free. What name should I put it under? [Speech]
            > I said one
            <calendar.check> 1 p.m. on Friday, November 20th is free. What name should I put it under? [Speech]
            > Sam Lee
            Is the number you're calling from the best one to reach you? [YesNo]
        "#]],
    );
}

#[test]
fn seeing_the_dentist_is_a_booking() {
    check(
        &[
            "I need to see the dentist",
            "do you see children?",
            "a checkup",
        ],
        expect![[r#"
            > I need to see the dentist
            What would you like to book? I can do a checkup, a cleaning, a filling or teeth whitening. [Speech]
            > do you see children?
            Yes, we see children from the age of three. What would you like to book? I can do a checkup, a cleaning, a filling or teeth whitening. [Speech]
            > a checkup
            What day would suit you? [Speech]
        "#]],
    );
}
