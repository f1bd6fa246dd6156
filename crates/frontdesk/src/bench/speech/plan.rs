//! What is to be asked of whom, checked before anything is sent.

use ::bench::speech::{Mode, SpeechSetup};
use anyhow::Context;
use providers::Http;

use super::engines::{Asked, Engine, Scope, alias, names};
use crate::{config::nearest, join};

/// The most characters that a run sends to companies that charge for them, unless somebody asks for more.
pub const MOST_PAID_CHARS: usize = 20_000;

/// The most requests of a run.
const MOST_REQUESTS: usize = 20_000;

/// The most sentences of a run.
const MOST_SENTENCES: usize = 500;

/// First sentences as an agent says them: short, and most with something to be read.
const SENTENCES: [&str; 20] = [
    "Good morning, this is Bright Smile Dental, how can I help you?",
    "We are open on Saturday from nine to one.",
    "A cleaning takes about forty-five minutes.",
    "Yes, we do have time on Tuesday at 3:30 p.m.",
    "That would be $90, and your insurance may pay for it.",
    "There is free parking behind the building.",
    "I can offer you Thursday at ten, or Friday at a quarter past two.",
    "May I have your name, please?",
    "You're booked for Tuesday, December 1st at 10 a.m.",
    "I'm sorry, I didn't catch that, could you say it again?",
    "Dr. Lee can see you at eleven.",
    "Please bring your insurance card and a photo ID.",
    "We close at half past five.",
    "Was that a checkup or a cleaning?",
    "You can cancel free of charge until the day before.",
    "The next opening is tomorrow at noon.",
    "I have your number as 202 555 0142, is that right?",
    "We're at 120 Main Street, on the second floor.",
    "Let me have a look at the calendar.",
    "Thank you for calling, goodbye.",
];

/// What is said.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentences(Vec<String>);

impl Sentences {
    /// So many of those that come with Frontdesk.
    ///
    /// # Errors
    /// There are none of that many.
    pub fn first(count: usize) -> anyhow::Result<Self> {
        anyhow::ensure!(
            count > 0,
            "0 sentences: there would be nothing to say; ask for 1 to {}",
            SENTENCES.len()
        );
        anyhow::ensure!(
            count <= SENTENCES.len(),
            "{count} sentences: {} come with Frontdesk; name a file with one sentence a line for more",
            SENTENCES.len()
        );
        Ok(Self(
            SENTENCES
                .iter()
                .take(count)
                .map(|s| (*s).to_owned())
                .collect(),
        ))
    }

    /// A number, or a file with one sentence a line; lines that begin with `#` are remarks.
    ///
    /// # Errors
    /// What is wrong with either.
    pub fn parse(wanted: &str) -> anyhow::Result<Self> {
        if let Ok(count) = wanted.parse() {
            return Self::first(count);
        }
        let text = std::fs::read_to_string(wanted).with_context(|| {
            format!("`{wanted}` is neither a number of sentences nor a file that can be read")
        })?;
        let lines = text.lines().map(str::trim);
        let lines: Vec<String> = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::to_owned)
            .collect();
        anyhow::ensure!(
            !lines.is_empty(),
            "`{wanted}` has no sentence: write one a line"
        );
        anyhow::ensure!(
            lines.len() <= MOST_SENTENCES,
            "`{wanted}` has {} sentences, more than {MOST_SENTENCES}",
            lines.len()
        );
        let long = lines
            .iter()
            .position(|line| line.chars().count() > tts::MAX_CHARS);
        if let Some(place) = long {
            anyhow::bail!(
                "sentence {} of `{wanted}` is longer than {} characters",
                place + 1,
                tts::MAX_CHARS
            );
        }
        Ok(Self(lines))
    }
}

/// What somebody wants measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// Engines by name; none = all.
    pub providers: Vec<String>,
    /// Voices by id; none = each engine's own.
    pub voices: Vec<String>,
    /// What is said.
    pub sentences: Sentences,
    /// How often.
    pub rounds: usize,
    /// How often before that.
    pub warm_up: usize,
    /// In which ways.
    pub modes: Vec<Mode>,
}

/// What will be done.
pub struct Plan {
    /// The voices, in the order in which they are asked.
    pub asked: Vec<Asked>,
    /// The rest.
    pub setup: SpeechSetup,
}

