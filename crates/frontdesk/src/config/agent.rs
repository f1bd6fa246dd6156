//! Who replies, and how fast.

use super::{
    keys::{Key, Kind},
    reader::Reader,
};

/// The agent.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentConfig {
    /// Which one: `scripted` needs no account, `model` is a language model.
    pub kind: String,
    /// How long the scripted agent thinks before its first word, ms.
    pub first_ms: u32,
    /// How long it takes for each further word, ms.
    pub per_word_ms: u32,
    /// How long a reply may take in all before the caller hears an apology, ms.
    pub reply_within_ms: u32,
}

const KIND: Key = Key::new(
    "agent.kind",
    &["FRONTDESK__AGENT__KIND", "FRONTDESK_AGENT"],
    Kind::Choice(&["scripted", "model"]),
    "scripted",
    "Who replies. `scripted` needs no account; `model` is the language model of `llm`, and the scripted agent stands by.",
);
const FIRST_MS: Key = Key::new(
    "agent.first_ms",
    &["FRONTDESK__AGENT__FIRST_MS"],
    Kind::Number(0, 60_000),
    "0",
    "How long the scripted agent thinks before its first word, ms.",
);
const PER_WORD_MS: Key = Key::new(
    "agent.per_word_ms",
    &["FRONTDESK__AGENT__PER_WORD_MS"],
    Kind::Number(0, 5_000),
    "0",
    "How long the scripted agent takes for each further word, ms.",
);
const REPLY_WITHIN_MS: Key = Key::new(
    "agent.reply_within_ms",
    &["FRONTDESK__AGENT__REPLY_WITHIN_MS"],
    Kind::Number(1_000, 60_000),
    "12000",
    "How long a reply may take in all before the caller hears an apology, ms.",
);

impl AgentConfig {
    /// Its settings.
    pub const KEYS: &[&Key] = &[&KIND, &FIRST_MS, &PER_WORD_MS, &REPLY_WITHIN_MS];

    /// Reads and checks them.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        let agent = Self {
            kind: reader.text(&KIND),
            first_ms: reader.number(&FIRST_MS),
            per_word_ms: reader.number(&PER_WORD_MS),
            reply_within_ms: reader.number(&REPLY_WITHIN_MS),
        };
        if agent.first_ms >= agent.reply_within_ms {
            reader.refuse(
                &FIRST_MS,
                format!(
                    "`agent.first_ms` is {}, no reply would come within `agent.reply_within_ms` ({})",
                    agent.first_ms, agent.reply_within_ms
                ),
                "make it smaller",
            );
        }
        agent
    }
}
