//! A model that says what a test tells it to, and calls to it.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use agent::{Agent, Delta, Line, Model, ModelAgent, ModelError, ModelFault, Piece, Prompt, Then};
use futures::{StreamExt, executor::block_on, stream, stream::BoxStream};
use serde_json::Value;

use crate::world::World;

/// One answer of the model.
#[derive(Clone, Debug, Default)]
pub struct Answer(pub Vec<Result<Piece, ModelError>>);

/// Words, in deltas of a few letters.
pub fn says(text: &str) -> Answer {
    let letters: Vec<char> = text.chars().collect();
    let deltas = letters
        .chunks(3)
        .map(|c| Ok(Piece::Words(c.iter().collect())));
    Answer(deltas.collect())
}

impl Answer {
    /// The same with a tool call, its arguments in two pieces.
    pub fn calls(mut self, name: &str, arguments: &str) -> Self {
        let index = self
            .0
            .iter()
            .filter(|p| matches!(p, Ok(Piece::Call { name: Some(_), .. })))
            .count();
        let index = u32::try_from(index).expect("few calls");
        let half = arguments.floor_char_boundary(arguments.len() / 2);
        let piece = |id: Option<String>, name: Option<String>, arguments: &str| {
            Ok(Piece::Call {
                index,
                id,
                name,
                arguments: arguments.to_owned(),
            })
        };
        self.0.push(piece(
            Some(format!("call_{index}")),
            Some(name.to_owned()),
            &arguments[..half],
        ));
        self.0.push(piece(None, None, &arguments[half..]));
        self
    }

    /// The same, broken off.
    pub fn fails(mut self, fault: ModelFault) -> Self {
        self.0.push(Err(ModelError::new(fault, "a test")));
        self
    }
}

/// A call and no words.
pub fn calls(name: &str, arguments: Value) -> Answer {
    Answer::default().calls(name, &arguments.to_string())
}

/// The model of a test: it gives its answers in order, and then an empty one.
#[derive(Default)]
pub struct Puppet {
    answers: Mutex<Vec<Answer>>,
    pub prompts: Mutex<Vec<Prompt>>,
    pub asked: AtomicUsize,
}

impl Puppet {
    pub fn new(answers: Vec<Answer>) -> Arc<Self> {
        let puppet = Self::default();
        *puppet.answers.lock().expect("one test") = answers;
        Arc::new(puppet)
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// What the tools answered in the last prompt.
    pub fn told(&self) -> Vec<String> {
        let prompts = self.prompts.lock().expect("one test");
        let lines = prompts.last().map(|p| p.lines.clone()).unwrap_or_default();
        lines
            .into_iter()
            .filter_map(|line| match line {
                Line::Tool { answer, .. } => Some(answer),
                _ => None,
            })
            .collect()
    }

    /// The system line of the last prompt.
    pub fn system(&self) -> String {
        let prompts = self.prompts.lock().expect("one test");
        match prompts.last().and_then(|p| p.lines.first()) {
            Some(Line::System(text)) => text.clone(),
            other => panic!("the system line comes first: {other:?}"),
        }
    }
}

impl Model for Puppet {
    fn name(&self) -> &str {
        "puppet"
    }

    fn answer(&self, prompt: Prompt) -> BoxStream<'static, Result<Piece, ModelError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.prompts.lock().expect("one test").push(prompt);
        let mut answers = self.answers.lock().expect("one test");
        let answer = if answers.is_empty() {
            Answer::default()
        } else {
            answers.remove(0)
        };
        stream::iter(answer.0).boxed()
    }
}

/// One turn of a call that the model answers like this.
pub struct Heard {
    pub puppet: Arc<Puppet>,
    pub words: String,
    pub then: Option<Then>,
    pub failed: Option<String>,
    pub tools: Vec<String>,
}

/// Says a line in this call; the model gives these answers.
pub fn turn(world: &mut World, line: &str, answers: Vec<Answer>) -> Heard {
    let puppet = Puppet::new(answers);
    let agent = ModelAgent::new(puppet.clone(), world.desk.clone());
    let deltas = block_on(agent.reply(world.ask(line)).collect::<Vec<Delta>>());
    let words = world.take(line, &deltas);
    let mut heard = Heard {
        puppet,
        words: words.trim().to_owned(),
        then: None,
        failed: None,
        tools: Vec::new(),
    };
    for delta in deltas {
        match delta {
            Delta::Done { then, .. } => heard.then = Some(then),
            Delta::Failed(why) => heard.failed = Some(why),
            Delta::ToolDone { name, detail } => heard.tools.push(format!("{name} {detail}")),
            _ => {}
        }
    }
    heard
}