impl Plan {
    /// Finds the voices. Engines that nobody named and that are not there are left out, with a note.
    ///
    /// # Errors
    /// A name that nobody has, an engine that was named and cannot speak, numbers that make no sense.
    pub async fn make(scope: Scope, wish: Wish) -> anyhow::Result<Self> {
        anyhow::ensure!(
            wish.rounds > 0,
            "0 rounds: nothing would be measured; ask for at least 1"
        );
        anyhow::ensure!(
            !wish.modes.is_empty(),
            "no mode: ask for batch, stream or both"
        );
        let http = Http::new(join::CONNECT_MS)?;
        let wanted = wish.clone();
        // Looking for programs takes a while, and whoever answers requests must not wait.
        let found = tokio::task::spawn_blocking(move || engines(&scope, &wanted, &http)).await;
        let (engines, left_out) = found.context("the voices could not be looked for")??;
        check_voices(&engines, &wish.voices).await?;
        let asked: Vec<Asked> = engines
            .iter()
            .flat_map(|engine| engine.asked(&wish.voices))
            .collect();
        anyhow::ensure!(
            !asked.is_empty(),
            "no voice can be measured: {}",
            left_out.join("; ")
        );
        let plan = Self {
            asked,
            setup: SpeechSetup {
                sentences: wish.sentences.0,
                rounds: wish.rounds,
                warm_up: wish.warm_up,
                modes: wish.modes,
                left_out,
            },
        };
        let requests = plan.per_voice().saturating_mul(plan.asked.len());
        anyhow::ensure!(
            requests <= MOST_REQUESTS,
            "{requests} requests are more than {MOST_REQUESTS}: ask for fewer sentences or rounds"
        );
        Ok(plan)
    }

    /// Requests to each voice: the first one, and then every sentence in every way in every round.
    fn per_voice(&self) -> usize {
        let rounds = self.setup.rounds.saturating_add(self.setup.warm_up);
        let each = self
            .setup
            .sentences
            .len()
            .saturating_mul(self.setup.modes.len());
        rounds.saturating_mul(each).saturating_add(1)
    }

    /// What it comes to.
    pub fn estimate(&self) -> Estimate {
        let setup = &self.setup;
        let length = |text: &String| text.chars().count();
        let all: usize = setup.sentences.iter().map(length).sum();
        let rounds = setup.rounds + setup.warm_up;
        let first = setup.sentences.first().map_or(0, length);
        let characters = first + all * rounds * setup.modes.len();
        let mut paid: Vec<Paid> = Vec::new();
        for asked in &self.asked {
            let Some(price) = asked.price else { continue };
            let provider = &asked.target.provider;
            let dollars = characters as f64 / 1000.0 * price;
            match paid.iter_mut().find(|known| known.provider == *provider) {
                Some(known) => {
                    known.characters += characters;
                    known.dollars += dollars;
                }
                None => paid.push(Paid {
                    provider: provider.clone(),
                    characters,
                    dollars,
                }),
            }
        }
        Estimate {
            voices: self.asked.iter().map(|asked| asked.target.name()).collect(),
            requests: self.per_voice() * self.asked.len(),
            characters: characters * self.asked.len(),
            paid,
        }
    }
}

/// The engines that were wished for, and why others are not among them.
fn engines(scope: &Scope, wish: &Wish, http: &Http) -> anyhow::Result<(Vec<Engine>, Vec<String>)> {
    let known = names(&scope.loaded.config);
    let (mut engines, mut left_out): (Vec<Engine>, Vec<String>) = (Vec::new(), Vec::new());
    for name in &wish.providers {
        let name = alias(name);
        if !known.iter().any(|known| known == name) {
            let hint = match nearest(name, known.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!(
                    "there are {}; others have to be named in `speech.chain`",
                    known.join(", ")
                ),
            };
            anyhow::bail!("there is no provider `{name}` here: {hint}");
        }
        if engines.iter().any(|known| known.name == name) {
            continue;
        }
        let engine = scope.engine(name, http)?;
        anyhow::ensure!(speaks(&engine), "{}", voiceless(&engine));
        engines.push(engine);
    }
    if !wish.providers.is_empty() {
        return Ok((engines, left_out));
    }
    for name in &known {
        match scope.engine(name, http) {
            Ok(engine) if speaks(&engine) => engines.push(engine),
            Ok(engine) => left_out.push(voiceless(&engine)),
            Err(error) => left_out.push(format!("{error:#}")),
        }
    }
    Ok((engines, left_out))
}

/// A server may name its voices only when it is asked; the built-in voice knows its own or is not installed.
fn speaks(engine: &Engine) -> bool {
    engine.voice.is_some() || !engine.tts.voices().is_empty()
}

fn voiceless(engine: &Engine) -> String {
    match engine.name.as_str() {
        "embedded" => {
            "the built-in voice is not installed; run `frontdesk models install`".to_owned()
        }
        name => format!("{name} has no voice; set `{name}.voice`"),
    }
}

