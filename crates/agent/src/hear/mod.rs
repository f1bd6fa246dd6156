//! Understanding: one pass over what the caller said that pulls out everything a booking may need.
//!
//! The decision: every extractor looks at the same tokens and marks those it used, the surest first (telephone, day,
//! time, service, name), so `the 24th at four` is never a name and a telephone number is never a time.

pub mod assent;
pub mod clock;
pub mod date;
pub mod name;
pub mod number;
pub mod phone;
pub mod phrases;
pub mod pick;
pub mod words;

use jiff::civil::Date;

use self::{
    clock::{Clock, Part},
    date::{Base, Found},
    words::Token,
};
use crate::business::Offer;

/// What is expected, which changes how bare words are read.
#[derive(Clone, Copy, Debug)]
pub struct Expect {
    /// From where days are counted.
    pub base: Base,
    /// A number alone is a time.
    pub time: bool,
    /// Words alone are a name.
    pub name: bool,
    /// Digits are (part of) a telephone number, however few.
    pub phone: bool,
    /// One word of a service's name is enough.
    pub service: bool,
    /// Of several days and times, the last counts (`from tuesday to thursday`).
    pub last: bool,
}

/// What was understood.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// The text without markup.
    pub text: String,
    /// Its words.
    pub tokens: Vec<Token>,
    /// Its words in one line, see [`words::line`].
    pub line: String,
    /// Digits of a telephone number.
    pub phone: Option<String>,
    /// All days that were named.
    pub days: Vec<Date>,
    /// The day that is meant.
    pub day: Option<Date>,
    /// A day in the week that is meant, when only the week was named.
    pub week: Option<Date>,
    /// The time that is meant.
    pub clock: Option<Clock>,
    /// The part of the day.
    pub part: Option<Part>,
    /// True when the caller takes the first free time.
    pub any: bool,
    /// A name.
    pub name: Option<String>,
    /// Which of the services.
    pub service: Option<usize>,
}

impl Heard {
    /// Understands this text.
    pub fn of(text: &str, services: &[Offer], expect: Expect) -> Self {
        let text = words::clean(text);
        let tokens = words::tokens(&text);
        let mut used = vec![false; tokens.len()];
        let mut heard = Heard {
            line: words::line(&tokens),
            text,
            ..Heard::default()
        };
        heard.take_phone(&tokens, &mut used, expect);
        heard.take_day(&tokens, &mut used, expect);
        heard.take_time(&tokens, &mut used, expect);
        heard.take_service(&tokens, &mut used, services, expect);
        let booking = heard.day.is_some() || heard.clock.is_some();
        if let Some((_, _, name)) = name::name(&tokens, &used, expect.name, booking) {
            heard.name = Some(name);
        }
        heard.tokens = tokens;
        heard
    }

    /// True when one of these phrases was said.
    pub fn says(&self, phrases: &[&str]) -> bool {
        phrases
            .iter()
            .any(|p| self.line.contains(&format!(" {p} ")))
    }

    /// True when nothing in it is a word of ours: silence, noise, another script.
    pub fn is_noise(&self) -> bool {
        let letters = self.tokens.iter().flat_map(|t| t.word.chars());
        !letters.clone().any(|c| c.is_ascii_alphanumeric())
    }

    /// True when it is put as a question.
    pub fn is_question(&self) -> bool {
        const FIRST: [&str; 31] = [
            "what", "what's", "whats", "when", "when's", "where", "where's", "who", "who's",
            "which", "how", "how's", "do", "does", "did", "are", "is", "can", "could", "will",
            "would", "why", "have", "has", "should", "may", "isn't", "don't", "aren't", "any",
            "whose",
        ];
        let lead = [
            "and", "but", "so", "um", "uh", "well", "okay", "ok", "oh", "hi", "hello", "hey",
            "also", "wait", "sorry", "yes", "no", "actually", "by", "the", "way", "first",
        ];
        self.text.contains('?')
            || self
                .tokens
                .iter()
                .find(|t| !t.is(&lead))
                .is_some_and(|t| t.is(&FIRST))
            || self.says(&[
                "do you",
                "can you tell me",
                "i was wondering",
                "i'd like to know",
                "tell me",
            ])
    }

