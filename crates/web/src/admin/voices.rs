//! The voices over HTTP: which there are, and what one sounds like.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use agent::VoiceChoice;
use serde::{Deserialize, Serialize};

use super::{
    Answer,
    phone::json,
    providers::{busy, speak, wav},
};
use crate::{App, Problem, guard::Admin};

/// The longest sample, characters: half a minute of speech.
const LONGEST: usize = 300;
/// The longest name of a voice, characters.
const NAME: usize = 200;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/admin/v1/voices", web::get().to(list))
        .route("/admin/v1/voices:sample", web::post().to(sample));
}

/// A voice of a provider.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct VoiceRow {
    pub provider: String,
    pub id: String,
    pub name: String,
    /// BCP 47.
    pub language: String,
    /// Samples per second that its provider gives.
    pub rate: u32,
    /// Businesses that are answered in it.
    pub businesses: Vec<String>,
}

/// Every provider's voices, in the providers' order; at the end those that a business uses and nobody lists.
pub(crate) fn voices(app: &App) -> Vec<VoiceRow> {
    let used = (app.businesses)();
    let by = |provider: &str, id: &str| {
        let uses = used
            .iter()
            .filter(|(business, _)| business.voice.provider == provider && business.voice.id == id);
        uses.map(|(business, _)| business.name.clone()).collect()
    };
    let reports = app.switchboard.parts().voicer.ladder().report();
    let mut rows: Vec<VoiceRow> = Vec::new();
    for report in &reports {
        rows.extend(report.voices.iter().map(|voice| VoiceRow {
            provider: report.name.clone(),
            id: voice.id.clone(),
            name: voice.name.clone(),
            language: voice.language.clone(),
            rate: voice.rate,
            businesses: by(&report.name, &voice.id),
        }));
    }
    for (business, _) in &used {
        let voice = &business.voice;
        let is = |row: &VoiceRow| row.provider == voice.provider && row.id == voice.id;
        if !rows.iter().any(is) {
            rows.push(VoiceRow {
                provider: voice.provider.clone(),
                id: voice.id.clone(),
                name: voice.id.clone(),
                language: String::new(),
                rate: 0,
                businesses: by(&voice.provider, &voice.id),
            });
        }
    }
    rows
}

async fn list(_: Admin, app: web::Data<App>) -> Answer {
    Ok(HttpResponse::Ok().json(voices(&app)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    provider: String,
    voice: String,
    text: String,
}

/// The text in this voice, as a caller would hear it; `Content-Location` says where it can be heard again for a while.
async fn sample(
    _: Admin,
    app: web::Data<App>,
    request: HttpRequest,
    payload: web::Payload,
) -> Answer {
    let ask: Ask = json(&app, &request, payload).await?;
    let letters = ask.text.chars().count();
    if letters > LONGEST {
        let detail = format!("the text has {letters} characters, and a sample {LONGEST} at most");
        return Err(Problem::new(422, "text_too_long", detail).hint("one sentence is enough"));
    }
    if ask.voice.is_empty() || ask.voice.chars().count() > NAME {
        let detail = format!("the name of a voice has 1 to {NAME} characters");
        return Err(Problem::new(422, "bad_voice", detail)
            .hint("GET /admin/v1/voices lists those that there are"));
    }
    let Some(_turn) = app
        .studio
        .begin(&format!("{} of {}", ask.voice, ask.provider))
    else {
        return Err(busy(
            "a sample of this voice is being made, or four others are",
        ));
    };
    let voice = VoiceChoice {
        provider: ask.provider,
        id: ask.voice,
        ..VoiceChoice::default()
    };
    let heard = speak(&app, &ask.text, voice).await?;
    let mut answer = wav(heard.data);
    if let Ok(place) = heard.wav.parse() {
        answer.headers_mut().insert(header::CONTENT_LOCATION, place);
    }
    Ok(answer)
}
