//! The companies and servers that speak when `speech.chain` names them.

use std::path::PathBuf;

use super::{
    keys::{Fault, Key, Kind, any, token},
    reader::Reader,
    secret::Secret,
};

/// One of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vendor {
    /// The key that lets us in.
    pub api_key: Option<Secret>,
    /// Where it is.
    pub base_url: Option<String>,
    /// The voice that stands in for another engine's.
    pub voice: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// Whether words go over a WebSocket that stands ready.
    pub socket: bool,
    /// A folder of recordings; each is a voice to speak like, by its file's name.
    pub recordings: Option<PathBuf>,
}

/// The rows of one of them.
struct Rows {
    name: &'static str,
    api_key: Option<&'static Key>,
    base_url: &'static Key,
    voice: &'static Key,
    model: Option<&'static Key>,
    socket: Option<&'static Key>,
    recordings: Option<&'static Key>,
}

const DEEPGRAM_API_KEY: Key = Key::new(
    "deepgram.api_key",
    &["FRONTDESK__DEEPGRAM__API_KEY", "DEEPGRAM_API_KEY"],
    Kind::Secret(token),
    "",
    "The API key of Deepgram.",
);
const DEEPGRAM_BASE_URL: Key = Key::new(
    "deepgram.base_url",
    &["FRONTDESK__DEEPGRAM__BASE_URL"],
    Kind::Text(url),
    "",
    "The address of Deepgram; not set = the company's own.",
);
const DEEPGRAM_VOICE: Key = Key::new(
    "deepgram.voice",
    &["FRONTDESK__DEEPGRAM__VOICE"],
    Kind::Text(any),
    "",
    "The voice of Deepgram that stands in for another engine's; not set = its first.",
);
const DEEPGRAM_WEBSOCKET: Key = Key::new(
    "deepgram.websocket",
    &["FRONTDESK__DEEPGRAM__WEBSOCKET"],
    Kind::Switch,
    "false",
    "Speak over WebSockets that stand ready instead of one request for each sentence.",
);
const ELEVENLABS_API_KEY: Key = Key::new(
    "elevenlabs.api_key",
    &["FRONTDESK__ELEVENLABS__API_KEY", "ELEVENLABS_API_KEY"],
    Kind::Secret(token),
    "",
    "The API key of ElevenLabs.",
);
const ELEVENLABS_BASE_URL: Key = Key::new(
    "elevenlabs.base_url",
    &["FRONTDESK__ELEVENLABS__BASE_URL"],
    Kind::Text(url),
    "",
    "The address of ElevenLabs; not set = the company's own.",
);
const ELEVENLABS_VOICE: Key = Key::new(
    "elevenlabs.voice",
    &["FRONTDESK__ELEVENLABS__VOICE"],
    Kind::Text(any),
    "",
    "The voice of ElevenLabs that stands in for another engine's; not set = its first.",
);
const ELEVENLABS_MODEL: Key = Key::new(
    "elevenlabs.model",
    &["FRONTDESK__ELEVENLABS__MODEL"],
    Kind::Text(any),
    "",
    "The speech model of ElevenLabs; not set = the one that speaks soonest.",
);
const ELEVENLABS_WEBSOCKET: Key = Key::new(
    "elevenlabs.websocket",
    &["FRONTDESK__ELEVENLABS__WEBSOCKET"],
    Kind::Switch,
    "false",
    "Speak over WebSockets that stand ready instead of one request for each sentence.",
);
const OPENAI_API_KEY: Key = Key::new(
    "openai.api_key",
    &["FRONTDESK__OPENAI__API_KEY", "OPENAI_API_KEY"],
    Kind::Secret(token),
    "",
    "The API key of OpenAI.",
);
const OPENAI_BASE_URL: Key = Key::new(
    "openai.base_url",
    &["FRONTDESK__OPENAI__BASE_URL", "OPENAI_BASE_URL"],
    Kind::Text(url),
    "",
    "The address of OpenAI; not set = the company's own.",
);
const OPENAI_VOICE: Key = Key::new(
    "openai.voice",
    &["FRONTDESK__OPENAI__VOICE"],
    Kind::Text(any),
    "",
    "The voice of OpenAI that stands in for another engine's; not set = its first.",
);
const OPENAI_MODEL: Key = Key::new(
    "openai.model",
    &["FRONTDESK__OPENAI__MODEL"],
    Kind::Text(any),
    "",
    "The speech model of OpenAI; not set = the one that speaks soonest.",
);
const GOOGLE_API_KEY: Key = Key::new(
    "google.api_key",
    &["FRONTDESK__GOOGLE__API_KEY", "GOOGLE_API_KEY"],
    Kind::Secret(token),
    "",
    "The API key of Google.",
);
const GOOGLE_BASE_URL: Key = Key::new(
    "google.base_url",
    &["FRONTDESK__GOOGLE__BASE_URL"],
    Kind::Text(url),
    "",
    "The address of Google; not set = the company's own.",
);
const GOOGLE_VOICE: Key = Key::new(
    "google.voice",
    &["FRONTDESK__GOOGLE__VOICE"],
    Kind::Text(any),
    "",
    "The voice of Google that stands in for another engine's; not set = its first.",
);
const KOKORO_BASE_URL: Key = Key::new(
    "kokoro.base_url",
    &["FRONTDESK__KOKORO__BASE_URL"],
    Kind::Text(url),
    "",
    "The address of the Kokoro-FastAPI server, such as `http://localhost:8880`.",
);
const KOKORO_VOICE: Key = Key::new(
    "kokoro.voice",
    &["FRONTDESK__KOKORO__VOICE"],
    Kind::Text(any),
    "",
    "The voice of the Kokoro-FastAPI server that stands in for another engine's; not set = its first.",
);
const PIPER_BASE_URL: Key = Key::new(
    "piper.base_url",
    &["FRONTDESK__PIPER__BASE_URL"],
    Kind::Text(url),
    "",
    "The address of the Piper server, such as `http://localhost:8880`.",
);
const PIPER_VOICE: Key = Key::new(
    "piper.voice",
    &["FRONTDESK__PIPER__VOICE"],
    Kind::Text(any),
    "",
    "The voice of the Piper server that stands in for another engine's; not set = its first.",
);
const XTTS_BASE_URL: Key = Key::new(
    "xtts.base_url",
    &["FRONTDESK__XTTS__BASE_URL"],
    Kind::Text(url),
    "",
    "The address of the xtts-streaming-server, such as `http://localhost:8880`.",
);
const XTTS_VOICE: Key = Key::new(
    "xtts.voice",
    &["FRONTDESK__XTTS__VOICE"],
    Kind::Text(any),
    "",
    "The voice of the xtts-streaming-server that stands in for another engine's; not set = its first.",
);
const XTTS_RECORDINGS: Key = Key::new(
    "xtts.recordings",
    &["FRONTDESK__XTTS__RECORDINGS"],
    Kind::Text(any),
    "",
    "A folder of WAV files, each of one person who speaks for six seconds or more and has agreed to it: a voice by the \
     file's name.",
);
const XTTS_API_BASE_URL: Key = Key::new(
    "xtts_api.base_url",
    &["FRONTDESK__XTTS_API__BASE_URL"],
    Kind::Text(url),
    "",
    "The address of the xtts-api-server, such as `http://localhost:8880`.",
);
const XTTS_API_VOICE: Key = Key::new(
    "xtts_api.voice",
    &["FRONTDESK__XTTS_API__VOICE"],
    Kind::Text(any),
    "",
    "The voice of the xtts-api-server that stands in for another engine's; not set = its first.",
);

