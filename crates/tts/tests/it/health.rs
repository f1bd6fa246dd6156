use events::At;
use tts::{ErrorKind, Health, Outcome, SpeakError};

fn failed(kind: ErrorKind) -> Outcome {
    Outcome::Failed(SpeakError::new(kind, "somebody", "as it was told to"))
}

fn fold(kind: ErrorKind, moments: &[u64]) -> Health {
    let fail = |health: Health, at: &u64| health.after(failed(kind), At(*at));
    moments.iter().fold(Health::default(), fail)
}

#[test]
fn one_failure_means_nothing_and_five_in_ten_seconds_open_the_breaker() {
    assert!(fold(ErrorKind::Unavailable, &[1_000]).is_up());
    assert!(fold(ErrorKind::Timeout, &[1_000, 2_000, 3_000, 4_000]).is_up());
    assert!(!fold(ErrorKind::Timeout, &[1_000, 2_000, 3_000, 4_000, 5_000]).is_up());
    assert!(fold(ErrorKind::Timeout, &[1_000, 4_000, 7_000, 10_000, 13_000]).is_up());
}

#[test]
fn while_it_is_open_one_request_a_second_finds_out() {
    let down = fold(ErrorKind::Broken, &[0, 0, 0, 0, 0]);
    assert!(!down.admits(At(999)) && down.admits(At(1_000)));
    let asked = down.asked(At(1_000));
    assert!(!asked.admits(At(1_999)) && asked.admits(At(2_000)));
    let still = asked.after(failed(ErrorKind::Broken), At(1_500));
    assert!(!still.admits(At(2_499)) && still.admits(At(2_500)) && !still.is_up());
}

#[test]
fn speaking_once_closes_it() {
    let down = fold(ErrorKind::Timeout, &[0, 0, 0, 0, 0]);
    assert_eq!(down.after(Outcome::Spoke, At(1_000)), Health::default());
}

#[test]
fn a_refused_key_rests_long_and_a_bad_text_not_at_all() {
    let barred = fold(ErrorKind::Auth, &[1_000]);
    assert!(!barred.admits(At(300_999)) && barred.admits(At(301_000)));
    assert_eq!(
        fold(ErrorKind::BadRequest, &[1, 2, 3, 4, 5]),
        Health::default()
    );
    assert_eq!(
        fold(ErrorKind::Cancelled, &[1, 2, 3, 4, 5]),
        Health::default()
    );
}

#[test]
fn who_asks_to_be_left_alone_is_and_never_for_ever() {
    let wish = |ms| {
        let error = SpeakError::new(ErrorKind::RateLimited, "somebody", "later");
        Health::default().after(Outcome::Failed(error.retry_after(Some(ms))), At(0))
    };
    assert!(!wish(3_000).admits(At(2_999)) && wish(3_000).admits(At(3_000)));
    assert!(wish(3_600_000).admits(At(60_000)));
}
