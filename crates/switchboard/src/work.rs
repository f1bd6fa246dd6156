//! The work beside a call: asking the agent, speaking a sentence. It reports into the call's inbox and nowhere else.

use std::{panic::AssertUnwindSafe, sync::Arc};

use agent::{Ask, Business, Delta, Then};
use call::{Input, Profile};
use events::{ClipId, Event, TurnId};
use futures::{FutureExt, StreamExt};
use tokio::sync::mpsc;

use crate::{Parts, Whose, mail::Mail};

/// Asks the agent and reports what it says, as it says it. A panic in it is a failed reply, not a lost call.
pub(crate) async fn think(parts: Arc<Parts>, ask: Ask, inbox: mpsc::Sender<Mail>) {
    let turn = ask.turn;
    let business = ask.business.clone();
    let work = AssertUnwindSafe(talk(parts, ask, business, inbox.clone()))
        .catch_unwind()
        .await;
    if work.is_err() {
        let why = "the agent panicked".to_owned();
        let _ = inbox
            .send(Mail::Input(Input::ReplyFailed { turn, why }))
            .await;
    }
}

async fn talk(parts: Arc<Parts>, ask: Ask, business: Arc<Business>, inbox: mpsc::Sender<Mail>) {
    let turn = ask.turn;
    let mut deltas = parts.agent.reply(ask);
    while let Some(delta) = deltas.next().await {
        let (mail, last) = translate(turn, delta, &business);
        for mail in mail {
            if inbox.send(mail).await.is_err() {
                return;
            }
        }
        if last {
            return;
        }
    }
    let why = "the agent stopped in the middle".to_owned();
    let _ = inbox
        .send(Mail::Input(Input::ReplyFailed { turn, why }))
        .await;
}

fn translate(turn: TurnId, delta: Delta, business: &Business) -> (Vec<Mail>, bool) {
    match delta {
        Delta::Words(delta) => (vec![Mail::Input(Input::Reply { turn, delta })], false),
        Delta::Tool { name, class } => {
            let note = Mail::Note(Event::ToolStarted { turn, tool: name });
            (vec![note, Mail::Input(Input::Busy { turn, class })], false)
        }
        Delta::ToolDone { name, detail } => (
            vec![Mail::Note(Event::ToolDone {
                turn,
                tool: name,
                detail,
            })],
            false,
        ),
        Delta::Done { then, memo } => {
            let then = onward(then, business);
            (
                vec![Mail::Input(Input::ReplyDone {
                    turn,
                    then,
                    memo: memo.0,
                })],
                true,
            )
        }
        Delta::Failed(why) => (vec![Mail::Input(Input::ReplyFailed { turn, why })], true),
    }
}

/// The label becomes a number here, by the operator's list; a label that is not on it goes nowhere.
fn onward(then: Then, business: &Business) -> call::Then {
    match then {
        Then::Listen(profile) => call::Then::Listen(match profile {
            agent::Profile::Speech => Profile::Speech,
            agent::Profile::YesNo => Profile::YesNo,
            agent::Profile::Dictation => Profile::Dictation,
        }),
        Then::HangUp => call::Then::HangUp,
        Then::Transfer(label) => match business.transfer.iter().find(|to| to.label == label) {
            Some(to) => call::Then::Transfer {
                label,
                number: to.to.clone(),
            },
            None => call::Then::Listen(Profile::Speech),
        },
    }
}

/// Speaks one sentence and reports it.
pub(crate) async fn voice(
    parts: Arc<Parts>,
    business: Arc<Business>,
    clip: ClipId,
    text: String,
    inbox: mpsc::Sender<Mail>,
) {
    let whose = Whose::Business(&business.id);
    let speaking = AssertUnwindSafe(parts.voicer.speak(&text, &business.voice, whose))
        .catch_unwind()
        .await;
    let mail = match speaking.unwrap_or_else(|_| Err("the voice panicked".into())) {
        Ok((spoken, cached)) => vec![
            Mail::Note(Event::Voiced {
                clip,
                audio_ms: spoken.ms,
                provider: spoken.provider,
                cached,
                object: Some(spoken.object.as_str().to_owned()),
            }),
            Mail::Input(Input::Voiced {
                clip,
                object: spoken.object.into(),
                ms: spoken.ms,
            }),
        ],
        Err(why) => vec![
            Mail::Note(Event::VoiceFailed { clip, why }),
            Mail::Input(Input::VoiceFailed { clip }),
        ],
    };
    for mail in mail {
        if inbox.send(mail).await.is_err() {
            return;
        }
    }
}
