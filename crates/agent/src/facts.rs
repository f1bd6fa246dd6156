//! Facts: which of the questions in the business file was asked, by its words.
//!
//! The decision: words, not meaning. A phrasing scores by how much of it was said and how much of what was said it
//! covers; an answer needs a good score and a clear lead over the next fact, because a wrong answer is worse than none.

use std::collections::BTreeMap;

use crate::{
    business::Fact,
    hear::{
        pick::{STOP, near, stem},
        words::{Token, tokens},
    },
};

/// Least score of an answer, of 1.
pub const ENOUGH: f32 = 0.55;
/// Least score of an answer to what was not put as a question.
pub const LIKELY: f32 = 0.7;
/// A score that needs no second thought.
pub const SURE: f32 = 0.8;
/// Least lead over the next fact.
const LEAD: f32 = 0.05;

/// The answer to what was asked, and its score.
pub fn answer<'a>(facts: &'a [Fact], heard: &[Token]) -> Option<(&'a str, f32)> {
    let said = meaning(heard);
    if said.is_empty() {
        return None;
    }
    let rarity = Rarity::of(facts);
    let mut scores: Vec<(f32, usize)> = facts
        .iter()
        .enumerate()
        .map(|(i, fact)| (best(fact, &said, &rarity), i))
        .filter(|(score, _)| *score >= ENOUGH)
        .collect();
    scores.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    match scores[..] {
        [] => None,
        [first, second, ..]
            if first.0 - second.0 < LEAD && facts[first.1].a != facts[second.1].a =>
        {
            None
        }
        [first, ..] => Some((&facts[first.1].a, first.0)),
    }
}

/// The stems that mean something.
fn meaning(heard: &[Token]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for token in heard.iter().filter(|t| !t.is(STOP)) {
        let stem = stem(&token.word);
        if !out.contains(&stem) {
            out.push(stem);
        }
    }
    out
}

fn best(fact: &Fact, said: &[String], rarity: &Rarity) -> f32 {
    let phrasings: Vec<Vec<String>> = fact.q.all().iter().map(|q| meaning(&tokens(q))).collect();
    let every: Vec<String> = phrasings.concat();
    phrasings
        .iter()
        .map(|phrasing| score(phrasing, &every, said, rarity))
        .fold(0.0, f32::max)
}

/// Two thirds for how much of the phrasing was said, one third for how much of what was said all phrasings cover.
fn score(phrasing: &[String], every: &[String], said: &[String], rarity: &Rarity) -> f32 {
    let weigh = |words: &[String], keep: &dyn Fn(&String) -> bool| -> f32 {
        words
            .iter()
            .filter(|w| keep(w))
            .map(|w| rarity.weight(w))
            .sum()
    };
    let all = |_: &String| true;
    let (whole, heard) = (weigh(phrasing, &all), weigh(said, &all));
    if whole == 0.0 || heard == 0.0 {
        return 0.0;
    }
    let hit = weigh(phrasing, &|w| said.iter().any(|s| near(s, w)));
    let covered = weigh(said, &|w| every.iter().any(|p| near(p, w)));
    0.65 * hit / whole + 0.35 * covered / heard
}

/// In how many facts a word stands: a word of many facts decides little.
struct Rarity(BTreeMap<String, f32>);

impl Rarity {
    fn of(facts: &[Fact]) -> Self {
        let mut counts: BTreeMap<String, f32> = BTreeMap::new();
        for fact in facts {
            let mut words: Vec<String> = fact
                .q
                .all()
                .iter()
                .flat_map(|q| meaning(&tokens(q)))
                .collect();
            words.sort_unstable();
            words.dedup();
            words
                .into_iter()
                .for_each(|w| *counts.entry(w).or_default() += 1.0);
        }
        Self(counts)
    }

    fn weight(&self, word: &str) -> f32 {
        self.0
            .get(word)
            .map_or(0.8, |n| 1.0 / (1.0 + (n - 1.0) * 0.5))
    }
}
