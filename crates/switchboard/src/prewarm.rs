//! What is spoken before anybody calls.
//!
//! The decision: first a plan, then the work. The plan lists every sentence that callers of a business may well hear
//! (what its agent can say word for word, its fillers, what past calls said to several callers), which of them are there
//! already, and what the rest will cost. The work goes through the jobs, so that no caller ever waits for it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use agent::Business;
use events::{BusinessId, Event, Stamped};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use serde::Serialize;
use store::{CallFilter, StoreError};

use crate::{
    AskError, Backlog, FillerProgress, Foresight, Outcome, Price, Priority, Refused, Switchboard,
    ahead::{AheadSettings, Line},
    policy::{filler_texts, stable_hash},
};

/// Past calls that are read.
const CALLS: u32 = 200;
/// Sentences of past calls that are spoken at most.
const FREQUENT: usize = 500;
/// Look-ups at the same time.
const LOOKS: usize = 16;
/// Sentences of one prewarm that are in the queue at the same time.
const QUEUED: usize = 256;

/// Why a sentence is worth speaking ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The agent can say it to anybody.
    Phrase,
    /// It fills a wait.
    Filler,
    /// Several callers have heard it.
    Frequent,
}

/// A sentence that is to be spoken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// Its words.
    pub text: String,
    /// Why.
    pub origin: Origin,
}

impl Planned {
    fn priority(&self) -> Priority {
        match self.origin {
            Origin::Phrase | Origin::Filler => Priority::Normal,
            Origin::Frequent => Priority::Low,
        }
    }

    fn line(&self, business: &Business) -> Line {
        let line = Line::of(business, &self.text);
        match self.origin {
            Origin::Filler => Line {
                business: None,
                ..line
            },
            Origin::Phrase | Origin::Frequent => line,
        }
    }
}

/// What a prewarm will do, before it does it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PrewarmPlan {
    /// For whom.
    pub business: BusinessId,
    /// Who will speak.
    pub provider: String,
    /// Sentences in all.
    pub sentences: usize,
    /// Of these, spoken already.
    pub found: usize,
    /// Characters to be spoken, as they are sent to the engine.
    pub characters: usize,
    /// What that will cost, US dollars; 0 when the engine costs nothing.
    pub usd: f64,
    /// By which price.
    pub price: Option<Price>,
    /// What is to be spoken.
    pub missing: Vec<Planned>,
}

impl Switchboard {
    /// Looks ahead from now on: see [`AheadSettings`]. Only the first settings count.
    pub fn look_ahead(&self, settings: AheadSettings) {
        self.ahead().set(settings);
    }

    /// What is to be done ahead of need, and what was done.
    pub fn backlog(&self) -> Backlog {
        self.ahead().backlog()
    }

    /// What came of looking ahead.
    pub fn foresight(&self) -> Foresight {
        self.ahead().foresight()
    }

    /// What a prewarm of this business would do now.
    ///
    /// # Errors
    /// The records of past calls cannot be read.
    pub async fn prewarm_plan(&self, business: &Arc<Business>) -> Result<PrewarmPlan, StoreError> {
        let wanted = self.wanted(business).await?;
        let voicer = &self.parts().voicer;
        let looks = wanted.into_iter().map(|planned| {
            async move {
                let line = planned.line(business);
                let found = voicer
                    .is_spoken(&line.text, &line.voice, line.whose())
                    .await;
                (planned, found)
            }
            .boxed()
        });
        let looks: Vec<BoxFuture<'_, (Planned, bool)>> = looks.collect();
        let looked: Vec<(Planned, bool)> = stream::iter(looks).buffered(LOOKS).collect().await;
        let sentences = looked.len();
        let missing = looked.into_iter().filter(|(_, found)| !found);
        let missing: Vec<Planned> = missing.map(|(planned, _)| planned).collect();
        let characters = missing
            .iter()
            .map(|planned| characters(&planned.text))
            .sum();
        let price = self.ahead().price(&business.voice.provider).cloned();
        let usd = price.as_ref().map_or(0.0, |price| {
            price.usd_per_million * characters as f64 / 1_000_000.0
        });
        Ok(PrewarmPlan {
            business: business.id.clone(),
            provider: business.voice.provider.clone(),
            sentences,
            found: sentences - missing.len(),
            characters,
            usd,
            price,
            missing,
        })
    }

