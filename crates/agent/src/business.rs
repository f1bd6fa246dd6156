//! The business file, as a value. `frontdesk` reads and checks it; everybody else gets it ready.

use std::collections::BTreeMap;

use events::BusinessId;
use serde::{Deserialize, Serialize};

/// One business: who it is, what its agent may say, and how its calls are conducted. Every field but the id has a default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Business {
    /// Its id: the file's name without `.toml`.
    #[serde(skip_deserializing)]
    pub id: BusinessId,
    /// Its name, as it is spoken.
    pub name: String,
    /// IANA time zone; all spoken times are in it.
    pub timezone: String,
    /// The phone numbers that reach it, E.164.
    pub numbers: Vec<String>,
    /// The greeting; empty = made from the name. Without a disclosure phrase ours is put in front.
    pub greeting: String,
    /// Where it is, as it is spoken.
    pub address: String,
    /// Instructions to a language model; the scripted agent does not read them.
    pub prompt: String,
    /// Questions that callers ask, each in several phrasings, and their answers.
    pub facts: Vec<Fact>,
    /// Opening hours.
    pub hours: Hours,
    /// What can be booked.
    pub services: Vec<Offer>,
    /// What things cost, beyond the services.
    pub prices: Vec<Price>,
    /// The voice.
    pub voice: VoiceChoice,
    /// Fillers.
    pub fillers: Fillers,
    /// What happens when the caller says nothing.
    pub silence: Silence,
    /// Saying that this is a machine.
    pub disclosure: Disclosure,
    /// People a caller can be handed to.
    pub transfer: Vec<Transfer>,
}

impl Default for Business {
    fn default() -> Self {
        Self {
            id: BusinessId::parse("demo").expect("`demo` is an id"),
            name: "the front desk".into(),
            timezone: "UTC".into(),
            numbers: Vec::new(),
            greeting: String::new(),
            address: String::new(),
            prompt: String::new(),
            facts: Vec::new(),
            hours: Hours::default(),
            services: Vec::new(),
            prices: Vec::new(),
            voice: VoiceChoice::default(),
            fillers: Fillers::default(),
            silence: Silence::default(),
            disclosure: Disclosure::default(),
            transfer: Vec::new(),
        }
    }
}

/// A fact: several ways to ask, one answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Ways to ask: one text, or several; matched by their words.
    pub q: OneOrMany,
    /// The answer, as it is spoken.
    pub a: String,
}

/// One text or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl OneOrMany {
    /// All of them.
    pub fn all(&self) -> &[String] {
        match self {
            OneOrMany::One(text) => std::slice::from_ref(text),
            OneOrMany::Many(texts) => texts,
        }
    }
}

/// Opening hours: `"mon-fri" = "08:30-17:30"`, days off, and holidays by date.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hours {
    /// Key: a day (`mon`), a range (`mon-fri`), or a date (`2026-12-25`). Value: `HH:MM-HH:MM`, several with commas, or `closed`.
    pub entries: BTreeMap<String, String>,
}

/// Something that can be booked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Offer {
    /// Its name, as it is spoken.
    pub name: String,
    /// Other words for it.
    pub aliases: Vec<String>,
    /// How long it takes, minutes.
    pub minutes: u32,
    /// What it costs, as it is spoken; empty = not told.
    pub price: String,
    /// How many can run at the same time.
    pub parallel: u32,
}

impl Default for Offer {
    fn default() -> Self {
        Self {
            name: String::new(),
            aliases: Vec::new(),
            minutes: 30,
            price: String::new(),
            parallel: 1,
        }
    }
}

/// What something costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The thing.
    pub item: String,
    /// Its price, as it is spoken.
    pub price: String,
}

/// Which voice speaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VoiceChoice {
    /// The provider's name; `embedded` is built in.
    pub provider: String,
    /// The voice's id there.
    pub id: String,
    /// Rate, 1.0 = the voice's own.
    pub speed: f32,
    /// Pitch, 1.0 = the voice's own.
    pub pitch: f32,
    /// The same persona's voice at other providers, by their names: who speaks when its own provider cannot.
    pub at: BTreeMap<String, VoiceAt>,
    /// Whether callers may ever hear another voice than this one.
    pub changes: VoiceChanges,
}

/// A persona's voice at another provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceAt {
    /// The voice's id there.
    pub id: String,
    /// Rate there, as a factor on the persona's own; not set = as fast as the persona's own voice, where that was measured.
    #[serde(default)]
    pub speed: Option<f32>,
}

/// Whether another provider may speak on a call.
///
/// It is decided by the file and not by what a call heard first: what callers hear first was spoken ahead, so a rule
/// about the first clip would come to the same, and would need the call to remember it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VoiceChanges {
    /// Another provider speaks when the voice's own cannot (default).
    #[default]
    Allowed,
    /// Only the voice's own provider speaks, in every call from its first word to its last. When it cannot, clips that it
    /// spoke before are played, and what was never spoken is read by the carrier's voice.
    Forbidden,
}

impl Default for VoiceChoice {
    fn default() -> Self {
        Self {
            provider: "embedded".into(),
            id: "heart".into(),
            speed: 1.0,
            pitch: 1.0,
            at: BTreeMap::new(),
            changes: VoiceChanges::Allowed,
        }
    }
}

/// The filler policy of a business (CALLER §2.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fillers {
    /// Whether fillers are used at all; off = the blocking flow.
    pub use_proactive_filler: bool,
    /// Which share of calls gets fillers, 0 to 100, by a stable hash of the call; the rest is the blocking arm.
    pub rollout_percent: u8,
    /// How long a webhook may be held for an answer that is likelier than not to come in time, ms, at most 1500.
    pub grace_ms: u32,
    /// Least time between two opening fillers while the wait is short, seconds.
    pub min_gap_s: u32,
    /// Own texts per class; empty = the shipped ones.
    pub texts: BTreeMap<String, Vec<String>>,
}

impl Default for Fillers {
    fn default() -> Self {
        Self {
            use_proactive_filler: true,
            rollout_percent: 100,
            grace_ms: 400,
            min_gap_s: 8,
            texts: BTreeMap::new(),
        }
    }
}

/// What happens when the caller says nothing (CALLER §2.4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Silence {
    /// Seconds before each reprompt; after the last one comes the goodbye.
    pub reprompt_s: Vec<u32>,
}

impl Default for Silence {
    fn default() -> Self {
        Self {
            reprompt_s: vec![7, 8, 8],
        }
    }
}

/// Saying that this is a machine (CALLER §2.7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Disclosure {
    /// `auto` (default) or `off`.
    pub mode: String,
    /// Why it is off; needed then.
    pub reason: String,
}

impl Default for Disclosure {
    fn default() -> Self {
        Self {
            mode: "auto".into(),
            reason: String::new(),
        }
    }
}

/// Somebody a caller can be handed to, by label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Transfer {
    /// What the caller would call them: `reception`, `the dentist`.
    pub label: String,
    /// Their number, E.164. It never comes from speech.
    pub to: String,
    /// Other words for them.
    pub aliases: Vec<String>,
}
