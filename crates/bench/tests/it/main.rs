//! What a report says of calls whose truth is known.

mod speech;

use bench::{Faults, HeldDocument, Machine, Report, Setup, Spread, TurnFigure, Used, figures};
use carrier_sim::{CallReport, Ended, SchemaError, TurnReport, TurnSound};
use events::{At, CallId, ClipId, Event, Route, Stamped, TurnId};

fn spoken(said: &str, dead_air_ms: f64, answer_ms: f64, documents: &[f64]) -> TurnReport {
    TurnReport {
        said: said.to_owned(),
        sound: TurnSound {
            dead_air_ms,
            first_sound_ms: Some(520.0),
            answer_ms: Some(answer_ms),
            ..TurnSound::default()
        },
        carrier_ms: 500.0,
        webhook_ms: documents.to_vec(),
        ..TurnReport::default()
    }
}

fn ended(turns: Vec<TurnReport>, errors: Vec<SchemaError>) -> CallReport {
    CallReport {
        call_sid: "CA1".to_owned(),
        turns,
        errors,
        missed: Vec::new(),
        transcript: Vec::new(),
        ended: Ended::Caller,
        duration_ms: 0.0,
        requests: 3,
        media_requests: 0,
        recording: None,
    }
}

fn stamped(events: Vec<(u64, Event)>) -> Vec<Stamped> {
    let call = CallId::parse("CA1").expect("an id");
    let stamp = |(seq, (at, event))| Stamped {
        call: call.clone(),
        seq,
        at: At(at),
        event,
    };
    (0u32..).zip(events).map(stamp).collect()
}

fn answered(turn: u32, held_ms: u32) -> Event {
    let turn = TurnId(turn);
    Event::Answered {
        route: Route::Process,
        turn,
        held_ms,
        clips: vec![ClipId { turn, index: 0 }],
        texts: 0,
        listens: true,
    }
}

fn asked(turn: u32) -> Event {
    Event::Asked {
        route: Route::Process,
        turn: TurnId(turn),
        hop: 0,
    }
}

#[test]
fn what_was_held_on_purpose_and_what_the_carrier_took_are_taken_out() {
    let report = ended(
        vec![
            spoken("", 5.0, 5.0, &[5.0]),
            spoken("where?", 704.0, 704.0, &[203.5]),
        ],
        Vec::new(),
    );
    let events = stamped(vec![
        (1_000, asked(0)),
        (1_000, answered(0, 0)),
        (9_001, asked(1)),
        (9_201, answered(1, 200)),
    ]);
    let turns = figures(&report, &events, 0.0);
    let turn = &turns[1];
    assert_eq!(
        turn.webhook,
        HeldDocument {
            total_ms: 203.5,
            held_ms: 200
        }
    );
    assert_eq!(turn.webhook.took_ms(), 3.5);
    assert_eq!((turn.dead_air_ms, turn.answer_ms), (204.0, Some(204.0)));
    assert_eq!(turn.ledger_dead_air_ms, Some(200));
    assert_eq!(turn.disagreement_ms(), Some(4.0));
}

#[test]
fn a_hold_below_the_clocks_grain_is_the_servers_time() {
    let document = HeldDocument {
        total_ms: 2.5,
        held_ms: 1,
    };
    assert_eq!(document.took_ms(), 2.5);
}

#[test]
fn faults_are_counted_by_what_they_are_and_make_a_run_unsound() {
    let error = |code, problem: &str| SchemaError {
        code,
        url: "http://localhost/x".to_owned(),
        problem: problem.to_owned(),
    };
    let errors = vec![
        error(12200, "<Play> inside <Play>"),
        error(11200, "the server answered 500"),
        error(11205, "no answer within 15000 ms"),
    ];
    let call = ended(
        vec![spoken("", 5.0, 5.0, &[5.0]), TurnReport::default()],
        errors,
    );
    let turns = figures(&call, &[], 0.0);
    let report = Report::new(
        Setup::default(),
        Machine::default(),
        Used::default(),
        &[call],
        1,
        turns,
    );
    let counted = Faults {
        words: Vec::new(),
        ..report.faults.clone()
    };
    let expected = Faults {
        invalid_documents: 1,
        not_200: 1,
        errors: 1,
        failed_calls: 1,
        unanswered: 1,
        words: Vec::new(),
    };
    assert_eq!(counted, expected);
    assert!(!report.is_sound());
    assert!(report.text().contains("MISS invalid documents"));
}

#[test]
fn a_page_needs_nothing_from_elsewhere_and_shows_words_as_words() {
    let turn = TurnFigure {
        turn: 1,
        said: "<script>".to_owned(),
        answer_ms: Some(950.0),
        dead_air_ms: 150.0,
        ..TurnFigure::default()
    };
    let report = Report::new(
        Setup::default(),
        Machine::default(),
        Used::default(),
        &[],
        0,
        vec![turn],
    );
    let page = report.html();
    assert!(page.contains("<svg") && page.contains("&lt;script&gt;"));
    assert!(
        !page.contains("<script") && !page.contains("http"),
        "{page}"
    );
}

#[test]
fn percentiles_are_of_the_nearest_rank() {
    let spread = Spread::of((1..=200).map(f64::from));
    assert_eq!(
        (spread.p50, spread.p95, spread.p99, spread.max),
        (100.0, 190.0, 198.0, 200.0)
    );
    assert_eq!(Spread::of([]), Spread::default());
}