    fn take_phone(&mut self, tokens: &[Token], used: &mut [bool], expect: Expect) {
        let least = if expect.phone {
            3
        } else {
            *phone::WHOLE.start()
        };
        if let Some((at, len, digits)) = phone::digits(tokens)
            && digits.len() >= least
        {
            used[at..at + len].fill(true);
            self.phone = Some(digits);
        }
    }

    fn take_day(&mut self, tokens: &[Token], used: &mut [bool], expect: Expect) {
        let found: Vec<_> = date::dates(tokens, expect.base)
            .into_iter()
            .filter(|f| !used[f.at..f.at + f.len].contains(&true))
            .collect();
        found
            .iter()
            .for_each(|f| used[f.at..f.at + f.len].fill(true));
        self.days = found.iter().map(|f| f.value).collect();
        self.day = choose(tokens, &found, expect.last);
        if self.line.contains(" next week ") && self.day.is_none() {
            self.week = date::monday(expect.base.today)
                .and_then(|m| m.checked_add(jiff::Span::new().days(7)).ok());
        }
    }

    fn take_time(&mut self, tokens: &[Token], used: &mut [bool], expect: Expect) {
        // Correcting someone's words ("no, four") is short; in a long sentence a bare number is anything.
        let bare = expect.time && tokens.len() <= 8;
        let found = clock::times(tokens, used, bare);
        found
            .iter()
            .for_each(|f| used[f.at..f.at + f.len].fill(true));
        self.clock = choose(tokens, &found, expect.last);
        self.part = Part::said(tokens);
        self.any = self.says(&[
            "any time",
            "anytime",
            "whenever",
            "earliest",
            "as soon as possible",
            "asap",
            "first available",
            "next available",
            "soonest",
            "any day",
            "doesn't matter",
            "don't care",
            "whatever you have",
            "you choose",
            "surprise me",
            "whatever works",
        ]);
    }

    fn take_service(
        &mut self,
        tokens: &[Token],
        used: &mut [bool],
        services: &[Offer],
        expect: Expect,
    ) {
        let names = |s: &'_ Offer| -> Vec<String> {
            std::iter::once(s.name.clone())
                .chain(s.aliases.clone())
                .collect()
        };
        let all: Vec<Vec<String>> = services.iter().map(names).collect();
        let entries = || {
            all.iter()
                .map(|names| names.iter().map(String::as_str).collect::<Vec<_>>())
        };
        self.service = pick::pick(tokens, entries(), false).or_else(|| {
            if expect.service {
                pick::pick(tokens, entries(), true)
            } else {
                None
            }
        });
        if let Some(at) = self.service {
            let names: Vec<&str> = all[at].iter().map(String::as_str).collect();
            pick::marks(tokens, &names)
                .into_iter()
                .for_each(|i| used[i] = true);
        }
    }
}

/// Of several things that were named, the one that is meant: not a denied one; the last one after a correction.
fn choose<T: Copy>(tokens: &[Token], found: &[Found<T>], last: bool) -> Option<T> {
    let denied = |f: &&Found<T>| {
        let before = tokens[..f.at].iter().rev().take(2).collect::<Vec<_>>();
        let not = before
            .first()
            .is_some_and(|t| t.is(&["not", "than", "isn't"]))
            || (before
                .first()
                .is_some_and(|t| t.is(&["on", "at", "of", "for"]))
                && before
                    .get(1)
                    .is_some_and(|t| t.is(&["not", "than", "instead"])));
        !not
    };
    let kept: Vec<&Found<T>> = found.iter().filter(denied).collect();
    let (first, end) = (kept.first()?, kept.last()?);
    let corrected = tokens[first.at + first.len..end.at.max(first.at + first.len)]
        .iter()
        .any(|t| {
            t.is(&[
                "no", "actually", "sorry", "mean", "rather", "make", "wait", "scratch", "oops",
                "better",
            ])
        });
    Some(if last || corrected {
        end.value
    } else {
        first.value
    })
}
