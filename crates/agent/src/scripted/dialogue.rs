//! The order in which a turn is judged: the truth about ourselves first, then what can be said at any time, then the
//! task at hand, then the business file, then small talk, then not knowing.

use super::{
    answers, book, change, chat, cues, note,
    question::{profile, question},
    state::{Goal, Open, Task},
    turn::Turn,
};
use crate::{
    greeting::greeting,
    hear::assent::{Answer, Aside, answer, aside},
    reply::{Delta, Then},
};

/// Judges one turn, and leaves what to say in it.
pub async fn run(turn: &mut Turn) {
    let words = turn.ask.words.clone();
    if words.is_empty() && turn.ask.history.is_empty() && turn.ask.turn.0 == 0 {
        let greeting = greeting(&turn.business());
        return turn.say(greeting);
    }
    let words = if turn.ask.digits {
        keys(turn, &words)
    } else {
        words
    };
    turn.hear(&words);
    let misses = turn.state.misses;
    judge(turn).await;
    if turn.state.misses == misses {
        turn.state.misses = 0;
    }
}

/// The last delta.
pub fn done(turn: &mut Turn) -> Delta {
    let then = turn
        .then
        .take()
        .unwrap_or_else(|| Then::Listen(profile(turn.state.open)));
    Delta::Done {
        then,
        memo: turn.state.write(),
    }
}

/// Keys as the words that they stand for.
fn keys(turn: &Turn, keys: &str) -> String {
    let keys: String = keys
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '*')
        .take(20)
        .collect();
    let open = turn.state.open;
    match keys.as_str() {
        "0" => "operator".into(),
        "*" => "repeat that".into(),
        "1" if open.is_yes_no() => "yes".into(),
        "2" if open.is_yes_no() => "no".into(),
        "1" if matches!(open, Open::Pick | Open::Which) => "the first one".into(),
        "2" if matches!(open, Open::Pick | Open::Which) => "the second one".into(),
        _ if matches!(open, Open::Phone | Open::CallerPhone) => keys,
        _ => String::new(),
    }
}

async fn judge(turn: &mut Turn) {
    let said = aside(&turn.heard.tokens);
    // Within a long message everything but the truth about ourselves is part of the message.
    let dictating = turn.state.open == Open::Text && turn.heard.tokens.len() > 6;
    match said {
        Some(Aside::Human) => return chat::machine(turn),
        Some(aside) if !dictating && at_any_time(turn, aside).await => return,
        _ => {}
    }
    if turn.heard.is_noise() {
        return chat::lost(turn);
    }
    if !dictating
        && chat::names_person(turn)
            .is_some_and(|found| found.is_some() || turn.state.task == Task::Idle)
    {
        return reach(turn);
    }
    if turn.state.task == Task::Idle {
        idle(turn).await
    } else {
        busy(turn).await
    }
}

/// Somebody was asked for by name.
fn reach(turn: &mut Turn) {
    if chat::names_person(turn).flatten().is_some() {
        return chat::person(turn);
    }
    turn.say("I can't put you through to them.");
    turn.state.rest(Open::OfferMessage);
    chat::reask(turn);
}

/// Takes what can be said at any time. False when it means something else here.
async fn at_any_time(turn: &mut Turn, aside: Aside) -> bool {
    let resting = turn.state.task == Task::Idle || turn.state.open == Open::OfferBook;
    match aside {
        Aside::Repeat => chat::repeat(turn),
        Aside::Person => chat::person(turn),
        // The message itself may ask to be called back.
        Aside::Message if turn.state.open == Open::Text => return false,
        Aside::Message => {
            turn.state.rest(Open::Nothing);
            note::start(turn).await;
        }
        Aside::Leave => chat::leave(turn),
        Aside::Bye => {
            let agreed = turn.state.open == Open::Confirm
                && turn.heard.says(&["yes", "yeah", "yep", "correct"]);
            if agreed && busy_with(turn).await && turn.state.open == Open::Anything {
                turn.unsay(&question(turn));
                chat::farewell(turn);
            } else if !agreed {
                chat::farewell(turn);
            }
        }
        Aside::AllDone if resting => chat::farewell(turn),
        Aside::AllDone | Aside::Human => return false,
    }
    true
}

