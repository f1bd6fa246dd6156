use std::collections::HashSet;
use text::{FillerClass, filler_class_for, filler_texts, speaking_ms};

#[test]
fn names_are_read_back_and_stored() {
    for class in FillerClass::ALL {
        assert_eq!(class.name().parse(), Ok(class));
        assert_eq!(
            serde_json::to_string(&class).expect("a name"),
            format!("\"{class}\"")
        );
    }
    let error = "greeting"
        .parse::<FillerClass>()
        .expect_err("no such class");
    assert!(error.to_string().contains("\"greeting\"") && error.to_string().contains("lookup"));
}

#[test]
fn every_class_has_five_different_texts_of_three_lengths() {
    for class in FillerClass::ALL {
        let texts = filler_texts(class);
        assert_eq!(texts.iter().collect::<HashSet<_>>().len(), texts.len());
        assert!(texts.len() >= 5);
        let count = |low, high| {
            texts
                .iter()
                .filter(|text| (low..=high).contains(&speaking_ms(text)))
                .count()
        };
        // The estimate is good to a fifth, so the borders are the policy's, widened by that.
        let lengths = [count(400, 1100), count(1150, 2200), count(2200, 3200)];
        assert!(lengths.iter().all(|n| *n > 0), "{class}: {lengths:?}");
    }
}

#[test]
fn no_text_praises_or_promises() {
    let banned = [
        "great",
        "perfect",
        "good question",
        "absolutely",
        "of course",
        "booked",
        "done",
        "happy",
        "love",
        "will",
        "!",
    ];
    for text in FillerClass::ALL
        .iter()
        .flat_map(|class| filler_texts(*class))
    {
        let lower = text.to_lowercase();
        assert!(!banned.iter().any(|word| lower.contains(word)), "{text}");
        assert!(text.ends_with('.'), "{text} does not end level");
    }
}

#[test]
fn the_estimate_is_near_what_was_measured() {
    for (text, ms) in [
        ("Okay.", 470),
        ("One moment.", 760),
        ("Let me check that for you.", 1470),
        ("Let me check the calendar for you.", 1760),
        ("Sure, let me look that up.", 1820),
        ("Just a second while I pull that up.", 2020),
        ("Thanks, I'm just making a note of that.", 2520),
        (
            "Bear with me a moment, I'm still checking the calendar.",
            2990,
        ),
    ] {
        let estimate = speaking_ms(text);
        assert!(
            estimate.abs_diff(ms) * 5 <= ms,
            "{text}: {estimate}, measured {ms}"
        );
    }
}

#[test]
fn what_the_caller_said_chooses_the_class() {
    for (words, class) in [
        ("I'd like to book an appointment", FillerClass::Calendar),
        ("Do you have anything on Tuesday?", FillerClass::Calendar),
        ("Can I talk to a human please", FillerClass::Person),
        ("My name is Jo, J O", FillerClass::Note),
        ("Why does it cost more", FillerClass::Think),
        ("Sorry, can you repeat that?", FillerClass::Recover),
        ("Hello? Are you there?", FillerClass::Hold),
        ("What are your prices", FillerClass::Lookup),
        ("I read a facebook post", FillerClass::Lookup),
        ("", FillerClass::Lookup),
        ("TRANSFER ME", FillerClass::Person),
    ] {
        assert_eq!(filler_class_for(words), class, "{words}");
    }
}
