//! What will probably be said next.
//!
//! The decision: likely answers of the caller are put to the dialogue itself. So these are its sentences to the letter,
//! and a change of its words changes them here too. What hangs on a name or a number that was not said yet is left out.

use jiff::civil::Date;

use super::{
    dry::{state, try_out},
    state::{Open, State, Task},
    turn::local,
};
use crate::{hours::Calendar, reply::Standing, say};

/// Sentences that are looked ahead to at most.
const MOST: usize = 24;
/// Days that are tried when a day was asked for.
const DAYS: usize = 6;
/// A name that nobody has.
const NAME: &str = "My name is Quillon Ashgrove.";
const MARKS: [&str; 2] = ["Quillon", "Ashgrove"];

/// Likely next sentences, the likeliest first, without repetition.
pub fn likely(standing: &Standing) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut take = |sentences: Vec<String>| {
        for sentence in sentences {
            let strange = MARKS.iter().any(|mark| sentence.contains(mark));
            if !strange && !found.contains(&sentence) && found.len() < MOST {
                found.push(sentence);
            }
        }
    };
    let mut onward = None;
    for words in answers(standing) {
        let (sentences, after) = try_out(standing, &words);
        take(sentences);
        onward.get_or_insert(after);
    }
    // After the likeliest answer, the likeliest answer to the next question: a read-back is followed by its yes.
    if let Some(after) = onward
        && let Some(words) = answers(&after).first()
    {
        take(try_out(&after, words).0);
    }
    found
}

/// What callers answer to the question that is open, the likeliest first.
fn answers(standing: &Standing) -> Vec<String> {
    let state = state(&standing.memo);
    let both = || vec!["Yes.".to_owned(), "No.".to_owned()];
    match state.open {
        Open::OfferBook | Open::CallerPhone | Open::Confirm | Open::OfferMessage => both(),
        Open::Pick | Open::Which => vec!["The first one.".into(), "The second one.".into()],
        Open::Service => {
            let services = standing.business.services.iter().take(6);
            services.map(|s| format!("{}.", say::a(&s.name))).collect()
        }
        Open::Day => days(standing),
        Open::Time => times(standing, &state),
        Open::Name => vec![NAME.into()],
        Open::Nothing | Open::Anything | Open::Phone | Open::Change | Open::Text => Vec::new(),
    }
}

/// The next days that are open, and then the hours of the first.
fn days(standing: &Standing) -> Vec<String> {
    let calendar = Calendar::of(&standing.business.hours);
    let today = local(standing.now, &standing.business).date();
    open_days(&calendar, today, DAYS)
        .iter()
        .map(|day| format!("On {}.", say::day(*day, today)))
        .collect()
}

/// So many open days from tomorrow on, within a month.
pub fn open_days(calendar: &Calendar, today: Date, count: usize) -> Vec<Date> {
    let days = std::iter::successors(today.tomorrow().ok(), |day| day.tomorrow().ok());
    days.take(31)
        .filter(|day| !calendar.on(*day).is_empty())
        .take(count)
        .collect()
}

/// The whole hours of the day in the form.
fn times(standing: &Standing, state: &State) -> Vec<String> {
    let Task::Book(form) = &state.task else {
        return Vec::new();
    };
    let Some(day) = form.day else {
        return Vec::new();
    };
    let calendar = Calendar::of(&standing.business.hours);
    let hours = |span: &crate::hear::clock::Span| {
        (span.from.div_ceil(60) * 60..span.to)
            .step_by(60)
            .map(|minute| format!("At {}.", say::time(minute)))
            .collect::<Vec<_>>()
    };
    calendar.on(day).iter().flat_map(hours).collect()
}