const ROWS: &[Rows] = &[
    Rows {
        name: "deepgram",
        api_key: Some(&DEEPGRAM_API_KEY),
        base_url: &DEEPGRAM_BASE_URL,
        voice: &DEEPGRAM_VOICE,
        model: None,
        socket: Some(&DEEPGRAM_WEBSOCKET),
        recordings: None,
    },
    Rows {
        name: "elevenlabs",
        api_key: Some(&ELEVENLABS_API_KEY),
        base_url: &ELEVENLABS_BASE_URL,
        voice: &ELEVENLABS_VOICE,
        model: Some(&ELEVENLABS_MODEL),
        socket: Some(&ELEVENLABS_WEBSOCKET),
        recordings: None,
    },
    Rows {
        name: "openai",
        api_key: Some(&OPENAI_API_KEY),
        base_url: &OPENAI_BASE_URL,
        voice: &OPENAI_VOICE,
        model: Some(&OPENAI_MODEL),
        socket: None,
        recordings: None,
    },
    Rows {
        name: "google",
        api_key: Some(&GOOGLE_API_KEY),
        base_url: &GOOGLE_BASE_URL,
        voice: &GOOGLE_VOICE,
        model: None,
        socket: None,
        recordings: None,
    },
    Rows {
        name: "kokoro",
        api_key: None,
        base_url: &KOKORO_BASE_URL,
        voice: &KOKORO_VOICE,
        model: None,
        socket: None,
        recordings: None,
    },
    Rows {
        name: "piper",
        api_key: None,
        base_url: &PIPER_BASE_URL,
        voice: &PIPER_VOICE,
        model: None,
        socket: None,
        recordings: None,
    },
    Rows {
        name: "xtts",
        api_key: None,
        base_url: &XTTS_BASE_URL,
        voice: &XTTS_VOICE,
        model: None,
        socket: None,
        recordings: Some(&XTTS_RECORDINGS),
    },
    Rows {
        name: "xtts_api",
        api_key: None,
        base_url: &XTTS_API_BASE_URL,
        voice: &XTTS_API_VOICE,
        model: None,
        socket: None,
        recordings: None,
    },
];

