//! The lines that are spoken without being asked.

use agent::{Business, greeting};
use expect_test::expect;

fn with(greeting: &str) -> Business {
    Business {
        name: "Elm Street Bakery".into(),
        greeting: greeting.into(),
        ..Business::default()
    }
}

#[test]
fn every_greeting_discloses() {
    let greetings = [
        "",
        "Hello! You've reached Elm Street Bakery.",
        "Thanks for calling, what can I get you?",
        "Hi, I'm Ava, the virtual assistant of Elm Street Bakery.",
        "Welcome! You are not talking to a robot.",
        "Hi there, this is Maria from the bakery.",
        "This is the AI of Elm Street. How can I help?",
    ];
    let said: Vec<String> = greetings
        .iter()
        .map(|g| greeting::greeting(&with(g)))
        .collect();
    expect![[r#"
        Hello, this is the automated assistant of Elm Street Bakery. How can I help you?
        Hello, this is the automated assistant of Elm Street Bakery. You've reached Elm Street Bakery.
        Hello, this is the automated assistant of Elm Street Bakery. Thanks for calling, what can I get you?
        Hi, I'm Ava, the virtual assistant of Elm Street Bakery.
        Hello, this is the automated assistant of Elm Street Bakery. Welcome! You are not talking to a robot.
        Hello, this is the automated assistant of Elm Street Bakery. This is Maria from the bakery.
        This is the AI of Elm Street. How can I help?"#]].assert_eq(&said.join("\n"));
}

#[test]
fn disclosure_is_off_only_for_a_reason() {
    let mut business = with("Elm Street Bakery, good morning.");
    business.disclosure.mode = "off".into();
    assert!(greeting::greeting(&business).starts_with("Hello, this is the automated assistant"));
    business.disclosure.reason = "a person confirms every call".into();
    assert_eq!(
        greeting::greeting(&business),
        "Elm Street Bakery, good morning."
    );
}

#[test]
fn nudges() {
    let demo = Business::demo();
    let lines = [
        greeting::nudges(&demo, None),
        greeting::nudges(&with(""), Some("What day would suit you?")),
    ]
    .concat();
    expect![[r#"
        Are you still there?
        I can't hear you. How can I help you? You can say it in your own words, or press zero to reach reception.
        I still can't hear anything, so I'll hang up now. Thank you for calling Bright Smile Dental. Goodbye!
        What day would suit you?
        I can't hear you. What day would suit you? You can also press zero to leave a message.
        I still can't hear anything, so I'll hang up now. Thank you for calling Elm Street Bakery. Goodbye!"#]].assert_eq(&lines.join("\n"));
    assert!(greeting::apology().contains("sorry") && greeting::hold_fallback().contains("message"));
}

#[test]
fn the_first_turn_of_a_call_is_the_greeting() {
    let mut world = crate::world::World::new();
    world.history.clear();
    world.turn = 0;
    assert_eq!(world.say(""), greeting::greeting(&Business::demo()));
}
