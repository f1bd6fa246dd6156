//! The ledger's behaviour: segments are contiguous and sum to what the caller waited through.

use events::{
    At, CallId, ClipId, Event, FillerReason, Ledger, Percentiles, Route, Stage, Stamped, TurnId,
};

fn stamped(at: u64, event: Event) -> Stamped {
    Stamped {
        call: CallId::parse("CA1").unwrap(),
        seq: 0,
        at: At(at),
        event,
    }
}

fn clip(index: u32) -> ClipId {
    ClipId {
        turn: TurnId(1),
        index,
    }
}

fn asked(route: Route, hop: u32) -> Event {
    Event::Asked {
        route,
        turn: TurnId(1),
        hop,
    }
}

fn answered(route: Route, clips: Vec<ClipId>) -> Event {
    Event::Answered {
        route,
        turn: TurnId(1),
        held_ms: 0,
        clips,
        texts: 0,
        listens: false,
    }
}

fn filler(index: u32, ms: u32) -> Event {
    Event::Filler {
        clip: clip(index),
        class: "lookup".into(),
        text: "Let me check.".into(),
        audio_ms: ms,
        reason: FillerReason::PredictedLate,
        predicted_ms: None,
    }
}

#[test]
fn a_turn_with_a_filler_counts_only_the_silence_around_it() {
    let ledger = Ledger::of(&[
        stamped(1000, asked(Route::Process, 0)),
        stamped(1001, filler(0, 1500)),
        stamped(1002, answered(Route::Process, vec![clip(0)])),
        stamped(2580, asked(Route::Ready, 1)),
        stamped(2700, answered(Route::Ready, vec![clip(1)])),
    ]);
    let row = &ledger.turns[0];
    assert_eq!(
        row.segments,
        [
            (Stage::Held, 0, 2),
            (Stage::Filler, 2, 1502),
            (Stage::Carrier, 1502, 1580),
            (Stage::Held, 1580, 1700)
        ]
    );
    assert_eq!(
        (
            row.first_sound_ms,
            row.answer_ms,
            row.dead_air_ms,
            row.fillers
        ),
        (Some(2), Some(1700), 200, 1)
    );
    let sum: u32 = row.segments.iter().map(|s| s.2 - s.1).sum();
    assert_eq!(Some(sum), row.answer_ms);
}

#[test]
fn a_turn_without_a_filler_is_all_silence() {
    let ledger = Ledger::of(&[
        stamped(0, asked(Route::Process, 0)),
        stamped(230, answered(Route::Process, vec![clip(0)])),
        stamped(900, asked(Route::Ready, 1)),
        stamped(950, answered(Route::Ready, vec![clip(1)])),
    ]);
    assert_eq!(
        (ledger.turns[0].answer_ms, ledger.turns[0].dead_air_ms),
        (Some(230), 230)
    );
}

#[test]
fn percentiles_are_samples_that_were_seen() {
    let p = Percentiles::of([40, 10, 30, 20]);
    assert_eq!(
        (p.at(50), p.at(95), p.at(0), p.max()),
        (Some(20), Some(40), Some(10), Some(40))
    );
    assert_eq!(Percentiles::default().at(50), None);
}

#[test]
fn an_event_survives_its_serialised_form() {
    let event = stamped(5, filler(2, 800));
    let json = serde_json::to_string(&event).unwrap();
    assert_eq!(serde_json::from_str::<Stamped>(&json).unwrap(), event);
    assert!(
        json.contains(&format!("\"event\":\"{}\"", event.event.name())),
        "{json}"
    );
}
