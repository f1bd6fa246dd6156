//! Whose API it is.

use std::str::FromStr;

use crate::reply::Reply;
use crate::request::Request;
use crate::xtts::{api, streaming};
use crate::{deepgram, elevenlabs, google, kokoro, openai, piper};

/// A company, or a server that people run themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Company {
    /// Deepgram Aura: `/v1/speak` over HTTP and WebSocket.
    Deepgram,
    /// ElevenLabs: `/v1/text-to-speech/…` and `/v1/voices`.
    ElevenLabs,
    /// OpenAI: `/v1/audio/speech`.
    OpenAi,
    /// Google Cloud Text-to-Speech: `/v1/text:synthesize` and `/v1/voices`.
    Google,
    /// Kokoro-FastAPI, which speaks the OpenAI shape with differences of its own.
    Kokoro,
    /// The Piper HTTP server of piper-tts 1.x.
    Piper,
    /// The Piper HTTP server of rhasspy/piper.
    PiperLegacy,
    /// coqui-ai/xtts-streaming-server.
    XttsStreaming,
    /// daswer123/xtts-api-server.
    XttsApi,
}

impl Company {
    /// All of them.
    pub const ALL: [Company; 9] = [
        Company::Deepgram,
        Company::ElevenLabs,
        Company::OpenAi,
        Company::Google,
        Company::Kokoro,
        Company::Piper,
        Company::PiperLegacy,
        Company::XttsStreaming,
        Company::XttsApi,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Company::Deepgram => "deepgram",
            Company::ElevenLabs => "elevenlabs",
            Company::OpenAi => "openai",
            Company::Google => "google",
            Company::Kokoro => "kokoro",
            Company::Piper => "piper",
            Company::PiperLegacy => "piper-legacy",
            Company::XttsStreaming => "xtts-streaming",
            Company::XttsApi => "xtts-api",
        }
    }

    /// The only credential that is accepted; empty where the server asks for none.
    pub fn key(self) -> &'static str {
        match self {
            Company::Deepgram => "5e1f0000deepgram0000simulated0000key0000",
            Company::ElevenLabs => "sk_simulated_elevenlabs_key_0123456789abcdef",
            Company::OpenAi => "sk-proj-simulated-openai-key-0123456789",
            Company::Google => "AIzaSySimulatedGoogleKey0123456789abcde",
            _ => "",
        }
    }

    /// How loud it speaks, in dB: no two companies agree on that, and a caller would hear the change from one to another.
    pub(crate) fn gain_db(self) -> f32 {
        match self {
            Company::ElevenLabs => 3.0,
            Company::Google => 1.5,
            Company::Deepgram => 0.0,
            Company::Piper | Company::PiperLegacy => -1.0,
            Company::OpenAi => -2.0,
            Company::Kokoro => -4.0,
            Company::XttsStreaming | Company::XttsApi => -5.0,
        }
    }

    /// The documented answer to a request.
    pub(crate) fn answer(self, request: &Request) -> Reply {
        match self {
            Company::Deepgram => deepgram::answer(request, self.key()),
            Company::ElevenLabs => elevenlabs::answer(request, self.key()),
            Company::OpenAi => openai::answer(request, self.key()),
            Company::Google => google::answer(request, self.key()),
            Company::Kokoro => kokoro::answer(request),
            Company::Piper => piper::answer(request),
            Company::PiperLegacy => piper::legacy(request),
            Company::XttsStreaming => streaming::answer(request),
            Company::XttsApi => api::answer(request),
        }
    }

    /// The documented body of an error that is nobody's mistake in the request.
    pub(crate) fn error(self, status: u16) -> Reply {
        let mut reply = match self {
            Company::Deepgram => deepgram::error(status),
            Company::ElevenLabs => elevenlabs::error(status),
            Company::OpenAi => openai::error(status),
            Company::Google => google::error(status),
            Company::Kokoro => kokoro::error(status),
            Company::Piper | Company::PiperLegacy => piper::error(status),
            Company::XttsStreaming => streaming::error(status),
            Company::XttsApi => api::error(status),
        };
        // Some have one body for several.
        reply.status = status;
        reply
    }
}

impl FromStr for Company {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|company| company.name() == name);
        found.ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|company| company.name()).collect();
            format!("`{name}` is not simulated; there are {}", known.join(", "))
        })
    }
}
