use events::At;
use tts::{ErrorKind, Health, Outcome};

fn fold(kinds: &[ErrorKind]) -> Health {
    let fail = |health: Health, kind: &ErrorKind| health.after(Outcome::Failed(*kind), At(1000));
    kinds.iter().fold(Health::default(), fail)
}

#[test]
fn a_failure_rests_for_a_moment_and_then_gets_a_trial() {
    let health = fold(&[ErrorKind::Unavailable]);
    assert!(!health.is_up(At(1000)) && !health.is_up(At(1499)) && health.is_up(At(1500)));
}

#[test]
fn failures_in_a_row_rest_longer_but_never_for_ever() {
    let rest = |n: usize| {
        fold(&vec![ErrorKind::Timeout; n])
            .resting_until
            .since(At(1000))
    };
    assert_eq!((rest(1), rest(2), rest(3)), (500, 1000, 2000));
    assert_eq!(rest(100), 60_000);
}

#[test]
fn speaking_once_heals() {
    let health = fold(&[ErrorKind::Timeout; 5]).after(Outcome::Spoke, At(1000));
    assert_eq!(health, Health::default());
}

#[test]
fn a_refused_key_rests_long_and_a_bad_text_not_at_all() {
    assert_eq!(fold(&[ErrorKind::Auth]).resting_until, At(301_000));
    assert_eq!(
        fold(&[ErrorKind::BadRequest, ErrorKind::Cancelled]),
        Health::default()
    );
}