/// All of them, by the name under which `speech.chain` knows them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vendors(Vec<(&'static str, Vendor)>);

impl Vendors {
    /// Their settings.
    pub const KEYS: &[&Key] = &[
        &DEEPGRAM_API_KEY,
        &DEEPGRAM_BASE_URL,
        &DEEPGRAM_VOICE,
        &DEEPGRAM_WEBSOCKET,
        &ELEVENLABS_API_KEY,
        &ELEVENLABS_BASE_URL,
        &ELEVENLABS_VOICE,
        &ELEVENLABS_MODEL,
        &ELEVENLABS_WEBSOCKET,
        &OPENAI_API_KEY,
        &OPENAI_BASE_URL,
        &OPENAI_VOICE,
        &OPENAI_MODEL,
        &GOOGLE_API_KEY,
        &GOOGLE_BASE_URL,
        &GOOGLE_VOICE,
        &KOKORO_BASE_URL,
        &KOKORO_VOICE,
        &PIPER_BASE_URL,
        &PIPER_VOICE,
        &XTTS_BASE_URL,
        &XTTS_VOICE,
        &XTTS_RECORDINGS,
        &XTTS_API_BASE_URL,
        &XTTS_API_VOICE,
    ];

    /// Their names.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        ROWS.iter().map(|rows| rows.name)
    }

    /// Reads them, and refuses a chain that names one whose key or address is missing.
    pub fn read(reader: &mut Reader<'_>, chain: &[String]) -> Self {
        let mut all = Vec::new();
        for rows in ROWS {
            let vendor = Vendor {
                api_key: rows.api_key.and_then(|key| reader.secret(key)),
                base_url: reader.optional(rows.base_url),
                voice: reader.optional(rows.voice),
                model: rows.model.and_then(|key| reader.optional(key)),
                socket: rows.socket.is_some_and(|key| reader.switch(key)),
                recordings: rows
                    .recordings
                    .and_then(|key| reader.optional(key))
                    .map(PathBuf::from),
            };
            if chain.iter().any(|name| name == rows.name) {
                rows.complete(reader, &vendor);
            }
            all.push((rows.name, vendor));
        }
        Self(all)
    }

    /// The one of this name.
    pub fn get(&self, name: &str) -> Option<&Vendor> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, vendor)| vendor)
    }
}

impl Rows {
    fn complete(&self, reader: &mut Reader<'_>, vendor: &Vendor) {
        let missing = match self.api_key {
            // A copy of the company's API at another address may need no key.
            Some(key) if vendor.api_key.is_none() && vendor.base_url.is_none() => key,
            None if vendor.base_url.is_none() => self.base_url,
            _ => return,
        };
        reader.refuse(
            missing,
            format!(
                "`speech.chain` names `{}`, and `{}` is not set",
                self.name, missing.path
            ),
            "set it, or take the name out of `speech.chain`",
        );
    }
}

pub(super) fn url(text: &str) -> Result<(), Fault> {
    let parsed = url::Url::parse(text);
    if parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
        return Ok(());
    }
    Err(Fault::new(
        "is not an address",
        "write it like `https://api.example.com`",
    ))
}
