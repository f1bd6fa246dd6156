//! One turn with a model: ask, speak, carry out its tools, ask again, at most [`MOST`] times.

use futures::StreamExt;

use super::{
    act::{Standing, act},
    calls::Calls,
    catalogue,
    look::After,
    port::{Line, Model, ModelError, ModelFault, Piece, Prompt, ToolCall},
    prompt,
    strain::Strainer,
};
use crate::{
    reply::{Delta, Profile, Then},
    scripted::turn::Turn,
};

/// Most times that the model is asked in one turn (RELIABILITY P38). The last time it gets no tools.
pub const MOST: usize = 5;
/// Most tokens of one answer.
const TOKENS: u32 = 400;
/// Most characters that are spoken in one turn (RELIABILITY P24); beyond them the turn ends with its sentence.
const SPOKEN: usize = 1_200;
/// Most characters that are read of one answer, spoken or not.
const READ: usize = 20_000;

/// What was spoken in this turn.
#[derive(Default)]
struct Mouth {
    strainer: Strainer,
    said: usize,
    last: String,
    full: bool,
}

/// Runs the turn. On an error, what was said was sent, and nothing else follows.
pub async fn run(turn: &mut Turn, model: &dyn Model) -> Result<(), ModelError> {
    let mut standing = Standing::take(turn);
    let mut lines = prompt::lines(turn, &standing);
    let books = !turn.ask.business.services.is_empty() && turn.calendar.is_known();
    let tools = catalogue::tools(&turn.ask.business, books);
    let mut mouth = Mouth::default();
    for round in 1..=MOST {
        let prompt = Prompt {
            lines: lines.clone(),
            tools: if round < MOST {
                tools.clone()
            } else {
                Vec::new()
            },
            most_tokens: TOKENS,
            now: turn.ask.now,
        };
        let (words, calls) = listen(turn, model, prompt, &mut mouth).await?;
        if calls.is_empty() || round == MOST || mouth.full {
            break;
        }
        lines.push(Line::Model {
            words,
            calls: calls.clone(),
        });
        if carry_out(turn, &mut standing, &mut mouth, calls, &mut lines).await {
            return Ok(());
        }
    }
    if mouth.said == 0 {
        return Err(ModelError::new(
            ModelFault::Empty,
            "it said nothing that can be spoken",
        ));
    }
    turn.then.get_or_insert(Then::Listen(expected(&mouth.last)));
    Ok(())
}

/// Carries out the calls in order. True when our own words ended the turn.
async fn carry_out(
    turn: &mut Turn,
    standing: &mut Standing,
    mouth: &mut Mouth,
    calls: Vec<ToolCall>,
    lines: &mut Vec<Line>,
) -> bool {
    for call in calls {
        let after = act(turn, standing, &call).await;
        let told = turn.take_text();
        // "I'll put you through" was said by the model already; a read-back never was.
        let twice = turn.then.is_some() && mouth.said > 0;
        if !told.is_empty() && !twice {
            let told = mouth.tell(told);
            turn.send(Delta::Words(told)).await;
        }
        match after {
            After::Stop => return true,
            After::Answer(answer) => lines.push(Line::Tool {
                id: call.id,
                answer: answer.to_string(),
            }),
        }
    }
    false
}

/// Reads one answer, and says its words as they come.
async fn listen(
    turn: &mut Turn,
    model: &dyn Model,
    prompt: Prompt,
    mouth: &mut Mouth,
) -> Result<(String, Vec<ToolCall>), ModelError> {
    let mut answer = model.answer(prompt);
    let (mut words, mut calls, mut read) = (String::new(), Calls::default(), 0);
    while let Some(piece) = answer.next().await {
        match piece? {
            Piece::Words(delta) => {
                read += delta.len();
                let said = mouth.strain(&delta);
                words.push_str(&said);
                if !said.is_empty() {
                    turn.send(Delta::Words(said)).await;
                }
            }
            Piece::Call {
                index,
                id,
                name,
                arguments,
            } => {
                read += arguments.len();
                calls.add(index, id, name, &arguments);
            }
        }
        if mouth.full || read > READ {
            break;
        }
    }
    let rest = mouth.close();
    words.push_str(&rest);
    if !rest.is_empty() {
        turn.send(Delta::Words(rest)).await;
    }
    Ok((words.trim().to_owned(), calls.done()))
}

impl Mouth {
    fn strain(&mut self, delta: &str) -> String {
        let mut out = String::new();
        if !self.full {
            self.strainer.push(delta, &mut out);
            self.count(&mut out);
        }
        out
    }

    /// The end of one answer: what is held is said, and the next answer does not run into it.
    fn close(&mut self) -> String {
        let mut out = String::new();
        if !self.full {
            self.strainer.finish(&mut out);
            self.count(&mut out);
        }
        out
    }

    /// Words of our own, which need no straining; what the model says next does not run into them.
    fn tell(&mut self, told: String) -> String {
        let told = if self.said > 0 {
            format!(" {told}")
        } else {
            told
        };
        self.said += told.len();
        self.strainer.told();
        told
    }

    /// Beyond the limit, the sentence that is being said is the last one.
    fn count(&mut self, out: &mut String) {
        let left = SPOKEN.saturating_sub(self.said);
        if out.len() > left {
            let from = out.floor_char_boundary(left);
            if let Some(end) = out[from..].find(['.', '!', '?']) {
                out.truncate(from + end + 1);
                self.full = true;
            } else if out.len() > left + SPOKEN / 4 {
                out.truncate(from);
                self.full = true;
            }
        }
        self.said += out.len();
        self.full |= self.said > SPOKEN + SPOKEN / 4;
        self.last.push_str(out);
        let keep = self.last.len().saturating_sub(200);
        self.last.drain(..self.last.ceil_char_boundary(keep));
    }
}

/// What the caller will say next, by the last question: a number takes longer than a sentence.
fn expected(last: &str) -> Profile {
    let last = last.trim_end().to_lowercase();
    let question = last.rsplit(['.', '!']).next().unwrap_or("");
    let counts = ["number", "spell", "message", "e-mail", "email"];
    if last.ends_with('?') && counts.iter().any(|w| question.contains(w)) {
        Profile::Dictation
    } else {
        Profile::Speech
    }
}
