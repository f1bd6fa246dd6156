//! What is wrong with a business file, all of it at once; where a line number belongs in front, the configuration adds it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use text::FillerClass;

use crate::{
    business::{Business, VoiceChanges},
    greeting::{discloses, is_off},
    hear::phone::is_e164,
    hours::{Key, key, spans},
};

/// Longest grace, ms (CALLER §2.3).
const MAX_GRACE_MS: u32 = 1500;
/// Longest greeting or answer that is spoken in one go, characters: about a minute.
const MAX_SPOKEN: usize = 900;

/// One mistake in a business file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// The key, such as `services.0.minutes`; list places count from 0.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

#[derive(Default)]
struct Lints(Vec<Lint>);

impl Lints {
    fn add(
        &mut self,
        path: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.0.push(Lint {
            path: path.into(),
            message: message.into(),
            hint: hint.into(),
        });
    }

    fn e164(&mut self, path: String, number: &str) {
        if !is_e164(number) {
            self.add(
                path,
                format!("`{number}` is not an E.164 number"),
                "write + and the country code, digits only: \"+12025550123\"",
            );
        }
    }
}

impl Business {
    /// Everything that is wrong with this business, in the order of the file; empty = nothing.
    pub fn lint(&self) -> Vec<Lint> {
        let mut lints = Lints::default();
        self.lint_identity(&mut lints);
        self.lint_words(&mut lints);
        self.lint_hours(&mut lints);
        self.lint_services(&mut lints);
        self.lint_conduct(&mut lints);
        self.lint_manner(&mut lints);
        self.lint_transfer(&mut lints);
        lints.0
    }

    fn lint_identity(&self, lints: &mut Lints) {
        if self.name.trim().is_empty() {
            lints.add(
                "name",
                "the name is empty",
                "write the name as it should be spoken",
            );
        }
        if TimeZone::get(&self.timezone).is_err() {
            lints.add(
                "timezone",
                format!("`{}` is not a time zone", self.timezone),
                "use an IANA name such as \"America/New_York\"",
            );
        }
        for (i, number) in self.numbers.iter().enumerate() {
            lints.e164(format!("numbers.{i}"), number);
        }
    }

    fn lint_words(&self, lints: &mut Lints) {
        if !self.greeting.trim().is_empty() && !is_off(self) && !discloses(&self.greeting) {
            lints.add(
                "greeting",
                "the greeting does not say that a machine is speaking, so our sentence is put in front of it",
                "say it yourself, such as \"…this is the automated assistant of …\"",
            );
        }
        if self.greeting.chars().count() > MAX_SPOKEN {
            lints.add(
                "greeting",
                "the greeting is longer than a minute",
                "keep it to one or two sentences",
            );
        }
        for (i, fact) in self.facts.iter().enumerate() {
            if fact.q.all().iter().all(|q| q.trim().is_empty()) {
                lints.add(
                    format!("facts.{i}.q"),
                    "the fact has no question",
                    "write one or more ways in which callers ask",
                );
            }
            if fact.a.trim().is_empty() {
                lints.add(
                    format!("facts.{i}.a"),
                    "the fact has no answer",
                    "write what the caller should hear",
                );
            }
            if fact.a.chars().count() > MAX_SPOKEN {
                lints.add(
                    format!("facts.{i}.a"),
                    "the answer is longer than a minute",
                    "keep it to a few short sentences",
                );
            }
        }
    }

    fn lint_hours(&self, lints: &mut Lints) {
        let mut ranges: BTreeMap<usize, &str> = BTreeMap::new();
        let mut singles: BTreeMap<usize, &str> = BTreeMap::new();
        for (name, value) in &self.hours.entries {
            let path = format!("hours.{name}");
            match key(name) {
                Err(message) => lints.add(
                    &path,
                    message,
                    "name a day, a range of days, a date or a holiday",
                ),
                Ok(Key::Days(days)) => {
                    let seen = if days.len() == 1 {
                        &mut singles
                    } else {
                        &mut ranges
                    };
                    let twice = days.iter().find_map(|d| seen.insert(*d, name));
                    if let Some(other) = twice {
                        lints.add(
                            &path,
                            format!("the days overlap those of `{other}`"),
                            "let every day stand in one range; a single day may overrule it",
                        );
                    }
                }
                Ok(_) => {}
            }
            if let Err(message) = spans(value) {
                lints.add(
                    &path,
                    message,
                    "write \"08:30-12:00, 13:00-17:30\" or \"closed\"",
                );
            }
        }
        if !self.services.is_empty() && self.hours.entries.is_empty() {
            lints.add(
                "hours",
                "there are services but no hours, so nothing can be booked",
                "write the hours, such as \"mon-fri\" = \"09:00-17:00\"",
            );
        }
    }

