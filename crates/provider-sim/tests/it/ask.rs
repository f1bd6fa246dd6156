//! One good request to each company, and its sound.

use std::time::Duration;

use audio::{Encoding, Format, Pcm, Wav};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provider_sim::{Company, Sim, sound};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

pub const SENTENCE: &str = "Your appointment is on Tuesday at three.";
pub const GEORGE: &str = "JBFqnCBsd6RMkjVDRZzb";

pub const PHONE: Format = Format::PHONE;
pub const STUDIO: Format = Format {
    encoding: Encoding::Pcm16,
    rate: 24_000,
};

pub async fn start(company: Company) -> Sim {
    Sim::start(company).await.expect("a port is free")
}

pub fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy();
    let builder = builder.timeout(Duration::from_secs(20));
    builder.build().expect("plain HTTP needs nothing")
}

/// A request that the company answers with `SENTENCE` as sound.
pub fn wanted(client: &reqwest::Client, sim: &Sim, company: Company) -> RequestBuilder {
    let post = |path: &str| client.post(format!("{}{path}", sim.url()));
    match company {
        Company::Deepgram => post("/v1/speak?model=aura-2-thalia-en&encoding=mulaw&sample_rate=8000&container=none")
            .header("authorization", format!("Token {}", sim.key()))
            .json(&json!({"text": SENTENCE})),
        Company::ElevenLabs => post(&format!("/v1/text-to-speech/{GEORGE}/stream?output_format=ulaw_8000"))
            .header("xi-api-key", sim.key())
            .json(&json!({"text": SENTENCE, "model_id": "eleven_flash_v2_5"})),
        Company::OpenAi => post("/v1/audio/speech").bearer_auth(sim.key()).json(&json!({
            "model": "gpt-4o-mini-tts", "voice": "coral", "input": SENTENCE, "response_format": "pcm",
        })),
        Company::Google => post("/v1/text:synthesize").bearer_auth(sim.key()).json(&json!({
            "input": {"text": SENTENCE},
            "voice": {"languageCode": "en-AU", "name": "en-AU-Chirp3-HD-Kore"},
            "audioConfig": {"audioEncoding": "MULAW", "sampleRateHertz": 8000},
        })),
        Company::Kokoro => post("/v1/audio/speech").json(&json!({
            "model": "kokoro", "voice": "af_heart", "input": SENTENCE, "response_format": "pcm",
        })),
        Company::Piper => post("/synthesize").json(&json!({"text": SENTENCE})),
        Company::PiperLegacy => post("/").body(SENTENCE),
        Company::XttsStreaming => {
            let mut body = speaker();
            body["text"] = json!(SENTENCE);
            body["language"] = json!("en");
            body["add_wav_header"] = json!(false);
            post("/tts_stream").json(&body)
        }
        Company::XttsApi => post("/tts_to_audio/")
            .json(&json!({"text": SENTENCE, "speaker_wav": "female", "language": "en"})),
    }
}

/// Numbers in the shape of a speaker's.
pub fn speaker() -> Value {
    json!({"speaker_embedding": vec![0.25; 512], "gpt_cond_latent": vec![vec![0.5; 1024]; 2]})
}

/// The sound of the answer to [`wanted`].
pub async fn heard(company: Company, answer: Response) -> Pcm {
    assert_eq!(answer.status(), 200, "{company:?}");
    let body = answer.bytes().await.expect("it arrives whole");
    decoded(company, &body)
}

/// The sound in the body of that answer.
pub fn decoded(company: Company, body: &[u8]) -> Pcm {
    match company {
        Company::Deepgram | Company::ElevenLabs => PHONE.decode(body),
        Company::OpenAi | Company::Kokoro | Company::XttsStreaming => STUDIO.decode(body),
        Company::Google => {
            let body: Value = serde_json::from_slice(body).expect("it is JSON");
            let text = body["audioContent"].as_str().expect("it has sound");
            let bytes = STANDARD.decode(text).expect("it is base64");
            match bytes.is_empty() {
                true => Pcm::default(),
                false => Wav::decode(&bytes).expect("it is a WAV file"),
            }
        }
        Company::Piper | Company::PiperLegacy | Company::XttsApi => {
            Wav::decode(body).expect("it is a WAV file")
        }
    }
}

/// As long as `SENTENCE` takes, in ms.
pub fn length() -> u64 {
    sound::speaking_ms(SENTENCE, 1.0).round() as u64
}

pub async fn json_of(answer: Response) -> Value {
    let body = answer.bytes().await.expect("it arrives whole");
    serde_json::from_slice(&body).expect("it is JSON")
}
