//! The engines over HTTP: how each one is, and trying one out.

use std::time::Instant;

use actix_web::{HttpResponse, http::header, web};
use agent::VoiceChoice;
use audio::{Format, Loudness, Wav};
use bytes::Bytes;
use serde::Serialize;
use text::Normalizer;
use tts::{Change, EngineReport, ErrorKind, SpeakError, Utterance, Voice, phone_clip};

use super::Answer;
use crate::{
    App, EnginePrice, Problem,
    guard::Admin,
    studio::words::{Told, told},
};

/// What an engine says when it is tried out.
const TEST: &str = "This is a test of the voice.";
/// How long that may take, ms.
const TEST_MS: u32 = 8_000;
/// The last minutes that are summed up.
const LAST: u64 = 5;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/admin/v1/providers", web::get().to(list))
        .route("/admin/v1/providers/{name}:test", web::post().to(test))
        .route("/admin/v1/samples/{id}.wav", web::get().to(sample));
}

/// An error, for people.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ill {
    /// What kind.
    pub kind: ErrorKind,
    /// What the engine said.
    pub message: String,
    /// What it means and what to do.
    #[serde(flatten)]
    pub told: Told,
}

impl From<&SpeakError> for Ill {
    fn from(error: &SpeakError) -> Self {
        Self {
            kind: error.kind,
            message: error.message.clone(),
            told: told(error.kind),
        }
    }
}

/// First sounds of an engine.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct First {
    /// Half came within, ms.
    pub p50_ms: Option<u32>,
    /// 19 of 20 came within, ms; unknown before there are 20.
    pub p95_ms: Option<u32>,
    /// How many there are.
    pub n: usize,
}

/// How many utterances ended how.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Counted {
    pub spoke: u32,
    pub failed: u32,
}

/// A minute of an engine.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Minute {
    pub from: u64,
    #[serde(flatten)]
    pub counted: Counted,
}

/// Something that went wrong, or well again.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Incident {
    pub at: u64,
    /// `failed`, `down` or `up`.
    pub what: &'static str,
    pub error: Option<Ill>,
}

/// An engine.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Engine {
    pub name: String,
    /// Its place in the order, from 1.
    pub order: usize,
    pub up: bool,
    /// While it is down: how long until it is asked again, ms.
    pub asked_again_in_ms: Option<u64>,
    pub last_error: Option<Ill>,
    pub first_sound: First,
    pub patience_ms: u32,
    pub last_five_minutes: Counted,
    pub last_hour: Counted,
    pub minutes: Vec<Minute>,
    pub incidents: Vec<Incident>,
    pub voices: usize,
    pub model: String,
    pub price: Option<EnginePrice>,
    pub test_running: bool,
}

/// All engines, best first.
pub(crate) fn engines(app: &App) -> Vec<Engine> {
    let parts = app.switchboard.parts();
    let now = parts.clock.now();
    let ladder = parts.voicer.ladder();
    let engine = |(place, report): (usize, EngineReport)| Engine {
        order: place + 1,
        up: report.health.is_up(),
        asked_again_in_ms: report.health.asked_again_at().map(|at| at.since(now)),
        last_error: report.health.last_error.as_ref().map(Ill::from),
        first_sound: First {
            p50_ms: report.first_sound_p50,
            p95_ms: report.first_sound_p95,
            n: report.first_sounds,
        },
        patience_ms: report.patience_ms,
        last_five_minutes: sum(&report, now.0.saturating_sub(LAST * 60_000)),
        last_hour: sum(&report, 0),
        minutes: report.minutes.iter().map(minute).collect(),
        incidents: report.incidents.iter().map(incident).collect(),
        voices: report.voices.len(),
        model: ladder.model(&report.name).to_owned(),
        price: app.studio.price(&report.name),
        test_running: app.studio.is_busy(&testing(&report.name)),
        name: report.name,
    };
    ladder
        .report()
        .into_iter()
        .enumerate()
        .map(engine)
        .collect()
}

fn sum(report: &EngineReport, from: u64) -> Counted {
    let young = report.minutes.iter().filter(|m| m.from.0 >= from);
    young.fold(Counted::default(), |sum, m| Counted {
        spoke: sum.spoke + m.spoke,
        failed: sum.failed + m.failed,
    })
}

fn minute(minute: &tts::Minute) -> Minute {
    Minute {
        from: minute.from.0,
        counted: Counted {
            spoke: minute.spoke,
            failed: minute.failed,
        },
    }
}

fn incident(incident: &tts::Incident) -> Incident {
    let (what, error) = match &incident.what {
        Change::Failed(error) => ("failed", Some(error)),
        Change::Down(error) => ("down", Some(error)),
        Change::Up => ("up", None),
    };
    Incident {
        at: incident.at.0,
        what,
        error: error.map(Ill::from),
    }
}

fn testing(name: &str) -> String {
    format!("test of {name}")
}