    /// Speaks what the plan says is missing; `progress` is told after each. What callers need meanwhile goes first.
    pub async fn prewarm(
        &self,
        business: &Arc<Business>,
        plan: &PrewarmPlan,
        mut progress: impl FnMut(&FillerProgress) + Send,
    ) -> FillerProgress {
        let mut state = FillerProgress {
            total: plan.sentences,
            done: plan.found,
            found: plan.found,
            failed: Vec::new(),
        };
        progress(&state);
        let work = plan.missing.iter().map(|planned| {
            let line = planned.line(business);
            let spoken = self.ahead().speak(line, planned.priority());
            spoken.map(move |outcome| (planned, outcome)).boxed()
        });
        let work: Vec<BoxFuture<'_, (&Planned, Result<Outcome, Refused>)>> = work.collect();
        let mut work = stream::iter(work).buffer_unordered(QUEUED);
        while let Some((planned, outcome)) = work.next().await {
            let why = match outcome {
                Ok(Outcome::Done) => None,
                // A call needed it before and had it spoken.
                Ok(Outcome::Cancelled) if !self.parts().tasks.is_cancelled() => None,
                Ok(Outcome::Cancelled) => Some(AskError::Busy.to_string()),
                Ok(Outcome::Failed(why)) => Some(why),
                Err(refused) => Some(refused.to_string()),
            };
            match why {
                None => state.done += 1,
                Some(why) => state.failed.push(format!("«{}»: {why}", planned.text)),
            }
            progress(&state);
        }
        state
    }

    /// Every sentence that is worth being there, without repetition, the most needed first.
    async fn wanted(&self, business: &Arc<Business>) -> Result<Vec<Planned>, StoreError> {
        let now = self.parts().clock.now();
        let phrases = agent::repertoire(business, now).into_iter();
        let fillers = filler_texts(business).into_values().flatten();
        let frequent = self.frequent(business).await?.into_iter();
        let all = phrases
            .map(|text| (text, Origin::Phrase))
            .chain(fillers.map(|text| (text, Origin::Filler)))
            .chain(frequent.map(|text| (text, Origin::Frequent)));
        let mut known = HashSet::new();
        Ok(all
            .filter(|(text, _)| known.insert(text.clone()))
            .map(|(text, origin)| Planned { text, origin })
            .collect())
    }

    /// What past calls said to more than one caller, the commonest first; the flow of those calls is learnt on the way.
    async fn frequent(&self, business: &Arc<Business>) -> Result<Vec<String>, StoreError> {
        let records = &self.parts().records;
        let filter = CallFilter {
            business: Some(business.id.clone()),
            limit: CALLS,
            ..CallFilter::default()
        };
        let learn = self.ahead().teach(&business.id);
        let mut said = Said::default();
        for row in records.calls(filter).await? {
            let caller = stable_hash(row.from.as_deref().unwrap_or(row.call.as_str()));
            let mut before: Option<String> = None;
            for text in sentences(records.events(&row.call).await?) {
                said.note(&text, caller);
                if let Some(before) = before.filter(|_| learn) {
                    self.ahead()
                        .flows()
                        .learn(&business.id, caller, &before, &text);
                }
                before = Some(text);
            }
        }
        Ok(said.frequent())
    }
}

/// What an engine is sent, in characters.
fn characters(text: &str) -> usize {
    text::Normalizer::default().normalize(text).chars().count()
}

fn sentences(events: Vec<Stamped>) -> impl Iterator<Item = String> {
    events
        .into_iter()
        .filter_map(|stamped| match stamped.event {
            Event::Sentence { text, .. } => Some(text),
            _ => None,
        })
}

/// Who heard which sentence how often.
#[derive(Default)]
struct Said(HashMap<String, (HashSet<u64>, u32)>);

impl Said {
    fn note(&mut self, text: &str, caller: u64) {
        let (callers, count) = self.0.entry(text.to_owned()).or_default();
        callers.insert(caller);
        *count += 1;
    }

    /// A sentence with somebody's name, number or time in it is theirs, until it is said to somebody else as well.
    fn frequent(self) -> Vec<String> {
        let several = self
            .0
            .into_iter()
            .filter(|(_, (callers, _))| callers.len() > 1);
        let mut counted: Vec<(u32, String)> = several.map(|(text, (_, n))| (n, text)).collect();
        counted.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        counted.truncate(FREQUENT);
        counted.into_iter().map(|(_, text)| text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_frequent_when_two_callers_heard_it() {
        let mut said = Said::default();
        for (text, caller) in [
            ("Is that right?", 1),
            ("Is that right?", 2),
            ("Is that right?", 2),
            ("For Sam Lee.", 1),
            ("For Sam Lee.", 1),
            ("Goodbye!", 1),
            ("Goodbye!", 2),
        ] {
            said.note(text, caller);
        }
        assert_eq!(said.frequent(), ["Is that right?", "Goodbye!"]);
    }
}