/// A task is at hand: its own words first, unless the caller asks something else in between.
async fn busy(turn: &mut Turn) {
    let dictating = matches!(turn.state.open, Open::Text | Open::Name) && !turn.heard.is_question();
    if turn.state.open == Open::Text {
        if busy_with(turn).await {
            return;
        }
    } else if drops(turn) {
        return chat::leave(turn);
    } else if !dictating && is_digression(turn) && answers::answer(turn) {
        return chat::reask(turn);
    }
    if busy_with(turn).await {
        return;
    }
    if turn.state.open == Open::OfferBook {
        turn.state.rest(Open::Nothing);
        return idle(turn).await;
    }
    if answers::answer(turn) {
        return chat::reask(turn);
    }
    if !chat::small_talk(turn) {
        chat::lost(turn);
    }
}

async fn busy_with(turn: &mut Turn) -> bool {
    match turn.state.task {
        Task::Book(_) => book::hear(turn).await,
        Task::Find(_) | Task::Cancel(_) => change::hear(turn).await,
        Task::Note(_) => note::hear(turn).await,
        Task::Idle => false,
    }
}

/// A question about us, in the middle of something else.
fn is_digression(turn: &Turn) -> bool {
    turn.heard.is_question() && turn.heard.phone.is_none()
}

/// `cancel that`, before anything was booked.
fn drops(turn: &Turn) -> bool {
    let heard = &turn.heard;
    let word = heard.says(&["cancel", "cancel that", "stop"]) && heard.tokens.len() <= 5;
    word && matches!(
        turn.state.task,
        Task::Book(_) | Task::Note(_) | Task::Find(_)
    )
}

/// Nothing is at hand.
async fn idle(turn: &mut Turn) {
    if let Some(goal) = goal(turn) {
        return change::start(turn, goal).await;
    }
    if answers::offers(turn) {
        return offered(turn);
    }
    if answers::answer(turn) {
        turn.state.open = Open::Nothing;
        return;
    }
    if books(turn) {
        return book::start(turn).await;
    }
    match (turn.state.open, answer(&turn.heard.tokens)) {
        (Open::OfferMessage, Answer::Yes) => return note::start(turn).await,
        (Open::OfferMessage, Answer::No) => {
            turn.say("Okay.");
            turn.state.rest(Open::Anything);
            return chat::reask(turn);
        }
        (Open::Anything, Answer::No) if turn.heard.tokens.len() <= 6 => {
            return chat::farewell(turn);
        }
        (Open::Anything, Answer::Yes) if turn.heard.tokens.len() <= 4 => {
            turn.state.open = Open::Nothing;
            return turn.say("Sure. What can I do for you?");
        }
        _ => {}
    }
    if !chat::small_talk(turn) {
        chat::lost(turn);
    }
}

/// After "yes, we do": asks whether to book it.
fn offered(turn: &mut Turn) {
    match turn.state.open {
        Open::OfferBook => chat::reask(turn),
        _ => turn.state.open = Open::Nothing,
    }
}

/// What is wanted with a booking that exists.
fn goal(turn: &Turn) -> Option<Goal> {
    let heard = &turn.heard;
    if heard.says(cues::RULES) {
        return None;
    }
    let thing = heard.says(cues::THING) || heard.tokens.len() <= 3;
    if thing && heard.says(cues::CANCEL) {
        return Some(Goal::Cancel);
    }
    if heard.says(cues::MOVE) || (thing && heard.says(cues::MOVE_IT)) {
        return Some(Goal::Move);
    }
    let mine = heard.says(cues::MINE) && !heard.says(&["like to have", "can i have"]);
    (mine && heard.says(cues::WHEN)).then_some(Goal::Tell)
}

/// True when the words ask for an appointment.
fn books(turn: &Turn) -> bool {
    let heard = &turn.heard;
    let wants = heard.says(cues::WANT);
    let when = heard.day.is_some() || heard.clock.is_some() || heard.week.is_some();
    let service = heard.service.is_some();
    heard.says(cues::BOOK)
        || (service && (when || wants || heard.tokens.len() <= 4))
        || (when && wants)
}
