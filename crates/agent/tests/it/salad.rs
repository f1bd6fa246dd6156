//! Callers who say anything at all.

use proptest::prelude::*;

use crate::world::World;

const WORDS: &[&str] = &[
    "yes",
    "no",
    "not",
    "a",
    "the",
    "cleaning",
    "checkup",
    "filling",
    "tomorrow",
    "next",
    "tuesday",
    "week",
    "in",
    "two",
    "weeks",
    "at",
    "ten",
    "half",
    "past",
    "quarter",
    "to",
    "noon",
    "24th",
    "november",
    "31",
    "february",
    "29",
    "2027-02-29",
    "99/99",
    "double",
    "five",
    "oh",
    "202",
    "5550132",
    "sam",
    "Lee",
    "my",
    "name",
    "is",
    "it's",
    "move",
    "cancel",
    "book",
    "appointment",
    "my",
    "message",
    "leave",
    "human",
    "are",
    "you",
    "open",
    "how",
    "much",
    "first",
    "second",
    "one",
    "later",
    "anything",
    "never",
    "mind",
    "bye",
    "thanks",
    "what",
    "?",
    ",",
    ".",
    "<b>",
    "&",
    "😀",
    "é",
    "a.m.",
    "p m",
    "25:61",
    "3:30",
    "00",
    "0",
    "+",
    "999999999999",
    "friday",
    "christmas",
    "in 400 months",
    "actually",
    "make it",
    "operator",
    "repeat that",
    "evening",
    "whenever",
    "from",
    "day",
    "before",
    "yesterday",
    "number",
    "change",
    "time",
    "o'clock",
];

/// Lines that lead somewhere, so that bookings are made between the nonsense.
const LINES: &[&str] = &[
    "a checkup tomorrow at two for Sam Lee",
    "book a cleaning on friday at ten for Pam Lee",
    "yes",
    "yes that's right",
    "no",
    "move my appointment to friday at eleven",
    "cancel my appointment",
    "the second one",
];

fn line() -> impl Strategy<Value = String> {
    let salad = prop::collection::vec(prop::sample::select(WORDS), 0..12).prop_map(|w| w.join(" "));
    let keys = "[0-9*#]{0,12}".prop_map(|k| format!("#{k}"));
    let sense = prop::sample::select(LINES).prop_map(str::to_owned);
    prop_oneof![6 => salad, 8 => sense, 1 => keys, 1 => any::<String>().prop_map(|s| s.trim_start_matches('#').to_owned())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// No words break a call: every turn ends exactly once (`World::take` asserts it), and says something.
    #[test]
    fn every_turn_ends_once(lines in prop::collection::vec(line(), 1..14), day in 0u64..900) {
        let mut world = World::new();
        world.now = events::At(world.now.0 + day * 86_400_000);
        for line in &lines {
            let said = world.say(line);
            prop_assert!(!said.trim().is_empty(), "silence after {line:?}");
            prop_assert!(!said.contains(['<', '>', '&']), "{line:?}: {said}");
        }
        // Bookings never overlap, whatever was said.
        let mut slots: Vec<_> = world.desk.bookings().into_iter().filter(|b| !b.cancelled).map(|b| b.ask.slot).collect();
        slots.sort();
        for pair in slots.windows(2) {
            prop_assert!(pair[0].start.0 + u64::from(pair[0].minutes) * 60_000 <= pair[1].start.0);
        }
    }

    /// The same question gives the same answer.
    #[test]
    fn the_agent_is_deterministic(lines in prop::collection::vec(line(), 1..8)) {
        let (mut one, mut two) = (World::new(), World::new());
        for line in &lines {
            one.say(line);
            two.say(line);
        }
        prop_assert_eq!(one.transcript, two.transcript);
        prop_assert_eq!(one.memo, two.memo);
    }

    /// A yes after anything but a read-back books nothing.
    #[test]
    fn only_a_read_back_is_agreed_to(lines in prop::collection::vec(line(), 1..14)) {
        let mut world = World::new();
        for line in &lines {
            let (before, last) = (world.desk.bookings().len(), world.history.last().map(|e| e.agent.clone()).unwrap_or_default());
            world.say(line);
            if world.desk.bookings().len() > before {
                prop_assert!(last.contains("Is that right?"), "booked after {last:?}");
            }
        }
    }
}

/// The lines above do lead to bookings; without that the properties would hold for nothing.
#[test]
fn the_salad_is_not_empty() {
    let mut world = World::new();
    for line in [LINES[0], "fnord", LINES[2], LINES[3]] {
        world.say(line);
    }
    assert_eq!(world.desk.bookings().len(), 1);
}