async fn list(_: Admin, app: web::Data<App>) -> Answer {
    Ok(HttpResponse::Ok().json(engines(&app)))
}

/// What an engine gave.
#[derive(Serialize)]
pub(super) struct Heard {
    provider: String,
    voice: String,
    /// From asking to the first sound, ms.
    first_sound_ms: u32,
    /// From asking to the whole clip, ms.
    total_ms: u64,
    /// Its length, ms.
    pub audio_ms: u32,
    /// Active-speech level, dBFS.
    level_dbfs: f32,
    bytes: usize,
    /// Where it can be heard for a while.
    pub wav: String,
    #[serde(skip)]
    pub data: Bytes,
}

/// One short sentence through exactly this engine.
async fn test(_: Admin, app: web::Data<App>, name: web::Path<String>) -> Answer {
    let parts = app.switchboard.parts();
    let ladder = parts.voicer.ladder();
    let reports = ladder.report();
    let report = reports.iter().find(|report| report.name == *name);
    let report = report.ok_or_else(|| Problem::not_found("provider"))?;
    let Some(_turn) = app.studio.begin(&testing(&name)) else {
        return Err(busy(
            "a test of this provider is running, or four others are",
        ));
    };
    // The voice that a business uses is the one that callers hear; its own first one otherwise.
    let wanted = (app.businesses)().into_iter().map(|(b, _)| b.voice.clone());
    let mut wanted = wanted.filter(|voice| voice.provider == *name);
    let first = report.voices.first().map(|info| info.id.clone());
    let voice = wanted.next().unwrap_or_else(|| VoiceChoice {
        provider: name.to_string(),
        id: first.unwrap_or_default(),
        ..VoiceChoice::default()
    });
    Ok(HttpResponse::Ok().json(speak(&app, TEST, voice).await?))
}

pub(super) fn busy(what: &'static str) -> Problem {
    Problem::new(409, "busy", what).hint("wait until it is over; it takes eight seconds at most")
}

/// Speaks through exactly one engine and keeps the sound for a while.
pub(super) async fn speak(app: &App, text: &str, voice: VoiceChoice) -> Result<Heard, Problem> {
    let ladder = app.switchboard.parts().voicer.ladder();
    let only = ladder.only(&voice.provider);
    let only = only.ok_or_else(|| Problem::not_found("provider"))?;
    let words = Normalizer::default().normalize(text);
    if words.is_empty() {
        return Err(
            Problem::new(422, "no_words", "there is nothing to say in this text")
                .hint("write a sentence with letters or figures in it"),
        );
    }
    let asked = Instant::now();
    let utterance = Utterance::plain(
        words,
        Voice {
            provider: voice.provider.clone(),
            id: voice.id.clone(),
            speed: voice.speed,
            pitch: voice.pitch,
        },
    );
    let spoken = only.say(utterance.within(TEST_MS)).await.map_err(failed)?;
    let (provider, first_sound_ms) = (spoken.provider, spoken.first_ms);
    let finish = move || {
        let clip = phone_clip(spoken.pcm);
        let level = Loudness::measure(&clip).active_rms_dbfs;
        let wav: Bytes = Wav::encode(&clip, Format::PHONE).into();
        (clip.duration_ms(), level, wav)
    };
    let done = web::block(finish).await;
    // Two clocks may differ by their rounding.
    let elapsed = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (audio_ms, level_dbfs, data) = done.map_err(|error| {
        Problem::new(
            500,
            "no_clip",
            format!("the clip could not be made: {error}"),
        )
    })?;
    Ok(Heard {
        provider,
        voice: voice.id,
        first_sound_ms,
        total_ms: elapsed.max(first_sound_ms.into()),
        audio_ms: u32::try_from(audio_ms).unwrap_or(u32::MAX),
        level_dbfs,
        bytes: data.len(),
        wav: app.studio.keep(data.clone()),
        data,
    })
}

/// An engine's failure, for a client.
fn failed(errors: Vec<SpeakError>) -> Problem {
    let Some(error) = errors.last() else {
        return Problem::new(503, "provider_failed", "nobody answered");
    };
    let (status, code) = match error.kind {
        ErrorKind::BadRequest | ErrorKind::Unsupported => (422, "not_sayable"),
        ErrorKind::Timeout => (504, "provider_failed"),
        ErrorKind::RateLimited | ErrorKind::Unavailable => (503, "provider_failed"),
        _ => (502, "provider_failed"),
    };
    let told = told(error.kind);
    let detail = format!("{} {}", told.what, error);
    Problem::new(status, code, detail).hint(told.todo)
}

async fn sample(_: Admin, app: web::Data<App>, id: web::Path<String>) -> Answer {
    let sound = app.studio.sound(&id);
    let sound = sound.ok_or_else(|| Problem::not_found("sample; the last 32 are kept"))?;
    Ok(wav(sound))
}

pub(super) fn wav(sound: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("audio/wav")
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(sound)
}
