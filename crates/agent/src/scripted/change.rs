//! Finding a booking of the caller's, and telling, moving or cancelling it.

use events::At;
use text::FillerClass;

use super::{
    book,
    contact::{Number, number},
    offer::unavailable,
    question::{indefinite, question},
    state::{Form, Goal, Held, Open, Search, Task},
    turn::Turn,
};
use crate::{
    desk::DeskError,
    hear::assent::{Answer, answer},
    say,
};

/// Begins the search, by the number that was said or that the caller calls from.
pub async fn start(turn: &mut Turn, goal: Goal) {
    let wish = Form {
        day: turn.heard.day,
        clock: turn.heard.clock,
        part: turn.heard.part,
        week: turn.heard.week,
        ..Form::default()
    };
    turn.state.open = Open::Nothing;
    turn.state.task = Task::Find(Search {
        goal,
        found: Vec::new(),
        digits: String::new(),
        tried: 0,
        wish,
    });
    let said = match number(turn, "") {
        Some(Number::Whole(whole)) => Some(whole),
        _ => None,
    };
    match said
        .or_else(|| turn.state.phone.clone())
        .or_else(|| turn.caller().map(str::to_owned))
    {
        Some(phone) => look(turn, phone).await,
        None => ask_for(turn, Open::Phone),
    }
}

fn ask_for(turn: &mut Turn, open: Open) {
    turn.state.open = open;
    let question = question(turn);
    turn.say(question);
}

fn rest(turn: &mut Turn) {
    turn.state.rest(Open::Anything);
    let question = question(turn);
    turn.say(question);
}

async fn look(turn: &mut Turn, phone: String) {
    let desk = turn.desk.clone();
    let work = desk.find(turn.ask.business.id.clone(), phone, turn.ask.now);
    let Ok(found) = turn.using("booking.find", FillerClass::Lookup, work).await else {
        return unavailable(turn);
    };
    let mut found: Vec<Held> = found.into_iter().map(Held::from).collect();
    let Task::Find(search) = &mut turn.state.task else {
        return;
    };
    if found.is_empty() {
        search.tried += 1;
        search.digits.clear();
        return nothing(turn);
    }
    found.truncate(3);
    search.found.clone_from(&found);
    let goal = search.goal;
    match narrowed(turn, &found) {
        Some(held) => go(turn, goal, held).await,
        None if goal == Goal::Tell => {
            let list: Vec<String> = found.iter().map(|h| indefinite(turn, h)).collect();
            turn.say(format!("You have {}.", say::list(&list, "and")));
            rest(turn);
        }
        None => ask_for(turn, Open::Which),
    }
}

fn nothing(turn: &mut Turn) {
    let Task::Find(search) = &turn.state.task else {
        return;
    };
    if search.tried >= 2 {
        turn.say("I don't see a booking under that number either.");
        turn.state.rest(Open::OfferMessage);
        let question = question(turn);
        return turn.say(question);
    }
    let own = turn.heard.phone.is_none() && turn.state.phone.is_none();
    let number = if own {
        "the number you're calling from"
    } else {
        "that number"
    };
    turn.say(format!("I don't see a booking under {number}."));
    ask_for(turn, Open::Phone);
}

/// The one that is meant: the only one, or the only one that fits the day, the time or the service that was said.
fn narrowed(turn: &Turn, found: &[Held]) -> Option<Held> {
    if let [only] = found {
        return Some(only.clone());
    }
    let heard = &turn.heard;
    let service = heard
        .service
        .and_then(|i| turn.ask.business.services.get(i))
        .map(|s| s.name.as_str());
    let by_day = |h: &&Held| heard.days.contains(&turn.local(At(h.start)).0);
    let by_service = |h: &&Held| service == Some(h.service.as_str());
    let one = |fits: &dyn Fn(&&Held) -> bool| {
        let mut hits = found.iter().filter(fits);
        hits.next().filter(|_| hits.next().is_none()).cloned()
    };
    one(&by_day).or_else(|| one(&by_service))
}

async fn go(turn: &mut Turn, goal: Goal, held: Held) {
    match goal {
        Goal::Tell => {
            let what = indefinite(turn, &held);
            turn.say(format!("You have {what}."));
            rest(turn);
        }
        Goal::Cancel => {
            turn.state.task = Task::Cancel(held);
            ask_for(turn, Open::Confirm);
        }
        Goal::Move => shift(turn, held).await,
    }
}