/// Every voice that was named is one that somebody has.
async fn check_voices(engines: &[Engine], named: &[String]) -> anyhow::Result<()> {
    let list = || -> Vec<String> {
        let voices = engines.iter().flat_map(|engine| engine.tts.voices());
        voices.map(|voice| voice.id).collect()
    };
    let unknown = |known: &[String]| named.iter().find(|id| !known.contains(id)).cloned();
    if unknown(&list()).is_none() {
        return Ok(());
    }
    // Some learn their voices from the server only.
    for engine in engines {
        let warmed = tokio::time::timeout(std::time::Duration::from_secs(5), engine.tts.prewarm());
        if let Ok(Err(error)) = warmed.await {
            tracing::info!(%error, "its voices are not known");
        }
    }
    let known = list();
    let Some(id) = unknown(&known) else {
        return Ok(());
    };
    let who: Vec<&str> = engines.iter().map(|engine| engine.name.as_str()).collect();
    let hint = match nearest(&id, known.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            let some: Vec<&str> = known.iter().take(12).map(String::as_str).collect();
            format!(
                "there are {}{}",
                some.join(", "),
                if known.len() > 12 { ", …" } else { "" }
            )
        }
    };
    anyhow::bail!("none of {} has the voice `{id}`: {hint}", who.join(", "))
}

/// What a run comes to, before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The voices.
    pub voices: Vec<String>,
    /// Requests in all.
    pub requests: usize,
    /// Characters in all.
    pub characters: usize,
    /// What is paid for.
    pub paid: Vec<Paid>,
}

/// What goes to one company that charges.
#[derive(Clone, Debug, PartialEq)]
pub struct Paid {
    /// Its name.
    pub provider: String,
    /// Characters.
    pub characters: usize,
    /// About so many dollars.
    pub dollars: f64,
}

impl Estimate {
    /// Whether anything is paid for.
    pub fn costs(&self) -> bool {
        !self.paid.is_empty()
    }

    /// About so many dollars in all.
    pub fn dollars(&self) -> f64 {
        self.paid.iter().map(|paid| paid.dollars).sum()
    }

    /// Refuses what is more than the cap.
    ///
    /// # Errors
    /// How much it is, and what to do.
    pub fn within(&self, most: usize) -> anyhow::Result<()> {
        let characters: usize = self.paid.iter().map(|paid| paid.characters).sum();
        anyhow::ensure!(
            characters <= most,
            "{}: that is more than the {most} characters that a run may send to companies that charge; ask for fewer \
             sentences or rounds",
            self.told()
        );
        Ok(())
    }

    /// In words.
    pub fn told(&self) -> String {
        let mut told = format!(
            "{} requests to {} voices, {} characters",
            self.requests,
            self.voices.len(),
            self.characters
        );
        for paid in &self.paid {
            told += &format!(
                ", of which ~ {} to {}, ≈ ${:.2}",
                paid.characters, paid.provider, paid.dollars
            );
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ::bench::speech::Target;

    use super::*;
    use crate::voice::BuiltIn;

    fn asked(provider: &str, price: Option<f64>) -> Asked {
        Asked {
            tts: Arc::new(BuiltIn::default()),
            target: Target {
                provider: provider.into(),
                ..Target::default()
            },
            price,
            in_process: false,
        }
    }

    #[test]
    fn what_is_paid_is_counted_before_it_is_sent_and_capped() {
        let plan = Plan {
            asked: vec![
                asked("free", None),
                asked("dear", Some(0.1)),
                asked("dear", Some(0.1)),
            ],
            setup: SpeechSetup {
                sentences: vec!["x".repeat(40), "x".repeat(60)],
                rounds: 4,
                warm_up: 1,
                modes: vec![Mode::Batch, Mode::Stream],
                left_out: Vec::new(),
            },
        };
        let estimate = plan.estimate();
        // One first request, then five rounds of two sentences in two ways.
        assert_eq!(estimate.requests, 3 * (1 + 5 * 2 * 2));
        let each = 40 + 5 * 2 * 100;
        assert_eq!(estimate.characters, 3 * each);
        assert_eq!(estimate.paid.len(), 1);
        assert_eq!(estimate.paid[0].characters, 2 * each);
        assert!((estimate.dollars() - 0.208).abs() < 1e-9, "{estimate:?}");
        assert!(estimate.within(2 * each).is_ok());
        let refused = estimate
            .within(2 * each - 1)
            .expect_err("it is more")
            .to_string();
        assert!(
            refused.contains("2080 to dear") && refused.contains("$0.21"),
            "{refused}"
        );
    }

    #[test]
    fn sentences_come_by_number_or_by_file() {
        let error = |wanted: &str| {
            format!(
                "{:#}",
                Sentences::parse(wanted).expect_err("it cannot work")
            )
        };
        assert!(error("0").contains("nothing to say"));
        assert!(error("21").contains("20 come with Frontdesk"));
        assert!(error("no-such-file.txt").contains("neither a number"));
        assert_eq!(Sentences::parse("3").map(|s| s.0.len()).ok(), Some(3));
    }
}
