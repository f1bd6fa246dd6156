//! A call that a language model conducts.

use agent::{Agent, Line, MOST_ROUNDS, ModelFault, Profile, Scripted, Then};
use events::TurnId;
use expect_test::expect;
use futures::{StreamExt, executor::block_on};
use serde_json::json;

use crate::{
    model::{Answer, calls, says, turn},
    world::{World, at},
};

fn cleaning(time: &str) -> serde_json::Value {
    json!({"service": "cleaning", "day": "2026-11-19", "time": time, "name": "Sam Lee"})
}

#[test]
fn a_booking_is_read_back_and_made_once_after_a_yes() {
    let mut world = World::new();
    turn(
        &mut world,
        "hi, can I get a cleaning on thursday",
        vec![
            says("Let me look. ").calls(
                "find_free_times",
                r#"{"service":"cleaning","day":"2026-11-19"}"#,
            ),
            says("I have **8 a.m.** or 8:30 on Thursday 😊. Which one?"),
        ],
    );
    turn(
        &mut world,
        "ten o'clock, I'm Sam Lee",
        vec![calls("book", cleaning("10:00"))],
    );
    assert_eq!(world.written(), "", "nothing is booked before the yes");
    let yes = turn(&mut world, "yes please", vec![]);
    assert_eq!(yes.puppet.asked(), 0, "a plain yes needs no model");
    expect![[r#"
        > hi, can I get a cleaning on thursday
        <calendar.search> Let me look. I have 8 a.m. or 8:30 on Thursday. Which one? [Speech]
        > ten o'clock, I'm Sam Lee
        <calendar.check> Let me read that back: a cleaning at 10 a.m. on Thursday, November 19th, for Sam Lee. Your number is two zero two, five five five, zero one three two. Is that right? [YesNo]
        > yes please
        <booking.book> You're booked: a cleaning at 10 a.m. on Thursday, November 19th. Is there anything else I can help with? [Speech]
    "#]]
    .assert_eq(&world.transcript);
    assert_eq!(
        world.written(),
        "cleaning Thu 2026-11-19 10:00 Sam Lee +12025550132\n"
    );
    let again = turn(&mut world, "yes", vec![calls("book", cleaning("10:00"))]);
    assert!(
        again.tools.iter().any(|t| t.ends_with("refused: taken")),
        "{:?}",
        again.tools
    );
    assert_eq!(world.desk.bookings().len(), 1, "exactly one booking");
}

#[test]
fn without_a_yes_nothing_is_booked() {
    for said in [
        "hmm, what does it cost",
        "no",
        "please tell me the price first",
        "yes but at eleven",
        "maybe",
        "okay, please tell me the price",
        "yes, actually make it friday",
        "I'm not sure",
        "who is this",
        "book it for my wife instead",
        "right, where can I park",
    ] {
        let mut world = World::new();
        turn(
            &mut world,
            "a cleaning on thursday at ten, Sam Lee",
            vec![calls("book", cleaning("10:00"))],
        );
        // The model is eager: it books as soon as it is asked anything.
        let heard = turn(&mut world, said, vec![calls("book", cleaning("10:00")); 5]);
        assert_eq!(world.written(), "", "{said:?} is no yes");
        assert!(
            heard.words.starts_with("Let me read that back"),
            "{said:?}: it is asked again: {}",
            heard.words
        );
    }
}

#[test]
fn a_yes_is_good_for_one_turn() {
    let mut world = World::new();
    turn(
        &mut world,
        "a cleaning on thursday at ten, Sam Lee",
        vec![calls("book", cleaning("10:00"))],
    );
    turn(
        &mut world,
        "what does it cost",
        vec![says("Ninety dollars.")],
    );
    let late = turn(
        &mut world,
        "okay yes",
        vec![calls("book", cleaning("10:00"))],
    );
    assert_eq!(world.written(), "", "the read-back was two turns ago");
    assert!(late.words.starts_with("Let me read that back"));
}

#[test]
fn arguments_that_change_between_proposal_and_yes_are_refused() {
    let changed = [
        json!({"service": "cleaning", "day": "2026-11-19", "time": "11:00", "name": "Sam Lee"}),
        json!({"service": "filling", "day": "2026-11-19", "time": "10:00", "name": "Sam Lee"}),
        json!({"service": "cleaning", "day": "2026-11-20", "time": "10:00", "name": "Sam Lee"}),
        json!({"service": "cleaning", "day": "2026-11-19", "time": "10:00", "name": "Eve Lee"}),
    ];
    for arguments in changed {
        let mut world = World::new();
        turn(
            &mut world,
            "a cleaning on thursday at ten, Sam Lee",
            vec![calls("book", cleaning("10:00"))],
        );
        let heard = turn(
            &mut world,
            "yes, and where can I park?",
            vec![
                calls("book", arguments.clone()),
                says("There is free parking."),
            ],
        );
        assert_eq!(
            heard.tools,
            ["book refused: not_what_was_agreed"],
            "{arguments}"
        );
        assert_eq!(world.written(), "");
    }
}

#[test]
fn a_yes_with_a_question_books_what_was_read_back_and_answers() {
    let mut world = World::new();
    turn(
        &mut world,
        "a cleaning on thursday at ten, Sam Lee",
        vec![calls("book", cleaning("10:00"))],
    );
    let heard = turn(
        &mut world,
        "yes, and where can I park?",
        vec![
            calls("book", cleaning("10:00")),
            says("There is free parking behind the building."),
        ],
    );
    assert!(heard.puppet.system().contains("They said yes"));
    assert_eq!(
        heard.words,
        "You're booked: a cleaning at 10 a.m. on Thursday, November 19th. There is free parking behind the building."
    );
    assert_eq!(world.desk.bookings().len(), 1);
}

#[test]
fn a_booking_is_moved_and_cancelled_after_a_yes() {
    let mut world = World::new().booked("checkup", "2026-11-20T09:00", 30, "+12025550132");
    turn(
        &mut world,
        "move my checkup to friday at eleven",
        vec![
            calls("find_bookings", json!({})),
            calls(
                "move_booking",
                json!({"booking": "b1", "day": "2026-11-20", "time": "11:00"}),
            ),
        ],
    );
    turn(&mut world, "yes", vec![]);
    assert_eq!(
        world.written(),
        "checkup Fri 2026-11-20 11:00 Sam Lee +12025550132\n"
    );
    turn(
        &mut world,
        "actually cancel it",
        vec![calls("cancel_booking", json!({"booking": "b1"}))],
    );
    assert!(!world.written().contains("cancelled"));
    turn(&mut world, "yes", vec![]);
    assert_eq!(
        world.written(),
        "checkup Fri 2026-11-20 11:00 Sam Lee +12025550132 (cancelled)\n"
    );
}

#[test]
fn a_message_is_read_back_and_kept_once() {
    let mut world = World::new();
    let note = json!({"text": "Please call me back about the bill.", "name": "Sam Lee"});
    let asked = turn(
        &mut world,
        "tell them to call me back about the bill, Sam Lee",
        vec![calls("take_message", note)],
    );
    assert_eq!(
        asked.words,
        "Let me read that back: Please call me back about the bill. From Sam Lee. Your number is two zero two, five five five, zero one three two. Shall I pass that on?"
    );
    assert!(world.desk.messages().is_empty());
    turn(&mut world, "yes", vec![]);
    turn(&mut world, "yes", vec![says("Anything else?")]);
    assert_eq!(
        world.written(),
        "message from Sam Lee +12025550132: Please call me back about the bill.\n"
    );
}

#[test]
fn the_scripted_agent_understands_what_the_model_proposed() {
    let mut world = World::new();
    turn(
        &mut world,
        "a cleaning on thursday at ten, Sam Lee",
        vec![calls("book", cleaning("10:00"))],
    );
    assert_eq!(
        world.say("yes"),
        "You're booked: a cleaning at 10 a.m. on Thursday, November 19th. Is there anything else I can help with?"
    );
    assert_eq!(world.desk.bookings().len(), 1);
}

#[test]
fn a_turn_that_is_asked_twice_books_once() {
    let mut world = World::new();
    turn(
        &mut world,
        "a cleaning on thursday at ten, Sam Lee",
        vec![calls("book", cleaning("10:00"))],
    );
    let (memo, history) = (world.memo.clone(), world.history.clone());
    for _ in 0..3 {
        (world.memo, world.history, world.turn) = (memo.clone(), history.clone(), 2);
        let heard = turn(
            &mut world,
            "yes, and where can I park?",
            vec![
                calls("book", cleaning("10:00")),
                says("Behind the building."),
            ],
        );
        assert!(heard.words.starts_with("You're booked"), "{}", heard.words);
    }
    let fallback = Scripted::at_once(world.desk.clone());
    (world.memo, world.turn) = (memo, 2);
    assert_eq!(world.ask("yes").turn, TurnId(2));
    block_on(fallback.reply(world.ask("yes")).collect::<Vec<_>>());
    assert_eq!(
        world.desk.bookings().len(),
        1,
        "whoever takes the turn, and however often"
    );
}

#[test]
fn a_transfer_goes_to_a_label_that_was_asked_for_or_agreed_to() {
    let to = |label: &str| calls("transfer", json!({"to": label}));
    let mut world = World::new();
    let unasked = turn(
        &mut world,
        "what do you charge",
        vec![to("reception"), says("Sixty dollars.")],
    );
    assert_eq!(unasked.tools, ["transfer refused: ask_first"]);
    let stranger = turn(
        &mut world,
        "put me through to the boss",
        vec![to("+12025550199"), says("I can't.")],
    );
    assert_eq!(stranger.tools, ["transfer refused: unknown_label"]);
    let asked = turn(
        &mut world,
        "I want to talk to billing",
        vec![to("the billing office")],
    );
    assert_eq!(
        asked.then,
        Some(Then::Transfer("the billing office".into()))
    );
    assert_eq!(
        asked.words,
        "One moment, I'm putting you through to the billing office."
    );
    let mut world = World::new();
    turn(
        &mut world,
        "I broke a tooth",
        vec![says("Shall I put you through to reception?")],
    );
    let agreed = turn(
        &mut world,
        "yes please",
        vec![says("Putting you through. ").calls("transfer", r#"{"to":"reception"}"#)],
    );
    assert_eq!(agreed.then, Some(Then::Transfer("reception".into())));
    assert_eq!(agreed.words, "Putting you through.");
}

#[test]
fn only_a_caller_who_is_done_is_hung_up_on() {
    let mut world = World::new();
    let early = turn(
        &mut world,
        "when are you open",
        vec![
            says("At eight. ").calls("end_call", "{}"),
            says("Anything else?"),
        ],
    );
    assert_eq!(early.then, Some(Then::Listen(Profile::Speech)));
    let done = turn(
        &mut world,
        "no thanks",
        vec![says("Goodbye! ").calls("end_call", "")],
    );
    assert_eq!(
        (done.then, done.words.as_str()),
        (Some(Then::HangUp), "Goodbye!")
    );
    let mut world = World::new();
    let bye = turn(&mut world, "goodbye", vec![calls("end_call", json!({}))]);
    assert_eq!(
        bye.words,
        "Thank you for calling Bright Smile Dental. Goodbye!"
    );
}

#[test]
fn tools_are_called_side_by_side_and_answered_by_id() {
    let mut world = World::new();
    let heard = turn(
        &mut world,
        "can I pay by card, and is thursday at ten free for a cleaning",
        vec![
            says("One moment. ")
                .calls("look_up", r#"{"question":"can I pay by credit card"}"#)
                .calls(
                    "find_free_times",
                    r#"{"service":"cleaning","day":"2026-11-19","time":"10:00"}"#,
                ),
            says("Yes, by card, and ten is free."),
        ],
    );
    let told = heard.puppet.told();
    assert!(told[0].contains("You can pay by card"), "{told:?}");
    assert!(told[1].contains(r#""wanted_time":"free""#), "{told:?}");
    let prompts = heard.puppet.prompts.lock().expect("one test");
    let ids: Vec<&str> = prompts[1]
        .lines
        .iter()
        .filter_map(|l| match l {
            Line::Tool { id, .. } => Some(id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(ids, ["call_0", "call_1"]);
    assert_eq!(heard.words, "One moment. Yes, by card, and ten is free.");
}

#[test]
fn the_model_is_asked_five_times_at_most_and_then_must_speak() {
    let mut world = World::new();
    let loops = vec![calls("look_up", json!({"question": "parking"})); 20];
    let heard = turn(&mut world, "hello", loops);
    assert_eq!(heard.puppet.asked(), MOST_ROUNDS);
    assert!(heard.failed.expect("it never spoke").contains("Empty"));
    let prompts = heard.puppet.prompts.lock().expect("one test");
    assert!(
        prompts[MOST_ROUNDS - 1].tools.is_empty(),
        "the last time it has no tools"
    );
    assert!(
        prompts[..MOST_ROUNDS - 1]
            .iter()
            .all(|p| p.tools.len() == 9)
    );
}

#[test]
fn a_long_speech_ends_with_a_sentence() {
    let mut world = World::new();
    let heard = turn(
        &mut world,
        "tell me everything",
        vec![says(&"We are open today. ".repeat(500))],
    );
    assert!(
        (1_150..1_300).contains(&heard.words.len()),
        "{}",
        heard.words.len()
    );
    assert!(heard.words.ends_with("today."));
    let endless = turn(&mut world, "and more", vec![says(&"word ".repeat(2_000))]);
    assert!(endless.words.len() < 1_600, "{}", endless.words.len());
}

#[test]
fn whether_it_is_a_human_is_answered_without_the_model() {
    let mut world = World::new();
    let heard = turn(
        &mut world,
        "am I talking to a real person?",
        vec![says("Yes, I am Anna!")],
    );
    assert!(
        heard.words.starts_with("I'm the automated assistant"),
        "{}",
        heard.words
    );
    assert_eq!(heard.puppet.asked(), 0);
}

#[test]
fn an_error_is_told_without_words_of_the_call() {
    let mut world = World::new();
    let heard = turn(
        &mut world,
        "hello",
        vec![Answer::default().fails(ModelFault::Down)],
    );
    assert_eq!(heard.failed.as_deref(), Some("puppet: Down: a test"));
}

#[test]
fn the_prompt_knows_the_business_the_time_and_the_channel_and_not_the_number() {
    let mut world = World::new().at("2026-11-17T14:05");
    let heard = turn(&mut world, "when are you open", vec![says("At eight.")]);
    let system = heard.puppet.system();
    for part in [
        "automated assistant that answers the phone of Bright Smile Dental",
        "You are heard, not read",
        "Never give medical advice",
        "cleaning: 45 minutes, ninety dollars",
        "There is free parking behind the building.",
        "It is 14:05 on Tuesday, 2026-11-17",
        "Thursday 2026-11-26 closed",
    ] {
        assert!(system.contains(part), "{part:?} is missing:\n{system}");
    }
    let prompts = heard.puppet.prompts.lock().expect("one test");
    assert!(
        !format!("{:?}", prompts[0].lines).contains("2025550132"),
        "the caller's number stays here"
    );
    assert_eq!(
        prompts[0].lines.last(),
        Some(&Line::Caller("when are you open".into()))
    );
    assert_eq!(prompts[0].now, at("2026-11-17T14:05"));
}

#[test]
fn a_long_history_is_cut_at_its_old_end() {
    let mut world = World::new();
    for i in 0..40 {
        world.history.push(agent::Exchange {
            caller: format!("{i} {}", "blah ".repeat(300)),
            agent: "Yes.".into(),
        });
    }
    let heard = turn(&mut world, "so?", vec![says("So.")]);
    let prompts = heard.puppet.prompts.lock().expect("one test");
    let shown = format!("{:?}", &prompts[0].lines[1..]);
    assert!(shown.len() < 40_000, "{}", shown.len());
    assert!(shown.contains("39 blah") && !shown.contains("\"0 blah"));
}