    fn lint_services(&self, lints: &mut Lints) {
        for (i, service) in self.services.iter().enumerate() {
            if service.name.trim().is_empty() {
                lints.add(
                    format!("services.{i}.name"),
                    "the service has no name",
                    "write its name as it is spoken",
                );
            }
            if !(1..=1440).contains(&service.minutes) {
                lints.add(
                    format!("services.{i}.minutes"),
                    format!("a service cannot take {} minutes", service.minutes),
                    "use 1 to 1440",
                );
            }
            if service.parallel == 0 {
                lints.add(
                    format!("services.{i}.parallel"),
                    "nobody can ever book this: parallel is 0",
                    "use 1 or more",
                );
            }
            let twin = self.services[..i]
                .iter()
                .position(|s| s.name.trim().eq_ignore_ascii_case(service.name.trim()));
            if let Some(twin) = twin {
                lints.add(
                    format!("services.{i}.name"),
                    format!("the same name as services.{twin}"),
                    "give every service its own name",
                );
            }
        }
        for (i, price) in self.prices.iter().enumerate() {
            if price.item.trim().is_empty() || price.price.trim().is_empty() {
                lints.add(
                    format!("prices.{i}"),
                    "a price needs an item and a price",
                    "fill in both, as they are spoken",
                );
            }
        }
    }

    fn lint_conduct(&self, lints: &mut Lints) {
        let fillers = &self.fillers;
        if fillers.grace_ms > MAX_GRACE_MS {
            lints.add(
                "fillers.grace_ms",
                format!("{} ms is a silence that sounds dead", fillers.grace_ms),
                format!("use 0 to {MAX_GRACE_MS}"),
            );
        }
        if fillers.rollout_percent > 100 {
            lints.add(
                "fillers.rollout_percent",
                format!("{} is more than all calls", fillers.rollout_percent),
                "use 0 to 100",
            );
        }
        for class in fillers.texts.keys() {
            if let Err(unknown) = class.parse::<FillerClass>() {
                lints.add(
                    format!("fillers.texts.{class}"),
                    unknown.to_string(),
                    "use one of the classes",
                );
            }
        }
    }

    fn lint_manner(&self, lints: &mut Lints) {
        self.lint_voice(lints);
        if self.silence.reprompt_s.is_empty()
            || self
                .silence
                .reprompt_s
                .iter()
                .any(|s| !(1..=60).contains(s))
        {
            lints.add(
                "silence.reprompt_s",
                "each wait must be 1 to 60 seconds, and there must be one",
                "use [7, 8, 8]",
            );
        }
        match self.disclosure.mode.as_str() {
            "auto" => {}
            "off" if self.disclosure.reason.trim().is_empty() => {
                lints.add(
                    "disclosure.reason",
                    "disclosure is off without a reason, so it stays on",
                    "write why callers need not be told that this is a machine",
                );
            }
            "off" => {}
            other => lints.add(
                "disclosure.mode",
                format!("`{other}` is not a mode"),
                "use \"auto\" or \"off\"",
            ),
        }
    }

    fn lint_voice(&self, lints: &mut Lints) {
        let voice = &self.voice;
        let elsewhere = voice.at.iter();
        let speeds = elsewhere.map(|(name, at)| (format!("voice.at.{name}.speed"), at.speed));
        let own = ("voice.speed".to_owned(), Some(voice.speed));
        for (path, speed) in [own].into_iter().chain(speeds) {
            if let Some(speed) = speed.filter(|s| !(0.5..=2.0).contains(s)) {
                let message = format!("{speed} is not a speed that is understood");
                lints.add(path, message, "use 0.5 to 2.0");
            }
        }
        for (name, at) in &voice.at {
            if at.id.trim().is_empty() {
                let hint = "write the voice's id there, or remove the entry";
                lints.add(format!("voice.at.{name}.id"), "the id is empty", hint);
            }
            if *name == voice.provider {
                lints.add(
                    format!("voice.at.{name}"),
                    format!("`{name}` is the voice's own provider"),
                    "write its voice as `id` under `[voice]`",
                );
            }
        }
        if voice.changes == VoiceChanges::Forbidden && !voice.at.is_empty() {
            lints.add(
                "voice.at",
                "these voices never speak, because `voice.changes` is \"forbidden\"",
                "remove them, or allow changes",
            );
        }
    }

    fn lint_transfer(&self, lints: &mut Lints) {
        for (i, person) in self.transfer.iter().enumerate() {
            if person.label.trim().is_empty() {
                lints.add(
                    format!("transfer.{i}.label"),
                    "the person has no label",
                    "write what callers would call them",
                );
            }
            lints.e164(format!("transfer.{i}.to"), &person.to);
        }
    }
}