/// Turns the search into a form for the new time.
async fn shift(turn: &mut Turn, held: Held) {
    let mut form = match &turn.state.task {
        Task::Find(search) => search.wish.clone(),
        _ => Form::default(),
    };
    let (old, _) = turn.local(At(held.start));
    // "Move my Tuesday appointment" names the booking, not the new day.
    if form.day == Some(old) && form.clock.is_none() {
        form.clear_slot();
    }
    if form.clock.is_some() {
        form.day.get_or_insert(old);
    }
    let named = form.day.is_some();
    form.service = Some(held.service.clone());
    let what = indefinite(turn, &held);
    form.moving = Some(held);
    turn.state.task = Task::Book(form);
    turn.state.open = Open::Nothing;
    if !named {
        turn.say(format!("You have {what}."));
    }
    book::advance(turn).await;
}

/// Goes on with the search or the cancellation. False when the words say nothing about it.
pub async fn hear(turn: &mut Turn) -> bool {
    match turn.state.task.clone() {
        Task::Find(search) if turn.state.open == Open::Phone => phone(turn, search).await,
        Task::Find(search) => which(turn, search).await,
        Task::Cancel(held) => cancel(turn, held).await,
        _ => false,
    }
}

async fn phone(turn: &mut Turn, mut search: Search) -> bool {
    match number(turn, &search.digits) {
        Some(Number::Whole(whole)) => {
            look(turn, whole).await;
            return true;
        }
        Some(Number::Part(part)) => search.digits = part,
        Some(Number::Bad) => {
            search.digits.clear();
            turn.say("That doesn't sound like a whole number.");
        }
        None => {
            let unknown = turn.heard.says(&[
                "don't know",
                "not sure",
                "no idea",
                "don't remember",
                "no",
                "nope",
            ]);
            if unknown {
                turn.say("I need the number to find it.");
                turn.state.rest(Open::OfferMessage);
                let question = question(turn);
                turn.say(question);
            }
            return unknown;
        }
    }
    turn.state.task = Task::Find(search);
    ask_for(turn, Open::Phone);
    true
}

async fn which(turn: &mut Turn, search: Search) -> bool {
    let place = [
        ("first", 0),
        ("second", 1),
        ("third", 2),
        ("last", search.found.len().saturating_sub(1)),
    ];
    let by_place = place
        .iter()
        .find(|(word, _)| turn.heard.says(&[word]))
        .and_then(|(_, i)| search.found.get(*i).cloned());
    match by_place.or_else(|| narrowed(turn, &search.found)) {
        Some(held) => go(turn, search.goal, held).await,
        None => return false,
    }
    true
}

async fn cancel(turn: &mut Turn, held: Held) -> bool {
    if turn.heard.says(&[
        "move",
        "move it",
        "reschedule",
        "another time",
        "different time",
    ]) {
        let wish = Form {
            day: turn.heard.day,
            clock: turn.heard.clock,
            part: turn.heard.part,
            ..Form::default()
        };
        turn.state.task = Task::Find(Search {
            goal: Goal::Move,
            found: Vec::new(),
            digits: String::new(),
            tried: 0,
            wish,
        });
        shift(turn, held).await;
        return true;
    }
    match answer(&turn.heard.tokens) {
        Answer::Yes => remove(turn, held).await,
        Answer::No => {
            turn.say("Okay, I'll leave it as it is.");
            rest(turn);
        }
        Answer::Unclear => return false,
    }
    true
}

/// Cancels a booking, after a yes.
pub async fn remove(turn: &mut Turn, held: Held) {
    let (desk, key) = (turn.desk.clone(), turn.key());
    let work = desk.cancel(key, held.id.clone());
    match turn
        .using("booking.cancel", FillerClass::Calendar, work)
        .await
    {
        Ok(_) => turn.say(format!("Done. Your {} is cancelled.", held.service)),
        Err(DeskError::Unavailable(_)) => return unavailable(turn),
        Err(_) => turn.say("I'm sorry, I can't find that booking any more."),
    }
    rest(turn);
}
