//! Listening to the caller, with the carrier's rules about when that is over.

use std::sync::Arc;

use crate::account::Params;
use crate::engine::{Ears, Engine, Next, Stop, Wait};
use crate::exec::{Document, ask, repeats};
use crate::phone::{Input, PhoneEvent};
use crate::script::When;
use crate::sound::{Clip, speaking_ms};
use crate::twiml::Tree;

/// Collecting speech ends here at the latest.
const SPEECH_LIMIT_MS: f64 = 60_000.0;
/// Time one key takes.
const KEY_MS: f64 = 200.0;

struct Rules {
    ears: Ears,
    barge_in: bool,
    timeout_ms: f64,
    pause_ms: f64,
    num_digits: usize,
    finish: Option<char>,
    tell_nothing: bool,
}

/// What a gather got.
enum Got {
    Nothing,
    Speech(String),
    Digits(String),
}

impl Rules {
    fn read(verb: &Tree, endpoint_ms: u32) -> Self {
        let input = verb.attribute("input").unwrap_or("dtmf");
        let timeout_ms = f64::from(verb.number("timeout").unwrap_or(5)) * 1000.0;
        let pause_ms = match verb.attribute("speechTimeout") {
            Some("auto") => f64::from(endpoint_ms),
            Some(seconds) => seconds.parse().map_or(timeout_ms, |s: f64| s * 1000.0),
            None => timeout_ms,
        };
        Self {
            ears: Ears {
                speech: input.split(' ').any(|word| word == "speech"),
                keys: input.split(' ').any(|word| word == "dtmf"),
                late: true,
            },
            barge_in: verb.attribute("bargeIn") != Some("false"),
            timeout_ms,
            pause_ms,
            num_digits: verb.number("numDigits").map_or(usize::MAX, |n| n as usize),
            finish: verb.attribute("finishOnKey").unwrap_or("#").chars().next(),
            tell_nothing: verb.attribute("actionOnEmptyResult") == Some("true"),
        }
    }
}

impl Engine {
    pub async fn gather(&mut self, verb: &Tree, doc: &Document) -> Result<Option<Next>, Stop> {
        let rules = Rules::read(verb, self.net.config.endpoint_ms);
        let first = match self.prompts(verb, doc, &rules).await? {
            Some(input) => {
                self.book.prompt_done(self.clock.cursor_ms);
                Some(input)
            }
            None => {
                self.listening(rules.ears, rules.timeout_ms);
                self.pass(rules.timeout_ms, rules.ears).await?
            }
        };
        let got = match first {
            Some(Input::Digits { digits }) => self.keys(digits, &rules).await?,
            first => {
                let said = self.hear_out(first).await?;
                match said.is_empty() {
                    true => Got::Nothing,
                    false => Got::Speech(said),
                }
            }
        };
        self.conclude(verb, doc, &rules, got).await
    }

    /// Downloads every nested clip before the first one starts, as the carrier does, then plays.
    async fn prompts(
        &mut self,
        verb: &Tree,
        doc: &Document,
        rules: &Rules,
    ) -> Result<Option<Input>, Stop> {
        let mut prompts = Vec::new();
        for nested in verb.elements() {
            prompts.push((self.prompt(nested, doc).await, repeats(nested)));
        }
        let ears = Ears {
            speech: rules.ears.speech && rules.barge_in,
            keys: rules.ears.keys,
            late: false,
        };
        for (prompt, times) in &prompts {
            let done = self.perform(prompt, *times, doc, ears).await?;
            if done.is_some() {
                return Ok(done);
            }
        }
        Ok(None)
    }

    /// The prompt is over: it is the caller's turn.
    pub fn listening(&mut self, ears: Ears, timeout_ms: f64) {
        let at_ms = self.clock.cursor_ms;
        self.book.prompt_done(at_ms);
        self.book.show(PhoneEvent::Listening {
            at_ms,
            speech: ears.speech,
            digits: ears.keys,
            timeout_ms,
        });
        self.source.moment(When::Listening, at_ms);
    }

    /// The words that follow the beginning of speech, once they have been said; empty = none came.
    pub async fn hear_out(&mut self, first: Option<Input>) -> Result<String, Stop> {
        let words_only = Ears {
            speech: true,
            keys: false,
            late: true,
        };
        let mut input = first;
        let begun_ms = self.clock.cursor_ms;
        while let Some(Input::Onset) = input {
            let left_ms = SPEECH_LIMIT_MS - (self.clock.cursor_ms - begun_ms);
            input = self.pass(left_ms.max(0.0), words_only).await?;
        }
        match input {
            Some(Input::Speech { text, spoken_ms }) => {
                let ms = spoken_ms.map_or_else(|| speaking_ms(&text, 160), f64::from);
                let ms = ms.min(SPEECH_LIMIT_MS);
                let clip = Clip::caller(ms, self.net.config.record);
                self.ear.caller(self.clock.cursor_ms, Arc::new(clip));
                self.pass(ms, Ears::DEAF).await?;
                Ok(text.trim().to_owned())
            }
            Some(Input::Digits { digits }) => Ok(digits),
            _ => Ok(String::new()),
        }
    }

    async fn keys(&mut self, first: String, rules: &Rules) -> Result<Got, Stop> {
        let keys_only = Ears {
            speech: false,
            keys: true,
            late: true,
        };
        let mut got = String::new();
        let mut more = first;
        loop {
            for key in more.chars() {
                self.clock.wait(KEY_MS).await;
                if Some(key) == rules.finish {
                    return Ok(Got::Digits(got));
                }
                got.push(key);
                if got.len() >= rules.num_digits {
                    return Ok(Got::Digits(got));
                }
            }
            match self.pass(rules.timeout_ms, keys_only).await? {
                Some(Input::Digits { digits }) => more = digits,
                _ => return Ok(Got::Digits(got)),
            }
        }
    }

    async fn conclude(
        &mut self,
        verb: &Tree,
        doc: &Document,
        rules: &Rules,
        got: Got,
    ) -> Result<Option<Next>, Stop> {
        let extra: Params = match &got {
            Got::Nothing => {
                self.turn("");
                if !rules.tell_nothing {
                    return Ok(None);
                }
                vec![("Digits".into(), String::new())]
            }
            Got::Digits(keys) => {
                self.turn(keys);
                vec![("Digits".into(), keys.clone())]
            }
            Got::Speech(text) => {
                self.turn(text);
                let confidence = 0.85 + 0.14 * self.rng.f64();
                vec![
                    ("SpeechResult".into(), text.clone()),
                    ("Confidence".into(), format!("{confidence:.8}")),
                ]
            }
        };
        if let Got::Speech(_) = got {
            let from_ms = self.clock.cursor_ms;
            self.book.turn().carrier_ms += rules.pause_ms;
            self.pass(rules.pause_ms, Ears::DEAF).await?;
            let to_ms = self.clock.cursor_ms;
            self.book.waited(Wait::Endpointing, from_ms, to_ms);
        }
        let action = verb.attribute("action").unwrap_or_default();
        let url = self.resolve(doc, action);
        Ok(Some(ask(url, verb, extra)))
    }
}
