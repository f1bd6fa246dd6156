//! The language model that replies when `agent.kind` is `model`.

use super::{
    keys::{Fault, Key, Kind, any, token},
    reader::Reader,
    secret::Secret,
    vendors::url,
};

/// A model behind a chat completions URL.
#[derive(Clone, Debug, PartialEq)]
pub struct Llm {
    /// The address with the version.
    pub base_url: String,
    /// The model's name there.
    pub model: String,
    /// The key.
    pub api_key: Option<Secret>,
    /// How freely it chooses its words, 0 to 2; none = the model's own.
    pub temperature: Option<f32>,
    /// From the request to its first word, ms.
    pub first_token_ms: u32,
    /// The longest gap after that, ms.
    pub idle_ms: u32,
    /// One whole answer, ms.
    pub answer_ms: u32,
    /// Until the first sentence of a reply is whole, tools and all, before the scripted agent takes the turn, ms.
    pub first_words_ms: u32,
    /// A whole reply, ms.
    pub reply_ms: u32,
}

const BASE_URL: Key = Key::new(
    "llm.base_url",
    &["FRONTDESK__LLM__BASE_URL"],
    Kind::Text(url),
    "https://api.openai.com/v1",
    "The address of the model's server with the version; any server that speaks OpenAI's chat completions will do.",
);
const MODEL: Key = Key::new(
    "llm.model",
    &["FRONTDESK__LLM__MODEL"],
    Kind::Text(any),
    "",
    "The model's name there; needed when `agent.kind` is `model`.",
);
const API_KEY: Key = Key::new(
    "llm.api_key",
    &["FRONTDESK__LLM__API_KEY"],
    Kind::Secret(token),
    "",
    "The API key; servers of your own may need none.",
);
const TEMPERATURE: Key = Key::new(
    "llm.temperature",
    &["FRONTDESK__LLM__TEMPERATURE"],
    Kind::Text(temperature),
    "",
    "How freely it chooses its words, 0 to 2; not set = the model's own, which models that reason insist on.",
);
const FIRST_TOKEN_MS: Key = Key::new(
    "llm.first_token_ms",
    &["FRONTDESK__LLM__FIRST_TOKEN_MS"],
    Kind::Number(100, 60_000),
    "2500",
    "How long the model may take to its first word, ms.",
);
const IDLE_MS: Key = Key::new(
    "llm.idle_ms",
    &["FRONTDESK__LLM__IDLE_MS"],
    Kind::Number(100, 60_000),
    "2000",
    "How long it may pause after that, ms.",
);
const ANSWER_MS: Key = Key::new(
    "llm.answer_ms",
    &["FRONTDESK__LLM__ANSWER_MS"],
    Kind::Number(500, 120_000),
    "15000",
    "How long one whole answer of the model may take, ms.",
);
const FIRST_WORDS_MS: Key = Key::new(
    "llm.first_words_ms",
    &["FRONTDESK__LLM__FIRST_WORDS_MS"],
    Kind::Number(100, 60_000),
    "3500",
    "How long the first sentence of a reply may take, tools and all, before the scripted agent takes the turn, ms.",
);
const REPLY_MS: Key = Key::new(
    "llm.reply_ms",
    &["FRONTDESK__LLM__REPLY_MS"],
    Kind::Number(1_000, 120_000),
    "20000",
    "How long a whole reply may take, ms.",
);

impl Llm {
    /// Its settings.
    pub const KEYS: &[&Key] = &[
        &BASE_URL,
        &MODEL,
        &API_KEY,
        &TEMPERATURE,
        &FIRST_TOKEN_MS,
        &IDLE_MS,
        &ANSWER_MS,
        &FIRST_WORDS_MS,
        &REPLY_MS,
    ];

    /// Reads and checks them; without a model there is none.
    pub fn read(reader: &mut Reader<'_>, wanted: bool) -> Option<Self> {
        let llm = Self {
            base_url: reader.text(&BASE_URL),
            model: reader.text(&MODEL),
            api_key: reader.secret(&API_KEY),
            temperature: reader.optional(&TEMPERATURE).and_then(|t| t.parse().ok()),
            first_token_ms: reader.number(&FIRST_TOKEN_MS),
            idle_ms: reader.number(&IDLE_MS),
            answer_ms: reader.number(&ANSWER_MS),
            first_words_ms: reader.number(&FIRST_WORDS_MS),
            reply_ms: reader.number(&REPLY_MS),
        };
        if wanted && llm.model.trim().is_empty() {
            reader.refuse(
                &MODEL,
                "`agent.kind` is `model`, and `llm.model` is not set",
                "name the model, or set `agent.kind = \"scripted\"`",
            );
        }
        wanted.then_some(llm)
    }
}

fn temperature(text: &str) -> Result<(), Fault> {
    let number = text.parse::<f32>();
    if number.is_ok_and(|number| (0.0..=2.0).contains(&number)) {
        return Ok(());
    }
    Err(Fault::new(
        "is no number from 0 to 2",
        "write it like `0.4`",
    ))
}
