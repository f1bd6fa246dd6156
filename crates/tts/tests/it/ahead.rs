//! What is made ahead of need: by its own engine, once.

use std::sync::Arc;

use events::{At, ManualClock};
use futures::executor::block_on;
use tts::{ErrorKind, Ladder, Rung, Tts, Utterance, Voice};

use crate::{Fake, Mood, NoPatience};

fn ladder(fakes: &[&Arc<Fake>]) -> Ladder {
    let rung = |fake: &&Arc<Fake>| Rung::new((*fake).clone() as Arc<dyn Tts>, 2000);
    Ladder::new(
        fakes.iter().map(rung).collect(),
        Arc::new(ManualClock::at(At(1000))),
        Arc::new(NoPatience),
    )
}

fn ahead(provider: &str) -> Utterance {
    Utterance::plain("See you on Monday.", Voice::new(provider, "tone")).ahead()
}

#[test]
fn no_stand_in_is_asked_ahead_of_need() {
    let a = Fake::new("a", Mood::Fails(ErrorKind::Unavailable));
    let b = Fake::new("b", Mood::Speaks);
    let ladder = ladder(&[&a, &b]);
    let errors = block_on(ladder.say(ahead("a"))).expect_err("a cannot, and b is another voice");
    assert_eq!((errors.len(), a.asked(), b.asked()), (1, 1, 0));
    let live = Utterance::plain("See you on Monday.", Voice::new("a", "tone"));
    assert_eq!(
        block_on(ladder.say(live)).map(|s| s.rung),
        Ok(1),
        "a caller gets one"
    );
}

#[test]
fn the_voices_own_engine_speaks_wherever_it_stands() {
    let (a, b) = (Fake::new("a", Mood::Speaks), Fake::new("b", Mood::Speaks));
    let spoken = block_on(ladder(&[&a, &b]).say(ahead("b"))).expect("b speaks");
    assert_eq!((spoken.provider.as_str(), a.asked()), ("b", 0));
}

#[test]
fn a_voice_without_an_engine_is_an_error_that_says_so() {
    let a = Fake::new("a", Mood::Speaks);
    let errors = block_on(ladder(&[&a]).say(ahead("c"))).expect_err("nobody has it");
    assert!(errors[0].message.contains("this voice"), "{errors:?}");
}
